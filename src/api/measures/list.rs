//! `GET /v1/measures`.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::MeasureInFull;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{QueryParams, page_size};
use crate::api::page::{self, case_number, chain_of};
use crate::api::problem::Problem;
use crate::domain::{MeasureId, MeasureState};
use crate::store::{MeasureFilter, Stored};

/// Which measures.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasuresQuery {
    /// State.
    state: Option<MeasureState>,
    /// The counterpart.
    counterpart: Option<String>,
    /// Those that stand and end before this day.
    until_before: Option<Date>,
    /// Code of the court.
    court: Option<String>,
    /// Case number in any spelling: the measures of the case, and of those that it continues or that continue it.
    case_number: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// Measures.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MeasureList {
    /// Newest first.
    measures: Vec<MeasureInFull>,
    /// Pass as `cursor` to read on; null at the end.
    next: Option<String>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<MeasuresQuery>,
) -> Result<Json<MeasureList>, Problem> {
    let limit = page_size(query.limit)?;
    let terms = Arc::clone(&gateway.terms);
    let case = case_number("case_number", query.case_number.as_deref())?;
    let filter = MeasureFilter {
        state: query.state,
        counterpart: query.counterpart,
        until_before: query.until_before,
        courts: caller.sees(query.court.as_deref()),
        chain: None,
        before: page::cursor(query.cursor.as_deref())?.map(MeasureId::new),
        limit: limit + 1,
    };
    let found = gateway.store.read(move |reads| {
        let Some(chain) = chain_of(reads, case.as_ref())? else {
            return Ok(MeasureList { measures: Vec::new(), next: None });
        };
        let mut measures = reads.find_measures(&MeasureFilter { chain, ..filter })?;
        let next = page::cut(&mut measures, limit, |last| last.id.get().to_string());
        let views = measures.iter().map(|measure| MeasureInFull::read(reads, &terms, measure));
        Ok(MeasureList { measures: views.collect::<Stored<_>>()?, next })
    });
    Ok(Json(found.await?))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listMeasures")
        .tag("measures")
        .summary("Find measures 查找控制措施")
        .description("For example those that end within a month: `until_before`.")
}
