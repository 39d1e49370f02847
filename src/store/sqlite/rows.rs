//! From rows to records: columns by position of the constants here.

use chakong_contract::ActionKind;
use chakong_contract::asset::Rank;
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{FromSql, ValueRef};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::failed;
use crate::inquiry::{
    EventType, Inquiry, InquiryState, Measure, OrderRecord, OrderState, Priority, number_of,
};
use crate::store::{
    EventRecord, LineRow, OrderBrief, Outcome, Packed, PageRow, RawDirection, RawMessage, Revision,
    RevisionText, StoreError, Stored,
};

pub(super) const INQUIRY: &str = "i.id, i.uid, i.case_number, i.submitted_by, i.state, i.created, i.deadline,
    i.open_orders, i.completions, i.mandate";
pub(super) const ORDER: &str =
    "id, inquiry, lane, party, document, instruction, priority, state, attempts, created,
    due, deadline, ticket, batch, root, measure, fault, stands_in";
pub(super) const REVISION: &str =
    "root, number, order_id, inquiry, at, answer, raw, raw_digest, connector, differences, cached_from";
pub(super) const MEASURE: &str =
    "id, inquiry, lane, party, document, institution, target, state, exemption, available, asked, held,
    releasing, from_day, until_day, rank, order_id, note, deducting, deducted, reference";
pub(super) const RAW: &str = "lane, batch, direction, name, at, bytes";
/// Beside an event; columns follow those of [`EVENT`].
pub(super) const PAGE: &str = "o.created, o.lane, o.party, o.instruction,
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
const PRIORITIES: [Priority; 5] =
    [Priority::Release, Priority::Preservation, Priority::Freeze, Priority::Requery, Priority::Query];

fn coded<T: Copy>(all: &[T], code: i64, what: &'static str) -> Stored<T> {
    usize::try_from(code)
        .ok()
        .and_then(|at| all.get(at).copied())
        .ok_or_else(|| unreadable(what, &format!("unknown code {code}")))
}

pub(super) fn inquiry(row: &Row<'_>) -> Stored<Inquiry> {
    Ok(Inquiry {
        id: get(row, 0)?,
        uid: uid(row, 1)?,
        case_number: get(row, 2)?,
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

pub(super) fn order(row: &Row<'_>) -> Stored<OrderRecord> {
    let id = get(row, 0)?;
    Ok(OrderRecord {
        id,
        inquiry: get(row, 1)?,
        lane: get(row, 2)?,
        party: get(row, 3)?,
        document: get(row, 4)?,
        instruction: json("instruction", text(row, 5)?)?,
        priority: coded(&PRIORITIES, get(row, 6)?, "priority")?,
        state: coded(&OrderState::ALL, get(row, 7)?, "order state")?,
        attempts: get(row, 8)?,
        created: instant(row, 9)?,
        due: instant(row, 10)?,
        deadline: instant(row, 11)?,
        ticket: get(row, 12)?,
        batch: get(row, 13)?,
        root: get::<Option<i64>>(row, 14)?.unwrap_or(id),
        measure: get(row, 15)?,
        fault: optional_json(row, 16, "fault")?,
        stands_in: get(row, 17)?,
    })
}

/// The text of a column, without a copy.
pub(super) fn text<'r>(row: &'r Row<'_>, at: usize) -> Stored<&'r str> {
    let value = row.get_ref(at).map_err(failed("read a column"))?;
    value.as_str().map_err(|error| unreadable("column", &error))
}

pub(super) fn revision(row: &Row<'_>) -> Stored<Revision> {
    Ok(Revision {
        root: get(row, 0)?,
        number: get(row, 1)?,
        order: get(row, 2)?,
        inquiry: get(row, 3)?,
        at: instant(row, 4)?,
        answer: json("answer", text(row, 5)?)?,
        raw: get(row, 6)?,
        raw_digest: get(row, 7)?,
        connector: get(row, 8)?,
        differences: optional_json(row, 9, "differences")?,
        cached_from: optional_instant(row, 10)?,
    })
}

pub(super) fn measure(row: &Row<'_>) -> Stored<Measure> {
    let amount = |at| -> Stored<Decimal> {
        get::<String>(row, at)?.parse().map_err(|error: rust_decimal::Error| unreadable("amount", &error))
    };
    let day = |at| -> Stored<Option<chakong_contract::Date>> {
        let text: Option<String> = get(row, at)?;
        text.map(|text| text.parse().map_err(|error: jiff::Error| unreadable("date", &error))).transpose()
    };
    Ok(Measure {
        id: get(row, 0)?,
        inquiry: get(row, 1)?,
        counterpart: get(row, 2)?,
        party: get(row, 3)?,
        document: get(row, 4)?,
        institution: get(row, 5)?,
        target: json("target", &get::<String>(row, 6)?)?,
        state: word("measure state", get(row, 7)?)?,
        exemption: json("exemption", &get::<String>(row, 8)?)?,
        available: amount(9)?,
        asked: amount(10)?,
        held: amount(11)?,
        releasing: amount(12)?,
        from: day(13)?,
        until: day(14)?,
        rank: optional_json::<Rank>(row, 15, "rank")?,
        order: get(row, 16)?,
        note: get(row, 17)?,
        deducting: amount(18)?,
        deducted: amount(19)?,
        reference: get(row, 20)?,
    })
}

pub(super) fn event(row: &Row<'_>) -> Stored<EventRecord> {
    Ok(EventRecord {
        seq: get(row, 0)?,
        kind: coded(&EventType::ALL, get(row, 1)?, "event type")?,
        inquiry: get(row, 2)?,
        order: get(row, 3)?,
        revision: get(row, 4)?,
        at: instant(row, 5)?,
        data: get(row, 6)?,
        inquiry_uid: uid(row, 7)?,
        case_number: get(row, 8)?,
    })
}

pub(super) fn raw(row: &Row<'_>) -> Stored<RawMessage> {
    let direction = if get::<i64>(row, 2)? == 0 { RawDirection::Out } else { RawDirection::In };
    let bytes = Packed(get::<Vec<u8>>(row, 5)?.into());
    let (lane, batch, name) = (get(row, 0)?, get(row, 1)?, get(row, 3)?);
    Ok(RawMessage { lane, batch, direction, name, at: instant(row, 4)?, bytes })
}

/// The act of an instruction; the rest of it is not read.
#[derive(serde::Deserialize)]
struct Act {
    action: ActionKind,
}

pub(super) fn line(row: &Row<'_>) -> Stored<LineRow> {
    let outcome = match get::<Option<String>>(row, 8)? {
        Some(word) => {
            let (words, assets, at, number) = (get(row, 9)?, get(row, 10)?, instant(row, 11)?, get(row, 12)?);
            let cached_from = optional_instant(row, 13)?;
            Some(Outcome { number, word, words, assets, at, cached_from })
        }
        None => None,
    };
    Ok(LineRow {
        id: get(row, 0)?,
        lane: get(row, 1)?,
        party: get(row, 2)?,
        action: json::<Act>("instruction", text(row, 3)?)?.action,
        state: coded(&OrderState::ALL, get(row, 4)?, "order state")?,
        created: instant(row, 5)?,
        fault: optional_json(row, 6, "fault")?,
        root: get(row, 7)?,
        outcome,
        stands_in: get(row, 14)?,
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
            let act: Act = json("instruction", text(row, 12)?)?;
            let (lane, party) = (get(row, 10)?, get(row, 11)?);
            Some(OrderBrief { number: number_of(id, instant(row, 9)?), lane, party, action: act.action })
        }
        None => None,
    };
    let revision = match has(13)? {
        true => Some(RevisionText {
            at: instant(row, 13)?,
            outcome: get(row, 14)?,
            answer: json("answer", text(row, 15)?)?,
            raw_digest: get(row, 16)?,
            connector: get(row, 17)?,
            differences: optional_json(row, 18, "differences")?,
            cached_from: optional_instant(row, 19)?,
        }),
        false => None,
    };
    Ok(PageRow { event, order, revision })
}
