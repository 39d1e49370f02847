//! `GET /v1/inquiries`: newest first.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::InquiryView;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{QueryParams, page_size};
use crate::api::page;
use crate::api::problem::Problem;
use crate::domain::InquiryState;
use crate::people::sight;
use crate::store::InquiryFilter;

/// Which inquiries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// Case number, with any brackets.
    case_number: Option<String>,
    /// State.
    state: Option<InquiryState>,
    /// Code of the court.
    court: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// A page of inquiries.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct InquiryList {
    /// Newest first.
    inquiries: Vec<InquiryView>,
    /// Pass as `cursor` to read on; null at the end.
    next: Option<String>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<ListQuery>,
) -> Result<Json<InquiryList>, Problem> {
    let limit = page_size(query.limit)?;
    let case_number = page::case_number("case_number", query.case_number.as_deref())?;
    // To its reader the cursor is opaque; it is the last inquiry of the page before.
    let cursor = page::cursor::<Uuid>(query.cursor.as_deref())?;
    let courts = caller.sees(query.court.as_deref());
    let found = gateway.store.read(move |reads| {
        let before = match cursor.map(|uid| sight::inquiry(reads, &courts, uid)).transpose()? {
            Some(None) => return Ok(None),
            Some(Some(last)) => Some(last.id),
            None => None,
        };
        let case_number = case_number.map(|number| number.as_str().to_owned());
        let filter = InquiryFilter { case_number, state: query.state, courts, before, limit: limit + 1 };
        reads.find_inquiries(&filter).map(Some)
    });
    let mut inquiries = found.await?.ok_or_else(page::not_a_cursor)?;
    let next = page::cut(&mut inquiries, limit, |last| last.uid.to_string());
    Ok(Json(InquiryList { inquiries: inquiries.into_iter().map(InquiryView::plain).collect(), next }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listInquiries").tag("inquiries").summary("Find inquiries 查找查控申请")
}
