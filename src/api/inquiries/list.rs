//! `GET /v1/inquiries`: newest first.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::id::CaseNumber;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::InquiryView;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::QueryParams;
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::InquiryState;
use crate::store::InquiryFilter;

/// Most inquiries at once.
const MOST: usize = 200;

/// Which inquiries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// Case number, with any brackets.
    case_number: Option<String>,
    /// State.
    state: Option<InquiryState>,
    /// `next` of the page before.
    before: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// A page of inquiries.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct InquiryList {
    /// Newest first.
    inquiries: Vec<InquiryView>,
    /// Pass as `before` to read on; null at the end.
    next: Option<String>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    _: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<ListQuery>,
) -> Result<Json<InquiryList>, Problem> {
    let wrong = |detail: String| Problem::new(ProblemKind::MalformedRequest, detail);
    let limit = query.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(wrong(format!("limit must lie between 1 and {MOST}")));
    }
    let case_number = query.case_number.map(|text| text.parse::<CaseNumber>()).transpose();
    let case_number = case_number.map_err(|error| wrong(format!("case_number: {error}")))?;
    // To its reader the cursor is opaque; it is the last inquiry of the page before.
    let unknown = || wrong("before must be the `next` of an earlier page".to_owned());
    let cursor = query.before.map(|text| text.parse::<Uuid>()).transpose().map_err(|_| unknown())?;
    let found = gateway.store.read(move |reads| {
        let before = match cursor.map(|uid| reads.inquiry_by_uid(uid)).transpose()? {
            Some(None) => return Ok(None),
            Some(Some(last)) => Some(last.id),
            None => None,
        };
        let case_number = case_number.map(|number| number.as_str().to_owned());
        let filter = InquiryFilter { case_number, state: query.state, before, limit: limit + 1 };
        reads.find_inquiries(&filter).map(Some)
    });
    let mut inquiries = found.await?.ok_or_else(unknown)?;
    let more = inquiries.len() > limit;
    inquiries.truncate(limit);
    let next = inquiries.last().filter(|_| more).map(|last| last.uid.to_string());
    Ok(Json(InquiryList { inquiries: inquiries.into_iter().map(InquiryView::plain).collect(), next }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listInquiries").tag("inquiries").summary("Find inquiries 查找查控申请")
}
