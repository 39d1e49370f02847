//! Decisions that make a move which the tables do not allow: a defect, which costs no other entry and no message.

use std::sync::Arc;

use chakong_contract::reply::Answer;
use chakong_contract::{EntryResult, Reply};

use super::super::super::{OrderId, OrderRecord, OrderState, Source, TaskKind};
use super::super::{Draft, OrderInput, apply, apply_alone, take_alone};
use super::books::Bank;
use super::world::{World, auto};

/// Two banks that are each asked for a freeze, and the freezes.
fn asked() -> (World, OrderId, OrderId) {
    let mut world = World::new(vec![
        ("a", Bank::with(&[("622200001", 30_000)])),
        ("b", Bank::with(&[("622200002", 30_000)])),
    ]);
    world.submit("(2026)晋10执312号", None, Some(auto(50_000))).expect("accepted");
    for query in world.queued() {
        let found = world.carry_out(query);
        world.hear(query, found);
    }
    let freezes = world.queued();
    (world, freezes[0], freezes[1])
}

/// Keeps an answer, and then makes a move that no table allows.
fn defective(draft: &mut Draft<'_>, id: OrderId, said: Reply) {
    apply(draft, id, OrderInput::Answered(Arc::new(Answer::of(said))), &Source::default());
    let order = draft.file.orders[&id].clone();
    draft.move_order(OrderRecord { state: OrderState::Sending, ..order });
}

#[test]
fn an_entry_that_cannot_be_booked_spoils_no_other_and_is_before_a_person() {
    let (mut world, bad, good) = asked();
    world.happened(bad, OrderInput::HandedOver);
    let (of_bad, of_good) = (world.carry_out(bad), world.carry_out(good));
    let before = world.file.clone();
    let taken = world.decide_about(&[bad, good], |draft| {
        let (taken, defect) = take_alone(draft, bad, &Source::default(), |draft| {
            defective(draft, bad, of_bad);
            EntryResult::Accepted
        });
        assert!(defect.is_some(), "the defect is told");
        let input = OrderInput::Answered(Arc::new(Answer::of(of_good)));
        let (_, defect) = apply_alone(draft, good, &input, &Source::default());
        assert!(defect.is_none());
        Ok(taken)
    });
    assert!(matches!(taken.expect("decided"), EntryResult::Unreadable(_)));
    assert_eq!(world.file.orders[&good].state, OrderState::Answered);
    assert_eq!(world.file.orders[&bad].state, OrderState::Awaiting);
    let measure = world.file.orders[&bad].measure.expect("a measure");
    assert_eq!(world.file.measures[&measure], before.measures[&measure], "nothing of it is half booked");
    assert!(!world.file.revisions.contains_key(&bad));
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Resolve).expect("a task");
    assert_eq!(task.order, Some(bad));
}
