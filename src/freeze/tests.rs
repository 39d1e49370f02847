//! The ledger under every interleaving: what is held plus what is asked never exceeds the claim.

use chakong_contract::asset::Rank;
use chakong_contract::order::Target;
use chakong_contract::reply::{Holding, Refusal, RefusalReason};
use chakong_contract::{ActionKind, Money, Reply};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Decision, Exemption, Level, decide, exposure, hear, may_ask, room};
use crate::inquiry::{Mandate, Measure, MeasureState, Mode, Preference};

fn yuan(fen: i64) -> Decimal {
    Decimal::new(fen, 2)
}

fn mandate(claim: i64, mode: Mode) -> Mandate {
    Mandate { claim: Money::yuan(yuan(claim)), mode, prefer: Preference::LargestFirst, term_days: None }
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
        from: None,
        until: None,
        rank: None,
        order: None,
        note: String::new(),
    }
}

fn holding(held: Decimal) -> Holding {
    Holding {
        limit: None,
        held: Money::yuan(held),
        units: None,
        uncovered: None,
        balance: None,
        available: None,
        from: None,
        until: None,
        rank: Some(Rank { place: 1, derived: true }),
        reference: String::new(),
        earlier: Vec::new(),
        words: String::new(),
    }
}

/// Carries decisions out as settling does; gives whether any was made.
fn follow(mandate: &Mandate, ledger: &mut [Measure]) -> bool {
    let decisions = decide(mandate, ledger);
    for decision in &decisions {
        let (Decision::Ask(id, _)
        | Decision::Propose(id, _)
        | Decision::Shrink(id, _)
        | Decision::Release(id, _)) = *decision;
        let line = ledger.iter_mut().find(|measure| measure.id == id).expect("a line of the ledger");
        match *decision {
            Decision::Ask(_, limit) => (line.state, line.asked) = (MeasureState::Asked, limit),
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

/// One thing that happens: an account is found, or some pending line is answered.
#[derive(Debug, Clone)]
enum Event {
    Found(i64),
    Answered { pick: prop::sample::Index, percent: i64 },
    Refused { pick: prop::sample::Index },
    Approved { pick: prop::sample::Index },
}

fn event() -> impl Strategy<Value = Event> {
    let pick = any::<prop::sample::Index>;
    prop_oneof![
        (0_i64..500_000).prop_map(Event::Found),
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
    match event {
        Event::Found(available) => {
            let id = i64::try_from(ledger.len()).expect("small") + 1;
            ledger.push(account(id, *available));
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
                (ledger[at].state, ledger[at].asked) = (MeasureState::Asked, limit);
            }
        }
    }
}

proptest! {
    #[test]
    fn held_and_asked_never_exceed_the_claim(
        claim in 1_i64..1_000_000,
        auto: bool,
        events in prop::collection::vec(event(), 1..60),
    ) {
        let mandate = mandate(claim, if auto { Mode::Auto } else { Mode::Propose });
        let mut ledger = Vec::new();
        for event in &events {
            play(event, &mandate, &mut ledger);
            follow(&mandate, &mut ledger);
            prop_assert!(room(mandate.claim.amount, &ledger) >= Decimal::ZERO, "after {event:?}: {ledger:?}");
            prop_assert!(decide(&mandate, &ledger).is_empty(), "deciding again must change nothing");
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
        let released = Reply::Released { amount: Some(Money::yuan(yuan(surplus))) };
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
    assert!(decide(&mandate, &[wages]).is_empty());
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
    assert!(decide(&mandate, &ledger).is_empty());
    assert_eq!(exposure(&ledger[0]), yuan(500), "it still counts");
}
