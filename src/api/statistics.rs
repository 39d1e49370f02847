//! `GET /v1/statistics`: what became of the inquiries of a period, by month, court, officer, counterpart or action.
//!
//! The ends of terms, renewals and lapses, count on their own days (`terms`). Inquiries of the courts that are seen are found by an index on when they were accepted, and read in portions, so that no reader of
//! the store is held for long. Of each the store counts its orders; terms and ledger are read as they stand. A period with more than
//! [`MOST_INQUIRIES`] is refused.

mod table;
mod terms;

use std::collections::HashMap;
use std::sync::Arc;

use aide::OperationOutput;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs};
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chakong_contract::date::shanghai;
use chakong_contract::{ActionKind, Date, Moment};
use jiff::{Span, Timestamp, Unit};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Shared;
use super::access::{Caller, may};
use super::extract::QueryParams;
use super::problem::{Problem, ProblemKind};
use crate::domain::people::Courts;
use crate::domain::statistics::{Collector, GroupBy, InquiryFacts, OrderTally, Part, Statistics};
use crate::domain::{Case, CaseId, Chain, ChainId, Inquiry, InquiryId, Measure, Terms};
use crate::papers::sheet;
use crate::store::{Reads, StoreError, Stored, inquiries_of_courts};

/// Most inquiries of a period.
pub(super) const MOST_INQUIRIES: usize = 50_000;
/// Inquiries that are read at once.
const PORTION: usize = 200;
/// Longest period, in days.
const LONGEST: i32 = 366;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/v1/statistics", get_with(show, docs))
}

/// Form of the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// JSON.
    #[default]
    Json,
    /// Comma-separated values in UTF-8 for Excel.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

/// Which statistics.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatisticsQuery {
    /// First day (Asia/Shanghai); the first of this month by default.
    from: Option<Date>,
    /// Last day; today by default. At most 366 days.
    until: Option<Date>,
    /// By what figures are grouped; by month by default.
    #[serde(default)]
    by: GroupBy,
    /// Of this court alone, by its code.
    court: Option<String>,
    /// Of cases that this officer handles, by name.
    officer: Option<String>,
    /// Of what this counterpart was asked and holds.
    counterpart: Option<String>,
    /// Of orders of this kind.
    action: Option<ActionKind>,
    /// Form of the answer.
    #[serde(default)]
    format: Form,
}

/// Statistics in one of their forms.
pub(super) enum Shown {
    /// JSON.
    Json(Box<Statistics>),
    /// Comma-separated values.
    Csv(String),
    /// A workbook.
    Xlsx(Vec<u8>),
}

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let file =
            |kind: &'static str, name: &'static str| [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)];
        match self {
            Self::Json(statistics) => Json(statistics).into_response(),
            Self::Csv(text) => {
                let head = file("text/csv; charset=utf-8", "attachment; filename=\"statistics.csv\"");
                (head, text).into_response()
            }
            Self::Xlsx(bytes) => {
                let kind = crate::domain::PrintFormat::Xlsx.media_type();
                (file(kind, "attachment; filename=\"statistics.xlsx\""), bytes).into_response()
            }
        }
    }
}

impl OperationOutput for Shown {
    type Inner = Statistics;

    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<ResponseDocs> {
        let mut docs = Json::<Statistics>::operation_response(context, operation)?;
        for kind in ["text/csv", crate::domain::PrintFormat::Xlsx.media_type()] {
            docs.content.insert(kind.to_owned(), MediaType::default());
        }
        Some(docs)
    }
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<StatisticsQuery>,
) -> Result<Shown, Problem> {
    let today = Moment::from_timestamp(gateway.clock.now()).date();
    let until = query.until.unwrap_or(today);
    let from = query.from.unwrap_or_else(|| until.first_of_month());
    let (begin, end) = period(from, until)?;
    let part = Part { officer: query.officer, counterpart: query.counterpart, action: query.action };
    let courts = caller.sees(query.court.as_deref());
    let collector = Collector::new(query.by, part, from, until);
    let statistics = collect(&gateway, &courts, collector, (begin, end)).await?;
    let failed = |_| Problem::new(ProblemKind::Internal, "the workbook could not be written");
    Ok(match query.format {
        Form::Json => Shown::Json(Box::new(statistics)),
        Form::Csv => Shown::Csv(sheet::csv(&table::of(&statistics))),
        Form::Xlsx => Shown::Xlsx(sheet::workbook(&[&table::of(&statistics)]).map_err(failed)?),
    })
}

/// The instants between which inquiries count.
fn period(from: Date, until: Date) -> Result<(Timestamp, Timestamp), Problem> {
    let wrong = |detail: String| Problem::new(ProblemKind::MalformedRequest, detail);
    let days = until.since((Unit::Day, from)).map(|span| span.get_days()).unwrap_or(i32::MAX);
    if !(0..LONGEST).contains(&days) {
        return Err(wrong(format!(
            "统计期间应为 1 至 {LONGEST} 日 from {from} until {until}: a period has 1 to {LONGEST} days"
        )));
    }
    let begin = |day: Date| day.to_zoned(shanghai()).map(|zoned| zoned.timestamp());
    let after = until.checked_add(Span::new().days(1)).and_then(begin);
    match (begin(from), after) {
        (Ok(begin), Ok(end)) => Ok((begin, end)),
        _ => Err(wrong("日期无法统计 these days cannot be counted with".to_owned())),
    }
}

async fn collect(
    gateway: &Shared,
    courts: &Courts,
    mut collector: Collector,
    (begin, end): (Timestamp, Timestamp),
) -> Result<Statistics, Problem> {
    let (mut after, mut count) = ((begin, InquiryId::new(i64::MIN)), 0);
    let mut known = Known::default();
    loop {
        let courts = courts.clone();
        let reading = gateway
            .store
            .read(move |reads| portion(reads, &mut known, &courts, (after, end)).map(|read| (read, known)));
        let (portion, kept) = reading.await?;
        known = kept;
        let Some(last) = portion.last() else { break };
        after = (last.inquiry.created, last.inquiry.id);
        count += portion.len();
        if count > MOST_INQUIRIES {
            let detail = format!(
                "该期间的查控申请超过 {MOST_INQUIRIES} 件，请缩短期间 the period has more than {MOST_INQUIRIES} inquiries; choose a shorter one"
            );
            return Err(Problem::new(ProblemKind::MalformedRequest, detail));
        }
        portion.iter().for_each(|read| read.count(&mut collector));
    }
    terms::count(gateway, courts, &mut collector, (begin, end)).await?;
    let names = gateway.counterparts.now();
    Ok(collector.finish(|name| names.get(name).map(|config| config.name_zh.clone())))
}

/// What is read once of a case or a chain, whatever the number of its inquiries. Forgotten beyond so many, so that memory stays bounded.
#[derive(Debug, Default)]
struct Known {
    cases: HashMap<CaseId, Arc<Case>>,
    chains: HashMap<ChainId, Arc<(Chain, Vec<Measure>)>>,
}

/// Chains that are kept in mind.
const MOST_KNOWN: usize = 2000;

impl Known {
    fn case(&mut self, reads: &mut dyn Reads, id: CaseId) -> Stored<Arc<Case>> {
        if let Some(known) = self.cases.get(&id) {
            return Ok(Arc::clone(known));
        }
        let case = Arc::new(reads.case(id)?.ok_or(StoreError::Missing("the case"))?);
        self.cases.insert(id, Arc::clone(&case));
        Ok(case)
    }

    fn chain(&mut self, reads: &mut dyn Reads, id: ChainId) -> Stored<Arc<(Chain, Vec<Measure>)>> {
        if let Some(known) = self.chains.get(&id) {
            return Ok(Arc::clone(known));
        }
        let chain = reads.chain(id)?.ok_or(StoreError::Missing("the chain"))?;
        let measures = if chain.needs_ledger() { reads.measures_of(id)? } else { Vec::new() };
        let read = Arc::new((chain, measures));
        if self.chains.len() >= MOST_KNOWN {
            self.chains.clear();
            self.cases.clear();
        }
        self.chains.insert(id, Arc::clone(&read));
        Ok(read)
    }
}

/// An inquiry with what is counted of it.
struct Counted {
    inquiry: Inquiry,
    case: Arc<Case>,
    chain: Arc<(Chain, Vec<Measure>)>,
    terms: Arc<Terms>,
    orders: Vec<OrderTally>,
}

impl Counted {
    fn count(&self, collector: &mut Collector) {
        let head = &self.terms.case;
        let court = court_name(&self.case, &self.terms);
        collector.add(InquiryFacts {
            inquiry: &self.inquiry,
            court: (&self.case.court_code, court),
            officer: head.officers.first().map_or("", |officer| officer.name.as_str()),
            filed_on: head.filed_on,
            debtors: &self.terms.debtors,
            orders: &self.orders,
            claim: self.chain.0.claim.as_ref(),
            measures: &self.chain.1,
        });
    }
}

/// Name of the court of a case; as the inquiry states it where the case itself has none.
fn court_name<'a>(case: &'a Case, terms: &'a Terms) -> &'a str {
    if case.court_name.is_empty() { &terms.case.court_name } else { &case.court_name }
}

fn portion(
    reads: &mut dyn Reads,
    known: &mut Known,
    courts: &Courts,
    between: ((Timestamp, InquiryId), Timestamp),
) -> Stored<Vec<Counted>> {
    let inquiries = inquiries_of_courts(reads, courts, between, PORTION)?;
    let ids: Vec<InquiryId> = inquiries.iter().map(|inquiry| inquiry.id).collect();
    let mut orders: HashMap<InquiryId, Vec<OrderTally>> = HashMap::new();
    for tally in reads.order_tallies(&ids)? {
        orders.entry(tally.inquiry).or_default().push(tally);
    }
    let mut counted = Vec::with_capacity(inquiries.len());
    for inquiry in inquiries {
        counted.push(Counted {
            case: known.case(reads, inquiry.case)?,
            chain: known.chain(reads, inquiry.chain)?,
            terms: reads.terms(inquiry.id)?.ok_or(StoreError::Missing("the terms of an inquiry"))?,
            orders: orders.remove(&inquiry.id).unwrap_or_default(),
            inquiry,
        });
    }
    Ok(counted)
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getStatistics")
        .tag("statistics")
        .summary("What became of the inquiries of a period 统计")
        .description(
            "Everything counts to the inquiry that it belongs to, and an inquiry to the day on which it was accepted: an answer that \
             comes next month changes this month's figures. Renewals and lapses count on their own days, whenever their inquiries were \
             accepted: a renewal on the day on which it took effect, a lapse on the last day of the term. Periods have at most 366 days and 50,000 inquiries.",
        )
        .response_with::<200, Shown, _>(|response| response.description("The figures"))
}
