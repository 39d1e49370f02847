//! A task stands until it is done: most are done by an act, or by the clock, and nobody takes those off the list by hand.

use chakong_contract::reply::Holding;
use chakong_contract::{Money, Reply};
use jiff::Span;
use rust_decimal::Decimal;

use super::super::super::{ClaimChangeKind, EventType, OrderId, OrderState, Task, TaskId, TaskKind};
use super::super::{Act, ClaimUpdate, Rejected};
use super::books::Bank;
use super::world::{World, auto};

/// A freeze that the bank only took.
fn taken() -> (World, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 70_000)]))]);
    world.submit("(2026)晋10执8号", None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    world.hear(
        freeze,
        Reply::Held(Holding { accepted_only: true, ..Holding::of(Money::yuan(Decimal::ZERO)) }),
    );
    (world, freeze)
}

fn open(world: &World, kind: TaskKind) -> Option<Task> {
    world.file.tasks.iter().find(|task| task.kind == kind).cloned()
}

#[test]
fn nobody_stops_the_clock_that_waits_for_the_effect_of_a_freeze() {
    let (mut world, freeze) = taken();
    let waiting = open(&world, TaskKind::AwaitEffect).expect("the clock waits");
    let refused = world.act(Act::CompleteTask(waiting.id));
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
    world.now = world.now.checked_add(Span::new().hours(25)).expect("time");
    world.look_at_tasks();
    assert_eq!(world.file.orders[&freeze].state, OrderState::Overdue);
    assert!(world.has_event(EventType::OrderOverdue));
    let resolve = open(&world, TaskKind::Resolve).expect("a person must find out");
    let refused = world.act(Act::CompleteTask(resolve.id));
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
    assert!(open(&world, TaskKind::Resolve).is_some(), "it stands until it is resolved");
}

#[test]
fn that_what_was_deducted_too_much_was_paid_back_is_a_persons_word() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 70_000)]))]);
    world.submit("(2026)晋10执10号", None, Some(auto(50_000))).expect("accepted");
    world.run();
    let lower = |amount: u32| ClaimUpdate {
        change: Some((ClaimChangeKind::Lowered, amount.into())),
        ..ClaimUpdate::default()
    };
    let held = world.measure_at("a").id;
    world.deduct(held, None).expect("deducted");
    world.run();
    world.change_claim(lower(40_000)).expect("lowered");
    let excess = open(&world, TaskKind::ReleaseExcess).expect("an excess");
    assert_eq!(excess.measure, None);
    world.act(Act::CompleteTask(excess.id)).expect("paid back");
    assert!(open(&world, TaskKind::ReleaseExcess).is_none());
    world.days(2);
    assert!(open(&world, TaskKind::ReleaseExcess).is_none(), "each amount is told once");
}

#[test]
fn what_an_act_asks_for_is_done_by_the_act_and_only_what_a_person_knows_by_a_word() {
    let by_word = [
        "review",
        "review_news",
        "notify_debtor",
        "notify_co_owners",
        "file_results",
        "answer_refusal",
        "start_inquiry",
    ];
    for kind in TaskKind::ALL {
        let (mut world, freeze) = taken();
        let (measure, inquiry) = (world.measure_at("a").id, world.measure_at("a").inquiry);
        let id = TaskId::new(900);
        let (created, due) = (world.now, world.now);
        world.file.tasks.push(Task {
            id,
            chain: world.file.id(),
            inquiry: Some(inquiry),
            kind: *kind,
            order: Some(freeze),
            measure: Some(measure),
            created,
            due,
            done: None,
            look: None,
            note: String::new(),
        });
        let done = world.act(Act::CompleteTask(id));
        assert_eq!(done.is_ok(), by_word.contains(&kind.word()), "{kind:?}: {done:?}");
        assert_eq!(world.file.tasks.iter().any(|task| task.id == id), done.is_err(), "{kind:?}");
    }
}
