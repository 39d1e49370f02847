//! `GET /v1/cases`.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::show::CaseView;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{QueryParams, page_size};
use crate::api::page;
use crate::api::problem::Problem;
use crate::domain::{CaseId, ClaimView};
use crate::store::CaseFilter;

/// Which cases.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CasesQuery {
    /// Case number in any spelling.
    number: Option<String>,
    /// Code of the court.
    court: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// A case in a list.
#[derive(Debug, Serialize, JsonSchema)]
struct CaseLine {
    /// The case.
    #[serde(flatten)]
    case: CaseView,
    /// What may be taken from the parties of its chain; null while nothing may.
    claim: Option<ClaimView>,
}

/// Cases.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CaseList {
    /// Newest first.
    cases: Vec<CaseLine>,
    /// Pass as `cursor` to read on; null at the end.
    next: Option<String>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<CasesQuery>,
) -> Result<Json<CaseList>, Problem> {
    let limit = page_size(query.limit)?;
    let number = page::case_number("number", query.number.as_deref())?;
    let filter = CaseFilter {
        number: number.map(|number| number.as_str().to_owned()),
        courts: caller.sees(query.court.as_deref()),
        before: page::cursor(query.cursor.as_deref())?.map(CaseId::new),
        limit: limit + 1,
    };
    let mut found = gateway.store.read(move |reads| reads.find_cases(&filter)).await?;
    let next = page::cut(&mut found, limit, |last| last.case.id.get().to_string());
    let line = |row: crate::store::CaseRow| CaseLine {
        case: (&row.case).into(),
        claim: row.chain.claim.as_ref().map(ClaimView::from),
    };
    Ok(Json(CaseList { cases: found.into_iter().map(line).collect(), next }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listCases").tag("cases").summary("Find cases 查找案件")
}
