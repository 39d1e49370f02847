//! 审计: what was done, by whom, why; what was refused, too. For the auditor also who looked at what, and what stands out in it.

mod alarms;
mod looks;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::actors::named;
use super::address::with_query;
use super::backend::Console;
use super::failure::Failure;
use super::lang::Lang;
use super::page::{Frame, html};
use super::reading::{beijing_to_the_second, instant, list as list_at, text};
use super::timeline::about_of;
use super::visitor::Visitor;
use super::words::{ACT, Badge, badge, choices};
use crate::api::may;

pub use alarms::{alarms, export as export_alarms};
pub use looks::{export, looks};

/// A part of the audit.
struct Tab {
    href: &'static str,
    label: &'static str,
    is_current: bool,
}

/// The parts that a visitor may open.
fn tabs(visitor: &Visitor, current: &str) -> Vec<Tab> {
    let all = [
        ("/console/audit", "操作记录", "Acts", may::ACTS),
        ("/console/audit/looks", "查看留痕", "Looks", may::LOOKS),
        ("/console/audit/alarms", "查看预警", "Alarms", may::LOOKS),
    ];
    let mine = all.into_iter().filter(|(.., row)| visitor.may(*row));
    let tab = |(href, zh, en, _)| Tab { href, label: visitor.lang.t(zh, en), is_current: href == current };
    mine.map(tab).collect()
}

/// Acts on one page.
const ON_A_PAGE: &str = "50";

/// Orders of one act that are named.
const MOST_ORDERS: usize = 3;

/// Which acts.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    subject: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    act: String,
    #[serde(default)]
    before: String,
}

struct ActLine {
    at: String,
    actor: String,
    act: Badge,
    /// The case number where it is about a case, otherwise what it is about.
    subject: String,
    href: String,
    /// Its properties with their amounts, and its orders.
    about: String,
    reason: String,
    refused: String,
}

#[derive(Template)]
#[template(path = "audit.html", config = "src/console/askama.toml")]
struct AuditPage {
    page: Frame,
    tabs: Vec<Tab>,
    rows: Vec<ActLine>,
    acts: Vec<(String, String)>,
    subject: String,
    actor: String,
    act: String,
    after: String,
}

/// What an act was about beside its case: properties with their counterparts and amount, and a few orders.
fn about(code: &str, detail: &Value, lang: Lang) -> String {
    let orders = list_at(detail, "/orders").iter().filter_map(Value::as_str).take(MOST_ORDERS);
    let orders = orders.collect::<Vec<_>>().join(" ");
    format!("{} {orders}", about_of(code, detail, lang)).trim().to_owned()
}

/// `GET /console/audit`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let filters =
        [("subject", query.subject.trim()), ("actor", query.actor.trim()), ("act", query.act.as_str())];
    let mut wanted = filters.to_vec();
    wanted.extend([("cursor", query.before.as_str()), ("limit", ON_A_PAGE)]);
    let found = console.get(&visitor, &with_query("/v1/acts", &wanted)).await?;
    let next = text(&found, "/next");
    let mut onward = filters.to_vec();
    onward.push(("before", &next));
    let line = |act: &Value| {
        let (subject, code) = (text(act, "/subject"), text(act, "/act"));
        ActLine {
            at: instant(act, "/at").map(beijing_to_the_second).unwrap_or_default(),
            actor: named(&text(act, "/actor"), &found, lang),
            act: badge(ACT, &code, lang),
            href: with_query("/console/audit", &[("subject", &subject)]),
            subject: match found["case_numbers"][&subject].as_str() {
                Some(number) => number.to_owned(),
                None => named(&subject, &found, lang),
            },
            about: about(&code, &act["detail"], lang),
            reason: text(act, "/reason"),
            refused: lang.of_note(&text(act, "/refused")),
        }
    };
    let shown = AuditPage {
        page: Frame::of(&visitor, lang.t("审计", "Audit"), "audit"),
        tabs: tabs(&visitor, "/console/audit"),
        rows: list_at(&found, "/acts").iter().map(line).collect(),
        acts: choices(ACT, lang),
        after: if next.is_empty() { String::new() } else { with_query("/console/audit", &onward) },
        subject: query.subject,
        actor: query.actor,
        act: query.act,
    };
    Ok(html(StatusCode::OK, &shown))
}
