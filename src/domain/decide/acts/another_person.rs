//! Which acts need another person than the one who submitted. This is the only place that answers.
//!
//! Nobody approves what they submitted, also when one key has both roles. What orders money or property *moved*, what sends a freeze
//! that waits for an approver, and what takes an approver's no back is another person's. What gives back, prolongs what stands, states
//! a fact or takes nothing is anybody's who has the role: a court with one key can always release.

use chakong_contract::ActionKind;

use super::super::super::{
    Actor, InquiryState, Measure, MeasureId, MeasureState, Mode, OrderId, OrderState, PartyId,
};
use super::super::draft::Draft;
use super::super::{Decided, Rejected};
use super::{Act, ClaimUpdate, Resolution};

/// Refuses an act of somebody who submitted what it is about, where it needs another person.
///
/// # Errors
/// [`Rejected::Forbidden`].
pub(super) fn check(draft: &Draft<'_>, act: &Act, actor: &Actor) -> Decided<()> {
    let is_own = match act {
        Act::Approve(id, _) | Act::Reconsider(id) | Act::Deduct(id, _) | Act::Transfer(id, _) => {
            is_own(draft, *id, actor)
        }
        Act::Reinstate(party) => {
            submitted(draft, actor, |debtors| debtors.contains(party), InquiryState::Cancelled)
        }
        Act::Resolve(order, Resolution::SendAgain) => {
            is_approved_by_sending(draft, *order).is_some_and(|id| is_own(draft, id, actor))
        }
        Act::UpdateClaim(update) => {
            drops_approvals(draft, update) && submitted(draft, actor, |_| true, InquiryState::Cancelled)
        }
        // A rejection and a release take nothing; a renewal keeps what another approved; the others tell what is so.
        Act::Reject(_)
        | Act::Release(_)
        | Act::Renew(..)
        | Act::Value(..)
        | Act::Rate(..)
        | Act::Requery(_)
        | Act::Resolve(..)
        | Act::Cancel(_)
        | Act::Enter(_)
        | Act::CompleteTask(_) => false,
    };
    if is_own {
        return Err(Rejected::Forbidden(
            "提交人不得审批、扣划、转让本人提交的查控 nobody approves what they submitted, nor has it deducted or transferred; another approver must".into(),
        ));
    }
    Ok(())
}

/// Whether somebody submitted the inquiry of a measure, or another one with a mandate against the same party.
fn is_own(draft: &Draft<'_>, id: MeasureId, actor: &Actor) -> bool {
    let Some(measure) = draft.file.measures.get(&id) else { return false };
    let inquiry = draft.file.inquiries.get(&measure.inquiry);
    inquiry.is_some_and(|inquiry| inquiry.submitted_by == actor.name())
        || submitted(draft, actor, |debtors| debtors.contains(&measure.debtor), InquiryState::Cancelled)
}

/// Whether somebody submitted an inquiry with a mandate against chosen parties which is not in a state.
fn submitted(
    draft: &Draft<'_>,
    actor: &Actor,
    chosen: impl Fn(&[PartyId]) -> bool,
    but: InquiryState,
) -> bool {
    let own = draft.file.inquiries.values().filter(|one| one.submitted_by == actor.name());
    let mut own = own.filter(|one| one.mandate.is_some() && one.state != but);
    own.any(|one| draft.file.terms.get(&one.id).is_some_and(|terms| chosen(&terms.debtors)))
}

/// The measure of an order that moves money or property when it is sent again, or of a freeze that nobody approved and that is sent
/// again as the case stands now.
fn is_approved_by_sending(draft: &Draft<'_>, order: OrderId) -> Option<MeasureId> {
    let order = draft.file.orders.get(&order)?;
    let measure: &Measure = draft.file.measures.get(&order.measure?)?;
    match order.instruction.kind() {
        ActionKind::Deduct | ActionKind::Transfer => Some(measure.id),
        ActionKind::Freeze => freeze_without_approval(draft, order.id),
        ActionKind::Query | ActionKind::Renew | ActionKind::Release => None,
    }
}

/// The measure of a freeze that was declined or could not be sent, that nobody approved, and that wants an approval.
pub(super) fn freeze_without_approval(draft: &Draft<'_>, order: OrderId) -> Option<MeasureId> {
    let order = draft.file.orders.get(&order)?;
    let measure: &Measure = draft.file.measures.get(&order.measure?)?;
    // Where it never left, nothing is asked of its property, and its order may be overdue.
    let is_free = measure.state == MeasureState::Skipped && measure.order == Some(order.id);
    let was_declined = is_free || matches!(order.state, OrderState::Refused | OrderState::Failed);
    let claim = draft.file.chain.claim.as_ref();
    let wants_approval = claim.is_some_and(|claim| claim.mode == Mode::Propose);
    let is_freeze = order.instruction.kind() == ActionKind::Freeze;
    (is_freeze && was_declined && wants_approval && measure.approved_by.is_empty()).then_some(measure.id)
}

/// Whether freezes go out without an approver after a change, which did not before it.
pub(super) fn drops_approvals(draft: &Draft<'_>, update: &ClaimUpdate) -> bool {
    let Some(claim) = &draft.file.chain.claim else { return false };
    let drops = |stands: Mode, wanted: Option<Mode>| stands == Mode::Propose && wanted == Some(Mode::Auto);
    drops(claim.mode, update.settings.mode) || drops(claim.other_property, update.settings.other_property)
}
