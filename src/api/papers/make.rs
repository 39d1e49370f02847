//! `POST /v1/cases/{id}/papers`: prints a paper, under a number of its own.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{PrintView, issued, print_of, written};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::cases::{CasePath, party_of};
use crate::api::extract::{At, JsonBody, no_findings};
use crate::api::problem::Problem;
use crate::domain::{Finding, PrintFormat, PrintKind};
use crate::papers::CaseRecord;
use crate::papers::kinds::{About, Printable};
use crate::people::sight;

/// Why a notice is no paper of a case.
pub(super) const OF_THE_DESK: &str = "协助通知随请求发出，请在人工办理页打印或补打 it takes an order along: the desk prints it (POST /v1/desk/{number}/notice)";

/// What is to be printed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PrintRequest {
    /// Which paper; `assistance_notice` is printed at the desk alone, for an order that it takes along.
    kind: PrintKind,
    /// The party that it is about, by identifier or by the case system's reference.
    #[serde(default)]
    party: Option<String>,
    /// The counterpart that it is about.
    #[serde(default)]
    counterpart: Option<String>,
    /// Form; a page for the browser's printer where it is not said.
    #[serde(default = "PrintRequest::html")]
    format: PrintFormat,
}

impl PrintRequest {
    const fn html() -> PrintFormat {
        PrintFormat::Html
    }

    fn check(&self) -> Result<(), Problem> {
        let mut findings = Vec::new();
        let name = self.kind.chinese();
        let mut agree =
            |is_given: bool, is_needed: bool, pointer: &str, what: &str| match (is_given, is_needed) {
                (false, true) => {
                    findings.push(Finding::new(pointer, format!("{name} is about one {what}: name it")))
                }
                (true, false) => {
                    findings.push(Finding::new(pointer, format!("{name} is about no {what}: leave it out")))
                }
                _ => {}
            };
        agree(self.party.is_some(), self.kind.is_about_a_party(), "/party", "party");
        agree(self.counterpart.is_some(), self.kind.is_about_a_counterpart(), "/counterpart", "counterpart");
        if self.kind == PrintKind::AssistanceNotice {
            findings.push(Finding::new("/kind", OF_THE_DESK));
        }
        if self.format == PrintFormat::Xlsx && !self.kind.is_table() {
            findings.push(Finding::new(
                "/format",
                format!("该文书不是表格，请选择 html 或 pdf 格式 {name} is no table: ask for html or pdf"),
            ));
        }
        no_findings(findings)
    }
}

pub(super) async fn make(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PRINT }>,
    At(path): At<CasePath>,
    JsonBody(request): JsonBody<PrintRequest>,
) -> Result<Response, Problem> {
    request.check()?;
    let (id, courts) = (path.id, caller.courts().clone());
    let found = gateway.store.read(move |reads| sight::named_case(reads, &courts, &id)).await?;
    let case = found.ok_or_else(|| Problem::not_found("case"))?;
    let about = match (request.party, request.counterpart) {
        (Some(party), _) => About::Party(party_of(&gateway, case.chain, &party).await?.id),
        (None, Some(counterpart)) => About::Counterpart(counterpart),
        (None, None) => About::Case,
    };
    let what = Printable { kind: request.kind, about };
    let party = match what.about {
        About::Party(party) => Some(party),
        _ => None,
    };
    let of = case.clone();
    let record = gateway.store.read(move |reads| CaseRecord::read(reads, &of, party)).await?;
    let number = gateway.engine.number_prints(1).await?.first().copied().unwrap_or_default();
    let document = issued(&gateway, &record, &what, number, caller.name())?;
    let bytes = written(&gateway, &document, request.format).await?;
    let new = print_of(&gateway, &case, (&what, request.format), (number, caller.name()), &bytes);
    let view = PrintView::from(&new.print);
    let location = format!("/v1/papers/{}", new.print.number());
    gateway.engine.keep_prints(vec![new]).await?;
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(view)).into_response())
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("printPaper")
        .tag("papers")
        .summary("Print a paper 打印文书")
        .description(
            "The paper says how the case stands now. It has a number of its own and is kept with who printed it; its bytes are at \
             `Location`, and never change.",
        )
        .response_with::<201, Json<PrintView>, _>(|response| response.description("Printed; Location names it"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such case or party"))
        .response_with::<409, Problem, _>(|response| {
            response.description("The case has nothing for this paper now, or there is no renderer for PDF")
        })
        .response_with::<422, Problem, _>(|response| response.description("Rules are broken; all are listed"))
}
