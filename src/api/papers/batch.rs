//! `POST /v1/papers/batch`: papers of several cases in one page or one PDF, such as a day's results for the file.

use std::collections::BTreeSet;

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chakong_contract::Moment;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::make::OF_THE_DESK;
use super::show::PrintFile;
use super::{issued, page, pdf, print_of};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{JsonBody, no_findings};
use crate::api::looks;
use crate::api::problem::Problem;
use crate::domain::people::LookKind;
use crate::domain::{Case, Finding, PrintFormat, PrintKind};
use crate::papers::CaseRecord;
use crate::papers::kinds::{About, Printable, printable};
use crate::people::sight;

/// Most cases of a batch.
const MOST_CASES: usize = 50;
/// Most papers of a batch.
const MOST_PAPERS: usize = 100;
/// The numbers of the papers, in their order.
const NUMBERS: HeaderName = HeaderName::from_static("x-print-numbers");

/// Which papers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchRequest {
    /// The cases, by identifier or by number in any spelling; 1 to 50.
    #[schemars(length(min = 1, max = 50))]
    cases: Vec<String>,
    /// Kinds of papers, of each case all that can be printed now; the summaries of the searches where none is named.
    #[serde(default)]
    kinds: Vec<PrintKind>,
    /// `html` or `pdf`.
    #[serde(default = "BatchRequest::html")]
    format: PrintFormat,
}

impl BatchRequest {
    const fn html() -> PrintFormat {
        PrintFormat::Html
    }

    fn check(&self) -> Result<(), Problem> {
        let mut findings = Vec::new();
        if !(1..=MOST_CASES).contains(&self.cases.len()) {
            findings.push(Finding::new(
                "/cases",
                format!("请选择 1 至 {MOST_CASES} 件案件 name 1 to {MOST_CASES} cases"),
            ));
        }
        if let Some(at) = self.kinds.iter().position(|kind| *kind == PrintKind::AssistanceNotice) {
            findings.push(Finding::new(format!("/kinds/{at}"), OF_THE_DESK));
        }
        if self.format == PrintFormat::Xlsx {
            findings.push(Finding::new(
                "/format",
                "批量打印只支持 html 或 pdf 格式 a batch is printed: ask for html or pdf",
            ));
        }
        no_findings(findings)
    }
}

pub(super) async fn make(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PRINT }>,
    headers: HeaderMap,
    known: looks::KnownReasons,
    JsonBody(request): JsonBody<BatchRequest>,
) -> Result<Response, Problem> {
    request.check()?;
    let kinds: BTreeSet<PrintKind> = match request.kinds.is_empty() {
        true => BTreeSet::from([PrintKind::SearchSummary]),
        false => request.kinds.into_iter().collect(),
    };
    let mut wanted: Vec<(Case, Printable)> = Vec::new();
    for (place, id) in request.cases.into_iter().enumerate() {
        let courts = caller.courts().clone();
        let found = gateway.store.read(move |reads| match sight::named_case(reads, &courts, &id)? {
            Some(case) => CaseRecord::read(reads, &case, None).map(|record| Some((case, record))),
            None => Ok(None),
        });
        let Some((case, record)) = found.await? else {
            return Err(Problem::invalid(vec![Finding::new(
                format!("/cases/{place}"),
                "没有此案件 there is no such case",
            )]));
        };
        looks::at_case(&gateway, &caller.0, LookKind::Print, &case, (&headers, &known)).await?;
        let today = Moment::from_timestamp(gateway.clock.now()).date();
        let papers = printable(&record, today).into_iter().filter(|paper| kinds.contains(&paper.kind));
        wanted.extend(papers.map(|paper| (case.clone(), paper)));
    }
    let findings = match wanted.len() {
        0 => vec![Finding::new(
            "/cases",
            "所选案件目前没有可打印的此类文书 none of these cases has such a paper now",
        )],
        count if count > MOST_PAPERS => {
            vec![Finding::new(
                "/cases",
                format!(
                    "共 {count} 份文书，超过 {MOST_PAPERS} 份，请减少案件 these are {count} papers, more than {MOST_PAPERS}: name fewer cases"
                ),
            )]
        }
        _ => Vec::new(),
    };
    no_findings(findings)?;
    print(&gateway, caller.name(), &wanted, request.format).await
}

/// Prints the papers one after the other: each is kept as a page under its own number, and all come as one.
async fn print(
    gateway: &Shared,
    by: &str,
    wanted: &[(Case, Printable)],
    format: PrintFormat,
) -> Result<Response, Problem> {
    let ids = gateway.engine.number_prints(wanted.len()).await?;
    let (mut documents, mut prints) = (Vec::new(), Vec::new());
    for ((case, what), id) in wanted.iter().zip(ids) {
        let party = match what.about {
            About::Party(party) => Some(party),
            _ => None,
        };
        let of = case.clone();
        let record = gateway.store.read(move |reads| CaseRecord::read(reads, &of, party)).await?;
        let document = issued(gateway, &record, what, id, by)?;
        let own = page(std::slice::from_ref(&document));
        prints.push(print_of(gateway, case, (what, PrintFormat::Html), (id, by), own.as_bytes()));
        documents.push(document);
    }
    let together = page(&documents);
    let bytes = match format {
        PrintFormat::Pdf => pdf(gateway, &together).await?,
        _ => together.into_bytes(),
    };
    let numbers: Vec<String> = prints.iter().map(|new| new.print.number()).collect();
    gateway.engine.keep_prints(prints).await?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let file = PrintFile { format, name: "batch".to_owned(), sha256, bytes };
    let mut response = (StatusCode::CREATED, file).into_response();
    if let Ok(numbers) = HeaderValue::from_str(&numbers.join(",")) {
        response.headers_mut().insert(NUMBERS, numbers);
    }
    Ok(response)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("printBatch")
        .tag("papers")
        .summary("Print papers of several cases together 批量打印")
        .description(
            "Every paper begins on a new sheet, has a number of its own and is kept as a page under it; the numbers stand in \
             `X-Print-Numbers`, in their order. At most 50 cases and 100 papers.",
        )
        .response_with::<201, PrintFile, _>(|response| response.description("The page or the PDF"))
        .response_with::<409, Problem, _>(|response| response.description("There is no renderer for PDF"))
        .response_with::<422, Problem, _>(|response| response.description("Rules are broken; all are listed"))
}
