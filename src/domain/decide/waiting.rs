//! Measures that wait behind another court's 轮候, and when they take effect (查扣冻规定 art. 26).

use chakong_contract::asset::{EncumbranceKind, Rank};
use chakong_contract::order::Target;
use chakong_contract::{Asset, Encumbrance, RealProperty};

use super::super::{EventType, Measure, MeasureState};
use super::draft::Draft;

/// Said of a measure whose registry told nothing itself, Chinese first.
const EFFECTIVE: &str =
    "轮候查封已生效（查询结果显示） the waiting seizure has taken effect, as an answer to a query shows";
const WAITS: &str = "登记为轮候查封（查询结果显示） it waits behind others, as an answer to a query shows";
const REGISTERED: &str =
    "查封已登记（查询结果显示） the seizure is registered, as an answer to a query shows";

/// Revises the measures of the case that an answer shows to stand elsewhere in the queue, and tells it once.
pub fn seen(draft: &mut Draft<'_>, asset: &Asset) {
    let shown: Vec<_> = draft.file.ledger().filter_map(|measure| shown_by(measure, asset)).collect();
    for (measure, event) in shown {
        draft.move_measure(measure.clone());
        if let Some(event) = event {
            draft.tell(event, &measure, None);
        }
    }
}

/// As `seen`, for an answer to an order of another chain: registries' numbers are unique, and registries tell nobody.
pub fn seen_elsewhere(draft: &mut Draft<'_>, asset: &Asset) {
    seen(draft, asset);
}

/// A seizure of ours as what was found shows it, and the event where that is news: it waits, which the registry did not say when
/// it took the case, or it waits no more. It is known by the number that the registry gave it on the same property; where
/// one with that number waits and another does not, nobody can tell which is ours.
pub fn shown_by(measure: &Measure, found: &Asset) -> Option<(Measure, Option<EventType>)> {
    let Asset::Property(property) = found else { return None };
    let known = measure.state.stands() && measure.is_whole() && !measure.reference.is_empty();
    if !known || !is_of(&measure.target, property) {
        return None;
    }
    let ours: Vec<&Encumbrance> =
        property.encumbrances.iter().filter(|one| one.reference == measure.reference).collect();
    let first = ours.first()?;
    let all = |kinds: &[EncumbranceKind]| ours.iter().all(|one| kinds.contains(&one.kind));
    let place = if all(&[EncumbranceKind::Seizure, EncumbranceKind::PreliminarySeizure]) {
        1
    } else if all(&[EncumbranceKind::WaitingSeizure, EncumbranceKind::WaitingPreliminarySeizure]) {
        first.rank.map_or(2, |rank| rank.place.max(2))
    } else {
        return None;
    };
    let was_accepted = measure.state == MeasureState::Accepted;
    let (event, note) = match (measure.rank.map(|rank| rank.place), place) {
        (_, 1) if was_accepted => (Some(EventType::MeasurePlaced), REGISTERED),
        (_, 2..) if was_accepted => (Some(EventType::MeasureWaiting), WAITS),
        (Some(before), now) if before == now => return None,
        (Some(2..), 1) => (Some(EventType::MeasureEffective), EFFECTIVE),
        (None | Some(0 | 1), 2..) => (Some(EventType::MeasureWaiting), WAITS),
        // Nearer than before, or entered as it was taken for.
        _ => (None, measure.note.as_str()),
    };
    let shown = Measure {
        rank: Some(Rank { place, derived: true }),
        from: first.from.or(measure.from),
        until: first.until.or(measure.until),
        note: note.to_owned(),
        ..measure.clone()
    };
    let state = match shown.state {
        MeasureState::InForce | MeasureState::Waiting | MeasureState::Accepted => shown.standing_state(),
        busy => busy,
    };
    Some((Measure { state, ..shown }, event))
}

/// Whether a control is about a property: by its unit number or, where one of them has none, by a certificate.
fn is_of(target: &Target, property: &RealProperty) -> bool {
    let Target::Property { unit_number, certificate, .. } = target else { return false };
    match (unit_number, &property.unit_number) {
        (Some(unit), Some(other)) => unit == other,
        _ => !certificate.is_empty() && property.certificates.contains(certificate),
    }
}
