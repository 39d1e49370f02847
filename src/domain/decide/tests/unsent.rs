//! Controls that have not left when the case changes so that nobody wants them any more.

use chakong_contract::{ActionKind, DocumentKind, Fault, FaultKind, Instruction};
use jiff::Span;
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ClaimChangeKind, ClaimState, EventType, MeasureId, MeasureState, Mode, OrderId, OrderState, PartyId,
    TaskKind,
};
use super::super::{Act, ClaimUpdate, OrderInput, Rejected, ReleaseScope, Resolution, due_measure};
use super::books::Bank;
use super::world::{World, auto};

/// Something that is done in a world.
type Step = fn(&mut World);

const CASE: &str = "(2026)晋10执411号";

/// A freeze of 1 000 for a claim of 1 000.
fn held() -> (World, MeasureId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 5_000)]))]);
    world.submit(CASE, None, Some(auto(1_000))).expect("accepted");
    world.run();
    let id = world.measure_at("a").id;
    assert_eq!(world.held_and_taken(), Decimal::from(1_000));
    (world, id)
}

/// The same with a deduction of so much in line.
fn deducting(amount: u32) -> (World, MeasureId, OrderId) {
    let (mut world, id) = held();
    world.deduct(id, Some(amount.into())).expect("ordered");
    let order = world.file.measures[&id].control.expect("the deduction");
    (world, id, order)
}

fn settled() -> ClaimUpdate {
    ClaimUpdate { state: Some(ClaimState::Settled), ..ClaimUpdate::default() }
}

fn lowered(amount: u32) -> ClaimUpdate {
    let change = Some((ClaimChangeKind::Lowered, amount.into()));
    ClaimUpdate { change, ..ClaimUpdate::default() }
}

fn liable(party: PartyId, amount: u32) -> ClaimUpdate {
    ClaimUpdate { liabilities: vec![(party, Some(amount.into()))], ..ClaimUpdate::default() }
}

fn has_task(world: &World, kind: TaskKind) -> bool {
    world.file.tasks.iter().any(|task| task.kind == kind)
}

#[test]
fn a_deduction_in_line_does_not_leave_once_the_case_wants_it_no_more() {
    let changes: [(&str, Step, u32); 6] = [
        ("settled", |world| drop(world.change_claim(settled()).expect("settled")), 0),
        ("lowered", |world| drop(world.change_claim(lowered(100)).expect("lowered")), 100),
        (
            "liable for less",
            |world| {
                let party = world.file.parties[0].id;
                world.change_claim(liable(party, 250)).expect("changed");
            },
            250,
        ),
        (
            "wrong person",
            |world| {
                let party = ReleaseScope::Party(world.file.parties[0].id);
                world.release(party, ReleaseReason::WrongPerson).expect("freed");
            },
            0,
        ),
        (
            "paid",
            |world| drop(world.release(ReleaseScope::Case, ReleaseReason::DebtPaid).expect("released")),
            0,
        ),
        (
            "a third party's",
            |world| {
                let id = world.measure_at("a").id;
                let measure = ReleaseScope::Measure(id, None);
                world.release(measure, ReleaseReason::ThirdPartyProperty).expect("released");
            },
            0,
        ),
    ];
    for (name, change, left) in changes {
        let (mut world, id, order) = deducting(1_000);
        change(&mut world);
        assert_eq!(world.file.orders[&order].state, OrderState::Cancelled, "{name}");
        assert!(world.has_event(EventType::OrderWithdrawn), "{name}");
        assert_ne!(world.file.measures[&id].state, MeasureState::Deducting, "{name}");
        world.run();
        assert_eq!(world.banks["a"].taken, Decimal::ZERO, "{name}");
        assert_eq!(world.held_and_taken(), Decimal::from(left), "{name}");
    }
}

#[test]
fn a_deduction_in_line_is_told_to_the_officer_and_the_measure_stands_as_before_when_its_inquiry_is_cancelled()
{
    let (mut world, id, order) = deducting(400);
    let inquiry = world.file.orders[&order].inquiry;
    world.act(Act::Cancel(inquiry)).expect("cancelled");
    let measure = &world.file.measures[&id];
    assert_eq!((measure.state, measure.held), (MeasureState::InForce, Decimal::from(1_000)));
    assert_eq!((measure.deducting, measure.control), (Decimal::ZERO, None));
    let told = |task: &super::super::super::Task| task.kind == TaskKind::Review && task.measure == Some(id);
    assert!(world.file.tasks.iter().any(told), "{:?}", world.file.tasks);
    world.run();
    assert_eq!((world.file.orders[&order].state, world.banks["a"].taken), (OrderState::Cancelled, 0.into()));
}

#[test]
fn deductions_that_fit_a_lowered_claim_go_on_and_the_last_that_does_not_stays() {
    let banks = vec![("a", Bank::with(&[("622200001", 600)])), ("b", Bank::with(&[("622200002", 400)]))];
    let mut world = World::new(banks);
    world.submit(CASE, None, Some(auto(1_000))).expect("accepted");
    world.run();
    for bank in ["a", "b"] {
        let id = world.measure_at(bank).id;
        world.deduct(id, None).expect("ordered");
    }
    world.change_claim(lowered(700)).expect("lowered");
    world.run();
    assert_eq!(world.banks["a"].taken, Decimal::from(600));
    assert_eq!(world.banks["b"].taken, Decimal::ZERO);
    assert_eq!(world.held_and_taken(), Decimal::from(700), "and of the other the excess is given back");
}

#[test]
fn a_deduction_or_a_renewal_of_the_last_evening_does_not_leave_on_the_next_morning() {
    for renews in [false, true] {
        let (mut world, id) = held();
        let until = world.file.measures[&id].until.expect("a term");
        while chakong_contract::Moment::from_timestamp(world.now).date() < until {
            world.days(1);
        }
        match renews {
            true => drop(world.renew(id).expect("ordered")),
            false => drop(world.deduct(id, None).expect("ordered")),
        }
        let order = world.file.measures[&id].control.expect("in line");
        world.now = world.now.checked_add(Span::new().hours(16)).expect("time");
        world.decide(|draft| due_measure(draft, id)).expect("the clock");
        assert_eq!(world.file.orders[&order].state, OrderState::Cancelled);
        assert_eq!(world.file.measures[&id].state, MeasureState::Lapsed);
        world.run();
        assert_eq!(world.banks["a"].taken, Decimal::ZERO);
    }
}

#[test]
fn a_renewal_of_more_than_a_lowered_claim_leaves_is_withdrawn_and_stays_on_the_list() {
    let (mut world, id) = held();
    world.renew(id).expect("ordered");
    let order = world.file.measures[&id].control.expect("the renewal");
    world.change_claim(lowered(300)).expect("lowered");
    assert_eq!(world.file.orders[&order].state, OrderState::Cancelled);
    assert!(has_task(&world, TaskKind::Renew));
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(300));
    world.renew(id).expect("for what is wanted still");
}

/// A freeze at one bank, and one in line at another.
fn freezing() -> (World, OrderId) {
    let banks = vec![("a", Bank::with(&[("622200001", 1_000)])), ("b", Bank::with(&[("622200002", 800)]))];
    let mut world = World::new(banks);
    world.submit(CASE, None, Some(auto(1_500))).expect("accepted");
    for query in world.queued() {
        let found = world.carry_out(query);
        world.hear(query, found);
    }
    let first = world.measure_at("a").control.expect("the first freeze");
    let reply = world.carry_out(first);
    world.hear(first, reply);
    let second = world.measure_at("b").control.expect("the second freeze");
    (world, second)
}

#[test]
fn a_freeze_in_line_does_not_leave_once_the_debt_ended_at_another_measure_or_by_the_claim() {
    for by_claim in [false, true] {
        let (mut world, freeze) = freezing();
        let first = world.measure_at("a").id;
        match by_claim {
            true => drop(world.change_claim(settled()).expect("settled")),
            false => drop(
                world.release(ReleaseScope::Measure(first, None), ReleaseReason::DebtPaid).expect("released"),
            ),
        }
        assert_eq!(world.file.orders[&freeze].state, OrderState::Cancelled);
        assert_eq!(world.measure_at("b").state, MeasureState::Candidate, "nobody declined it");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::ZERO);
        assert!(world.banks["b"].set_free.is_zero(), "it was never frozen");
    }
}

#[test]
fn a_freeze_in_line_leaves_with_what_a_lowered_claim_wants() {
    for (mode, claim, limit) in [(Mode::Auto, 1_200, 200), (Mode::Auto, 900, 0), (Mode::Propose, 1_200, 200)]
    {
        let (mut world, freeze) = freezing();
        let mut update = lowered(claim);
        update.settings.mode = Some(mode);
        world.change_claim(update).expect("lowered");
        assert_eq!(world.file.orders[&freeze].state, OrderState::Cancelled);
        let measure = world.measure_at("b").clone();
        let expected = match (mode, limit) {
            (_, 0) => MeasureState::Candidate,
            (Mode::Propose, _) => MeasureState::Proposed,
            _ => MeasureState::Asked,
        };
        assert_eq!((measure.state, measure.limit), (expected, Decimal::from(limit)));
        world.run();
        let at_b = if mode == Mode::Auto { limit } else { 0 };
        assert_eq!(world.held_and_taken(), Decimal::from(claim.min(1_000) + at_b), "{mode:?} {claim}");
    }
}

#[test]
fn what_may_have_left_is_not_withdrawn_and_is_not_sent_once_more() {
    let (mut world, id, order) = deducting(1_000);
    world.happened(order, OrderInput::HandedOver);
    world.change_claim(settled()).expect("settled");
    let offered = &world.file.orders[&order];
    assert_eq!((offered.state, offered.due), (OrderState::Awaiting, offered.deadline), "off the offer");
    assert_eq!(world.file.measures[&id].state, MeasureState::Deducting, "it may have been fetched");

    let (mut world, id, order) = deducting(1_000);
    world.happened(order, OrderInput::Faulted(Fault::new(FaultKind::OutcomeUnknown, "send", "invented")));
    assert_eq!(world.file.orders[&order].state, OrderState::Queued, "it is to be sent once more");
    world.change_claim(settled()).expect("settled");
    assert_eq!(world.file.orders[&order].state, OrderState::Undetermined);
    assert_eq!(world.file.measures[&id].state, MeasureState::Deducting);
    assert!(has_task(&world, TaskKind::Resolve));
    assert!(world.queued().is_empty());
}

#[test]
fn an_officer_withdraws_what_has_not_left() {
    let withdraw = |order| Act::Resolve(order, Resolution::Withdraw);
    let (mut world, id, order) = deducting(1_000);
    world.act(withdraw(order)).expect("withdrawn");
    assert_eq!(world.file.orders[&order].state, OrderState::Cancelled);
    assert_eq!(world.file.measures[&id].state, MeasureState::InForce);
    assert!(world.has_event(EventType::OrderWithdrawn));
    assert!(matches!(world.act(withdraw(order)), Err(Rejected::NotNow(_))), "twice");

    let (mut world, freeze) = freezing();
    world.act(withdraw(freeze)).expect("withdrawn");
    assert_eq!(world.measure_at("b").state, MeasureState::Skipped, "it is not asked again by itself");
    world.approve(world.measure_at("b").id).expect("but by an approver");

    let (mut world, _, order) = deducting(1_000);
    world.happened(order, OrderInput::HandedOver);
    assert!(matches!(world.act(withdraw(order)), Err(Rejected::NotNow(_))), "it may have left");

    let (mut world, id) = held();
    world.change_claim(settled()).expect("settled");
    let release = world.file.measures[&id].control.expect("the release");
    assert!(matches!(world.act(withdraw(release)), Err(Rejected::NotAllowed(_))), "the debt ended");
    let query = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    assert!(matches!(world.act(withdraw(query)), Err(Rejected::NotNow(_))), "a query is no control");
}

#[test]
fn a_measure_that_is_released_while_its_renewal_is_in_line_is_released_on_the_papers_that_came() {
    let (mut world, id) = held();
    world.renew(id).expect("ordered");
    let scope = ReleaseScope::Measure(id, None);
    let release = Act::Release(super::super::Release { scope, ground: ReleaseReason::ExemptProperty });
    world.act_with(release, &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice]).expect("released");
    assert_eq!(world.orders_of(ActionKind::Release), 1);
    let left = world.queued().into_iter().map(|order| world.file.orders[&order].instruction.clone());
    assert!(
        left.clone().all(|one| !matches!(one, Instruction::Renew { .. })),
        "{:?}",
        left.collect::<Vec<_>>()
    );
    world.run();
    assert_eq!(world.file.measures[&id].state, MeasureState::Released);
}
