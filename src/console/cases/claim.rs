//! The claim of a case on its page: what it is, what covers it, what can be done about it, and how it changed.

use serde_json::Value;

use super::super::lang::Lang;
use super::super::reading::{is_there, money, text, time};
use super::super::words::{self, word};

/// The claim and what covers it.
pub fn claim_facts(case: &Value, lang: Lang) -> Vec<(&'static str, String)> {
    if !is_there(case, "/claim") {
        return Vec::new();
    }
    let of = |table, field: &str| word(table, &text(case, &format!("/claim/{field}")), lang);
    let days = text(case, "/claim/term_days");
    let days = if days.is_empty() { lang.t("法定最长", "the longest").to_owned() } else { days };
    vec![
        (lang.t("执行标的", "Claim"), money(case, "/claim/amount")),
        (lang.t("已控制", "Held"), money(case, "/coverage/held")),
        (lang.t("已扣划", "Deducted"), money(case, "/coverage/deducted")),
        (lang.t("办理中", "Asked"), money(case, "/coverage/asked")),
        (lang.t("缺口", "Shortfall"), money(case, "/coverage/shortfall")),
        (lang.t("超额", "Excess"), money(case, "/coverage/excess")),
        (lang.t("限额中无款部分", "Uncovered limits"), money(case, "/coverage/uncovered")),
        (lang.t("冻结方式", "Mode"), of(words::MODE, "mode")),
        (lang.t("账户次序", "Order of accounts"), of(words::PREFER, "prefer")),
        (lang.t("其他财产", "Other property"), of(words::MODE, "other_property")),
        (lang.t("无款限额", "Uncovered"), of(words::UNCOVERED, "uncovered")),
        (lang.t("冻结期限（天）", "Term (days)"), days),
        (lang.t("生活必需费用", "Living costs"), money(case, "/claim/living_costs")),
    ]
}

/// The acts that the claim's state allows.
pub fn claim_acts(case: &Value) -> &'static [&'static str] {
    match text(case, "/claim/state").as_str() {
        "open" => &[
            "claim-raise",
            "claim-lower",
            "claim-payment",
            "claim-interest",
            "claim-settings",
            "claim-settle",
            "claim-withdraw",
            "release-case",
        ],
        "settled" | "withdrawn" => &["claim-reopen", "release-case"],
        _ => &[],
    }
}

/// A change of the claim: when, what, the amount after it, who and why.
pub fn change_line(change: &Value, lang: Lang) -> (String, String, String, String, String) {
    (
        time(change, "/at"),
        word(words::CLAIM_CHANGE, &text(change, "/kind"), lang),
        money(change, "/after"),
        text(change, "/actor"),
        text(change, "/reason"),
    )
}
