//! Orders: the state that follows from what happened, and when an order is tried again. Knows nothing of the ledger.

use std::sync::Arc;

use chakong_contract::fault::{Fault, FaultKind, RetryAfter};
use chakong_contract::reply::{Answer, Holding};
use chakong_contract::{ActionKind, Moment, Money, Reply};
use jiff::Timestamp;

use super::super::retry::RetryPolicy;
use super::super::{EventType, OrderRecord, OrderState};
use super::Facts;

/// What happened to an order.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderInput {
    /// The counterpart answered.
    Answered(Arc<Answer>),
    /// An attempt brought no reply.
    Faulted(Fault),
    /// It cannot be sent for now: the quota is spent or the breaker is open.
    Blocked(Fault),
    /// Something came back that cannot be read. It was sent, so it is not sent again: the counterpart was told, and
    /// feeds back once more, or the deadline passes.
    Unreadable(Fault),
    /// It was handed over; the counterpart will answer in its own time.
    HandedOver,
    /// The counterpart gave a ticket to ask again with.
    Ticket {
        /// Its name for the order.
        ticket: String,
        /// When to ask.
        at: Timestamp,
    },
    /// The deadline passed.
    DeadlinePassed,
    /// The deadline passed, and this is what kept it from leaving.
    Withheld(Fault),
    /// The process ended while it was on its way.
    Interrupted,
    /// It was withdrawn.
    Cancelled,
    /// The store was restored: what became of it since the backup is not known.
    Restored,
}

/// What is known of an order's counterpart.
#[derive(Debug, Clone, Copy)]
pub struct OrderRules {
    /// Now.
    pub now: Timestamp,
    /// Retry policy for this kind of order.
    pub policy: RetryPolicy,
    /// Random number from 0 to 1.
    pub chance: f64,
    /// Whether a request number sent twice is acted on once there.
    pub idempotent: bool,
    /// Whether another counterpart stands in for this one with this very order: then it is not waited for.
    pub passes_on: bool,
}

impl OrderRules {
    /// What is known of an order's counterpart now.
    pub fn of(order: &OrderRecord, facts: &Facts<'_>) -> Self {
        let abilities = &facts.rules.abilities;
        Self {
            now: facts.now,
            policy: abilities.retry(&order.lane, order.is_control()),
            chance: facts.chance,
            idempotent: abilities.is_idempotent(&order.lane),
            passes_on: false,
        }
    }
}

/// The order afterwards and what to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The order as it is now.
    pub order: OrderRecord,
    /// The event, if it is worth one.
    pub event: Option<EventType>,
    /// The answer, if there is one, in the form that fits the order.
    pub answer: Option<Arc<Answer>>,
}

/// What follows. `None` when nothing does: the order has come to an end that this cannot change.
pub fn settle(order: &OrderRecord, input: OrderInput, on: &OrderRules) -> Option<Settled> {
    let to = |state, event| Some(moved(order, state, event));
    match input {
        OrderInput::Answered(answer) => answered(order, answer, on),
        OrderInput::Faulted(fault) => faulted(order, fault, on),
        OrderInput::Blocked(_) if !on.passes_on || order.state != OrderState::Queued => None,
        OrderInput::Blocked(fault) => {
            let mut settled = moved(order, OrderState::Failed, Some(EventType::OrderFailed));
            settled.order.fault = Some(fault);
            Some(settled)
        }
        OrderInput::Unreadable(fault) => {
            let order = OrderRecord { fault: Some(fault), ..order.clone() };
            order.state.is_open().then_some(Settled { order, event: None, answer: None })
        }
        OrderInput::HandedOver => {
            let mut settled = moved(order, OrderState::Awaiting, None).filter_legal(order)?;
            settled.order.sent = order.sent.or(Some(on.now));
            Some(settled)
        }
        OrderInput::Ticket { .. } if !order.state.is_open() => None,
        OrderInput::Ticket { ticket, at } => {
            let mut settled = moved(order, OrderState::Queued, None).filter_legal(order)?;
            settled.order.ticket = Some(ticket);
            settled.order.due = at;
            Some(settled)
        }
        OrderInput::DeadlinePassed => {
            to(OrderState::Overdue, Some(EventType::OrderOverdue))?.filter_legal(order)
        }
        OrderInput::Withheld(fault) => {
            let mut settled =
                moved(order, OrderState::Overdue, Some(EventType::OrderOverdue)).filter_legal(order)?;
            if !order.may_have_left() {
                settled.order.fault = order.fault.clone().or(Some(fault));
            }
            Some(settled)
        }
        // A control that waits for its next attempt may have been carried out at an earlier one: a person finds out.
        OrderInput::Cancelled
            if order.state == OrderState::Queued && order.is_control() && order.may_have_left() =>
        {
            to(OrderState::Undetermined, Some(EventType::OrderUndetermined))
        }
        // What nobody knows of stays so until somebody finds out.
        OrderInput::Cancelled if order.is_control() && order.state == OrderState::Undetermined => None,
        OrderInput::Cancelled => to(OrderState::Cancelled, None)?.filter_legal(order),
        // A query is asked again. A control that waits here may have left since the backup was made.
        OrderInput::Restored if !order.is_control() || !order.state.is_open() => None,
        OrderInput::Restored => to(OrderState::Undetermined, Some(EventType::OrderUndetermined)),
        OrderInput::Interrupted if order.state != OrderState::Sending => None,
        OrderInput::Interrupted if order.is_control() && !on.idempotent => {
            to(OrderState::Undetermined, Some(EventType::OrderUndetermined))
        }
        OrderInput::Interrupted => {
            let mut settled = moved(order, OrderState::Queued, None);
            if order.is_control() {
                let detail = "the process ended while it was on its way";
                settled.order.fault = Some(Fault::new(FaultKind::OutcomeUnknown, "send", detail));
            }
            Some(settled)
        }
    }
}

impl Settled {
    fn filter_legal(self, before: &OrderRecord) -> Option<Self> {
        before.state.may_become(self.order.state).then_some(self)
    }
}

fn moved(order: &OrderRecord, state: OrderState, event: Option<EventType>) -> Settled {
    Settled { order: OrderRecord { state, ..order.clone() }, event, answer: None }
}

fn answered(order: &OrderRecord, mut answer: Arc<Answer>, on: &OrderRules) -> Option<Settled> {
    let action = order.instruction.kind();
    if !fits(action, &answer.reply) {
        let detail = format!("the answer is a `{}` and the order a {action}", answer.reply.outcome());
        return faulted(order, Fault::new(FaultKind::Malformed, "read the answer", detail), on);
    }
    // On the wire a release or deduction that was done looks like a control that was done. One that was only taken is not done.
    let done = match &answer.reply {
        Reply::Held(holding) if holding.accepted_only => None,
        Reply::Held(holding) | Reply::PartlyHeld(holding) => match action {
            ActionKind::Release => {
                Some(Reply::Released { amount: stated(holding), words: holding.words.clone() })
            }
            ActionKind::Deduct => Some(Reply::Deducted { amount: stated(holding) }),
            _ => None,
        },
        _ => None,
    };
    if let Some(reply) = done {
        Arc::make_mut(&mut answer).reply = reply;
    }
    let (state, event) = match &answer.reply {
        Reply::Refused(_) | Reply::NotHeld(_) => (OrderState::Refused, EventType::OrderRefused),
        _ => (OrderState::Answered, EventType::OrderAnswered),
    };
    let mut settled = moved(order, state, Some(event));
    settled.order.sent = order.sent.or(Some(on.now));
    settled.order.fault = None;
    settled.order.ticket = None;
    settled.answer = Some(answer);
    Some(settled)
}

/// The amount that a counterpart states, if it does.
fn stated(holding: &Holding) -> Option<Money> {
    (!holding.unstated).then_some(holding.held)
}

const fn fits(action: ActionKind, reply: &Reply) -> bool {
    match reply {
        Reply::Found { .. } | Reply::Nothing | Reply::Partial { .. } => !action.is_control(),
        Reply::Held(_)
        | Reply::PartlyHeld(_)
        | Reply::Released { .. }
        | Reply::Deducted { .. }
        | Reply::Transferred { .. }
        | Reply::NotHeld(_) => action.is_control(),
        Reply::Refused(_) => true,
    }
}

fn faulted(order: &OrderRecord, fault: Fault, on: &OrderRules) -> Option<Settled> {
    if !matches!(order.state, OrderState::Queued | OrderState::Sending | OrderState::Awaiting) {
        return None;
    }
    let counts = !matches!(fault.kind, FaultKind::RateLimited | FaultKind::QuotaSpent);
    let attempts = order.attempts.saturating_add(u32::from(counts));
    let exhausted = attempts >= on.policy.attempts;
    let may_have_left = order.is_control() && order.state != OrderState::Queued;
    let unknown = may_have_left && leaves_unknown(fault.kind);
    // What an earlier attempt may have brought about, no later one that fails undoes.
    let earlier =
        order.is_control() && order.fault.as_ref().is_some_and(|before| leaves_unknown(before.kind));
    let again = if unknown { on.idempotent } else { retry_helps(fault.kind) };
    // Where another stands in, nobody waits for tomorrow.
    let waits = again && !exhausted && !(on.passes_on && fault.kind == FaultKind::QuotaSpent);
    let mut settled = if waits {
        moved(order, OrderState::Queued, None)
    } else if unknown || earlier {
        moved(order, OrderState::Undetermined, Some(EventType::OrderUndetermined))
    } else {
        moved(order, OrderState::Failed, Some(EventType::OrderFailed))
    };
    settled.order.attempts = attempts;
    settled.order.due = next_due(order, &fault, attempts, on);
    let kind = if earlier { FaultKind::OutcomeUnknown } else { fault.kind };
    settled.order.fault = Some(Fault { kind, ..fault });
    Some(settled)
}

/// Whether nobody knows after such a fault what became of a control that left.
pub(super) const fn leaves_unknown(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::OutcomeUnknown | FaultKind::Malformed)
}

/// For a query an unknown outcome is just another failed attempt.
const fn retry_helps(kind: FaultKind) -> bool {
    kind.retry_can_help() || matches!(kind, FaultKind::OutcomeUnknown)
}

/// When the next attempt may start: the policy's wait, or later where the counterpart said so.
fn next_due(order: &OrderRecord, fault: &Fault, attempts: u32, on: &OrderRules) -> Timestamp {
    let wait = on.policy.wait(attempts.max(1), on.chance);
    let plain = on.now.checked_add(wait).unwrap_or(order.deadline);
    let said = fault.retry_after.and_then(|after| allowed_at(after, on.now));
    said.map_or(plain, |said| said.max(plain))
}

/// The instant that a `Retry-After` means.
pub fn allowed_at(after: RetryAfter, now: Timestamp) -> Option<Timestamp> {
    match after {
        RetryAfter::Delay(wait) => now.checked_add(wait).ok(),
        RetryAfter::At(at) => Some(at),
        RetryAfter::Tomorrow => {
            let tomorrow = Moment::from_timestamp(now).date().tomorrow().ok()?;
            let midnight = tomorrow.to_zoned(chakong_contract::date::shanghai()).ok()?;
            Some(midnight.timestamp())
        }
    }
}
