//! Changes of the claim: raised, lowered, partly paid, interest, settled, withdrawn, opened again; settings and liability.

use chakong_contract::order::Target;
use chakong_contract::{DocumentKind, Money};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::super::{
    BroughtDocument, ChainParty, Change, Claim, ClaimChange, ClaimChangeKind, ClaimState, ClaimView,
    DocumentId, EventDraft, EventType, InquiryId, Measure, MeasureId, MeasureState,
};
use super::super::counting::{Cause, is_unwanted, room_of};
use super::super::draft::Draft;
use super::super::due::ask_again;
use super::super::giving_back::end_of_claim;
use super::super::ledger::follow;
use super::super::living_costs;
use super::super::{Decided, Rejected};
use super::{By, ClaimUpdate, Outcome, liabilities};

/// Changes the claim; what follows (freezes, releases) is part of the same decision.
pub fn update(
    draft: &mut Draft<'_>,
    update: &ClaimUpdate,
    documents: Vec<BroughtDocument>,
    by: By<'_>,
) -> Decided<Outcome> {
    let before = draft.file.chain.claim.clone().ok_or_else(|| {
        Rejected::NotNow("本案无执行标的 the case has no claim; submit an inquiry with a mandate".into())
    })?;
    update.seen.map_or(Ok(()), |seen| seen.check(&before))?;
    let inquiry = newest(draft).ok_or(Rejected::Unknown("inquiry"))?;
    if needs_paper(&before, update) && documents.is_empty() {
        return Err(Rejected::NotAllowed(
            "变更标的数额、状态或当事人责任限额须附文书 a change of the claim's amount, of its state or of a party's liability rests on a paper: bring it in `documents`"
                .into(),
        ));
    }
    let paper = keep_papers(draft, documents, inquiry, (&before, update));
    let mut claim = before.clone();
    if let Some((kind, amount)) = update.change {
        claim.amount = new_amount(&before, kind, amount)?;
        note(draft, kind, &before, &claim, by, paper);
    }
    if let Some(state) = update.state.filter(|state| *state != before.state) {
        claim.state = state;
        let kind = match state {
            ClaimState::Open => ClaimChangeKind::Reopened,
            ClaimState::Settled => ClaimChangeKind::Settled,
            ClaimState::Withdrawn => ClaimChangeKind::Withdrawn,
        };
        note(draft, kind, &before, &claim, by, paper);
    }
    if set(&mut claim, update) || !update.liabilities.is_empty() {
        note(draft, ClaimChangeKind::Settings, &before, &claim, by, paper);
    }
    let liable_before = liabilities(draft);
    for (party, liable_up_to) in &update.liabilities {
        let known = draft.file.parties.iter().find(|known| known.id == *party).cloned();
        let known = known.ok_or(Rejected::Unknown("party"))?;
        draft.push(Change::SaveParty(ChainParty { liable_up_to: *liable_up_to, ..known }));
    }
    draft.set_claim(claim.clone());
    tell(draft, inquiry, (&before, liable_before), &claim, by);
    follow(draft, Cause::Act);
    let is_reopened = claim.is_open() && !before.is_open();
    if claim.amount > before.amount || is_reopened || !update.liabilities.is_empty() {
        look_at_what_was_released(draft);
    }
    if claim.is_open() && claim.living_costs > before.living_costs {
        living_costs::leave(draft, &claim);
    }
    // Said once more of a claim that is over, it gives back what still stands.
    if !claim.is_open() && (before.is_open() || update.state.is_some()) {
        end_of_claim(draft);
    }
    Ok(Outcome::default())
}

/// Keeps the papers that were brought, and gives the first of them. Those of a release are for what the change has given back, now or once
/// what is under way about it has ended: every measure that is asked or stands, or those of the parties whose liability alone changes.
/// Costs of living that are raised give back, too, and limits that are dealt with otherwise may.
fn keep_papers(
    draft: &mut Draft<'_>,
    documents: Vec<BroughtDocument>,
    inquiry: InquiryId,
    (before, update): (&Claim, &ClaimUpdate),
) -> Option<DocumentId> {
    // A change that gives nothing back has no release to bring papers for.
    let lowers = matches!(update.change, Some((ClaimChangeKind::Lowered | ClaimChangeKind::PartPayment, _)));
    let settings = update.settings;
    let raises_living_costs = settings.living_costs.is_some_and(|costs| costs > before.living_costs);
    let changes_limits = settings.uncovered.is_some_and(|uncovered| uncovered != before.uncovered);
    let sets = raises_living_costs || changes_limits;
    let is_about_all = lowers || sets || update.state.is_some_and(|state| state != ClaimState::Open);
    let concerns = |one: &&Measure| {
        let stands = one.state == MeasureState::Asked || one.state.stands();
        stands && (is_about_all || update.liabilities.iter().any(|(party, _)| *party == one.debtor))
    };
    let concerned: Vec<MeasureId> = draft.file.ledger().filter(concerns).map(|one| one.id).collect();
    let mut kept = Vec::new();
    for document in documents {
        let is_of_release =
            matches!(document.kind, DocumentKind::ReleaseRuling | DocumentKind::ReleaseNotice);
        let measures = if is_of_release { concerned.as_slice() } else { &[] };
        kept.extend(draft.keep_documents(vec![document], inquiry, measures));
    }
    kept.first().copied()
}

/// Whether more or less may be taken after a change than before it, of anybody: that rests on a paper. How freezes come about does not.
fn needs_paper(before: &Claim, update: &ClaimUpdate) -> bool {
    let moves = update.state.is_some_and(|state| state != before.state);
    update.change.is_some() || moves || !update.liabilities.is_empty()
}

/// Asks again what accounts hold of which something was given back, where the claim leaves room for it now: the answer freezes it anew.
fn look_at_what_was_released(draft: &mut Draft<'_>) {
    let Some(claim) = draft.file.chain.claim.clone().filter(Claim::is_open) else { return };
    let is_account = |one: &Measure| matches!(one.target, Target::Account { .. });
    let may_hold_more = |one: &&Measure| {
        is_account(one)
            && one.currency.is_none()
            && one.released > Decimal::ZERO
            && (one.state.stands() || one.state == MeasureState::Released)
            && !is_unwanted(&draft.file, one)
            && room_of(&draft.file, &claim, one.debtor, None) > Decimal::ZERO
    };
    let mut asked = Vec::new();
    for measure in draft.file.ledger().filter(may_hold_more).cloned().collect::<Vec<_>>() {
        let question = (measure.counterpart.clone(), draft.file.subject_of(&measure));
        if draft.file.may_be_asked_about(&measure) && !asked.contains(&question) {
            asked.push(question);
            ask_again(draft, &measure, None);
        }
    }
}

fn newest(draft: &Draft<'_>) -> Option<InquiryId> {
    draft.file.inquiries.iter().rev().find(|(_, inquiry)| inquiry.mandate.is_some()).map(|(id, _)| *id)
}

fn new_amount(before: &Claim, kind: ClaimChangeKind, amount: Decimal) -> Decided<Decimal> {
    let refuse = |detail: String| Err(Rejected::NotAllowed(detail));
    if amount <= Decimal::ZERO {
        return refuse("金额应大于零 the amount must be more than zero".into());
    }
    let stands = before.amount;
    let new = match kind {
        ClaimChangeKind::Raised if amount <= stands => refuse(format!(
            "现行标的 {stands} 元，增加后应更高 the claim stands at {stands} yuan; a raised one is higher"
        )),
        ClaimChangeKind::Lowered if amount >= stands => refuse(format!(
            "现行标的 {stands} 元，减少后应更低 the claim stands at {stands} yuan; a lowered one is lower"
        )),
        ClaimChangeKind::PartPayment if amount >= stands => refuse(format!(
            "现行标的 {stands} 元，全部清偿请使用了结 a payment of the whole claim settles it: use state `settled`"
        )),
        ClaimChangeKind::PartPayment => Ok(stands - amount),
        ClaimChangeKind::Interest => stands
            .checked_add(amount)
            .ok_or_else(|| Rejected::NotAllowed("金额过大 the claim would be too large".into())),
        _ => Ok(amount),
    }?;
    if !Money::yuan(new).is_plausible() {
        return refuse("金额过大 the claim would be beyond all measure".into());
    }
    Ok(new)
}

fn set(claim: &mut Claim, update: &ClaimUpdate) -> bool {
    let before = claim.clone();
    let settings = update.settings;
    claim.mode = settings.mode.unwrap_or(claim.mode);
    claim.prefer = settings.prefer.unwrap_or(claim.prefer);
    claim.other_property = settings.other_property.unwrap_or(claim.other_property);
    claim.uncovered = settings.uncovered.unwrap_or(claim.uncovered);
    claim.term_days = settings.term_days.or(claim.term_days);
    claim.living_costs = settings.living_costs.unwrap_or(claim.living_costs);
    before != *claim
}

fn note(
    draft: &mut Draft<'_>,
    kind: ClaimChangeKind,
    before: &Claim,
    after: &Claim,
    by: By<'_>,
    paper: Option<DocumentId>,
) {
    draft.push(Change::NewClaimChange(ClaimChange {
        chain: draft.file.id(),
        at: draft.now(),
        actor: by.actor.name().to_owned(),
        kind,
        before: Some(before.amount),
        after: after.amount,
        reason: by.reason.to_owned(),
        paper,
    }));
}

/// Closes the claim that is open, with what is told and kept of it.
pub(super) fn close(
    draft: &mut Draft<'_>,
    inquiry: InquiryId,
    state: ClaimState,
    reason: String,
    by: By<'_>,
) {
    let Some(before) = draft.file.chain.claim.clone().filter(Claim::is_open) else { return };
    let kind = match state {
        ClaimState::Settled => ClaimChangeKind::Settled,
        ClaimState::Withdrawn | ClaimState::Open => ClaimChangeKind::Withdrawn,
    };
    let after = Claim { state, ..before.clone() };
    draft.set_claim(after.clone());
    tell(draft, inquiry, (&before, liabilities(draft)), &after, by);
    draft.push(Change::NewClaimChange(ClaimChange {
        chain: draft.file.id(),
        at: draft.now(),
        actor: by.actor.name().to_owned(),
        kind,
        before: Some(before.amount),
        after: before.amount,
        reason,
        paper: None,
    }));
}

/// Tells how the claim and the parties' liabilities changed.
fn tell(draft: &mut Draft<'_>, inquiry: InquiryId, before: (&Claim, Value), after: &Claim, by: By<'_>) {
    let shown = |claim: &Claim, liabilities: Value| {
        let mut shown = json!(ClaimView::from(claim));
        shown["liable_up_to"] = liabilities;
        shown
    };
    let data = json!({
        "before": shown(before.0, before.1), "after": shown(after, liabilities(draft)), "reason": by.reason,
        "actor": by.actor.name(),
    });
    draft.push(Change::NewEvent(EventDraft {
        kind: EventType::ClaimChanged,
        inquiry,
        order: None,
        revision: None,
        at: draft.now(),
        data: Some(data.to_string()),
    }));
}
