use std::sync::Arc;

use chakong_contract::asset::FoundAsset;
use chakong_contract::order::Target;
use chakong_contract::reply::{Answer, Holding, Refusal, RefusalReason};
use chakong_contract::{Fault, FaultKind, Instruction, Money, Reply, RetryAfter};
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Circumstances, Happening, settle};
use crate::inquiry::{EventType, OrderRecord, OrderState, Priority};
use crate::retry::RetryPolicy;

fn now() -> Timestamp {
    "2026-11-24T04:00:00Z".parse().expect("timestamp")
}

fn on(idempotent: bool) -> Circumstances {
    let policy = RetryPolicy { jitter: 0.0, ..RetryPolicy::default() };
    Circumstances {
        now: now(),
        policy,
        chance: 0.0,
        idempotent,
        can_freeze: true,
        routes: Arc::default(),
        passes_on: false,
    }
}

fn order(state: OrderState, control: bool) -> OrderRecord {
    let target = Target::Account {
        number: "6229990000000000019".into(),
        sub_account: None,
        class: String::new(),
        branch: String::new(),
        branch_code: String::new(),
        whole: false,
    };
    let (from, until) = ("2026-11-24".parse().expect("date"), "2027-11-23".parse().expect("date"));
    let instruction = match control {
        true => Instruction::Freeze { target, limit: Some(Money::yuan(Decimal::ONE_HUNDRED)), from, until },
        false => Instruction::Query { transactions: None },
    };
    OrderRecord {
        id: 7,
        inquiry: 1,
        lane: "bank".into(),
        party: 0,
        document: 0,
        instruction,
        priority: Priority::Query,
        state,
        attempts: 0,
        created: now(),
        due: now(),
        deadline: now().checked_add(24.hours()).expect("in range"),
        ticket: None,
        batch: None,
        root: 7,
        measure: None,
        fault: None,
        stands_in: None,
    }
}

fn fault(kind: FaultKind) -> Happening {
    Happening::Faulted(Fault::new(kind, "ask", "on purpose"))
}

fn held() -> Reply {
    Reply::Held(Holding::of(Money::yuan(Decimal::ONE)))
}

#[test]
fn a_transient_fault_waits_and_tries_again_until_attempts_are_used_up() {
    let settled =
        settle(&order(OrderState::Queued, false), fault(FaultKind::Transient), &on(true)).expect("moves");
    assert_eq!((settled.order.state, settled.order.attempts), (OrderState::Queued, 1));
    assert_eq!(settled.order.due, now().checked_add(2.seconds()).expect("in range"));
    let mut last = order(OrderState::Queued, false);
    last.attempts = on(true).policy.attempts - 1;
    let settled = settle(&last, fault(FaultKind::Transient), &on(true)).expect("moves");
    assert_eq!((settled.order.state, settled.event), (OrderState::Failed, Some(EventType::OrderFailed)));
}

#[test]
fn being_told_to_wait_uses_no_attempt_and_is_obeyed() {
    let mut fault = Fault::new(FaultKind::RateLimited, "ask", "too fast");
    fault.retry_after = Some(RetryAfter::At(now().checked_add(90.seconds()).expect("in range")));
    let settled =
        settle(&order(OrderState::Queued, false), Happening::Faulted(fault), &on(true)).expect("moves");
    assert_eq!((settled.order.state, settled.order.attempts), (OrderState::Queued, 0));
    assert_eq!(settled.order.due, now().checked_add(90.seconds()).expect("in range"));
    let tomorrow = Fault::new(FaultKind::QuotaSpent, "ask", "spent").retry_after(Some(RetryAfter::Tomorrow));
    let settled =
        settle(&order(OrderState::Queued, false), Happening::Faulted(tomorrow), &on(true)).expect("moves");
    assert_eq!(settled.order.due, "2026-11-24T16:00:00Z".parse::<Timestamp>().expect("midnight in Shanghai"));
}

#[test]
fn a_control_of_unknown_outcome_is_sent_again_only_where_that_is_harmless() {
    for kind in [FaultKind::OutcomeUnknown, FaultKind::Malformed] {
        let sending = order(OrderState::Sending, true);
        let again = settle(&sending, fault(kind), &on(true)).expect("moves");
        assert_eq!(again.order.state, OrderState::Queued);
        let held = settle(&sending, fault(kind), &on(false)).expect("moves");
        assert_eq!((held.order.state, held.event), (OrderState::Held, Some(EventType::OrderHeld)));
    }
    let interrupted =
        settle(&order(OrderState::Sending, true), Happening::Interrupted, &on(false)).expect("moves");
    assert_eq!(interrupted.order.state, OrderState::Held);
    let query =
        settle(&order(OrderState::Sending, false), Happening::Interrupted, &on(false)).expect("moves");
    assert_eq!(query.order.state, OrderState::Queued);
}

#[test]
fn an_answer_that_does_not_fit_the_order_is_no_answer() {
    let answer = Happening::Answered(Arc::new(Answer::of(held())));
    let settled = settle(&order(OrderState::Queued, false), answer, &on(true)).expect("moves");
    assert!(settled.answer.is_none());
    assert_eq!(settled.order.fault.expect("a fault").kind, FaultKind::Malformed);
}

#[test]
fn a_late_answer_is_taken_after_every_end() {
    for state in [OrderState::Overdue, OrderState::Failed, OrderState::Cancelled, OrderState::Answered] {
        let answer = Happening::Answered(Arc::new(Answer::of(Reply::Nothing)));
        let settled = settle(&order(state, false), answer, &on(true)).expect("moves");
        assert_eq!(settled.order.state, OrderState::Answered);
        assert!(settle(&order(state, false), fault(FaultKind::Transient), &on(true)).is_none());
    }
}

fn happening() -> impl Strategy<Value = Happening> {
    let kinds = prop::sample::select(vec![
        FaultKind::Transient,
        FaultKind::RateLimited,
        FaultKind::QuotaSpent,
        FaultKind::Unauthorised,
        FaultKind::Misconfigured,
        FaultKind::Unsupported,
        FaultKind::Malformed,
        FaultKind::OutcomeUnknown,
    ]);
    let words = Refusal { reason: RefusalReason::Other, words: "不予协助".into() };
    let replies = vec![
        Reply::Nothing,
        Reply::Partial { assets: Vec::<FoundAsset>::new(), missing: vec!["…".into()] },
        held(),
        Reply::NotHeld(words.clone()),
        Reply::Refused(words),
        Reply::Released { amount: None, words: String::new() },
    ];
    prop_oneof![
        kinds.prop_map(fault),
        prop::sample::select(replies).prop_map(|reply| Happening::Answered(Arc::new(Answer::of(reply)))),
        Just(Happening::HandedOver),
        Just(Happening::Ticket { ticket: "T1".into(), at: now() }),
        Just(Happening::DeadlinePassed),
        Just(Happening::Interrupted),
        Just(Happening::Cancelled),
        Just(Happening::Unreadable(Fault::new(FaultKind::Malformed, "read", "on purpose"))),
    ]
}

proptest! {
    /// The table of legal moves holds for whatever happens in whatever order, and an order that came to an end is never
    /// queued again by itself: that would be a second send.
    #[test]
    fn every_move_is_legal(
        control: bool, idempotent: bool, start in 0_usize..10, happenings in prop::collection::vec(happening(), 1..20),
    ) {
        let mut order = order(OrderState::ALL[start], control);
        for happening in happenings {
            let before = order.state;
            let Some(settled) = settle(&order, happening.clone(), &on(idempotent)) else { continue };
            let after = settled.order.state;
            prop_assert!(before == after || before.may_become(after), "{before:?} -> {after:?} by {happening:?}");
            prop_assert!(before.is_open() || !after.is_open(), "{before:?} -> {after:?} by {happening:?}");
            order = settled.order;
        }
    }
}
