//! Orders of a counterpart that people serve: working days, the desk, and silence.

use chakong_contract::{ActionKind, Fault, FaultKind, Reply};

use super::super::super::{
    Change, DeskItem, DeskNotice, DeskState, EventType, MeasureState, OrderRecord, OrderState, TaskKind,
};
use super::super::{OrderInput, may_be_answered, may_be_carried};
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
    assert_eq!(world.measure_at("a").state, MeasureState::Skipped, "nobody declined it");
    assert!(world.file.tasks.iter().any(|task| task.kind == TaskKind::Resolve && task.order == Some(freeze)));
}

/// A freeze that waits on the desk, and its row there.
fn freeze_on_desk() -> (OrderRecord, DeskItem) {
    let mut world = world();
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let order = world.file.orders[&world.queued()[0]].clone();
    assert!(order.is_control());
    let item = DeskItem::new(&order);
    (order, item)
}

fn printed(item: &DeskItem) -> DeskItem {
    let notice = DeskNotice { number: "DY1".to_owned(), by: "1001".to_owned(), at: item.deadline };
    let mut item = item.clone();
    item.work.notice = Some(notice);
    item
}

#[test]
fn no_answer_is_taken_for_a_control_that_nobody_carried() {
    let (freeze, item) = freeze_on_desk();
    let overdue = OrderRecord { state: OrderState::Overdue, ..freeze.clone() };
    for order in [&freeze, &overdue] {
        let refused = may_be_answered(order, &item).expect_err("nobody carried it").to_string();
        assert!(refused.contains("尚未打印协助通知"), "{refused}");
        assert!(may_be_answered(order, &printed(&item)).is_ok());
    }
    let sent = OrderRecord { state: OrderState::Awaiting, sent: Some(item.deadline), ..freeze };
    assert!(may_be_answered(&sent, &item).is_ok(), "it left over another line");
    let world = world();
    let query = &world.file.orders[&world.queued()[0]];
    assert!(may_be_answered(query, &DeskItem::new(query)).is_ok(), "an answer to a query controls nothing");
}

#[test]
fn a_control_that_left_over_another_line_is_not_carried_once_more() {
    use OrderState::{Awaiting, Overdue, Queued, Sending, Undetermined};
    let (freeze, item) = freeze_on_desk();
    let sent = Some(item.deadline);
    let fault = |kind| Some(Fault::new(kind, "send", "invented"));
    let mut left: Vec<OrderRecord> =
        [Awaiting, Overdue, Undetermined].map(|state| OrderRecord { state, sent, ..freeze.clone() }).to_vec();
    left.push(OrderRecord { state: Sending, ..freeze.clone() });
    left.push(OrderRecord { state: Queued, ticket: Some("T1".to_owned()), ..freeze.clone() });
    for kind in [FaultKind::OutcomeUnknown, FaultKind::Malformed] {
        left.push(OrderRecord { state: Queued, fault: fault(kind), ..freeze.clone() });
    }
    for order in &left {
        let refused = may_be_carried(order, &item).expect_err("it left before").to_string();
        assert!(refused.contains("此前已由其他线路送出"), "{:?}: {refused}", order.state);
        assert!(may_be_answered(order, &item).is_ok(), "what it did there is entered: {:?}", order.state);
    }
    // The notice of ours is printed again, and what never arrived is carried.
    for state in [Awaiting, Overdue, Undetermined] {
        let order = OrderRecord { state, sent, ..freeze.clone() };
        assert!(may_be_carried(&order, &printed(&item)).is_ok(), "{state:?}");
    }
    assert!(may_be_carried(&freeze, &item).is_ok());
    let refused = OrderRecord { fault: fault(FaultKind::Transient), ..freeze };
    assert!(may_be_carried(&refused, &item).is_ok(), "it never arrived");
}
