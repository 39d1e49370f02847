//! Releases that a bank declined: nothing orders them again by itself, whatever happens in the case.

use chakong_contract::order::Target;
use chakong_contract::{ActionKind, DocumentKind, PartyKind, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{ClaimChangeKind, MeasureState, TaskKind};
use super::super::{Act, ClaimSettings, ClaimUpdate, EnteredMeasure, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执81号";

/// A freeze of 60 000 whose excess over a lowered claim of 45 000 the bank did not give back.
fn declined() -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 80_000)]))]);
    world.submit(CASE, None, Some(auto(60_000))).expect("accepted");
    world.run();
    let lower = Some((ClaimChangeKind::Lowered, Decimal::from(45_000)));
    world.change_claim(ClaimUpdate { change: lower, ..ClaimUpdate::default() }).expect("lowered");
    let release = world.queued()[0];
    let refusal = Refusal { reason: RefusalReason::Declined, words: "不予办理".to_owned() };
    world.hear(release, Reply::NotHeld(refusal));
    assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::AnswerRefusal));
    assert_eq!(world.orders_of(ActionKind::Release), 1);
    world
}

fn another_freeze(world: &World) -> EnteredMeasure {
    EnteredMeasure {
        party: world.measure_at("a").debtor,
        counterpart: "a".to_owned(),
        institution: "a".to_owned(),
        listed_state_shares: false,
        target: Target::Account {
            number: "622200077".to_owned(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        },
        currency: None,
        rate: None,
        limit: 7_000.into(),
        held: 7_000.into(),
        from: "2026-02-02".parse().ok(),
        until: "2026-09-30".parse().expect("a day"),
        rank: None,
        reference: String::new(),
        original_number: "PAPER0081".to_owned(),
        original_case: CASE.parse().expect("a number"),
    }
}

#[test]
fn a_declined_release_is_not_ordered_again_because_something_else_is_done_in_the_case() {
    let mut world = declined();
    let id = world.measure_at("a").id;
    let entered = another_freeze(&world);
    world.act_with(Act::Enter(Box::new(entered)), &[DocumentKind::FreezeNotice]).expect("entered");
    let of_a = |world: &World| {
        let own = world.file.orders.values().filter(|one| one.measure == Some(id));
        own.filter(|one| one.instruction.kind() == ActionKind::Release).count()
    };
    assert_eq!(of_a(&world), 1, "a freeze that is entered");
    for (kind, amount) in [(ClaimChangeKind::PartPayment, 1_000), (ClaimChangeKind::Lowered, 30_000)] {
        let change = Some((kind, Decimal::from(amount)));
        world.change_claim(ClaimUpdate { change, ..ClaimUpdate::default() }).expect("changed");
        assert_eq!(of_a(&world), 1, "{kind:?}");
    }
    world.file.parties[0].kind = PartyKind::Person;
    let settings = ClaimSettings { living_costs: Some(40_000.into()), ..ClaimSettings::default() };
    world.change_claim(ClaimUpdate { settings, ..ClaimUpdate::default() }).expect("changed");
    assert_eq!(of_a(&world), 1, "costs of living");
    assert!(
        world.file.tasks.iter().any(|task| task.kind == TaskKind::ReleaseExcess),
        "what is too much is on the list"
    );
}

#[test]
fn a_person_orders_a_declined_release_again_by_name() {
    let mut world = declined();
    let id = world.measure_at("a").id;
    world.release(ReleaseScope::Measure(id, Some(15_000.into())), ReleaseReason::Excess).expect("ordered");
    assert_eq!(world.measure_at("a").state, MeasureState::Releasing);
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(45_000));
}
