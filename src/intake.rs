//! Intake: check, plan (pure), one transaction. Idempotent by key.

mod check;
mod plan;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::counterparts::Snapshot;
use crate::inquiry::{EventDraft, EventType, Inquiry, Submission};
use crate::store::{Act, NewInquiry, NewOrder, Store, StoreError, Stored, Tx};

pub use check::{Finding, check};
pub use plan::{Plan, Planned, plan};

/// Longest idempotency key.
pub const LONGEST_KEY: usize = 128;

/// Why an inquiry was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The body is not a submission: where and why.
    #[error("the body is not an inquiry: {detail}")]
    NotASubmission {
        /// JSON pointer.
        pointer: String,
        /// Why.
        detail: String,
    },
    /// The submission breaks rules; all of them are listed.
    #[error("the inquiry breaks {} rule(s)", .0.len())]
    Findings(Vec<Finding>),
    /// The key came with another body before.
    #[error("this Idempotency-Key was used for another inquiry; send a new inquiry with a new key")]
    KeyReused,
    /// Too little space is left on the disk.
    #[error("the disk that holds the store is nearly full")]
    NoSpace,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An accepted inquiry.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The inquiry.
    pub inquiry: Inquiry,
    /// Whether this call made it, or an earlier one with the same key.
    pub new: bool,
}

/// Reads a body.
///
/// # Errors
/// [`IntakeError::NotASubmission`] with the place.
pub fn read(body: &[u8]) -> Result<Submission, IntakeError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read: Result<Submission, _> = serde_path_to_error::deserialize(&mut json);
    let submission = read.map_err(|error| {
        let pointer = error.path().iter().fold(String::new(), |pointer, segment| match segment {
            serde_path_to_error::Segment::Seq { index } => format!("{pointer}/{index}"),
            serde_path_to_error::Segment::Map { key } => format!("{pointer}/{key}"),
            _ => pointer,
        });
        IntakeError::NotASubmission { pointer, detail: error.inner().to_string() }
    })?;
    json.end()
        .map_err(|error| IntakeError::NotASubmission { pointer: String::new(), detail: error.to_string() })?;
    Ok(submission)
}

/// Accepts a submission: checked, planned, and durable with all its orders when this returns.
///
/// # Errors
/// See [`IntakeError`]; nothing is kept then.
pub async fn accept(
    store: &Arc<dyn Store>,
    counterparts: &Snapshot,
    submitter: &str,
    key: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Accepted, IntakeError> {
    let digest = Sha256::digest(body).to_vec();
    let submission = read(body)?;
    let mut findings = check(&submission);
    let plan = plan(&submission, counterparts, now, &mut findings);
    if !findings.is_empty() {
        return Err(IntakeError::Findings(findings));
    }
    let (submitter, key) = (submitter.to_owned(), key.to_owned());
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    let uid =
        uuid::Builder::from_unix_timestamp_millis(millis, &rand::Rng::random(&mut rand::rng())).into_uuid();
    store
        .write(move |tx| {
            if let Some((inquiry, known)) = tx.inquiry_by_key(&submitter, &key)? {
                let same = known == digest;
                return Ok(if same {
                    Ok(Accepted { inquiry, new: false })
                } else {
                    Err(IntakeError::KeyReused)
                });
            }
            keep(tx, &submission, &plan, (&submitter, &key, &digest), uid, now).map(Ok)
        })
        .await?
}

fn keep(
    tx: &mut dyn Tx,
    submission: &Submission,
    plan: &Plan,
    (submitter, key, digest): (&str, &str, &[u8]),
    uid: Uuid,
    now: Timestamp,
) -> Stored<Accepted> {
    let hours = i64::from(submission.deadline_hours.unwrap_or(24));
    let deadline = now.checked_add(jiff::Span::new().hours(hours)).unwrap_or(now);
    let id = tx.insert_inquiry(&NewInquiry {
        uid,
        submitted_by: submitter,
        key,
        digest,
        submission,
        created: now,
        deadline,
        open_orders: i64::try_from(plan.orders.len()).unwrap_or(i64::MAX),
        not_asked: &plan.not_asked,
    })?;
    for planned in &plan.orders {
        tx.insert_order(&NewOrder {
            inquiry: id,
            lane: planned.counterpart.clone(),
            party: planned.party,
            document: planned.document,
            instruction: planned.instruction.clone(),
            priority: crate::inquiry::Priority::Query,
            created: now,
            deadline,
            root: None,
            measure: None,
            stands_in: None,
        })?;
    }
    let data = json!({ "orders": plan.orders.len(), "not_asked": plan.not_asked }).to_string();
    tx.append_event(&EventDraft::of_inquiry(EventType::InquiryAccepted, id, Some(data)), now)?;
    let (act, reason) = ("submit".to_owned(), String::new());
    tx.insert_act(&Act { at: now, actor: submitter.to_owned(), act, subject: uid.to_string(), reason })?;
    let inquiry = tx.inquiry(id)?.ok_or(StoreError::Missing("the inquiry"))?;
    Ok(Accepted { inquiry, new: true })
}
