//! Two different persons approve a freeze 双人审批 where the court wants it. The first approval waits for the second, which is of the
//! same freeze; it falls away with what it approved ([`Measure::following`]).

use chakong_contract::ActionKind;
use rust_decimal::Decimal;

use super::super::super::{
    Actor, DocumentId, EventType, FirstApproval, Measure, MeasureId, MeasureState, TaskKind,
};
use super::super::approvers::{two_from, wants_two};
use super::super::counting::Cause;
use super::super::draft::{Draft, NewTask};
use super::super::ledger::follow;
use super::super::{Decided, Rejected};
use super::another_person::{drops_approvals, freeze_without_approval};
use super::{Act, Approval, By, Resolution};

/// What an approval is.
pub(super) enum Stage {
    /// The first of two: nothing is sent yet.
    First,
    /// The one that is enough.
    Enough {
        /// Who approved it.
        approvers: String,
        /// Documents that came with the first of two.
        papers: Vec<DocumentId>,
    },
}

/// Refuses an act that would do without the second approver.
///
/// # Errors
/// [`Rejected::NotAllowed`].
pub(super) fn check(draft: &Draft<'_>, act: &Act) -> Decided<()> {
    if two_from(draft).is_none() {
        return Ok(());
    }
    match act {
        Act::UpdateClaim(update) if drops_approvals(draft, update) => Err(Rejected::NotAllowed(
            "本院冻结须双人审批，不得改为自动冻结 this court wants two approvers: freezes cannot be made to go out without approval"
                .into(),
        )),
        Act::Resolve(order, Resolution::SendAgain) if freeze_without_approval(draft, *order).is_some() => {
            Err(unapproved())
        }
        _ => Ok(()),
    }
}

/// Refuses to send a freeze again, with this limit, that nobody approved and that two persons approve.
///
/// # Errors
/// [`Rejected::NotAllowed`].
pub(super) fn check_again(draft: &Draft<'_>, measure: &Measure, limit: Decimal) -> Decided<()> {
    let lacks_approval = measure.approved_by.is_empty() && wants_two(draft, measure, limit);
    if lacks_approval { Err(unapproved()) } else { Ok(()) }
}

fn unapproved() -> Rejected {
    Rejected::NotAllowed(
        "该冻结未经审批，须由两名审批人批准后发送 nobody approved this freeze: have it approved instead of sending it again".into(),
    )
}

/// Whether an approval is enough, or the first of two, as the court wants it. `measure` is the measure with what was approved.
///
/// # Errors
/// When the same person approved it first, when the two approve different things, or when no person approves it.
pub(super) fn stage(
    draft: &Draft<'_>,
    measure: &Measure,
    (approval, limit): (Approval, Decimal),
    by: By<'_>,
) -> Decided<Stage> {
    let name = by.actor.name();
    if !wants_two(draft, measure, limit) {
        return Ok(Stage::Enough { approvers: name.to_owned(), papers: Vec::new() });
    }
    if !matches!(by.actor, Actor::Person(_)) {
        return Err(Rejected::Forbidden(
            "须双人审批，由两名人员本人审批 two persons approve this freeze: a system's key is no person"
                .into(),
        ));
    }
    let Some(first) = &measure.first_approval else { return Ok(Stage::First) };
    if first.by == name {
        return Err(Rejected::Forbidden(
            "须双人审批，第一审批人不得再次审批 two different persons approve this freeze, and you were the first".into(),
        ));
    }
    if !is_the_same(first, approval, limit) {
        return Err(Rejected::NotAllowed(format!(
            "与第一审批人 {} 的审批内容不一致，须载明相同内容或驳回 the first approval is of something else ({}): approve the same, or \
             reject it",
            first.by,
            content(measure, first)
        )));
    }
    Ok(Stage::Enough { approvers: format!("{}、{name}", first.by), papers: first.papers.clone() })
}

fn is_the_same(first: &FirstApproval, approval: Approval, limit: Decimal) -> bool {
    let names_it = approval.limit.is_some() || !first.named_limit;
    let same = (first.limit, first.whole, first.permit, first.rate, first.listed_state_shares);
    names_it && same == (limit, approval.whole, approval.permit, approval.rate, approval.listed_state_shares)
}

/// What was approved first, in words.
fn content(measure: &Measure, first: &FirstApproval) -> String {
    let mut said = vec![format!("limit {}", measure.money(first.limit))];
    said.extend(first.whole.then(|| "whole account".to_owned()));
    said.extend(first.permit.map(|permit| format!("permit {permit:?}")));
    said.extend(first.rate.map(|rate| format!("rate {rate}")));
    said.extend(first.listed_state_shares.then(|| "state shares of a listed company".to_owned()));
    said.join(", ")
}

fn first_of(
    draft: &Draft<'_>,
    (approval, limit): (Approval, Decimal),
    papers: Vec<DocumentId>,
    by: By<'_>,
) -> FirstApproval {
    FirstApproval {
        by: by.actor.name().to_owned(),
        at: draft.now(),
        limit,
        named_limit: approval.limit.is_some(),
        whole: approval.whole,
        permit: approval.permit,
        rate: approval.rate,
        listed_state_shares: approval.listed_state_shares,
        papers,
    }
}

/// Keeps the first of two words that a measure which stands may go on, though its property is exempt. It stands as before, and a person
/// looks at it still.
pub(super) fn begin_permitting(
    draft: &mut Draft<'_>,
    measure: Measure,
    approval: Approval,
    papers: Vec<DocumentId>,
    by: By<'_>,
) {
    let first = first_of(draft, (approval, measure.limit), papers, by);
    let permitting = Measure { note: by.note(), first_approval: Some(first), ..measure };
    draft.move_measure(permitting.clone());
    draft.tell(EventType::MeasureFirstApproved, &permitting, None);
    let note = format!(
        "豁免财产，{name} 已准许，待另一名审批人准许 the property is exempt; {name} permitted what stands: another one must permit it too",
        name = by.actor.name()
    );
    draft.task(NewTask::about(TaskKind::Review, &permitting, draft.now()), note);
    follow(draft, Cause::Act);
}

/// Keeps the first of two approvals. The freeze waits for the second as a proposal, which counts as asked.
///
/// # Errors
/// When documents are missing.
pub(super) fn begin(
    draft: &mut Draft<'_>,
    id: MeasureId,
    (approval, limit): (Approval, Decimal),
    papers: Vec<DocumentId>,
    by: By<'_>,
) -> Decided<()> {
    let measure = draft.measure(id)?;
    draft
        .papers_for(&measure, ActionKind::Freeze, &papers)
        .map_err(|missing| Rejected::NotAllowed(missing.to_string()))?;
    let first = first_of(draft, (approval, limit), papers, by);
    // What a foreign amount counts for, and a whole, is known once it is approved.
    let counts = !measure.is_whole() && measure.currency.is_none();
    let limit = if counts { limit } else { Decimal::ZERO };
    let (state, note) = (MeasureState::Proposed, by.note());
    // Once said, it stays so.
    let listed_state_shares = approval.listed_state_shares || measure.listed_state_shares;
    let first_approval = Some(first);
    let proposed = Measure { state, limit, note, first_approval, listed_state_shares, ..measure };
    draft.move_measure(proposed.clone());
    draft.tell(EventType::MeasureFirstApproved, &proposed, None);
    let note = format!(
        "{} 已审批，待另一名审批人审批 approved by one person: another one must approve it too",
        by.actor.name()
    );
    draft.ask_for_approval(&proposed, note);
    follow(draft, Cause::Act);
    Ok(())
}
