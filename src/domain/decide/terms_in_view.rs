//! Which inquiries' terms a decision looks at. A case may have hundreds of inquiries, and the terms of each are read by themselves: what
//! reads them is given, and is called once for each that is missing.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::super::{CaseFile, InquiryId, InquiryState, PartyId, Purpose, Subject, Terms};
use super::filing::is_clocked;
use super::submission::named_party;

/// Adds the terms of an inquiry to a file that lacks them.
///
/// # Errors
/// Those of `read`.
pub fn add_terms<E>(
    file: &mut CaseFile,
    id: InquiryId,
    mut read: impl FnMut(InquiryId) -> Result<Arc<Terms>, E>,
) -> Result<(), E> {
    if let Entry::Vacant(free) = file.terms.entry(id) {
        free.insert(read(id)?);
    }
    Ok(())
}

/// Adds the terms of the inquiries that found the measures, and of the newest ones that name the same parties by the same documents, under
/// which controls are ordered (`Draft::subject_of`).
///
/// # Errors
/// Those of `read`.
pub fn add_terms_of_ledger<E>(
    file: &mut CaseFile,
    mut read: impl FnMut(InquiryId) -> Result<Arc<Terms>, E>,
) -> Result<(), E> {
    let found: Vec<(InquiryId, Subject)> = file
        .measures
        .values()
        .map(|one| (one.inquiry, Subject { party: one.party, document: one.document }))
        .collect();
    let mut named = Vec::new();
    for (inquiry, subject) in found {
        add_terms(file, inquiry, &mut read)?;
        let document = file.terms.get(&inquiry).and_then(|terms| terms.document(subject)).cloned();
        named.extend(document.filter(|document| !named.contains(document)));
    }
    let live = file.inquiries.values().rev().filter(|inquiry| inquiry.state != InquiryState::Cancelled);
    let newest: Vec<InquiryId> = live.map(|inquiry| inquiry.id).collect();
    for inquiry in newest {
        if named.is_empty() {
            break;
        }
        add_terms(file, inquiry, &mut read)?;
        let Some(terms) = file.terms.get(&inquiry) else { continue };
        named.retain(|document| !terms.parties.iter().any(|party| party.documents.contains(document)));
    }
    Ok(())
}

/// Adds what a submission is compared with: the newest mandate that names a party of which the submission alone states a liability, and the
/// newest inquiry of its case from whose filing the clocks run. Where the submission says neither, nothing is read.
///
/// # Errors
/// Those of `read`.
pub fn add_terms_for_submission<E>(
    file: &mut CaseFile,
    new: &Terms,
    mut read: impl FnMut(InquiryId) -> Result<Arc<Terms>, E>,
) -> Result<(), E> {
    let mut unlimited = newly_limited(file, new);
    for id in newest(file, |inquiry| inquiry.mandate.is_some()) {
        if unlimited.is_empty() {
            break;
        }
        add_terms(file, id, &mut read)?;
        let Some(terms) = file.terms.get(&id) else { continue };
        unlimited.retain(|party| !terms.debtors.contains(party));
    }
    if new.case.filed_on.is_none() || new.purpose != Purpose::Enforcement {
        return Ok(());
    }
    let number = new.case.number.as_str();
    let of_case =
        newest(file, |inquiry| inquiry.state != InquiryState::Cancelled && inquiry.case_number == number);
    for id in of_case {
        add_terms(file, id, &mut read)?;
        if file.terms.get(&id).is_some_and(|terms| is_clocked(terms, &new.case.number)) {
            break;
        }
    }
    Ok(())
}

/// Parties of the chain that are liable for the whole claim as it stands, and of which a submission states a limit.
fn newly_limited(file: &CaseFile, new: &Terms) -> Vec<PartyId> {
    let stated = new.mandate.iter().flat_map(|mandate| &mandate.liable_up_to);
    let known = stated.filter_map(|liability| named_party(&file.parties, new, &liability.party));
    known.filter(|party| party.liable_up_to.is_none()).map(|party| party.id).collect()
}

/// The inquiries of which something is so, the newest first.
fn newest(file: &CaseFile, is_so: impl Fn(&super::super::Inquiry) -> bool) -> Vec<InquiryId> {
    file.inquiries.values().rev().filter(|inquiry| is_so(inquiry)).map(|inquiry| inquiry.id).collect()
}
