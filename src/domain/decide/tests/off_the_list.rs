//! Tasks about a measure end with it.

use chakong_contract::reply::{Holding, Refusal, RefusalReason};
use chakong_contract::{Money, Reply};

use super::super::super::{Mandate, MeasureId, MeasureState, OrderId, TaskKind, UncoveredLimit};
use super::books::Bank;
use super::world::{World, auto};

/// A bank of which 1 000 are frozen.
fn asked() -> (World, MeasureId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 1_000)]))]);
    let mandate = Mandate { uncovered: UncoveredLimit::Keep, ..auto(1_000) };
    world.submit("(2026)晋10执651号", None, Some(mandate)).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let (id, freeze) = (world.measure_at("a").id, world.queued()[0]);
    (world, id, freeze)
}

fn holding(held: u32) -> Holding {
    Holding { limit: Some(Money::yuan(1_000.into())), ..Holding::of(Money::yuan(held.into())) }
}

fn has_task(world: &World, id: MeasureId, kind: TaskKind) -> bool {
    world.file.tasks.iter().any(|task| task.kind == kind && task.measure == Some(id))
}

#[test]
fn nobody_is_asked_to_renew_what_was_deducted() {
    let (mut world, id, _) = asked();
    world.run();
    world.days(340);
    assert!(has_task(&world, id, TaskKind::Renew), "it ends soon");
    world.deduct(id, None).expect("ordered");
    world.run();
    assert_eq!(world.file.measures[&id].state, MeasureState::Deducted);
    assert!(!has_task(&world, id, TaskKind::Renew), "{:?}", world.file.tasks);
}

#[test]
fn nobody_looks_daily_at_a_freeze_that_was_not_placed_after_all() {
    let (mut world, id, freeze) = asked();
    world.hear(freeze, Reply::PartlyHeld(holding(600)));
    assert!(has_task(&world, id, TaskKind::Requery), "a limit stands that no money covers");
    let refusal = Refusal { reason: RefusalReason::Declined, words: "更正：未冻结".to_owned() };
    world.hear(freeze, Reply::NotHeld(refusal));
    assert_eq!(world.file.measures[&id].state, MeasureState::Refused);
    assert!(!has_task(&world, id, TaskKind::Requery), "{:?}", world.file.tasks);
    assert!(has_task(&world, id, TaskKind::AnswerRefusal), "what is to be answered stays");
}

#[test]
fn what_is_held_beyond_the_limit_of_a_measure_that_was_deducted_is_for_a_person_to_find_out() {
    let (mut world, id, freeze) = asked();
    world.hear(freeze, Reply::Held(holding(1_500)));
    assert!(has_task(&world, id, TaskKind::ReleaseExcess));
    world.deduct(id, None).expect("ordered");
    let deduction = world.file.measures[&id].control.expect("the deduction");
    world.hear(deduction, Reply::Deducted { amount: Some(Money::yuan(1_000.into())) });
    assert_eq!(world.file.measures[&id].state, MeasureState::Deducted);
    assert!(!has_task(&world, id, TaskKind::ReleaseExcess), "no release of it can be ordered any more");
    let review = world.file.tasks.iter().find(|task| task.kind == TaskKind::Review).expect("a task");
    assert!(review.measure == Some(id) && review.note.contains("500"), "{review:?}");
}
