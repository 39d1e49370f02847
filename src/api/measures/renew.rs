//! `POST /v1/measures/{id}/renew`: a further term for a measure that stands.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{ActionKind, LegalDocument};
use schemars::JsonSchema;
use serde::Deserialize;

use super::checks::{can, check_documents, refresh};
use super::{MeasurePath, MeasureView, decide};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, Sent, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::settle::{self, Renewal};
use crate::store::Tx;

/// How long, on which documents, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenewRequest {
    /// Days of the new term, which begins the day after the old one ends; absent means the longest that the law allows.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1095))]
    days: Option<u16>,
    /// The ruling and the notice of the renewal, where they are not those of the freeze (法释〔2013〕20号 art. 3).
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn renew(
    State(gateway): State<Shared>,
    caller: Caller<{ may::APPROVER }>,
    At(path): At<MeasurePath>,
    Sent(request): Sent<RenewRequest, true>,
) -> Result<Json<MeasureView>, Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    check_documents(&request.documents, &mut findings);
    no_findings(findings)?;
    let act = act(gateway.clock.now(), caller.name(), "renew", path.id.to_string(), &request.reason);
    let renewal = Renewal { days: request.days, documents: request.documents };
    let around = Shared::clone(&gateway);
    let work = move |tx: &mut dyn Tx| {
        if let Err(declined) = can(&around, tx, path.id, ActionKind::Renew)? {
            return Ok(Err(declined));
        }
        let renewed = settle::renew(tx, path.id, &renewal, act.clone())?;
        refresh(&around, tx, &renewed)?;
        Ok(renewed)
    };
    let (view, inquiry) = decide(&gateway, work).await?;
    gateway.submissions.forget(inquiry);
    Ok(Json(view))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("renewMeasure")
        .tag("measures")
        .summary("Renew a measure 续冻、续封")
        .description("Before it ends: a measure that ended cannot be renewed (查扣冻规定 art. 27).")
        .response_with::<404, Problem, _>(|response| response.description("There is no such measure"))
        .response_with::<409, Problem, _>(|response| {
            response.description("The measure does not stand, has ended, or the term is too long")
        })
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
