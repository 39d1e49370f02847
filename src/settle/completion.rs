//! When an inquiry is complete, and its certificate.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::inquiry::{
    Certificate, EventDraft, EventType, Inquiry, InquiryState, OrderId, OrderLine, certify, number_of,
};
use crate::store::{LineRow, Reads, Stored, Tx};

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
    let party =
        |at: u32| usize::try_from(at).ok().and_then(|at| parties.get(at)).cloned().unwrap_or_default();
    let rows = reads.lines_of(inquiry.id)?;
    // Of each chain the latest answer says whether anything is there.
    let mut latest: HashMap<OrderId, (u32, u32)> = HashMap::new();
    for (root, outcome) in rows.iter().filter_map(|row| Some((row.root, row.outcome.as_ref()?))) {
        let known = latest.entry(root).or_default();
        *known = (*known).max((outcome.number, outcome.assets));
    }
    let found = latest.values().any(|(_, assets)| *assets > 0);
    let pairs = stand_ins(&rows);
    let mut lines: Vec<OrderLine> = rows.into_iter().map(|row| line(party(row.party), row)).collect();
    for (first, second) in pairs {
        let numbers = [first, second].map(|at| lines.get(at).map(|line| line.number.clone()));
        let [first_number, second_number] = numbers;
        if let Some(line) = lines.get_mut(first) {
            line.passed_on_to = second_number;
        }
        if let Some(line) = lines.get_mut(second) {
            line.stands_in_for = first_number;
        }
    }
    let measures = reads.measures_of(inquiry.id)?;
    let head = (inquiry.case_number.clone(), inquiry.completions, now);
    let not_asked = reads.not_asked(inquiry.id)?;
    Ok(certify(head, lines, not_asked, inquiry.mandate.as_ref(), &measures, found))
}

/// Places of orders that could not be answered, each with that of the order that stands in for it.
fn stand_ins(rows: &[LineRow]) -> Vec<(usize, usize)> {
    let place = |id: OrderId| rows.binary_search_by_key(&id, |row| row.id).ok();
    let pair = |(at, row): (usize, &LineRow)| Some((place(row.stands_in?)?, at));
    rows.iter().enumerate().filter_map(pair).collect()
}

fn line(party: String, row: LineRow) -> OrderLine {
    let cached_from = row.outcome.as_ref().and_then(|outcome| outcome.cached_from);
    let (outcome, answered_at, words) = match row.outcome {
        Some(outcome) => (Some(outcome.word), Some(outcome.at), outcome.words),
        None => (None, None, row.fault.map(|fault| fault.to_string()).unwrap_or_default()),
    };
    OrderLine {
        number: number_of(row.id, row.created),
        counterpart: row.lane,
        party,
        action: row.action,
        state: row.state,
        outcome,
        asked_at: row.created,
        answered_at,
        cached_from,
        stands_in_for: None,
        passed_on_to: None,
        words,
    }
}
