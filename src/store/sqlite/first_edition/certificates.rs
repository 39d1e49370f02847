//! Certificates of the first edition stood in the event that told of them. They are kept as documents under their numbers, in the
//! form of this edition.

use std::collections::HashSet;

use chakong_contract::{ActionKind, Money, RequestNumber};
use jiff::Timestamp;
use rusqlite::Row;
use serde::Deserialize;
use uuid::Uuid;

use super::super::query::Rows;
use super::super::rows::{get, optional_body};
use crate::domain::{
    Certificate, Change, Counts, Coverage, EventType, InquiryId, NewCertificate, NotAsked, OrderLine,
    OrderState, Triage,
};
use crate::store::{StoreError, Stored, Tx as _};

/// A certificate as the first edition wrote it. It counted queries and controls together.
#[derive(Debug, Deserialize)]
struct OldCertificate {
    case_number: String,
    issue: u32,
    issued_at: Timestamp,
    answered: u32,
    refused: u32,
    silent: u32,
    failed: u32,
    orders: Vec<OldLine>,
    not_asked: Vec<NotAsked>,
    coverage: Option<OldCoverage>,
    triage: Triage,
}

#[derive(Debug, Deserialize)]
struct OldLine {
    number: RequestNumber,
    counterpart: String,
    party: String,
    action: ActionKind,
    state: OldState,
    outcome: Option<String>,
    asked_at: Timestamp,
    answered_at: Option<Timestamp>,
    cached_from: Option<Timestamp>,
    stands_in_for: Option<RequestNumber>,
    passed_on_to: Option<RequestNumber>,
    #[serde(default)]
    words: String,
}

/// The state of an order; two have another name now.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum OldState {
    Same(OrderState),
    Renamed(Renamed),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Renamed {
    Held,
    Unknown,
}

#[derive(Debug, Deserialize)]
struct OldCoverage {
    claimed: Money,
    held: Money,
    deducted: Money,
    asked: Money,
    shortfall: Money,
}

struct Told {
    seq: i64,
    inquiry: InquiryId,
    uid: Uuid,
    certificate: Option<OldCertificate>,
}

fn read(row: &Row<'_>) -> Stored<Told> {
    let uid: Vec<u8> = get(row, 2)?;
    let uid = Uuid::from_slice(&uid)
        .map_err(|error| StoreError::Unreadable { what: "inquiry", detail: error.to_string() })?;
    // What is no certificate of that form stays in the log, where it is read as it was told.
    let certificate = optional_body(row, 3, "certificate").unwrap_or_default();
    Ok(Told { seq: get(row, 0)?, inquiry: InquiryId::new(get(row, 1)?), uid, certificate })
}

/// Keeps every certificate that was told.
pub(super) fn take_over(rows: &mut Rows<'_>) -> Stored<()> {
    let sql = "SELECT e.seq, e.inquiry, i.uid, e.data FROM events e JOIN inquiries i ON i.id = e.inquiry
               WHERE e.kind = ?1 AND e.seq > ?2 ORDER BY e.seq LIMIT 1";
    let kind = EventType::InquiryCompleted.code();
    let (mut last, mut kept) = (i64::MIN, HashSet::new());
    // One at a time: they may be long.
    while let Some(told) = rows.one(sql, [kind, last], read)? {
        last = told.seq;
        let Some(old) = told.certificate else { continue };
        let certificate = Certificate::from(old);
        let (number, at) = (certificate.number, certificate.issued_at);
        if kept.insert((told.inquiry, number)) {
            let text = serde_json::to_string(&certificate).unwrap_or_default();
            let (inquiry, uid) = (told.inquiry, told.uid);
            rows.write(&[Change::NewCertificate(NewCertificate { inquiry, uid, number, at, text })])?;
        }
    }
    Ok(())
}

impl From<OldCertificate> for Certificate {
    fn from(old: OldCertificate) -> Self {
        let questions = Counts {
            total: old.answered + old.refused + old.silent + old.failed,
            answered: old.answered,
            refused: old.refused,
            silent: old.silent,
            failed: old.failed,
            ..Counts::default()
        };
        Self {
            case_number: old.case_number,
            number: old.issue,
            issued_at: old.issued_at,
            questions,
            controls: Counts::default(),
            not_asked_total: u32::try_from(old.not_asked.len()).unwrap_or(u32::MAX),
            orders: old.orders.into_iter().map(OrderLine::from).collect(),
            not_asked: old.not_asked,
            coverage: old.coverage.map(Coverage::from),
            triage: old.triage,
        }
    }
}

impl From<OldLine> for OrderLine {
    fn from(old: OldLine) -> Self {
        Self {
            number: old.number,
            counterpart: old.counterpart,
            party: old.party,
            action: old.action,
            state: match old.state {
                OldState::Same(state) => state,
                OldState::Renamed(Renamed::Held) => OrderState::Undetermined,
                OldState::Renamed(Renamed::Unknown) => OrderState::Overdue,
            },
            outcome: old.outcome,
            created_at: old.asked_at,
            sent_at: None,
            answered_at: old.answered_at,
            cached_from: old.cached_from,
            stands_in_for: old.stands_in_for,
            passed_on_to: old.passed_on_to,
            words: old.words,
        }
    }
}

impl From<OldCoverage> for Coverage {
    fn from(old: OldCoverage) -> Self {
        let none = Money::yuan(rust_decimal::Decimal::ZERO);
        let (claimed, held, deducted, asked) = (old.claimed, old.held, old.deducted, old.asked);
        let excess = Money::yuan((held.amount + deducted.amount - claimed.amount).max(none.amount));
        Self { claimed, held, deducted, asked, uncovered: none, shortfall: old.shortfall, excess }
    }
}
