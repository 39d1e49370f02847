//! Freezes that could not be sent: no bank declined them.

use chakong_contract::asset::Asset;
use chakong_contract::reply::Holding;
use chakong_contract::{ActionKind, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::exemptions::Level;
use super::super::super::{EventType, Mandate, MeasureId, MeasureState, Mode, OrderId, OrderState, TaskKind};
use super::super::{Act, OrderInput, Rejected, Resolution};
use super::books::Bank;
use super::world::{World, auto};

/// A freeze of 40 000 that is about to leave.
fn asked() -> (World, MeasureId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit("(2026)晋10执611号", None, Some(auto(40_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let (id, freeze) = (world.measure_at("a").id, world.queued()[0]);
    (world, id, freeze)
}

fn tasks(world: &World, kind: TaskKind) -> usize {
    world.file.tasks.iter().filter(|task| task.kind == kind).count()
}

/// The account is looked at once more, and the bank answers.
fn look_again(world: &mut World) {
    let query = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    world.act(Act::Requery(vec![query])).expect("asked again");
    let again = *world.queued().last().expect("the query");
    let found = world.carry_out(again);
    world.hear(again, found);
}

#[test]
fn a_freeze_that_could_not_be_sent_is_before_a_person_and_is_neither_a_refusal_nor_ordered_for_ever() {
    let (mut world, id, freeze) = asked();
    world.turned_away(freeze);
    assert_eq!(world.file.orders[&freeze].state, OrderState::Failed);
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.limit), (MeasureState::Skipped, Decimal::ZERO));
    assert!(measure.note.contains("invented"), "it says why: {}", measure.note);
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Resolve).expect("a task");
    assert_eq!((task.order, task.measure), (Some(freeze), Some(id)));
    assert!(world.has_event(EventType::MeasureChanged) && !world.has_event(EventType::MeasureRefused));
    assert_eq!(tasks(&world, TaskKind::AnswerRefusal), 0, "nobody declined it");
    assert!(world.queued().is_empty(), "what can never be sent is not ordered again by itself");
}

#[test]
fn a_later_answer_asks_again_what_could_not_be_sent() {
    let (mut world, id, freeze) = asked();
    world.turned_away(freeze);
    look_again(&mut world);
    world.run();
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.held), (MeasureState::InForce, Decimal::from(40_000)));
    assert_eq!(world.held_and_taken(), Decimal::from(40_000));
    assert_eq!(tasks(&world, TaskKind::Resolve), 0, "it was ordered anew");
}

#[test]
fn a_later_answer_proposes_again_what_was_approved_and_could_not_be_sent() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let mandate = Mandate { mode: Mode::Propose, ..auto(40_000) };
    world.submit("(2026)晋10执612号", None, Some(mandate)).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    world.approve(id).expect("approved");
    let freeze = world.file.measures[&id].order.expect("the freeze");
    world.turned_away(freeze);
    look_again(&mut world);
    assert_eq!(world.file.measures[&id].state, MeasureState::Proposed);
    assert_eq!(tasks(&world, TaskKind::Approve), 1);
}

#[test]
fn a_person_sends_again_what_could_not_be_sent_and_what_did_not_leave_in_its_time() {
    for overdue in [false, true] {
        let (mut world, id, freeze) = asked();
        if overdue {
            world.happened(freeze, OrderInput::DeadlinePassed);
        } else {
            world.turned_away(freeze);
        }
        assert_eq!(world.file.measures[&id].state, MeasureState::Skipped, "overdue: {overdue}");
        world.act(Act::Resolve(freeze, Resolution::SendAgain)).expect("sent again");
        assert_eq!(world.file.orders[&freeze].state, OrderState::Failed, "overdue: {overdue}");
        assert_eq!(tasks(&world, TaskKind::Resolve), 0);
        world.run();
        assert_eq!((world.orders_of(ActionKind::Freeze), world.held_and_taken()), (2, 40_000.into()));
        assert!(world.act(Act::Resolve(freeze, Resolution::SendAgain)).is_err(), "it stands: {overdue}");
    }
}

#[test]
fn a_freeze_that_was_turned_away_and_stands_after_all_counts() {
    let (mut world, _, freeze) = asked();
    world.turned_away(freeze);
    let said = Money::yuan(40_000.into());
    world.hear(freeze, Reply::Held(Holding { limit: Some(said), ..Holding::of(said) }));
    let standing: Vec<Decimal> =
        world.file.ledger().filter(|one| one.state.stands()).map(|one| one.held).collect();
    assert_eq!(standing, [Decimal::from(40_000)]);
}

#[test]
fn what_could_not_be_sent_is_not_sent_again_once_the_property_is_found_to_be_exempt() {
    let (mut world, id, freeze) = asked();
    world.turned_away(freeze);
    let query = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    world.act(Act::Requery(vec![query])).expect("asked again");
    let again = *world.queued().last().expect("the query");
    let mut found = world.carry_out(again);
    if let Reply::Found { assets } = &mut found {
        for found in assets {
            let Asset::Account(account) = &mut found.asset else { panic!("an account") };
            account.class = "住房公积金".to_owned();
        }
    }
    world.hear(again, found);
    let known = &world.file.measures[&id];
    assert_eq!((known.state, known.exemption.level), (MeasureState::Skipped, Level::NoMeasure));
    let sent = world.act(Act::Resolve(freeze, Resolution::SendAgain));
    assert!(matches!(sent, Err(Rejected::NotNow(_) | Rejected::NotAllowed(_))), "{sent:?}");
    assert!(world.queued().is_empty());
    world.act(Act::Resolve(freeze, Resolution::GiveUp)).expect("a person is done with it");
    assert_eq!(tasks(&world, TaskKind::Resolve), 0);
}
