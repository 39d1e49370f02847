//! `POST /v1/inquiries/preview`: what an inquiry would come to; nothing is kept, and nothing is sent.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::ActionKind;
use chakong_contract::party::IdentityKind;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::RawJson;
use crate::api::problem::Problem;
use crate::config::Role;
use crate::domain::decide::PlannedOrder;
use crate::domain::{self, NotAsked, Terms};
use crate::intake::{Submitter, preview};

/// What an inquiry would come to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct InquiryPreview {
    /// Case number in canonical form.
    case_number: String,
    /// Who would be asked what.
    orders: Vec<OrderPreview>,
    /// Who would not be asked, and why.
    not_asked: Vec<NotAsked>,
}

/// An order that would be made.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderPreview {
    /// The counterpart.
    counterpart: String,
    /// The case system's reference of the party.
    party: String,
    /// By which kind of identity document the party would be looked up.
    document: Option<IdentityKind>,
    /// What would be asked.
    action: ActionKind,
}

impl OrderPreview {
    fn of(planned: PlannedOrder, terms: &Terms) -> Self {
        Self {
            counterpart: planned.counterpart,
            party: terms.reference_of(planned.subject.party),
            document: terms.document(planned.subject).map(|document| document.kind()),
            action: planned.instruction.kind(),
        }
    }
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::SUBMIT }>,
    RawJson(body): RawJson,
) -> Result<Json<InquiryPreview>, Problem> {
    let submitter =
        Submitter { name: caller.name(), is_officer: caller.has(Role::Officer), courts: caller.courts() };
    let now = gateway.clock.now();
    let previewed = preview(&gateway.engine, &gateway.counterparts, submitter, &body, now).await?;
    let terms = previewed.terms;
    Ok(Json(InquiryPreview {
        case_number: terms.case.number.as_str().to_owned(),
        orders: previewed.plan.orders.into_iter().map(|planned| OrderPreview::of(planned, &terms)).collect(),
        not_asked: previewed.plan.not_asked,
    }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("previewInquiry")
        .tag("inquiries")
        .summary("What an inquiry would come to 预览查控申请")
        .description(
            "The body of `submitInquiry`, checked, planned and judged like it, against the case as it stands now. Nothing is kept, \
             and nothing is sent.",
        )
        .input::<Json<domain::Submission>>()
        .response_with::<422, Problem, _>(|response| response.description("Rules are broken; all are listed"))
}
