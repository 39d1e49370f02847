//! A release or a deduction that its bank said was done, and then that it was not: a person takes the booking back.

use chakong_contract::reply::{Refusal, RefusalReason};
use chakong_contract::{ActionKind, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::{ClaimChangeKind, EventType, MeasureId, MeasureState, OrderId, TaskKind};
use super::super::{Act, ClaimUpdate, Rejected, Resolution};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执406号";

/// A bank that holds 100 of a claim of 100, and another one with 50 that nobody asked for.
fn held() -> (World, MeasureId) {
    let banks = vec![("a", Bank::with(&[("622200001", 100)])), ("b", Bank::with(&[("622200002", 50)]))];
    let mut world = World::new(banks);
    world.submit(CASE, None, Some(auto(100))).expect("accepted");
    world.run();
    let measure = world.measure_at("a");
    assert_eq!((measure.limit, measure.held), (100.into(), 100.into()));
    let id = measure.id;
    (world, id)
}

fn not_done() -> Reply {
    Reply::NotHeld(Refusal { reason: RefusalReason::Declined, words: "更正：未办理".to_owned() })
}

fn tasks(world: &World, kind: TaskKind) -> usize {
    world.file.tasks.iter().filter(|task| task.kind == kind).count()
}

fn resolve(world: &mut World, order: OrderId, resolution: Resolution) -> Result<(), Rejected> {
    world.act(Act::Resolve(order, resolution)).map(drop)
}

fn claim(world: &mut World, kind: ClaimChangeKind, amount: u32) {
    let change = Some((kind, amount.into()));
    world.change_claim(ClaimUpdate { change, ..ClaimUpdate::default() }).expect("changed");
}

/// A deduction that the bank says it carried out, and then that it did not; it did not.
fn deducted(amount: u32) -> (World, MeasureId, OrderId) {
    let (mut world, id) = held();
    world.deduct(id, Some(amount.into())).expect("ordered");
    let deduction = *world.queued().last().expect("the deduction");
    world.hear(deduction, Reply::Deducted { amount: Some(Money::yuan(amount.into())) });
    assert_eq!(world.file.measures[&id].deducted, Decimal::from(amount));
    world.hear(deduction, not_done());
    (world, id, deduction)
}

#[test]
fn a_deduction_that_was_not_done_after_all_is_before_a_person_and_is_not_sent_again_beside_its_booking() {
    let (mut world, id, deduction) = deducted(40);
    assert!(world.has_event(EventType::MeasureDeductionRefused));
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Resolve).expect("a task");
    assert_eq!(task.order, Some(deduction));
    assert_eq!(world.file.measures[&id].deducted, Decimal::from(40), "until a person knows, it counts");
    let again = resolve(&mut world, deduction, Resolution::SendAgain);
    assert!(matches!(again, Err(Rejected::NotNow(_))), "{again:?}");
    resolve(&mut world, deduction, Resolution::NotDone).expect("found out");
    let measure = &world.file.measures[&id];
    assert_eq!((measure.limit, measure.held, measure.deducted), (100.into(), 100.into(), Decimal::ZERO));
    assert_eq!((measure.state, tasks(&world, TaskKind::Resolve)), (MeasureState::InForce, 0));
    resolve(&mut world, deduction, Resolution::SendAgain).expect("once");
    world.run();
    assert_eq!(world.banks["a"].taken, Decimal::from(40));
    let measure = &world.file.measures[&id];
    assert_eq!((measure.limit, measure.held, measure.deducted), (60.into(), 60.into(), 40.into()));
}

#[test]
fn a_deduction_of_all_that_was_not_done_after_all_leaves_a_line_that_stands() {
    let (mut world, id, deduction) = deducted(100);
    assert_eq!(world.file.measures[&id].state, MeasureState::Deducted);
    resolve(&mut world, deduction, Resolution::NotDone).expect("found out");
    assert_eq!(world.file.measures[&id].deducted, Decimal::ZERO);
    let anew = world.measures(MeasureState::InForce)[0].clone();
    assert_ne!(anew.id, id);
    assert_eq!((anew.limit, anew.held, anew.deducted), (100.into(), 100.into(), Decimal::ZERO));
    assert_eq!(anew.original_number, world.file.measures[&id].original_number);
    world.run();
    assert_eq!(world.orders_of(ActionKind::Freeze), 1, "its room was never open");
    resolve(&mut world, deduction, Resolution::SendAgain).expect("once");
    world.run();
    assert_eq!(world.banks["a"].taken, Decimal::from(100));
    assert_eq!(world.file.measures[&anew.id].deducted, Decimal::from(100));
    let sum: Decimal = world.file.ledger().map(|one| one.deducted).sum();
    assert_eq!(sum, Decimal::from(100));
}

#[test]
fn a_deduction_that_was_done_though_its_bank_said_otherwise_stays_booked_once() {
    let (mut world, id, deduction) = deducted(40);
    resolve(&mut world, deduction, Resolution::Done(Some(40.into()))).expect("found out");
    let measure = &world.file.measures[&id];
    assert_eq!((measure.limit, measure.deducted), (60.into(), 40.into()));
    assert_eq!(tasks(&world, TaskKind::Resolve), 0);
}

#[test]
fn a_booking_of_an_earlier_edition_is_taken_back_as_it_was_ordered() {
    let (mut world, id, deduction) = deducted(40);
    world.file.measures.get_mut(&id).expect("it").said.bookings.clear();
    resolve(&mut world, deduction, Resolution::NotDone).expect("found out");
    let measure = &world.file.measures[&id];
    assert_eq!((measure.limit, measure.held, measure.deducted), (100.into(), 100.into(), Decimal::ZERO));
}

#[test]
fn a_release_that_was_not_done_after_all_counts_again_and_what_went_elsewhere_meanwhile_is_told() {
    let (mut world, id) = held();
    claim(&mut world, ClaimChangeKind::Lowered, 60);
    let release = world.file.measures[&id].control.expect("the release");
    world.hear(release, Reply::Released { amount: Some(Money::yuan(40.into())), words: String::new() });
    claim(&mut world, ClaimChangeKind::Raised, 100);
    world.run();
    assert_eq!(world.measure_at("b").held, Decimal::from(40), "the room went elsewhere");
    world.hear(release, not_done());
    assert!(world.has_event(EventType::MeasureReleaseRefused));
    let again = resolve(&mut world, release, Resolution::SendAgain);
    assert!(matches!(again, Err(Rejected::NotNow(_))), "{again:?}");
    assert_eq!(tasks(&world, TaskKind::ReleaseExcess), 0);
    resolve(&mut world, release, Resolution::NotDone).expect("found out");
    let measure = &world.file.measures[&id];
    assert_eq!((measure.limit, measure.held, measure.released), (100.into(), 100.into(), Decimal::ZERO));
    assert_eq!(tasks(&world, TaskKind::ReleaseExcess), 1, "40 are held beyond the claim");
    resolve(&mut world, release, Resolution::SendAgain).expect("once");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100));
    assert_eq!(tasks(&world, TaskKind::ReleaseExcess), 0);
}
