//! Releases of what the claim wants again before they are carried out.

use chakong_contract::{ActionKind, DocumentKind};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{ClaimChangeKind, ClaimState, MeasureState, OrderState};
use super::super::{Act, ClaimUpdate, OrderInput, Release, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

/// Something that is done in a world.
type Step = fn(&mut World);

/// 600 are held of a claim of 600.
fn held() -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 600)]))]);
    world.submit("(2026)晋10执415号", None, Some(auto(600))).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(600));
    world
}

fn change(kind: ClaimChangeKind, amount: u32) -> ClaimUpdate {
    ClaimUpdate { change: Some((kind, amount.into())), ..ClaimUpdate::default() }
}

fn state(state: ClaimState) -> ClaimUpdate {
    ClaimUpdate { state: Some(state), ..ClaimUpdate::default() }
}

fn free(world: &mut World) {
    let scope = ReleaseScope::Party(world.file.parties[0].id);
    let release = Act::Release(Release { scope, ground: ReleaseReason::WrongPerson });
    world.act_as("first", release, &[]).expect("freed");
}

fn reinstate(world: &mut World) {
    let party = world.file.parties[0].id;
    world.act_as("second", Act::Reinstate(party), &[DocumentKind::ClaimPaper]).expect("taken back");
}

#[test]
fn a_release_in_line_does_not_leave_when_its_money_is_wanted_again() {
    let mistakes: [(&str, Step, Step); 4] = [
        (
            "lowered and raised",
            |world| drop(world.change_claim(change(ClaimChangeKind::Lowered, 100)).expect("lowered")),
            |world| drop(world.change_claim(change(ClaimChangeKind::Raised, 600)).expect("raised")),
        ),
        (
            "settled and opened again",
            |world| drop(world.change_claim(state(ClaimState::Settled)).expect("settled")),
            |world| drop(world.change_claim(state(ClaimState::Open)).expect("opened")),
        ),
        (
            "paid and opened again",
            |world| drop(world.release(ReleaseScope::Case, ReleaseReason::DebtPaid).expect("released")),
            |world| drop(world.change_claim(state(ClaimState::Open)).expect("opened")),
        ),
        ("freed and reinstated", free, reinstate),
    ];
    for (name, mistake, correction) in mistakes {
        let mut world = held();
        mistake(&mut world);
        let release = world.measure_at("a").control.expect("a release");
        correction(&mut world);
        assert_eq!(world.file.orders[&release].state, OrderState::Cancelled, "{name}");
        let measure = world.measure_at("a");
        assert_eq!((measure.state, measure.held), (MeasureState::InForce, Decimal::from(600)), "{name}");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(600), "{name}");
        assert!(world.banks["a"].set_free.is_zero(), "{name}");
    }
}

#[test]
fn of_a_release_in_line_only_what_is_too_much_still_leaves() {
    for (raised, released) in [(250, 350), (599, 1), (700, 0)] {
        let mut world = held();
        world.change_claim(change(ClaimChangeKind::Lowered, 100)).expect("lowered");
        world.change_claim(change(ClaimChangeKind::Raised, raised)).expect("raised");
        world.run();
        assert_eq!(world.banks["a"].set_free, Decimal::from(released), "raised to {raised}");
    }
}

#[test]
fn what_a_release_that_left_sets_free_is_looked_for_when_it_is_wanted_again() {
    let mistakes: [(Step, Step); 3] = [
        (
            |world| drop(world.change_claim(change(ClaimChangeKind::Lowered, 100)).expect("lowered")),
            |world| drop(world.change_claim(change(ClaimChangeKind::Raised, 600)).expect("raised")),
        ),
        (
            |world| drop(world.change_claim(state(ClaimState::Settled)).expect("settled")),
            |world| drop(world.change_claim(state(ClaimState::Open)).expect("opened")),
        ),
        (free, reinstate),
    ];
    for (at, (mistake, correction)) in mistakes.into_iter().enumerate() {
        let mut world = held();
        mistake(&mut world);
        let release = world.measure_at("a").control.expect("a release");
        world.happened(release, OrderInput::HandedOver);
        let answer = world.carry_out(release);
        correction(&mut world);
        assert_eq!(world.file.orders[&release].state, OrderState::Awaiting, "{at}: it has left");
        let asked = world.orders_of(ActionKind::Query);
        world.hear(release, answer);
        assert_eq!(world.orders_of(ActionKind::Query), asked + 1, "{at}: the account is looked at");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(600), "{at}");
    }
}

#[test]
fn a_release_for_a_reason_that_lasts_leaves_whatever_the_claim() {
    for ground in [ReleaseReason::ThirdPartyProperty, ReleaseReason::ExemptProperty] {
        let mut world = held();
        let id = world.measure_at("a").id;
        world.release(ReleaseScope::Measure(id, None), ground).expect("ordered");
        world.change_claim(change(ClaimChangeKind::Raised, 900)).expect("raised");
        world.run();
        assert_eq!(world.file.measures[&id].state, MeasureState::Released, "{ground:?}");
        assert_eq!(world.held_and_taken(), Decimal::ZERO, "{ground:?}");
    }
}
