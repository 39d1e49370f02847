//! Taking back that a party was freed 撤销解除: by another person than who freed it, with the paper that says so.

use std::collections::BTreeMap;

use super::super::super::{
    BroughtDocument, ChainParty, Change, EventDraft, EventType, Finding, InquiryId, InquiryState, Measure,
    MeasureState, OrderId, OrderRecord, OrderState, PartyId,
};
use super::super::counting::Cause;
use super::super::draft::Draft;
use super::super::due::ask_again;
use super::super::ledger::follow;
use super::super::offers;
use super::super::{Decided, Rejected};
use super::requery::ask_each;
use super::{By, Outcome};
use serde_json::json;

/// Has a party that was freed owe the claim as before. What was found of it before is old: its property is looked at anew, and frozen
/// on what is there now.
pub fn reinstate(
    draft: &mut Draft<'_>,
    id: PartyId,
    documents: Vec<BroughtDocument>,
    by: By<'_>,
) -> Decided<Outcome> {
    let party = draft.file.parties.iter().find(|party| party.id == id).cloned();
    let party = party.ok_or(Rejected::Unknown("party"))?;
    if !party.is_freed {
        return Err(Rejected::NotNow("该当事人未被解除，无须撤销 the party was not freed".into()));
    }
    if party.freed_by == by.actor.name() {
        return Err(Rejected::Forbidden(
            "解除该当事人的人不得自行撤销，须由他人办理 whoever freed the party does not take it back; another approver must"
                .into(),
        ));
    }
    if documents.is_empty() {
        let missing = "须附撤销解除所依据的文书 bring the paper on which the freeing is taken back";
        return Err(Rejected::Findings(vec![Finding::new("/documents", missing)]));
    }
    let inquiry = newest_about(draft, id).ok_or(Rejected::Unknown("inquiry about the party"))?;
    draft.keep_documents(documents, inquiry, &[]);
    let told = json!({ "party": party.reference, "party_id": party.id.to_string() });
    draft.push(Change::SaveParty(ChainParty { is_freed: false, freed_by: String::new(), ..party }));
    draft.push(Change::NewEvent(EventDraft {
        kind: EventType::PartyReinstated,
        inquiry,
        order: None,
        revision: None,
        at: draft.now(),
        data: Some(told.to_string()),
    }));
    look_anew(draft, id);
    ask_what_was_withdrawn(draft, id)?;
    offers::keep_queries_in_line(draft);
    follow(draft, Cause::Act);
    let measures = draft.file.ledger().filter(|one| one.debtor == id && one.state.is_busy());
    Ok(Outcome { measures: measures.map(|one| one.id).collect(), orders: Vec::new() })
}

/// The newest inquiry that names a party and is not withdrawn; else the newest one that names it.
fn newest_about(draft: &Draft<'_>, party: PartyId) -> Option<InquiryId> {
    let names =
        |id: &&InquiryId| draft.file.terms.get(id).is_some_and(|terms| terms.debtors.contains(&party));
    let mut named: Vec<InquiryId> = draft.file.inquiries.keys().filter(names).copied().collect();
    named.sort_unstable_by_key(|id| (!is_cancelled(draft, *id), *id));
    named.pop()
}

fn is_cancelled(draft: &Draft<'_>, id: InquiryId) -> bool {
    draft.file.inquiries.get(&id).is_none_or(|inquiry| inquiry.state == InquiryState::Cancelled)
}

/// Asks what was not asked because the party was freed.
fn ask_what_was_withdrawn(draft: &mut Draft<'_>, party: PartyId) -> Decided<()> {
    let live = draft.file.asking_about(party);
    let of_party = |order: &&OrderRecord| {
        let terms = draft.file.terms.get(&order.inquiry);
        !order.is_control()
            && live.contains(&order.inquiry)
            && terms.is_some_and(|terms| terms.debtor(order.party) == party)
    };
    let all: BTreeMap<OrderId, &OrderRecord> =
        draft.file.orders.values().filter(of_party).map(|order| (order.id, order)).collect();
    let latest: BTreeMap<OrderId, &OrderRecord> =
        all.into_values().map(|order| (order.root, order)).collect();
    // What was handed over before is not offered while a party is freed, and its time may have run out.
    let is_unanswered =
        |order: &&OrderRecord| matches!(order.state, OrderState::Cancelled | OrderState::Overdue);
    let withdrawn = latest.into_values().filter(is_unanswered);
    let withdrawn: Vec<OrderId> = withdrawn.map(|order| order.id).collect();
    ask_each(draft, &withdrawn).map(drop)
}

/// Asks each counterpart again, once for each document, that keeps property of a party which was given back or left alone.
fn look_anew(draft: &mut Draft<'_>, party: PartyId) {
    let was_let_go = |one: &&Measure| {
        one.debtor == party && matches!(one.state, MeasureState::Skipped | MeasureState::Released)
    };
    let let_go: Vec<Measure> = draft.file.ledger().filter(was_let_go).cloned().collect();
    let mut asked = Vec::new();
    for measure in let_go {
        let question = (measure.counterpart.clone(), draft.file.subject_of(&measure));
        if draft.file.may_be_asked_about(&measure) && !asked.contains(&question) {
            asked.push(question);
            ask_again(draft, &measure, None);
        }
    }
}
