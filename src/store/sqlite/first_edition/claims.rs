//! The claim of each chain, out of the mandates that its inquiries stated.

use jiff::Timestamp;

use super::super::query::Rows;
use super::cases::{Stated, TakenChain};
use crate::domain::{
    Chain, ChainId, Change, Claim, ClaimChange, ClaimChangeKind, ClaimState, IdKind, NewIds as _, Task,
    TaskId, TaskKind,
};
use crate::store::{Stored, Tx as _};

/// Who changes a claim here.
const UPGRADE: &str = "upgrade";
/// Why a claim is what it is, Chinese first.
const HIGHEST: &str = "升级：同案各次申请所载标的不一，暂取最高者，请核对 inquiries of this case stated different claims; the highest was taken over: check it, and lower it where less is owed";

/// States the claims, and notes which chains have a ledger.
pub(super) fn take_over(rows: &mut Rows<'_>, chains: Vec<TakenChain>, now: Timestamp) -> Stored<()> {
    for taken in chains {
        let id = taken.chain.id;
        let measures = "SELECT EXISTS (SELECT 1 FROM measures WHERE chain = ?1)";
        let has_ledger =
            rows.one(measures, [id.get()], |row| super::super::rows::get(row, 0))?.unwrap_or(false);
        let claim = claim_of(&taken.mandates);
        let mut changes = history(id, &taken.mandates, claim.as_ref(), now);
        if differs(&taken.mandates) {
            changes.push(Change::NewTask(Task {
                id: TaskId::new(rows.next(IdKind::Task)),
                chain: id,
                inquiry: None,
                kind: TaskKind::Review,
                order: None,
                measure: None,
                created: now,
                due: now,
                done: None,
                look: None,
                note: HIGHEST.to_owned(),
            }));
        }
        changes.push(Change::SaveChain(Chain { claim, has_ledger, ..taken.chain }));
        rows.write(&changes)?;
    }
    Ok(())
}

/// The mandates that count: those of inquiries that were not withdrawn; all of them where every one was.
fn counting(mandates: &[Stated]) -> impl DoubleEndedIterator<Item = &Stated> {
    let all_withdrawn = mandates.iter().all(|stated| stated.is_withdrawn);
    mandates.iter().filter(move |stated| all_withdrawn || !stated.is_withdrawn)
}

/// Whether the mandates that count state different amounts.
fn differs(mandates: &[Stated]) -> bool {
    let mut amounts = counting(mandates).map(|stated| stated.mandate.claim.amount);
    let first = amounts.next();
    amounts.any(|amount| Some(amount) != first)
}

/// The claim: settings of the newest mandate, and the highest amount. Each inquiry had its own claim, and each may have money held for
/// it. The highest lets all of that stand which one mandate covers, and an officer may lower it; with the newest, which may be a
/// partial one, what an earlier one holds beyond it would be given back without anybody's word, and does not come back.
fn claim_of(mandates: &[Stated]) -> Option<Claim> {
    let newest = counting(mandates).next_back()?;
    let amount = counting(mandates).map(|stated| stated.mandate.claim.amount).max()?;
    let state = if newest.is_withdrawn { ClaimState::Withdrawn } else { ClaimState::Open };
    Some(Claim { amount, state, ..newest.mandate.to_claim() })
}

/// What was stated when, and what the upgrade made of it.
fn history(chain: ChainId, mandates: &[Stated], claim: Option<&Claim>, now: Timestamp) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut before = None;
    let mut note = |at, actor: &str, after, reason: &str| {
        if before == Some(after) {
            return;
        }
        let kind = match before {
            None => ClaimChangeKind::Stated,
            Some(before) if before < after => ClaimChangeKind::Raised,
            Some(_) => ClaimChangeKind::Lowered,
        };
        let (actor, reason) = (actor.to_owned(), reason.to_owned());
        changes.push(Change::NewClaimChange(ClaimChange {
            chain,
            at,
            actor,
            kind,
            before,
            after,
            reason,
            paper: None,
        }));
        before = Some(after);
    };
    for stated in mandates {
        note(stated.at, &stated.actor, stated.mandate.claim.amount, "");
    }
    if let Some(claim) = claim {
        note(now, UPGRADE, claim.amount, HIGHEST);
    }
    if let Some(claim) = claim.filter(|claim| claim.state == ClaimState::Withdrawn) {
        changes.push(Change::NewClaimChange(ClaimChange {
            chain,
            at: now,
            actor: UPGRADE.to_owned(),
            kind: ClaimChangeKind::Withdrawn,
            before: Some(claim.amount),
            after: claim.amount,
            reason: "升级：各次申请均已撤回 every inquiry of this case was withdrawn".to_owned(),
            paper: None,
        }));
    }
    changes
}
