//! Two different persons approve a freeze where the court wants it.

use std::sync::Arc;

use chakong_contract::{ActionKind, DocumentKind, Money};
use rust_decimal::Decimal;

use super::super::super::{Actor, EventType, Mandate, MeasureId, MeasureState, Mode, TaskKind, TwoApprovers};
use super::super::{Act, ActInput, Approval, ClaimSettings, ClaimUpdate, Rejected, Resolution, act};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执92号";

fn world_from(from: u32) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    let general = Some(Decimal::from(from));
    world.rules.two_approvers = Arc::new(TwoApprovers { general, ..TwoApprovers::default() });
    world.submit(CASE, None, Some(Mandate { mode: Mode::Propose, ..auto(40_000) })).expect("accepted");
    world.run();
    world
}

fn proposed() -> (World, MeasureId) {
    let world = world_from(0);
    let id = world.measure_at("a").id;
    (world, id)
}

fn approve(world: &mut World, name: &str, id: MeasureId) -> Result<(), Rejected> {
    approve_with(world, name, id, Approval::default())
}

fn approve_with(world: &mut World, name: &str, id: MeasureId, approval: Approval) -> Result<(), Rejected> {
    world.act_as(name, Act::Approve(id, approval), &[]).map(drop)
}

fn limited(yuan: u32) -> Approval {
    Approval { limit: Some(Money::yuan(yuan.into())), ..Approval::default() }
}

fn note_of_task(world: &World) -> String {
    let open = |task: &&super::super::super::Task| task.kind == TaskKind::Approve && task.done.is_none();
    world.file.tasks.iter().find(open).map(|task| task.note.clone()).unwrap_or_default()
}

#[test]
fn two_persons_approve_and_the_first_approval_waits_and_is_told() {
    let (mut world, id) = proposed();
    approve(&mut world, "first", id).expect("the first");
    let measure = world.measure_at("a").clone();
    assert_eq!(measure.state, MeasureState::Proposed, "it waits");
    assert_eq!(measure.first_approval.as_ref().map(|one| one.by.as_str()), Some("first"));
    assert!(world.has_event(EventType::MeasureFirstApproved) && !world.has_event(EventType::MeasureApproved));
    assert_eq!(world.orders_of(ActionKind::Freeze), 0, "nothing leaves");
    assert!(note_of_task(&world).starts_with("first 已审批"), "{}", note_of_task(&world));
    approve(&mut world, "second", id).expect("the second");
    let measure = world.measure_at("a").clone();
    assert_eq!((measure.state, measure.approved_by.as_str()), (MeasureState::Asked, "first、second"));
    assert_eq!(measure.first_approval, None);
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(40_000));
}

#[test]
fn the_same_person_the_submitter_and_a_systems_key_are_no_second_approver() {
    let (mut world, id) = proposed();
    let by_key = ActInput {
        actor: Actor::Key("system".to_owned()),
        case: None,
        reason: "测试".to_owned(),
        documents: Vec::new(),
        act: Act::Approve(id, Approval::default()),
        seen: None,
    };
    let refused = world.decide(|draft| act(draft, by_key.clone()));
    assert!(matches!(refused, Err(Rejected::Forbidden(_))), "{refused:?}");
    approve(&mut world, "first", id).expect("the first");
    for name in ["first", "case-system"] {
        let refused = approve(&mut world, name, id);
        assert!(matches!(refused, Err(Rejected::Forbidden(_))), "{name}: {refused:?}");
    }
    let refused = world.decide(|draft| act(draft, by_key));
    assert!(matches!(refused, Err(Rejected::Forbidden(_))), "{refused:?}");
    assert_eq!(world.orders_of(ActionKind::Freeze), 0);
}

#[test]
fn the_second_approval_is_of_what_the_first_was_of() {
    let (mut world, id) = proposed();
    approve_with(&mut world, "first", id, limited(30_000)).expect("the first");
    assert_eq!(world.measure_at("a").limit, Decimal::from(30_000), "as it was approved");
    for other in [Approval::default(), limited(20_000), Approval { whole: true, ..limited(30_000) }] {
        let refused = approve_with(&mut world, "second", id, other);
        assert!(refused.is_err(), "{other:?}: {refused:?}");
    }
    approve_with(&mut world, "second", id, limited(30_000)).expect("the same");
    assert_eq!(world.measure_at("a").limit, Decimal::from(30_000));
}

#[test]
fn a_rejection_ends_the_first_approval_and_both_approve_anew() {
    let (mut world, id) = proposed();
    approve(&mut world, "first", id).expect("the first");
    world.act_as("second", Act::Reject(id), &[]).expect("rejected");
    assert_eq!(world.measure_at("a").first_approval, None);
    world.act_as("second", Act::Reconsider(id), &[]).expect("reconsidered");
    approve(&mut world, "second", id).expect("the first again");
    assert_eq!(world.orders_of(ActionKind::Freeze), 0);
    approve(&mut world, "first", id).expect("the second");
    assert_eq!(world.measure_at("a").approved_by, "second、first");
}

#[test]
fn what_changes_after_the_first_approval_is_approved_by_both_anew() {
    let (mut world, id) = proposed();
    approve(&mut world, "first", id).expect("the first");
    let lowered = ClaimUpdate {
        change: Some((super::super::super::ClaimChangeKind::Lowered, Decimal::from(25_000))),
        ..ClaimUpdate::default()
    };
    world.change_claim(lowered).expect("lowered");
    let measure = world.measure_at("a").clone();
    assert_eq!((measure.limit, measure.state), (Decimal::from(25_000), MeasureState::Proposed));
    assert_eq!(measure.first_approval, None, "of another amount");
    assert!(note_of_task(&world).starts_with("拟冻内容已变更"), "{}", note_of_task(&world));
    approve(&mut world, "second", id).expect("the first again");
    assert_eq!(world.orders_of(ActionKind::Freeze), 0);
}

#[test]
fn a_proposal_below_the_amount_needs_one_approver_and_one_of_it_two() {
    let mut world = world_from(40_001);
    let id = world.measure_at("a").id;
    approve(&mut world, "first", id).expect("one is enough");
    assert_eq!(world.orders_of(ActionKind::Freeze), 1);
    let mut world = world_from(40_000);
    let id = world.measure_at("a").id;
    approve(&mut world, "first", id).expect("the first of two");
    assert_eq!(world.orders_of(ActionKind::Freeze), 0);
}

#[test]
fn a_candidate_that_is_approved_first_waits_as_a_proposal_with_the_papers_that_came_along() {
    let (mut world, id) = proposed();
    world.act_as("first", Act::Reject(id), &[]).expect("rejected");
    world.act_as("first", Act::Reconsider(id), &[]).expect("reconsidered");
    let papers = [DocumentKind::FreezeRuling, DocumentKind::FreezeNotice];
    world.act_as("first", Act::Approve(id, limited(10_000)), &papers).expect("the first");
    let kept = world.measure_at("a").first_approval.clone().expect("a first approval").papers;
    assert_eq!(kept.len(), 2);
    approve_with(&mut world, "second", id, limited(10_000)).expect("the second");
    let order = world.measure_at("a").order.expect("the freeze");
    let mut used = world.file.orders.get(&order).expect("the order").papers.clone();
    used.sort_unstable();
    assert_eq!(used, kept, "the freeze goes out on them");
}

#[test]
fn nobody_does_away_with_the_second_approver() {
    let (mut world, id) = proposed();
    let settings = ClaimSettings { mode: Some(Mode::Auto), ..ClaimSettings::default() };
    let to_auto = Act::UpdateClaim(ClaimUpdate { settings, ..ClaimUpdate::default() });
    let refused = world.act_as("first", to_auto, &[]);
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
    approve(&mut world, "first", id).expect("the first");
    approve(&mut world, "second", id).expect("the second");
    let freeze = world.measure_at("a").order.expect("the freeze");
    world.turned_away(freeze);
    world.file.measures.get_mut(&id).expect("the measure").approved_by.clear();
    let refused = world.act_as("first", Act::Resolve(freeze, Resolution::SendAgain), &[]);
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
}
