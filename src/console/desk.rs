//! 人工办理: what people have to carry along, those due first.

mod answer;
mod item;
mod sheet;
mod taken_in;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

pub use answer::enter;
pub use item::{check, notice, scan, show};

use super::address::{segment, with_query};
use super::backend::Console;
use super::failure::Failure;
use super::lang::Lang;
use super::page::{Frame, html, topic};
use super::reading::{ago, instant, list as list_at, text, time};
use super::visitor::Visitor;
use super::words::{ACTION, Badge, DESK, ORDER, badge, choices, word};

/// Orders on one page.
const ON_A_PAGE: usize = 50;
/// Orders that are counted for the title.
const COUNTED: usize = 200;

/// Which orders.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    counterpart: String,
    #[serde(default)]
    court: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    overdue: String,
    #[serde(default)]
    cursor: String,
}

impl ListQuery {
    fn is_overdue(&self) -> bool {
        self.overdue == "true"
    }

    /// As it stands in an address.
    fn said(&self) -> [(&str, &str); 5] {
        [
            ("counterpart", &self.counterpart),
            ("court", &self.court),
            ("state", &self.state),
            ("overdue", if self.is_overdue() { "true" } else { "" }),
            ("cursor", &self.cursor),
        ]
    }
}

/// What the page reads: its own orders, and those of every page, so that the number in the title is that of the whole desk.
pub fn paths(query: &ListQuery) -> [String; 2] {
    let on_a_page = ON_A_PAGE.to_string();
    let mut page = query.said().to_vec();
    page.push(("limit", &on_a_page));
    [with_query("/v1/desk", &page), format!("/v1/desk?limit={COUNTED}")]
}

/// An order.
struct Row {
    href: String,
    number: String,
    counterpart: String,
    action: String,
    case_number: String,
    case_href: String,
    party: String,
    due: String,
    due_in: String,
    is_late: bool,
    state: Badge,
    order_state: Badge,
    is_withdrawn: bool,
    taken_by: String,
}

#[derive(Template)]
#[template(path = "desk.html", config = "src/console/askama.toml")]
struct DeskPage {
    page: Frame,
    rows: Vec<Row>,
    states: Vec<(String, String)>,
    counterpart: String,
    /// That no counterpart is called as the filter says.
    fault: String,
    /// Counterparts to choose from.
    known: Vec<(String, String)>,
    court: String,
    state: String,
    is_overdue: bool,
    after: String,
}

/// `GET /console/desk`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let (lang, now) = (visitor.lang, console.gateway().clock.now());
    let counterpart = console.code_of(query.counterpart.trim()).unwrap_or(query.counterpart);
    let query = ListQuery { counterpart, ..query };
    let [page, counted] = paths(&query);
    let answer = console.get(&visitor, &page).await?;
    let waiting = console.get(&visitor, &counted).await?;
    let next = text(&answer, "/next");
    let after = ListQuery { cursor: next.clone(), ..query.clone() };
    let after = if next.is_empty() { String::new() } else { with_query("/console/desk", &after.said()) };
    let name = lang.t("人工办理", "Desk");
    let title = match list_at(&waiting, "/orders").len() {
        0 => name.to_owned(),
        count if text(&waiting, "/next").is_empty() => format!("({count}) {name}"),
        count => format!("({count}+) {name}"),
    };
    let shown = DeskPage {
        page: Frame::of(&visitor, title, "desk").live(&topic("desk", &query.said())),
        rows: list_at(&answer, "/orders").iter().map(|order| row(order, now, lang)).collect(),
        states: choices(DESK, lang),
        is_overdue: query.is_overdue(),
        fault: console.unknown_counterpart(&query.counterpart, lang),
        known: console.counterparts(lang),
        counterpart: query.counterpart,
        court: query.court,
        state: query.state,
        after,
    };
    Ok(html(StatusCode::OK, &shown))
}

fn row(order: &Value, now: Timestamp, lang: Lang) -> Row {
    let (number, case_number) = (text(order, "/number"), text(order, "/case_number"));
    let due = instant(order, "/deadline");
    Row {
        href: format!("/console/desk/{}", segment(&number)),
        number,
        counterpart: text(order, "/counterpart_name"),
        action: word(ACTION, &text(order, "/action"), lang),
        case_href: format!("/console/cases/{}", segment(&case_number)),
        case_number,
        party: text(order, "/party"),
        due: time(order, "/deadline"),
        due_in: ago(due, now, lang),
        is_late: text(order, "/overdue") == "true",
        state: badge(DESK, &text(order, "/state"), lang),
        order_state: badge(ORDER, &text(order, "/order_state"), lang),
        is_withdrawn: text(order, "/withdrawn") == "true",
        taken_by: text(order, "/progress/taken/by"),
    }
}
