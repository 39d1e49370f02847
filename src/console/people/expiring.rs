//! 待办 of the security administrator: certificates and keys that run out.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::super::address::segment;
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::lang::Lang;
use super::super::page::{Frame, html};
use super::super::reading::{list, text};
use super::super::visitor::Visitor;
use super::super::words::Badge;

/// Days before the end from which it is urgent.
const URGENT: i64 = 7;

/// Something that runs out.
struct ExpiringLine {
    kind: &'static str,
    name: String,
    whose: String,
    href: String,
    until: String,
    state: Badge,
}

#[derive(Template)]
#[template(path = "expiring.html", config = "src/console/askama.toml")]
struct ExpiringPage {
    page: Frame,
    rows: Vec<ExpiringLine>,
}

/// `GET /console/expiring`
pub async fn show(State(console): State<Console>, visitor: Visitor) -> Result<Response, Failure> {
    let found = console.get(&visitor, "/v1/people/expiring").await?;
    let lang = visitor.lang;
    let rows: Vec<ExpiringLine> = list(&found, "/expiring").iter().map(|one| line(one, lang)).collect();
    let title = lang.t("待办", "Tasks");
    // The number in the title, as on the list of tasks of the others.
    let title = if rows.is_empty() { title.to_owned() } else { format!("({}) {title}", rows.len()) };
    Ok(html(StatusCode::OK, &ExpiringPage { page: Frame::of(&visitor, title, "expiring"), rows }))
}

fn line(one: &Value, lang: Lang) -> ExpiringLine {
    let kind = match text(one, "/kind").as_str() {
        "work_certificate" => lang.t("工作证", "work certificate"),
        "enforcement_certificate" => lang.t("执行公务证", "enforcement certificate"),
        "sign_in_certificate" => lang.t("登录证书", "client certificate"),
        _ => lang.t("密钥", "key"),
    };
    let person = text(one, "/person");
    let days = one.pointer("/days").and_then(Value::as_i64).unwrap_or_default();
    let state = match days {
        past if past < 0 => Badge {
            tone: "bad",
            text: match lang {
                Lang::Zh => format!("已过期{}天", -past),
                Lang::En => format!("over for {} days", -past),
            },
        },
        left => Badge {
            tone: if left <= URGENT { "warn" } else { "wait" },
            text: match lang {
                Lang::Zh => format!("还有{left}天"),
                Lang::En => format!("{left} days left"),
            },
        },
    };
    ExpiringLine {
        kind,
        name: text(one, "/name"),
        whose: format!("{} {}", text(one, "/number"), text(one, "/full_name")).trim().to_owned(),
        href: match person.is_empty() {
            true => "/console/keys".to_owned(),
            false => format!("/console/people/{}", segment(&person)),
        },
        until: text(one, "/until"),
        state,
    }
}
