//! Submissions of the first edition: one chain a case number, with its parties; terms and documents apart.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chakong_contract::Party;
use chakong_contract::order::LegalDocument;
use jiff::Timestamp;
use rusqlite::{Row, params};

use super::super::query::Rows;
use super::super::rows::{get, instant};
use super::super::writes::json;
use super::{Place, Places, unreadable_row};
use crate::domain::{
    BroughtDocument, Case, CaseId, Chain, ChainId, ChainParty, Change, DocumentId, IdKind, InquiryId,
    InquiryState, Mandate, NewIds as _, PartyId, Submission, Terms,
};
use crate::store::codec::{decode_json, encode, encode_json};
use crate::store::{Stored, Tx as _};

/// A chain with what is known of it so far.
#[derive(Debug)]
pub(super) struct TakenChain {
    pub(super) chain: Chain,
    pub(super) case: Case,
    parties: Vec<ChainParty>,
    /// What its inquiries stated, oldest first.
    pub(super) mandates: Vec<Stated>,
}

/// A mandate as an inquiry stated it.
#[derive(Debug)]
pub(super) struct Stated {
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) mandate: Mandate,
    pub(super) is_withdrawn: bool,
}

/// An inquiry with its submission.
struct Old {
    id: InquiryId,
    created: Timestamp,
    submitted_by: String,
    is_withdrawn: bool,
    references: String,
    not_asked: String,
    submission: Submission,
}

fn read(row: &Row<'_>) -> Stored<Old> {
    let id: i64 = get(row, 0)?;
    let body: Vec<u8> = get(row, 4)?;
    Ok(Old {
        id: InquiryId::new(id),
        created: instant(row, 1)?,
        submitted_by: get(row, 2)?,
        is_withdrawn: get::<i64>(row, 3)? == InquiryState::Cancelled as i64,
        submission: decode_json("submission", &body)
            .map_err(|error| unreadable_row("submission", id, &error))?,
        references: get(row, 5)?,
        not_asked: get(row, 6)?,
    })
}

/// Takes every submission over. Gives where each inquiry belongs now, and the chains, whose claims are still to be stated.
pub(super) fn take_over(rows: &mut Rows<'_>) -> Stored<(Places, Vec<TakenChain>)> {
    let mut chains: HashMap<String, TakenChain> = HashMap::new();
    let mut places = Places::new();
    let mut last = i64::MIN;
    // One at a time: documents may be large.
    let sql = "SELECT i.id, i.created, i.submitted_by, i.state, s.body, s.parties, s.not_asked
               FROM inquiries i JOIN submissions s ON s.inquiry = i.id WHERE i.id > ?1 ORDER BY i.id LIMIT 1";
    while let Some(old) = rows.one(sql, [last], read)? {
        last = old.id.get();
        let place = take_inquiry(rows, old, &mut chains)?;
        places.insert(InquiryId::new(last), place);
    }
    let mut chains: Vec<TakenChain> = chains.into_values().collect();
    chains.sort_by_key(|taken| taken.chain.id);
    for taken in &chains {
        rows.write(&[Change::NewChain(taken.chain.clone()), Change::NewCase(taken.case.clone())])?;
        let parties: Vec<Change> = taken.parties.iter().cloned().map(Change::NewParty).collect();
        rows.write(&parties)?;
    }
    Ok((places, chains))
}

fn take_inquiry(rows: &mut Rows<'_>, old: Old, chains: &mut HashMap<String, TakenChain>) -> Stored<Place> {
    let Old { id, created, submitted_by, is_withdrawn, references, not_asked, submission } = old;
    let (terms, documents) = submission.split();
    let number = terms.case.number.as_str().to_owned();
    let taken = match chains.entry(number.clone()) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(new_chain(rows, &terms, created)),
    };
    // The newest submission says how the court is called.
    taken.case.court_name.clone_from(&terms.case.court_name);
    taken.case.court_code.clone_from(&terms.case.court_code);
    if let Some(mandate) = terms.mandate.clone() {
        taken.mandates.push(Stated { at: created, actor: submitted_by, mandate, is_withdrawn });
    }
    let debtors: Vec<PartyId> = terms.parties.iter().map(|party| debtor(rows, taken, party)).collect();
    keep_terms(rows, id, &terms, (&references, &debtors, &not_asked))?;
    keep_documents(rows, id, documents)?;
    let sql = "UPDATE inquiries SET chain = ?2, case_id = ?3, case_number = ?4, court = ?5 WHERE id = ?1";
    let court = &terms.case.court_code;
    rows.execute(sql, params![id.get(), taken.chain.id.get(), taken.case.id.get(), number, court])?;
    rows.execute("UPDATE orders SET court = ?2 WHERE inquiry = ?1", params![id.get(), court])?;
    Ok(Place { chain: taken.chain.id, case_number: number, debtors })
}

fn new_chain(rows: &Rows<'_>, terms: &Terms, created: Timestamp) -> TakenChain {
    let chain = Chain { id: ChainId::new(rows.next(IdKind::Chain)), created, claim: None, has_ledger: false };
    let case = Case {
        id: CaseId::new(rows.next(IdKind::Case)),
        chain: chain.id,
        number: terms.case.number.clone(),
        court_name: String::new(),
        court_code: String::new(),
        continues: None,
        created,
    };
    TakenChain { chain, case, parties: Vec::new(), mandates: Vec::new() }
}

/// Which party of the chain a party of an inquiry is: one that shares an identity document with it, else a new one.
fn debtor(rows: &Rows<'_>, taken: &mut TakenChain, party: &Party) -> PartyId {
    let same = |known: &&mut ChainParty| {
        known.kind == party.kind && party.documents.iter().any(|document| known.has(document))
    };
    if let Some(known) = taken.parties.iter_mut().find(same) {
        let more: Vec<_> = party.documents.iter().filter(|document| !known.has(document)).cloned().collect();
        known.documents.extend(more);
        known.call(&party.reference);
        known.role = party.role;
        return known.id;
    }
    let id = PartyId::new(rows.next(IdKind::Party));
    taken.parties.push(ChainParty {
        id,
        chain: taken.chain.id,
        reference: party.reference.clone(),
        earlier_references: Vec::new(),
        kind: party.kind,
        name: party.name.clone(),
        role: party.role,
        documents: party.documents.clone(),
        liable_up_to: None,
        is_freed: false,
        freed_by: String::new(),
    });
    id
}

fn keep_terms(
    rows: &Rows<'_>,
    id: InquiryId,
    terms: &Terms,
    (references, debtors, not_asked): (&str, &[PartyId], &str),
) -> Stored<()> {
    let body = encode_json("terms", terms)?;
    let debtors = json("parties of the chain", debtors)?;
    let sql =
        "INSERT INTO terms (inquiry, body, party_references, debtors, not_asked) VALUES (?1, ?2, ?3, ?4, ?5)";
    rows.execute(sql, params![id.get(), body.as_stored(), references, debtors, not_asked]).map(drop)
}

/// Keeps the documents. Those that an act brought were added to those of the submission: all of them are for any measure.
fn keep_documents(rows: &mut Rows<'_>, inquiry: InquiryId, documents: Vec<LegalDocument>) -> Stored<()> {
    for document in documents {
        let id = DocumentId::new(rows.next(IdKind::Document));
        let brought = BroughtDocument {
            kind: document.kind,
            title: document.title,
            number: document.number,
            format: document.format,
            bytes: encode(&document.content),
        };
        rows.write(&[Change::NewDocument(brought.into_new(id, (inquiry, Vec::new()), Vec::new(), false))])?;
    }
    Ok(())
}
