//! 查看预警: what stands out in the looks of a day.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::Offset;
use serde::Deserialize;
use serde_json::Value;

use super::super::actors::named;
use super::super::address::{segment, with_query};
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::page::{Frame, html};
use super::super::reading::{instant, list, text, time};
use super::super::visitor::Visitor;
use super::super::words::{ALARM, Badge, badge};
use super::{Tab, tabs};

/// Which day.
#[derive(Debug, Default, Deserialize)]
pub struct AlarmsQuery {
    #[serde(default)]
    day: String,
}

struct AlarmLine {
    kind: Badge,
    actor: String,
    count: String,
    case_number: String,
    first: String,
    last: String,
    href: String,
}

#[derive(Template)]
#[template(path = "alarms.html", config = "src/console/askama.toml")]
struct AlarmsPage {
    page: Frame,
    tabs: Vec<Tab>,
    day: String,
    rows: Vec<AlarmLine>,
    is_incomplete: bool,
}

/// `GET /console/audit/alarms`
pub async fn alarms(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<AlarmsQuery>,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let found = console.get(&visitor, &with_query("/v1/looks/alarms", &[("day", query.day.trim())])).await?;
    let since = instant(&found, "/since").unwrap_or_else(|| console.now());
    let day = Offset::constant(8).to_datetime(since).date().to_string();
    let line = |alarm: &Value| {
        let (actor, case_number) = (text(alarm, "/actor"), text(alarm, "/case_number"));
        let href = [("actor", actor.as_str()), ("case", &case_number), ("day", &day)];
        AlarmLine {
            kind: badge(ALARM, &text(alarm, "/kind"), lang),
            count: text(alarm, "/count"),
            first: time(alarm, "/first_at"),
            last: time(alarm, "/last_at"),
            href: with_query("/console/audit/looks", &href),
            actor: named(&actor, &found, lang),
            case_number,
        }
    };
    let shown = AlarmsPage {
        page: Frame::of(&visitor, lang.t("查看预警", "Alarms"), "audit"),
        tabs: tabs(&visitor, "/console/audit/alarms"),
        rows: list(&found, "/alarms").iter().map(line).collect(),
        is_incomplete: text(&found, "/incomplete") == "true",
        day,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// `GET /console/audit/alarms.csv`: the same as a table for a spreadsheet.
pub async fn export(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<AlarmsQuery>,
) -> Result<Response, Failure> {
    let day = query.day.trim();
    let raw = console.fetch(&visitor, &with_query("/v1/looks/alarms.csv", &[("day", day)])).await?;
    let name = if day.is_empty() { "alarms".to_owned() } else { format!("alarms-{}", segment(day)) };
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, raw.bytes).into_response())
}
