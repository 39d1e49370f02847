//! The claim belongs to the case: inquiries of one case, and of cases that continue it, share it.

use chakong_contract::{ActionKind, Money};
use rust_decimal::Decimal;

use super::super::super::{
    ClaimChangeKind, ClaimState, EventType, Mandate, MeasureState, Mode, TaskKind, UncoveredLimit,
};
use super::super::{Act, ActInput, ClaimSettings, ClaimUpdate, Rejected, act, room};
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
    let refused = world
        .decide(|draft| act(draft, ActInput { actor, reason: "x".into(), documents: Vec::new(), act: own }));
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
