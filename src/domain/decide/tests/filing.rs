//! The clocks that run from the filing of a case, and notices that a measure asks for.

use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::reply::Holding;
use chakong_contract::{Money, Reply};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::{EventType, MeasureState, Task, TaskKind};
use super::super::{Act, OrderInput, Rejected};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执21号";

fn filed_on(day: &'static str) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 1_000)]))]);
    world.filed_on = Some(day);
    world
}

fn at(world: &mut World, instant: &str) {
    world.now = instant.parse().expect("timestamp");
    world.look_at_tasks();
}

fn task(world: &World, kind: TaskKind) -> Option<Task> {
    world.file.tasks.iter().find(|task| task.kind == kind).cloned()
}

#[test]
fn the_clocks_count_working_days_from_the_filing_with_holidays_and_moved_days() {
    // The world begins on Monday, 2 March 2026. Saturday, 28 February, was a working day for the Spring Festival's sake.
    for (filed, start, file) in [
        ("2026-02-26", "2026-02-28", "2026-03-02"),
        ("2026-02-27", "2026-03-02", "2026-03-03"),
        ("2026-03-02", "2026-03-04", "2026-03-05"),
        ("2026-02-13", "2026-02-24", "2026-02-25"),
    ] {
        let mut world = filed_on(filed);
        world.submit(CASE, None, None).expect("accepted");
        let ends = |day: &str| format!("{day}T15:59:59Z").parse::<Timestamp>().expect("timestamp");
        assert_eq!(task(&world, TaskKind::StartInquiry).expect("a task").due, ends(start), "{filed}");
        assert_eq!(task(&world, TaskKind::FileResults).expect("a task").due, ends(file), "{filed}");
    }
}

#[test]
fn a_search_has_started_when_its_first_order_was_sent() {
    let mut world = filed_on("2026-03-02");
    world.submit(CASE, None, None).expect("accepted");
    at(&mut world, "2026-03-02T01:02:00Z");
    assert!(task(&world, TaskKind::StartInquiry).is_some(), "nothing was sent yet");
    let query = world.queued()[0];
    world.happened(query, OrderInput::HandedOver);
    at(&mut world, "2026-03-02T01:10:00Z");
    assert!(task(&world, TaskKind::StartInquiry).is_none());
    assert!(!world.has_event(EventType::TaskDue));
}

#[test]
fn a_search_that_does_not_start_in_time_is_told_once_and_stays_on_the_list() {
    let mut world = filed_on("2026-03-02");
    world.submit(CASE, None, None).expect("accepted");
    for hour in 2..23 {
        at(&mut world, &format!("2026-03-04T{hour:02}:00:00Z"));
        assert_eq!(world.has_event(EventType::TaskDue), hour >= 16, "at {hour} o'clock UTC");
    }
    world.days(3);
    let told = world.changes.iter().filter(|change| {
        matches!(change, super::super::super::Change::NewEvent(event) if event.kind == EventType::TaskDue)
    });
    assert_eq!(told.count(), 2, "the start, and a day later the results");
    assert!(task(&world, TaskKind::StartInquiry).is_some());
    let query = world.queued();
    assert!(query.is_empty(), "its time is over: {query:?}");
    world.act(Act::Requery(world.file.orders.keys().copied().collect())).expect("asked again");
    let again = world.queued()[0];
    world.happened(again, OrderInput::HandedOver);
    world.days(1);
    assert!(task(&world, TaskKind::StartInquiry).is_none(), "it has started, late");
}

#[test]
fn a_person_says_that_the_results_are_on_file() {
    let mut world = filed_on("2026-02-27");
    world.submit(CASE, None, None).expect("accepted");
    world.run();
    let open = task(&world, TaskKind::FileResults).expect("a task");
    world.act(Act::CompleteTask(open.id)).expect("done");
    world.days(5);
    assert!(!world.has_event(EventType::TaskDue));
    world.submit(CASE, None, None).expect("a second inquiry of the case");
    assert!(task(&world, TaskKind::FileResults).is_none(), "the clock of a case runs once");
}

#[test]
fn the_clocks_of_an_inquiry_that_is_withdrawn_stop_and_run_anew_with_the_next() {
    let mut world = filed_on("2026-03-02");
    let inquiry = world.submit(CASE, None, None).expect("accepted");
    world.act(Act::Cancel(inquiry)).expect("cancelled");
    assert!(world.file.tasks.is_empty(), "{:?}", world.file.tasks);
    world.submit(CASE, None, None).expect("a second inquiry of the case");
    assert!(task(&world, TaskKind::StartInquiry).is_some());
    world.submit("(2026)晋10执恢22号", Some(CASE), None).expect("a case that continues it");
    let starts = world.file.tasks.iter().filter(|task| task.kind == TaskKind::StartInquiry);
    assert_eq!(starts.count(), 2, "each case has its own");
}

#[test]
fn without_a_day_of_filing_no_clock_runs_and_a_day_to_come_is_refused() {
    let mut world = World::new(vec![("a", Bank::with(&[]))]);
    world.submit(CASE, None, None).expect("accepted");
    assert!(world.file.tasks.is_empty());
    world.filed_on = Some("2026-03-03");
    let refused = world.submit(CASE, None, None);
    let Err(Rejected::Findings(findings)) = refused else { panic!("it was taken: {refused:?}") };
    assert_eq!(findings.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), ["/case/filed_on"]);
}

fn house(holders: &serde_json::Value) -> Reply {
    let house = json!({
        "kind": "property", "property_kind": "building", "unit_number": null, "certificates": ["测（2026）不动产权第0000007号"],
        "location": "测试市测试路7号", "holders": holders, "area": null, "area_unit": null, "usage": "住宅",
        "right_nature": "市场化商品房", "registered": "2020-02-02", "registry": "测试不动产登记中心",
    });
    let asset = serde_json::from_value(house).expect("a property");
    Reply::Found { assets: vec![FoundAsset { asset, matched_by: MatchedBy::Number }] }
}

#[test]
fn co_owners_of_what_is_seized_are_to_be_told_and_nobody_else() {
    let own = json!({ "name": "临汾测试矿业有限公司", "co_ownership": "sole" });
    let share = json!({ "name": "临汾测试矿业有限公司", "share": "50%", "co_ownership": "by_shares" });
    let other = json!({ "name": "某共有人", "co_ownership": null });
    for (holders, co_owned) in
        [(json!([own.clone()]), false), (json!([share]), true), (json!([own, other]), true)]
    {
        let mut world = World::new(vec![("registry", Bank::with(&[]))]);
        world.submit(CASE, None, Some(auto(80_000))).expect("accepted");
        let query = world.queued()[0];
        world.hear(query, house(&holders));
        let id = world.measure_at("registry").id;
        world.approve(id).expect("an officer approves");
        let freeze = world.queued()[0];
        world.hear(freeze, Reply::Held(Holding::of(Money::yuan(Decimal::ZERO))));
        assert_eq!(world.file.measures[&id].state, MeasureState::InForce);
        assert!(task(&world, TaskKind::NotifyDebtor).is_some());
        assert_eq!(task(&world, TaskKind::NotifyCoOwners).is_some(), co_owned, "{holders}");
    }
}
