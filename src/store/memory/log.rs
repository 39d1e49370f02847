//! The log of results and the audit, as they are looked for.

use serde_json::value::RawValue;

use super::cases::fits;
use super::state::State;
use crate::domain::{AuditEntry, EventDraft, Revision};
use crate::store::{
    ActFilter, AnswerText, EventRecord, OrderBrief, PageRow, RevisionText, StoreError, Stored,
};

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "answer", detail: error.to_string() }
}

fn answer_text(revision: &Revision) -> Stored<AnswerText> {
    let answer = &*revision.answer;
    let text = serde_json::to_string(&answer.reply).map_err(|error| unreadable(&error))?;
    Ok(AnswerText {
        reply: RawValue::from_string(text).map_err(|error| unreadable(&error))?,
        answered_at: answer.answered_at,
        unknown: answer.unknown.clone(),
        receipts: answer.receipts.clone(),
    })
}

fn revision_text(revision: &Revision) -> Stored<RevisionText> {
    Ok(RevisionText {
        at: revision.at,
        outcome: revision.answer.reply.outcome().to_owned(),
        answer: answer_text(revision)?,
        raw_digest: revision.raw_digest.clone(),
        connector: revision.connector.clone(),
        differences: revision.differences.clone(),
        cached_from: revision.cached_from,
    })
}

impl State {
    pub(super) fn page_after(&self, seq: i64, limit: usize) -> Stored<Vec<PageRow>> {
        let later = self.events.range(seq.saturating_add(1)..);
        let mut page = Vec::new();
        for (seq, event) in later {
            if PageRow::fill(&page, limit) {
                break;
            }
            page.extend(self.page_row(*seq, event)?);
        }
        Ok(PageRow::trim(page))
    }

    /// `None` for an event of an inquiry that is not there.
    fn page_row(&self, seq: i64, event: &EventDraft) -> Stored<Option<PageRow>> {
        let Some(kept) = self.inquiries.get(&event.inquiry) else { return Ok(None) };
        let order = event.order.and_then(|id| self.orders.get(&id));
        let revision = order
            .zip(event.revision)
            .and_then(|(order, number)| self.revisions.get(&(order.root, number)))
            .map(revision_text)
            .transpose()?;
        let order = order.map(|order| OrderBrief {
            number: order.number(),
            lane: order.lane.clone(),
            party: order.party,
            action: order.instruction.kind(),
        });
        let event = EventRecord {
            seq,
            kind: event.kind,
            inquiry: event.inquiry,
            inquiry_uid: kept.inquiry.uid,
            case_number: kept.inquiry.case_number.clone(),
            order: event.order,
            revision: event.revision,
            at: event.at,
            data: event.data.clone(),
        };
        Ok(Some(PageRow { event, order, revision }))
    }

    pub(super) fn find_acts(&self, filter: &ActFilter) -> Vec<(i64, AuditEntry)> {
        let wanted = self.acts.iter().rev().filter(|(row, act)| {
            fits(filter.subject.as_ref(), act.subject.as_str())
                && fits(filter.actor.as_ref(), act.actor.as_str())
                && fits(filter.act.as_ref(), act.act.as_str())
                && filter.before.is_none_or(|before| **row < before)
        });
        wanted.map(|(row, act)| (*row, act.clone())).take(filter.limit).collect()
    }
}
