use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::reply::Answer;
use chakong_contract::{Asset, Fault, FaultKind, Reply};
use serde_json::json;

use super::super::{InquiryId, Revision, Source};
use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_413_200 + seconds).expect("an instant")
}

/// A query of its own question.
fn query(id: i64, state: OrderState) -> LineRow {
    LineRow {
        id: OrderId::new(id),
        root: OrderId::new(id),
        lane: format!("bank-{id}"),
        party: 0,
        action: ActionKind::Query,
        state,
        created: at(0),
        sent: Some(at(5)),
        fault: None,
        outcome: None,
        stands_in: None,
    }
}

/// The same, answered.
fn answered(id: i64, root: i64, number: u32, reply: Reply) -> LineRow {
    let (order, root) = (OrderId::new(id), OrderId::new(root));
    let Source { raw, digest, connector, cached_from } = Source::default();
    let revision = Revision {
        root,
        number,
        order,
        inquiry: InquiryId::new(1),
        at: at(9),
        answer: std::sync::Arc::new(Answer::of(reply)),
        stored: None,
        raw,
        raw_digest: digest,
        connector,
        differences: None,
        cached_from,
    };
    let outcome = Some(super::super::Outcome::of(&revision));
    LineRow { root, outcome, lane: format!("bank-{}", root.get()), ..query(id, OrderState::Answered) }
}

fn account(balance: &str) -> Reply {
    let asset = json!({
        "kind": "account", "institution": "测试银行", "institution_code": "B1", "number": "6200998877665544",
        "class": "一般存款账户", "status": "正常", "branch": "", "branch_code": "", "currency": "CNY",
        "balance": { "amount": balance, "currency": "CNY" }, "available": { "amount": balance, "currency": "CNY" },
        "opened": null, "closed": null, "linked_account": "", "sub_accounts": [], "products": [], "encumbrances": [],
        "transactions": [], "remark": "",
    });
    found(asset)
}

fn home() -> Reply {
    found(json!({
        "kind": "property", "property_kind": "building", "unit_number": null, "unit": null, "unit_number_text": "",
        "certificates": ["示(2020)示例市不动产权第0012345号"], "location": "示例路1号", "holders": [], "area": null,
        "usage": "住宅", "right_nature": "", "registered": null, "registry": "registry", "business_number": "",
        "encumbrances": [], "remark": "",
    }))
}

fn found(asset: serde_json::Value) -> Reply {
    let asset: Asset = serde_json::from_value(asset).expect("an asset");
    Reply::Found { assets: vec![FoundAsset { asset, matched_by: MatchedBy::Number }] }
}

fn certificate(rows: Vec<LineRow>) -> Certificate {
    let lines = Lines { references: vec!["B-7".to_owned()], not_asked: Vec::new(), rows };
    certify(("（2026）晋10执7号".to_owned(), 1, at(20)), &lines, None, std::iter::empty())
}

#[test]
fn money_that_is_found_without_a_mandate_is_cash_found() {
    let made = certificate(vec![answered(1, 1, 1, account("600.00")), answered(2, 2, 1, home())]);
    assert_eq!(made.triage, Triage::CashFound);
}

#[test]
fn a_home_without_money_is_property_without_cash() {
    let made = certificate(vec![answered(1, 1, 1, account("0.00")), answered(2, 2, 1, home())]);
    assert_eq!(made.triage, Triage::PropertyWithoutCash);
}

#[test]
fn an_empty_account_is_no_property() {
    let made = certificate(vec![answered(1, 1, 1, account("0.00")), answered(2, 2, 1, Reply::Nothing)]);
    assert_eq!(made.triage, Triage::NothingFound);
}

#[test]
fn a_correction_takes_back_what_followed_from_the_answer_before() {
    let first = answered(1, 1, 1, account("600.00"));
    let corrected = answered(2, 1, 2, Reply::Nothing);
    let made = certificate(vec![first, corrected]);
    assert_eq!(
        (made.triage, made.questions.total),
        (Triage::NothingFound, 1),
        "a re-query replaces its question"
    );
}

#[test]
fn what_never_left_is_not_delivered_and_says_what_kept_it() {
    let fault =
        Fault::new(FaultKind::Transient, "send the order in time", "该单位已暂停 the counterpart is paused");
    let kept = LineRow { sent: None, fault: Some(fault), ..query(1, OrderState::Overdue) };
    let made = certificate(vec![kept, query(2, OrderState::Overdue), answered(3, 3, 1, Reply::Nothing)]);
    assert_eq!((made.questions.not_delivered, made.questions.silent), (1, 1), "silence is another matter");
    assert_eq!(made.triage, Triage::Undetermined, "nothing is found only where everybody answered");
    let line = &made.orders[0];
    assert!(line.words.contains("已暂停"), "{}", line.words);
    assert_eq!((line.sent_at, made.orders[1].sent_at), (None, Some(at(5))), "apart from when it was made");
    assert_eq!(made.orders[1].created_at, at(0));
}

#[test]
fn what_was_withdrawn_did_not_fail() {
    let made = certificate(vec![query(1, OrderState::Cancelled), query(2, OrderState::Failed)]);
    assert_eq!((made.questions.withdrawn, made.questions.failed), (1, 1));
}

/// A bank's freeze that holds so much and of which so much was deducted.
fn measure(held: u32, deducted: u32) -> Measure {
    serde_json::from_value(json!({
        "id": "1", "chain": "1", "inquiry": "1", "party": 0, "document": 0, "debtor": "1", "counterpart": "bank-1",
        "institution": "B1", "state": "in_force", "queued_behind": false, "available": "0",
        "target": { "kind": "account", "number": "6200998877665544", "sub_account": null, "class": "", "branch": "",
            "branch_code": "", "whole": false },
        "exemption": { "level": "free", "basis": "" },
        "limit": held.to_string(), "held": held.to_string(), "deducted": deducted.to_string(),
        "from": null, "until": null, "rank": null, "order": null,
    }))
    .expect("a measure")
}

fn claim(amount: u32, state: super::super::ClaimState) -> Claim {
    serde_json::from_value(json!({
        "amount": amount.to_string(), "state": state, "mode": "auto", "prefer": "largest_first",
        "other_property": "propose", "uncovered": "release", "term_days": null,
    }))
    .expect("a claim")
}

/// The certificate of a mandate of 900 yuan.
fn with_ledger(rows: Vec<LineRow>, state: super::super::ClaimState, ledger: &[Measure]) -> Certificate {
    let lines = Lines { references: vec!["B-7".to_owned()], not_asked: Vec::new(), rows };
    let head = ("（2026）晋10执7号".to_owned(), 1, at(20));
    certify(head, &lines, Some(&claim(900, state)), ledger.iter())
}

#[test]
fn each_triage_value_is_given_for_what_it_says() {
    use super::super::ClaimState::Open;
    let money = || vec![answered(1, 1, 1, account("600.00"))];
    let partial = Reply::Partial { assets: Vec::new(), missing: vec!["部分系统未反馈".to_owned()] };
    let cases: Vec<(Triage, Vec<LineRow>, Vec<Measure>)> = vec![
        (Triage::CashCoversClaim, money(), vec![measure(600, 0), measure(100, 200)]),
        // Also while others are still asked: nothing more is wanted.
        (Triage::CashCoversClaim, vec![query(2, OrderState::Awaiting)], vec![measure(900, 0)]),
        (Triage::CashCoversPart, money(), vec![measure(899, 0)]),
        (Triage::CashCoversPart, money(), vec![measure(0, 1)]),
        (Triage::CashFound, money(), vec![measure(0, 0)]),
        (Triage::PropertyWithoutCash, vec![answered(1, 1, 1, home())], vec![]),
        (Triage::NothingFound, vec![answered(1, 1, 1, Reply::Nothing)], vec![]),
        (Triage::Undetermined, vec![], vec![]),
        (
            Triage::Undetermined,
            vec![answered(1, 1, 1, account("600.00")), query(2, OrderState::Queued)],
            vec![],
        ),
        (Triage::Undetermined, vec![answered(1, 1, 1, partial)], vec![]),
        (
            Triage::Undetermined,
            vec![answered(1, 1, 1, Reply::Nothing), query(2, OrderState::Overdue)],
            vec![],
        ),
    ];
    for (nth, (expected, rows, ledger)) in cases.into_iter().enumerate() {
        assert_eq!(with_ledger(rows, Open, &ledger).triage, expected, "example {nth}");
    }
}

#[test]
fn a_claim_that_ended_has_no_shortfall_and_is_not_taken_for_covered() {
    use super::super::ClaimState::{Open, Settled, Withdrawn};
    for (state, shortfall) in [(Open, 840), (Settled, 0), (Withdrawn, 0)] {
        let made = with_ledger(vec![answered(1, 1, 1, account("600.00"))], state, &[measure(60, 0)]);
        let coverage = made.coverage.expect("a mandate");
        assert_eq!(coverage.shortfall, Money::yuan(shortfall.into()), "{state:?}");
        assert_eq!((coverage.claimed, coverage.excess), (Money::yuan(900.into()), Money::yuan(0.into())));
        assert_eq!(made.triage, Triage::CashCoversPart, "{state:?}");
    }
}

#[test]
fn a_claim_that_is_covered_to_the_yuan_lacks_nothing_and_no_less_than_nothing() {
    let made = with_ledger(vec![], super::super::ClaimState::Open, &[measure(900, 0)]);
    let coverage = serde_json::to_value(made.coverage.expect("a mandate")).expect("JSON");
    for field in ["shortfall", "excess"] {
        let told = coverage[field]["amount"].as_str().expect("an amount");
        assert!(!told.starts_with('-'), "{field}: {told}");
    }
}
