//! A measure 控制措施: as a row of the ledger, and on a page of its own with its acts.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::acts::{ActForm, act_forms};
use super::address::{segment, without_lang};
use super::backend::Console;
use super::failure::Failure;
use super::found::property_of;
use super::lang::Lang;
use super::names;
use super::page::{Frame, html};
use super::reading::{bytes, list, money, number, some, text, time};
use super::visitor::Visitor;
use super::words::{self, Badge, EXEMPTION, MEASURE, badge, word};
use super::{approving, currency, standing};

/// A line of the ledger.
#[derive(Debug, Clone)]
pub struct MeasureRow {
    pub id: String,
    pub href: String,
    pub case_number: String,
    pub case_href: String,
    pub inquiry: String,
    pub party: String,
    pub party_name: String,
    pub counterpart: String,
    pub counterpart_code: String,
    pub kind: String,
    /// Kind of property as the API says it.
    pub kind_code: String,
    pub property: String,
    pub class: String,
    pub state: Badge,
    pub state_code: String,
    pub exemption: Badge,
    pub basis: String,
    /// As last reported; empty once it was ordered, when it is out of date.
    pub available: String,
    /// That freezes of others come first, with the balance that they hold; empty where none do.
    pub behind: String,
    pub value: String,
    pub limit: String,
    pub held: String,
    pub uncovered: String,
    pub surplus: String,
    pub released: String,
    pub deducted: String,
    pub is_foreign: bool,
    pub until: String,
    pub until_said: String,
    pub rank: String,
    pub approved_by: String,
    /// Who approved it first and when, while it waits for the second approver.
    pub first_approval: String,
    pub note: String,
    pub tasks: Vec<Badge>,
    /// Whether what stands on it goes on only with somebody's word, because it turned out to be exempt.
    pub wants_permission: bool,
    /// Others' rights, where they were looked up.
    pub rights: Vec<String>,
    /// What an approval of it says was seen, in the API's JSON.
    pub seen: String,
}

impl MeasureRow {
    /// As the API says it.
    pub fn of(measure: &Value, lang: Lang) -> Self {
        let id = text(measure, "/id");
        let target = measure.pointer("/target").cloned().unwrap_or_default();
        let (property, class) = property_of(&target);
        let case_number = text(measure, "/case_number");
        let state_code = text(measure, "/state");
        let tasks = list(measure, "/tasks").iter().filter_map(Value::as_str);
        Self {
            href: format!("/console/measures/{}", segment(&id)),
            case_href: format!("/console/cases/{}", segment(&case_number)),
            case_number,
            inquiry: text(measure, "/inquiry"),
            party: text(measure, "/party"),
            party_name: text(measure, "/party_name"),
            counterpart: names::counterpart(measure),
            counterpart_code: text(measure, "/counterpart"),
            kind: word(words::ASSET, &text(&target, "/kind"), lang),
            kind_code: text(&target, "/kind"),
            property,
            class,
            state: badge(MEASURE, &state_code, lang),
            state_code,
            exemption: badge(EXEMPTION, &text(measure, "/exemption/level"), lang),
            basis: lang.of_note(&text(measure, "/exemption/basis")),
            available: if approving::was_ordered(measure) {
                String::new()
            } else {
                money(measure, "/available")
            },
            behind: approving::behind_others(measure, lang),
            value: money(measure, "/value"),
            limit: some(measure, "/limit"),
            held: some(measure, "/held"),
            uncovered: some(measure, "/uncovered"),
            surplus: some(measure, "/surplus"),
            released: some(measure, "/released"),
            deducted: some(measure, "/deducted"),
            is_foreign: !matches!(text(measure, "/limit/currency").as_str(), "" | "CNY"),
            until: text(measure, "/until"),
            until_said: text(measure, "/until_said"),
            rank: text(measure, "/rank/place"),
            approved_by: text(measure, "/approved_by"),
            first_approval: approving::first_approval(measure),
            note: lang.of_words(&text(measure, "/note")),
            tasks: tasks.map(|task| badge(words::TASK, task, lang)).collect(),
            wants_permission: approving::wants_permission(measure),
            rights: Vec::new(),
            seen: approving::seen_of(measure),
            id,
        }
    }

    /// The acts that its state allows; the engine judges the rest.
    fn acts(&self) -> Vec<&'static str> {
        let of_state: &[&str] = match self.state_code.as_str() {
            "proposed" => &["approve", "reject", "value"],
            "candidate" => &["approve", "value"],
            "skipped" | "refused" => &["approve", "reconsider", "value"],
            "in_force" if !self.surplus.is_empty() => {
                &["release-surplus", "renew", "deduct", "transfer", "release", "value"]
            }
            "in_force" => &["renew", "deduct", "transfer", "release", "value"],
            "waiting" | "accepted" => &["renew", "release"],
            _ => &[],
        };
        // Money is deducted out of an account, and a stake is what is transferred.
        let fits = |act: &&str| match *act {
            "transfer" => self.kind_code == "equity",
            "deduct" => self.kind_code == "account",
            _ => true,
        };
        let of_currency = self.is_foreign.then_some("rate").filter(|_| !of_state.is_empty());
        let of_exempt = self.wants_permission.then_some("permit");
        of_state.iter().filter(|act| fits(act)).copied().chain(of_exempt).chain(of_currency).collect()
    }
}

/// A receipt that came on its own.
struct ReceiptRow {
    href: String,
    title: String,
    size: String,
    received: String,
}

#[derive(Template)]
#[template(path = "measure.html", config = "src/console/askama.toml")]
struct MeasurePage {
    page: Frame,
    row: MeasureRow,
    facts: Vec<(&'static str, String)>,
    orders: Vec<(&'static str, String, String)>,
    receipts: Vec<ReceiptRow>,
    forms: Vec<ActForm>,
}

/// `GET /console/measures/{id}`
pub async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let path = format!("/v1/measures/{}", segment(&id));
    let measure = console.get(&visitor, &path).await?;
    let lang = visitor.lang;
    let row = MeasureRow::of(&measure, lang);
    let mut orders = Vec::new();
    for (zh, en, field) in
        [("冻结请求", "Freeze", "/order"), ("最近的控制请求", "Latest control", "/control")]
    {
        let number = text(&measure, field);
        if !number.is_empty() {
            orders.push((lang.t(zh, en), format!("/console/orders/{}", segment(&number)), number));
        }
    }
    let receipt = |receipt: &Value| ReceiptRow {
        href: format!("/console/measures/{}/receipts/{}", segment(&id), segment(&text(receipt, "/sha256"))),
        title: text(receipt, "/title"),
        size: bytes(number(receipt, "/size")),
        received: time(receipt, "/received_at"),
    };
    let title = format!("{} {}", lang.t("控制措施", "Measure"), row.id);
    let mut forms = act_forms(&console, &visitor, &row.acts(), &row.id, &without_lang(&visitor.here));
    let currency = text(&measure, "/limit/currency");
    forms.iter_mut().for_each(|form| currency::fit(form, &currency, lang));
    approving::fill(&mut forms, &row.id, &measure);
    standing::fill(&mut forms, &row.id, &measure);
    let shown = MeasurePage {
        page: Frame::of(&visitor, title, "cases").live(&format!("measure:{id}")),
        facts: facts(&row, lang),
        orders,
        receipts: list(&measure, "/receipts").iter().map(receipt).collect(),
        forms,
        row,
    };
    Ok(html(StatusCode::OK, &shown))
}

fn facts(row: &MeasureRow, lang: Lang) -> Vec<(&'static str, String)> {
    let all = [
        ("财产", "Property", format!("{} {}", row.kind, row.property)),
        ("账户类别、网点", "Class, branch", row.class.clone()),
        ("协助单位", "Counterpart", names::called(&row.counterpart, &row.counterpart_code)),
        ("当事人", "Party", names::called(&row.party_name, &row.party)),
        ("可用余额（最近反馈）", "Available, as last reported", row.available.clone()),
        ("轮候", "Waits", row.behind.clone()),
        ("载明价值", "Value", row.value.clone()),
        ("限额", "Limit", row.limit.clone()),
        ("实际控制", "Held", row.held.clone()),
        ("限额中无款部分", "Uncovered", row.uncovered.clone()),
        ("超出限额", "Surplus", row.surplus.clone()),
        ("已解除", "Released", row.released.clone()),
        ("已扣划", "Deducted", row.deducted.clone()),
        ("届满日", "Until", row.until.clone()),
        ("对方所称届满日", "Until, as the counterpart says", row.until_said.clone()),
        ("顺位", "Rank", row.rank.clone()),
        ("审批人", "Approved by", row.approved_by.clone()),
        ("第一审批（待第二人）", "First approval, waits for the second", row.first_approval.clone()),
        ("说明", "Note", row.note.clone()),
    ];
    let said = all.into_iter().filter(|(_, _, value)| !value.trim().is_empty());
    said.map(|(zh, en, value)| (lang.t(zh, en), value)).collect()
}

/// `GET /console/measures/{id}/receipts/{sha256}`: the file as it was handed in, to be kept and never to be run.
pub async fn receipt(
    State(console): State<Console>,
    visitor: Visitor,
    Path((id, sha256)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let path = format!("/v1/measures/{}/receipts/{}", segment(&id), segment(&sha256));
    let raw = console.fetch(&visitor, &path).await?;
    let is_pdf = raw.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/pdf");
    let ending = if is_pdf { "pdf" } else { "bin" };
    let short: String = sha256.chars().take(12).collect();
    Ok(download(raw.bytes, &format!("receipt-{id}-{short}.{ending}")))
}

/// A file that a browser keeps and does not show.
pub fn download(bytes: Bytes, name: &str) -> Response {
    let kept: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{kept}\""));
    let named = named.unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("application/octet-stream");
    ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, named)], bytes).into_response()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stake_is_transferred_and_money_deducted_and_neither_is_offered_of_the_other() {
        let acts = |kind: &str, surplus: &str| {
            let measure = json!({
                "state": "in_force", "target": { "kind": kind }, "surplus": { "amount": surplus, "currency": "CNY" },
            });
            MeasureRow::of(&measure, Lang::Zh).acts()
        };
        assert_eq!(acts("account", "0"), ["renew", "deduct", "release", "value"]);
        assert_eq!(acts("account", "1.00"), ["release-surplus", "renew", "deduct", "release", "value"]);
        assert_eq!(acts("equity", "0"), ["renew", "transfer", "release", "value"]);
        assert_eq!(acts("property", "0"), ["renew", "release", "value"]);
    }

    #[test]
    fn what_stands_on_exempt_property_can_be_permitted_until_it_is() {
        let acts = |state: &str, level: &str, permitted: &str| {
            let permitted = Some(permitted).filter(|word| !word.is_empty());
            let measure = json!({ "state": state, "target": { "kind": "account" }, "exemption": { "level": level },
                "permitted": permitted });
            MeasureRow::of(&measure, Lang::Zh).acts().contains(&"permit")
        };
        assert!(acts("in_force", "no_measure", "") && acts("waiting", "freeze_only", ""));
        assert!(!acts("in_force", "no_measure", "freeze") && !acts("in_force", "free", ""));
        assert!(!acts("skipped", "no_measure", ""), "it is permitted with its approval");
    }
}
