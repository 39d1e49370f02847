//! A measure that waits behind another's, and when it does no more (查扣冻规定 art. 26).

use chakong_contract::asset::{EncumbranceKind, Rank};
use chakong_contract::order::Target;
use chakong_contract::{Asset, Encumbrance, RealProperty};

use crate::inquiry::{Measure, MeasureState};

/// Said of a measure that took effect without a word about it, Chinese first.
const SEEN: &str =
    "轮候查封已生效（查询结果显示） the waiting seizure has taken effect, as an answer to a query shows";

/// Whether it stands at the counterpart and holds nothing yet, because others come first.
pub fn is_waiting(measure: &Measure) -> bool {
    let stands = matches!(
        measure.state,
        MeasureState::InForce | MeasureState::Renewing | MeasureState::Releasing | MeasureState::Stuck
    );
    stands && measure.held.is_zero() && measure.rank.is_some_and(|rank| rank.place > 1)
}

/// A waiting measure as it is where what was found shows that it waits no more: a seizure of the same property with the number
/// that the registry gave it is effective. Where another with that number waits still, nobody can tell which is which.
pub fn took_effect(measure: &Measure, found: &Asset) -> Option<Measure> {
    let Asset::Property(property) = found else { return None };
    if !is_waiting(measure) || measure.reference.is_empty() || !is_of(&measure.target, property) {
        return None;
    }
    let ours: Vec<&Encumbrance> =
        property.encumbrances.iter().filter(|one| one.reference == measure.reference).collect();
    let effective = |kind| matches!(kind, EncumbranceKind::Seizure | EncumbranceKind::PreliminarySeizure);
    let first = ours.first().filter(|_| ours.iter().all(|one| effective(one.kind)))?;
    Some(Measure {
        rank: Some(Rank { place: 1, derived: true }),
        from: first.from.or(measure.from),
        until: first.until.or(measure.until),
        note: SEEN.to_owned(),
        ..measure.clone()
    })
}

/// Whether a control is about a property: by its unit number or, where one of them has none, by a certificate.
fn is_of(target: &Target, property: &RealProperty) -> bool {
    let Target::Property { unit_number, certificate, .. } = target else { return false };
    match (unit_number, &property.unit_number) {
        (Some(unit), Some(other)) => unit == other,
        _ => !certificate.is_empty() && property.certificates.contains(certificate),
    }
}
