//! A registry takes cases, and a later query shows what it entered.

use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::reply::Holding;
use chakong_contract::{Date, Money, Reply};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::super::{EventType, MeasureId, MeasureState, TaskKind};
use super::super::Act;
use super::books::Bank;
use super::world::{World, auto};

/// A house of the debtor's with what stands on it.
pub fn house(encumbrances: &Value) -> Reply {
    let house = json!({
        "kind": "property", "property_kind": "building", "unit_number": null,
        "certificates": ["测（2026）不动产权第0000031号"], "location": "测试市测试路31号",
        "holders": [{ "name": "临汾测试矿业有限公司", "co_ownership": "sole" }], "area": null, "area_unit": null,
        "usage": "住宅", "right_nature": "市场化商品房", "registered": "2021-03-03", "registry": "测试不动产登记中心",
        "encumbrances": encumbrances,
    });
    let asset = serde_json::from_value(house).expect("a property");
    Reply::Found { assets: vec![FoundAsset { asset, matched_by: MatchedBy::Number }] }
}

fn seizure(reference: &str, until: Date) -> Value {
    json!({ "kind": "seizure", "holder": "临汾市测试中级人民法院", "amount": null, "from": "2026-03-02",
            "until": until, "reference": reference })
}

fn taken(reference: &str) -> Reply {
    let (accepted_only, reference) = (true, reference.to_owned());
    Reply::Held(Holding { accepted_only, reference, ..Holding::of(Money::yuan(Decimal::ZERO)) })
}

/// A house whose seizure the registry took as a case.
fn accepted() -> (World, MeasureId) {
    let mut world = World::new(vec![("registry", Bank::with(&[]))]);
    world.submit("(2026)晋10执31号", None, Some(auto(90_000))).expect("accepted");
    let query = world.queued()[0];
    world.hear(query, house(&json!([])));
    let id = world.measure_at("registry").id;
    world.approve(id).expect("an officer approves");
    let freeze = world.queued()[0];
    world.hear(freeze, taken("YW31"));
    assert_eq!(world.file.measures[&id].state, MeasureState::Accepted);
    (world, id)
}

/// A query about the debtor comes back with the house and what stands on it.
fn query_shows(world: &mut World, encumbrances: &Value) {
    let first = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    world.act(Act::Requery(vec![first])).expect("asked again");
    let again = *world.queued().last().expect("the query");
    world.hear(again, house(encumbrances));
}

#[test]
fn a_query_that_shows_the_seizure_ends_the_wait_for_its_effect() {
    let (mut world, id) = accepted();
    let until: Date = "2029-03-01".parse().expect("a date");
    query_shows(&mut world, &json!([seizure("YW31", until)]));
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.until), (MeasureState::InForce, Some(until)));
    assert!(world.has_event(EventType::MeasurePlaced));
    let has = |kind| world.file.tasks.iter().any(|task| task.kind == kind);
    assert!(has(TaskKind::NotifyDebtor) && !has(TaskKind::AwaitEffect));
    world.days(3);
    assert!(!world.has_event(EventType::OrderOverdue));
}

#[test]
fn a_query_that_shows_the_renewal_gives_the_measure_its_new_term_within_the_law() {
    let (mut world, id) = accepted();
    let first: Date = "2029-03-01".parse().expect("a date");
    query_shows(&mut world, &json!([seizure("YW31", first)]));
    world.renew(id).expect("ordered");
    let renewal = *world.queued().last().expect("the renewal");
    world.hear(renewal, taken("XF31"));
    query_shows(&mut world, &json!([seizure("YW31", first)]));
    assert_eq!(world.file.measures[&id].state, MeasureState::Renewing, "it shows the first term only");
    let (law, said): (Date, Date) =
        ("2032-03-01".parse().expect("a date"), "2033-12-31".parse().expect("a date"));
    query_shows(&mut world, &json!([seizure("YW31", first), seizure("XF31", said)]));
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.until), (MeasureState::InForce, Some(law)));
    assert_eq!((measure.until_said, measure.reference.as_str()), (Some(said), "XF31"));
    assert!(world.has_event(EventType::MeasureRenewed));
    assert!(!world.file.tasks.iter().any(|task| task.kind == TaskKind::AwaitEffect));
    query_shows(&mut world, &json!([seizure("XF31", said)]));
    assert_eq!(world.file.measures[&id].until, Some(law), "what is known already changes nothing");
}
