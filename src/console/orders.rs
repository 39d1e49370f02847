//! An order 协助指令 with its answer, receipts and acts.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::acts::{ActForm, act_forms};
use super::address::{segment, without_lang};
use super::backend::Console;
use super::cases::news_of;
use super::currency;
use super::failure::Failure;
use super::found::{AssetRow, asset_row, property_of};
use super::lang::Lang;
use super::measures::download;
use super::names;
use super::page::{Frame, html};
use super::reading::{bytes, instant, is_there, list, money, number, text, time};
use super::visitor::Visitor;
use super::waiting::why;
use super::words::{self, Badge, badge, word};
use crate::api::may;

/// Assets of one answer that are shown.
const MOST_ASSETS: usize = 100;
/// Length to which an answer in full is shown.
const LONGEST_ANSWER: usize = 20_000;

#[derive(Template)]
#[template(path = "order.html", config = "src/console/askama.toml")]
struct OrderPage {
    page: Frame,
    state: Badge,
    facts: Vec<(&'static str, String)>,
    inquiry: String,
    measure: String,
    /// Whose answer is shown, with its page and its number, where it is another order's.
    other: Option<(&'static str, String, String)>,
    outcome: Option<Badge>,
    answer: Vec<(&'static str, String)>,
    assets: Vec<AssetRow>,
    unknown: Vec<(String, String)>,
    news: Vec<Badge>,
    differences: String,
    receipts: Vec<(String, String, String)>,
    full: String,
    /// Where the messages stand as they came; empty where there are none, or the role may not see them.
    raw: String,
    forms: Vec<ActForm>,
}

/// `GET /console/orders/{number}`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(given): Path<String>,
) -> Result<Response, Failure> {
    let view = console.get(&visitor, &format!("/v1/orders/{}", segment(&given))).await?;
    let lang = visitor.lang;
    let (request, state) = (text(&view, "/order/number"), text(&view, "/order/state"));
    let is_query = text(&view, "/order/instruction/action") == "query";
    let nothing = Value::Null;
    let reply = view.pointer("/answer/reply").unwrap_or(&nothing);
    let slugs: &[&str] = match (is_query, state.as_str()) {
        (true, "answered" | "refused" | "failed" | "overdue") => &["requery"],
        (false, "undetermined" | "overdue" | "refused" | "failed") => &["resolve"],
        (false, "queued") if !is_there(&view, "/order/sent_at") => &["withdraw"],
        _ => &[],
    };
    let measure = text(&view, "/order/measure");
    let other = other_order(&view, lang);
    let outcome = if other.is_none() { text(reply, "/outcome") } else { String::new() };
    let waits = match state.as_str() {
        "queued" => why(&console, &visitor, BTreeSet::from([text(&view, "/order/counterpart")])).await,
        _ => BTreeMap::new(),
    };
    let assets = list(reply, "/assets").iter().take(MOST_ASSETS);
    let sourced = |found: &Value| serde_json::json!({ "asset": found.pointer("/asset"), "sources": [{ "matched_by": found.pointer("/matched_by") }] });
    let receipts = list(&view, "/answer/receipts").iter().enumerate().map(|(at, receipt)| {
        let size = text(receipt, "/content").len() / 4 * 3;
        let href = format!("/console/orders/{}/receipts/{at}", segment(&request));
        (href, text(receipt, "/title"), bytes(u64::try_from(size).unwrap_or(0)))
    });
    let unknown = list(&view, "/answer/unknown");
    let mut forms = act_forms(&console, &visitor, slugs, &request, &without_lang(&visitor.here));
    let currency = currency::of_order(&view["order"]);
    forms.iter_mut().for_each(|form| currency::fit(form, &currency, lang));
    let shown = OrderPage {
        page: Frame::of(&visitor, format!("{} {request}", lang.t("请求", "Order")), "cases")
            .live(&format!("order:{request}")),
        state: badge(words::ORDER, &state, lang),
        facts: facts(&view, waits.into_values().next().unwrap_or_default(), lang),
        inquiry: format!("/console/inquiries/{}", segment(&text(&view, "/order/inquiry"))),
        measure: if measure.is_empty() {
            measure
        } else {
            format!("/console/measures/{}", segment(&measure))
        },
        other,
        outcome: (!outcome.is_empty()).then(|| badge(words::OUTCOME, &outcome, lang)),
        answer: answer(&view, reply, lang),
        assets: assets.map(|found| asset_row(&sourced(found), lang)).collect(),
        unknown: unknown.iter().map(|one| (text(one, "/field"), text(one, "/value"))).collect(),
        news: news_of(&view, lang),
        differences: pretty(view.pointer("/answer/differences")),
        receipts: receipts.collect(),
        full: pretty(Some(reply)),
        raw: match visitor.may(may::RAW) && is_there(&view, "/answer") {
            // The messages are those of the order that was answered.
            true => format!("/console/orders/{}/raw", segment(&text(&view, "/answer/order"))),
            false => String::new(),
        },
        forms,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// What the answer that is shown is, where it is not this order's: a question and its re-queries have one answer, the newest.
fn other_order(view: &Value, lang: Lang) -> Option<(&'static str, String, String)> {
    let answered = text(view, "/answer/order");
    if answered.is_empty() || answered == text(view, "/order/number") {
        return None;
    }
    let is_open =
        matches!(text(view, "/order/state").as_str(), "queued" | "sending" | "awaiting" | "overdue");
    let is_earlier = instant(view, "/answer/provenance/received_at") < instant(view, "/order/created_at");
    let said = match (is_earlier, is_open) {
        (true, true) => lang.t(
            "本次尚未反馈；以下为上次反馈，请求",
            "This order is not answered so far; below is the answer before, to order",
        ),
        (true, false) => lang.t(
            "本次没有反馈；以下为上次反馈，请求",
            "This order was not answered; below is the answer before, to order",
        ),
        (false, _) => {
            lang.t("以下为此后重新查询的反馈，请求", "Below is the answer to what was asked later, order")
        }
    };
    Some((said, format!("/console/orders/{}", segment(&answered)), answered))
}

/// JSON for people, in lines, of bounded length; empty for nothing.
fn pretty(value: Option<&Value>) -> String {
    let value = value.filter(|value| !value.is_null());
    let text = value.and_then(|value| serde_json::to_string_pretty(value).ok()).unwrap_or_default();
    super::reading::shortened(&text, LONGEST_ANSWER)
}

fn facts(view: &Value, waits: String, lang: Lang) -> Vec<(&'static str, String)> {
    let nothing = Value::Null;
    let order = view.pointer("/order").unwrap_or(&nothing);
    let target = order.pointer("/instruction/target").cloned().unwrap_or_default();
    let (property, class) = property_of(&target);
    let amount = ["/instruction/limit", "/instruction/amount"].map(|at| money(order, at)).concat();
    let term = [text(order, "/instruction/from"), text(order, "/instruction/until")];
    let term = if term.iter().all(String::is_empty) { String::new() } else { term.join(" – ") };
    let calls = list(view, "/vendor_calls").iter().map(|call| text(call, "/reference"));
    let all = [
        ("事项", "Action", word(words::ACTION, &text(order, "/instruction/action"), lang)),
        ("协助单位", "Counterpart", names::with_code(order)),
        ("当事人", "Party", names::called(&text(order, "/party_name"), &text(order, "/party"))),
        ("证件类型", "Document", word(words::IDENTITY, &text(order, "/document"), lang)),
        ("财产", "Property", format!("{property} {class}").trim().to_owned()),
        ("金额", "Amount", amount),
        ("期限", "Term", term),
        ("尝试次数", "Attempts", text(order, "/attempts")),
        ("创建", "Made", time(order, "/created_at")),
        ("发送", "Sent", time(order, "/sent_at")),
        ("尚未发送的原因", "Why it has not left", waits),
        ("反馈期限", "Deadline", time(order, "/deadline")),
        ("重查自", "Asks again", text(order, "/requery_of")),
        ("未能办理的原因", "Why there is no reply", lang.of_note(&text(order, "/fault/detail"))),
        ("对方代码", "The counterpart's code", text(order, "/fault/status")),
        ("转由", "Passed on to", text(order, "/fault/passed_on_to")),
        ("供应商调用号", "The vendor's numbers", calls.collect::<Vec<_>>().join(" ")),
    ];
    let said = all.into_iter().filter(|(_, _, value)| !value.is_empty());
    said.map(|(zh, en, value)| (lang.t(zh, en), value)).collect()
}

/// What an answer says beside its outcome and what it found.
pub fn answer(view: &Value, reply: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    if !is_there(view, "/answer") {
        return Vec::new();
    }
    let missing = list(reply, "/missing")
        .iter()
        .filter_map(Value::as_str)
        .map(|one| lang.of_note(one))
        .collect::<Vec<_>>()
        .join("；");
    let revision = format!("{} / {}", text(view, "/answer/revision"), text(view, "/revisions"));
    let all = [
        ("版本", "Revision", revision),
        ("对方反馈", "Answered", time(view, "/answer/provenance/answered_at")),
        ("收到", "Received", time(view, "/answer/provenance/received_at")),
        ("沿用自", "Used again, from", time(view, "/answer/provenance/cached_from")),
        ("对方说明", "The counterpart's words", text(reply, "/words")),
        ("缺少", "Missing", missing),
        ("实际控制", "Held", money(reply, "/held")),
        ("金额", "Amount", money(reply, "/amount")),
        ("届满日", "Until", text(reply, "/until")),
        ("连接器", "Connector", text(view, "/answer/provenance/connector")),
        ("原文摘要", "SHA-256 of the raw message", text(view, "/answer/provenance/raw_digest")),
    ];
    let said = all.into_iter().filter(|(_, _, value)| !value.is_empty());
    said.map(|(zh, en, value)| (lang.t(zh, en), value)).collect()
}

/// `GET /console/orders/{number}/receipts/{at}`: a receipt as it came with the answer.
pub async fn receipt(
    State(console): State<Console>,
    visitor: Visitor,
    Path((given, at)): Path<(String, usize)>,
) -> Result<Response, Failure> {
    let view = console.get(&visitor, &format!("/v1/orders/{}", segment(&given))).await?;
    let receipt = list(&view, "/answer/receipts").get(at).ok_or_else(Failure::nothing_here)?;
    let content = STANDARD.decode(text(receipt, "/content")).map_err(|_| Failure::nothing_here())?;
    let name = format!(
        "receipt-{}-{}.{}",
        text(&view, "/order/number"),
        number(&view, "/answer/revision"),
        text(receipt, "/format")
    );
    Ok(download(content.into(), &name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_answer_to_another_order_is_not_shown_as_the_orders_own() {
        let said = |state: &str, created: &str, answered: &str| {
            let view = json!({
                "order": { "number": "CK2", "state": state, "created_at": created },
                "answer": { "order": answered, "provenance": { "received_at": "2026-03-01T13:44:00Z" } },
            });
            other_order(&view, Lang::Zh).map(|(said, href, number)| format!("{said} {href} {number}"))
        };
        let (before, after) = ("2026-03-01T13:00:00Z", "2026-03-01T14:06:00Z");
        let open = said("queued", after, "CK1").expect("it is another's");
        assert_eq!(open, "本次尚未反馈；以下为上次反馈，请求 /console/orders/CK1 CK1");
        assert!(said("cancelled", after, "CK1").expect("another's").starts_with("本次没有反馈"));
        assert!(said("answered", before, "CK3").expect("another's").starts_with("以下为此后重新查询的反馈"));
        assert_eq!(said("answered", before, "CK2"), None, "its own");
        let unanswered = json!({ "order": { "number": "CK2", "state": "queued" }, "answer": null });
        assert_eq!(other_order(&unanswered, Lang::Zh), None);
    }
}
