//! Measures that wait behind another court's 轮候, and when they take effect (查扣冻规定 art. 26).

use chakong_contract::asset::{EncumbranceKind, Rank};
use chakong_contract::order::Target;
use chakong_contract::{Asset, Date, Encumbrance, RealProperty};

use super::super::{EventType, Measure, MeasureState, Said, Task, TaskKind};
use super::control::with_term;
use super::draft::Draft;
use super::follow_up::follow_up;

const RENEWED: &str = "续封已登记（查询结果显示） the renewal is registered, as an answer to a query shows";
/// Said of a measure whose registry told nothing itself, Chinese first.
const EFFECTIVE: &str =
    "轮候查封已生效（查询结果显示） the waiting seizure has taken effect, as an answer to a query shows";
const WAITS: &str = "登记为轮候查封（查询结果显示） it waits behind others, as an answer to a query shows";
const REGISTERED: &str =
    "查封已登记（查询结果显示） the seizure is registered, as an answer to a query shows";

/// Revises the measures of the case that an answer shows to stand elsewhere in the queue, and tells it once.
pub fn seen(draft: &mut Draft<'_>, asset: &Asset) {
    let (now, today) = (draft.now(), draft.today());
    let shown: Vec<_> = draft.file.ledger().filter_map(|measure| shown_by(measure, asset, today)).collect();
    for (mut measure, event) in shown {
        measure.said.stood = Some(now);
        draft.move_measure(measure.clone());
        if let Some(event) = event {
            draft.tell(event, &measure, None);
            follow_up(draft, event, &measure);
            effect_shown(draft, event, &measure);
        }
    }
}

/// The effect of a control that was only taken, or never answered, is there: it is waited for no longer.
pub fn effect_shown(draft: &mut Draft<'_>, event: EventType, measure: &Measure) {
    let order = match event {
        EventType::MeasurePlaced | EventType::MeasureWaiting | EventType::MeasureEffective => measure.order,
        EventType::MeasureRenewed => measure.control,
        _ => None,
    };
    let is_over = |task: &Task| {
        matches!(task.kind, TaskKind::AwaitEffect | TaskKind::Resolve)
            && task.order.is_some()
            && task.order == order
    };
    draft.close_tasks(is_over);
}

/// As `seen`, for an answer to an order of another chain: registries' numbers are unique, and registries tell nobody.
pub fn seen_elsewhere(draft: &mut Draft<'_>, asset: &Asset) {
    seen(draft, asset);
}

/// A seizure of ours as what was found shows it, and the event where that is news: it waits, which the registry did not say when
/// it took the case, it waits no more, or it is renewed. It is known by the number that the registry gave it on the same
/// property; where one with that number waits and another does not, nobody can tell which is ours.
pub fn shown_by(measure: &Measure, found: &Asset, today: Date) -> Option<(Measure, Option<EventType>)> {
    let Asset::Property(property) = found else { return None };
    let known = measure.state.stands() && measure.is_whole() && !measure.reference.is_empty();
    if !known || !is_of(&measure.target, property) {
        return None;
    }
    let ours: Vec<&Encumbrance> =
        property.encumbrances.iter().filter(|one| is_named(measure, &one.reference)).collect();
    let place = place_of(&ours)?;
    if let Some(renewal) = ours.iter().find(|one| is_renewal(measure, one)) {
        return Some((renewed(measure, renewal), Some(EventType::MeasureRenewed)));
    }
    let (first, was_accepted) = (ours.first()?, measure.state == MeasureState::Accepted);
    let (event, note) = match (measure.rank.map(|rank| rank.place), place) {
        (_, 1) if was_accepted => (Some(EventType::MeasurePlaced), REGISTERED),
        (_, 2..) if was_accepted => (Some(EventType::MeasureWaiting), WAITS),
        (Some(before), now) if before == now => return Some((measure.clone(), None)),
        (Some(2..), 1) => (Some(EventType::MeasureEffective), EFFECTIVE),
        (None | Some(0 | 1), 2..) => (Some(EventType::MeasureWaiting), WAITS),
        // Nearer than before, or entered as it was taken for.
        _ => (None, measure.note.as_str()),
    };
    let shown = Measure {
        rank: Some(Rank { place, derived: true }),
        note: note.to_owned(),
        said: Said { only_accepted: false, ..measure.said.clone() },
        ..measure.clone()
    };
    let shown = with_term(shown, first.from, first.until, today);
    let state = match shown.state {
        MeasureState::InForce | MeasureState::Waiting | MeasureState::Accepted => shown.standing_state(),
        busy => busy,
    };
    Some((Measure { state, ..shown }, event))
}

/// Whether a registry's number is that of a measure, or of its renewal.
fn is_named(measure: &Measure, number: &str) -> bool {
    !number.is_empty() && (number == measure.reference || number == measure.said.renewal_reference)
}

/// The place in the queue that all of these have; `None` where they differ or say nothing of a queue.
fn place_of(ours: &[&Encumbrance]) -> Option<u32> {
    use EncumbranceKind::{PreliminarySeizure, Seizure, WaitingPreliminarySeizure, WaitingSeizure};
    let first = ours.first()?;
    let all = |kinds: &[EncumbranceKind]| ours.iter().all(|one| kinds.contains(&one.kind));
    if all(&[Seizure, PreliminarySeizure]) {
        Some(1)
    } else if all(&[WaitingSeizure, WaitingPreliminarySeizure]) {
        Some(first.rank.map_or(2, |rank| rank.place.max(2)))
    } else {
        None
    }
}

/// Whether an entry shows the renewal of a measure that waits for it: it ends later than the measure did.
fn is_renewal(measure: &Measure, one: &Encumbrance) -> bool {
    let later = || one.until.zip(measure.until).is_some_and(|(said, known)| said > known);
    measure.state == MeasureState::Renewing && later()
}

fn renewed(measure: &Measure, entry: &Encumbrance) -> Measure {
    let law = measure.until.map(|until| measure.longest_term().renewed_last_day(until));
    let until = entry.until.min(law.or(entry.until));
    let said = Said { renewal_reference: String::new(), renewed: true, ..measure.said.clone() };
    let renewed = Measure {
        until,
        until_said: entry.until.filter(|_| entry.until != until),
        reminded: None,
        reference: entry.reference.clone(),
        note: RENEWED.to_owned(),
        said,
        ..measure.clone()
    };
    Measure { state: renewed.standing_state(), ..renewed }
}

/// Whether a control is about a property: by its unit number or, where one of them has none, by a certificate.
fn is_of(target: &Target, property: &RealProperty) -> bool {
    let Target::Property { unit_number, certificate, .. } = target else { return false };
    match (unit_number, &property.unit_number) {
        (Some(unit), Some(other)) => unit == other,
        _ => !certificate.is_empty() && property.certificates.contains(certificate),
    }
}
