//! A world: an engine on a store in memory, banks with books, what is on its way between them, a clock, and chance from one seed.

use std::collections::BTreeMap;
use std::sync::Arc;

use chakong::clock::Clock as _;
use chakong::domain::decide::{Rejected, Submitted};
use chakong::domain::{ChainId, InquiryId, Mandate, Measure, Mode, OrderRecord, Preference, UncoveredLimit};
use chakong::engine::{Engine, InputError};
use chakong::store::memory::Memory;
use chakong::store::{Reads, StoreError, Stored};
use chakong_contract::{Date, Moment, Money, Reply};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rust_decimal::Decimal;

use crate::accounts::Kept;
use crate::banks::{Bank, Lie, Way};
use crate::case::{CASES, Configured, Standing, submission};
use crate::crashes::Mortal;

/// What kind of world a seed makes.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Whether money may come to stand behind limits that did not hold it: deposits, and other courts' freezes that end.
    pub grows: bool,
    /// Whether people act so that money is given back.
    pub gives_back: bool,
}

/// An answer on its way.
pub type Said = (String, OrderRecord, Reply);

/// The world.
pub struct World {
    pub chance: StdRng,
    pub kind: Kind,
    pub clock: Arc<Standing>,
    pub store: Arc<Mortal>,
    pub engine: Engine,
    pub banks: BTreeMap<String, Bank>,
    /// Orders on their way to their banks.
    pub to_banks: Vec<OrderRecord>,
    /// Answers on their way back.
    pub to_court: Vec<Said>,
    /// Answers that arrived.
    pub heard: Vec<Said>,
    pub mandate: Mandate,
    /// What was submitted, whether or not it was told to be accepted.
    pub submitted: Vec<Submitted>,
    pub chain: Option<ChainId>,
    /// The highest claim that stood.
    pub most: Decimal,
    pub crashes: u32,
    /// What happened, for who replays a seed.
    pub story: Vec<String>,
}

impl World {
    pub fn of(seed: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let uncovered = match chance.random_range(0..4) {
            0 | 1 => UncoveredLimit::Strict,
            2 => UncoveredLimit::Release,
            _ => UncoveredLimit::Keep,
        };
        // Under the other policies a limit that stands uncovered beside another may catch more than the claim for a while.
        let grows = uncovered == UncoveredLimit::Strict && chance.random_bool(0.7);
        let kind = Kind { grows, gives_back: chance.random_bool(0.5) };
        let claim = Decimal::from(chance.random_range(10_000..200_000));
        let mandate = Mandate {
            claim: Money::yuan(claim),
            mode: if chance.random_bool(0.6) { Mode::Auto } else { Mode::Propose },
            prefer: if chance.random_bool(0.5) {
                Preference::LargestFirst
            } else {
                Preference::SmallestFirst
            },
            other_property: Mode::Propose,
            uncovered,
            term_days: chance.random_bool(0.3).then_some(90),
            living_costs: None,
            liable_up_to: Vec::new(),
        };
        let banks = banks(&mut chance);
        let clock = Standing::new();
        let store = Mortal::of(Memory::new(1));
        let engine = engine_on(&store, &clock, &banks);
        Self {
            chance,
            kind,
            clock,
            store,
            engine,
            banks,
            to_banks: Vec::new(),
            to_court: Vec::new(),
            heard: Vec::new(),
            mandate,
            submitted: Vec::new(),
            chain: None,
            most: claim,
            crashes: 0,
            story: Vec::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn today(&self) -> Date {
        Moment::from_timestamp(self.now()).date()
    }

    pub fn note(&mut self, line: String) {
        self.story.push(line);
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
        self.note("crash".into());
        self.crashes += 1;
        self.store = self.store.reopened();
        self.engine = engine_on(&self.store, &self.clock, &self.banks);
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

    /// Submits an inquiry of one of the cases, with a key that is new, or again with one that was used.
    pub fn submit(&mut self) {
        let again = self.chance.random_bool(0.3);
        let known = if again { self.one_of(&self.submitted.clone()) } else { None };
        let new = known.unwrap_or_else(|| self.new_submission());
        if !self.submitted.iter().any(|one| one.key == new.key) {
            self.submitted.push(new.clone());
        }
        self.note(format!("submit {} {}", new.key, new.terms.case.number.as_str()));
        match at_once(self.engine.submit(new)) {
            Ok(accepted) => {
                assert_eq!(*self.chain.get_or_insert(accepted.inquiry.chain), accepted.inquiry.chain);
            }
            Err(InputError::Store(error)) => is_expected(&error),
            Err(InputError::Rejected(rejected)) => self.declined(&rejected),
            Err(InputError::KeyReused) => panic!("the same body came with the same key"),
        }
    }

    fn new_submission(&mut self) -> Submitted {
        let case = if self.submitted.is_empty() { 0 } else { self.chance.random_range(0..CASES.len()) };
        let amount = self.claim().unwrap_or(self.mandate.claim.amount);
        let mandate = Mandate { claim: Money::yuan(amount), ..self.mandate.clone() };
        let mandate = self.chance.random_bool(0.9).then_some(mandate);
        let key = u128::try_from(self.submitted.len() + 1).expect("a number");
        submission(
            CASES[case],
            mandate,
            self.banks.keys().cloned().collect::<Vec<_>>().into_iter(),
            (key, self.now()),
        )
    }

    /// The claim as it stands.
    pub fn claim(&self) -> Option<Decimal> {
        let chain = self.chain?;
        self.read(move |reads| reads.chain(chain))?.claim.map(|claim| claim.amount)
    }

    pub fn inquiries(&self) -> Vec<InquiryId> {
        let Some(chain) = self.chain else { return Vec::new() };
        self.read(move |reads| reads.inquiries_of(chain)).into_iter().map(|one| one.id).collect()
    }

    /// A person is told why not. A decision that does not fit the tables of moves is a defect.
    pub fn declined(&mut self, rejected: &Rejected) {
        assert!(!matches!(rejected, Rejected::Defect(_)), "{rejected}");
        self.note(format!("  declined: {rejected}"));
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

fn banks(chance: &mut StdRng) -> BTreeMap<String, Bank> {
    let ways = [Way::Call, Way::SimpleCall, Way::Parcel, Way::Postbox];
    let lies = [Lie::Enormous, Lie::OtherAccount, Lie::AllHeld];
    let liar = chance.random_bool(0.4).then(|| lies[chance.random_range(0..lies.len())]);
    let mut banks = BTreeMap::new();
    for (nth, name) in ["bank-a", "bank-b", "bank-c", "bank-d"].into_iter().enumerate() {
        let mut accounts = BTreeMap::new();
        for account in 0..chance.random_range(0..3) {
            let kept = Kept { balance: chance.random_range(0..120_000).into(), holds: Vec::new() };
            accounts.insert(format!("62220000{nth}{account}"), kept);
        }
        let bank = Bank {
            name: name.to_owned(),
            way: ways[chance.random_range(0..ways.len())],
            lie: liar.filter(|_| nth == 3),
            accounts,
            taken: Decimal::ZERO,
            set_free: Decimal::ZERO,
            is_puzzled: false,
            answered: BTreeMap::new(),
        };
        banks.insert(name.to_owned(), bank);
    }
    banks
}
