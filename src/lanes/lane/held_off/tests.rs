use std::collections::VecDeque;
use std::time::Duration;

use chakong_contract::asset::PropertyKind;
use chakong_contract::fault::{Fault, FaultKind, RetryAfter};
use chakong_contract::order::Target;
use chakong_contract::{Instruction, Moment};

use super::super::world::World;
use super::*;
use crate::clock::Clock as _;

const REGISTRY: &str = "connector = \"court-realty\"\n[settings]\namount_unit = \"yuan\"\n\
     [line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:9\"\n";

#[tokio::test]
async fn queries_stay_in_the_store_until_the_time_is_over_that_the_counterpart_asked_for() {
    let world = World::open("registry-7", REGISTRY).await;
    world.submit().await;
    let after = RetryAfter::Delay(Duration::from_secs(20));
    let fault = Fault::new(FaultKind::RateLimited, "ask", "too fast").retry_after(Some(after));
    world.lane.shared.handle.admission.failed(&fault);
    let mut ahead = Ahead::default();
    let start = world.clock.now();
    let until = start.checked_add(Duration::from_secs(20)).ok();
    let next = world.lane.step(&mut ahead).await;
    assert!(matches!(next, Next::Wait(at) if at == until));
    assert!(ahead.ready.is_empty() && world.lane.taken().is_empty());
    let view = world.lane.shared.handle.view(Default::default());
    assert_eq!((view.state, view.waits_until), (crate::lanes::LaneState::HeldOff, until));
    // Woken at once, it does not look again at once.
    let next = world.lane.step(&mut ahead).await;
    assert!(matches!(next, Next::Wait(Some(at)) if at == start.checked_add(LOOK).expect("a time")));
    world.clock.pass(Duration::from_secs(20));
    assert!(matches!(world.lane.step(&mut ahead).await, Next::Again));
    assert_eq!(world.lane.taken().len(), 1, "it is on its way");
}

#[tokio::test]
async fn nobody_waits_for_a_quota_that_the_counterpart_calls_spent_where_another_stands_in() {
    let leading = format!("{REGISTRY}[routing]\nstand_ins = [\"registry-8\"]\n");
    let world = World::open_beside("registry-7", &leading, &[("registry-8", REGISTRY)]).await;
    world.submit().await;
    let spent =
        Fault::new(FaultKind::QuotaSpent, "ask", "no more today").retry_after(Some(RetryAfter::Tomorrow));
    world.lane.shared.handle.admission.failed(&spent);
    let mut ahead = Ahead::default();
    assert!(matches!(world.lane.step(&mut ahead).await, Next::Again));
    assert!(matches!(world.lane.step(&mut ahead).await, Next::Wait(Some(_))));
    assert!(world.lane.taken().is_empty(), "nothing was sent");
    let now = world.clock.now();
    let waiting = world.lane.shared.context.store.read(move |reads| {
        let mut waiting =
            |lane| Ok(reads.due_orders(lane, now, 10, &Default::default(), &Default::default())?.len());
        Ok((waiting("registry-7")?, waiting("registry-8")?))
    });
    assert_eq!(waiting.await.expect("reads"), (0, 1));
}

#[tokio::test]
async fn no_control_leaves_from_a_store_that_is_older_than_what_a_counterpart_showed() {
    let world = World::open("registry-7", REGISTRY).await;
    world.submit().await;
    let engine = &world.lane.shared.context.engine;
    let number = |epoch: i64| {
        let row = epoch * crate::domain::ROWS_PER_EPOCH + 999_999;
        format!("CK20260302{row:018}").parse().expect("a number")
    };
    let own = world.lane.shared.context.store.epoch();
    engine.shown("registry-7".to_owned(), number(own + 1)).await.expect("looked at");
    assert_eq!(engine.older_than(), None, "a number of another epoch is a stranger's");
    let with_control = async || {
        let mut queries = world.lane.read_ahead().await.expect("reads").ready;
        let mut controls = world.lane.read_ahead().await.expect("reads").ready;
        let day = Moment::from_timestamp(world.clock.now()).date();
        let target = Target::Property {
            property_kind: PropertyKind::Building,
            unit_number: None,
            certificate: "测（2026）不动产权第0000007号".to_owned(),
            location: String::new(),
            business_number: String::new(),
        };
        controls[0].record.instruction = Instruction::Freeze { target, limit: None, from: day, until: day };
        controls.append(&mut queries);
        VecDeque::from(controls)
    };
    let mut ready = with_control().await;
    world.lane.withhold_controls(&mut ready);
    assert_eq!(ready.len(), 2);
    engine.shown("registry-7".to_owned(), number(own)).await.expect("looked at");
    assert!(engine.older_than().is_some());
    let mut ready = with_control().await;
    world.lane.withhold_controls(&mut ready);
    assert_eq!(ready.iter().map(|due| due.record.is_control()).collect::<Vec<_>>(), [false]);
    ready.clear();
    world.lane.withhold_controls(&mut ready);
    let view = world.lane.shared.handle.view(Default::default());
    assert_eq!(view.state, crate::lanes::LaneState::StoreOlder);
}

#[test]
fn the_earlier_time_counts() {
    let at = |second| Timestamp::from_second(second).ok();
    assert_eq!(earlier(at(3), at(5)), at(3));
    assert_eq!(earlier(at(7), at(5)), at(5));
    assert_eq!((earlier(None, at(5)), earlier(at(4), None), earlier(None, None)), (at(5), at(4), None));
}
