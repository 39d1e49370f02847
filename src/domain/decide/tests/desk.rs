//! Orders of a counterpart that people serve: working days, the desk, and silence.

use chakong_contract::{ActionKind, Reply};

use super::super::super::{Change, DeskItem, DeskState, EventType, MeasureState, OrderState, TaskKind};
use super::super::OrderInput;
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执1号";

/// A bank that people serve, with five working days. The case comes on a Monday.
fn world() -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
    world.served_by_people("a", 5);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world
}

fn on_desk(world: &World) -> Vec<&DeskItem> {
    let items = world.changes.iter().filter_map(|change| match change {
        Change::SaveDesk(item) => Some(&**item),
        _ => None,
    });
    items.collect()
}

#[test]
fn an_order_for_people_comes_to_the_desk_with_working_days_to_its_end() {
    let mut world = world();
    let query = world.queued()[0];
    let [item] = on_desk(&world)[..] else { panic!("one order on the desk") };
    // Monday 2 March and five working days: Monday 9 March, to its end in China.
    assert_eq!(item.deadline.to_string(), "2026-03-09T15:59:59Z");
    assert_eq!((item.order, item.state, item.version), (query, DeskState::Open, 1));
    assert_eq!(world.file.orders[&query].deadline, item.deadline);
    world.run();
    let freeze = world.file.orders.values().find(|order| order.is_control()).expect("a freeze");
    let items = on_desk(&world);
    let of_freeze = items.iter().find(|item| item.order == freeze.id).expect("it is on the desk");
    assert_eq!(of_freeze.deadline, freeze.deadline);
    assert_eq!(freeze.deadline.to_string(), "2026-03-09T15:59:59Z");
}

#[test]
fn an_order_for_another_line_does_not_come_to_the_desk() {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    assert!(on_desk(&world).is_empty());
}

#[test]
fn a_query_that_people_leave_is_told_and_on_the_list_until_it_is_answered() {
    let mut world = world();
    let query = world.queued()[0];
    world.happened(query, OrderInput::HandedOver);
    world.days(7);
    assert_eq!(
        world.file.orders[&query].state,
        OrderState::Awaiting,
        "it is the seventh day, not the eighth"
    );
    world.days(1);
    assert_eq!(world.file.orders[&query].state, OrderState::Overdue);
    assert!(world.has_event(EventType::OrderOverdue));
    let reviews =
        |world: &World| world.file.tasks.iter().filter(|task| task.kind == TaskKind::Review).count();
    assert_eq!(reviews(&world), 1);
    world.hear(query, Reply::Nothing);
    assert_eq!((world.file.orders[&query].state, reviews(&world)), (OrderState::Answered, 0));
}

#[test]
fn a_control_that_was_carried_along_and_not_answered_counts_in_full_and_is_not_sent_again() {
    let mut world = world();
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    world.happened(freeze, OrderInput::HandedOver);
    world.days(8);
    assert_eq!(world.file.orders[&freeze].state, OrderState::Overdue);
    assert_eq!(world.measure_at("a").state, MeasureState::Asked, "nobody knows: it counts");
    let resolve = world.file.tasks.iter().find(|task| task.kind == TaskKind::Resolve).expect("a task");
    assert!(resolve.note.contains("5个工作日"), "{}", resolve.note);
    assert_eq!(world.orders_of(ActionKind::Freeze), 1);
}

#[test]
fn a_control_that_nobody_carried_in_time_is_free_again() {
    let mut world = world();
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    world.days(8);
    assert_eq!(world.file.orders[&freeze].state, OrderState::Overdue);
    assert_eq!(world.measure_at("a").state, MeasureState::Refused);
}
