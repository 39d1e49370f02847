//! The claim belongs to the case: inquiries of one case, and of cases that continue it, share it.

use chakong_contract::{ActionKind, Money};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ClaimChangeKind, ClaimState, EventType, Mandate, MeasureState, Mode, Preference, TaskKind, UncoveredLimit,
};
use super::super::{
    Act, ActInput, Approval, ClaimSettings, ClaimUpdate, OrderInput, Rejected, ReleaseScope, Resolution, act,
    room,
};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执1号";

fn change(kind: ClaimChangeKind, amount: u32) -> ClaimUpdate {
    ClaimUpdate { change: Some((kind, amount.into())), ..ClaimUpdate::default() }
}

#[test]
fn two_inquiries_of_a_case_freeze_its_claim_once() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 80_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100_000));
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100_000), "the same claim, not another one");
    assert_eq!(world.file.cases.len(), 1);
}

#[test]
fn a_preservation_that_enforcement_continues_is_one_chain_with_one_claim() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 300_000)]))]);
    world.submit("(2025)晋10执保7号", None, Some(auto(100_000))).expect("accepted");
    world.run();
    world.submit(CASE, Some("(2025)晋10执保7号"), Some(auto(100_000))).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100_000));
    assert_eq!(world.file.cases.len(), 2);
    let refused = world.submit(CASE, Some(CASE), None);
    assert!(matches!(refused, Err(Rejected::Findings(_))), "{refused:?}");
}

#[test]
fn another_amount_than_the_claim_is_refused_with_the_way_to_change_it() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 300_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    let refused = world.submit(CASE, None, Some(auto(150_000)));
    let Err(Rejected::Findings(findings)) = refused else { panic!("{refused:?}") };
    assert_eq!(
        findings.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(),
        ["/mandate/claim/amount"]
    );
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100_000));
}

#[test]
fn a_raised_claim_freezes_more_and_a_lowered_one_gives_back() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 300_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    world.change_claim(change(ClaimChangeKind::PartPayment, 30_000)).expect("changed");
    world.run();
    assert_eq!(
        (world.claim().amount, world.held_and_taken()),
        (Decimal::from(70_000), Decimal::from(70_000))
    );
    assert!(world.has_event(EventType::ClaimChanged) && world.has_event(EventType::MeasureReleased));
    for nonsense in [change(ClaimChangeKind::Raised, 60_000), change(ClaimChangeKind::Lowered, 80_000)] {
        assert!(matches!(world.change_claim(nonsense), Err(Rejected::NotAllowed(_))));
    }
    let settled = ClaimUpdate { state: Some(ClaimState::Settled), ..ClaimUpdate::default() };
    world.change_claim(settled).expect("settled");
    let refused = world.submit(CASE, None, Some(auto(70_000)));
    assert!(matches!(refused, Err(Rejected::Findings(_))), "a closed claim takes no mandate: {refused:?}");
}

#[test]
fn limits_that_no_money_covers_are_given_back_when_the_money_is_asked_elsewhere() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 60_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    for id in world.queued() {
        let reply = world.carry_out(id);
        world.hear(id, reply);
    }
    // Money leaves before the first freeze arrives.
    world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001")).expect("account").balance =
        5_000.into();
    world.run();
    assert_eq!(
        world.held_and_taken(),
        Decimal::from(95_000),
        "5 000 at the first bank, 90 000 at the second"
    );
    let limits: Decimal = world.file.ledger().map(|measure| measure.limit).sum();
    assert!(
        limits <= Decimal::from(100_000),
        "the limits that stand together are within the claim: {limits}"
    );
    // A deposit behind a limit that was given back is not caught.
    world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001")).expect("account").balance =
        90_000.into();
    assert!(world.held_and_taken() <= Decimal::from(100_000));
}

#[test]
fn a_strict_limit_counts_in_full_and_a_kept_one_is_looked_at_daily() {
    for (uncovered, held) in [(UncoveredLimit::Strict, 45_000), (UncoveredLimit::Keep, 95_000)] {
        let mut world = World::new(vec![
            ("a", Bank::with(&[("622200001", 60_000)])),
            ("b", Bank::with(&[("622200002", 40_000)])),
            ("c", Bank::with(&[("622200003", 50_000)])),
        ]);
        let mandate = Mandate { uncovered, ..auto(100_000) };
        world.submit(CASE, None, Some(mandate)).expect("accepted");
        for id in world.queued() {
            let reply = world.carry_out(id);
            world.hear(id, reply);
        }
        world
            .banks
            .get_mut("a")
            .and_then(|bank| bank.accounts.get_mut("622200001"))
            .expect("account")
            .balance = 5_000.into();
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(held), "{uncovered:?}");
        let looked = world.file.tasks.iter().any(|task| task.kind == TaskKind::Requery);
        assert_eq!(looked, uncovered == UncoveredLimit::Keep);
        let standing = world.measure_at("a").limit;
        assert_eq!(standing, Decimal::from(60_000), "the limit stands and catches what comes later");
    }
}

#[test]
fn a_guarantor_is_frozen_up_to_the_own_liability_only() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 300_000)]))]);
    let liability =
        super::super::super::Liability { party: "debtor-1".to_owned(), amount: Money::yuan(40_000.into()) };
    let mandate = Mandate { liable_up_to: vec![liability], ..auto(100_000) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(40_000));
}

#[test]
fn another_liability_than_stands_is_refused_with_what_stands() {
    let limited = |amount: Option<u32>| {
        let limit = |amount: u32| super::super::super::Liability {
            party: "debtor-1".to_owned(),
            amount: Money::yuan(amount.into()),
        };
        Mandate { liable_up_to: amount.map(limit).into_iter().collect(), ..auto(100_000) }
    };
    for (stated, other, stands) in [(Some(40_000), 60_000, "40000 "), (None, 60_000, "全部标的")] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 300_000)]))]);
        world.submit(CASE, None, Some(limited(stated))).expect("accepted");
        let refused = world.submit(CASE, None, Some(limited(Some(other))));
        let Err(Rejected::Findings(findings)) = refused else { panic!("{refused:?}") };
        assert_eq!(findings.len(), 1);
        assert!(findings[0].detail.contains(stands), "{findings:?}");
        world.submit(CASE, None, Some(limited(stated))).expect("the same again");
        world.submit(CASE, None, Some(limited(None))).expect("nothing is said of it: it stands");
        world.run();
        let most = Decimal::from(stated.unwrap_or(100_000));
        assert_eq!(world.held_and_taken(), most);
    }
}

#[test]
fn a_lowered_liability_gives_back_what_is_held_beyond_it_and_is_told_where_papers_are_missing() {
    for uncovered in [UncoveredLimit::Release, UncoveredLimit::Strict, UncoveredLimit::Keep] {
        let mut world = World::new(vec![
            ("a", Bank::with(&[("622200001", 30_000)])),
            ("b", Bank::with(&[("622200002", 50_000)])),
        ]);
        world.submit(CASE, None, Some(Mandate { uncovered, ..auto(100_000) })).expect("accepted");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(80_000));
        let party = world.file.parties[0].id;
        let liabilities = vec![(party, Some(Decimal::from(45_000)))];
        world.change_claim(ClaimUpdate { liabilities, ..ClaimUpdate::default() }).expect("lowered");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(45_000), "{uncovered:?}");
        let liabilities = vec![(party, Some(Decimal::from(12_000)))];
        world.file.papers.clear();
        world.change_claim(ClaimUpdate { liabilities, ..ClaimUpdate::default() }).expect("lowered again");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(45_000), "without papers nothing is released");
        assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::BringPapers), "{uncovered:?}");
    }
}

/// A world whose first bank keeps dollars, and the approval of a freeze of so many of them at a rate.
fn dollars(rate: Option<u32>) -> (World, Act) {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 50_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    let kept = world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001"));
    kept.expect("the account").currency = chakong_contract::Currency::from_wire("USD");
    let mandate = Mandate { mode: Mode::Propose, ..auto(100_000) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    // The first bank answers before the other: nothing is proposed yet.
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let limit = Some(Money { amount: 8_000.into(), currency: chakong_contract::Currency::from_wire("USD") });
    let approval = Approval { limit, rate: rate.map(Decimal::from), ..Approval::default() };
    let approve = Act::Approve(world.measure_at("a").id, approval);
    (world, approve)
}

#[test]
fn a_foreign_freeze_counts_at_the_rate_that_was_named_and_only_then() {
    for (rate, left) in [(None, 100_000), (Some(7), 44_000), (Some(12), 4_000)] {
        let (mut world, approve) = dollars(rate);
        world.act(approve).expect("within the claim");
        world.run();
        assert_eq!(world.measure_at("a").held, Decimal::from(8_000), "in its own currency");
        assert_eq!(
            room(world.claim(), world.file.ledger().filter(|one| one.counterpart == "a")),
            left.into()
        );
        let id = world.measure_at("b").id;
        let over = Approval { limit: Some(Money::yuan((left + 1).into())), ..Approval::default() };
        let over = world.act(Act::Approve(id, over));
        assert!(matches!(over, Err(Rejected::NoRoom { .. })), "{rate:?}: {over:?}");
    }
    let (mut world, approve) = dollars(Some(7));
    let Act::Approve(id, approval) = approve else { unreachable!("an approval") };
    let yuan = Approval { limit: approval.limit.map(|limit| Money::yuan(limit.amount)), ..approval };
    let refused = world.act(Act::Approve(id, yuan));
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "yuan are no limit of dollars: {refused:?}");
    let (mut world, approve) = dollars(Some(0));
    assert!(matches!(world.act(approve), Err(Rejected::NotAllowed(_))), "a rate of nothing is none");
}

#[test]
fn a_foreign_freeze_of_unknown_outcome_is_resolved_in_its_own_currency() {
    let (mut world, approve) = dollars(Some(7));
    world.act(approve).expect("within the claim");
    let order = world.measure_at("a").control.expect("the freeze");
    world.happened(order, OrderInput::HandedOver);
    world.happened(order, OrderInput::DeadlinePassed);
    world
        .act(Act::Resolve(order, Resolution::Done(Some(5_000.into()))))
        .expect("an officer says what stands");
    let measure = world.measure_at("a");
    assert_eq!((measure.state, measure.held), (MeasureState::InForce, Decimal::from(5_000)));
}

#[test]
fn a_freeze_of_unknown_outcome_is_not_sent_again_once_nobody_wants_it() {
    for frees in [true, false] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 50_000)]))]);
        world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
        let query = world.queued()[0];
        let found = world.carry_out(query);
        world.hear(query, found);
        let order = world.measure_at("a").control.expect("the freeze");
        world.happened(order, OrderInput::HandedOver);
        world.happened(order, OrderInput::DeadlinePassed);
        let (scope, ground) = match frees {
            true => (ReleaseScope::Party(world.file.parties[0].id), ReleaseReason::WrongPerson),
            false => (ReleaseScope::Case, ReleaseReason::DebtPaid),
        };
        world.release(scope, ground).expect("it is on the list");
        let again = world.act(Act::Resolve(order, Resolution::SendAgain));
        assert!(matches!(again, Err(Rejected::NotNow(_))), "{again:?}");
        world.act(Act::Resolve(order, Resolution::NotDone)).expect("what became of it is told all the same");
        world.run();
        assert_eq!((world.held_and_taken(), world.orders_of(ActionKind::Freeze)), (Decimal::ZERO, 1));
    }
}

#[test]
fn two_approvals_of_the_whole_claim_cannot_both_succeed() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 100_000)])),
        ("b", Bank::with(&[("622200002", 100_000)])),
    ]);
    let mandate = Mandate { mode: Mode::Propose, ..auto(100_000) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    world.run();
    let ids: Vec<_> = world.file.measures.keys().copied().collect();
    world.approve(ids[0]).expect("the first");
    let second = world.approve(ids[1]);
    assert!(matches!(second, Err(Rejected::NoRoom { left }) if left.is_zero()), "{second:?}");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100_000));
}

#[test]
fn nobody_approves_what_they_submitted() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100_000)]))]);
    world.submit(CASE, None, Some(Mandate { mode: Mode::Propose, ..auto(100_000) })).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    let actor = super::super::super::Actor::Key("case-system".to_owned());
    let own = Act::Approve(id, super::super::Approval::default());
    let refused = world.decide(|draft| {
        act(
            draft,
            ActInput { actor, case: None, reason: "x".into(), documents: Vec::new(), act: own, seen: None },
        )
    });
    assert!(matches!(refused, Err(Rejected::Forbidden(_))), "{refused:?}");
    assert_eq!(world.orders_of(ActionKind::Freeze), 0);
}

#[test]
fn what_is_rejected_is_not_proposed_again_and_the_next_property_takes_its_place() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 100_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    world.submit(CASE, None, Some(Mandate { mode: Mode::Propose, ..auto(100_000) })).expect("accepted");
    world.run();
    let first = world.measure_at("a").id;
    world.act(Act::Reject(first)).expect("rejected");
    assert_eq!(world.measure_at("a").state, MeasureState::Skipped);
    assert_eq!(world.measure_at("b").state, MeasureState::Proposed);
    assert!(matches!(world.approve(first), Err(Rejected::NotNow(_))), "a rejection is taken back first");
    world.act(Act::Reconsider(first)).expect("reconsidered");
    let claim = world.claim().clone();
    assert!(room(&claim, world.file.ledger()) >= Decimal::ZERO);
}

#[test]
fn settings_of_the_claim_change_without_a_new_inquiry() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100_000)]))]);
    world.submit(CASE, None, Some(Mandate { mode: Mode::Propose, ..auto(100_000) })).expect("accepted");
    world.run();
    assert_eq!(world.orders_of(ActionKind::Freeze), 0);
    let settings = ClaimSettings { living_costs: Some(20_000.into()), ..ClaimSettings::default() };
    world.change_claim(ClaimUpdate { settings, ..ClaimUpdate::default() }).expect("changed");
    assert_eq!(world.claim().living_costs, Decimal::from(20_000));
}

#[test]
fn a_claim_that_is_settled_gives_everything_back_and_nothing_is_taken_or_prolonged_for_it() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 300_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    let settled = ClaimUpdate { state: Some(ClaimState::Settled), ..ClaimUpdate::default() };
    world.change_claim(settled).expect("settled");
    let release = world.queued()[0];
    assert_eq!(world.measure_at("a").state, MeasureState::Releasing);
    world.turned_away(release);
    let id = world.measure_at("a").id;
    assert!(matches!(world.deduct(id, Some(1_000.into())), Err(Rejected::NotNow(_))));
    assert!(matches!(world.renew(id), Err(Rejected::NotNow(_))));
    world.release(ReleaseScope::Case, ReleaseReason::DebtPaid).expect("ordered again");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
}

#[test]
fn what_two_inquiries_look_for_stays_with_the_one_that_is_not_cancelled() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 300_000)]))]);
    let propose = Mandate { mode: Mode::Propose, ..auto(100_000) };
    let first = world.submit(CASE, None, Some(propose.clone())).expect("accepted");
    let second = world.submit(CASE, None, Some(propose)).expect("accepted");
    world.run();
    world.act(Act::Cancel(first)).expect("cancelled");
    let measure = world.measure_at("a").clone();
    assert_eq!((measure.state, measure.inquiry), (MeasureState::Proposed, second));
    world.approve(measure.id).expect("sent");
}

#[test]
fn a_later_mandate_with_another_setting_is_refused_by_its_place_and_what_it_does_not_state_stays() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200061", 70_000)]))]);
    let number = "(2026)晋10执61号";
    let first = Mandate {
        prefer: Some(Preference::SmallestFirst),
        term_days: Some(120),
        living_costs: Some(Money::yuan(1_800.into())),
        ..auto(90_000)
    };
    world.submit(number, None, Some(first.clone())).expect("the first");
    for (other, pointer) in [
        (Mandate { prefer: Some(Preference::LargestFirst), ..first.clone() }, "/mandate/prefer"),
        (Mandate { term_days: Some(121), ..first.clone() }, "/mandate/term_days"),
        (Mandate { living_costs: Some(Money::yuan(1_801.into())), ..first.clone() }, "/mandate/living_costs"),
        (Mandate { living_costs: Some(Money::yuan(0.into())), ..first.clone() }, "/mandate/living_costs"),
    ] {
        let refused = world.submit(number, None, Some(other));
        let Err(Rejected::Findings(findings)) = refused else { panic!("{pointer}: {refused:?}") };
        assert_eq!(findings.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), [pointer]);
    }
    world.submit(number, None, Some(first)).expect("the same");
    world.submit(number, None, Some(auto(90_000))).expect("it states none of them");
    let claim = world.claim();
    assert_eq!((claim.prefer, claim.term_days), (Preference::SmallestFirst, Some(120)));
    assert_eq!(claim.living_costs, Decimal::from(1_800));
    let mut plain = World::new(vec![("a", Bank::with(&[("622200061", 70_000)]))]);
    plain.submit(number, None, Some(auto(90_000))).expect("without");
    let later = Mandate { living_costs: Some(Money::yuan(1.into())), ..auto(90_000) };
    let refused = plain.submit(number, None, Some(later));
    assert!(matches!(refused, Err(Rejected::Findings(_))), "it was not kept, so it is told: {refused:?}");
}
