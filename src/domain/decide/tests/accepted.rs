//! What a counterpart only took is waited for, and stands as no more than that.

use chakong_contract::reply::Holding;
use chakong_contract::{ActionKind, Money, Refusal, RefusalReason, Reply};
use jiff::Span;
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{EventType, MeasureId, MeasureState, OrderId, OrderState, TaskKind};
use super::super::{Act, OrderInput, ReleaseScope, Resolution};
use super::books::Bank;
use super::world::{World, auto};

/// The counterpart took the order and says nothing of an effect.
fn taken(reference: &str) -> Reply {
    let (accepted_only, reference) = (true, reference.to_owned());
    Reply::Held(Holding { accepted_only, reference, ..Holding::of(Money::yuan(Decimal::ZERO)) })
}

fn declined() -> Reply {
    Reply::NotHeld(Refusal { reason: RefusalReason::Declined, words: "不予办理".to_owned() })
}

/// A world whose freeze is queued.
fn asked() -> (World, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 70_000)]))]);
    world.submit("(2026)晋10执8号", None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    (world, freeze)
}

fn hours(world: &mut World, hours: i64) {
    world.now = world.now.checked_add(Span::new().hours(hours)).expect("time");
    world.look_at_tasks();
}

fn has_task(world: &World, kind: TaskKind, order: OrderId) -> bool {
    world.file.tasks.iter().any(|task| task.kind == kind && task.order == Some(order))
}

#[test]
fn what_was_only_taken_is_no_answer_and_is_overdue_after_its_time() {
    let (mut world, freeze) = asked();
    world.hear(freeze, taken("受理1"));
    assert_eq!(world.measure_at("a").state, MeasureState::Accepted);
    hours(&mut world, 23);
    assert!(!has_task(&world, TaskKind::Resolve, freeze), "its time is not over");
    hours(&mut world, 2);
    assert_eq!(world.file.orders[&freeze].state, OrderState::Overdue);
    assert!(world.has_event(EventType::OrderOverdue));
    assert!(has_task(&world, TaskKind::Resolve, freeze) && !has_task(&world, TaskKind::AwaitEffect, freeze));
    assert_eq!(world.measure_at("a").state, MeasureState::Accepted, "silence changes nothing");
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    assert_eq!(world.measure_at("a").state, MeasureState::InForce);
    assert!(!has_task(&world, TaskKind::Resolve, freeze), "the late word is taken");
    world.hear(freeze, taken("受理1"));
    assert_eq!(world.measure_at("a").state, MeasureState::InForce, "that it was taken is older");
}

#[test]
fn an_effect_that_is_told_in_time_leaves_nobody_waiting() {
    let (mut world, freeze) = asked();
    world.hear(freeze, taken("受理2"));
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    hours(&mut world, 30);
    assert!(!world.has_event(EventType::OrderOverdue));
    assert!(!has_task(&world, TaskKind::AwaitEffect, freeze));
}

#[test]
fn a_person_decides_what_became_of_what_was_only_taken() {
    for (resolution, state) in [
        (Resolution::Done(Some(50_000.into())), MeasureState::InForce),
        (Resolution::NotDone, MeasureState::Refused),
        (Resolution::GiveUp, MeasureState::Refused),
        (Resolution::SendAgain, MeasureState::Accepted),
    ] {
        let (mut world, freeze) = asked();
        world.hear(freeze, taken(""));
        hours(&mut world, 24);
        let id = world.measure_at("a").id;
        world.act(Act::Resolve(freeze, resolution)).expect("resolved");
        assert_eq!(world.file.measures[&id].state, state, "{resolution:?}");
        assert_eq!(world.queued().contains(&freeze), resolution == Resolution::SendAgain);
    }
}

#[test]
fn a_release_of_what_was_only_taken_leaves_it_as_it_was_when_it_is_declined() {
    for by_hand in [false, true] {
        let (mut world, freeze) = asked();
        world.hear(freeze, taken("受理3"));
        let id = world.measure_at("a").id;
        world.release(ReleaseScope::Measure(id, None), ReleaseReason::Other).expect("ordered");
        let release = world.queued()[0];
        if by_hand {
            world.happened(release, OrderInput::HandedOver);
            world.happened(release, OrderInput::DeadlinePassed);
            world.act(Act::Resolve(release, Resolution::NotDone)).expect("resolved");
        } else {
            world.hear(release, declined());
        }
        assert_eq!(world.file.measures[&id].state, MeasureState::Accepted, "by hand: {by_hand}");
    }
}

#[test]
fn what_was_only_taken_counts_in_full_whatever_is_under_way_about_it() {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 70_000)])),
        ("b", Bank::with(&[("622200002", 60_000)])),
    ]);
    world.submit("(2026)晋10执8号", None, Some(auto(50_000))).expect("accepted");
    while let Some(id) = world.queued().first().copied().filter(|id| !world.file.orders[id].is_control()) {
        let reply = world.carry_out(id);
        world.hear(id, reply);
    }
    let freeze = world.queued()[0];
    world.hear(freeze, taken("受理6"));
    assert_eq!(world.orders_of(ActionKind::Release), 0, "nothing of it is given back by itself");
    let id = world.measure_at("a").id;
    world.release(ReleaseScope::Measure(id, Some(20_000.into())), ReleaseReason::Replaced).expect("ordered");
    assert_eq!(world.orders_of(ActionKind::Freeze), 1, "the same money is asked nowhere else meanwhile");
    let release = *world.queued().last().expect("the release");
    world.hear(release, declined());
    assert_eq!(world.orders_of(ActionKind::Freeze), 1);
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(50_000));
}

#[test]
fn a_release_that_was_only_taken_is_no_release_and_is_overdue_too() {
    let (mut world, freeze) = asked();
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    let id = world.measure_at("a").id;
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::Settled).expect("ordered");
    let release = world.queued()[0];
    world.hear(release, taken("受理4"));
    assert_eq!(world.file.measures[&id].state, MeasureState::Releasing);
    hours(&mut world, 25);
    assert!(has_task(&world, TaskKind::Resolve, release));
    let done = world.carry_out(release);
    world.hear(release, done);
    assert_eq!(world.file.measures[&id].state, MeasureState::Released);
}

/// A freeze whose renewal was only taken, a few days before it ends.
fn renewing() -> (World, MeasureId, OrderId) {
    let (mut world, freeze) = asked();
    let held = world.carry_out(freeze);
    world.hear(freeze, held);
    world.days(350);
    let id = world.measure_at("a").id;
    world.renew(id).expect("ordered");
    let renewal = *world.queued().last().expect("the renewal");
    let until = world.file.measures[&id].until;
    world.hear(renewal, taken("续封受理5"));
    assert_eq!(world.file.measures[&id].until, until, "the old term stands");
    (world, id, renewal)
}

#[test]
fn a_renewal_that_was_only_taken_keeps_the_old_term_and_does_not_lapse_until_its_word() {
    let (mut world, id, renewal) = renewing();
    let renewed = world.carry_out(renewal);
    let old = world.file.measures[&id].until;
    world.days(40);
    assert_eq!(world.file.measures[&id].state, MeasureState::Renewing);
    assert!(has_task(&world, TaskKind::Resolve, renewal), "its time is over");
    world.hear(renewal, renewed);
    let measure = &world.file.measures[&id];
    assert_eq!(measure.state, MeasureState::InForce);
    assert!(measure.until > old, "{measure:?}");
}

#[test]
fn a_renewal_that_was_taken_and_is_declined_leaves_the_old_term_which_then_ends() {
    let (mut world, id, renewal) = renewing();
    world.days(20);
    world.hear(renewal, declined());
    let lapsed = &world.file.measures[&id];
    assert_eq!(
        lapsed.state,
        MeasureState::Lapsed,
        "at once: its term was over while the renewal was waited for"
    );
}

#[test]
fn a_renewed_term_is_not_cut_by_an_older_word_about_the_first_one() {
    let (mut world, freeze) = asked();
    let held = world.carry_out(freeze);
    world.hear(freeze, held.clone());
    world.days(300);
    let id = world.measure_at("a").id;
    world.renew(id).expect("ordered");
    world.run();
    let renewed = world.file.measures[&id].until;
    let Reply::Held(holding) = held else { panic!("it is held: {held:?}") };
    world.hear(freeze, Reply::Held(Holding { words: "再次反馈".to_owned(), ..holding }));
    assert_eq!(world.file.measures[&id].until, renewed);
}

#[test]
fn a_control_has_the_time_that_its_counterpart_was_given() {
    for (given, allowed) in [(None, 24), (Some(72), 72), (Some(3), 3)] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 70_000)]))]);
        if let Some(hours) = given {
            world.give_for_controls("a", std::time::Duration::from_secs(hours * 3600));
        }
        world.submit("(2026)晋10执8号", None, Some(auto(50_000))).expect("accepted");
        let query = world.queued()[0];
        let found = world.carry_out(query);
        world.hear(query, found);
        let freeze = &world.file.orders[&world.queued()[0]];
        assert_eq!(freeze.deadline.duration_since(freeze.created).as_hours(), allowed);
    }
}
