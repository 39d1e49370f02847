//! Case files: what a decision looks at, put together from the store.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Reads, StoreError, Stored};
use crate::domain::decide::{
    add_terms, add_terms_for_submission, add_terms_of_ledger, is_unsent, property_keys,
};
use crate::domain::{CaseFile, ChainId, InquiryId, LineRow, Lines, OrderId, OrderState, Terms};

/// The file of a chain with its ledger, and as many terms as decisions about the ledger look at.
///
/// # Errors
/// When the store fails or the chain is not there.
pub fn load_chain<R: Reads + ?Sized>(reads: &mut R, id: ChainId) -> Stored<CaseFile> {
    let chain = reads.chain(id)?.ok_or(StoreError::Missing("the chain"))?;
    let mut file = CaseFile::of(chain);
    deepen(reads, &mut file)?;
    Ok(file)
}

/// The file of a chain, with the terms of every inquiry: a person may act on any of them.
///
/// # Errors
/// As for [`load_chain`].
pub fn load_chain_for_act<R: Reads + ?Sized>(reads: &mut R, id: ChainId) -> Stored<CaseFile> {
    let mut file = load_chain(reads, id)?;
    let all: Vec<InquiryId> = file.inquiries.keys().copied().collect();
    all.into_iter().try_for_each(|id| add_terms(&mut file, id, |id| read_terms(reads, id)))?;
    Ok(file)
}

/// The file of a chain, with the terms that a submission is compared with.
///
/// # Errors
/// As for [`load_chain`].
pub fn load_chain_for_submission<R: Reads + ?Sized>(
    reads: &mut R,
    id: ChainId,
    new: &Terms,
) -> Stored<CaseFile> {
    let mut file = load_chain(reads, id)?;
    add_terms_for_submission(&mut file, new, |id| read_terms(reads, id))?;
    Ok(file)
}

/// Brings a file to its whole depth.
fn deepen<R: Reads + ?Sized>(reads: &mut R, file: &mut CaseFile) -> Stored<()> {
    if file.is_whole {
        return Ok(());
    }
    let id = file.id();
    file.cases = reads.cases_of(id)?;
    file.parties = reads.parties_of(id)?;
    for inquiry in reads.inquiries_of(id)? {
        // What was changed in this file already stands.
        file.inquiries.entry(inquiry.id).or_insert(inquiry);
    }
    file.papers = reads.papers_of(id)?;
    file.measures = reads.measures_of(id)?.into_iter().map(|measure| (measure.id, measure)).collect();
    add_terms_of_ledger(file, |id| read_terms(reads, id))?;
    file.tasks = reads.tasks_of(id)?;
    for id in file.orders_in_view() {
        add_order(reads, file, id)?;
    }
    file.is_whole = true;
    add_lines_of_what_may_close(reads, file)
}

/// A decision may withdraw controls that have not left: where nothing else of an inquiry is open but one order, its certificate may be
/// issued then.
fn add_lines_of_what_may_close<R: Reads + ?Sized>(reads: &mut R, file: &mut CaseFile) -> Stored<()> {
    let mut unsent: FxHashMap<InquiryId, i64> = FxHashMap::default();
    for order in file.orders.values().filter(|order| order.is_control() && is_unsent(order)) {
        *unsent.entry(order.inquiry).or_default() += 1;
    }
    for (id, count) in unsent {
        if file.inquiries.get(&id).is_some_and(|inquiry| inquiry.open_orders <= count + 1) {
            load_lines(reads, file, id)?;
        }
    }
    Ok(())
}

fn read_terms<R: Reads + ?Sized>(reads: &mut R, id: InquiryId) -> Stored<Arc<Terms>> {
    reads.terms(id)?.ok_or(StoreError::Missing("the terms of an inquiry"))
}

fn add_order<R: Reads + ?Sized>(reads: &mut R, file: &mut CaseFile, id: OrderId) -> Stored<()> {
    if let Entry::Vacant(free) = file.orders.entry(id) {
        free.insert(reads.order(id)?.ok_or(StoreError::Missing("the order"))?);
    }
    Ok(())
}

/// Adds to the files at hand what asks again the same as any of these orders and is not answered yet.
///
/// # Errors
/// When the store fails or something is not there.
pub fn load_asked_again<R: Reads + ?Sized>(
    reads: &mut R,
    files: &mut FxHashMap<ChainId, CaseFile>,
    asked: &[OrderId],
) -> Stored<()> {
    let of = |id: &OrderId| files.values().find_map(|file| file.orders.get(id));
    let known: Vec<(InquiryId, OrderId)> =
        asked.iter().filter_map(of).map(|one| (one.inquiry, one.root)).collect();
    let roots: FxHashSet<OrderId> = known.iter().map(|(_, root)| *root).collect();
    let inquiries: BTreeSet<InquiryId> = known.into_iter().map(|(inquiry, _)| inquiry).collect();
    for inquiry in inquiries {
        for order in reads.orders_of(inquiry)? {
            let asks_again = order.id != order.root && roots.contains(&order.root) && !order.is_control();
            if asks_again && order.state.is_open() {
                load_order(reads, files, order.id, true)?;
            }
        }
    }
    Ok(())
}

/// Adds an order to the files at hand, with what a decision about it needs: its chain's file (read as deep as needed), its inquiry,
/// the latest answer to its question, the orders it stands in for, and the inquiry's lines where its certificate may be issued. Where its
/// terms are wanted, the parties of its chain come along.
/// Gives the chain.
///
/// # Errors
/// When the store fails or something is not there.
pub fn load_order<R: Reads + ?Sized>(
    reads: &mut R,
    files: &mut FxHashMap<ChainId, CaseFile>,
    id: OrderId,
    wants_terms: bool,
) -> Stored<ChainId> {
    let order = match files.values().find_map(|file| file.orders.get(&id)) {
        Some(known) => known.clone(),
        None => reads.order(id)?.ok_or(StoreError::Missing("the order"))?,
    };
    let known = files.values().find(|file| file.inquiries.contains_key(&order.inquiry)).map(CaseFile::id);
    let chain = match known {
        Some(chain) => chain,
        None => {
            let inquiry = reads.inquiry(order.inquiry)?.ok_or(StoreError::Missing("the inquiry"))?;
            let chain = inquiry.chain;
            if let Entry::Vacant(free) = files.entry(chain) {
                let row = reads.chain(chain)?.ok_or(StoreError::Missing("the chain"))?;
                free.insert(CaseFile::of(row));
            }
            let file = files.get_mut(&chain).ok_or(StoreError::Missing("the chain"))?;
            file.inquiries.entry(inquiry.id).or_insert(inquiry);
            chain
        }
    };
    let file = files.get_mut(&chain).ok_or(StoreError::Missing("the chain"))?;
    if file.chain.needs_ledger() || order.is_control() {
        deepen(reads, file)?;
    }
    if wants_terms || file.chain.needs_ledger() {
        add_terms(file, order.inquiry, |id| read_terms(reads, id))?;
    }
    // Whether it is about a party that was freed, so that it is not asked again.
    if wants_terms && file.parties.is_empty() {
        file.parties = reads.parties_of(chain)?;
    }
    let (root, inquiry, stands_in) = (order.root, order.inquiry, order.stands_in);
    // A query that is still open and asks for the first time has no answer yet. A control may be open again: it is sent again after an
    // answer that did not fit.
    let is_first = order.root == order.id && order.state.is_open() && !order.is_control();
    file.orders.entry(id).or_insert(order);
    if !is_first
        && !file.revisions.contains_key(&root)
        && let Some(revision) = reads.revision(root, None)?
    {
        file.revisions.insert(root, revision);
    }
    let mut before = stands_in.filter(|_| wants_terms);
    while let Some(earlier) = before {
        add_order(reads, file, earlier)?;
        before = file.orders.get(&earlier).and_then(|order| order.stands_in);
    }
    let is_last = file.inquiries.get(&inquiry).is_some_and(|inquiry| inquiry.open_orders <= 1);
    if is_last {
        load_lines(reads, file, inquiry)?;
    }
    Ok(chain)
}

/// Adds what an inquiry's certificate is made from.
///
/// # Errors
/// When the store fails.
pub fn load_lines<R: Reads + ?Sized>(reads: &mut R, file: &mut CaseFile, id: InquiryId) -> Stored<()> {
    if file.lines.contains_key(&id) {
        return Ok(());
    }
    let mut rows = reads.lines_of(id)?;
    // What was decided about orders in this file already stands, though it is not written yet.
    for row in &mut rows {
        if let Some(order) = file.orders.get(&row.id) {
            (row.state, row.fault, row.sent) = (order.state, order.fault.clone(), order.sent);
        }
        if let Some(revision) = file.revisions.get(&row.root).filter(|revision| revision.order == row.id) {
            row.outcome = Some(crate::domain::Outcome::of(revision));
        }
    }
    let known: std::collections::HashSet<OrderId> = rows.iter().map(|row| row.id).collect();
    let mut new: Vec<_> = file
        .orders
        .values()
        .filter(|order| order.inquiry == id && !known.contains(&order.id))
        .map(|order| LineRow::of(order, file.revisions.get(&order.root)))
        .collect();
    rows.append(&mut new);
    rows.sort_by_key(|row| row.id);
    let lines = Lines { references: reads.references_of(id)?, not_asked: reads.not_asked(id)?, rows };
    file.lines.insert(id, lines);
    Ok(())
}

/// Adds every order of an inquiry that is queued, and the latest order of each of its questions.
///
/// # Errors
/// When the store fails.
pub fn load_orders<R: Reads + ?Sized>(reads: &mut R, file: &mut CaseFile, id: InquiryId) -> Stored<()> {
    for order in reads.orders_of(id)? {
        let wanted = order.state == OrderState::Queued || !order.is_control();
        if wanted {
            file.orders.entry(order.id).or_insert(order);
        }
    }
    Ok(())
}

/// Adds what officers found about properties that an answer names.
///
/// # Errors
/// When the store fails.
pub fn load_findings<R: Reads + ?Sized>(
    reads: &mut R,
    file: &mut CaseFile,
    reply: &chakong_contract::Reply,
) -> Stored<()> {
    for key in property_keys(reply) {
        if !file.findings.contains_key(&key)
            && let Some(finding) = reads.property_finding(&key)?
        {
            file.findings.insert(key, finding);
        }
    }
    Ok(())
}
