use chakong_contract::reply::Answer;
use serde_json::{Map, Value};

use super::event::{CloudEvent, EventData, FaultNote, OrderResult, Provenance};
use crate::inquiry::EventType;
use crate::lanes::Submissions;
use crate::store::{EventRecord, Reads, Revision, StoreError, Stored};

/// The event of a line of the log.
pub(super) fn event(
    reads: &mut dyn Reads,
    submissions: &Submissions,
    source: &str,
    record: EventRecord,
) -> Stored<CloudEvent> {
    let (seq, kind, time) = (record.seq, record.kind, record.at);
    let subject = record.inquiry_uid.to_string();
    let data = match record.order {
        Some(order) if is_about_order(kind) => order_result(reads, submissions, order, record)?,
        _ => EventData::Other(other(record)),
    };
    Ok(CloudEvent {
        specversion: "1.0",
        id: seq.to_string(),
        source: source.to_owned(),
        kind,
        subject,
        time,
        datacontenttype: "application/json",
        sequence: format!("{seq:020}"),
        data,
    })
}

const fn is_about_order(kind: EventType) -> bool {
    matches!(
        kind,
        EventType::OrderAnswered
            | EventType::OrderRefused
            | EventType::OrderOverdue
            | EventType::OrderFailed
            | EventType::OrderHeld
    )
}

/// Only what never changes is taken from the order's row.
fn order_result(
    reads: &mut dyn Reads,
    submissions: &Submissions,
    order: i64,
    mut record: EventRecord,
) -> Stored<EventData> {
    let order = reads.order(order)?.ok_or(StoreError::Missing("the event's order"))?;
    let submission = submissions.get(reads, record.inquiry)?;
    let revision = match record.revision {
        Some(number) => {
            let revision = reads.revision(order.root, Some(number))?;
            Some(revision.ok_or(StoreError::Missing("the event's revision"))?)
        }
        None => None,
    };
    let fault = record.data.as_mut().map(Value::take);
    let number = order.number();
    let mut result = OrderResult {
        inquiry: record.inquiry_uid,
        case_number: record.case_number,
        order: number,
        counterpart: order.lane,
        party: submission.reference_of(order.party),
        action: order.instruction.kind(),
        revision: record.revision,
        outcome: None,
        reply: None,
        unknown: Vec::new(),
        receipts: Vec::new(),
        differences: None,
        provenance: None,
        fault: fault.and_then(|fault| serde_json::from_value::<FaultNote>(fault).ok()),
    };
    if let Some(revision) = revision {
        answer(&mut result, revision);
    }
    Ok(EventData::Order(Box::new(result)))
}

fn answer(result: &mut OrderResult, revision: Revision) {
    let Answer { reply, answered_at, unknown, receipts } = revision.answer;
    result.outcome = Some(reply.outcome());
    result.reply = Some(reply);
    result.unknown = unknown;
    result.receipts = receipts.iter().map(Into::into).collect();
    result.differences = revision.differences;
    let (raw_digest, connector) = (revision.raw_digest, revision.connector);
    result.provenance = Some(Provenance { raw_digest, connector, answered_at, received_at: revision.at });
}

fn other(record: EventRecord) -> Map<String, Value> {
    let mut data = match record.data {
        Some(Value::Object(data)) => data,
        Some(other) => Map::from_iter([("detail".to_owned(), other)]),
        None => Map::new(),
    };
    data.insert("inquiry".to_owned(), record.inquiry_uid.to_string().into());
    data.insert("case_number".to_owned(), record.case_number.into());
    data
}
