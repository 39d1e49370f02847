//! How measures end: released for a reason, lapsed, deducted; and how they are kept from ending.

use chakong_contract::{ActionKind, Fault, FaultKind, Instruction, Refusal, RefusalReason, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ClaimChangeKind, ClaimState, EventType, MeasureState, OrderId, OrderRecord, OrderState, TaskKind,
};
use super::super::{Act, ClaimUpdate, OrderInput, Rejected, ReleaseScope, Resolution};
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
fn a_renewal_that_was_not_done_takes_no_term_from_the_one_that_was() {
    let mut world = two_banks();
    let id = world.measures(MeasureState::InForce)[0].id;
    world.renew(id).expect("renewed");
    let silent = world.queued()[0];
    world.happened(silent, OrderInput::DeadlinePassed);
    world.renew(id).expect("ordered again, because it never left");
    world.run();
    let until = world.file.measures[&id].until;
    world.act(Act::Resolve(silent, Resolution::NotDone)).expect("the bank never did the first one");
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.until), (MeasureState::InForce, until));
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

#[test]
fn a_freeze_that_may_have_been_placed_is_not_forgotten_when_the_case_ends_before_its_next_attempt() {
    for by_cancelling in [false, true] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 70_000)]))]);
        let inquiry = world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
        let query = world.queued()[0];
        let found = world.carry_out(query);
        world.hear(query, found);
        let freeze = world.queued()[0];
        // It arrives and is carried out; the answer is lost, and it waits to be sent again.
        world.carry_out(freeze);
        let away = OrderRecord { state: OrderState::Sending, ..world.file.orders[&freeze].clone() };
        world.file.orders.insert(freeze, away);
        world
            .happened(freeze, OrderInput::Faulted(Fault::new(FaultKind::OutcomeUnknown, "send", "time-out")));
        assert_eq!(world.file.orders[&freeze].state, OrderState::Queued);
        if by_cancelling {
            world.act(Act::Cancel(inquiry)).expect("cancelled");
        } else {
            world.release(ReleaseScope::Case, ReleaseReason::DebtPaid).expect("released");
        }
        assert_eq!(world.file.orders[&freeze].state, OrderState::Undetermined);
        assert!(
            world.file.tasks.iter().any(|task| task.kind == TaskKind::Resolve && task.order == Some(freeze))
        );
        world
            .act(Act::Resolve(freeze, Resolution::Done(Some(40_000.into()))))
            .expect("a person asked the bank");
        assert_eq!(
            world.measure_at("a").held + world.measure_at("a").releasing,
            Decimal::from(80_000),
            "it goes back"
        );
    }
}

/// A bank that holds 60 000 of a claim of 80 000, after a payment that has a part of it released.
fn releasing() -> (World, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
    world.submit(CASE, None, Some(auto(80_000))).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    let part = ReleaseScope::Measure(id, Some(15_000.into()));
    world.release(part, ReleaseReason::Other).expect("a part is released");
    let release = world.queued()[0];
    (world, release)
}

#[test]
fn an_attempt_that_fails_does_not_undo_what_an_earlier_one_may_have_done() {
    let (mut world, release) = releasing();
    world.carry_out(release);
    let mut kinds = vec![FaultKind::OutcomeUnknown];
    kinds.resize(40, FaultKind::Transient);
    for kind in kinds {
        if world.file.orders[&release].state.is_open() {
            let away = OrderRecord { state: OrderState::Sending, ..world.file.orders[&release].clone() };
            world.file.orders.insert(release, away);
            world.happened(release, OrderInput::Faulted(Fault::new(kind, "send", "no line")));
        }
    }
    assert_eq!(world.file.orders[&release].state, OrderState::Undetermined);
    assert_eq!(world.measure_at("a").state, MeasureState::Releasing);
}

#[test]
fn a_word_about_an_earlier_release_leaves_the_one_under_way_alone() {
    for was_done in [false, true] {
        let (mut world, first) = releasing();
        let said = world.carry_out(first);
        world.happened(first, OrderInput::HandedOver);
        world.happened(first, OrderInput::DeadlinePassed);
        let id = world.measure_at("a").id;
        let part = ReleaseScope::Measure(id, Some(20_000.into()));
        world.release(part, ReleaseReason::Other).expect("it is ordered again");
        let refusal = Refusal { reason: RefusalReason::Declined, words: "不予解除".to_owned() };
        world.hear(first, if was_done { said } else { Reply::NotHeld(refusal) });
        let measure = world.measure_at("a");
        let left = if was_done { 45_000 } else { 60_000 };
        assert_eq!((measure.state, measure.releasing), (MeasureState::Releasing, 20_000.into()));
        assert_eq!(measure.limit, Decimal::from(left) + (measure.limit - measure.held), "{was_done}");
        assert_eq!(measure.held, Decimal::from(left));
    }
}

fn failing_within_the_bank() -> Reply {
    Reply::NotHeld(Refusal {
        reason: RefusalReason::CounterpartError, words: "系统处理异常".to_owned()
    })
}

/// A freeze that was handed over.
fn handed_over() -> (World, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 70_000)]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    world.happened(freeze, OrderInput::HandedOver);
    (world, freeze)
}

#[test]
fn a_control_that_fails_within_the_bank_is_ordered_again_three_times() {
    let (mut world, mut freeze) = handed_over();
    for _ in 0..3 {
        world.hear(freeze, failing_within_the_bank());
        let again = world.queued();
        assert!(again.len() == 1 && again[0] != freeze, "under a new number: {again:?}");
        freeze = again[0];
    }
    world.hear(freeze, failing_within_the_bank());
    assert!(world.queued().is_empty());
    assert_eq!(world.measure_at("a").state, MeasureState::Refused);
}

#[test]
fn a_freeze_that_fails_within_the_bank_is_ordered_again_for_no_more_than_is_wanted_by_then() {
    for claim in [45_000, 20_000] {
        let (mut world, freeze) = handed_over();
        world
            .change_claim(ClaimUpdate {
                change: Some((ClaimChangeKind::Lowered, claim.into())),
                ..ClaimUpdate::default()
            })
            .expect("lowered");
        world.hear(freeze, failing_within_the_bank());
        let [order] = world.queued()[..] else { panic!("one order") };
        let measure = world.measure_at("a");
        assert_eq!((measure.control, measure.limit), (Some(order), Decimal::from(claim)), "of {claim}");
        let Instruction::Freeze { limit, .. } = &world.file.orders[&order].instruction else {
            panic!("a freeze")
        };
        assert_eq!(limit.map(|limit| limit.amount), Some(Decimal::from(claim)));
    }
}

#[test]
fn a_freeze_that_fails_within_the_bank_is_not_ordered_again_once_the_debt_is_paid() {
    let (mut world, freeze) = handed_over();
    world.release(ReleaseScope::Case, ReleaseReason::DebtPaid).expect("closed");
    world.hear(freeze, failing_within_the_bank());
    assert!(world.queued().is_empty(), "nothing is frozen for a debt that ended");
    assert_eq!(world.measure_at("a").state, MeasureState::Refused);
}
