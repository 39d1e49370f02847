//! `POST /v1/desk/{number}/answer`: what the counterpart answered on paper is entered, with the paper's scan.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::form::{FieldProblem, Filled};
use schemars::JsonSchema;
use serde::Deserialize;

use super::settling::{AnswerOutcome, Outcome, settle};
use super::upload::Upload;
use super::view::entered;
use super::{DeskPath, OnDesk, at, only_persons};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{At, JsonBody};
use crate::api::problem::Problem;
use crate::domain::decide::DeskMove;
use crate::domain::{EnteredAnswer, Finding};
use crate::engine::AtDesk;
use crate::store::codec::encode_json;

/// The answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerRequest {
    /// The form, filled in.
    form: Filled,
    /// The paper's scan. It may be left out where an answer was sent back: the scan that was entered stays then.
    #[serde(default)]
    scan: Option<Upload>,
}

pub(super) async fn enter(
    State(gateway): State<Shared>,
    caller: Caller<{ may::DESK }>,
    At(path): At<DeskPath>,
    JsonBody(request): JsonBody<AnswerRequest, true>,
) -> Result<Json<AnswerOutcome>, Problem> {
    let on = at(&gateway, &caller.0, path).await?;
    let mut findings = Vec::new();
    let form = on.config.connector.form().ok_or_else(|| Problem::not_found("form"))?;
    let answer = form.read(&on.order, &request.form);
    if let Err(problems) = &answer {
        findings.extend(problems.iter().map(finding));
    }
    let scan = match &request.scan {
        Some(upload) => upload.receipt(&mut findings),
        None => {
            let before = entered(&on.item)?.map(|entered| entered.scan);
            if before.is_none() {
                let detail = "请上传协助单位回执的扫描件 bring the scan of the counterpart's paper";
                findings.push(Finding::new("/scan", detail));
            }
            before
        }
    };
    let (Ok(answer), Some(scan)) = (answer, scan) else { return Err(Problem::invalid(findings)) };
    let entered = EnteredAnswer { filled: request.form, scan };
    let done = match on.checked {
        true => {
            only_persons(&caller.0)?;
            wait_for_a_check(&gateway, on, caller.name(), &entered).await?
        }
        false => settle(&gateway, on, (caller.name(), DeskMove::Settle), (entered, answer)).await?,
    };
    Ok(Json(done))
}

async fn wait_for_a_check(
    gateway: &Shared,
    on: OnDesk,
    by: &str,
    entered: &EnteredAnswer,
) -> Result<AnswerOutcome, Problem> {
    let what = DeskMove::Enter(encode_json("answer that was entered", entered)?);
    let work = AtDesk { order: on.record.id, by: by.to_owned(), what, seen: Some(on.item.version) };
    gateway.engine.work_at_desk(work).await?;
    AnswerOutcome::of(gateway, on, Outcome::ToCheck, String::new()).await
}

/// A field that does not fit, as it is told.
pub(super) fn finding(problem: &FieldProblem) -> Finding {
    Finding::new(format!("/form{}", problem.pointer), problem.to_string())
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("answerDeskOrder")
        .tag("desk")
        .summary("Enter what the counterpart answered 录入反馈")
        .description(
            "The caller has taken the order. The form is that of `sheet`. Where a second person checks, the answer waits; otherwise it is \
             taken in at once, as from any other counterpart: one that does not fit what was ordered is kept, and a person decides.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such order on the desk"))
        .response_with::<409, Problem, _>(|response| response.description("Another has it, or it stands otherwise"))
        .response_with::<422, Problem, _>(|response| {
            response.description("Fields or the scan are wrong; all are listed, each with its place")
        })
}
