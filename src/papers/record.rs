//! A case as it stands, as far as papers say something of it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chakong_contract::Reply;
use chakong_contract::order::Officer;
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::domain::{
    Case, Chain, ChainParty, Inquiry, InquiryState, LineRow, Measure, NotAsked, OrderId, OrderState, Outcome,
    PartyId, Terms,
};
use crate::store::{Reads, StoreError, Stored, standing_answer};

/// Most orders of a case that one paper shows.
pub const MOST_ORDERS: usize = 20_000;

/// A case as it stands.
#[derive(Debug, Clone)]
pub struct CaseRecord {
    /// The case.
    pub case: Case,
    /// Its chain.
    pub chain: Chain,
    /// The parties of the chain.
    pub parties: Vec<ChainParty>,
    /// The ledger of the chain.
    pub measures: Vec<Measure>,
    /// The inquiries about the case, the oldest first.
    pub searches: Vec<Search>,
    /// Whether the case has more orders than a paper shows.
    pub is_cut: bool,
}

/// An inquiry and what came of it.
#[derive(Debug, Clone)]
pub struct Search {
    /// The inquiry.
    pub inquiry: Inquiry,
    /// What it asks.
    pub terms: Arc<Terms>,
    /// Its orders, the oldest first.
    pub lines: Vec<LineRow>,
    /// What was found, by the first order of the question; of the party that the paper is about.
    pub found: BTreeMap<OrderId, Found>,
    /// Who was not asked, and why.
    pub not_asked: Vec<NotAsked>,
    /// Number, time and SHA-256 of its latest certificate.
    pub certificate: Option<(u32, Timestamp, String)>,
}

/// An answer that names property.
#[derive(Debug, Clone)]
pub struct Found {
    /// When it came in.
    pub at: Timestamp,
    /// What it says.
    pub reply: Reply,
    /// Title and SHA-256 of each receipt that came with it.
    pub receipts: Vec<(String, String)>,
}

/// What stands on a print beside what it says of the case.
#[derive(Debug, Clone)]
pub struct Issue<'n> {
    /// Number of the print.
    pub number: String,
    /// When it was made.
    pub at: Timestamp,
    /// Who had it made.
    pub by: String,
    /// What counterparts are called in Chinese, by their names.
    pub names: &'n BTreeMap<String, String>,
}

impl Issue<'_> {
    /// What a counterpart is called.
    pub fn name_of<'a>(&'a self, counterpart: &'a str) -> &'a str {
        self.names.get(counterpart).map_or(counterpart, String::as_str)
    }
}

impl CaseRecord {
    /// Reads a case, with what was found of one party.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read(reads: &mut dyn Reads, case: &Case, party: Option<PartyId>) -> Stored<Self> {
        let chain = reads.chain(case.chain)?.ok_or(StoreError::Missing("the chain"))?;
        let (mut searches, mut orders) = (Vec::new(), 0);
        for inquiry in reads.inquiries_of(case.chain)? {
            if inquiry.case == case.id && orders <= MOST_ORDERS {
                let search = Search::read(reads, inquiry, party)?;
                orders += search.lines.len();
                searches.push(search);
            }
        }
        Ok(Self {
            parties: reads.parties_of(case.chain)?,
            measures: reads.measures_of(case.chain)?,
            case: case.clone(),
            is_cut: orders > MOST_ORDERS,
            chain,
            searches,
        })
    }

    /// Day on which the case was filed, where it is known.
    pub fn filed_on(&self) -> Option<Date> {
        self.searches.iter().rev().find_map(|search| search.terms.case.filed_on)
    }

    /// Who handles the case, as last stated.
    pub fn officers(&self) -> &[Officer] {
        self.searches.last().map_or(&[], |search| &search.terms.case.officers)
    }

    /// Name of the court; as last stated where the case itself has none.
    pub fn court(&self) -> &str {
        let stated = || self.searches.last().map_or("", |search| search.terms.case.court_name.as_str());
        if self.case.court_name.is_empty() { stated() } else { &self.case.court_name }
    }

    /// A party of the chain.
    pub fn party(&self, id: PartyId) -> Option<&ChainParty> {
        self.parties.iter().find(|party| party.id == id)
    }

    /// Parties that the inquiries about the case name.
    pub fn searched_parties(&self) -> Vec<&ChainParty> {
        let named: HashSet<PartyId> =
            self.searches.iter().flat_map(|search| search.terms.debtors.iter().copied()).collect();
        self.parties.iter().filter(|party| named.contains(&party.id)).collect()
    }
}

impl Search {
    fn read(reads: &mut dyn Reads, inquiry: Inquiry, party: Option<PartyId>) -> Stored<Self> {
        let id = inquiry.id;
        let terms = reads.terms(id)?.ok_or(StoreError::Missing("the terms of an inquiry"))?;
        let lines = reads.lines_of(id)?;
        let mut found = BTreeMap::new();
        let names_property = |line: &&LineRow| {
            let word = line.outcome.as_ref().map(|outcome| outcome.word.as_str());
            matches!(word, Some("found" | "partial")) && party == Some(terms.debtor(line.party))
        };
        let roots: HashSet<OrderId> = lines.iter().filter(names_property).map(|line| line.root).collect();
        for root in roots {
            // One after the other: an answer may come with receipts of some megabytes.
            let Some(revision) = standing_answer(reads, root, Timestamp::MAX)? else { continue };
            let receipts = revision.answer.receipts.iter();
            let receipts = receipts.map(|one| (one.title.clone(), hex::encode(Sha256::digest(&one.content))));
            let receipts = receipts.collect();
            let reply = revision.answer.reply.clone();
            found.insert(root, Found { at: revision.at, reply, receipts });
        }
        let certificate = reads.certificate(id, None)?;
        Ok(Self {
            not_asked: reads.not_asked(id)?,
            certificate: certificate.map(|one| (one.number, one.at, one.sha256)),
            inquiry,
            terms,
            lines,
            found,
        })
    }

    /// Whether it was withdrawn.
    pub fn is_withdrawn(&self) -> bool {
        self.inquiry.state == InquiryState::Cancelled
    }

    /// Of each question about a party the order that answered it last: an answer stands until a later one replaces it, whatever becomes of a
    /// re-query meanwhile, and a refusal replaces none. Where there is none, its latest order, one that was withdrawn leaving the one before it.
    pub fn questions(&self, party: PartyId) -> Vec<&LineRow> {
        let mut best: BTreeMap<OrderId, &LineRow> = BTreeMap::new();
        let of_party = |line: &&LineRow| !line.action.is_control() && self.terms.debtor(line.party) == party;
        for line in self.lines.iter().filter(of_party) {
            let answer =
                |line: &LineRow| line.outcome.as_ref().map(|outcome| (!outcome.is_refusal(), outcome.number));
            let is_better = |known: &&LineRow| match (answer(line), answer(known)) {
                (None, None) => line.state != OrderState::Cancelled,
                (own, known) => own > known,
            };
            if best.get(&line.root).is_none_or(is_better) {
                best.insert(line.root, line);
            }
        }
        best.into_values().collect()
    }

    /// The latest order that asks an answered question again, was not withdrawn, and has no answer or was refused; `None` where nothing does.
    pub fn asked_again(&self, answered: &LineRow) -> Option<&LineRow> {
        let asks_again = |line: &&LineRow| {
            line.root == answered.root
                && line.id > answered.id
                && line.outcome.as_ref().is_none_or(Outcome::is_refusal)
                && line.state != OrderState::Cancelled
        };
        self.lines.iter().rev().find(asks_again).filter(|_| answered.outcome.is_some())
    }
}
