//! `POST /v1/desk/{number}/notice`: prints the notice that is carried along. The order is handed over by it.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use chakong_contract::Moment;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{DeskPath, OnDesk, at};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{At, JsonBody};
use crate::api::papers::{PrintView, names, written};
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::decide::{DeskMove, may_be_carried};
use crate::domain::{Finding, NewPrint, Print, PrintFormat, PrintKind, print_number};
use crate::engine::AtDesk;
use crate::lanes::lacking;
use crate::papers::kinds::order_notice;
use crate::papers::record::Issue;
use crate::store::codec::encode;

/// In which form.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeRequest {
    /// `html` for the browser's printer, which is the default, or `pdf`.
    #[serde(default = "NoticeRequest::html")]
    format: PrintFormat,
}

impl NoticeRequest {
    const fn html() -> PrintFormat {
        PrintFormat::Html
    }
}

pub(super) async fn print(
    State(gateway): State<Shared>,
    caller: Caller<{ may::DESK }>,
    At(path): At<DeskPath>,
    JsonBody(request): JsonBody<NoticeRequest>,
) -> Result<Response, Problem> {
    if request.format == PrintFormat::Xlsx {
        let finding = Finding::new(
            "/format",
            "协助通知不是表格，请选择 html 或 pdf 格式 a notice is no table: ask for html or pdf",
        );
        return Err(Problem::invalid(vec![finding]));
    }
    let on = at(&gateway, &caller.0, path).await?;
    // Nothing is numbered that cannot be carried; whether it still can is decided again with the commit.
    may_leave(&gateway, &on)?;
    let id = gateway.engine.number_prints(1).await?.first().copied().unwrap_or_default();
    let (now, names) = (gateway.clock.now(), names(&gateway));
    let number = print_number(id, now);
    let issue = Issue { number: number.clone(), at: now, by: caller.name().to_owned(), names: &names };
    let document = order_notice(&on.order, &on.record.lane, on.item.work.notice.as_ref(), &issue);
    let bytes = written(&gateway, &document, request.format).await?;
    let digest = Sha256::digest(&bytes).to_vec();
    let print = Print {
        id,
        chain: on.inquiry.chain,
        case: on.inquiry.case,
        kind: PrintKind::AssistanceNotice,
        format: request.format,
        about: on.record.lane.clone(),
        at: now,
        actor: caller.name().to_owned(),
        sha256: hex::encode(&digest),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
    };
    let (view, location) = (PrintView::from(&print), format!("/v1/papers/{number}"));
    let by = caller.name().to_owned();
    let work = AtDesk { order: on.record.id, by, what: DeskMove::Print(number), seen: Some(on.item.version) };
    gateway.engine.print_at_desk(work, NewPrint { print, bytes: encode(&bytes) }, digest).await?;
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(view)).into_response())
}

/// Whether an order may be carried to its counterpart now, as for any other line.
fn may_leave(gateway: &Shared, on: &OnDesk) -> Result<(), Problem> {
    may_be_carried(&on.record, &on.item)?;
    let not_now = |detail: String| Err(Problem::new(ProblemKind::NotNow, detail));
    if on.config.line.desk().is_none() {
        return not_now("该单位已不由人工办理 people no longer serve this counterpart".to_owned());
    }
    if on.record.is_control() && gateway.engine.older_than().is_some() {
        return not_now("数据库早于协助单位所见，控制请求暂停 the store is older than what counterparts have seen: no control leaves".to_owned());
    }
    if gateway.registry.get(&on.record.lane).is_some_and(|handle| handle.is_paused()) {
        return not_now("该单位已暂停 the counterpart is paused; resume it first".to_owned());
    }
    let now = gateway.clock.now();
    if let Some(until) = on.config.window.closed_until(now) {
        return not_now(format!("该单位办理时间为 {until} 起 the counterpart serves from {until} on"));
    }
    match lacking(&on.order, &on.config, Moment::from_timestamp(now).date()) {
        Some(fault) => not_now(fault.detail),
        None => Ok(()),
    }
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("printDeskNotice")
        .tag("desk")
        .summary("Print the notice that is carried along 打印协助通知")
        .description(
            "The caller has taken the order. The notice has a number of its own and is kept; its bytes are at `Location`. An order \
             that waited is handed over by it: from then on nobody knows what becomes of a control until its answer is entered.",
        )
        .response_with::<201, Json<PrintView>, _>(|response| response.description("Printed; Location names it"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such order on the desk"))
        .response_with::<409, Problem, _>(|response| {
            response.description(
                "Another has it, or it cannot be carried now: withdrawn, answered, too late, a control that left over another line before, paused, out of hours, documents missing",
            )
        })
        .response_with::<422, Problem, _>(|response| response.description("The form is none of a notice"))
}
