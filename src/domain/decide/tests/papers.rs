//! On which papers controls go out.

use chakong_contract::{ActionKind, DocumentKind};
use rust_decimal::Decimal;
use serde_json::Value;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ClaimState, DocumentId, InquiryId, Mandate, MeasureId, MeasureState, Mode, TaskKind,
};
use super::super::{Act, ClaimUpdate, Decided, Rejected, Release, ReleaseScope};
use super::books::Bank;
use super::world::{Asked, PAPERS, World, auto, debtor};

const CASE: &str = "(2026)晋10执601号";
/// Papers of a freeze alone.
const FREEZE: &[DocumentKind] = &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice];
const RELEASE: &[DocumentKind] = &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];

fn first() -> Value {
    debtor("A", "organisation", "临汾测试矿业有限公司", &[("uscc", "91000000MADEM00112")])
}

fn second() -> Value {
    debtor("B", "organisation", "临汾测试担保有限公司", &[("uscc", "91000000MAT000077L")])
}

fn propose() -> Mandate {
    Mandate { mode: Mode::Propose, ..auto(40_000) }
}

/// Bank `a` keeps an account of the first debtor, and bank `b` one of the second.
fn banks() -> World {
    World::new(vec![("a", Bank::with(&[("622200001", 30_000)])), ("b", Bank::with(&[("622200002", 30_000)]))])
}

/// An inquiry about one debtor at its bank.
fn about(
    world: &mut World,
    (number, continues): (&str, Option<&str>),
    (party, bank): (Value, &str),
    papers: &[DocumentKind],
) -> Decided<InquiryId> {
    let parties = Value::Array(vec![party]);
    let orders = vec![(bank, 0, 0)];
    world.submit_about(Asked { number, continues, mandate: Some(propose()), parties, papers, orders })
}

/// The inquiries that brought the papers on which the control under way of a measure goes out.
fn brought_with(world: &World, measure: MeasureId) -> Vec<InquiryId> {
    let order = world.file.measures[&measure].control.expect("a control");
    let papers: &[DocumentId] = &world.file.orders[&order].papers;
    assert!(!papers.is_empty());
    let kept = world.file.papers.iter().filter(|paper| papers.contains(&paper.id));
    kept.map(|paper| paper.inquiry).collect()
}

#[test]
fn a_freeze_goes_out_on_the_ruling_of_an_inquiry_about_its_own_debtor() {
    let mut world = banks();
    let own = about(&mut world, (CASE, None), (first(), "a"), PAPERS).expect("accepted");
    let other = about(&mut world, (CASE, None), (second(), "b"), PAPERS).expect("accepted");
    world.run();
    for (bank, inquiry) in [("a", own), ("b", other)] {
        let id = world.measure_at(bank).id;
        world.approve(id).expect("approved");
        assert_eq!(brought_with(&world, id), [inquiry, inquiry], "{bank}");
    }
}

#[test]
fn without_a_ruling_about_its_own_debtor_no_freeze_goes_out_and_the_missing_papers_are_named() {
    let mut world = banks();
    about(&mut world, (CASE, None), (first(), "a"), &[]).expect("accepted");
    about(&mut world, (CASE, None), (second(), "b"), PAPERS).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    let refused = world.approve(id);
    let Err(Rejected::NotAllowed(words)) = refused else { panic!("{refused:?}") };
    assert!(words.contains("冻结裁定书") && words.contains("协助冻结存款通知书"), "{words}");
    // A later inquiry about the same debtor brings them.
    let later = about(&mut world, (CASE, None), (first(), "a"), PAPERS).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    world.approve(id).expect("approved");
    assert_eq!(brought_with(&world, id), [later, later]);
}

#[test]
fn papers_of_an_earlier_inquiry_about_the_same_debtor_do_where_the_newest_brought_none() {
    let mut world = banks();
    let earlier = about(&mut world, (CASE, None), (first(), "a"), PAPERS).expect("accepted");
    about(&mut world, (CASE, None), (first(), "a"), &[]).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    world.approve(id).expect("approved");
    assert_eq!(brought_with(&world, id), [earlier, earlier]);
}

#[test]
fn the_papers_of_a_cancelled_inquiry_serve_no_freeze() {
    let mut world = banks();
    let withdrawn = about(&mut world, (CASE, None), (first(), "a"), PAPERS).expect("accepted");
    about(&mut world, (CASE, None), (first(), "a"), &[]).expect("accepted");
    world.run();
    world.act(Act::Cancel(withdrawn)).expect("cancelled");
    let refused = world.approve(world.measure_at("a").id);
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
}

#[test]
fn a_freeze_of_the_enforcement_needs_its_own_ruling_and_a_measure_of_the_case_before_is_released_on_that_ones()
 {
    let (before, case) = ("(2026)晋10执602号", "(2026)晋10执恢602号");
    let mut world = banks();
    let earlier = about(&mut world, (before, None), (first(), "a"), PAPERS).expect("accepted");
    world.run();
    let placed = world.measure_at("a").id;
    world.approve(placed).expect("approved");
    world.run();
    about(&mut world, (case, Some(before)), (first(), "b"), &[]).expect("accepted");
    world.run();
    let found = world.measure_at("b").id;
    let refused = world.approve(found);
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "on the ruling of the case before: {refused:?}");
    let scope = ReleaseScope::Measure(placed, None);
    world.release(scope, ReleaseReason::ExemptProperty).expect("ordered");
    assert_eq!(brought_with(&world, placed), [earlier, earlier]);
    world.run();
    assert_eq!(world.file.measures[&placed].state, MeasureState::Released);
}

#[test]
fn money_of_one_debtor_is_not_deducted_on_the_ruling_that_came_with_another() {
    let mut world = banks();
    let deduct = [PAPERS, &[DocumentKind::DeductRuling, DocumentKind::DeductNotice]].concat();
    about(&mut world, (CASE, None), (first(), "a"), PAPERS).expect("accepted");
    about(&mut world, (CASE, None), (second(), "b"), &deduct).expect("accepted");
    world.run();
    for bank in ["a", "b"] {
        world.approve(world.measure_at(bank).id).expect("approved");
    }
    world.run();
    let (own, other) = (world.measure_at("b").id, world.measure_at("a").id);
    let refused = world.deduct_with(other, None, &[]);
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
    world.deduct_with(own, None, &[]).expect("on its own debtor's ruling");
}

/// A freeze of 30 000 without papers of its release.
fn frozen() -> (World, MeasureId) {
    let mut world = banks();
    about(&mut world, (CASE, None), (first(), "a"), FREEZE).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    world.approve(id).expect("approved");
    world.run();
    (world, id)
}

fn with_claim_paper(papers: &[DocumentKind]) -> Vec<DocumentKind> {
    [&[DocumentKind::ClaimPaper][..], papers].concat()
}

#[test]
fn a_claim_that_is_settled_with_the_papers_of_the_release_gives_everything_back_on_them() {
    let (mut world, id) = frozen();
    let settled = ClaimUpdate { state: Some(ClaimState::Settled), ..ClaimUpdate::default() };
    world.act_with(Act::UpdateClaim(settled), &with_claim_paper(RELEASE)).expect("settled");
    assert_eq!(world.file.measures[&id].state, MeasureState::Releasing);
    assert!(
        !world.file.tasks.iter().any(|task| task.kind == TaskKind::BringPapers),
        "{:?}",
        world.file.tasks
    );
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::ZERO);
}

#[test]
fn what_ends_only_after_the_claim_was_settled_is_given_back_on_the_papers_that_came_with_it() {
    let (mut world, id) = frozen();
    world.renew(id).expect("ordered");
    let renewal = world.file.measures[&id].control.expect("the renewal");
    world.happened(renewal, super::super::OrderInput::HandedOver);
    let settled = ClaimUpdate { state: Some(ClaimState::Settled), ..ClaimUpdate::default() };
    world.act_with(Act::UpdateClaim(settled), &with_claim_paper(RELEASE)).expect("settled");
    assert_eq!(world.orders_of(ActionKind::Release), 0, "the renewal is under way");
    let said = world.carry_out(renewal);
    world.hear(renewal, said);
    world.run();
    assert_eq!((world.file.measures[&id].state, world.held_and_taken()), (MeasureState::Released, 0.into()));
}

#[test]
fn what_a_lowered_claim_leaves_over_is_released_on_the_papers_that_came_with_it() {
    let (mut world, id) = frozen();
    let change = Some((super::super::super::ClaimChangeKind::Lowered, Decimal::from(10_000)));
    let lowered = ClaimUpdate { change, ..ClaimUpdate::default() };
    world.act_with(Act::UpdateClaim(lowered), &with_claim_paper(RELEASE)).expect("lowered");
    world.run();
    assert_eq!((world.file.measures[&id].limit, world.held_and_taken()), (10_000.into(), 10_000.into()));
}

#[test]
fn the_papers_of_a_release_that_come_with_a_smaller_liability_are_for_that_party_alone() {
    let mut world = banks();
    for (party, bank) in [(first(), "a"), (second(), "b")] {
        about(&mut world, (CASE, None), (party, bank), FREEZE).expect("accepted");
    }
    world.run();
    for bank in ["a", "b"] {
        world.approve(world.measure_at(bank).id).expect("approved");
    }
    world.run();
    let (own, other) = (world.measure_at("a").clone(), world.measure_at("b").clone());
    let liabilities = vec![(own.debtor, Some(Decimal::from(5_000)))];
    let update = ClaimUpdate { liabilities, ..ClaimUpdate::default() };
    world.act_with(Act::UpdateClaim(update), &with_claim_paper(RELEASE)).expect("changed");
    world.run();
    assert_eq!(world.file.measures[&own.id].limit, Decimal::from(5_000));
    let scope = ReleaseScope::Measure(other.id, None);
    let release = Act::Release(Release { scope, ground: ReleaseReason::ExemptProperty });
    let refused = world.act_with(release, &[]);
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "{refused:?}");
}
