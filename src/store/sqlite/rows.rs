//! From rows to records: columns by position of the constants here.

use chakong_contract::ActionKind;
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{FromSql, ValueRef};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::failed;
use crate::domain::{
    AuditEntry, Blob, Case, CaseId, Chain, ChainId, ChainParty, ClaimChange, DocumentId, EventType, Inquiry,
    InquiryId, InquiryState, LineRow, Measure, MeasureId, OrderId, OrderRecord, OrderState, Outcome, Paper,
    Priority, RawDirection, RawId, RawMessage, Revision, Task, TaskId, number_of,
};
use crate::store::codec::{decode, decode_json};
use crate::store::{EventRecord, OrderBrief, PageRow, RevisionText, StoreError, Stored, short};

pub(super) const INQUIRY: &str = "i.id, i.uid, i.case_number, i.submitted_by, i.state, i.created, i.deadline,
    i.open_orders, i.completions, i.mandate, i.chain, i.case_id, i.court";
pub(super) const ORDER: &str =
    "o.id, o.inquiry, o.lane, o.party, o.document, o.instruction, o.priority, o.state, o.attempts, o.created,
    o.due, o.deadline, o.ticket, o.batch, o.root, o.measure, o.fault, o.stands_in, o.sent, o.papers, o.court";
pub(super) const REVISION: &str =
    "root, number, order_id, inquiry, at, answer, raw, raw_digest, connector, differences, cached_from";
pub(super) const RAW: &str = "lane, batch, direction, name, at, bytes";
pub(super) const TASK: &str = "id, chain, inquiry, kind, order_id, measure, created, due, done, note, look";
pub(super) const CASE: &str = "id, chain, number, court_name, court_code, continues, created";
pub(super) const ACT: &str = "at, actor, act, subject, reason, detail, refused";
/// Beside an event; columns follow those of [`EVENT`].
pub(super) const PAGE: &str = "o.created, o.lane, o.party, o.action,
    r.at, r.outcome, r.answer, r.raw_digest, r.connector, r.differences, r.cached_from";
pub(super) const EVENT: &str =
    "e.seq, e.kind, e.inquiry, e.order_id, e.revision, e.at, e.data, i.uid, i.case_number";

/// Microseconds since 1970 of an instant.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(super) fn get<T: FromSql>(row: &Row<'_>, at: usize) -> Stored<T> {
    row.get(at).map_err(failed("read a column"))
}

pub(super) fn instant(row: &Row<'_>, at: usize) -> Stored<Timestamp> {
    Timestamp::from_microsecond(get(row, at)?).map_err(|error| unreadable("time", &error))
}

pub(super) fn optional_instant(row: &Row<'_>, at: usize) -> Stored<Option<Timestamp>> {
    let micros: Option<i64> = get(row, at)?;
    micros
        .map(|micros| Timestamp::from_microsecond(micros).map_err(|error| unreadable("time", &error)))
        .transpose()
}

pub(super) fn unreadable(what: &'static str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what, detail: error.to_string() }
}

pub(super) fn json<T: DeserializeOwned>(what: &'static str, text: &str) -> Stored<T> {
    serde_json::from_str(text).map_err(|error| unreadable(what, &error))
}

pub(super) fn optional_json<T: DeserializeOwned>(
    row: &Row<'_>,
    at: usize,
    what: &'static str,
) -> Stored<Option<T>> {
    get::<Option<String>>(row, at)?.map(|text| json(what, &text)).transpose()
}

/// A word of an enum that serialises as one.
pub(super) fn word<T: DeserializeOwned>(what: &'static str, text: String) -> Stored<T> {
    serde_json::from_value(serde_json::Value::String(text)).map_err(|error| unreadable(what, &error))
}

const STATES: [InquiryState; 3] = [InquiryState::Open, InquiryState::Completed, InquiryState::Cancelled];
fn coded<T: Copy>(all: &[T], code: i64, what: &'static str) -> Stored<T> {
    usize::try_from(code)
        .ok()
        .and_then(|at| all.get(at).copied())
        .ok_or_else(|| unreadable(what, &format!("unknown code {code}")))
}

pub(super) fn inquiry(row: &Row<'_>) -> Stored<Inquiry> {
    Ok(Inquiry {
        id: InquiryId::new(get(row, 0)?),
        uid: uid(row, 1)?,
        chain: ChainId::new(get(row, 10)?),
        case: CaseId::new(get(row, 11)?),
        case_number: get(row, 2)?,
        court: get(row, 12)?,
        submitted_by: get(row, 3)?,
        state: coded(&STATES, get(row, 4)?, "inquiry state")?,
        created: instant(row, 5)?,
        deadline: instant(row, 6)?,
        open_orders: get(row, 7)?,
        completions: get(row, 8)?,
        mandate: optional_json(row, 9, "mandate")?,
    })
}

fn uid(row: &Row<'_>, at: usize) -> Stored<Uuid> {
    Uuid::from_slice(&get::<Vec<u8>>(row, at)?).map_err(|error| unreadable("inquiry id", &error))
}

/// Any JSON that is kept through the codec.
pub(super) fn body<T: DeserializeOwned>(row: &Row<'_>, at: usize, what: &'static str) -> Stored<T> {
    decode_json(what, blob(row, at, what)?)
}

/// The bytes of a column, without a copy.
fn blob<'r>(row: &'r Row<'_>, at: usize, what: &'static str) -> Stored<&'r [u8]> {
    let value = row.get_ref(at).map_err(failed("read a column"))?;
    value.as_blob().map_err(|error| unreadable(what, &error))
}

pub(super) fn optional_body<T: DeserializeOwned>(
    row: &Row<'_>,
    at: usize,
    what: &'static str,
) -> Stored<Option<T>> {
    let value = row.get_ref(at).map_err(failed("read a column"))?;
    let blob = value.as_blob_or_null().map_err(|error| unreadable(what, &error))?;
    blob.map(|blob| decode_json(what, blob)).transpose()
}

/// Any text that is kept through the codec.
pub(super) fn body_text(row: &Row<'_>, at: usize, what: &'static str) -> Stored<String> {
    let bytes = decode(what, blob(row, at, what)?)?;
    String::from_utf8(bytes).map_err(|error| unreadable(what, &error))
}

/// A value that serialises as a word.
fn word_of<T: DeserializeOwned>(row: &Row<'_>, at: usize, what: &'static str) -> Stored<T> {
    word(what, get(row, at)?)
}

fn id<T>(row: &Row<'_>, at: usize, of: fn(i64) -> T) -> Stored<Option<T>> {
    Ok(get::<Option<i64>>(row, at)?.map(of))
}

pub(super) fn order(row: &Row<'_>) -> Stored<OrderRecord> {
    let order = OrderId::new(get(row, 0)?);
    Ok(OrderRecord {
        id: order,
        inquiry: InquiryId::new(get(row, 1)?),
        lane: get(row, 2)?,
        court: get(row, 20)?,
        party: get(row, 3)?,
        document: get(row, 4)?,
        instruction: short::read_instruction(blob(row, 5, "instruction")?)?,
        priority: coded(&Priority::ALL, get(row, 6)?, "priority")?,
        state: order_state(row, 7)?,
        attempts: get(row, 8)?,
        created: instant(row, 9)?,
        due: instant(row, 10)?,
        deadline: instant(row, 11)?,
        ticket: get(row, 12)?,
        batch: id(row, 13, crate::domain::BatchId::new)?,
        root: id(row, 14, OrderId::new)?.unwrap_or(order),
        measure: id(row, 15, MeasureId::new)?,
        fault: optional_json(row, 16, "fault")?,
        stands_in: id(row, 17, OrderId::new)?,
        sent: optional_instant(row, 18)?,
        papers: optional_json(row, 19, "papers of an order")?.unwrap_or_default(),
    })
}

pub(super) fn order_state(row: &Row<'_>, at: usize) -> Stored<OrderState> {
    let code: i64 = get(row, at)?;
    OrderState::from_code(code).ok_or_else(|| unreadable("order state", &code))
}

pub(super) fn chain(row: &Row<'_>) -> Stored<Chain> {
    Ok(Chain {
        id: ChainId::new(get(row, 0)?),
        created: instant(row, 1)?,
        has_ledger: get(row, 2)?,
        claim: optional_json(row, 3, "claim")?,
    })
}

pub(super) fn case(row: &Row<'_>) -> Stored<Case> {
    let number: String = get(row, 2)?;
    Ok(Case {
        id: CaseId::new(get(row, 0)?),
        chain: ChainId::new(get(row, 1)?),
        number: number.parse().map_err(|error| unreadable("case number", &error))?,
        court_name: get(row, 3)?,
        court_code: get(row, 4)?,
        continues: id(row, 5, CaseId::new)?,
        created: instant(row, 6)?,
    })
}

pub(super) fn party(row: &Row<'_>) -> Stored<ChainParty> {
    body(row, 0, "party")
}

pub(super) fn claim_change(row: &Row<'_>) -> Stored<ClaimChange> {
    let amount = |text: String| text.parse().map_err(|error| unreadable("amount", &error));
    Ok(ClaimChange {
        chain: ChainId::new(get(row, 0)?),
        at: instant(row, 1)?,
        actor: get(row, 2)?,
        kind: word_of(row, 3, "change of a claim")?,
        before: get::<Option<String>>(row, 4)?.map(amount).transpose()?,
        after: amount(get(row, 5)?)?,
        reason: get(row, 6)?,
        paper: id(row, 7, DocumentId::new)?,
    })
}

pub(super) fn paper(row: &Row<'_>) -> Stored<Paper> {
    Ok(Paper {
        id: DocumentId::new(get(row, 0)?),
        inquiry: InquiryId::new(get(row, 1)?),
        kind: word_of(row, 2, "kind of a document")?,
        number: get(row, 3)?,
        by_act: get(row, 4)?,
        measures: json("measures of a document", text(row, 5)?)?,
        debtors: optional_json(row, 6, "parties of the chain")?.unwrap_or_default(),
    })
}

pub(super) fn task(row: &Row<'_>) -> Stored<Task> {
    Ok(Task {
        id: TaskId::new(get(row, 0)?),
        chain: ChainId::new(get(row, 1)?),
        inquiry: id(row, 2, InquiryId::new)?,
        kind: word_of(row, 3, "kind of a task")?,
        order: id(row, 4, OrderId::new)?,
        measure: id(row, 5, MeasureId::new)?,
        created: instant(row, 6)?,
        due: instant(row, 7)?,
        done: optional_instant(row, 8)?,
        look: optional_instant(row, 10)?,
        note: get(row, 9)?,
    })
}

pub(super) fn act(row: &Row<'_>) -> Stored<AuditEntry> {
    Ok(AuditEntry {
        at: instant(row, 0)?,
        actor: get(row, 1)?,
        act: get(row, 2)?,
        subject: get(row, 3)?,
        reason: get(row, 4)?,
        detail: optional_body(row, 5, "detail of an act")?,
        refused: get(row, 6)?,
    })
}

/// The text of a column, without a copy.
pub(super) fn text<'r>(row: &'r Row<'_>, at: usize) -> Stored<&'r str> {
    let value = row.get_ref(at).map_err(failed("read a column"))?;
    value.as_str().map_err(|error| unreadable("column", &error))
}

pub(super) fn revision(row: &Row<'_>) -> Stored<Revision> {
    Ok(Revision {
        root: OrderId::new(get(row, 0)?),
        number: get(row, 1)?,
        order: OrderId::new(get(row, 2)?),
        inquiry: InquiryId::new(get(row, 3)?),
        at: instant(row, 4)?,
        answer: body(row, 5, "answer")?,
        stored: None,
        raw: id(row, 6, RawId::new)?,
        raw_digest: short::read_digest(text(row, 7)?),
        connector: get(row, 8)?,
        differences: optional_body(row, 9, "differences")?,
        cached_from: optional_instant(row, 10)?,
    })
}

pub(super) fn measure(row: &Row<'_>) -> Stored<Measure> {
    body(row, 0, "measure")
}

pub(super) fn event(row: &Row<'_>) -> Stored<EventRecord> {
    Ok(EventRecord {
        seq: get(row, 0)?,
        kind: event_type(row, 1)?,
        inquiry: InquiryId::new(get(row, 2)?),
        order: id(row, 3, OrderId::new)?,
        revision: get(row, 4)?,
        at: instant(row, 5)?,
        data: event_data(row, 6)?,
        inquiry_uid: uid(row, 7)?,
        case_number: get(row, 8)?,
    })
}

/// An event of which nothing but its place is known.
pub(super) fn unknown_event(seq: i64, inquiry: InquiryId, at: Timestamp) -> EventRecord {
    EventRecord {
        seq,
        kind: EventType::ResultUnreadable,
        inquiry,
        inquiry_uid: Uuid::nil(),
        case_number: String::new(),
        order: None,
        revision: None,
        at,
        data: None,
    }
}

/// The place of an event that cannot be read, with what can be read of it.
pub(super) fn place_of_event(row: &Row<'_>) -> Stored<EventRecord> {
    let place =
        unknown_event(get(row, 0)?, InquiryId::new(get(row, 2)?), instant(row, 5).unwrap_or_default());
    Ok(EventRecord {
        order: id(row, 3, OrderId::new).unwrap_or_default(),
        inquiry_uid: uid(row, 7).unwrap_or_default(),
        case_number: get(row, 8).unwrap_or_default(),
        ..place
    })
}

fn event_type(row: &Row<'_>, at: usize) -> Stored<EventType> {
    let code: i64 = get(row, at)?;
    EventType::from_code(code).ok_or_else(|| unreadable("event type", &code))
}

fn event_data(row: &Row<'_>, at: usize) -> Stored<Option<String>> {
    let is_there = row.get_ref(at).map_err(failed("read a column"))? != ValueRef::Null;
    if is_there { body_text(row, at, "data of an event").map(Some) } else { Ok(None) }
}

pub(super) fn raw(row: &Row<'_>) -> Stored<RawMessage> {
    let direction = if get::<i64>(row, 2)? == 0 { RawDirection::Out } else { RawDirection::In };
    let bytes = Blob::stored(get::<Vec<u8>>(row, 5)?);
    let (lane, batch, name) = (get(row, 0)?, id(row, 1, crate::domain::BatchId::new)?, get(row, 3)?);
    Ok(RawMessage { lane, batch, direction, name, at: instant(row, 4)?, bytes })
}

/// Columns: o.id, o.lane, o.party, o.action, o.state, o.created, o.fault, root, r.outcome, r.words, r.assets, r.at, r.number,
/// r.cached_from, o.stands_in, o.sent, r.cash.
pub(super) fn line(row: &Row<'_>) -> Stored<LineRow> {
    let outcome = match get::<Option<String>>(row, 8)? {
        Some(word) => Some(Outcome {
            word,
            words: body_text(row, 9, "words of an answer")?,
            assets: get(row, 10)?,
            at: instant(row, 11)?,
            number: get(row, 12)?,
            cached_from: optional_instant(row, 13)?,
            cash: get(row, 16)?,
        }),
        None => None,
    };
    Ok(LineRow {
        id: OrderId::new(get(row, 0)?),
        lane: get(row, 1)?,
        party: get(row, 2)?,
        action: word_of::<ActionKind>(row, 3, "action")?,
        state: order_state(row, 4)?,
        created: instant(row, 5)?,
        fault: optional_json(row, 6, "fault")?,
        root: OrderId::new(get(row, 7)?),
        outcome,
        stands_in: id(row, 14, OrderId::new)?,
        sent: optional_instant(row, 15)?,
    })
}

pub(super) fn page_row(row: &Row<'_>) -> Stored<PageRow> {
    let event = event(row)?;
    let has = |at: usize| -> Stored<bool> {
        let value = row.get_ref(at).map_err(failed("read a column"))?;
        Ok(value != ValueRef::Null)
    };
    let order = match event.order.filter(|_| matches!(has(9), Ok(true))) {
        Some(id) => {
            let action = word_of::<ActionKind>(row, 12, "action")?;
            let (lane, party) = (get(row, 10)?, get(row, 11)?);
            Some(OrderBrief { number: number_of(id, instant(row, 9)?), lane, party, action })
        }
        None => None,
    };
    let revision = match has(13)? {
        true => Some(RevisionText {
            at: instant(row, 13)?,
            outcome: get(row, 14)?,
            answer: body(row, 15, "answer")?,
            raw_digest: short::read_digest(text(row, 16)?),
            connector: get(row, 17)?,
            differences: optional_body(row, 18, "differences")?,
            cached_from: optional_instant(row, 19)?,
        }),
        false => None,
    };
    Ok(PageRow { event, order, revision })
}
