//! What is found of a property whose freeze was asked or stands 在后查明豁免: it binds the measure from then on, and what an officer
//! permitted goes no further than what was known then.

use super::super::rules::exemptions::Level;
use super::super::{CaseFile, Measure, MeasureState, Origin, TaskKind};
use super::candidate::same_property;
use super::draft::{Draft, NewTask};
use super::recognise::TO_BE_ENTERED;
use super::unsent::{EXEMPT, take_back};

/// Why a freeze that nobody approved does not leave.
const DOUBTFUL: &str = "后续反馈显示该财产可能属豁免财产，须审批 a later answer shows that this property may be exempt: a freeze of it wants an approval";

/// A property that an answer names, with the strictest of what was found of it under the measures that are asked or stand there. Of what
/// may not be frozen by itself nothing more is asked without a person, whatever was permitted of what stands.
pub fn with_known(file: &CaseFile, new: Measure) -> Measure {
    let same = file.ledger().filter(|known| is_asked_or_stands(known) && same_property(known, &new));
    let exemption =
        same.fold(new.exemption.clone(), |strictest, known| strictest.and(known.exemption.clone()));
    let is_left_alone = exemption.level == Level::NoMeasure && new.state == MeasureState::Candidate;
    let (state, note) = match is_left_alone {
        true => (MeasureState::Skipped, format!("豁免财产 exempt: {}", exemption.basis)),
        false => (new.state, new.note.clone()),
    };
    Measure { exemption, state, note, ..new }
}

/// Binds what is asked of a property, stands on it or was refused there to what an answer finds of it, where that is stricter than what was
/// known. What an officer permitted falls away then: it was permitted of something else.
pub fn bind(draft: &mut Draft<'_>, found: &Measure) {
    let is_stricter = |known: &&Measure| {
        let is_bound = is_asked_or_stands(known) || known.state == MeasureState::Refused;
        is_bound && found.exemption.level > known.exemption.level && same_property(known, found)
    };
    let bound: Vec<Measure> = draft.file.ledger().filter(is_stricter).cloned().collect();
    for known in bound {
        let known = Measure { exemption: found.exemption.clone(), permitted: None, ..known };
        draft.move_measure(known.clone());
        act_on(draft, &known);
    }
}

const fn is_asked_or_stands(known: &Measure) -> bool {
    known.state.stands() || matches!(known.state, MeasureState::Asked)
}

/// A freeze that has not left is withdrawn, or proposed where a person may want it. What may have left, and what stands, is for a person.
fn act_on(draft: &mut Draft<'_>, known: &Measure) {
    let is_approved = !known.approved_by.is_empty();
    match (known.state, known.exemption.level) {
        (MeasureState::Asked, Level::NoMeasure) => {
            let is_withdrawn = take_back(draft, known.id, EXEMPT);
            if !is_withdrawn || is_approved {
                tell(draft, known);
            }
        }
        (MeasureState::Asked, Level::Doubtful) if !is_approved => drop(take_back(draft, known.id, DOUBTFUL)),
        (MeasureState::Asked | MeasureState::Refused, _) | (_, Level::Free | Level::Doubtful) => {}
        (_, Level::FreezeOnly | Level::NoMeasure) => tell(draft, known),
    }
}

/// A property that is frozen, or may be, and is found to be exempt is for a person: to be released, or permitted anew.
fn tell(draft: &mut Draft<'_>, measure: &Measure) {
    // Its task says both from now on.
    let number = match measure.origin {
        Origin::Recognised => format!("；{TO_BE_ENTERED}"),
        Origin::Ordered | Origin::Entered => String::new(),
    };
    let note = format!(
        "后续反馈显示该财产属豁免财产，须核实：应解除的予以解除，准许继续冻结、扣划的以审批（permit）载明；此前不再冻结、扣划 a later answer shows that this property is exempt: release it, or permit what stands by an approval with `permit`; nothing more is frozen or deducted before: {}{number}",
        measure.exemption.basis
    );
    draft.task(NewTask::about(TaskKind::Review, measure, draft.now()), note);
}
