//! 查看留痕: who looked at which case, asset list, raw message, print, and why.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::super::actors::named;
use super::super::address::{segment, with_query};
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::lang::Lang;
use super::super::names;
use super::super::page::{Frame, html};
use super::super::reading::{beijing_to_the_second, instant, list, text};
use super::super::visitor::Visitor;
use super::super::words::{ASSET, Badge, LOOK, badge, choices, word};
use super::{Tab, tabs};

/// Looks on one page.
const ON_A_PAGE: &str = "50";

/// Length of the identifier of an inquiry.
const UUID: usize = 36;

/// Which looks.
#[derive(Debug, Default, Deserialize)]
pub struct LooksQuery {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    case: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    before: String,
}

impl LooksQuery {
    /// The filters as the endpoint takes them: a day is one of Beijing.
    fn filters(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let (since, until) = match self.day.trim() {
            "" => (String::new(), String::new()),
            day => days(day)?,
        };
        Ok(vec![
            ("actor", self.actor.trim().to_owned()),
            ("case", self.case.trim().to_owned()),
            ("kind", self.kind.clone()),
            ("since", since),
            ("until", until),
        ])
    }

    /// The same as the page's own address has them.
    fn said(&self) -> [(&'static str, &str); 4] {
        [
            ("actor", self.actor.trim()),
            ("case", self.case.trim()),
            ("kind", &self.kind),
            ("day", self.day.trim()),
        ]
    }
}

/// When a day of Beijing begins and ends.
fn days(day: &str) -> Result<(String, String), Failure> {
    let wrong =
        |_| Failure::new(StatusCode::BAD_REQUEST, "日期无法识别，请按 2026-01-05 的格式填写 this is no day");
    let day: Date = day.parse().map_err(wrong)?;
    let next = day.tomorrow().map_err(wrong)?;
    Ok((format!("{day}T00:00:00+08:00"), format!("{next}T00:00:00+08:00")))
}

struct LookLine {
    at: String,
    is_out_of_hours: bool,
    actor: String,
    kind: Badge,
    case_number: String,
    case_href: String,
    subject: String,
    /// The page of what was looked at; empty for none of its own.
    subject_href: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "looks.html", config = "src/console/askama.toml")]
struct LooksPage {
    page: Frame,
    tabs: Vec<Tab>,
    rows: Vec<LookLine>,
    kinds: Vec<(String, String)>,
    query: LooksQuery,
    export: String,
    after: String,
}

fn pairs<'a>(filters: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    filters.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// What was looked at beside its case, in words, and its page. Of a case its number says it, and of a property its kind, its end and its
/// counterpart; a list is told from others by the mark of what was asked for.
fn subject_of(look: &Value, found: &Value, lang: Lang) -> (String, String) {
    let subject = text(look, "/subject");
    let page = |at: &str| format!("/console/{at}/{}", segment(&subject));
    let property = &found["properties"][&subject];
    if let Some(mark) = subject.strip_prefix("list ") {
        return (format!("{} {mark}", lang.t("清单，查询标记", "a list, mark")), String::new());
    }
    match text(look, "/kind").as_str() {
        "case" => (String::new(), String::new()),
        "measures" if property.is_object() => {
            let kind = word(ASSET, &text(property, "/kind"), lang);
            let said = [kind, text(property, "/number"), names::counterpart(property)].join(" ");
            (said, page("measures"))
        }
        _ if subject.len() == UUID && subject.contains('-') => {
            (lang.t("查控申请", "inquiry").to_owned(), page("inquiries"))
        }
        "answer" => (format!("{} {subject}", lang.t("请求", "order")), page("orders")),
        // What is printed of a case is told by the case.
        "print" if subject.bytes().all(|byte| byte.is_ascii_digit()) => (String::new(), String::new()),
        _ => (subject, String::new()),
    }
}

/// `GET /console/audit/looks`
pub async fn looks(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<LooksQuery>,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let filters = query.filters()?;
    let mut wanted = pairs(&filters);
    wanted.extend([("before", query.before.as_str()), ("limit", ON_A_PAGE)]);
    let found = console.get(&visitor, &with_query("/v1/looks", &wanted)).await?;
    let next = text(&found, "/next");
    let mut onward = query.said().to_vec();
    onward.push(("before", &next));
    let line = |look: &Value| {
        let case_number = text(look, "/case_number");
        let case_href = match case_number.is_empty() {
            true => String::new(),
            false => with_query("/console/audit/looks", &[("case", &case_number)]),
        };
        let (subject, subject_href) = subject_of(look, &found, lang);
        LookLine {
            at: instant(look, "/at").map(beijing_to_the_second).unwrap_or_default(),
            is_out_of_hours: text(look, "/out_of_hours") == "true",
            actor: named(&text(look, "/actor"), &found, lang),
            kind: badge(LOOK, &text(look, "/kind"), lang),
            case_number,
            case_href,
            subject,
            subject_href,
            reason: text(look, "/reason"),
        }
    };
    let shown = LooksPage {
        page: Frame::of(&visitor, lang.t("查看留痕", "Looks"), "audit"),
        tabs: tabs(&visitor, "/console/audit/looks"),
        rows: list(&found, "/looks").iter().map(line).collect(),
        kinds: choices(LOOK, lang),
        export: with_query("/console/audit/looks.csv", &query.said()),
        after: if next.is_empty() { String::new() } else { with_query("/console/audit/looks", &onward) },
        query,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// `GET /console/audit/looks.csv`: the same as a table for a spreadsheet.
pub async fn export(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<LooksQuery>,
) -> Result<Response, Failure> {
    let filters = query.filters()?;
    let raw = console.fetch(&visitor, &with_query("/v1/looks.csv", &pairs(&filters))).await?;
    let day = query.day.trim();
    let name = if day.is_empty() { "looks".to_owned() } else { format!("looks-{}", segment(day)) };
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, raw.bytes).into_response())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_looked_at_is_told_in_words_and_by_no_identifier() {
        let found = json!({ "properties": { "7": { "kind": "account", "number": "****0011", "counterpart": "bank-1" } } });
        let inquiry = "00000000-0000-4000-8000-000000000001";
        for (kind, subject, said, href) in [
            ("case", "68586000000000001", "", ""),
            ("tasks", "list e08f0d681274152d", "清单，查询标记 e08f0d681274152d", ""),
            ("measures", "7", "存款账户 ****0011 bank-1", "/console/measures/7"),
            ("inquiry", inquiry, "查控申请", "/console/inquiries/00000000-0000-4000-8000-000000000001"),
            ("answer", "CK1", "请求 CK1", "/console/orders/CK1"),
            ("print", "68586000000000001", "", ""),
        ] {
            let look = json!({ "kind": kind, "subject": subject });
            assert_eq!(subject_of(&look, &found, Lang::Zh), (said.to_owned(), href.to_owned()), "{kind}");
        }
    }
}
