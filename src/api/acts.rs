//! Acts 操作记录: what was done, by whom, why, and what it changed.

use std::collections::{BTreeMap, BTreeSet};

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::access::{Caller, may};
use super::extract::{QueryParams, page_size};
use super::page;
use super::problem::Problem;
use crate::domain::AuditEntry;
use crate::people::sight::{self, Onlooker};
use crate::store::{ActFilter, Reads, Stored};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/v1/acts", get_with(list, docs))
}

/// Which acts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ActsQuery {
    /// On what: the inquiry's identifier, a case number or a counterpart's name.
    subject: Option<String>,
    /// Who.
    actor: Option<String>,
    /// What: `approve`, `release` …
    act: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// Acts.
#[derive(Debug, Serialize, JsonSchema)]
struct ActList {
    /// Newest first; those that were refused too, with why.
    acts: Vec<AuditEntry>,
    /// Names of the persons who acted, or were acted upon, by staff number.
    names: BTreeMap<String, String>,
    /// Case numbers of the inquiries that acts are about, by the inquiry's identifier.
    case_numbers: BTreeMap<String, String>,
    /// Pass as `cursor` to read on; null at the end.
    next: Option<String>,
}

async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::ACTS }>,
    QueryParams(query): QueryParams<ActsQuery>,
) -> Result<Json<ActList>, Problem> {
    let limit = page_size(query.limit)?;
    let filter = ActFilter {
        subject: query.subject,
        actor: query.actor,
        act: query.act,
        before: page::cursor(query.cursor.as_deref())?,
        limit,
    };
    let audits = caller.0.may(may::LOOKS);
    let by = Onlooker { courts: caller.courts().clone(), audits };
    let read = gateway.store.read(move |reads| {
        let found = sight::acts(reads, &by, &filter)?;
        let acts: Vec<AuditEntry> = found.acts.into_iter().map(|(_, act)| act).collect();
        let persons = acts.iter().flat_map(|act| [act.actor.as_str(), act.subject.as_str()]);
        let names = names_of(reads, persons)?;
        let case_numbers = case_numbers_of(reads, &acts)?;
        let next = found.next.map(|row| row.to_string());
        Ok(ActList { acts, names, case_numbers, next })
    });
    Ok(Json(read.await?))
}

/// Names of persons by staff number; what is no person has none.
pub(super) fn names_of<'a>(
    reads: &mut dyn Reads,
    numbers: impl Iterator<Item = &'a str>,
) -> Stored<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for number in numbers.collect::<BTreeSet<_>>() {
        if let Some(person) = reads.person_by_number(number)? {
            names.insert(number.to_owned(), person.name);
        }
    }
    Ok(names)
}

/// Case numbers of the inquiries that acts are about.
fn case_numbers_of(reads: &mut dyn Reads, acts: &[AuditEntry]) -> Stored<BTreeMap<String, String>> {
    let mut numbers = BTreeMap::new();
    for subject in acts.iter().map(|act| act.subject.as_str()).collect::<BTreeSet<_>>() {
        let Ok(uid) = subject.parse() else { continue };
        if let Some(inquiry) = reads.inquiry_by_uid(uid)? {
            numbers.insert(subject.to_owned(), inquiry.case_number);
        }
    }
    Ok(numbers)
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listActs").tag("acts").summary("What people did 操作记录")
}
