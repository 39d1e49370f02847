//! Controls that are sent again: once, and only as long as nothing was ordered or done in their place.

use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::reply::{Refusal, RefusalReason};
use chakong_contract::{ActionKind, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{ClaimChangeKind, MeasureId, MeasureState, OrderId, OrderState};
use super::super::{Act, Approval, ClaimUpdate, OrderInput, Rejected, ReleaseScope, Resolution};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执302号";

/// A bank that is asked to freeze 40 000 of 90 000.
fn asked() -> (World, MeasureId, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
    world.submit(CASE, None, Some(auto(40_000))).expect("accepted");
    let query = world.queued()[0];
    let found = world.carry_out(query);
    world.hear(query, found);
    let (id, freeze) = (world.measure_at("a").id, world.queued()[0]);
    (world, id, freeze)
}

fn refused() -> Reply {
    Reply::NotHeld(Refusal { reason: RefusalReason::Declined, words: "不予办理".to_owned() })
}

fn again(world: &mut World, order: OrderId) -> Result<OrderId, Rejected> {
    world.act(Act::Resolve(order, Resolution::SendAgain)).map(|outcome| outcome.orders[0])
}

fn is_not_now(done: &Result<OrderId, Rejected>) -> bool {
    matches!(done, Err(Rejected::NotNow(_)))
}

#[test]
fn a_refused_freeze_that_is_sent_again_twice_freezes_once() {
    let (mut world, id, first) = asked();
    world.hear(first, refused());
    let second = again(&mut world, first).expect("sent again");
    let twice = again(&mut world, first);
    assert!(is_not_now(&twice), "{twice:?}");
    assert_eq!(world.file.measures[&id].order, Some(second));
    world.run();
    assert_eq!(world.held_and_taken(), Decimal::from(40_000));
    assert_eq!(world.banks["a"].accounts["622200001"].freezes.len(), 1, "as the bank's books have it");
}

#[test]
fn a_refused_freeze_that_was_approved_anew_is_not_sent_again_beside() {
    let (mut world, id, first) = asked();
    world.hear(first, refused());
    world
        .act(Act::Approve(id, Approval { limit: Some(Money::yuan(40_000.into())), ..Approval::default() }))
        .expect("approved");
    assert_eq!(world.file.measures[&id].state, MeasureState::Asked);
    let beside = again(&mut world, first);
    assert!(is_not_now(&beside), "{beside:?}");
    world.run();
    assert!(is_not_now(&again(&mut world, first)), "it stands");
    assert_eq!(world.orders_of(ActionKind::Freeze), 2);
    assert_eq!(world.held_and_taken(), Decimal::from(40_000));
}

#[test]
fn a_deduction_a_release_and_a_renewal_that_were_sent_again_and_done_are_not_sent_once_more() {
    let (mut world, id, _) = asked();
    world.run();
    world.deduct(id, Some(10_000.into())).expect("ordered");
    let deduction = *world.queued().last().expect("the deduction");
    world.hear(deduction, refused());
    again(&mut world, deduction).expect("sent again");
    assert!(is_not_now(&again(&mut world, deduction)), "it is under way");
    world.run();
    assert!(is_not_now(&again(&mut world, deduction)), "it was done");
    assert_eq!(world.banks["a"].taken, Decimal::from(10_000));

    world.release(ReleaseScope::Measure(id, Some(5_000.into())), ReleaseReason::Excess).expect("ordered");
    let release = *world.queued().last().expect("the release");
    world.hear(release, refused());
    again(&mut world, release).expect("sent again");
    world.run();
    assert!(is_not_now(&again(&mut world, release)), "it was done");
    let left = world.file.measures[&id].limit;
    assert_eq!(left, Decimal::from(25_000));

    world.renew(id).expect("ordered");
    let renewal = *world.queued().last().expect("the renewal");
    world.hear(renewal, refused());
    again(&mut world, renewal).expect("sent again");
    world.run();
    let until = world.file.measures[&id].until;
    assert!(is_not_now(&again(&mut world, renewal)), "it was renewed");
    assert_eq!(world.file.measures[&id].until, until);
}

#[test]
fn a_control_whose_answer_cannot_be_read_is_sent_again_under_its_number_where_numbers_are_idempotent() {
    let (mut world, id, freeze) = asked();
    world.carry_out(freeze);
    world.happened(freeze, OrderInput::HandedOver);
    world.happened(
        freeze,
        OrderInput::Unreadable(Fault::new(FaultKind::Malformed, "read", "it is no number")),
    );
    assert_eq!(again(&mut world, freeze).expect("sent again"), freeze, "under its own number");
    assert_eq!(world.file.orders[&freeze].state, OrderState::Queued);
    world.run();
    assert_eq!(world.file.measures[&id].held, Decimal::from(40_000));
    assert_eq!(world.banks["a"].accounts["622200001"].freezes.len(), 1, "as the bank's books have it");
}

#[test]
fn a_control_whose_answer_cannot_be_read_is_closed_where_it_is_sent_again_under_another_number() {
    let (mut world, id, freeze) = asked();
    world.served_by_people("a", 5);
    world.happened(freeze, OrderInput::HandedOver);
    world.happened(
        freeze,
        OrderInput::Unreadable(Fault::new(FaultKind::Malformed, "read", "it is no number")),
    );
    let new = again(&mut world, freeze).expect("sent again");
    assert_ne!(new, freeze);
    assert_eq!(world.file.orders[&freeze].state, OrderState::Failed, "no second one is waited for");
    world.run();
    assert_eq!(world.file.measures[&id].held, Decimal::from(40_000));
}

#[test]
fn a_release_of_what_is_held_beyond_the_limit_is_sent_again_for_that_alone() {
    let (mut world, id, _) = asked();
    world.run();
    if let Some(measure) = world.file.measures.get_mut(&id) {
        measure.surplus = 3_000.into();
    }
    world.release(ReleaseScope::Surplus(id), ReleaseReason::Excess).expect("ordered");
    let release = *world.queued().last().expect("the release");
    world.hear(release, refused());
    let new = again(&mut world, release).expect("sent again");
    world.hear(new, Reply::Released { amount: Some(Money::yuan(3_000.into())), words: String::new() });
    let measure = &world.file.measures[&id];
    assert_eq!((measure.limit, measure.held), (40_000.into(), 40_000.into()), "the limit is as it was");
    assert_eq!(measure.surplus, Decimal::ZERO);
}

#[test]
fn a_freeze_of_a_cancelled_inquiry_is_not_sent_again() {
    let (mut world, id, freeze) = asked();
    // Another inquiry of the case keeps the claim open; it asks about another debtor, whom this account does not belong to.
    world.hear(freeze, refused());
    world.reference = "debtor-2";
    let inquiry = world.file.measures[&id].inquiry;
    if let Some(inquiry) = world.file.inquiries.get_mut(&inquiry) {
        inquiry.state = crate::domain::InquiryState::Cancelled;
    }
    let sent = again(&mut world, freeze);
    assert!(is_not_now(&sent), "{sent:?}");
}

/// A freeze that its bank was silent about, and the claim lowered, or the party's liability, before it was heard of.
fn silent_and_lowered(is_idempotent: bool, of_the_claim: bool) -> (World, MeasureId, OrderId) {
    let (mut world, id, freeze) = asked();
    if !is_idempotent {
        world.served_by_people("a", 5);
    }
    world.happened(freeze, OrderInput::HandedOver);
    world.happened(freeze, OrderInput::DeadlinePassed);
    let update = if of_the_claim {
        let change = Some((ClaimChangeKind::Lowered, 15_000.into()));
        ClaimUpdate { change, ..ClaimUpdate::default() }
    } else {
        let liabilities = vec![(world.file.parties[0].id, Some(15_000.into()))];
        ClaimUpdate { liabilities, ..ClaimUpdate::default() }
    };
    world.change_claim(update).expect("lowered");
    assert_eq!(world.file.orders[&freeze].state, OrderState::Overdue);
    (world, id, freeze)
}

#[test]
fn a_freeze_of_more_than_the_claim_leaves_by_now_is_not_sent_again_under_its_number() {
    for of_the_claim in [true, false] {
        let (mut world, id, freeze) = silent_and_lowered(true, of_the_claim);
        let sent = again(&mut world, freeze);
        assert!(is_not_now(&sent), "{sent:?}");
        assert!(world.queued().is_empty(), "nothing leaves");
        world.act(Act::Resolve(freeze, Resolution::NotDone)).expect("it was not done");
        world.approve(id).expect("approved anew");
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(15_000));
    }
}

#[test]
fn a_freeze_that_is_sent_again_under_a_new_number_asks_for_what_the_claim_leaves_by_now() {
    for of_the_claim in [true, false] {
        let (mut world, id, freeze) = silent_and_lowered(false, of_the_claim);
        let new = again(&mut world, freeze).expect("sent again");
        assert_ne!(new, freeze);
        assert_eq!(world.file.measures[&id].limit, Decimal::from(15_000));
        world.run();
        assert_eq!(world.held_and_taken(), Decimal::from(15_000));
        assert_eq!(world.banks["a"].accounts["622200001"].freezes[0].limit, Decimal::from(15_000));
    }
}

#[test]
fn a_deduction_of_which_the_claim_leaves_less_by_now_is_not_sent_again() {
    let (mut world, id, _) = asked();
    world.run();
    world.deduct(id, Some(30_000.into())).expect("ordered");
    let deduction = *world.queued().last().expect("the deduction");
    world.happened(deduction, OrderInput::HandedOver);
    world.happened(deduction, OrderInput::DeadlinePassed);
    let change = Some((ClaimChangeKind::Lowered, 15_000.into()));
    world.change_claim(ClaimUpdate { change, ..ClaimUpdate::default() }).expect("lowered");
    let sent = again(&mut world, deduction);
    assert!(is_not_now(&sent), "{sent:?}");
    world.act(Act::Resolve(deduction, Resolution::NotDone)).expect("it was not done");
    world.run();
    assert_eq!(world.banks["a"].taken, Decimal::ZERO);
}
