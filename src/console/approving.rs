//! The form of an approval: it says what was on the page, so that nothing else is approved, and the second of two says what the first one
//! said.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::act_form::{ActForm, FormField};
use super::lang::Lang;
use super::reading::{money, text, time};
use super::words::{EXEMPTION, MEASURE, word};

/// What somebody who approves a measure sees of it, as the API takes it: what stands at the commit must be the same.
pub fn seen_of(measure: &Value) -> String {
    let at = |pointer: &str| measure.pointer(pointer).unwrap_or(&Value::Null);
    json!({ "state": at("/state"), "limit": at("/limit"), "exemption": at("/exemption/level") }).to_string()
}

/// Who approved a freeze first and when, and the limit that was named; empty where nobody did.
pub fn first_approval(measure: &Value) -> String {
    let at = |field: &str| format!("/first_approval/{field}");
    let by = text(measure, &at("by"));
    if by.is_empty() {
        return by;
    }
    format!("{by} {} {}", time(measure, &at("at")), money(measure, &at("limit"))).trim().to_owned()
}

/// Whether what stands on a property goes on only with somebody's word, because the property is exempt and nobody gave it yet. `measure` is
/// as the API shows a measure, or the property of a task.
pub fn wants_permission(measure: &Value) -> bool {
    let stands =
        matches!(text(measure, "/state").as_str(), "in_force" | "waiting" | "renewing" | "deducting");
    let is_exempt = matches!(text(measure, "/exemption/level").as_str(), "no_measure" | "freeze_only");
    stands && is_exempt && text(measure, "/permitted").is_empty()
}

/// Whether a measure was ordered: what was available before is out of date then.
pub fn was_ordered(measure: &Value) -> bool {
    !matches!(text(measure, "/state").as_str(), "candidate" | "proposed" | "skipped" | "refused")
}

/// That freezes of others come first, with the balance that they hold; empty where none do.
pub fn behind_others(measure: &Value, lang: Lang) -> String {
    let balance = if was_ordered(measure) { String::new() } else { money(measure, "/behind_others") };
    match (balance.is_empty(), lang) {
        (true, _) => balance,
        (false, Lang::Zh) => format!("在先已有其他冻结，本次冻结为轮候；账面余额 {balance}"),
        (false, Lang::En) => format!("earlier freezes come first: this one waits; balance {balance}"),
    }
}

/// Fills the form of the approval of a measure: with what is on the page, and with what the first of two approvers said, so that the second
/// one sees it and sends the same. `measure` is as the API shows a measure, or the property of a task.
pub fn fill(forms: &mut [ActForm], id: &str, measure: &Value) {
    for form in forms.iter_mut().filter(|form| form.is_of("approve", id) || form.is_of("permit", id)) {
        fill_one(form, measure);
    }
}

fn fill_one(form: &mut ActForm, measure: &Value) {
    form.fields.retain(|field| fits(field, measure));
    let is_second = measure.pointer("/first_approval").is_some_and(|first| !first.is_null());
    let first = |field: &str| text(measure, &format!("/first_approval/{field}"));
    let yes = |said: String| if said == "true" { "yes".to_owned() } else { String::new() };
    for field in &mut form.fields {
        field.value = match field.name.as_str() {
            "seen" => seen_of(measure),
            "limit" => first("limit/amount"),
            "permit" => first("permit"),
            "rate" => first("rate"),
            "whole" => yes(first("whole")),
            "listed_state_shares" if is_second => yes(first("listed_state_shares")),
            "listed_state_shares" => yes(text(measure, "/listed_state_shares")),
            _ => continue,
        };
    }
}

/// Whether something can be said of a property: a product is frozen as such where nobody knows what a unit is worth.
fn fits(field: &FormField, measure: &Value) -> bool {
    let kind = [text(measure, "/target/kind"), text(measure, "/kind")].concat();
    let is_worth_nothing_known =
        || text(measure, "/available/amount").parse::<Decimal>().is_ok_and(|amount| amount <= Decimal::ZERO);
    match field.name.as_str() {
        "whole" => kind == "account" || kind == "product" && is_worth_nothing_known(),
        "listed_state_shares" => kind == "equity",
        _ => true,
    }
}

/// What an approver goes by beside the property: state, amounts, class, whether it may be touched and why, who approved it first.
pub fn facts(measure: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    let exemption = word(EXEMPTION, &text(measure, "/exemption/level"), lang);
    let exemption = format!("{exemption} {}", lang.of_note(&text(measure, "/exemption/basis")));
    let class = [text(measure, "/class"), text(measure, "/target/class")].concat();
    let available = if was_ordered(measure) { String::new() } else { money(measure, "/available") };
    let all = [
        ("状态", "State", word(MEASURE, &text(measure, "/state"), lang)),
        ("账户类别", "Class", class),
        ("可用余额", "Available", available),
        ("轮候", "Waits", behind_others(measure, lang)),
        ("限额", "Limit", money(measure, "/limit")),
        ("可否执行", "Exemption", exemption.trim().to_owned()),
        ("第一审批（待第二人）", "First approval, waits for the second", first_approval(measure)),
    ];
    let said = all.into_iter().filter(|(_, _, value)| !value.is_empty());
    said.map(|(zh, en, value)| (lang.t(zh, en), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ActForm {
        let names = ["limit", "permit", "rate", "whole", "listed_state_shares", "seen", "reason"];
        let field = |name: &str| FormField { name: name.to_owned(), ..FormField::default() };
        ActForm {
            title: "",
            action: String::new(),
            is_grave: false,
            has_files: false,
            csrf: String::new(),
            next: String::new(),
            id: super::super::act_form::id_of("approve", "7"),
            fields: names.into_iter().map(field).collect(),
            faults: Vec::new(),
        }
    }

    fn filled(measure: &Value) -> Vec<(String, String)> {
        let mut forms = [form()];
        fill(&mut forms, "7", measure);
        let [form] = forms;
        form.fields.into_iter().map(|field| (field.name, field.value)).collect()
    }

    fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
        fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_form_says_what_was_on_the_page_whether_it_is_made_of_a_measure_or_of_a_task() {
        let limit = json!({ "amount": "5.00", "currency": "CNY" });
        let common = json!({ "state": "proposed", "limit": limit, "exemption": { "level": "doubtful", "basis": "工资" } });
        let (mut measure, mut task) = (common.clone(), common.clone());
        measure["target"] = json!({ "kind": "account", "class": "个人结算户" });
        task["kind"] = json!("account");
        task["class"] = json!("个人结算户");
        let seen = json!({ "state": "proposed", "limit": limit, "exemption": "doubtful" });
        for told in [&measure, &task] {
            let fields = filled(told);
            let sent: Value = serde_json::from_str(value(&fields, "seen").expect("a field")).expect("JSON");
            assert_eq!(sent, seen);
            assert_eq!(value(&fields, "listed_state_shares"), None, "no stake");
            let facts = facts(told, Lang::Zh);
            let all: String = facts.iter().map(|(label, said)| format!("{label}{said} ")).collect();
            for said in ["账户类别个人结算户", "限额5.00", "工资"] {
                assert!(all.contains(said), "{said}: {all}");
            }
        }
    }

    #[test]
    fn the_approver_is_told_that_a_freeze_would_wait_and_that_nothing_is_available() {
        let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
        let measure =
            json!({ "state": "proposed", "available": yuan("0.00"), "behind_others": yuan("1200000.00") });
        let facts = facts(&measure, Lang::Zh);
        assert!(facts.contains(&("可用余额", "0.00".to_owned())), "{facts:?}");
        let waits = "在先已有其他冻结，本次冻结为轮候；账面余额 1,200,000.00".to_owned();
        assert!(facts.contains(&("轮候", waits)), "{facts:?}");
        assert_eq!(behind_others(&json!({ "state": "proposed", "available": yuan("5.00") }), Lang::Zh), "");
        let ordered =
            json!({ "state": "in_force", "available": yuan("1200000.00"), "behind_others": yuan("5.00") });
        assert!(
            !super::facts(&ordered, Lang::Zh).iter().any(|(label, _)| matches!(*label, "可用余额" | "轮候"))
        );
    }

    #[test]
    fn a_product_is_frozen_as_such_only_where_its_price_is_not_known() {
        let product = |available: &str| {
            let available = json!({ "amount": available, "currency": "CNY" });
            filled(&json!({ "target": { "kind": "product" }, "state": "skipped", "available": available }))
        };
        assert_eq!(value(&product("0.00"), "whole"), Some(""));
        assert_eq!(value(&product("2000.00"), "whole"), None);
    }

    #[test]
    fn the_second_approver_sends_what_the_first_one_said_of_a_stake() {
        let first = json!({ "by": "one", "at": "2026-01-05T16:30:00Z", "limit": null, "whole": false, "listed_state_shares": true });
        let stake = |first: &Value, listed: bool| json!({ "target": { "kind": "equity" }, "state": "proposed", "listed_state_shares": listed, "first_approval": first });
        let fields = filled(&stake(&first, true));
        assert_eq!(value(&fields, "listed_state_shares"), Some("yes"));
        assert_eq!(value(&fields, "whole"), None, "a stake is no account");
        assert_eq!(value(&filled(&stake(&Value::Null, true)), "listed_state_shares"), Some("yes"));
        assert_eq!(value(&filled(&stake(&Value::Null, false)), "listed_state_shares"), Some(""));
        let account = json!({ "target": { "kind": "account" }, "first_approval": {
            "by": "one", "limit": { "amount": "4.00", "currency": "CNY" }, "whole": true, "permit": "freeze", "rate": "7.1",
        } });
        let fields = filled(&account);
        let said = ["limit", "permit", "rate", "whole"].map(|name| value(&fields, name).unwrap_or_default());
        assert_eq!(said, ["4.00", "freeze", "7.1", "yes"]);
    }
}
