//! How measures end: released for a reason, lapsed, deducted; and how they are kept from ending.

use chakong_contract::ActionKind;
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{ClaimState, EventType, MeasureState, OrderState, TaskKind};
use super::super::{Act, OrderInput, Rejected, ReleaseScope, Resolution};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执1号";

fn two_banks() -> World {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 100_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(100_000));
    world
}

#[test]
fn a_debt_that_is_paid_frees_everything_and_freezes_nothing_instead() {
    let mut world = two_banks();
    let freezes = world.orders_of(ActionKind::Freeze);
    world.release(ReleaseScope::Case, ReleaseReason::DebtPaid).expect("released");
    world.run();
    world.days(3);
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
    assert_eq!((world.claim().state, world.orders_of(ActionKind::Freeze)), (ClaimState::Settled, freezes));
}

#[test]
fn an_exempt_property_is_freed_for_good_and_another_takes_its_place() {
    let mut world = two_banks();
    let first = world.measures(MeasureState::InForce)[0].id;
    world.release(ReleaseScope::Measure(first, None), ReleaseReason::ExemptProperty).expect("released");
    world.run();
    assert_eq!(world.banks["a"].held_and_taken(), Decimal::ZERO);
    assert_eq!(
        world.banks["b"].held_and_taken(),
        Decimal::from(90_000),
        "the room opens for another property"
    );
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    assert_eq!(world.banks["a"].held_and_taken(), Decimal::ZERO, "what was found exempt is left alone");
}

#[test]
fn a_part_is_released_up_to_what_stands_ordered() {
    let mut world = two_banks();
    let id = world.measures(MeasureState::InForce)[0].id;
    let too_much = world.release(ReleaseScope::Measure(id, Some(100_001.into())), ReleaseReason::Settled);
    assert!(matches!(too_much, Err(Rejected::NotAllowed(_))), "{too_much:?}");
    world.release(ReleaseScope::Measure(id, Some(30_000.into())), ReleaseReason::Settled).expect("released");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(70_000));
}

#[test]
fn a_freeze_in_flight_when_the_debt_is_paid_is_given_back_when_it_takes_effect() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 100_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    world.happened(freeze, OrderInput::HandedOver);
    let held = world.carry_out(freeze);
    world.release(ReleaseScope::Case, ReleaseReason::DebtPaid).expect("released");
    world.hear(freeze, held);
    assert_eq!(world.held_and_taken(), Decimal::from(100_000), "the bank had placed it");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO, "and gives it back");
}

#[test]
fn a_measure_lapses_after_its_last_day_and_its_room_opens_again() {
    let mut world = two_banks();
    world.days(364);
    assert!(world.has_event(EventType::MeasureExpiring), "people are reminded first");
    assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::Renew));
    world.days(1);
    assert_eq!(world.measures(MeasureState::Lapsed).len(), 1);
    assert!(world.has_event(EventType::MeasureLapsed));
    world.run();
    assert_eq!(
        world.banks["b"].held_and_taken(),
        Decimal::from(90_000),
        "what is known elsewhere is frozen instead"
    );
    assert!(world.measures(MeasureState::Lapsed)[0].held.is_zero(), "it holds nothing any more");
}

#[test]
fn a_renewed_measure_stands_for_another_term_and_needs_its_own_papers() {
    let mut world = two_banks();
    world.days(340);
    let id = world.measures(MeasureState::InForce)[0].id;
    let bare = world.act(Act::Renew(id, super::super::Renewal::default()));
    assert!(matches!(bare, Err(Rejected::NotAllowed(_))), "the papers of the freeze do not do: {bare:?}");
    let before = world.file.measures[&id].until;
    world.renew(id).expect("renewed");
    world.run();
    assert!(world.file.measures[&id].until > before);
    world.days(40);
    assert_eq!(world.held_and_taken(), Decimal::from(100_000));
    assert!(world.measures(MeasureState::Lapsed).is_empty());
}

#[test]
fn a_renewal_that_the_bank_declines_leaves_the_measure_until_its_day() {
    let mut world = two_banks();
    let id = world.measures(MeasureState::InForce)[0].id;
    let until = world.file.measures[&id].until;
    world.renew(id).expect("ordered");
    let order = world.queued()[0];
    world.turned_away(order);
    let after = &world.file.measures[&id];
    assert_eq!((after.state, after.until), (MeasureState::InForce, until));
    assert!(world.renew(id).is_ok(), "it can be ordered again");
}

#[test]
fn a_deduction_takes_what_is_held_and_never_opens_room() {
    let mut world = two_banks();
    let id = world.measures(MeasureState::InForce)[0].id;
    world.deduct(id, Some(40_000.into())).expect("ordered");
    let again = world.deduct(id, Some(40_000.into()));
    assert!(matches!(again, Err(Rejected::NotNow(_))), "one at a time: {again:?}");
    world.run();
    assert_eq!(world.banks["a"].taken, Decimal::from(40_000));
    assert_eq!(world.held_and_taken(), Decimal::from(100_000), "taken and held together are the claim");
    let measure = &world.file.measures[&id];
    assert_eq!((measure.held, measure.deducted), (60_000.into(), 40_000.into()));
    let too_much = world.deduct(id, Some(60_001.into()));
    assert!(too_much.is_err(), "no more than is held: {too_much:?}");
}

#[test]
fn a_release_that_is_never_answered_can_be_ordered_again_or_resolved() {
    let mut world = two_banks();
    let id = world.measures(MeasureState::InForce)[0].id;
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::Settled).expect("ordered");
    let order = world.queued()[0];
    world.happened(order, OrderInput::HandedOver);
    world.happened(order, OrderInput::DeadlinePassed);
    assert_eq!(world.file.orders[&order].state, OrderState::Overdue);
    assert_eq!(
        world.file.measures[&id].state,
        MeasureState::Releasing,
        "what nobody said is not taken for done"
    );
    assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::Resolve));
    world.act(Act::Resolve(order, Resolution::NotDone)).expect("resolved");
    assert_eq!(world.file.measures[&id].state, MeasureState::InForce);
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::Settled).expect("ordered again");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
}

#[test]
fn a_freeze_whose_outcome_nobody_knows_counts_in_full_until_a_person_says() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 100_000)])),
        ("b", Bank::with(&[("622200002", 90_000)])),
    ]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    while let Some(id) = world.queued().first().copied().filter(|id| !world.file.orders[id].is_control()) {
        let reply = world.carry_out(id);
        world.hear(id, reply);
    }
    let freeze = world.queued()[0];
    world.happened(freeze, OrderInput::HandedOver);
    world.happened(freeze, OrderInput::DeadlinePassed);
    assert_eq!(world.orders_of(ActionKind::Freeze), 1, "the same money is asked nowhere else meanwhile");
    world.act(Act::Resolve(freeze, Resolution::NotDone)).expect("resolved");
    world.run();
    assert_eq!(world.banks["b"].held_and_taken(), Decimal::from(90_000));
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    assert!(
        world.has_event(EventType::MeasureReleasing),
        "it was placed after all: what is too much is given back"
    );
    world.run();
    assert!(world.held_and_taken() <= Decimal::from(100_000));
}

#[test]
fn a_renewal_that_is_answered_after_its_time_still_renews_even_after_the_old_term_was_over() {
    for days in [100, 363, 364, 365, 400] {
        let mut world = two_banks();
        let id = world.measures(MeasureState::InForce)[0].id;
        world.renew(id).expect("ordered");
        let order = world.queued()[0];
        world.happened(order, OrderInput::HandedOver);
        let renewed = world.carry_out(order);
        world.days(days);
        world.hear(order, renewed);
        world.run();
        let standing: Vec<_> = world.file.ledger().filter(|measure| measure.state.stands()).collect();
        let ledger: Decimal = standing.iter().map(|measure| measure.limit).sum();
        let books =
            world.banks.values().flat_map(|bank| bank.accounts.values()).flat_map(|kept| &kept.freezes);
        assert_eq!(
            ledger,
            books.map(|frozen| frozen.limit).sum::<Decimal>(),
            "after {days} days: {standing:?}"
        );
        assert!(world.held_and_taken() <= Decimal::from(100_000));
    }
}
