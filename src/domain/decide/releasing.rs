//! Releases that are ordered: of the limit or a part of it, or of what is held beyond it.

use chakong_contract::{ActionKind, Instruction};
use rust_decimal::Decimal;

use super::super::{
    DocumentId, EventType, LastRelease, Measure, MeasureState, OrderId, ReleaseCause, Said, TaskKind,
};
use super::ask::original_of;
use super::draft::{Draft, NoPapers};
use super::units::taken_part;

/// Whether a release of it can be ordered: it stands and nothing else is under way.
pub fn is_idle(measure: &Measure) -> bool {
    matches!(measure.state, MeasureState::InForce | MeasureState::Waiting | MeasureState::Accepted)
}

/// Why a release could not be ordered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// Papers are missing, or the counterpart takes no releases.
    #[error(transparent)]
    Papers(#[from] NoPapers),
    /// The number of the freeze is not known.
    #[error("原冻结请求单号不明 the number of the freeze is not known; enter the measure with it")]
    NoOriginal,
}

/// Orders the release of a part of what stands ordered (the whole limit is a release of all); a property that is controlled
/// as a whole is released as a whole. `part` is in the measure's currency.
///
/// # Errors
/// See [`ReleaseError`]; nothing is changed then.
pub fn start_release(
    draft: &mut Draft<'_>,
    measure: Measure,
    part: Decimal,
    (brought, cause): (&[DocumentId], ReleaseCause),
) -> Result<(), ReleaseError> {
    // What is left of a product and makes up less than a hundredth of a unit cannot stand: it goes with the rest.
    let leaves_nothing = measure.units_within(measure.limit - part) == Some(Decimal::ZERO);
    let part = if leaves_nothing { measure.limit } else { part };
    let order = order_release(draft, &measure, part, brought)?;
    let only_accepted = measure.is_only_accepted();
    let said = Said { only_accepted, surplus_release: None, ..measure.said.clone() };
    let (state, control) = (MeasureState::Releasing, Some(order));
    let last_release = LastRelease::because_of(cause);
    is_releasing(draft, Measure { state, releasing: part, control, said, last_release, ..measure });
    Ok(())
}

/// Orders the release of what is held beyond the limit, and of nothing else.
///
/// # Errors
/// See [`ReleaseError`]; nothing is changed then.
pub fn start_surplus_release(
    draft: &mut Draft<'_>,
    measure: Measure,
    brought: &[DocumentId],
) -> Result<(), ReleaseError> {
    let order = order_release(draft, &measure, measure.surplus, brought)?;
    let said = Said { surplus_release: Some(order), ..measure.said.clone() };
    let (state, control) = (MeasureState::Releasing, Some(order));
    let last_release = LastRelease::default();
    let releasing = Decimal::ZERO;
    is_releasing(draft, Measure { state, releasing, control, said, last_release, ..measure });
    Ok(())
}

fn order_release(
    draft: &mut Draft<'_>,
    measure: &Measure,
    amount: Decimal,
    brought: &[DocumentId],
) -> Result<OrderId, ReleaseError> {
    let papers = draft.papers_for(measure, ActionKind::Release, brought)?;
    let original = original_of(measure).ok_or(ReleaseError::NoOriginal)?;
    let target = taken_part(measure, amount);
    let amount = (!measure.is_whole()).then(|| measure.money(amount));
    let instruction = Instruction::Release { target, amount, original };
    Ok(draft.control(measure, instruction, papers))
}

/// Notes that a release is under way, and tells it.
fn is_releasing(draft: &mut Draft<'_>, releasing: Measure) {
    let (id, order) = (releasing.id, releasing.control);
    draft.move_measure(releasing.clone());
    draft.close_tasks(|task| {
        let is_moot =
            matches!(task.kind, TaskKind::BringPapers | TaskKind::ReleaseExcess | TaskKind::Resolve);
        let is_short = task.kind == TaskKind::Review && task.order.is_some();
        task.measure == Some(id) && (is_moot || is_short)
    });
    draft.tell(EventType::MeasureReleasing, &releasing, order);
}
