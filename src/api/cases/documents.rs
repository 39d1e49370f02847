//! `GET /v1/cases/{id}/documents` and `GET /v1/cases/{id}/documents/{document}`: legal documents that were brought.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::order::DocumentKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::CasePath;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::download::Download;
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::people::Courts;
use crate::domain::{Case, DocumentId, MeasureId};
use crate::people::sight;
use crate::store::{Reads, Stored};

/// A legal document, without its bytes.
#[derive(Debug, Serialize, JsonSchema)]
struct DocumentView {
    /// Identifier.
    id: DocumentId,
    /// What it is.
    kind: DocumentKind,
    /// The same in Chinese.
    name: &'static str,
    /// Its own number 文号; empty where none was given.
    number: String,
    /// The inquiry that it came with, or that it belongs to.
    inquiry: Uuid,
    /// Whether an act brought it, and not the inquiry.
    by_act: bool,
    /// Measures that it is for; empty for one that is for any.
    measures: Vec<MeasureId>,
}

/// Legal documents of a case.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DocumentList {
    /// Of the inquiries of the chain that the caller sees, oldest first.
    documents: Vec<DocumentView>,
}

/// Names a document of a case.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct DocumentPath {
    /// Identifier of the case, or its number in any spelling.
    id: String,
    /// Identifier of the document.
    document: DocumentId,
}

fn read(reads: &mut dyn Reads, courts: &Courts, case: &Case) -> Stored<Vec<DocumentView>> {
    let mut documents = Vec::new();
    // A chain may have cases of several courts; each sees its own inquiries.
    for inquiry in reads.inquiries_of(case.chain)?.into_iter().filter(|one| courts.cover(&one.court)) {
        documents.extend(reads.papers_of_inquiry(inquiry.id)?.into_iter().map(|paper| DocumentView {
            id: paper.id,
            kind: paper.kind,
            name: paper.kind.chinese(),
            number: paper.number,
            inquiry: inquiry.uid,
            by_act: paper.by_act,
            measures: paper.measures,
        }));
    }
    Ok(documents)
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<CasePath>,
) -> Result<Json<DocumentList>, Problem> {
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| match sight::named_case(reads, &courts, &path.id)? {
        Some(case) => read(reads, &courts, &case).map(Some),
        None => Ok(None),
    });
    let documents = found.await?.ok_or_else(|| Problem::not_found("case"))?;
    Ok(Json(DocumentList { documents }))
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<DocumentPath>,
) -> Result<Download, Problem> {
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| {
        let Some(case) = sight::named_case(reads, &courts, &path.id)? else { return Ok(None) };
        let is_there = read(reads, &courts, &case)?.iter().any(|known| known.id == path.document);
        if is_there { reads.document(path.document) } else { Ok(None) }
    });
    let document = found.await?.ok_or_else(|| Problem::not_found("document"))?;
    Ok(Download::document(&document.format, document.content.to_vec()))
}

pub(super) fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listCaseDocuments")
        .tag("cases")
        .summary("Legal documents of a case 案件文书")
        .response_with::<404, Problem, _>(|response| response.description("There is no such case"))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getCaseDocument")
        .tag("cases")
        .summary("A legal document of a case 案件文书原件")
        .description("The file as it was brought; empty where the time for which it is kept is over.")
        .response_with::<200, Download, _>(|response| response.description("The bytes"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such document"))
}
