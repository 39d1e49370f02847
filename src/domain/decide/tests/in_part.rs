//! Answers that set free a part, hold more than the limit, or speak of fractions of a fen.

use chakong_contract::reply::Holding;
use chakong_contract::{Instruction, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{EventType, MeasureId, MeasureState, OrderId, OrderState, TaskKind};
use super::super::ReleaseScope;
use super::books::Bank;
use super::world::{World, auto};

/// A bank that holds 40 000 of 90 000.
fn held() -> (World, MeasureId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit("(2026)晋10执9号", None, Some(auto(40_000))).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    (world, id)
}

fn release(world: &mut World, id: MeasureId) -> OrderId {
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::Other).expect("ordered");
    *world.queued().last().expect("the release")
}

fn yuan(amount: &str) -> Money {
    Money::yuan(amount.parse().expect("an amount"))
}

fn released(amount: &str) -> Reply {
    Reply::Released { amount: Some(yuan(amount)), words: String::new() }
}

#[test]
fn a_release_of_all_that_frees_a_part_leaves_the_rest_held_and_it_can_be_released() {
    let (mut world, id) = held();
    let order = release(&mut world, id);
    world.hear(order, released("15000.00"));
    let left = Decimal::from(25_000);
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.held, measure.limit), (MeasureState::InForce, left, left));
    assert_eq!(measure.released, Decimal::from(15_000));
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Review).expect("a person looks");
    assert_eq!(task.order, Some(order));
    assert!(world.queued().is_empty(), "nothing is ordered by itself: the counterpart would say the same");
    let rest = release(&mut world, id);
    let Instruction::Release { amount, .. } = &world.file.orders[&rest].instruction else {
        panic!("a release")
    };
    assert_eq!(*amount, Some(Money::yuan(left)));
    assert!(!world.file.tasks.iter().any(|task| task.kind == TaskKind::Review), "done by the release");
    world.hear(rest, released("25000.00"));
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.held), (MeasureState::Released, Decimal::ZERO));
}

#[test]
fn a_release_that_says_nothing_of_an_amount_is_taken_as_ordered_and_marked() {
    let (mut world, id) = held();
    let order = release(&mut world, id);
    world.hear(order, Reply::Released { amount: None, words: String::new() });
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.held), (MeasureState::Released, Decimal::ZERO));
    assert!(measure.note.contains("按请求金额计"), "{}", measure.note);
}

#[test]
fn a_deduction_that_says_nothing_of_an_amount_is_taken_as_ordered_and_marked() {
    let (mut world, id) = held();
    world.deduct(id, Some(10_000.into())).expect("ordered");
    let order = *world.queued().last().expect("the deduction");
    world.hear(order, Reply::Deducted { amount: None });
    let measure = &world.file.measures[&id];
    assert_eq!((measure.deducted, measure.held), (10_000.into(), 30_000.into()));
    assert!(measure.note.contains("按请求金额计"), "{}", measure.note);
}

#[test]
fn a_fraction_of_a_fen_stands_before_a_person_and_enters_no_ledger() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit("(2026)晋10执9号", None, Some(auto(600))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    world.hear(freeze, Reply::PartlyHeld(Holding::of(yuan("599.999"))));
    let id = world.measure_at("a").id;
    let (measure, order) = (&world.file.measures[&id], &world.file.orders[&freeze]);
    assert_eq!(
        (measure.state, measure.held),
        (MeasureState::Asked, Decimal::ZERO),
        "nothing of it is booked"
    );
    assert_eq!(order.state, OrderState::Undetermined);
    assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::Resolve && task.order == Some(freeze)));
    world.hear(freeze, Reply::PartlyHeld(Holding::of(yuan("599.990"))));
    assert_eq!(world.file.measures[&id].held, yuan("599.99").amount, "a zero behind it is no fraction");
    for reply in [released("599.985"), Reply::Deducted { amount: Some(yuan("0.001")) }] {
        let mut world_of_it = held();
        let (world, id) = (&mut world_of_it.0, world_of_it.1);
        match &reply {
            Reply::Deducted { .. } => drop(world.deduct(id, None).expect("ordered")),
            _ => drop(release(world, id)),
        }
        let order = *world.queued().last().expect("ordered");
        world.hear(order, reply);
        assert_eq!(world.file.measures[&id].held, Decimal::from(40_000));
        assert_eq!(world.file.orders[&order].state, OrderState::Undetermined);
    }
}

#[test]
fn what_is_held_beyond_the_limit_is_told_and_given_back_alone() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit("(2026)晋10执9号", None, Some(auto(40_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    world.hear(freeze, Reply::Held(Holding::of(yuan("47000.00"))));
    let id = world.measure_at("a").id;
    assert_eq!(world.file.measures[&id].surplus, Decimal::from(7_000));
    assert!(world.has_event(EventType::MeasureExcess));
    world.release(ReleaseScope::Surplus(id), ReleaseReason::Excess).expect("ordered");
    assert!(!world.file.tasks.iter().any(|task| task.kind == TaskKind::ReleaseExcess), "it is under way");
    let order = *world.queued().last().expect("the release");
    let Instruction::Release { amount, .. } = &world.file.orders[&order].instruction else {
        panic!("a release")
    };
    assert_eq!(*amount, Some(yuan("7000")));
    world.hear(order, released("7000.00"));
    let measure = &world.file.measures[&id];
    let (limit, held) = (Decimal::from(40_000), Decimal::from(40_000));
    assert_eq!((measure.state, measure.limit, measure.held), (MeasureState::InForce, limit, held));
    assert_eq!((measure.surplus, measure.released), (Decimal::ZERO, Decimal::ZERO));
    assert!(
        world.release(ReleaseScope::Surplus(id), ReleaseReason::Excess).is_err(),
        "nothing is left of it"
    );
    assert!(world.claim().is_open(), "the claim stays as it is");
}
