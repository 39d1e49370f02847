//! What people do: approve, reject, release, re-query, resolve, cancel. Each is one transaction with an audit line.

use std::sync::Arc;

use chakong_contract::order::{LegalDocument, Target};
use chakong_contract::reply::{Answer, Holding, Refusal, RefusalReason};
use chakong_contract::{Money, Reply};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::completion::{close_if_done, open_more};
use super::measures::{TOO_SMALL, ask, follow, give_back, part_of};
use super::{Circumstances, Happening, Source, apply};
use crate::freeze::{is_whole, may_ask};
use crate::inquiry::{
    EventDraft, EventType, Inquiry, InquiryId, InquiryState, Measure, MeasureId, MeasureState, OrderRecord,
    OrderState, Priority,
};
use crate::retry::RetryPolicy;
use crate::store::{Act, NewOrder, StoreError, Stored, Tx};

/// Why a person's act was declined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// There is no such thing.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// It is in a state that does not allow this.
    #[error("{0}")]
    NotNow(String),
    /// The claim has no room left.
    #[error("the claim is covered: nothing more may be asked (held and asked never exceed the claim)")]
    NoRoom,
}

/// How a held order is resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolution {
    /// The counterpart did it and holds this much, in yuan.
    Done(Decimal),
    /// The counterpart did not do it.
    NotDone,
    /// Send it again, under the same number.
    SendAgain,
}

/// A measure with its inquiry and the whole ledger.
pub(super) fn ledger_of(tx: &mut dyn Tx, id: MeasureId) -> Stored<Option<(Measure, Inquiry, Vec<Measure>)>> {
    let Some(measure) = tx.measure(id)? else { return Ok(None) };
    let inquiry = tx.inquiry(measure.inquiry)?.ok_or(StoreError::Missing("the inquiry"))?;
    let ledger = tx.measures_of(inquiry.id)?;
    Ok(Some((measure, inquiry, ledger)))
}

/// Adds documents to what the inquiry brought.
pub(super) fn add_documents(tx: &mut dyn Tx, inquiry: InquiryId, documents: &[LegalDocument]) -> Stored<()> {
    if documents.is_empty() {
        return Ok(());
    }
    let mut submission = tx.submission(inquiry)?.ok_or(StoreError::Missing("the submission"))?;
    submission.documents.extend_from_slice(documents);
    tx.save_submission(inquiry, &submission)
}

/// How a freeze is approved.
#[derive(Debug, Clone, Copy, Default)]
pub struct Approval {
    /// Up to how much, in yuan; what was proposed or is available where absent. Never beyond the claim.
    pub limit: Option<Decimal>,
    /// The account as such and not an amount in it.
    pub whole: bool,
}

/// Sends a proposed freeze; also one that was skipped or refused, on an officer's word. `act` carries the reason.
///
/// # Errors
/// The outer one when the store fails, the inner one when the ledger does not allow it.
pub fn approve(
    tx: &mut dyn Tx,
    id: MeasureId,
    approval: Approval,
    mut act: Act,
) -> Stored<Result<Measure, Declined>> {
    let Some((measure, mut inquiry, ledger)) = ledger_of(tx, id)? else {
        return Ok(Err(Declined::Unknown("measure")));
    };
    let Some(claim) = inquiry.mandate.as_ref().map(|mandate| mandate.claim.amount) else {
        return Ok(Err(Declined::NotNow("the inquiry has no mandate".into())));
    };
    let askable = matches!(
        measure.state,
        MeasureState::Proposed | MeasureState::Candidate | MeasureState::Skipped | MeasureState::Refused
    );
    if !askable || inquiry.state == InquiryState::Cancelled {
        let state = measure.state.word();
        return Ok(Err(Declined::NotNow(format!(
            "the measure is {state}; only one that is not asked can be approved"
        ))));
    }
    let usual = if measure.state == MeasureState::Proposed { measure.asked } else { measure.available };
    let wish = approval.limit.unwrap_or(usual);
    let Some(limit) = may_ask(claim, &ledger, id, wish) else { return Ok(Err(Declined::NoRoom)) };
    let measure = match with_whole(measure, approval.whole, limit) {
        Ok(measure) => measure,
        Err(reason) => return Ok(Err(Declined::NotNow(reason))),
    };
    if part_of(&measure, limit).is_none() {
        return Ok(Err(Declined::NotNow(TOO_SMALL.into())));
    }
    ask(tx, &mut inquiry, measure, limit, act.at)?;
    tx.save_inquiry(&inquiry)?;
    act.subject = inquiry.uid.to_string();
    tx.insert_act(&act)?;
    Ok(tx.measure(id)?.ok_or(Declined::Unknown("measure")))
}

/// Marks an account to be frozen as such. All that is in it is held then, so it must fit into the limit.
fn with_whole(mut measure: Measure, wanted: bool, limit: Decimal) -> Result<Measure, String> {
    match &mut measure.target {
        Target::Account { .. } if wanted && measure.available > limit => Err(format!(
            "the account holds {} yuan and only {limit} may be frozen: freeze an amount, not the account \
             (查扣冻规定 art. 19)",
            measure.available
        )),
        Target::Account { whole, .. } => {
            *whole = wanted;
            Ok(measure)
        }
        _ if wanted => Err("only an account can be frozen as such".to_owned()),
        _ => Ok(measure),
    }
}

/// Takes a proposal back; the next account takes its place.
///
/// # Errors
/// As for [`approve`].
pub fn reject(tx: &mut dyn Tx, id: MeasureId, mut act: Act) -> Stored<Result<Measure, Declined>> {
    let Some((measure, mut inquiry, _)) = ledger_of(tx, id)? else {
        return Ok(Err(Declined::Unknown("measure")));
    };
    if measure.state != MeasureState::Proposed {
        return Ok(Err(Declined::NotNow(format!("the measure is {}, not proposed", measure.state.word()))));
    }
    let note = format!("{}: {}", act.actor, act.reason);
    tx.save_measure(&Measure { state: MeasureState::Skipped, asked: Decimal::ZERO, note, ..measure })?;
    follow(tx, &mut inquiry, act.at)?;
    tx.save_inquiry(&inquiry)?;
    act.subject = inquiry.uid.to_string();
    tx.insert_act(&act)?;
    Ok(tx.measure(id)?.ok_or(Declined::Unknown("measure")))
}

/// Releases what a measure holds, wholly or in part (`amount`, yuan), with documents that may come along.
///
/// # Errors
/// As for [`approve`].
pub fn release(
    tx: &mut dyn Tx,
    id: MeasureId,
    amount: Option<Decimal>,
    documents: &[LegalDocument],
    mut act: Act,
) -> Stored<Result<Measure, Declined>> {
    let Some((measure, mut inquiry, _)) = ledger_of(tx, id)? else {
        return Ok(Err(Declined::Unknown("measure")));
    };
    if !matches!(measure.state, MeasureState::InForce | MeasureState::Stuck) {
        return Ok(Err(Declined::NotNow(format!(
            "the measure is {}, it does not stand",
            measure.state.word()
        ))));
    }
    let amount = amount.unwrap_or(measure.held).min(measure.held);
    if amount <= Decimal::ZERO && !is_whole(&measure.target) {
        return Ok(Err(Declined::NotNow("the measure holds nothing that could be released".into())));
    }
    add_documents(tx, inquiry.id, documents)?;
    give_back(tx, &mut inquiry, measure, amount, act.at)?;
    tx.save_inquiry(&inquiry)?;
    act.subject = inquiry.uid.to_string();
    tx.insert_act(&act)?;
    Ok(tx.measure(id)?.ok_or(Declined::Unknown("measure")))
}

/// Asks again what an order asked: a new order with a number of its own, whose answer is the next revision.
///
/// # Errors
/// As for [`approve`]: a control is never repeated by hand.
pub fn requery(tx: &mut dyn Tx, order: &OrderRecord, mut act: Act) -> Stored<Result<OrderRecord, Declined>> {
    if order.is_control() {
        return Ok(Err(Declined::NotNow(
            "only a query can be asked again; a control goes through the ledger".into(),
        )));
    }
    let mut inquiry = tx.inquiry(order.inquiry)?.ok_or(StoreError::Missing("the inquiry"))?;
    if inquiry.state == InquiryState::Cancelled {
        return Ok(Err(Declined::NotNow("the inquiry was cancelled; submit a new one".into())));
    }
    let allowed = inquiry.deadline.duration_since(inquiry.created);
    let new = tx.insert_order(&NewOrder {
        inquiry: order.inquiry,
        lane: order.lane.clone(),
        party: order.party,
        document: order.document,
        instruction: order.instruction.clone(),
        priority: Priority::Requery,
        created: act.at,
        deadline: act.at.checked_add(allowed).unwrap_or(act.at),
        root: Some(order.root),
        measure: None,
        stands_in: None,
    })?;
    open_more(&mut inquiry, 1);
    tx.save_inquiry(&inquiry)?;
    act.subject = inquiry.uid.to_string();
    act.act = format!("{} {}", act.act, order.number());
    tx.insert_act(&act)?;
    Ok(Ok(new))
}

/// Decides an order that is held because nobody knows whether it was done.
///
/// # Errors
/// As for [`approve`].
pub fn resolve(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    resolution: Resolution,
    mut act: Act,
) -> Stored<Result<OrderRecord, Declined>> {
    if order.state != OrderState::Held {
        return Ok(Err(Declined::NotNow(format!("the order is {}, not held", order.state.word()))));
    }
    let words = format!("{}: {}", act.actor, act.reason);
    let happening = match resolution {
        Resolution::Done(held) => {
            let holding = Holding { words, ..Holding::of(Money::yuan(held)) };
            Happening::Answered(Arc::new(Answer::of(Reply::Held(holding))))
        }
        Resolution::NotDone => {
            let refusal = Refusal { reason: RefusalReason::Other, words };
            Happening::Answered(Arc::new(Answer::of(Reply::NotHeld(refusal))))
        }
        Resolution::SendAgain => {
            let mut inquiry = tx.inquiry(order.inquiry)?.ok_or(StoreError::Missing("the inquiry"))?;
            let allowed = order.deadline.duration_since(order.created);
            let deadline = act.at.checked_add(allowed).unwrap_or(act.at);
            let again = OrderRecord {
                state: OrderState::Queued,
                due: act.at,
                attempts: 0,
                deadline,
                ..order.clone()
            };
            tx.save_order(&again)?;
            open_more(&mut inquiry, 1);
            tx.save_inquiry(&inquiry)?;
            act.subject = inquiry.uid.to_string();
            tx.insert_act(&act)?;
            return Ok(Ok(again));
        }
    };
    let source = Source { connector: "by hand".into(), ..Source::default() };
    let settled = apply(tx, order, happening, &by_hand_at(act.at), &source)?;
    let inquiry = tx.inquiry(order.inquiry)?.ok_or(StoreError::Missing("the inquiry"))?;
    act.subject = inquiry.uid.to_string();
    tx.insert_act(&act)?;
    Ok(Ok(settled))
}

fn by_hand_at(now: Timestamp) -> Circumstances {
    Circumstances {
        now,
        policy: RetryPolicy::default(),
        chance: 0.0,
        idempotent: false,
        can_freeze: false,
        routes: Arc::default(),
        passes_on: false,
    }
}

/// Withdraws an inquiry: what was not sent is not sent, what is under way may still be answered, measures stand until
/// they are released.
///
/// # Errors
/// As for [`approve`].
pub fn cancel(tx: &mut dyn Tx, id: InquiryId, act: &Act) -> Stored<Result<Inquiry, Declined>> {
    let Some(mut inquiry) = tx.inquiry(id)? else { return Ok(Err(Declined::Unknown("inquiry"))) };
    if inquiry.state == InquiryState::Cancelled {
        return Ok(Ok(inquiry));
    }
    inquiry.state = InquiryState::Cancelled;
    tx.save_inquiry(&inquiry)?;
    let on = by_hand_at(act.at);
    for order in tx.orders_of(id)?.into_iter().filter(|order| order.state == OrderState::Queued) {
        apply(tx, &order, Happening::Cancelled, &on, &Source::default())?;
    }
    for measure in tx.measures_of(id)? {
        if matches!(measure.state, MeasureState::Candidate | MeasureState::Proposed) {
            let note = "查控申请已撤回 the inquiry was cancelled".to_owned();
            tx.save_measure(&Measure {
                state: MeasureState::Skipped,
                asked: Decimal::ZERO,
                note,
                ..measure
            })?;
        }
    }
    let mut inquiry = tx.inquiry(id)?.ok_or(StoreError::Missing("the inquiry"))?;
    tx.append_event(&EventDraft::of_inquiry(EventType::InquiryCancelled, id, None), act.at)?;
    tx.insert_act(act)?;
    close_if_done(tx, &mut inquiry, false, act.at)?;
    Ok(Ok(inquiry))
}
