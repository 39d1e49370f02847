//! Looks on record, as a list, and what in them the auditor is told of.

use std::collections::{BTreeMap, BTreeSet};

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::id::CaseNumber;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Shared;
use super::super::access::{Caller, may};
use super::super::acts::names_of;
use super::super::extract::{QueryParams, page_size};
use super::super::problem::Problem;
use super::super::tasks::PropertyName;
use crate::domain::MeasureId;
use crate::domain::people::{Look, LookKind};
use crate::people::alarms::{Alarm, alarms_of};
use crate::people::{begin_of_day, day_begins};
use crate::store::{LookFilter, Reads, Stored};

/// Most looks of one export, and of a day that is searched for alarms.
pub(super) const MOST_EXPORTED: usize = 10_000;
/// Most looks that are read through for one page of those of a case.
const MOST_LOOKED_AT: usize = 20_000;
/// Looks that are read at once.
const AT_ONCE: usize = 500;

/// Which looks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LooksQuery {
    /// Who: 工号, or name of a key.
    actor: Option<String>,
    /// What was looked at.
    kind: Option<LookKind>,
    /// Of what.
    subject: Option<String>,
    /// Code of the court.
    court: Option<String>,
    /// Number of the case, in any spelling.
    case: Option<String>,
    /// Not before this.
    since: Option<Timestamp>,
    /// Before this.
    until: Option<Timestamp>,
    /// `next` of the page before.
    before: Option<i64>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

impl LooksQuery {
    /// What the store is asked, and the case number beside it.
    pub(super) fn filter<const ROW: u8>(
        self,
        caller: &Caller<ROW>,
        limit: usize,
    ) -> (LookFilter, Option<String>) {
        let filter = LookFilter {
            courts: caller.sees(self.court.as_deref()),
            actor: self.actor,
            actors: None,
            kind: self.kind,
            subject: self.subject,
            since: self.since,
            until: self.until,
            before: self.before,
            limit,
        };
        let number = |text: String| match text.parse::<CaseNumber>() {
            Ok(number) => number.as_str().to_owned(),
            Err(_) => text,
        };
        (filter, self.case.map(number))
    }
}

/// Looks that were found.
pub(super) struct Found {
    /// With their rows, the newest first.
    pub(super) looks: Vec<(i64, Look)>,
    /// Behind which row to read on, where not all were looked at.
    pub(super) behind: Option<i64>,
}

/// Looks by filter, those of one case where one is named. The store keeps case numbers of looks in their bodies only, so that they are
/// read through.
pub(super) fn find(reads: &mut dyn Reads, mut filter: LookFilter, case: Option<&str>) -> Stored<Found> {
    let Some(case) = case else { return Ok(Found { looks: reads.find_looks(&filter)?, behind: None }) };
    let (wanted, mut looks, mut looked_at) = (filter.limit, Vec::new(), 0);
    filter.limit = AT_ONCE;
    loop {
        let page = reads.find_looks(&filter)?;
        let is_last = page.len() < AT_ONCE;
        looked_at += page.len();
        filter.before = page.last().map(|(row, _)| *row);
        looks.extend(page.into_iter().filter(|(_, look)| look.case_number == case));
        if looks.len() >= wanted || is_last {
            looks.truncate(wanted);
            return Ok(Found { looks, behind: None });
        }
        if looked_at >= MOST_LOOKED_AT {
            return Ok(Found { looks, behind: filter.before });
        }
    }
}

/// Looks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LookList {
    /// Newest first.
    looks: Vec<Look>,
    /// Names of the persons who looked, by staff number.
    names: BTreeMap<String, String>,
    /// Properties whose measures were looked at, by the measure's identifier.
    properties: BTreeMap<String, PropertyName>,
    /// Pass as `before` to read on; null at the end.
    next: Option<i64>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::LOOKS }>,
    QueryParams(query): QueryParams<LooksQuery>,
) -> Result<Json<LookList>, Problem> {
    let limit = page_size(query.limit)?;
    let (filter, case) = query.filter(&caller, limit + 1);
    let read = gateway.store.read(move |reads| {
        let Found { looks: mut found, behind } = find(reads, filter, case.as_deref())?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(row, _)| *row).or(behind);
        let looks: Vec<Look> = found.into_iter().map(|(_, look)| look).collect();
        let names = names_of(reads, looks.iter().map(|look| look.actor.as_str()))?;
        let properties = properties_of(reads, &looks)?;
        Ok(LookList { looks, names, properties, next })
    });
    Ok(Json(read.await?))
}

/// The properties of measures that were looked at one by one.
fn properties_of(reads: &mut dyn Reads, looks: &[Look]) -> Stored<BTreeMap<String, PropertyName>> {
    let of_measures = looks.iter().filter(|look| look.kind == LookKind::Measures);
    let mut properties = BTreeMap::new();
    for subject in of_measures.map(|look| look.subject.as_str()).collect::<BTreeSet<_>>() {
        let Ok(row) = subject.parse() else { continue };
        if let Some(measure) = reads.measure(MeasureId::new(row))? {
            properties.insert(subject.to_owned(), PropertyName::of(&measure));
        }
    }
    Ok(properties)
}

pub(super) fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listLooks").tag("people").summary("Who looked at what 查看留痕").description(
        "The same look of the same caller within a while (`[looks]` of the configuration) is one look.",
    )
}

/// Which day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AlarmsQuery {
    /// The day in Shanghai; today by default.
    day: Option<Date>,
}

/// What of a day the auditor is told.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AlarmList {
    /// When the day began.
    since: Timestamp,
    /// The worst first.
    pub(super) alarms: Vec<Alarm>,
    /// Names of the persons who looked, by staff number.
    names: BTreeMap<String, String>,
    /// Whether there were more looks than were searched.
    pub(super) incomplete: bool,
}

/// What of a day stands out.
pub(super) async fn of_day<const ROW: u8>(
    gateway: &Shared,
    caller: &Caller<ROW>,
    query: &AlarmsQuery,
) -> Result<AlarmList, Problem> {
    let since = query.day.map_or_else(|| begin_of_day(gateway.clock.now()), day_begins);
    let until = since.checked_add(jiff::SignedDuration::from_hours(24)).ok();
    let courts = caller.sees(None);
    let read = gateway.store.read(move |reads| {
        let persons = reads.persons()?;
        // Systems look at very much, and would leave no place.
        let actors = Some(persons.iter().map(|person| person.number.clone()).collect());
        let since = Some(since);
        let filter =
            LookFilter { courts, actors, since, until, limit: MOST_EXPORTED, ..LookFilter::default() };
        Ok((reads.find_looks(&filter)?, persons))
    });
    let (found, persons) = read.await?;
    let incomplete = found.len() == MOST_EXPORTED;
    let looks: Vec<Look> = found.into_iter().map(|(_, look)| look).collect();
    let alarms = alarms_of(&looks, &persons, gateway.people.look_rules());
    let is_told = |number: &str| alarms.iter().any(|alarm| alarm.actor == number);
    let named = persons.into_iter().filter(|person| is_told(&person.number));
    let names = named.map(|person| (person.number, person.name)).collect();
    Ok(AlarmList { since, alarms, names, incomplete })
}

pub(super) async fn alarms(
    State(gateway): State<Shared>,
    caller: Caller<{ may::LOOKS }>,
    QueryParams(query): QueryParams<AlarmsQuery>,
) -> Result<Json<AlarmList>, Problem> {
    of_day(&gateway, &caller, &query).await.map(Json)
}

pub(super) fn alarms_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listLookAlarms").tag("people").summary("What stands out in a day's looks 查看预警").description(
        "Of persons: very much in a day, the same thing again and again, the same person again and again, out of working hours, lists of no \
         case by a role that is not of the case. At most 10,000 looks of persons are searched, the newest first.",
    )
}
