//! `GET /v1/cases`, and `POST /v1/cases/search`: whom a case is about stands in no address, where proxies and browsers would keep it.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use chakong_contract::Date;
use chakong_contract::date::shanghai;
use jiff::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::show::CaseView;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{JsonBody, QueryParams, page_size};
use crate::api::looks;
use crate::api::page;
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::{CaseId, CaseState, ClaimView, found_by};
use crate::store::CaseFilter;

/// First and last day of a range that is open at that end.
const FIRST: Date = Date::constant(1900, 1, 1);
const LAST: Date = Date::constant(2999, 12, 31);

macro_rules! wanted {
    ($(#[$about:meta])* $name:ident { $($(#[$more:meta])* $field:ident: $kind:ty)? }) => {
        $(#[$about])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$more])* $field: $kind,)?
            /// Case number in any spelling.
            number: Option<String>,
            /// Name of an officer, in full.
            officer: Option<String>,
            /// Code of the court.
            court: Option<String>,
            /// How the case stands.
            state: Option<CaseState>,
            /// First day (Asia/Shanghai) of those on which an inquiry about the case was accepted.
            submitted_from: Option<Date>,
            /// Last day of these.
            submitted_until: Option<Date>,
            /// First day of those on which the case was filed, as inquiries state it.
            filed_from: Option<Date>,
            /// Last day of these.
            filed_until: Option<Date>,
            /// `next` of the page before.
            cursor: Option<String>,
            /// How many; 50 by default.
            #[schemars(range(min = 1, max = 200))]
            limit: Option<usize>,
        }
    };
}

wanted! {
    /// Which cases. A case must fit everything that is given.
    CasesQuery {}
}

wanted! {
    /// Which cases, of whom. A case must fit everything that is given.
    CasesSearch {
        /// Name, former name or number of an identity document of a party, in full, in any spelling. It is looked up by its keyed hash.
        party: Option<String>
    }
}

impl From<CasesQuery> for CasesSearch {
    fn from(query: CasesQuery) -> Self {
        let CasesQuery {
            number,
            officer,
            court,
            state,
            submitted_from,
            submitted_until,
            filed_from,
            filed_until,
            cursor,
            limit,
        } = query;
        Self {
            party: None,
            number,
            officer,
            court,
            state,
            submitted_from,
            submitted_until,
            filed_from,
            filed_until,
            cursor,
            limit,
        }
    }
}

impl CasesSearch {
    fn filter<const ROW: u8>(&self, caller: &Caller<ROW>, limit: usize) -> Result<CaseFilter, Problem> {
        let number = page::case_number("number", self.number.as_deref())?;
        let mut words = Vec::new();
        for (name, given, word) in [
            ("party", &self.party, found_by::of_party as fn(&str) -> Option<String>),
            ("officer", &self.officer, found_by::of_officer),
        ] {
            if let Some(given) = given {
                words.push(
                    word(given)
                        .ok_or_else(|| malformed(format!("{name}: there is no letter or digit in it")))?,
                );
            }
        }
        let submitted = range("submitted", self.submitted_from, self.submitted_until)?;
        let begin = |day: Date| day.to_zoned(shanghai()).map(|zoned| zoned.timestamp());
        let instants = |(from, until): (Date, Date)| -> Result<(Timestamp, Timestamp), jiff::Error> {
            Ok((begin(from)?, begin(until.checked_add(Span::new().days(1))?)?))
        };
        let uncountable = |_| malformed("submitted: these days cannot be counted with".to_owned());
        Ok(CaseFilter {
            number: number.map(|number| number.as_str().to_owned()),
            found_by: words,
            state: self.state,
            submitted: submitted.map(instants).transpose().map_err(uncountable)?,
            filed: range("filed", self.filed_from, self.filed_until)?,
            courts: caller.sees(self.court.as_deref()),
            before: page::cursor(self.cursor.as_deref())?.map(CaseId::new),
            limit,
        })
    }
}

fn malformed(detail: String) -> Problem {
    Problem::new(ProblemKind::MalformedRequest, detail)
}

/// The days of a range, where one of its ends is given.
fn range(name: &str, from: Option<Date>, until: Option<Date>) -> Result<Option<(Date, Date)>, Problem> {
    if from.is_none() && until.is_none() {
        return Ok(None);
    }
    let (from, until) = (from.unwrap_or(FIRST), until.unwrap_or(LAST));
    if !(FIRST..=LAST).contains(&from) || !(FIRST..=LAST).contains(&until) || from > until {
        let detail = format!(
            "日期范围有误，起始日应不晚于截止日 {name}: {from} to {until} is no range of days; the first comes before the last, from {FIRST} to {LAST}"
        );
        return Err(malformed(detail));
    }
    Ok(Some((from, until)))
}

/// A case in a list.
#[derive(Debug, Serialize, JsonSchema)]
struct CaseLine {
    /// The case.
    #[serde(flatten)]
    case: CaseView,
    /// How it stands.
    state: CaseState,
    /// What may be taken from the parties of its chain; null while nothing may.
    claim: Option<ClaimView>,
}

/// Cases.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CaseList {
    /// Newest first.
    cases: Vec<CaseLine>,
    /// Pass as `cursor` to read on; null at the end.
    next: Option<String>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<CasesQuery>,
) -> Result<Json<CaseList>, Problem> {
    find_cases(&gateway, &caller, &query.into()).await.map(Json)
}

pub(super) async fn search(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    headers: HeaderMap,
    known: looks::KnownReasons,
    JsonBody(wanted): JsonBody<CasesSearch>,
) -> Result<Json<CaseList>, Problem> {
    let Some(party) = wanted.party.clone() else {
        return find_cases(&gateway, &caller, &wanted).await.map(Json);
    };
    let asked = format!("{wanted:?}");
    let look = looks::Search::of(&caller.0, &party, &asked, (&headers, &known))?;
    let found = find_cases(&gateway, &caller, &wanted).await?;
    look.keep(&gateway, found.cases.len()).await?;
    Ok(Json(found))
}

async fn find_cases(
    gateway: &Shared,
    caller: &Caller<{ may::READ }>,
    wanted: &CasesSearch,
) -> Result<CaseList, Problem> {
    let limit = page_size(wanted.limit)?;
    let filter = wanted.filter(caller, limit + 1)?;
    let mut found = gateway.store.read(move |reads| reads.find_cases(&filter)).await?;
    let next = page::cut(&mut found, limit, |last| last.case.id.get().to_string());
    let line = |row: crate::store::CaseRow| CaseLine {
        case: (&row.case).into(),
        state: CaseState::of(&row.chain),
        claim: row.chain.claim.as_ref().map(ClaimView::from),
    };
    Ok(CaseList { cases: found.into_iter().map(line).collect(), next })
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listCases")
        .tag("cases")
        .summary("Find cases 查找案件")
        .description("By number, officer, court, state and days. By a party: `POST /v1/cases/search`.")
}

pub(super) fn search_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("searchCases").tag("cases").summary("Find cases by a party 按当事人查找案件").description(
        "As `GET /v1/cases`, and by the name or a document's number of a party, which stand in no address this way. They are looked up by \
         a keyed hash, so that only whole ones are found. Looking for a party is a look: whose role is not of the case says why (header \
         X-Reason, percent-encoded).",
    )
}
