//! Why property that may be frozen is not asked for now, in the ledger of a case.

use rust_decimal::Decimal;
use serde_json::Value;

use super::super::lang::Lang;
use super::super::reading::{list, text};

/// Why a measure of a case waits; empty for one that does not, or of which that is said otherwise.
pub fn why(measure: &Value, case: &Value, lang: Lang) -> &'static str {
    let is_candidate = text(measure, "/state") == "candidate";
    let may_be = text(measure, "/exemption/level") != "no_measure";
    if !is_candidate || !may_be || text(case, "/claim/state") != "open" {
        return "";
    }
    let is_whole = !matches!(text(measure, "/target/kind").as_str(), "account" | "product");
    let waits_for_answers = list(case, "/inquiries").iter().any(|one| text(one, "/state") == "open");
    let (has_room, is_behind) = (has_room(case), !text(measure, "/behind_others/amount").is_empty());
    match () {
        () if !has_room => lang.t(
            "标的已由在控和已提请的财产覆盖，暂不冻结",
            "what is held and asked for covers the claim: it is not asked for now",
        ),
        () if is_behind && waits_for_answers => lang.t(
            "在先已有其他冻结，本次冻结为轮候：本案尚有请求未完结，全部完结后再提请",
            "others' freezes come first, so that it would wait behind them: it is asked for when every order of the case has come to an end",
        ),
        () if is_whole && waits_for_answers => lang.t(
            "存款不足时才控制：本案尚有请求未完结，全部完结后再提请",
            "for what deposits do not cover: it is asked for when every order of the case has come to an end",
        ),
        () => "",
    }
}

/// Whether the claim leaves anything open beside what is held, taken and asked for.
fn has_room(case: &Value) -> bool {
    let amount = |field: &str| {
        text(case, &format!("/coverage/{field}/amount")).parse::<Decimal>().unwrap_or(Decimal::ZERO)
    };
    amount("shortfall") > amount("asked")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn case(state: &str, shortfall: &str) -> Value {
        let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
        json!({
            "claim": { "state": "open" },
            "coverage": { "shortfall": yuan(shortfall), "asked": yuan("100.00") },
            "inquiries": [{ "state": "completed" }, { "state": state }],
        })
    }

    fn account(behind: bool) -> Value {
        json!({ "state": "candidate", "target": { "kind": "account" }, "exemption": { "level": "free" },
                "behind_others": behind.then(|| json!({ "amount": "600.00", "currency": "CNY" })) })
    }

    #[test]
    fn the_ledger_says_why_property_that_may_be_frozen_waits() {
        let said = |measure: &Value, case: &Value| why(measure, case, Lang::Zh);
        let open = case("open", "500.00");
        assert!(said(&account(true), &open).contains("轮候：本案尚有请求未完结"));
        assert_eq!(said(&account(false), &open), "", "it is asked for with what comes next");
        assert_eq!(said(&account(true), &case("completed", "500.00")), "", "nothing more is waited for");
        assert!(said(&account(true), &case("open", "100.00")).contains("标的已由在控和已提请的财产覆盖"));
        let mut home = account(false);
        home["target"]["kind"] = json!("property");
        assert!(said(&home, &open).contains("存款不足时才控制"));
        let mut exempt = account(true);
        exempt["exemption"]["level"] = json!("no_measure");
        assert_eq!(said(&exempt, &open), "", "its exemption says it");
        let mut held = account(true);
        held["state"] = json!("in_force");
        assert_eq!(said(&held, &open), "");
    }
}
