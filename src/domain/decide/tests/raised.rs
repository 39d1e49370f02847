//! A claim, or the costs of living, that are raised after something was given back or frozen.

use chakong_contract::{ActionKind, PartyKind};
use rust_decimal::Decimal;

use super::super::super::{ClaimChangeKind, ClaimState};
use super::super::{ClaimSettings, ClaimUpdate};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执1号";

fn frozen(balance: u32, claim: u32) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", balance)]))]);
    world.submit(CASE, None, Some(auto(claim))).expect("accepted");
    world.run();
    world
}

fn change(kind: ClaimChangeKind, amount: u32) -> ClaimUpdate {
    ClaimUpdate { change: Some((kind, amount.into())), ..ClaimUpdate::default() }
}

#[test]
fn what_was_given_back_is_looked_for_again_when_the_claim_is_raised() {
    for (low, high, held) in [(100, 1_000, 600), (250, 300, 300)] {
        let mut world = frozen(600, 600);
        world.change_claim(change(ClaimChangeKind::Lowered, low)).expect("lowered");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(low));
        let asked = world.orders_of(ActionKind::Query);
        world.change_claim(change(ClaimChangeKind::Raised, high)).expect("raised");
        assert_eq!(world.orders_of(ActionKind::Query), asked + 1, "the account is asked once");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(held), "{low} then {high}");
    }
}

#[test]
fn what_was_given_back_wholly_is_looked_for_again_when_the_claim_is_opened_again() {
    let mut world = frozen(700, 500);
    let state = |state| ClaimUpdate { state: Some(state), ..ClaimUpdate::default() };
    world.change_claim(state(ClaimState::Settled)).expect("settled");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
    world.change_claim(state(ClaimState::Open)).expect("opened again");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(500));
}

#[test]
fn a_claim_that_grows_several_times_takes_more_of_one_account_each_time() {
    let mut world = frozen(1_000, 300);
    for (amount, held) in [(450, 450), (600, 600), (700, 700), (1_500, 1_000)] {
        world.change_claim(change(ClaimChangeKind::Raised, amount)).expect("raised");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(held), "of a claim of {amount}");
    }
}

#[test]
fn costs_of_living_that_are_raised_after_the_freeze_are_given_back() {
    let costs = |costs: u32| ClaimUpdate {
        settings: ClaimSettings { living_costs: Some(costs.into()), ..ClaimSettings::default() },
        ..ClaimUpdate::default()
    };
    // Of 600, 550 are frozen: 50 are left to live on.
    for (kind, raised, release) in [
        (PartyKind::Person, 50, None),
        (PartyKind::Person, 180, Some(130)),
        (PartyKind::Organisation, 180, None),
    ] {
        let mut world = frozen(600, 550);
        world.file.parties[0].kind = kind;
        world.change_claim(costs(raised)).expect("changed");
        let ordered = world.orders_of(ActionKind::Release);
        assert_eq!(ordered, usize::from(release.is_some()), "{kind:?} {raised}");
        world.run();
        let held = Decimal::from(550 - release.unwrap_or(0));
        assert_eq!(world.held_and_taken(), held, "{kind:?} {raised}: nothing is frozen in its place");
    }
}
