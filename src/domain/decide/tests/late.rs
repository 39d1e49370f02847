//! Words that come late: that a control was done which a person took for not done.

use chakong_contract::reply::Holding;
use chakong_contract::{Money, Reply};
use jiff::Span;
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{MeasureId, MeasureState, OrderId, OrderState, TaskKind};
use super::super::{Act, OrderInput, ReleaseScope, Resolution};
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

/// The bank carries an order out; its answer is lost, and a person takes it for not done.
fn taken_for_not_done(world: &mut World, order: OrderId) -> Reply {
    let said = world.carry_out(order);
    world.happened(order, OrderInput::HandedOver);
    world.happened(order, OrderInput::DeadlinePassed);
    world.act(Act::Resolve(order, Resolution::NotDone)).expect("resolved");
    said
}

fn release(world: &mut World, id: MeasureId, part: Option<u32>) -> OrderId {
    let part = part.map(Decimal::from);
    world.release(ReleaseScope::Measure(id, part), ReleaseReason::Settled).expect("ordered");
    *world.queued().last().expect("the release")
}

fn has_task(world: &World, kind: TaskKind) -> bool {
    world.file.tasks.iter().any(|task| task.kind == kind)
}

#[test]
fn a_release_that_a_person_took_for_not_done_is_booked_when_the_bank_says_it_was() {
    for part in [None, Some(15_000)] {
        let (mut world, id) = held();
        let order = release(&mut world, id, part);
        let said = taken_for_not_done(&mut world, order);
        assert_eq!(world.file.measures[&id].state, MeasureState::InForce);
        assert!(has_task(&world, TaskKind::AnswerRefusal));
        world.hear(order, said);
        let measure = &world.file.measures[&id];
        let (left, state) = match part {
            None => (Decimal::ZERO, MeasureState::Released),
            Some(_) => (25_000.into(), MeasureState::InForce),
        };
        assert_eq!((measure.held, measure.state), (left, state), "{part:?}");
        assert_eq!(measure.held, world.held_and_taken(), "as the bank's books have it");
        assert!(!has_task(&world, TaskKind::AnswerRefusal) && !has_task(&world, TaskKind::Resolve));
    }
}

#[test]
fn a_late_word_is_booked_once_however_often_and_in_whatever_words_it_comes() {
    let (mut world, id) = held();
    let order = release(&mut world, id, Some(15_000));
    let said = taken_for_not_done(&mut world, order);
    world.hear(order, said);
    for words in ["再次反馈", "第三次反馈"] {
        let (amount, words) = (Some(Money::yuan(15_000.into())), words.to_owned());
        world.hear(order, Reply::Released { amount, words });
    }
    let second = release(&mut world, id, Some(5_000));
    world.hear(order, Reply::Released { amount: None, words: "第四次反馈".to_owned() });
    assert_eq!(world.file.measures[&id].releasing, Decimal::from(5_000));
    let done = world.carry_out(second);
    world.hear(second, done);
    assert_eq!(world.file.measures[&id].held, Decimal::from(20_000));
    assert_eq!(world.held_and_taken(), Decimal::from(20_000));
}

#[test]
fn a_late_word_of_more_than_was_ordered_is_kept_and_books_nothing() {
    let (mut world, id) = held();
    let order = release(&mut world, id, Some(15_000));
    taken_for_not_done(&mut world, order);
    let amount = Some(Money::yuan(15_001.into()));
    world.hear(order, Reply::Released { amount, words: String::new() });
    assert_eq!(world.file.measures[&id].held, Decimal::from(40_000));
    assert!(has_task(&world, TaskKind::Resolve));
}

#[test]
fn a_late_release_is_for_a_person_where_a_later_answer_says_that_the_measure_stands() {
    let (mut world, id) = held();
    // A reason that leaves the claim open: a closed one is not renewed.
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::Excess).expect("ordered");
    let order = *world.queued().last().expect("the release");
    world.happened(order, OrderInput::HandedOver);
    world.happened(order, OrderInput::DeadlinePassed);
    world.act(Act::Resolve(order, Resolution::NotDone)).expect("resolved");
    world.now = world.now.checked_add(Span::new().hours(3)).expect("time");
    world.renew(id).expect("ordered");
    world.run();
    let amount = Some(Money::yuan(40_000.into()));
    world.hear(order, Reply::Released { amount, words: "已解除".to_owned() });
    assert_eq!(world.file.measures[&id].state, MeasureState::InForce, "it was renewed since");
    assert_eq!(world.file.orders[&order].state, OrderState::Undetermined);
    assert!(has_task(&world, TaskKind::Resolve));
    world.act(Act::Resolve(order, Resolution::Done(None))).expect("a person asked the bank");
    assert_eq!(world.file.measures[&id].state, MeasureState::Released);
}

#[test]
fn a_deduction_that_a_person_took_for_not_done_counts_when_the_bank_says_it_was() {
    for part in [12_000, 40_000] {
        let (mut world, id) = held();
        world.deduct(id, Some(part.into())).expect("ordered");
        let order = world.queued()[0];
        let said = taken_for_not_done(&mut world, order);
        world.hear(order, said);
        let measure = &world.file.measures[&id];
        assert_eq!((measure.deducted, measure.held), (part.into(), Decimal::from(40_000 - part)));
        assert_eq!(world.banks["a"].taken, Decimal::from(part));
        assert_eq!(measure.state == MeasureState::Deducted, part == 40_000, "{measure:?}");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(40_000), "and opens no room");
    }
}

#[test]
fn a_word_about_an_earlier_deduction_leaves_the_one_under_way_alone() {
    let (mut world, id) = held();
    world.deduct(id, Some(10_000.into())).expect("ordered");
    let first = world.queued()[0];
    let said = taken_for_not_done(&mut world, first);
    world.deduct(id, Some(7_000.into())).expect("ordered again");
    world.hear(first, said);
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.deducting), (MeasureState::Deducting, 7_000.into()));
    assert_eq!((measure.deducted, measure.held), (10_000.into(), 30_000.into()));
    world.run();
    assert_eq!(world.file.measures[&id].deducted, Decimal::from(17_000));
    assert_eq!(world.banks["a"].taken, Decimal::from(17_000));
}

#[test]
fn what_was_released_takes_no_older_word_that_it_is_held() {
    let (mut world, id) = held();
    let freeze = world.measure_at("a").order.expect("an order");
    let order = release(&mut world, id, None);
    let said = taken_for_not_done(&mut world, order);
    world.hear(order, said);
    world.hear(
        freeze,
        Reply::Held(Holding { words: "旧".to_owned(), ..Holding::of(Money::yuan(40_000.into())) }),
    );
    assert_eq!(world.file.measures[&id].state, MeasureState::Released);
}
