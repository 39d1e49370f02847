//! Cancelled inquiries: what still stands is told and on the list, what arrives later is given back, what another inquiry wants stays.

use chakong_contract::ActionKind;
use rust_decimal::Decimal;
use serde_json::Value;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    Change, ClaimState, EventType, InquiryId, Mandate, MeasureState, Mode, Task, TaskKind,
};
use super::super::{Act, ClaimUpdate, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执101号";

fn world() -> (World, InquiryId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let inquiry = world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
    (world, inquiry)
}

fn told(world: &World) -> Value {
    let cancelled = world.changes.iter().rev().find_map(|change| match change {
        Change::NewEvent(event) if event.kind == EventType::InquiryCancelled => event.data.clone(),
        _ => None,
    });
    serde_json::from_str(&cancelled.expect("an event")).expect("its data")
}

fn on_list(world: &World) -> Vec<&Task> {
    world.file.tasks.iter().filter(|task| task.kind == TaskKind::Review).collect()
}

#[test]
fn what_stands_when_an_inquiry_is_cancelled_is_told_and_on_the_list_until_it_is_released() {
    let (mut world, inquiry) = world();
    world.run();
    let id = world.measure_at("a").id;
    world.act(Act::Cancel(inquiry)).expect("cancelled");
    assert_eq!(told(&world)["standing"].as_array().map(Vec::len), Some(1), "{}", told(&world));
    let list = on_list(&world);
    let [task] = list.as_slice() else { panic!("{list:?}") };
    assert!(task.measure == Some(id) && task.note.contains("40000"), "{task:?}");
    assert_eq!(world.orders_of(ActionKind::Release), 0, "a person decides");
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::ApplicationWithdrawn).expect("released");
    world.run();
    assert!(on_list(&world).is_empty(), "{:?}", on_list(&world));
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
}

#[test]
fn what_arrives_after_an_inquiry_was_cancelled_is_told_before_and_given_back() {
    let (mut world, inquiry) = world();
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    let held = world.carry_out(freeze);
    world.happened(freeze, super::super::OrderInput::HandedOver);
    world.act(Act::Cancel(inquiry)).expect("cancelled");
    assert_eq!(told(&world)["on_their_way"].as_array().map(Vec::len), Some(1), "{}", told(&world));
    world.hear(freeze, held);
    world.run();
    assert_eq!((world.held_and_taken(), world.claim().state), (Decimal::ZERO, ClaimState::Withdrawn));
}

#[test]
fn what_another_inquiry_wants_stays_with_it_and_a_freeze_that_was_stopped_is_ordered_for_it() {
    for is_sent in [true, false] {
        let (mut world, first) = world();
        let query = world.queued()[0];
        let found = world.carry_out(query);
        world.hear(query, found);
        let second = world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
        if is_sent {
            world.run();
        }
        world.act(Act::Cancel(first)).expect("cancelled");
        world.run();
        let measure = world.measure_at("a");
        assert_eq!((measure.state, measure.inquiry), (MeasureState::InForce, second), "sent: {is_sent}");
        assert_eq!(world.held_and_taken(), Decimal::from(40_000));
        assert!(on_list(&world).is_empty(), "it is wanted: {:?}", on_list(&world));
        // The last one that wants it goes, too.
        world.act(Act::Cancel(second)).expect("cancelled");
        assert_eq!(told(&world)["standing"].as_array().map(Vec::len), Some(1));
        assert_eq!(on_list(&world).len(), 1);
    }
}

#[test]
fn what_a_cancelled_inquiry_found_or_froze_is_a_later_inquirys_once_that_one_finds_it() {
    for mode in [Mode::Propose, Mode::Auto] {
        let mandate = Mandate { mode, ..auto(40_000) };
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
        let first = world.submit(CASE, None, Some(mandate.clone())).expect("accepted");
        world.run();
        world.act(Act::Cancel(first)).expect("cancelled");
        let open = ClaimUpdate { state: Some(ClaimState::Open), ..ClaimUpdate::default() };
        world.change_claim(open).expect("opened again");
        let second = world.submit(CASE, None, Some(mandate)).expect("accepted");
        world.run();
        let measure = world.measure_at("a");
        let expected = if mode == Mode::Auto { MeasureState::InForce } else { MeasureState::Proposed };
        assert_eq!((measure.state, measure.inquiry), (expected, second), "{mode:?}");
        assert_eq!(measure.limit, Decimal::from(40_000));
        assert!(on_list(&world).is_empty(), "it is wanted again: {:?}", on_list(&world));
    }
}
