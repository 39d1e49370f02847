//! The case files of one input: orders of several chains may be settled together.

use chakong_contract::{Asset, Reply};
use rustc_hash::FxHashMap;

use crate::domain::decide::{Draft, Facts, seen_elsewhere};
use crate::domain::{CaseFile, ChainId, Change, InquiryId, NewIds, OrderId};
use crate::store::{StoreError, Stored, Tx, load_chain, load_findings, load_lines, load_order};

/// What cannot be read where a decision does not fit the tables of moves.
const DECISION: &str = "decision";

/// Whether what comes in one message is booked together, or each by itself, so that one that cannot be booked spoils no other. The
/// latter copies the case for each: it is for a message in which something could not be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// All together.
    Together,
    /// Each by itself.
    EachAlone,
}

/// Decides together and, where that makes a move that the tables do not allow, once more with each by itself. Nothing was written then.
pub(super) fn with_care<T>(mut decide: impl FnMut(Care) -> Stored<T>) -> Stored<T> {
    match decide(Care::Together) {
        Err(StoreError::Unreadable { what: DECISION, .. }) => decide(Care::EachAlone),
        decided => decided,
    }
}

/// Files at hand, and where each order belongs.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: FxHashMap<ChainId, CaseFile>,
    chains: FxHashMap<OrderId, ChainId>,
    inputs: FxHashMap<InquiryId, i64>,
    seen: Vec<(ChainId, Asset)>,
}

impl Files {
    /// Adds an order with what a decision about it needs.
    pub(super) fn add(&mut self, tx: &mut dyn Tx, id: OrderId, wants_terms: bool) -> Stored<()> {
        let chain = load_order(tx, &mut self.files, id, wants_terms)?;
        self.chains.insert(id, chain);
        let file = self.files.get_mut(&chain).ok_or(StoreError::Missing("the chain"))?;
        let Some(inquiry) = file.orders.get(&id).map(|order| order.inquiry) else { return Ok(()) };
        let inputs = self.inputs.entry(inquiry).or_default();
        *inputs += 1;
        let closes = file.inquiries.get(&inquiry).is_some_and(|known| known.open_orders <= *inputs);
        if closes { load_lines(tx, file, inquiry) } else { Ok(()) }
    }

    /// Adds what an answer to a query touches beside its own order: what officers found about its properties, and measures of
    /// other chains that it shows by a registry's number.
    pub(super) fn add_touched(&mut self, tx: &mut dyn Tx, id: OrderId, reply: &Reply) -> Stored<()> {
        let Some(chain) = self.chains.get(&id).copied() else { return Ok(()) };
        if let Some(file) = self.files.get_mut(&chain).filter(|file| file.chain.needs_ledger()) {
            load_findings(tx, file, reply)?;
        }
        for found in reply.assets() {
            let Asset::Property(property) = &found.asset else { continue };
            let numbers = property.encumbrances.iter().map(|one| one.reference.as_str());
            for number in numbers.filter(|number| !number.is_empty()) {
                for measure in tx.measures_by_reference(number)? {
                    let other = measure.chain;
                    if other == chain
                        || self.seen.iter().any(|(known, asset)| *known == other && *asset == found.asset)
                    {
                        continue;
                    }
                    if !self.files.get(&other).is_some_and(|file| file.is_whole) {
                        self.files.insert(other, load_chain(tx, other)?);
                    }
                    self.seen.push((other, found.asset.clone()));
                }
            }
        }
        Ok(())
    }

    /// Drafts of every file, by chain.
    pub(super) fn drafts<'a>(self, facts: Facts<'a>, ids: &'a dyn NewIds) -> Drafts<'a> {
        let drafts = self.files.into_iter().map(|(id, file)| (id, Draft::of(file, facts, ids))).collect();
        Drafts { drafts, chains: self.chains, seen: self.seen }
    }
}

/// Decisions in the making, by chain.
#[derive(Debug)]
pub(super) struct Drafts<'a> {
    drafts: FxHashMap<ChainId, Draft<'a>>,
    chains: FxHashMap<OrderId, ChainId>,
    seen: Vec<(ChainId, Asset)>,
}

impl<'a> Drafts<'a> {
    /// The decision that an order belongs to.
    pub(super) fn of(&mut self, id: OrderId) -> Option<&mut Draft<'a>> {
        self.drafts.get_mut(self.chains.get(&id)?)
    }

    /// The changes of all of them. `care` says whether what an answer shows of another chain may spoil the whole.
    pub(super) fn finish(mut self, care: Care) -> Stored<Vec<Change>> {
        for (chain, asset) in &self.seen {
            let Some(draft) = self.drafts.get_mut(chain) else { continue };
            match care {
                Care::Together => seen_elsewhere(draft, asset),
                Care::EachAlone => {
                    if let Err(error) = draft.attempt(|draft| seen_elsewhere(draft, asset)) {
                        tracing::error!(%error, "what an answer shows of another case could not be booked");
                    }
                }
            }
        }
        let mut all: Vec<(ChainId, Draft<'a>)> = self.drafts.into_iter().collect();
        all.sort_by_key(|(id, _)| *id);
        let mut changes = Vec::new();
        for (_, draft) in all {
            let (mut more, _) = draft
                .finish()
                .map_err(|error| StoreError::Unreadable { what: DECISION, detail: error.to_string() })?;
            changes.append(&mut more);
        }
        Ok(changes)
    }
}
