use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use chakong_contract::RequestNumber;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::event::{CloudEvent, EventData, FaultNote, OrderResult, Provenance};
use crate::domain::{EventType, InquiryId};
use crate::store::{
    Ailment, AnswerText, EventRecord, OrderBrief, PageRow, Reads, RevisionText, StoreError, Stored,
};

/// Renders the events of one page.
pub(super) struct Renderer<'a> {
    reads: &'a mut dyn Reads,
    source: &'a str,
    /// References of parties, read once for each inquiry of the page.
    references: HashMap<InquiryId, Vec<String>>,
}

impl<'a> Renderer<'a> {
    /// # Errors
    /// When the store fails.
    pub(super) fn of(page: &[PageRow], reads: &'a mut dyn Reads, source: &'a str) -> Stored<Self> {
        let mut inquiries: Vec<InquiryId> =
            page.iter().filter(|row| row.order.is_some()).map(|row| row.event.inquiry).collect();
        inquiries.sort_unstable();
        inquiries.dedup();
        let references = reads.references_of_all(&inquiries)?;
        Ok(Self { reads, source, references })
    }

    /// The event of a line of the log. One that cannot be read says so in its place, and blocks no other.
    pub(super) fn event(&mut self, row: PageRow) -> Stored<CloudEvent> {
        let PageRow { event: record, order, revision } = row;
        let (seq, time, subject) = (record.seq, record.at, record.inquiry_uid.to_string());
        let place = EventRecord { data: None, case_number: record.case_number.clone(), ..record };
        let (kind, data) = match self.data(order, revision, record) {
            Ok(data) => (place.kind, data),
            Err(error) if error.is_about_a_row() || error.ails(Ailment::Damaged) => {
                tracing::error!(event = seq, %error, "an event cannot be read; the others are");
                let shown = place.unreadable();
                (shown.kind, EventData::Other(other(shown)?))
            }
            Err(error) => return Err(error),
        };
        Ok(CloudEvent {
            specversion: "1.0",
            id: seq.to_string(),
            source: self.source.to_owned(),
            kind,
            subject,
            time,
            datacontenttype: "application/json",
            sequence: format!("{seq:020}"),
            data,
        })
    }

    fn data(
        &mut self,
        order: Option<OrderBrief>,
        revision: Option<RevisionText>,
        record: EventRecord,
    ) -> Stored<EventData> {
        match order {
            Some(order) if is_about_order(record.kind) => self.order_result(order, revision, record),
            Some(order) => {
                let is_of_its_party = record.kind == EventType::MeasureReceipt;
                let inquiry = record.inquiry;
                let mut all = other(record)?;
                if is_of_its_party {
                    insert(&mut all, "party", &self.reference(inquiry, order.party)?)?;
                }
                insert(&mut all, "order", &order.number)?;
                insert(&mut all, "counterpart", &order.lane)?;
                Ok(EventData::Other(all))
            }
            None => Ok(EventData::Other(other(record)?)),
        }
    }

    fn reference(&mut self, inquiry: InquiryId, party: u32) -> Stored<String> {
        let known = match self.references.entry(inquiry) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.reads.references_of(inquiry)?),
        };
        Ok(usize::try_from(party).ok().and_then(|at| known.get(at).cloned()).unwrap_or_default())
    }

    /// Only what never changes is taken from the order's row.
    fn order_result(
        &mut self,
        order: OrderBrief,
        revision: Option<RevisionText>,
        mut record: EventRecord,
    ) -> Stored<EventData> {
        if record.revision.is_some() && revision.is_none() {
            return Err(StoreError::Missing("the event's revision"));
        }
        let said = Said::of(&mut record);
        let mut result = OrderResult {
            inquiry: record.inquiry_uid,
            case_number: record.case_number,
            order: order.number,
            party: self.reference(record.inquiry, order.party)?,
            counterpart: order.lane,
            action: order.action,
            revision: record.revision,
            outcome: None,
            reply: None,
            unknown: Vec::new(),
            receipts: Vec::new(),
            differences: None,
            provenance: None,
            fault: said.fault,
            reason: said.reason,
            decision: said.decision,
            sent_as: said.sent_as,
        };
        if let Some(revision) = revision {
            answer(&mut result, revision);
        }
        Ok(EventData::Order(Box::new(result)))
    }
}

/// What stands beside an event about an order.
#[derive(Default)]
struct Said {
    fault: Option<FaultNote>,
    reason: Option<String>,
    decision: Option<String>,
    sent_as: Option<RequestNumber>,
}

/// What a decision about an order says; what it does not say is left out.
#[derive(Deserialize)]
struct DecisionNote {
    reason: Option<String>,
    decision: Option<String>,
    sent_as: Option<RequestNumber>,
}

impl Said {
    /// Takes what an event says beside its order. What cannot be read is left out and logged: the event is told all the same.
    fn of(record: &mut EventRecord) -> Self {
        let (seq, data) = (record.seq, record.data.take());
        let Some(data) = data else { return Self::default() };
        let read = match record.kind {
            EventType::OrderResolved | EventType::OrderWithdrawn => {
                serde_json::from_str(&data).map(|DecisionNote { reason, decision, sent_as }| Self {
                    reason,
                    decision,
                    sent_as,
                    fault: None,
                })
            }
            _ => serde_json::from_str(&data).map(|fault| Self { fault: Some(fault), ..Self::default() }),
        };
        read.unwrap_or_else(|error| {
            tracing::error!(event = seq, %error, "what an event says beside its order cannot be read; the rest is told");
            Self::default()
        })
    }
}

const fn is_about_order(kind: EventType) -> bool {
    matches!(
        kind,
        EventType::OrderAnswered
            | EventType::OrderRefused
            | EventType::OrderOverdue
            | EventType::OrderFailed
            | EventType::OrderUndetermined
            | EventType::OrderResolved
            | EventType::OrderWithdrawn
    )
}

fn answer(result: &mut OrderResult, revision: RevisionText) {
    let AnswerText { reply, answered_at, unknown, receipts } = revision.answer;
    result.outcome = Some(revision.outcome);
    result.reply = Some(reply);
    result.unknown = unknown;
    result.receipts = receipts.iter().map(Into::into).collect();
    result.differences = revision.differences;
    let (raw_digest, connector) = (revision.raw_digest, revision.connector);
    result.provenance = Some(Provenance {
        raw_digest,
        connector,
        answered_at,
        received_at: revision.at,
        cached_from: revision.cached_from,
    });
}

/// What the event carries, not taken apart, and what it is about.
fn other(record: EventRecord) -> Stored<BTreeMap<String, Box<RawValue>>> {
    let EventRecord { data, inquiry_uid, case_number, .. } = record;
    let mut all = data.map_or(Ok(BTreeMap::new()), |data| serde_json::from_str(&data)).map_err(unreadable)?;
    insert(&mut all, "inquiry", &inquiry_uid)?;
    insert(&mut all, "case_number", &case_number)?;
    Ok(all)
}

fn insert(all: &mut BTreeMap<String, Box<RawValue>>, key: &str, value: &impl Serialize) -> Stored<()> {
    all.insert(key.to_owned(), to_raw_value(value).map_err(unreadable)?);
    Ok(())
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "event data", detail: error.to_string() }
}
