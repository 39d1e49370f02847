//! `POST /v1/desk/{number}/check`: a second person agrees to an answer, or sends it back.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::finding;
use super::settling::{AnswerOutcome, Outcome, settle};
use super::view::entered;
use super::{DeskPath, at, only_persons};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{At, JsonBody, check_reason, no_findings};
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::Finding;
use crate::domain::decide::DeskMove;
use crate::engine::AtDesk;

/// The second person's word.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckRequest {
    /// Whether the answer stands as the paper has it.
    agree: bool,
    /// `version` of the order that was looked at: another answer may have been entered since.
    version: u32,
    /// Why it is sent back; 1 to 500 characters. Left out where it is agreed to.
    #[serde(default)]
    #[schemars(length(min = 1, max = 500))]
    reason: Option<String>,
}

impl CheckRequest {
    fn check(&self) -> Result<(), Problem> {
        let mut findings = Vec::new();
        match (&self.reason, self.agree) {
            (Some(_), true) => findings
                .push(Finding::new("/reason", "仅在退回时填写 belongs to an answer that is sent back")),
            (reason, false) => check_reason(reason.as_deref().unwrap_or_default(), &mut findings),
            (None, true) => {}
        }
        no_findings(findings)
    }
}

pub(super) async fn check(
    State(gateway): State<Shared>,
    caller: Caller<{ may::DESK }>,
    At(path): At<DeskPath>,
    JsonBody(request): JsonBody<CheckRequest>,
) -> Result<Json<AnswerOutcome>, Problem> {
    request.check()?;
    let on = at(&gateway, &caller.0, path).await?;
    only_persons(&caller.0)?;
    let by = caller.name().to_owned();
    if !request.agree {
        let what = DeskMove::SendBack(request.reason.unwrap_or_default().trim().to_owned());
        let work = AtDesk { order: on.record.id, by, what, seen: Some(request.version) };
        gateway.engine.work_at_desk(work).await?;
        return AnswerOutcome::of(&gateway, on, Outcome::SentBack, String::new()).await.map(Json);
    }
    // What is taken in is what was read here: it must be what the second person looked at.
    if on.item.version != request.version {
        let detail = "该请求刚被他人处理，请重新查看 somebody else was faster: look at it again";
        return Err(Problem::new(ProblemKind::NotNow, detail));
    }
    let Some(entered) = entered(&on.item)? else {
        let detail = "没有待复核的反馈 no answer waits to be checked";
        return Err(Problem::new(ProblemKind::NotNow, detail));
    };
    let form = on.config.connector.form().ok_or_else(|| Problem::not_found("form"))?;
    // It fitted when it was entered; the counterpart's settings may have changed since.
    let answer = form.read(&on.order, &entered.filled);
    let answer = answer.map_err(|problems| Problem::invalid(problems.iter().map(finding).collect()))?;
    settle(&gateway, on, (&by, DeskMove::Agree), (entered, answer)).await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("checkDeskOrder")
        .tag("desk")
        .summary("Agree to an answer that another entered, or send it back 复核")
        .response_with::<403, Problem, _>(|response| {
            response.description("The caller entered it, or is no person")
        })
        .response_with::<404, Problem, _>(|response| {
            response.description("There is no such order on the desk")
        })
        .response_with::<409, Problem, _>(|response| {
            response.description("No answer waits, or it is not the one that was looked at")
        })
        .response_with::<422, Problem, _>(|response| {
            response.description("A reason is missing, or the form no longer fits: send it back")
        })
}
