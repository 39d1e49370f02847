//! Intake: read, check, plan; what comes of it is handed to the engine. Idempotent by key.

mod check;
mod file_kind;
mod form;
mod plan;
mod wording;

use std::sync::Arc;

use chakong_contract::Moment;
use chakong_contract::order::LegalDocument;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::counterparts::Snapshot;
use crate::domain::abilities::Rules;
use crate::domain::decide::{Rejected, Submitted};
use crate::domain::people::Courts;
use crate::domain::{BroughtDocument, Finding, Submission, Terms};
use crate::engine::{Accepted, CurrentRules as _, Engine, InputError};
use crate::store::StoreError;
use crate::store::codec::{encode, encode_json};

use check::{check_births, check_unverified, check_years};

pub use check::{MOST_PARTIES, check, check_documents};
pub use file_kind::file_kind;
pub use plan::{Plan, plan};
pub use wording::in_words;

/// Longest idempotency key.
pub const LONGEST_KEY: usize = 128;

/// From this size on a body is read on a thread of its own.
const LARGE: usize = 256 << 10;

/// Who submits.
#[derive(Debug, Clone, Copy)]
pub struct Submitter<'a> {
    /// Name of the key, or 工号 of the person.
    pub name: &'a str,
    /// Whether the submitter has the role of an officer: some things stand on an officer's word.
    pub is_officer: bool,
    /// Whose cases the submitter handles.
    pub courts: &'a Courts,
}

/// Why an inquiry was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The body has not the form of a submission: every place, and why.
    #[error("the body is not an inquiry: {} place(s)", .0.len())]
    NotASubmission(Vec<Finding>),
    /// The submission breaks rules; all of them are listed.
    #[error("{}处不符合规定 the inquiry breaks {} rule(s)", .0.len(), .0.len())]
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

impl From<InputError> for IntakeError {
    fn from(error: InputError) -> Self {
        match error {
            InputError::KeyReused => Self::KeyReused,
            InputError::Store(error) => Self::Store(error),
            InputError::Rejected(Rejected::Findings(findings)) => Self::Findings(findings),
            InputError::Rejected(other) => Self::Findings(vec![Finding::new("", other.to_string())]),
        }
    }
}

/// Reads a body.
///
/// # Errors
/// [`IntakeError::NotASubmission`] with every place.
pub fn read(body: &[u8]) -> Result<Submission, IntakeError> {
    form::read(body).map_err(IntakeError::NotASubmission)
}

/// Reads a body; a large one on a thread of its own, so that nobody waits for it.
async fn read_aside(body: &[u8]) -> Result<Submission, IntakeError> {
    if body.len() < LARGE {
        return read(body);
    }
    let body = body.to_vec();
    let reading = tokio::task::spawn_blocking(move || read(&body)).await;
    reading.unwrap_or_else(|_| {
        Err(IntakeError::NotASubmission(vec![Finding::new(
            "",
            "请求内容无法读取 the body could not be read",
        )]))
    })
}

/// Accepts a submission: checked, planned, and durable with all its orders when this returns.
///
/// # Errors
/// See [`IntakeError`]; nothing is kept then.
pub async fn accept(
    engine: &Engine,
    counterparts: &crate::counterparts::Counterparts,
    submitter: Submitter<'_>,
    key: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Accepted, IntakeError> {
    let submission = read_aside(body).await?;
    let (snapshot, rules) = (counterparts.now(), counterparts.rules());
    let mut submitted = prepare(submission, submitter, &snapshot, &rules, now)?;
    submitted.key = key.to_owned();
    submitted.digest = Sha256::digest(body).to_vec();
    Ok(engine.submit(submitted).await?)
}

/// What a submission would come to now: who would be asked, and who would not and why. Nothing is kept, and nothing is sent.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The submission's parts that decisions need.
    pub terms: Arc<Terms>,
    /// Who would be asked what.
    pub plan: Plan,
}

/// Reads, checks and plans a submission, and has the engine judge it as it stands now.
///
/// # Errors
/// Those of [`accept`] but for the key.
pub async fn preview(
    engine: &Engine,
    counterparts: &crate::counterparts::Counterparts,
    submitter: Submitter<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<Preview, IntakeError> {
    let submission = read_aside(body).await?;
    let (snapshot, rules) = (counterparts.now(), counterparts.rules());
    let submitted = prepare(submission, submitter, &snapshot, &rules, now)?;
    let (orders, not_asked) = (submitted.orders.clone(), submitted.not_asked.clone());
    let previewed = Preview { terms: Arc::clone(&submitted.terms), plan: Plan { orders, not_asked } };
    engine.preview(submitted).await?;
    Ok(previewed)
}

/// Checks and plans a submission, and brings what is large into stored form.
///
/// # Errors
/// [`IntakeError::Findings`] with every rule that it breaks.
pub fn prepare(
    submission: Submission,
    submitter: Submitter<'_>,
    counterparts: &Snapshot,
    rules: &Rules,
    now: Timestamp,
) -> Result<Submitted, IntakeError> {
    let mut findings = check(&submission);
    let today = Moment::from_timestamp(now).date();
    check_years(&submission, today, &mut findings);
    check_births(&submission, today, &mut findings);
    check_unverified(&submission, submitter.is_officer, &mut findings);
    let plan = plan(&submission, counterparts, rules, now, &mut findings);
    if !findings.is_empty() {
        return Err(IntakeError::Findings(findings));
    }
    let reason = submission.unverified_reason.clone().unwrap_or_default().trim().to_owned();
    let (terms, documents) = submission.split();
    let stored_terms = encode_json("terms", &terms)?;
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    let chance = rand::Rng::random(&mut rand::rng());
    Ok(Submitted {
        uid: uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid(),
        submitter: submitter.name.to_owned(),
        courts: submitter.courts.clone(),
        reason,
        key: String::new(),
        digest: Vec::new(),
        terms: Arc::new(terms),
        stored_terms,
        documents: documents.into_iter().map(brought).collect(),
        orders: plan.orders,
        not_asked: plan.not_asked,
        at: now,
    })
}

/// A document ready to be kept.
pub fn brought(document: LegalDocument) -> BroughtDocument {
    BroughtDocument {
        kind: document.kind,
        bytes: encode(&document.content),
        title: document.title,
        number: document.number,
        format: document.format,
    }
}
