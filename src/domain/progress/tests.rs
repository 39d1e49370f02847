use chakong_contract::{Fault, FaultKind};
use proptest::prelude::*;
use serde_json::json;

use super::super::{OrderId, OrderState, Outcome};
use super::*;

/// What stands in the case and must never be shown.
const SECRETS: &[&str] = &[
    "6200998877665544",
    "PRODUCT-77",
    "示例路1号",
    "示例矿业有限公司",
    "bank-",
    "E999H1",
    "123456.78",
    "party-7",
    "余额不足",
    "CK2026",
    "REF-5",
];

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_772_413_200 + 3600 * hours).expect("an instant")
}

fn target(kind: u8) -> Target {
    let value = match kind {
        0 => json!({ "kind": "account", "number": "6200998877665544" }),
        1 => json!({ "kind": "product", "account": "6200998877665544", "number": "PRODUCT-77" }),
        2 => json!({ "kind": "property", "property_kind": "building", "location": "示例路1号" }),
        _ => json!({ "kind": "equity", "company": "示例矿业有限公司" }),
    };
    serde_json::from_value(value).expect("a target")
}

fn measure(kind: u8, state: MeasureState, only_accepted: bool, place: Option<u32>, holds: bool) -> Measure {
    let mut measure: Measure = serde_json::from_value(json!({
        "id": "1", "chain": "1", "inquiry": "1", "party": 0, "document": 0, "debtor": "1", "counterpart": "bank-a",
        "institution": "E999H110000000001", "target": target(kind), "state": state.word(), "exemption": { "level": "free" },
        "available": "123456.78", "limit": "123456.78", "held": if holds { "123456.78" } else { "0" },
        "from": null, "until": null, "rank": place.map(|place| json!({ "place": place, "derived": false })),
        "reference": "REF-5", "order": "1", "note": "余额不足",
    }))
    .expect("a measure");
    measure.from = (state.stands() || state.ended()).then(|| "2026-03-05".parse().expect("a day"));
    measure.said.only_accepted = only_accepted;
    measure
}

fn line(id: i64, lane: u8, state: OrderState, action: ActionKind, answer: Option<&str>) -> LineRow {
    let outcome = answer.map(|word| Outcome {
        number: 1,
        word: word.to_owned(),
        words: "余额不足 6200998877665544".to_owned(),
        assets: 1,
        cash: true,
        at: at(id + 5),
        cached_from: None,
    });
    LineRow {
        id: OrderId::new(id),
        root: OrderId::new(id),
        lane: format!("bank-{lane}"),
        party: 0,
        action,
        state,
        created: at(id),
        sent: (state != OrderState::Queued).then(|| at(id + 1)),
        fault: Some(Fault::new(FaultKind::Transient, "send", "bank-a E999H110000000001")),
        outcome,
        stands_in: None,
    }
}

/// The one inquiry of the case, about the party 1, with its orders.
fn search(lines: &[LineRow]) -> SearchFacts {
    let (inquiry, parties) = (InquiryId::new(1), vec![PartyId::new(1)]);
    SearchFacts { inquiry, is_of_the_case: true, parties, lines: lines.to_vec() }
}

fn shown(lines: &[LineRow], measures: &[Measure], terms: &ProgressTerms) -> Progress {
    shown_of(&[search(lines)], measures, terms)
}

fn shown_of(searches: &[SearchFacts], measures: &[Measure], terms: &ProgressTerms) -> Progress {
    let facts = ProgressFacts {
        case_number: "（2026）晋10执7号",
        filed_on: "2026-03-01".parse().ok(),
        searches,
        first_completed: Some(at(30)),
        measures,
        debt_ended: None,
        nothing_found: measures.is_empty(),
    };
    progress(facts, terms)
}

fn on() -> ProgressTerms {
    ProgressTerms { enabled: true, ..ProgressTerms::default() }
}

#[test]
fn nothing_is_shown_before_a_freeze_is_in_force_and_then_only_what_is() {
    let lines = [
        line(1, 1, OrderState::Answered, ActionKind::Query, Some("found")),
        line(2, 2, OrderState::Overdue, ActionKind::Query, None),
        line(3, 3, OrderState::Cancelled, ActionKind::Query, None),
    ];
    let never_sent = LineRow { sent: None, ..lines[2].clone() };
    let lines = [lines[0].clone(), lines[1].clone(), never_sent];
    let asked = measure(0, MeasureState::Asked, false, None, false);
    let taken = measure(2, MeasureState::Accepted, true, None, false);
    let behind = measure(3, MeasureState::Waiting, false, Some(2), false);
    let placed = measure(0, MeasureState::InForce, false, None, true);
    for pending in [asked, taken, measure(0, MeasureState::Proposed, false, None, false)] {
        let before = shown(&lines, std::slice::from_ref(&pending), &on());
        assert!(!before.is_shown && before.stages.is_empty(), "{before:?}");
        assert_eq!((before.institutions, before.property.len()), (None, 0));
        let of_another = Measure { debtor: PartyId::new(2), ..pending.clone() };
        assert!(!shown(&lines, &[placed.clone(), of_another], &on()).is_shown, "of one who does not know");
        let both = shown(&lines, &[pending, placed.clone(), behind.clone()], &on());
        let after = shown(&lines, &[placed.clone(), behind.clone()], &on());
        assert_eq!(both, after, "a page that hides itself tells who knows of what is on its way");
    }
    let after = shown(&lines, &[placed, behind], &on());
    let kinds: Vec<PropertyClass> = after.property.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [PropertyClass::Deposits], "what only waits is not under control");
    assert_eq!(after.institutions, Some(InstitutionCounts { asked: 2, answered: 1 }));
    let stages: Vec<(Stage, String)> =
        after.stages.iter().map(|reached| (reached.stage, reached.on.to_string())).collect();
    let expected = [
        (Stage::Filed, "2026-03-01"),
        (Stage::SearchStarted, "2026-03-02"),
        (Stage::SearchCompleted, "2026-03-03"),
        (Stage::PropertyControlled, "2026-03-05"),
    ];
    assert_eq!(stages, expected.map(|(stage, day)| (stage, day.to_owned())));
}

#[test]
fn nothing_is_shown_while_a_search_that_nobody_knows_of_is_under_way() {
    let placed = [measure(0, MeasureState::InForce, false, None, true)];
    let first = line(1, 1, OrderState::Answered, ActionKind::Query, Some("found"));
    for state in [OrderState::Queued, OrderState::Sending, OrderState::Awaiting] {
        let under_way = line(2, 2, state, ActionKind::Query, None);
        assert!(!shown(&[first.clone(), under_way.clone()], &placed, &on()).is_shown, "{state:?}");
        let before = shown(std::slice::from_ref(&first), &placed, &on());
        let again = LineRow { root: first.id, lane: first.lane.clone(), ..under_way.clone() };
        assert_eq!(
            shown(&[first.clone(), again], &placed, &on()),
            before,
            "{state:?}: asked again, which is no news"
        );
        let later = SearchFacts { inquiry: InquiryId::new(2), ..search(&[under_way]) };
        let both = [search(std::slice::from_ref(&first)), later.clone()];
        assert_eq!(shown_of(&both, &placed, &on()), before, "{state:?}: a further search about who knows");
        let about_another = SearchFacts { parties: vec![PartyId::new(2)], ..later };
        let both = [search(std::slice::from_ref(&first)), about_another];
        assert!(!shown_of(&both, &placed, &on()).is_shown, "{state:?}: one about who does not know");
    }
}

#[test]
fn what_was_held_in_an_earlier_case_opens_nothing_and_nobody_is_warned_by_anothers_freeze() {
    let released = measure(0, MeasureState::Released, false, None, false);
    let earlier = SearchFacts {
        is_of_the_case: false,
        ..search(&[line(1, 1, OrderState::Answered, ActionKind::Query, Some("found"))])
    };
    for state in [OrderState::Awaiting, OrderState::Answered] {
        let answer = (state == OrderState::Answered).then_some("nothing");
        let own = SearchFacts {
            inquiry: InquiryId::new(2),
            ..search(&[line(2, 2, state, ActionKind::Query, answer)])
        };
        let seen = shown_of(&[earlier.clone(), own], std::slice::from_ref(&released), &on());
        assert!(!seen.is_shown && seen.institutions.is_none(), "{state:?}: {seen:?}");
    }
    let placed = measure(0, MeasureState::InForce, false, None, true);
    let lines = [line(1, 1, OrderState::Answered, ActionKind::Query, Some("found"))];
    for state in [MeasureState::Candidate, MeasureState::Proposed, MeasureState::Asked] {
        let of_another = Measure { debtor: PartyId::new(2), ..measure(0, state, false, None, false) };
        assert!(!shown(&lines, &[placed.clone(), of_another], &on()).is_shown, "{state:?}");
    }
    let spare = measure(0, MeasureState::Candidate, false, None, false);
    assert!(shown(&lines, &[placed, spare], &on()).is_shown, "the claim is covered and more could be frozen");
}

#[test]
fn a_court_decides_whether_and_what_is_shown() {
    let placed = [measure(0, MeasureState::InForce, false, None, true)];
    assert!(!shown(&[], &placed, &ProgressTerms::default()).is_shown, "off unless it is switched on");
    let little = ProgressTerms {
        stages: BTreeSet::from([Stage::PropertyControlled]),
        institutions: false,
        property: false,
        ..on()
    };
    let seen = shown(&[], &placed, &little);
    assert_eq!((seen.stages.len(), seen.institutions, seen.property.len()), (1, None, 0));
    assert!(!shown(&[], &[], &on()).is_shown);
    let told = ProgressTerms { when_nothing_found: true, ..on() };
    assert!(shown(&[], &[], &told).is_shown);
    let settings = ProgressSettings {
        general: little.clone(),
        courts: BTreeMap::from([("T10".to_owned(), told.clone())]),
    };
    assert_eq!((settings.of("T10"), settings.of("T11")), (&told, &little));
}

#[test]
fn a_case_whose_measures_came_to_an_end_stays_shown_without_property() {
    let released = [measure(0, MeasureState::Released, false, None, false)];
    let lines = [line(1, 1, OrderState::Answered, ActionKind::Release, Some("released"))];
    let seen = shown(&lines, &released, &on());
    assert!(seen.is_shown && seen.property.is_empty());
    assert!(seen.stages.iter().any(|reached| reached.stage == Stage::MeasureLifted));
}

prop_compose! {
    fn any_measure()(
        kind in 0_u8..4,
        state in proptest::sample::select(MeasureState::ALL),
        only_accepted in any::<bool>(),
        place in proptest::option::of(1_u32..4),
        holds in any::<bool>(),
        debtor in 1_i64..3,
    ) -> Measure {
        Measure { debtor: PartyId::new(debtor), ..measure(kind, state, only_accepted, place, holds) }
    }
}

prop_compose! {
    fn any_line()(
        id in 1_i64..60,
        lane in 0_u8..5,
        state in proptest::sample::select(&OrderState::ALL[..]),
        action in proptest::sample::select(&[ActionKind::Query, ActionKind::Freeze, ActionKind::Release, ActionKind::Deduct][..]),
        answer in proptest::option::of(proptest::sample::select(&["found", "nothing", "held", "released", "deducted", "refused"][..])),
    ) -> LineRow {
        line(id, lane, state, action, answer)
    }
}

/// Whether a debtor may learn of a measure, said without the code under test.
fn may_be_known(measure: &Measure) -> bool {
    let word = serde_json::to_value(measure.state).expect("a word");
    let holds_now =
        ["in_force", "releasing", "renewing", "deducting", "transferring"].iter().any(|state| word == *state);
    let waits = measure.held.is_zero() && measure.rank.is_some_and(|rank| rank.place > 1);
    holds_now && !measure.said.only_accepted && !waits
}

proptest! {
    /// Whatever stands in a case: no account, number, amount or institution's name, and no kind of property without a measure that is in
    /// force.
    #[test]
    fn nothing_leaks_whatever_stands_in_a_case(
        lines in proptest::collection::vec(any_line(), 0..12),
        measures in proptest::collection::vec(any_measure(), 0..6),
        nothing_found in any::<bool>(),
    ) {
        let terms = ProgressTerms { when_nothing_found: nothing_found, ..on() };
        let seen = shown(&lines, &measures, &terms);
        let text = serde_json::to_string(&seen).expect("serialises");
        for secret in SECRETS {
            prop_assert!(!text.contains(secret), "{secret} in {text}");
        }
        for shown in &seen.property {
            let of_kind = |one: &&Measure| match &one.target {
                Target::Account { .. } => shown.kind == PropertyClass::Deposits,
                Target::Product { .. } => shown.kind == PropertyClass::FinancialProducts,
                Target::Property { .. } => shown.kind == PropertyClass::RealEstate,
                Target::Equity { .. } => shown.kind == PropertyClass::Equity,
            };
            prop_assert!(measures.iter().filter(of_kind).any(may_be_known), "{:?} in {text}", shown.kind);
        }
        let has_ended = |one: &Measure| {
            let word = serde_json::to_value(one.state).expect("a word");
            ["lapsed", "released", "deducted", "transferred"].iter().any(|state| word == *state)
                && !one.said.only_accepted
        };
        let knows = |one: &Measure| {
            measures.iter().any(|known| known.debtor == one.debtor && (may_be_known(known) || has_ended(known)))
        };
        let is_pending = |one: &Measure| {
            let word = serde_json::to_value(one.state).expect("a word");
            let stands = ["in_force", "waiting", "releasing", "renewing", "deducting", "transferring"];
            ["candidate", "proposed", "asked", "accepted"].iter().any(|state| word == *state)
                || stands.iter().any(|state| word == *state) && one.said.only_accepted
        };
        let is_out = |one: &LineRow| {
            let word = serde_json::to_value(one.state).expect("a word");
            one.action == ActionKind::Query && ["queued", "sending", "awaiting"].iter().any(|state| word == *state)
        };
        let stands = measures.iter().any(|one| may_be_known(one) || has_ended(one))
            && !measures.iter().any(|one| is_pending(one) && !knows(one))
            && !lines.iter().any(is_out);
        prop_assert_eq!(seen.is_shown, stands || (measures.is_empty() && nothing_found));
        if !seen.is_shown {
            prop_assert!(seen.stages.is_empty() && seen.institutions.is_none() && seen.property.is_empty());
        }
    }
}
