//! When an inquiry is complete, and its certificate.

use std::collections::HashMap;

use chakong_contract::RequestNumber;
use jiff::Timestamp;

use crate::inquiry::{
    Certificate, EventDraft, EventType, Inquiry, InquiryState, OrderId, OrderLine, OrderRecord, certify,
};
use crate::store::{OutcomeRow, Reads, Stored, Tx};

/// Beyond so many orders the event carries the sums only; the certificate in full is read over the API.
const MOST_LINES: usize = 500;

/// Issues the certificate when the last open order came to an end, and again when a late answer changes it.
pub(super) fn close_if_done(
    tx: &mut dyn Tx,
    inquiry: &mut Inquiry,
    news: bool,
    now: Timestamp,
) -> Stored<()> {
    let due = match inquiry.state {
        InquiryState::Open => true,
        InquiryState::Completed => news,
        InquiryState::Cancelled => false,
    };
    if inquiry.open_orders > 0 || !due {
        return Ok(());
    }
    inquiry.state = InquiryState::Completed;
    inquiry.completions += 1;
    let mut certificate = certificate_of(tx, inquiry, now)?;
    if certificate.orders.len() > MOST_LINES {
        certificate.orders.clear();
    }
    let event = EventDraft::of_inquiry(
        EventType::InquiryCompleted,
        inquiry.id,
        serde_json::to_string(&certificate).ok(),
    );
    tx.append_event(&event, now).map(drop)
}

/// Opens the inquiry again for further orders.
pub fn open_more(inquiry: &mut Inquiry, orders: i64) {
    inquiry.open_orders += orders;
    if inquiry.state == InquiryState::Completed && orders > 0 {
        inquiry.state = InquiryState::Open;
    }
}

/// The certificate as of now.
///
/// # Errors
/// When the store fails.
pub fn certificate_of<R: Reads + ?Sized>(
    reads: &mut R,
    inquiry: &Inquiry,
    now: Timestamp,
) -> Stored<Certificate> {
    let parties = reads.parties(inquiry.id)?;
    let outcomes: HashMap<OrderId, OutcomeRow> =
        reads.outcomes_of(inquiry.id)?.into_iter().map(|outcome| (outcome.order, outcome)).collect();
    let party = |order: &OrderRecord| {
        let found = usize::try_from(order.party).ok().and_then(|at| parties.get(at));
        found.cloned().unwrap_or_default()
    };
    let orders = reads.orders_of(inquiry.id)?;
    let number = |id: OrderId| orders.iter().find(|order| order.id == id).map(OrderRecord::number);
    let stand_ins: HashMap<OrderId, RequestNumber> =
        orders.iter().filter_map(|order| Some((order.stands_in?, order.number()))).collect();
    let line = |order: &OrderRecord| OrderLine {
        stands_in_for: order.stands_in.and_then(number),
        passed_on_to: stand_ins.get(&order.id).cloned(),
        ..line(order, party(order), outcomes.get(&order.id))
    };
    let lines = orders.iter().map(line).collect();
    let mut latest: HashMap<OrderId, &OutcomeRow> = HashMap::new();
    for outcome in outcomes.values() {
        let known = latest.entry(outcome.root).or_insert(outcome);
        if outcome.number > known.number {
            *known = outcome;
        }
    }
    let found = latest.values().any(|outcome| outcome.assets > 0);
    let measures = reads.measures_of(inquiry.id)?;
    let head = (inquiry.case_number.clone(), inquiry.completions, now);
    let not_asked = reads.not_asked(inquiry.id)?;
    Ok(certify(head, lines, not_asked, inquiry.mandate.as_ref(), &measures, found))
}

fn line(order: &OrderRecord, party: String, outcome: Option<&OutcomeRow>) -> OrderLine {
    let fault = || order.fault.as_ref().map(ToString::to_string).unwrap_or_default();
    OrderLine {
        number: order.number(),
        counterpart: order.lane.clone(),
        party,
        action: order.instruction.kind(),
        state: order.state,
        outcome: outcome.map(|outcome| outcome.outcome.clone()),
        asked_at: order.created,
        answered_at: outcome.map(|outcome| outcome.at),
        cached_from: outcome.and_then(|outcome| outcome.cached_from),
        stands_in_for: None,
        passed_on_to: None,
        words: outcome.map_or_else(fault, |outcome| outcome.words.clone()),
    }
}
