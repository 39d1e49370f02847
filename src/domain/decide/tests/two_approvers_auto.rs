//! Freezes that would go out by themselves, where the court wants two approvers.

use std::sync::Arc;

use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::reply::{Refusal, RefusalReason};
use chakong_contract::{ActionKind, Money, Reply};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::{EventType, Mandate, MeasureState, Mode, TaskKind, TwoApprovers};
use super::super::{Act, Approval, Rejected, Resolution};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执93号";

/// Banks with one account each of so much, and a court that wants two approvers from an amount on.
fn world(balances: &[(&'static str, u32)], from: Option<u32>) -> World {
    let bank = |(name, balance): &(&'static str, u32)| (*name, Bank::with(&[("622200001", *balance)]));
    let mut world = World::new(balances.iter().map(bank).collect());
    want_two(&mut world, from);
    world
}

fn want_two(world: &mut World, from: Option<u32>) {
    let general = from.map(Decimal::from);
    world.rules.two_approvers = Arc::new(TwoApprovers { general, ..TwoApprovers::default() });
}

fn approve_as(world: &mut World, name: &str, bank: &str) {
    let id = world.measure_at(bank).id;
    world.act_as(name, Act::Approve(id, Approval::default()), &[]).expect("approved");
}

#[test]
fn a_freeze_of_the_amount_waits_for_two_and_one_below_it_goes_out() {
    let mut world = world(&[("a", 40_000), ("b", 39_999)], Some(40_000));
    world.submit(CASE, None, Some(auto(200_000))).expect("accepted");
    world.run();
    let (large, small) = (world.measure_at("a"), world.measure_at("b"));
    assert_eq!((large.state, large.limit), (MeasureState::Proposed, Decimal::from(40_000)));
    assert!(large.note.starts_with("本院冻结须双人审批"), "{}", large.note);
    assert_eq!((small.state, small.held), (MeasureState::InForce, Decimal::from(39_999)));
    assert!(world.has_event(EventType::MeasureProposed));
    let task = world.file.tasks.iter().find(|task| task.kind == TaskKind::Approve).expect("a task");
    assert!(task.note.contains("40000") && task.note.contains("two approvers"), "{}", task.note);
    approve_as(&mut world, "first", "a");
    assert_eq!(world.orders_of(ActionKind::Freeze), 1, "it waits for the second");
    approve_as(&mut world, "second", "a");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(79_999));
}

#[test]
fn what_waits_for_two_counts_against_the_claim() {
    let mut world = world(&[("a", 90_000), ("b", 30_000)], Some(40_000));
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    assert_eq!(world.measure_at("a").state, MeasureState::Proposed);
    assert_eq!(world.measure_at("b").held, Decimal::from(10_000), "what the proposal leaves open");
}

#[test]
fn a_court_without_the_rule_freezes_as_it_did() {
    let mut world = world(&[("a", 90_000)], None);
    world.submit(CASE, None, Some(auto(90_000))).expect("accepted");
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(90_000));
}

fn house() -> Reply {
    let house = json!({
        "kind": "property", "property_kind": "building", "unit_number": null,
        "certificates": ["测（2026）不动产权第0000031号"], "location": "测试市测试路31号",
        "holders": [{ "name": "临汾测试矿业有限公司", "co_ownership": "sole" }], "area": null, "area_unit": null,
        "usage": "住宅", "right_nature": "市场化商品房", "registered": "2021-03-03", "registry": "测试不动产登记中心",
        "encumbrances": [],
    });
    let asset = serde_json::from_value(house).expect("a property");
    Reply::Found { assets: vec![FoundAsset { asset, matched_by: MatchedBy::Number }] }
}

#[test]
fn a_house_of_unknown_value_waits_for_two_whatever_the_amount() {
    for (from, expected) in [(Some(9_000_000), MeasureState::Proposed), (None, MeasureState::Asked)] {
        let mut world = world(&[("registry", 0)], from);
        let mandate = Mandate { other_property: Mode::Auto, ..auto(90_000) };
        world.submit(CASE, None, Some(mandate)).expect("accepted");
        let query = world.queued()[0];
        world.hear(query, house());
        assert_eq!(world.measure_at("registry").state, expected, "{from:?}");
    }
}

#[test]
fn a_declined_freeze_that_nobody_approved_is_not_sent_again_without_two() {
    let mut world = world(&[("a", 90_000)], None);
    world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let freeze = world.queued()[0];
    world.hear(
        freeze,
        Reply::NotHeld(Refusal { reason: RefusalReason::Declined, words: "不予办理".to_owned() }),
    );
    // The court wants two approvers from now on.
    want_two(&mut world, Some(40_000));
    let again = Act::Resolve(freeze, Resolution::SendAgain);
    let refused = world.act_as("first", again.clone(), &[]);
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
    let id = world.measure_at("a").id;
    let approval = Approval { limit: Some(Money::yuan(40_000.into())), ..Approval::default() };
    world.act_as("first", Act::Approve(id, approval), &[]).expect("the first of two");
    assert_eq!(world.queued(), [], "which sends nothing");
}
