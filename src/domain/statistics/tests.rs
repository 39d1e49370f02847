use serde_json::json;

use super::super::{CaseId, ChainId, InquiryState, MeasureId, MeasureState};
use super::*;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_772_413_200 + 3600 * hours).expect("an instant")
}

fn inquiry(id: i64, case: i64, hours: i64) -> Inquiry {
    Inquiry {
        id: InquiryId::new(id),
        uid: uuid::Uuid::nil(),
        chain: ChainId::new(case),
        case: CaseId::new(case),
        case_number: String::new(),
        court: String::new(),
        submitted_by: "case-system".to_owned(),
        state: InquiryState::Completed,
        created: at(hours),
        deadline: at(hours + 24),
        open_orders: 0,
        completions: 1,
        mandate: None,
    }
}

fn tally(inquiry: i64, lane: &str, action: ActionKind, counts: [u64; 4]) -> OrderTally {
    let [total, within_a_day, later, hits] = counts;
    OrderTally {
        total,
        within_a_day,
        later,
        questions: within_a_day + later,
        hits,
        assets: 2 * hits,
        ..OrderTally::of(InquiryId::new(inquiry), lane.to_owned(), action)
    }
}

fn measure(id: i64, inquiry: i64, lane: &str, state: MeasureState, held: u32) -> Measure {
    let measure: Measure = serde_json::from_value(json!({
        "id": "1", "chain": "1", "inquiry": inquiry.to_string(), "party": 0, "document": 0, "debtor": "1", "counterpart": lane,
        "institution": "", "target": { "kind": "account", "number": "1" }, "state": state.word(), "exemption": { "level": "free" },
        "available": "0", "limit": held.to_string(), "held": held.to_string(), "from": null, "until": null, "rank": null, "order": null,
    }))
    .expect("a measure");
    Measure { id: MeasureId::new(id), ..measure }
}

fn claim(amount: u32) -> Claim {
    serde_json::from_value(json!({
        "amount": amount.to_string(), "state": "open", "mode": "auto", "prefer": "largest_first", "other_property": "propose",
        "uncovered": "release", "term_days": null,
    }))
    .expect("a claim")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn collector(by: GroupBy) -> Collector {
    Collector::new(by, Part::default(), day("2026-03-01"), day("2026-04-30"))
}

/// Two inquiries of one case in two months, and one of another court.
fn counted(by: GroupBy) -> Statistics {
    counted_by(collector(by))
}

fn counted_by(mut collector: Collector) -> Statistics {
    let measures = [
        measure(1, 1, "bank-a", MeasureState::InForce, 600),
        measure(2, 2, "bank-b", MeasureState::InForce, 400),
        measure(3, 1, "bank-b", MeasureState::Lapsed, 0),
    ];
    let orders = [
        tally(1, "bank-a", ActionKind::Query, [4, 2, 1, 1]),
        OrderTally {
            first_held: Some(at(30)),
            held: 1,
            first_sent: Some(at(3)),
            ..tally(1, "bank-a", ActionKind::Freeze, [1, 1, 0, 0])
        },
        OrderTally { first_sent: Some(at(2)), ..tally(1, "bank-b", ActionKind::Query, [2, 2, 0, 0]) },
    ];
    let (claim, parties) = (claim(1000), [PartyId::new(1), PartyId::new(2)]);
    let (first, second, third) = (inquiry(1, 1, 0), inquiry(2, 1, 24 * 40), inquiry(3, 2, 1));
    let facts = InquiryFacts {
        inquiry: &first,
        court: ("T10", "甲法院"),
        officer: "承办人甲",
        filed_on: Some(day("2026-03-01")),
        debtors: &parties,
        orders: &orders,
        claim: Some(&claim),
        measures: &measures,
    };
    collector.add(facts);
    let renewed = [OrderTally { held: 2, ..tally(2, "bank-b", ActionKind::Renew, [1, 1, 0, 0]) }];
    collector.add(InquiryFacts { inquiry: &second, orders: &renewed, ..facts });
    let open = [OrderTally {
        total: 3,
        open: 1,
        withdrawn: 1,
        ..OrderTally::of(InquiryId::new(3), "bank-a".into(), ActionKind::Query)
    }];
    collector.add(InquiryFacts {
        inquiry: &third,
        court: ("T11", "乙法院"),
        officer: "",
        filed_on: Some(day("2025-12-31")),
        debtors: &parties[..1],
        orders: &open,
        claim: None,
        measures: &[],
    });
    collector.add_term(term(TermEnd::Lapsed, "2026-03-20"));
    collector.add_term(term(TermEnd::RenewedInTime, "2026-04-10"));
    collector.finish(|name| (name == "bank-a").then(|| "测试甲银行".to_owned()))
}

/// What became of a term at a bank.
fn term(end: TermEnd, on: &str) -> TermFacts<'static> {
    TermFacts { end, day: day(on), court: ("T10", "甲法院"), officer: "承办人甲", lane: "bank-b" }
}

fn figures<'s>(statistics: &'s Statistics, key: &str) -> &'s Figures {
    &statistics.rows.iter().find(|row| row.key == key).unwrap_or_else(|| panic!("no {key}")).figures
}

#[test]
fn a_claim_is_covered_by_what_is_held_or_deducted_and_not_by_its_end() {
    let counted = |state: &str, held: u32, deducted: u32| {
        let state = serde_json::from_value(json!(state)).expect("a state");
        let claim = Claim { state, ..claim(1000) };
        let measures = [
            measure(1, 1, "bank-a", MeasureState::InForce, held),
            Measure { deducted: deducted.into(), ..measure(2, 1, "bank-b", MeasureState::Deducted, 0) },
        ];
        let mut collector = collector(GroupBy::Month);
        collector.add(InquiryFacts {
            inquiry: &inquiry(1, 1, 0),
            court: ("T10", "甲法院"),
            officer: "",
            filed_on: None,
            debtors: &[PartyId::new(1)],
            orders: &[],
            claim: Some(&claim),
            measures: &measures,
        });
        let total = collector.finish(|_| None).total;
        (total.claims, total.claims_covered)
    };
    for (state, held, deducted, expected) in [
        ("open", 600, 400, (1, 1)),
        ("open", 600, 399, (1, 0)),
        ("settled", 0, 1000, (1, 1)),
        ("settled", 0, 0, (1, 0)),
        ("withdrawn", 1000, 0, (0, 0)),
    ] {
        assert_eq!(counted(state, held, deducted), expected, "{state} {held} {deducted}");
    }
}

#[test]
fn what_groups_share_counts_once_in_each_and_once_in_all() {
    let by_month = counted(GroupBy::Month);
    let keys: Vec<&str> = by_month.rows.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(keys, ["2026-03", "2026-04"]);
    let (march, april) = (figures(&by_month, "2026-03"), figures(&by_month, "2026-04"));
    assert_eq!((march.cases, march.inquiries, march.parties, march.orders), (2, 2, 2, 10));
    assert_eq!((april.cases, april.claims, april.claims_covered), (1, 1, 1), "600 and 400 of 1000");
    let total = &by_month.total;
    assert_eq!((total.cases, total.inquiries, total.parties, total.claims), (2, 3, 2, 1));
    assert_eq!((total.claimed.amount, total.frozen.amount), (1000.into(), 1000.into()));
    assert_eq!(
        (march.frozen.amount, april.frozen.amount),
        (600.into(), 400.into()),
        "to the inquiry that found it"
    );
    assert_eq!((march.lapsed, april.lapsed, april.renewed_in_time), (1, 0, 1));
}

#[test]
fn lapses_and_renewals_count_on_their_own_days_though_no_inquiry_was_accepted_then() {
    for (by, lapse, renewal) in [
        (GroupBy::Month, "2026-03", "2026-04"),
        (GroupBy::Court, "T10", "T10"),
        (GroupBy::Officer, "承办人甲", "承办人甲"),
        (GroupBy::Counterpart, "bank-b", "bank-b"),
        (GroupBy::Action, "freeze", "renew"),
    ] {
        let mut collector = collector(by);
        collector.add_term(term(TermEnd::Lapsed, "2026-03-20"));
        collector.add_term(term(TermEnd::RenewedInTime, "2026-04-10"));
        let statistics = collector.finish(|_| None);
        assert_eq!(figures(&statistics, lapse).lapsed, 1, "{by:?}");
        assert_eq!(figures(&statistics, renewal).renewed_in_time, 1, "{by:?}");
        let total = &statistics.total;
        assert_eq!((total.inquiries, total.lapsed, total.renewed_in_time), (0, 1, 1), "{by:?}");
    }
}

#[test]
fn shares_are_of_what_was_due_and_times_are_medians() {
    let statistics = counted(GroupBy::Court);
    let court = figures(&statistics, "T10");
    let known = (court.answered_in_time, court.answered_late, court.never_answered, court.pending);
    assert_eq!(known, (6, 1, 1, 0));
    assert_eq!(court.in_time_percent, Some(75.0));
    assert_eq!((court.queries_answered, court.hits, court.hit_percent), (5, 1, Some(20.0)));
    assert_eq!((court.assets_found, court.covered_percent), (2, Some(100.0)));
    assert_eq!((court.days_to_first_query, court.days_to_first_freeze), (Some(1.0), Some(2.0)));
    assert_eq!((court.hours_to_first_query, court.hours_to_first_freeze), (Some(2.0), Some(30.0)));
    let other = figures(&statistics, "T11");
    assert_eq!(
        (other.pending, other.withdrawn, other.never_answered, other.in_time_percent),
        (1, 1, 1, Some(0.0))
    );
    assert_eq!((other.cases_filed, other.days_to_first_query), (0, None), "it was filed before the period");
    assert_eq!(statistics.rows[0].name, "甲法院");
}

#[test]
fn the_first_freeze_of_a_case_counts_whichever_inquiry_brought_it() {
    let mut collector = collector(GroupBy::Court);
    let (first, second) = (inquiry(1, 1, 0), inquiry(2, 1, 48));
    let [query, freeze] = [ActionKind::Query, ActionKind::Freeze].map(|action| {
        move |inquiry, at| OrderTally {
            first_sent: at,
            first_held: at,
            ..tally(inquiry, "bank-a", action, [1, 1, 0, 0])
        }
    });
    let orders = [vec![query(1, Some(at(2)))], vec![query(2, Some(at(50))), freeze(2, Some(at(74)))]];
    for (inquiry, orders) in [&first, &second].into_iter().zip(&orders) {
        collector.add(InquiryFacts {
            inquiry,
            court: ("T10", "甲法院"),
            officer: "",
            filed_on: Some(day("2026-03-01")),
            debtors: &[],
            orders,
            claim: None,
            measures: &[],
        });
    }
    let total = collector.finish(|_| None).total;
    assert_eq!((total.cases_filed, total.days_to_first_query), (1, Some(1.0)));
    assert_eq!(total.days_to_first_freeze, Some(4.0), "the second inquiry froze");
}

#[test]
fn what_never_left_counts_against_no_counterpart() {
    let orders = [
        OrderTally { not_sent: 3, ..tally(1, "bank-a", ActionKind::Query, [5, 1, 0, 0]) },
        OrderTally { not_sent: 2, ..tally(1, "bank-b", ActionKind::Query, [2, 0, 0, 0]) },
    ];
    let mut collector = collector(GroupBy::Counterpart);
    let first = inquiry(1, 1, 0);
    collector.add(InquiryFacts {
        inquiry: &first,
        court: ("T10", "甲法院"),
        officer: "",
        filed_on: None,
        debtors: &[],
        orders: &orders,
        claim: None,
        measures: &[],
    });
    let statistics = collector.finish(|_| None);
    let (a, b) = (figures(&statistics, "bank-a"), figures(&statistics, "bank-b"));
    assert_eq!((a.never_answered, a.not_sent, a.in_time_percent), (1, 3, Some(50.0)));
    assert_eq!((b.never_answered, b.not_sent, b.in_time_percent), (0, 2, None), "it was never asked");
}

#[test]
fn counterparts_are_ranked_by_what_they_answer_in_time() {
    let statistics = counted(GroupBy::Counterpart);
    let ranked: Vec<(&str, &str, Option<u32>)> =
        statistics.rows.iter().map(|row| (row.key.as_str(), row.name.as_str(), row.rank)).collect();
    assert_eq!(ranked, [("bank-b", "bank-b", Some(1)), ("bank-a", "测试甲银行", Some(2))]);
    let (a, b) = (figures(&statistics, "bank-a"), figures(&statistics, "bank-b"));
    assert_eq!((a.frozen.amount, b.frozen.amount, b.lapsed), (600.into(), 400.into(), 1));
    assert_eq!((a.orders, b.orders), (8, 3));
}

#[test]
fn actions_and_officers_have_their_own_rows_and_nothing_has_none() {
    let actions = counted(GroupBy::Action);
    let names: Vec<&str> = actions.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["冻结", "查询", "续行冻结"]);
    let officers = counted(GroupBy::Officer);
    assert_eq!(officers.rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["", "承办人甲"]);
    let nothing = collector(GroupBy::Month).finish(|_| None);
    assert_eq!((nothing.rows.len(), nothing.total.cases, nothing.total.in_time_percent), (0, 0, None));
}

#[test]
fn of_a_part_only_its_orders_and_measures_count_and_inquiries_without_any_do_not() {
    let part = |part: Part| {
        counted_by(Collector::new(GroupBy::Month, part, day("2026-03-01"), day("2026-04-30"))).total
    };
    let bank = part(Part { counterpart: Some("bank-b".to_owned()), ..Part::default() });
    assert_eq!((bank.inquiries, bank.orders, bank.frozen.amount, bank.lapsed), (2, 3, 400.into(), 1));
    assert_eq!((bank.claims_covered, bank.renewed_in_time), (1, 1), "the claim is covered by all together");
    let freezes = part(Part { action: Some(ActionKind::Freeze), ..Part::default() });
    assert_eq!((freezes.inquiries, freezes.orders, freezes.frozen.amount), (1, 1, 600.into()));
    let queries = part(Part { action: Some(ActionKind::Query), ..Part::default() });
    assert_eq!((queries.orders, queries.frozen.amount, queries.hours_to_first_freeze), (9, 0.into(), None));
    let officer = part(Part { officer: Some(" 承办人甲 ".to_owned()), ..Part::default() });
    assert_eq!((officer.inquiries, officer.cases), (2, 1));
    assert_eq!(part(Part { officer: Some("承办人乙".to_owned()), ..Part::default() }).inquiries, 0);
}
