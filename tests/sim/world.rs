//! A world: an engine on a store in memory, banks with books, what is on its way between them, a clock, and chance.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chakong::clock::Clock as _;
use chakong::domain::decide::Rejected;
use chakong::domain::{ChainId, ChainParty, Claim, InquiryId, Mandate, Measure, MeasureId, OrderRecord};
use chakong::engine::Engine;
use chakong::store::memory::Memory;
use chakong::store::{Reads, StoreError, Stored};
use chakong_contract::{Date, Moment, Reply};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use rand::Rng as _;
use rust_decimal::Decimal;

use crate::banks::Bank;
use crate::case::{Configured, Standing, debtor_of};
use crate::chance::Chance;
use crate::crashes::Mortal;
use crate::gates::Gates;
use crate::making::{self, Kind};

/// An answer on its way.
pub type Said = (String, OrderRecord, Reply);

/// The world.
pub struct World {
    pub chance: Chance,
    pub kind: Kind,
    pub clock: Arc<Standing>,
    pub store: Arc<Mortal>,
    pub engine: Engine,
    pub banks: BTreeMap<String, Bank>,
    pub gates: BTreeMap<String, Gates>,
    /// Orders on their way to their banks.
    pub to_banks: Vec<OrderRecord>,
    /// Answers on their way back.
    pub to_court: Vec<Said>,
    /// Answers that arrived.
    pub heard: Vec<Said>,
    pub mandate: Mandate,
    /// How many debtors there are.
    pub debtors: usize,
    /// Up to how much each debtor is liable, as the court says at first; `None` for the whole claim.
    pub liable: Vec<Option<Decimal>>,
    /// What was submitted, whether or not it was told to be accepted.
    pub submitted: Vec<chakong::domain::decide::Submitted>,
    pub chain: Option<ChainId>,
    /// The last of the cases that was accepted.
    pub cases_known: usize,
    /// The highest claim that stood, and the highest liability of each debtor.
    pub most: Decimal,
    pub most_liable: Vec<Option<Decimal>>,
    /// Measures in a foreign currency that were approved without a rate: they count for nothing.
    pub unrated: BTreeSet<MeasureId>,
    /// Debtors of whom it was found that they are somebody else: nothing more is frozen of them.
    pub freed: BTreeSet<usize>,
    /// Whether the last act met a store that failed.
    pub store_failed: bool,
    /// The case of an inquiry, and which debtor each of its parties is.
    owners: HashMap<InquiryId, (String, Vec<usize>)>,
    pub crashes: u32,
    /// What happened, for who replays a seed; empty where nobody will.
    pub story: Vec<String>,
    pub is_told: bool,
}

impl World {
    pub fn of(seed: u64, is_told: bool) -> Self {
        Self::by(Chance::of_seed(seed), is_told)
    }

    /// A world in which chance is given.
    pub fn by(mut chance: Chance, is_told: bool) -> Self {
        let (kind, mandate) = making::mandate(&mut chance);
        let (debtors, liable) = making::debtors(&mut chance, mandate.claim.amount);
        let banks = making::banks(&mut chance, debtors);
        let clock = Standing::new();
        let gates = making::gates(&mut chance, &banks, &clock);
        let store = Mortal::of(Memory::new(1));
        let engine = engine_on(&store, &clock, &banks);
        Self {
            chance,
            kind,
            clock,
            store,
            engine,
            banks,
            gates,
            to_banks: Vec::new(),
            to_court: Vec::new(),
            heard: Vec::new(),
            most: mandate.claim.amount,
            most_liable: liable.clone(),
            mandate,
            debtors,
            liable,
            submitted: Vec::new(),
            chain: None,
            cases_known: 0,
            unrated: BTreeSet::new(),
            freed: BTreeSet::new(),
            store_failed: false,
            owners: HashMap::new(),
            crashes: 0,
            story: Vec::new(),
            is_told,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn today(&self) -> Date {
        Moment::from_timestamp(self.now()).date()
    }

    /// Notes what happens, where somebody will read it.
    pub fn note(&mut self, line: impl FnOnce() -> String) {
        if self.is_told {
            self.story.push(line());
        }
    }

    /// One of a list, or none where it is empty.
    pub fn one_of<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() {
            return None;
        }
        let at = self.chance.random_range(0..from.len());
        from.get(at).cloned()
    }

    /// The process is gone: what it had in memory with it. Another one opens what was committed.
    pub fn crash(&mut self) {
        self.note(|| "crash".into());
        self.crashes += 1;
        self.store = self.store.reopened();
        self.engine = engine_on(&self.store, &self.clock, &self.banks);
        let day = self.today();
        for lane in self.banks.keys().cloned().collect::<Vec<_>>() {
            let name = lane.clone();
            let sent = self.read(move |reads| reads.quota_used(&name, day));
            let clock = Arc::<Standing>::clone(&self.clock);
            self.gates.get_mut(&lane).expect("its gates").reopen(clock, sent);
        }
        self.recover();
    }

    /// Reads the store; the process lives.
    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reads) -> Stored<T> + Send + 'static,
    ) -> T {
        at_once(self.engine.store().read(work)).expect("a read")
    }

    pub fn ledger(&self) -> Vec<Measure> {
        let Some(chain) = self.chain else { return Vec::new() };
        self.read(move |reads| reads.measures_of(chain))
    }

    /// The claim as it stands.
    pub fn claim(&self) -> Option<Claim> {
        let chain = self.chain?;
        self.read(move |reads| reads.chain(chain))?.claim
    }

    pub fn inquiries(&self) -> Vec<InquiryId> {
        let Some(chain) = self.chain else { return Vec::new() };
        self.read(move |reads| reads.inquiries_of(chain)).into_iter().map(|one| one.id).collect()
    }

    /// The parties of the chain, with which debtor each is.
    pub fn parties(&self) -> Vec<(usize, ChainParty)> {
        let Some(chain) = self.chain else { return Vec::new() };
        let parties = self.read(move |reads| reads.parties_of(chain));
        let debtor = |party: &ChainParty| debtor_of(party.documents[0].number());
        parties.into_iter().map(|party| (debtor(&party), party)).collect()
    }

    /// Whom an order is about.
    pub fn owner(&mut self, order: &OrderRecord) -> usize {
        self.inquired(order).1[usize::try_from(order.party).expect("few")]
    }

    /// The number of the case that an order names.
    pub fn case_of(&mut self, order: &OrderRecord) -> String {
        self.inquired(order).0.clone()
    }

    /// Case and debtors of the inquiry of an order.
    fn inquired(&mut self, order: &OrderRecord) -> &(String, Vec<usize>) {
        let inquiry = order.inquiry;
        if !self.owners.contains_key(&inquiry) {
            let terms = self.read(move |reads| reads.terms(inquiry)).expect("its terms");
            let debtors = terms.parties.iter().map(|party| debtor_of(party.documents[0].number()));
            let case = terms.case.number.as_str().to_owned();
            self.owners.insert(inquiry, (case, debtors.collect()));
        }
        &self.owners[&inquiry]
    }

    /// A person is told why not. A decision that does not fit the tables of moves is a defect.
    pub fn declined(&mut self, rejected: &Rejected) {
        assert!(!matches!(rejected, Rejected::Defect(_)), "{rejected}");
        self.note(|| format!("  declined: {rejected}"));
    }
}

/// A future that waits for nothing: nothing in this world does.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing is waited for")
}

/// Errors that the world brings about itself.
pub fn is_expected(error: &StoreError) {
    assert!(matches!(error, StoreError::Closed | StoreError::Full), "{error}");
}

fn engine_on(store: &Arc<Mortal>, clock: &Arc<Standing>, banks: &BTreeMap<String, Bank>) -> Engine {
    Engine::new(Arc::<Mortal>::clone(store), Arc::<Standing>::clone(clock), Configured::of(banks))
}
