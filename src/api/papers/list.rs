//! `GET /v1/cases/{id}/papers`: what can be printed of a case, and what was.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{Moment, PartyName};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::KindView;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::cases::CasePath;
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::{PartyId, Print, PrintFormat};
use crate::papers::CaseRecord;
use crate::papers::kinds::{About, Printable, printable};
use crate::people::sight;
use crate::store::Stored;

/// A paper that can be printed now.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::api) struct PrintableView {
    /// Which.
    #[serde(flatten)]
    kind: KindView,
    /// The party that it is about; null where it is about none.
    party: Option<PartyId>,
    /// The party's name.
    party_name: Option<PartyName>,
    /// The counterpart that it is about; null where it is about none.
    counterpart: Option<String>,
    /// In which forms it can be had here.
    formats: Vec<PrintFormat>,
}

/// A print that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::api) struct PrintView {
    /// The number that stands on it; its bytes are at `/v1/papers/{number}`.
    number: String,
    /// Which.
    #[serde(flatten)]
    kind: KindView,
    /// Form.
    format: PrintFormat,
    /// The party's identifier or the counterpart's name that it is about; empty for the whole case.
    about: String,
    /// When it was made.
    printed_at: Timestamp,
    /// Who had it made.
    printed_by: String,
    /// SHA-256 of its bytes, hexadecimal.
    sha256: String,
    /// How many bytes.
    size: u64,
}

impl From<&Print> for PrintView {
    fn from(print: &Print) -> Self {
        Self {
            number: print.number(),
            kind: print.kind.into(),
            format: print.format,
            about: print.about.clone(),
            printed_at: print.at,
            printed_by: print.actor.clone(),
            sha256: print.sha256.clone(),
            size: print.size,
        }
    }
}

/// Papers of a case.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::api) struct PaperList {
    /// What can be printed now.
    printable: Vec<PrintableView>,
    /// What was printed, oldest first.
    printed: Vec<PrintView>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<CasePath>,
) -> Result<Json<PaperList>, Problem> {
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| {
        let Some(case) = sight::named_case(reads, &courts, &path.id)? else { return Ok(None) };
        let record = CaseRecord::read(reads, &case, None)?;
        let mut prints = Vec::new();
        for print in reads.prints_of(case.chain)? {
            if sight::sees_print(reads, &courts, &print)? {
                prints.push(print);
            }
        }
        Stored::Ok(Some((record, prints)))
    });
    let (record, prints) = found.await?.ok_or_else(|| Problem::not_found("case"))?;
    let today = Moment::from_timestamp(gateway.clock.now()).date();
    let can_pdf = gateway.printer.is_configured();
    let view = |what: Printable| view(what, &record, can_pdf);
    let printable = printable(&record, today).into_iter().map(view).collect();
    Ok(Json(PaperList { printable, printed: prints.iter().map(PrintView::from).collect() }))
}

fn view(what: Printable, record: &CaseRecord, can_pdf: bool) -> PrintableView {
    let (party, counterpart) = match what.about {
        About::Case => (None, None),
        About::Party(party) => (Some(party), None),
        About::Counterpart(name) => (None, Some(name)),
    };
    let has = |format: &PrintFormat| match format {
        PrintFormat::Html => true,
        PrintFormat::Pdf => can_pdf,
        PrintFormat::Xlsx => what.kind.is_table(),
    };
    PrintableView {
        kind: what.kind.into(),
        party_name: party.and_then(|id| record.party(id)).map(|party| party.name.clone()),
        party,
        counterpart,
        formats: PrintFormat::ALL.into_iter().filter(has).collect(),
    }
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listCasePapers")
        .tag("papers")
        .summary("What can be printed of a case, and what was 可打印文书及打印记录")
        .response_with::<404, Problem, _>(|response| response.description("There is no such case"))
}
