//! What is on file of a case: legal documents, receipts, what later answers changed, and the digests of certificates.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;

use super::super::address::segment;
use super::super::backend::Console;
use super::super::failure::Failure;
use super::super::lang::Lang;
use super::super::names;
use super::super::printing::file as as_file;
use super::super::reading::{bytes, instant, list, number, text, time};
use super::super::visitor::Visitor;
use super::super::words::Badge;

/// Documents and receipts that are shown.
const MOST_FILES: usize = 60;
/// Answers to re-queries whose differences are shown, the newest; each is a look of whoever opens the page.
const MOST_COMPARED: usize = 6;
/// Later answers to the same question behind which an order's own answer is looked for.
const MOST_BACK: u64 = 5;
/// When an answer came in.
const RECEIVED: &str = "/answer/provenance/received_at";

/// Words for what a later answer changed.
const NEWS: &[(&str, &str, &str)] =
    &[("added", "新增", "new"), ("gone", "不再出现", "gone"), ("changed", "有变化", "changed")];

/// A document or a receipt.
pub struct FileLine {
    /// What it is.
    pub name: String,
    /// Its own number, or the property that it is about.
    pub about: String,
    /// When it came, how large it is, or what brought it.
    pub note: String,
    /// Where it is.
    pub href: String,
}

/// What a later answer changed.
pub struct NewsLine {
    /// The counterpart.
    pub counterpart: String,
    /// The party.
    pub party: String,
    /// When it was answered.
    pub at: String,
    /// The order's page, where it is told in full.
    pub href: String,
    /// How much of what.
    pub news: Vec<Badge>,
}

/// Legal documents of a case.
pub async fn documents(
    console: &Console,
    visitor: &Visitor,
    case: &str,
) -> Result<(Vec<FileLine>, usize), Failure> {
    let lang = visitor.lang;
    let found = console.get(visitor, &format!("/v1/cases/{}/documents", segment(case))).await?;
    let all = list(&found, "/documents");
    let line = |document: &Value| FileLine {
        name: match lang {
            Lang::Zh => text(document, "/name"),
            Lang::En => text(document, "/kind").replace('_', " "),
        },
        about: text(document, "/number"),
        note: match text(document, "/by_act").as_str() {
            "true" => lang.t("办理时提交", "brought with an act").to_owned(),
            _ => lang.t("随申请提交", "brought with the inquiry").to_owned(),
        },
        href: format!("/console/cases/{}/documents/{}", segment(case), segment(&text(document, "/id"))),
    };
    Ok((all.iter().rev().take(MOST_FILES).map(line).collect(), all.len().saturating_sub(MOST_FILES)))
}

/// Receipts that counterparts handed in about measures, the newest first.
pub fn receipts(case: &Value, lang: Lang) -> Vec<FileLine> {
    let mut all = Vec::new();
    for measure in list(case, "/measures") {
        let id = segment(&text(measure, "/id"));
        for receipt in list(measure, "/receipts") {
            let href = format!("/console/measures/{id}/receipts/{}", segment(&text(receipt, "/sha256")));
            let line = FileLine {
                name: text(receipt, "/title"),
                about: format!("{} {} {id}", names::counterpart(measure), lang.t("控制措施", "measure")),
                note: format!("{} · {}", time(receipt, "/received_at"), bytes(number(receipt, "/size"))),
                href,
            };
            all.push((instant(receipt, "/received_at"), line));
        }
    }
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().map(|(_, line)| line).take(MOST_FILES).collect()
}

/// Orders that asked again and were answered, the newest first: those that stand before people as news of any inquiry of the case, then
/// those of the inquiries that are shown, by their certificates.
pub fn compared(case: &Value, certificates: &[Value]) -> Vec<String> {
    let told = list(case, "/tasks").iter().filter(|task| text(task, "/kind") == "review_news");
    let mut again: Vec<&Value> = certificates.iter().flat_map(asked_again).collect();
    again.sort_by_key(|order| std::cmp::Reverse(instant(order, "/answered_at")));
    let mut seen = BTreeSet::new();
    let numbers = told
        .rev()
        .map(|task| text(task, "/order"))
        .chain(again.into_iter().map(|order| text(order, "/number")));
    numbers.filter(|number| !number.is_empty() && seen.insert(number.clone())).take(MOST_COMPARED).collect()
}

/// What the answers to orders changed, the newest first.
pub async fn news(
    console: &Console,
    visitor: &Visitor,
    numbers: Vec<String>,
) -> Result<Vec<NewsLine>, Failure> {
    let mut told = Vec::new();
    for number in numbers {
        if let Some(view) = own_answer(console, visitor, &number).await? {
            told.extend(news_line(&view, &number, visitor.lang));
        }
    }
    told.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(told.into_iter().map(|(_, line)| line).collect())
}

/// An order with its own answer, and not that of a later one to the same question; `None` where many came since, or it is another court's.
async fn own_answer(console: &Console, visitor: &Visitor, number: &str) -> Result<Option<Value>, Failure> {
    let path = format!("/v1/orders/{}", segment(number));
    let mut view = match console.get(visitor, &path).await {
        Err(failure) if failure.status == StatusCode::NOT_FOUND => return Ok(None),
        found => found?,
    };
    let last = revision_of(&view);
    for revision in (last.saturating_sub(MOST_BACK).max(1)..last).rev() {
        if text(&view, "/answer/order") == number {
            break;
        }
        view = console.get(visitor, &format!("{path}?revision={revision}")).await?;
    }
    Ok((text(&view, "/answer/order") == number).then_some(view))
}

fn revision_of(view: &Value) -> u64 {
    number(view, "/answer/revision")
}

/// What an answer changed, in words; nothing for the first answer to a question.
pub fn news_of(view: &Value, lang: Lang) -> Vec<Badge> {
    let Some(differences) = view.pointer("/answer/differences").filter(|known| !known.is_null()) else {
        return Vec::new();
    };
    let count = |field: &str| list(differences, &format!("/{field}")).len();
    let badge = |(field, zh, en): &(&str, &'static str, &'static str)| Badge {
        tone: "warn",
        text: format!("{} {}", lang.t(zh, en), count(field)),
    };
    let mut news: Vec<Badge> = NEWS.iter().filter(|(field, ..)| count(field) > 0).map(badge).collect();
    if news.is_empty() {
        news.push(Badge { tone: "off", text: lang.t("无变化", "nothing new").to_owned() });
    }
    news
}

/// What an answer changed, with when it came; `None` for the first answer to a question.
fn news_line(view: &Value, number: &str, lang: Lang) -> Option<(Option<Timestamp>, NewsLine)> {
    let news = news_of(view, lang);
    if news.is_empty() {
        return None;
    }
    let line = NewsLine {
        counterpart: names::counterpart(&view["order"]),
        party: names::called(&text(view, "/order/party_name"), &text(view, "/order/party")),
        at: time(view, RECEIVED),
        href: format!("/console/orders/{}", segment(number)),
        news,
    };
    Some((instant(view, RECEIVED), line))
}

/// Queries that repeat an earlier one and were answered, the newest first.
fn asked_again(certificate: &Value) -> Vec<&Value> {
    let mut by_question: BTreeMap<(String, String), Vec<&Value>> = BTreeMap::new();
    for order in list(certificate, "/orders").iter().filter(|order| text(order, "/action") == "query") {
        let question = (text(order, "/counterpart"), text(order, "/party"));
        by_question.entry(question).or_default().push(order);
    }
    let mut again: Vec<&Value> = Vec::new();
    for mut orders in by_question.into_values() {
        orders.sort_by_key(|order| text(order, "/created_at"));
        again.extend(orders.into_iter().skip(1).filter(|order| !text(order, "/answered_at").is_empty()));
    }
    again.sort_by_key(|order| std::cmp::Reverse(instant(order, "/answered_at")));
    again
}

/// The certificates of an inquiry as they were issued: the page's word, and where the newest is, with its digest.
pub fn certificate_of(inquiry: &Value) -> Option<(String, String, String)> {
    let issued = number(inquiry, "/certificates");
    let digest = text(inquiry, "/certificate_sha256");
    (issued > 0 && !digest.is_empty()).then(|| {
        let id = segment(&text(inquiry, "/id"));
        (issued.to_string(), format!("/console/inquiries/{id}/certificates/{issued}"), digest)
    })
}

/// `GET /console/cases/{id}/documents/{document}`: a legal document as it was brought.
pub async fn document(
    State(console): State<Console>,
    visitor: Visitor,
    Path((id, document)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let path = format!("/v1/cases/{}/documents/{}", segment(&id), segment(&document));
    Ok(as_file(console.fetch(&visitor, &path).await?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_question_that_was_asked_once_is_no_news_and_the_newest_answer_stands_first() {
        let order = |number: &str, counterpart: &str, action: &str, created: &str, answered: &str| {
            json!({
                "number": number, "counterpart": counterpart, "party": "a", "action": action, "created_at": created,
                "answered_at": answered,
            })
        };
        let certificate = json!({ "orders": [
            order("1", "bank-1", "query", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
            order("2", "bank-1", "query", "2026-01-02T00:00:00Z", "2026-01-02T01:00:00Z"),
            order("3", "bank-2", "query", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
            order("4", "bank-2", "freeze", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
            order("5", "bank-1", "query", "2026-01-03T00:00:00Z", "2026-01-03T01:00:00Z"),
            order("6", "bank-1", "query", "2026-01-04T00:00:00Z", ""),
        ] });
        let numbers: Vec<String> =
            asked_again(&certificate).iter().map(|order| text(order, "/number")).collect();
        assert_eq!(numbers, ["5", "2"]);
        let second = json!({ "orders": [
            order("7", "bank-1", "query", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
            order("8", "bank-1", "query", "2026-01-02T12:00:00Z", "2026-01-02T13:00:00Z"),
        ] });
        let case = json!({ "tasks": [
            { "kind": "review_news", "order": "of-an-old-inquiry" }, { "kind": "resolve", "order": "1" },
            { "kind": "review_news", "order": "2" },
        ] });
        let shown = compared(&case, &[certificate, second]);
        assert_eq!(shown, ["2", "of-an-old-inquiry", "5", "8"], "of every inquiry, each once");
    }

    #[test]
    fn an_answer_says_what_it_changed_and_a_first_one_nothing() {
        let view = |differences: Value| {
            json!({
                "order": { "counterpart": "bank-1", "party": "a" },
                "answer": { "differences": differences, "provenance": { "received_at": "2026-01-02T01:00:00Z" } },
            })
        };
        let line = |differences| news_line(&view(differences), "CK1", Lang::En).map(|(_, line)| line);
        assert!(line(Value::Null).is_none());
        let shown = line(json!({ "added": [{}, {}], "gone": [], "changed": [{}] })).expect("a line");
        let words: Vec<&str> = shown.news.iter().map(|badge| badge.text.as_str()).collect();
        assert_eq!((words, shown.href.as_str()), (vec!["new 2", "changed 1"], "/console/orders/CK1"));
        assert_eq!(line(json!({})).expect("a line").news[0].text, "nothing new");
    }
}
