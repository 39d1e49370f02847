//! The status of an entity: its own word, the events of its life and the end that is stated, which may contradict each other.

use chakong_contract::asset::CompanyStatus;
use chakong_contract::date::has_surely_come;
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;

use super::day::local_day;
use crate::wire::{Entity, Event, Subject, field};

/// Word of an entity that operates.
const ACTIVE: &str = "ACTIVE";
/// Events by which an entity ends.
const ENDS: &[&str] = &["DISSOLUTION"];
/// Events by which an entity becomes part of another (LEI-CDF 3.1).
const MERGED: &[&str] = &["ABSORPTION", "MERGERS_AND_ACQUISITIONS"];
/// Events on the way to an end.
const ENDING: &[&str] = &["LIQUIDATION", "BANKRUPTCY", "INSOLVENCY"];
/// Events that an entity may survive, and that whoever freezes its property must know.
const ENDANGERING: &[&str] = &["VOLUNTARY_ARRANGEMENT"];
/// State of an event that has taken effect.
const COMPLETED: &str = "COMPLETED";
/// State of an event that was taken back.
const WITHDRAWN: &str = "WITHDRAWN_CANCELLED";
/// Reason of an end: the entity was dissolved.
const DISSOLVED: &str = "DISSOLVED";
/// Most events that are looked at.
const MOST_EVENTS: usize = 200;
/// What is said where an active entity has ended by other members of its record.
const CONTRADICTION: &str = "状态与终止信息矛盾 status and end contradict each other";

/// The status, and it in the register's words with that of the identifier. An entity that is inactive may have been dissolved or
/// merged, which its status does not say: its events and the reason of its end do. They are kept after the word: of an active entity whose
/// dissolution or merger is completed the word is outdated, which is told; one that has ended in a way that is not stated has no status.
pub(super) fn status(subject: &Subject, gathered: &mut Gathered) -> (Option<CompanyStatus>, String) {
    let entity = &subject.entity;
    let word = entity.status.text();
    let ends = ends(entity);
    let (date, reason) =
        entity.expiration.as_ref().map(|end| (end.date.day_text(), end.reason.text())).unwrap_or_default();
    let told = ends.iter().map(|event| joined([event.kind.text(), event.status.text(), day_of(event)], " "));
    let end = joined([date.clone(), reason.clone()].into_iter().chain(told), "；");
    let place = entity.jurisdiction.text();
    let has_come = local_day(&date, &place).is_none_or(|day| has_surely_come(day, gathered.day()));
    // A completed event has taken effect, but for one that is dated ahead.
    let lies_ahead = |day: &str| local_day(day, &place).is_some_and(|day| gathered.lies_ahead(day));
    let is_completed = |kinds: &[&str]| {
        let mut completed =
            ends.iter().filter(|event| is_of(event, kinds) && event.status.text() == COMPLETED);
        completed.any(|event| !(word == ACTIVE && lies_ahead(&day_of(event))))
    };
    let is_dissolved = (reason == DISSOLVED && (has_come || word != ACTIVE)) || is_completed(ENDS);
    let has_ended =
        is_dissolved || is_completed(MERGED) || (has_come && !(date.is_empty() && reason.is_empty()));
    let is_ending = ends.iter().any(|event| is_of(event, ENDING));
    let status = match word.as_str() {
        ACTIVE | "INACTIVE" | "NULL" | "" if is_dissolved => Some(CompanyStatus::Deregistered),
        ACTIVE if has_ended => None,
        ACTIVE if is_ending => Some(CompanyStatus::Liquidating),
        ACTIVE => Some(CompanyStatus::Active),
        "INACTIVE" | "NULL" | "" => None,
        _ => {
            gathered.strange(field::STATUS, word.clone());
            None
        }
    };
    let contradicts = word == ACTIVE && has_ended;
    if contradicts {
        gathered.strange(field::STATUS, joined([word.clone(), end.clone()], "；"));
    }
    let contradiction = if contradicts { CONTRADICTION.to_owned() } else { String::new() };
    let registration = subject.registration.status.text();
    let registration = if registration.is_empty() { registration } else { format!("LEI {registration}") };
    (status, joined([word, end, contradiction, registration], "；"))
}

/// Events that end the entity, lead to its end or endanger it, without those that were taken back.
fn ends(entity: &Entity) -> Vec<&Event> {
    let groups = entity.event_groups.iter().flatten();
    let events = groups.flat_map(|group| group.events.iter().flatten()).take(MOST_EVENTS);
    let all = [ENDS, MERGED, ENDING, ENDANGERING];
    events.filter(|event| all.iter().any(|kinds| is_of(event, kinds))).collect()
}

/// Whether an event is of some kinds, and was not taken back.
fn is_of(event: &Event, kinds: &[&str]) -> bool {
    kinds.contains(&event.kind.text().as_str()) && event.status.text() != WITHDRAWN
}

/// The day of an event: when it took effect, or else when it was recorded.
fn day_of(event: &Event) -> String {
    let days = [&event.effective_date, &event.recorded_date].map(Scalar::day_text);
    days.into_iter().find(|day| !day.is_empty()).unwrap_or_default()
}

/// The parts that are not blank, with something between them.
pub(super) fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}
