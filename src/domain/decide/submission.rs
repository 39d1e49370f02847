//! A submission: its case and chain, its parties, its claim, its orders.

mod courts;
mod parties;

use std::sync::Arc;

use chakong_contract::id::CaseNumber;
use chakong_contract::{Instruction, Party};
use jiff::{Span, Timestamp};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::super::people::Courts;
use super::super::{
    AuditEntry, Blob, BroughtDocument, Case, CaseId, ChainParty, Change, Claim, ClaimChange, ClaimChangeKind,
    DocumentId, EventDraft, EventType, Finding, IdKind, Inquiry, InquiryId, InquiryState, Mandate,
    NewInquiry, NotAsked, PartyId, Priority, Subject, Terms, found_by,
};
use super::counting::Cause;
use super::draft::{Draft, NewOrder};
use super::ledger::follow;
use super::{Decided, Rejected, filing};

pub use courts::check_courts;

/// A submission that was checked and planned, ready to be kept: what is large is in stored form already.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// Public identifier of the inquiry to be made.
    pub uid: Uuid,
    /// Who submits.
    pub submitter: String,
    /// Whose cases the submitter sees.
    pub courts: Courts,
    /// The submitter's word for what stands on it alone; empty where nothing does.
    pub reason: String,
    /// Idempotency key.
    pub key: String,
    /// Digest of the body as it came.
    pub digest: Vec<u8>,
    /// What is asked.
    pub terms: Arc<Terms>,
    /// The same in stored form.
    pub stored_terms: Blob,
    /// Documents that came along.
    pub documents: Vec<BroughtDocument>,
    /// One query for each party, document and counterpart.
    pub orders: Vec<PlannedOrder>,
    /// Who is not asked, and why.
    pub not_asked: Vec<NotAsked>,
    /// When it came.
    pub at: Timestamp,
}

/// One order to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedOrder {
    /// The counterpart.
    pub counterpart: String,
    /// Which party and document.
    pub subject: Subject,
    /// What is asked.
    pub instruction: Instruction,
}

/// Accepts a submission into the chain of its case. Whether it is the submitter's to submit, [`check_courts`] has said.
///
/// # Errors
/// [`Rejected::Findings`], when it contradicts what stands in the case.
pub fn submit(draft: &mut Draft<'_>, new: &Submitted) -> Decided<Inquiry> {
    let mut findings = Vec::new();
    let case = join_case(draft, &new.terms, &mut findings);
    let debtors = parties::join(draft, &new.terms, &mut findings);
    let moves_ledger = join_claim(draft, new, &mut findings);
    let filed = filing::begins(draft, &new.terms).unwrap_or_else(|finding| {
        findings.push(finding);
        None
    });
    if !findings.is_empty() {
        return Err(Rejected::Findings(findings));
    }
    let inquiry = keep(draft, new, case, debtors.clone());
    for document in &new.documents {
        let id = DocumentId::new(draft.new_id(IdKind::Document));
        let kept = document.clone().into_new(id, (inquiry.id, debtors.clone()), Vec::new(), false);
        draft.push(Change::NewDocument(kept));
    }
    for planned in &new.orders {
        draft.new_order(NewOrder {
            inquiry: inquiry.id,
            lane: planned.counterpart.clone(),
            subject: planned.subject,
            instruction: planned.instruction.clone(),
            priority: Priority::Query,
            deadline: inquiry.deadline,
            root: None,
            measure: None,
            stands_in: None,
            papers: Vec::new(),
        });
    }
    if let Some(filed) = filed {
        filing::start(draft, inquiry.id, filed);
    }
    if moves_ledger {
        follow(draft, Cause::Act);
    }
    let data = json!({ "orders": new.orders.len(), "not_asked": new.not_asked }).to_string();
    draft.push(Change::NewEvent(EventDraft {
        kind: EventType::InquiryAccepted,
        inquiry: inquiry.id,
        order: None,
        revision: None,
        at: new.at,
        data: Some(data),
    }));
    draft.push(Change::Audit(AuditEntry {
        at: new.at,
        actor: new.submitter.clone(),
        act: "submit".to_owned(),
        subject: new.uid.to_string(),
        reason: new.reason.clone(),
        detail: unverified(&new.terms),
        refused: None,
    }));
    Ok(draft.file.inquiries.get(&inquiry.id).cloned().unwrap_or(inquiry))
}

/// Parties that are named by a number that fails its check, on an officer's word alone: the audit says whose.
fn unverified(terms: &Terms) -> Option<serde_json::Value> {
    let is_unverified =
        |party: &&Party| party.documents.iter().any(chakong_contract::IdentityDocument::is_unverified);
    let parties: Vec<&str> =
        terms.parties.iter().filter(is_unverified).map(|party| party.reference.as_str()).collect();
    (!parties.is_empty()).then(|| json!({ "unverified_documents_of": parties }))
}

fn keep(draft: &mut Draft<'_>, new: &Submitted, case: CaseId, debtors: Vec<PartyId>) -> Inquiry {
    let hours = i64::from(new.terms.deadline_hours.unwrap_or(24));
    let inquiry = Inquiry {
        id: InquiryId::new(draft.new_id(IdKind::Inquiry)),
        uid: new.uid,
        chain: draft.file.id(),
        case,
        case_number: new.terms.case.number.as_str().to_owned(),
        court: courts::of_case(draft, case),
        submitted_by: new.submitter.clone(),
        state: InquiryState::Open,
        created: new.at,
        deadline: new.at.checked_add(Span::new().hours(hours)).unwrap_or(new.at),
        open_orders: 0,
        completions: 0,
        mandate: new.terms.mandate.clone(),
    };
    let terms = Terms { debtors: debtors.clone(), ..(*new.terms).clone() };
    draft.file.terms.insert(inquiry.id, Arc::new(terms));
    draft.push(Change::NewInquiry(Box::new(NewInquiry {
        inquiry: inquiry.clone(),
        key: new.key.clone(),
        digest: new.digest.clone(),
        terms: new.stored_terms.clone(),
        references: new.terms.parties.iter().map(|party| party.reference.clone()).collect(),
        debtors,
        not_asked: new.not_asked.clone(),
        found_by: found_by::of_terms(&new.terms),
        filed_on: new.terms.case.filed_on,
    })));
    inquiry
}

/// The case of the submission, and the one that it continues, in the chain.
fn join_case(draft: &mut Draft<'_>, terms: &Terms, findings: &mut Vec<Finding>) -> CaseId {
    let head = &terms.case;
    let continued = head.continues.as_ref().map(|number| {
        if *number == head.number {
            findings.push(Finding::new("/case/continues", "案件不得承接自身 a case cannot continue itself"));
        }
        let known = draft.file.cases.iter().find(|case| case.number == *number).map(|case| case.id);
        known.unwrap_or_else(|| add_case(draft, number.clone(), None, None))
    });
    match draft.file.cases.iter().find(|case| case.number == head.number).cloned() {
        Some(known) => {
            if let (Some(wanted), Some(stands)) = (continued, known.continues)
                && wanted != stands
            {
                let detail = "本案已登记承接另一案件 the case is known to continue another one";
                findings.push(Finding::new("/case/continues", detail));
            }
            match continued.filter(|wanted| *wanted != known.id) {
                Some(wanted) if continues(draft, wanted, known.id) => {
                    let detail = "所称承接的案件已登记为承接本案 that case is known to continue this one";
                    findings.push(Finding::new("/case/continues", detail));
                }
                Some(wanted) if known.continues.is_none() => {
                    draft.push(Change::ContinueCase(known.id, wanted));
                }
                _ => {}
            }
            courts::learn(draft, &known, terms);
            known.id
        }
        None => add_case(draft, head.number.clone(), Some(terms), continued),
    }
}

/// Whether a case continues another one, perhaps through others.
fn continues(draft: &Draft<'_>, case: CaseId, other: CaseId) -> bool {
    let before = |id: &CaseId| draft.file.cases.iter().find(|known| known.id == *id)?.continues;
    // No longer than there are cases, should they ever go round.
    std::iter::successors(Some(case), before).take(draft.file.cases.len() + 1).any(|id| id == other)
}

fn add_case(
    draft: &mut Draft<'_>,
    number: CaseNumber,
    terms: Option<&Terms>,
    continues: Option<CaseId>,
) -> CaseId {
    let id = CaseId::new(draft.new_id(IdKind::Case));
    let head = terms.map(|terms| &terms.case);
    draft.push(Change::NewCase(Case {
        id,
        chain: draft.file.id(),
        number,
        court_name: head.map(|head| head.court_name.clone()).unwrap_or_default(),
        court_code: head.map(|head| head.court_code.clone()).unwrap_or_default(),
        continues,
        created: draft.now(),
    }));
    id
}

/// States the claim of the chain, or joins the one that stands. Whether the ledger is to follow: its lines were there before the claim, or
/// a party of which it has lines is liable for less from now on.
fn join_claim(draft: &mut Draft<'_>, new: &Submitted, findings: &mut Vec<Finding>) -> bool {
    let Some(mandate) = &new.terms.mandate else { return false };
    let wanted = mandate.to_claim();
    let begins = draft.file.chain.claim.is_none() && draft.file.ledger().next().is_some();
    match draft.file.chain.claim.clone() {
        None => {
            draft.set_claim(wanted.clone());
            draft.push(Change::NewClaimChange(ClaimChange {
                chain: draft.file.id(),
                at: new.at,
                actor: new.submitter.clone(),
                kind: ClaimChangeKind::Stated,
                before: None,
                after: wanted.amount,
                reason: String::new(),
                paper: None,
            }));
        }
        Some(stands) => check_claim(&stands, (mandate, &wanted), findings),
    }
    limit_liability(draft, &new.terms, mandate, findings) || begins
}

/// Another claim than the one that stands is refused with what stands.
fn check_claim(stands: &Claim, (mandate, wanted): (&Mandate, &Claim), findings: &mut Vec<Finding>) {
    if stands.amount != wanted.amount {
        let detail = format!(
            "本案执行标的为 {} 元，与所提交的 {} 元不符；变更标的请使用标的变更 the claim of this case is {} yuan; change it by PUT /v1/cases/{{id}}/claim",
            stands.amount, wanted.amount, stands.amount
        );
        findings.push(Finding::new("/mandate/claim/amount", detail));
    }
    if !stands.is_open() {
        let detail = "本案标的已了结，如需继续请先恢复 the claim of this case is closed; open it again by PUT /v1/cases/{id}/claim";
        findings.push(Finding::new("/mandate", detail));
    }
    let mut differs = |differs: bool, key: &str| {
        if differs {
            let detail = "与本案现行冻结授权不符 the claim of this case stands with another setting; change it by PUT /v1/cases/{id}/claim";
            findings.push(Finding::new(format!("/mandate/{key}"), detail));
        }
    };
    differs(stands.mode != wanted.mode, "mode");
    differs(stands.other_property != wanted.other_property, "other_property");
    differs(stands.uncovered != wanted.uncovered, "uncovered");
    // What a mandate does not state stays as it stands.
    differs(mandate.prefer.is_some_and(|prefer| prefer != stands.prefer), "prefer");
    differs(mandate.term_days.is_some() && stands.term_days != mandate.term_days, "term_days");
    differs(mandate.living_costs.is_some() && stands.living_costs != wanted.living_costs, "living_costs");
}

/// Whether it is known what a party is liable for: a limit stands, or an earlier mandate named the party without one.
fn is_stated(draft: &Draft<'_>, party: &ChainParty) -> bool {
    let names = |terms: &Arc<Terms>| terms.mandate.is_some() && terms.debtors.contains(&party.id);
    party.liable_up_to.is_some() || draft.file.terms.values().any(names)
}

/// The party of the chain that a submission calls by a reference of its own; `None` where it names no such party, or the chain has none.
pub fn named_party<'p>(known: &'p [ChainParty], terms: &Terms, reference: &str) -> Option<&'p ChainParty> {
    let named = terms.parties.iter().find(|one| one.reference == reference)?;
    known.iter().find(|party| named.documents.iter().any(|one| party.has(one)))
}

fn other_liability(at: usize, stands: Option<Decimal>) -> Finding {
    let (chinese, english) = match stands {
        Some(amount) => (format!("{amount} 元"), format!("up to {amount} yuan")),
        None => ("全部标的".to_owned(), "for the whole claim".to_owned()),
    };
    let detail = format!(
        "该当事人现行责任限额为{chinese}，与所提交的不符；变更请使用标的变更 this party is liable {english}; change it by PUT /v1/cases/{{id}}/claim"
    );
    Finding::new(format!("/mandate/liable_up_to/{at}/amount"), detail)
}

/// Takes the limits of liability over. One that stands already is changed by an act, as the claim is. Whether a party of which the ledger
/// has lines is liable for less from now on.
fn limit_liability(
    draft: &mut Draft<'_>,
    terms: &Terms,
    mandate: &Mandate,
    findings: &mut Vec<Finding>,
) -> bool {
    let (mut is_limited, mut limited) = (false, Vec::new());
    for (at, liability) in mandate.liable_up_to.iter().enumerate() {
        let Some(party) = named_party(&draft.file.parties, terms, &liability.party).cloned() else {
            let detail = "所填当事人不在本申请的当事人之中 there is no such party in /parties";
            findings.push(Finding::new(format!("/mandate/liable_up_to/{at}/party"), detail));
            continue;
        };
        if limited.contains(&party.id) {
            let detail = "同一当事人责任限额重复 the same party stands there twice";
            findings.push(Finding::new(format!("/mandate/liable_up_to/{at}/party"), detail));
            continue;
        }
        limited.push(party.id);
        let liable_up_to = Some(liability.amount.amount);
        if party.liable_up_to == liable_up_to {
            continue;
        }
        if is_stated(draft, &party) {
            findings.push(other_liability(at, party.liable_up_to));
            continue;
        }
        is_limited |= draft.file.ledger().any(|measure| measure.debtor == party.id);
        draft.push(Change::SaveParty(ChainParty { liable_up_to, ..party }));
    }
    is_limited
}
