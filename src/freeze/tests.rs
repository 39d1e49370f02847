//! The ledger under every interleaving: what is held plus what is asked never exceeds the claim.

use chakong_contract::asset::{PropertyKind, Rank};
use chakong_contract::order::Target;
use chakong_contract::reply::{Holding, Refusal, RefusalReason};
use chakong_contract::{ActionKind, Money, Reply};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{
    Decision, Exemption, Level, decide, exposure, hear, is_closer, may_ask, room, same_property, stake_room,
    stake_within,
};
use crate::inquiry::{EventType, Mandate, Measure, MeasureState, Mode, Preference};

mod waiting;

fn yuan(fen: i64) -> Decimal {
    Decimal::new(fen, 2)
}

fn mandate(claim: i64, mode: Mode) -> Mandate {
    let claim = Money::yuan(yuan(claim));
    Mandate { claim, mode, prefer: Preference::LargestFirst, other_property: Mode::Propose, term_days: None }
}

fn account(id: i64, available: i64) -> Measure {
    Measure {
        id,
        inquiry: 1,
        counterpart: "bank".into(),
        party: 0,
        document: 0,
        institution: "E999H110000000001".into(),
        target: Target::Account {
            number: id.to_string(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        },
        state: MeasureState::Candidate,
        exemption: Exemption { level: Level::Free, basis: String::new() },
        available: yuan(available),
        asked: Decimal::ZERO,
        held: Decimal::ZERO,
        releasing: Decimal::ZERO,
        deducting: Decimal::ZERO,
        deducted: Decimal::ZERO,
        from: None,
        until: None,
        rank: None,
        reference: String::new(),
        order: None,
        note: String::new(),
    }
}

fn holding(held: Decimal) -> Holding {
    Holding { rank: Some(Rank { place: 1, derived: true }), ..Holding::of(Money::yuan(held)) }
}

/// Carries decisions out as settling does; gives whether any was made.
fn follow(mandate: &Mandate, ledger: &mut [Measure]) -> bool {
    let decisions = decide(mandate, ledger, true);
    for decision in &decisions {
        let (Decision::Ask(id, _)
        | Decision::Propose(id, _)
        | Decision::Shrink(id, _)
        | Decision::Release(id, _)) = *decision;
        let at = ledger.iter().position(|measure| measure.id == id).expect("a line of the ledger");
        let line = &mut ledger[at];
        match *decision {
            Decision::Ask(id, limit) => ask(mandate, ledger, id, limit),
            Decision::Propose(_, limit) => (line.state, line.asked) = (MeasureState::Proposed, limit),
            Decision::Shrink(_, limit) => {
                line.asked = limit;
                line.state = if limit.is_zero() { MeasureState::Candidate } else { MeasureState::Proposed };
            }
            Decision::Release(_, part) => (line.state, line.releasing) = (MeasureState::Releasing, part),
        }
    }
    !decisions.is_empty()
}

/// Asks as settling does: of a stake only what the claim leaves open.
fn ask(mandate: &Mandate, ledger: &mut [Measure], id: i64, limit: Decimal) {
    let left = stake_room(mandate.claim.amount, ledger, Some(id));
    let line = ledger.iter_mut().find(|measure| measure.id == id).expect("a line of the ledger");
    if matches!(line.target, Target::Equity { .. }) {
        line.target = stake_within(&line.target, left).expect("what was decided fits").0;
        assert!(stake(line) <= left.max(Decimal::ZERO), "{line:?} of {left}");
    }
    (line.state, line.asked) = (MeasureState::Asked, limit);
}

/// Subscribed capital of a line.
fn stake(measure: &Measure) -> Decimal {
    match &measure.target {
        Target::Equity { subscribed: Some(money), .. } => money.amount,
        _ => Decimal::ZERO,
    }
}

fn equity(id: i64, subscribed: Option<i64>) -> Measure {
    let target = Target::Equity {
        company: format!("示例{id}有限公司"),
        company_code: None,
        registration_number: String::new(),
        subscribed: subscribed.map(|fen| Money::yuan(yuan(fen))),
        percent: Some("35".into()),
        shares: None,
    };
    Measure { target, ..account(id, 0) }
}

fn product(id: i64, units: i64, value: i64) -> Measure {
    let target = Target::Product {
        account: "1".into(),
        number: id.to_string(),
        name: String::new(),
        class: String::new(),
        unit: "份".into(),
        quantity: Some(units.to_string()),
        sale: String::new(),
        region: String::new(),
        wealth_account: String::new(),
        redemption_account: String::new(),
    };
    Measure { target, ..account(id, value) }
}

fn house(id: i64) -> Measure {
    let target = Target::Property {
        property_kind: PropertyKind::Building,
        unit_number: None,
        certificate: id.to_string(),
        location: String::new(),
        business_number: String::new(),
    };
    Measure { target, ..account(id, 0) }
}

/// One thing that happens: a property is found, or some pending line is answered.
#[derive(Debug, Clone)]
enum Event {
    Found(i64),
    FoundProduct(i64),
    FoundHouse,
    FoundStake(Option<i64>),
    Deducting { pick: prop::sample::Index, percent: i64 },
    Deducted { pick: prop::sample::Index },
    Answered { pick: prop::sample::Index, percent: i64 },
    Refused { pick: prop::sample::Index },
    Approved { pick: prop::sample::Index },
}

fn event() -> impl Strategy<Value = Event> {
    let pick = any::<prop::sample::Index>;
    prop_oneof![
        (0_i64..500_000).prop_map(Event::Found),
        (0_i64..500_000).prop_map(Event::FoundProduct),
        Just(Event::FoundHouse),
        prop::option::of(0_i64..2_000_000).prop_map(Event::FoundStake),
        (pick(), 1_i64..=100).prop_map(|(pick, percent)| Event::Deducting { pick, percent }),
        pick().prop_map(|pick| Event::Deducted { pick }),
        (pick(), 0_i64..=100).prop_map(|(pick, percent)| Event::Answered { pick, percent }),
        pick().prop_map(|pick| Event::Refused { pick }),
        pick().prop_map(|pick| Event::Approved { pick }),
    ]
}

fn pick_in(ledger: &[Measure], state: MeasureState, pick: prop::sample::Index) -> Option<usize> {
    let fitting: Vec<usize> = (0..ledger.len()).filter(|at| ledger[*at].state == state).collect();
    if fitting.is_empty() { None } else { Some(*pick.get(&fitting)) }
}

fn play(event: &Event, mandate: &Mandate, ledger: &mut Vec<Measure>) {
    let next = i64::try_from(ledger.len()).expect("small") + 1;
    match event {
        Event::Found(available) => ledger.push(account(next, *available)),
        Event::FoundProduct(value) => ledger.push(product(next, 1000, *value)),
        Event::FoundHouse => ledger.push(house(next)),
        Event::FoundStake(subscribed) => ledger.push(equity(next, *subscribed)),
        Event::Deducting { pick, percent } => {
            if let Some(at) = pick_in(ledger, MeasureState::InForce, *pick) {
                let part = (ledger[at].held * Decimal::new(*percent, 2)).round_dp(2);
                (ledger[at].state, ledger[at].deducting) = (MeasureState::Deducting, part);
            }
        }
        Event::Deducted { pick } => {
            if let Some(at) = pick_in(ledger, MeasureState::Deducting, *pick) {
                let amount = Money::yuan(ledger[at].deducting);
                ledger[at] = hear(&ledger[at], ActionKind::Deduct, &Reply::Deducted { amount }).0;
            }
        }
        Event::Answered { pick, percent } => {
            if let Some(at) = pick_in(ledger, MeasureState::Asked, *pick) {
                let held = (ledger[at].asked * Decimal::new(*percent, 2)).round_dp(2);
                ledger[at] = hear(&ledger[at], ActionKind::Freeze, &Reply::Held(holding(held))).0;
            }
        }
        Event::Refused { pick } => {
            if let Some(at) = pick_in(ledger, MeasureState::Asked, *pick) {
                let refusal = Refusal { reason: RefusalReason::TargetEnded, words: "账户已销户".into() };
                ledger[at] = hear(&ledger[at], ActionKind::Freeze, &Reply::NotHeld(refusal)).0;
            }
        }
        Event::Approved { pick } => {
            if let Some(at) = pick_in(ledger, MeasureState::Proposed, *pick)
                && let Some(limit) = may_ask(mandate.claim.amount, ledger, ledger[at].id, ledger[at].asked)
            {
                let id = ledger[at].id;
                ask(mandate, ledger, id, limit);
            }
        }
    }
}

proptest! {
    #[test]
    fn held_and_asked_never_exceed_the_claim(
        claim in 1_i64..1_000_000,
        auto: bool,
        others_auto: bool,
        events in prop::collection::vec(event(), 1..60),
    ) {
        let mode = |auto| if auto { Mode::Auto } else { Mode::Propose };
        let mandate = Mandate { other_property: mode(others_auto), ..mandate(claim, mode(auto)) };
        let mut ledger = Vec::new();
        for event in &events {
            play(event, &mandate, &mut ledger);
            follow(&mandate, &mut ledger);
            prop_assert!(room(mandate.claim.amount, &ledger) >= Decimal::ZERO, "after {event:?}: {ledger:?}");
            prop_assert!(decide(&mandate, &ledger, true).is_empty(), "deciding again must change nothing");
            let frozen = [MeasureState::Asked, MeasureState::InForce];
            let stakes: Decimal =
                ledger.iter().filter(|measure| frozen.contains(&measure.state)).map(stake).sum();
            prop_assert!(stakes <= mandate.claim.amount, "all stakes together: {ledger:?}");
        }
    }

    #[test]
    fn what_one_account_did_not_yield_is_asked_of_the_next(
        claim in 1_i64..1_000_000,
        accounts in prop::collection::vec(1_i64..500_000, 1..20),
        yields in prop::collection::vec(0_i64..=100, 400),
    ) {
        let mandate = mandate(claim, Mode::Auto);
        let mut ledger: Vec<Measure> =
            accounts.iter().enumerate().map(|(at, available)| account(at as i64 + 1, *available)).collect();
        let mut yields = yields.into_iter();
        while follow(&mandate, &mut ledger) {
            for line in ledger.iter_mut().filter(|line| line.state == MeasureState::Asked) {
                let percent = yields.next().expect("each account is asked once");
                let held = (line.asked * Decimal::new(percent, 2)).round_dp(2);
                *line = hear(line, ActionKind::Freeze, &Reply::Held(holding(held))).0;
            }
        }
        let covered = room(mandate.claim.amount, &ledger).is_zero();
        let exhausted = ledger.iter().all(|measure| measure.state != MeasureState::Candidate);
        prop_assert!(covered || exhausted, "money was left untouched: {ledger:?}");
    }

    #[test]
    fn excess_is_released_to_the_fen(claim in 1_i64..100_000, surplus in 1_i64..50_000, first in 1_i64..100_000) {
        // A bank that holds more than it was asked for, or a late answer to a freeze given up for lost.
        let mandate = mandate(claim, Mode::Auto);
        let mut ledger = vec![account(1, first), account(2, 100)];
        ledger[0].state = MeasureState::InForce;
        ledger[0].held = yuan(claim + surplus);
        ledger[1].state = MeasureState::Proposed;
        ledger[1].asked = yuan(100);
        follow(&mandate, &mut ledger);
        prop_assert_eq!(ledger[0].releasing, yuan(surplus), "proposals are withdrawn and the excess goes back");
        prop_assert_eq!(exposure(&ledger[1]), Decimal::ZERO);
        let released = Reply::Released { amount: Some(Money::yuan(yuan(surplus))), words: String::new() };
        ledger[0] = hear(&ledger[0], ActionKind::Release, &released).0;
        prop_assert_eq!(ledger[0].held, yuan(claim));
        prop_assert_eq!(ledger[0].state, MeasureState::InForce);
    }
}

#[test]
fn an_exempt_account_is_never_asked() {
    let mandate = mandate(100_000, Mode::Auto);
    let mut wages = account(1, 50_000);
    wages.exemption = super::exemption("农民工工资专用账户", "");
    assert!(decide(&mandate, &[wages], true).is_empty());
}

#[test]
fn a_declined_release_waits_for_a_person_and_is_not_repeated() {
    let mandate = mandate(100, Mode::Auto);
    let mut line = account(1, 0);
    (line.state, line.held) = (MeasureState::InForce, yuan(500));
    let mut ledger = vec![line];
    follow(&mandate, &mut ledger);
    let refusal =
        Refusal { reason: RefusalReason::OriginalUnknown, words: "无原冻结请求信息".into() };
    ledger[0] = hear(&ledger[0], ActionKind::Release, &Reply::NotHeld(refusal)).0;
    assert_eq!(ledger[0].state, MeasureState::Stuck);
    assert!(decide(&mandate, &ledger, true).is_empty());
    assert_eq!(exposure(&ledger[0]), yuan(500), "it still counts");
}

#[test]
fn a_house_is_proposed_while_deposits_fall_short_and_taken_back_once_they_cover() {
    let mandate = mandate(1_000, Mode::Auto);
    let mut ledger = vec![house(1)];
    follow(&mandate, &mut ledger);
    assert_eq!(ledger[0].state, MeasureState::Proposed, "its value is for an officer to judge");
    assert_eq!(may_ask(yuan(1_000), &ledger, 1, Decimal::ZERO), Some(Decimal::ZERO));
    ledger.push(account(2, 1_000));
    follow(&mandate, &mut ledger);
    assert_eq!((ledger[0].state, ledger[1].state), (MeasureState::Candidate, MeasureState::Asked));
    assert_eq!(may_ask(yuan(1_000), &ledger, 1, Decimal::ZERO), None, "the claim is covered");
}

#[test]
fn without_an_officer_a_house_is_asked_only_when_nothing_more_is_on_its_way() {
    let mandate = Mandate { other_property: Mode::Auto, ..mandate(1_000, Mode::Auto) };
    let mut ledger = vec![house(1)];
    assert!(decide(&mandate, &ledger, false).is_empty());
    assert_eq!(decide(&mandate, &ledger, true), [Decision::Ask(1, Decimal::ZERO)]);
    follow(&mandate, &mut ledger);
    let mut seized = holding(Decimal::ZERO);
    seized.reference = "CF0001".into();
    let (standing, event) = hear(&ledger[0], ActionKind::Freeze, &Reply::Held(seized));
    assert_eq!((standing.state, event), (MeasureState::InForce, Some(EventType::MeasurePlaced)));
    assert_eq!(standing.reference, "CF0001", "a release must name it");
    let (gone, _) =
        hear(&standing, ActionKind::Release, &Reply::Released { amount: None, words: String::new() });
    assert_eq!(gone.state, MeasureState::Released);
}

#[test]
fn units_of_a_product_count_at_the_price_that_was_reported() {
    let mut line = product(1, 1_000, 500_000);
    (line.state, line.asked) = (MeasureState::Asked, yuan(500_000));
    let mut answer = holding(Decimal::ZERO);
    answer.units = Some("250".into());
    let (standing, event) = hear(&line, ActionKind::Freeze, &Reply::Held(answer));
    assert_eq!((standing.held, event), (yuan(125_000), Some(EventType::MeasurePartly)));
}

#[test]
fn what_was_deducted_is_not_asked_for_again() {
    let mandate = mandate(1_000, Mode::Auto);
    let mut line = account(1, 0);
    (line.state, line.held, line.deducting) = (MeasureState::Deducting, yuan(1_000), yuan(1_000));
    let (taken, event) =
        hear(&line, ActionKind::Deduct, &Reply::Deducted { amount: Money::yuan(yuan(1_000)) });
    assert_eq!((taken.state, event), (MeasureState::Deducted, Some(EventType::MeasureDeducted)));
    assert!(decide(&mandate, &[taken, account(2, 500)], true).is_empty());
}

#[test]
fn of_stakes_never_more_is_frozen_than_the_claim_leaves_open() {
    let mandate = Mandate { other_property: Mode::Auto, ..mandate(100_000, Mode::Auto) };
    let stakes = [equity(2, None), equity(3, Some(50_050)), equity(4, Some(30_000))];
    let mut ledger: Vec<Measure> = std::iter::once(account(1, 40_000)).chain(stakes).collect();
    follow(&mandate, &mut ledger);
    let stakes: Vec<Decimal> = ledger.iter().map(stake).collect();
    assert_eq!(stakes, [yuan(0), yuan(0), yuan(50_000), yuan(10_000)], "600.00 are open, in whole yuan");
    assert!(ledger.iter().all(|measure| measure.state == MeasureState::Asked));
    let percent = |at: usize| match &ledger[at].target {
        Target::Equity { percent, .. } => percent.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(percent(1).as_deref(), Some("35"), "by ratio where no amount is known");
    assert_eq!(percent(2), None, "the ratio was that of the whole");
    ledger.push(equity(5, Some(100)));
    assert!(decide(&mandate, &ledger, true).is_empty(), "nothing is left");
    assert_eq!(may_ask(yuan(100_000), &ledger, 5, Decimal::ZERO), None);
}

#[test]
fn one_stake_is_one_line_however_its_company_is_named() {
    let with = |code: Option<&str>, number: &str, party: u32| {
        let target = Target::Equity {
            company: "示例甲（集团）有限公司".into(),
            company_code: code.and_then(|code| code.parse().ok()),
            registration_number: number.into(),
            subscribed: None,
            percent: None,
            shares: None,
        };
        Measure { target, party, ..account(1, 0) }
    };
    let code = Some("91000000MADEM00112");
    assert!(same_property(&with(code, "1", 0), &with(code, "2", 0)));
    assert!(same_property(&with(code, "", 0), &with(None, "", 0)), "by name");
    assert!(!same_property(&with(None, "1", 0), &with(code, "2", 0)), "by number");
    assert!(!same_property(&with(code, "", 0), &with(Some("91000000MADEM002XR"), "", 0)));
    assert!(!same_property(&with(code, "", 0), &with(code, "", 1)), "another party's");
    let listed = Measure { state: MeasureState::Skipped, ..with(code, "", 0) };
    assert!(!is_closer(&with(code, "", 0), &listed), "a list does not undo what the register says");
    assert!(is_closer(&listed, &with(code, "", 0)));
}
