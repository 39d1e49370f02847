//! Papers 文书打印件: what can be printed of a case, prints that are made and kept, and a day's batch of several cases.

mod batch;
mod list;
mod make;
mod receipts;
mod show;

use std::collections::BTreeMap;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Shared;
use super::problem::{Problem, ProblemKind};
use crate::domain::{Case, NewPrint, Print, PrintFormat, PrintId, PrintKind, print_number};
use crate::papers::kinds::{About, Printable, document};
use crate::papers::record::{CaseRecord, Issue};
use crate::papers::{Document, PrinterError, html, sheet};
use crate::store::codec::encode;

pub(super) use list::PrintView;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/v1/cases/{id}/papers",
            get_with(list::list, list::docs).post_with(make::make, make::docs),
        )
        .api_route("/v1/papers/batch", post_with(batch::make, batch::docs))
        .api_route("/v1/papers/{number}", get_with(show::show, show::docs))
        .api_route("/v1/papers/{number}/receipts", get_with(receipts::show, receipts::docs))
}

/// What counterparts are called in Chinese.
pub(super) fn names(gateway: &Shared) -> BTreeMap<String, String> {
    let all = gateway.counterparts.now();
    all.iter().map(|(name, config)| (name.clone(), config.name_zh.clone())).collect()
}

/// A paper of a case with its number, as it says it now.
fn issued(
    gateway: &Shared,
    record: &CaseRecord,
    what: &Printable,
    id: PrintId,
    by: &str,
) -> Result<Document, Problem> {
    let (at, names) = (gateway.clock.now(), names(gateway));
    let issue = Issue { number: print_number(id, at), at, by: by.to_owned(), names: &names };
    document(what, record, &issue).ok_or_else(|| {
        let name = what.kind.chinese();
        let detail = format!(
            "本案目前没有可打印的{name} the case has nothing for this paper now; GET /v1/cases/{{id}}/papers says what can be printed"
        );
        Problem::new(ProblemKind::NotNow, detail)
    })
}

/// A document in one of its forms.
pub(super) async fn written(
    gateway: &Shared,
    document: &Document,
    format: PrintFormat,
) -> Result<Vec<u8>, Problem> {
    match format {
        PrintFormat::Html => Ok(page(std::slice::from_ref(document)).into_bytes()),
        PrintFormat::Pdf => pdf(gateway, &page(std::slice::from_ref(document))).await,
        PrintFormat::Xlsx => sheet::workbook_of(document)
            .map_err(|error| Problem::new(ProblemKind::Internal, error.to_string())),
    }
}

fn page(documents: &[Document]) -> String {
    html::page(documents)
}

/// A page as PDF, or a clear word why not.
async fn pdf(gateway: &Shared, page: &str) -> Result<Vec<u8>, Problem> {
    gateway.printer.pdf(page).await.map_err(|error| {
        let kind = match error {
            PrinterError::NotConfigured => ProblemKind::NotNow,
            PrinterError::TooLong(_) => ProblemKind::TimedOut,
            PrinterError::TooMuchMemory(_) | PrinterError::Failed(_) => ProblemKind::Internal,
        };
        Problem::new(kind, error.to_string())
    })
}

/// A print to be kept.
fn print_of(
    gateway: &Shared,
    case: &Case,
    (what, format): (&Printable, PrintFormat),
    (id, by): (PrintId, &str),
    bytes: &[u8],
) -> NewPrint {
    let about = match &what.about {
        About::Case => String::new(),
        About::Party(party) => party.to_string(),
        About::Counterpart(name) => name.clone(),
    };
    let print = Print {
        id,
        chain: case.chain,
        case: case.id,
        kind: what.kind,
        format,
        about,
        at: gateway.clock.now(),
        actor: by.to_owned(),
        sha256: hex::encode(Sha256::digest(bytes)),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
    };
    NewPrint { print, bytes: encode(bytes) }
}

/// A kind of paper with its name.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(super) struct KindView {
    /// Kind.
    kind: PrintKind,
    /// Title in Chinese.
    name: &'static str,
}

impl From<PrintKind> for KindView {
    fn from(kind: PrintKind) -> Self {
        Self { kind, name: kind.chinese() }
    }
}
