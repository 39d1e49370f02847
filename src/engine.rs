//! The engine: the one way in. A submission, an act, a reply, a deadline: each is an input to it. In one transaction
//! the engine loads the case file, has `domain::decide` make a list of changes, and hands the list to the store.
//! Handlers, lanes, the clock and the command line call it; no other code writes.

mod call_tokens;
mod clock;
mod closings;
mod desk;
mod encoded;
mod files;
mod handed_in;
mod held;
mod lanes;
mod older;
mod people;
mod printing;
mod restoring;
mod retention;
mod sending;
mod set_back;
mod settling;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use chakong_contract::Fault;

use crate::clock::Clock;
use crate::domain::abilities::Rules;
use crate::domain::decide::{
    Act, ActInput, ActOutcome, Draft, Facts, Rejected, ReleaseScope, Submitted, act, begin_joining,
    check_courts, end_joining, join, subject_of, submit,
};
use crate::domain::{
    AuditEntry, CaseFile, Chain, ChainId, Change, Finding, IdKind, Inquiry, InquiryId, JoinedChains, OrderId,
};
use crate::store::{
    Lease, Needs, Store, StoreError, Stored, Tx, load_asked_again, load_chain_for_act,
    load_chain_for_submission, load_lines, load_order, load_orders,
};

pub use clock::run_clock;
pub use desk::AtDesk;
pub use handed_in::{Entry, HandedIn, Verdicts};
pub use held::while_held;
pub use lanes::Response;
pub use older::was_older;
pub use people::{ByWhom, Looked, NewFactor, SignIn};
pub use retention::{Archives, Progress, run_retention};
pub use sending::{Dispatch, Dispatched};
pub use set_back::Steady;
pub use settling::{Conversation, Settlement};

/// Where the engine learns what is configured now.
pub trait CurrentRules: Send + Sync + std::fmt::Debug {
    /// What is configured now.
    fn rules(&self) -> Arc<Rules>;

    /// What keeps orders of a counterpart about a court's cases from leaving now, for those whose time passes meanwhile; `None` where nothing is known.
    fn withheld(&self, _counterpart: &str, _court: &str) -> Option<Fault> {
        None
    }
}

/// The engine.
#[derive(Debug, Clone)]
pub struct Engine {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    rules: Arc<dyn CurrentRules>,
    older: older::Proof,
    /// The lease under which everything is done that comes over this handle.
    lease: Option<Lease>,
}

/// An accepted inquiry.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The inquiry.
    pub inquiry: Inquiry,
    /// Whether this call made it, or an earlier one with the same key.
    pub new: bool,
}

/// Why an input was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum InputError {
    /// The case does not allow it.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The idempotency key came with another body before.
    #[error("this Idempotency-Key was used for another inquiry; send a new inquiry with a new key")]
    KeyReused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How often an input is handed in again whose group failed because of another.
const TRIES: u32 = 12;
/// The longest wait before the third time; it grows from time to time.
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

impl Engine {
    /// An engine on a store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, rules: Arc<dyn CurrentRules>) -> Self {
        Self { store, clock, rules, older: older::Proof::default(), lease: None }
    }

    /// The same engine for work under a lease: what is handed in is done only while this process holds it.
    pub fn under(&self, lease: Lease) -> Self {
        Self { lease: Some(lease), ..self.clone() }
    }

    /// The same engine for what may be done by any process.
    pub fn free(&self) -> Self {
        Self { lease: None, ..self.clone() }
    }

    /// The store, to be read.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Executes an input in a transaction of its own; again where another input spoilt its group.
    async fn execute<I, T>(&self, input: I, run: fn(&mut dyn Tx, &I, Facts<'_>) -> Stored<T>) -> Stored<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.execute_with(Needs::default(), input, run).await
    }

    /// The same, where it is known what the input will look at.
    async fn execute_with<I, T>(
        &self,
        needs: Needs,
        input: I,
        run: fn(&mut dyn Tx, &I, Facts<'_>) -> Stored<T>,
    ) -> Stored<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let input = Arc::new(input);
        let leases = self.lease.iter().map(|lease| lease.name.clone()).collect();
        let needs = Needs { leases, ..needs };
        for turn in 0..TRIES {
            let (input, rules, lease) = (Arc::clone(&input), self.rules.rules(), self.lease.clone());
            let (now, chance) = (self.clock.now(), rand::Rng::random(&mut rand::rng()));
            let work = move |tx: &mut dyn Tx| {
                lease.as_ref().map_or(Ok(()), |lease| tx.holds(lease))?;
                run(tx, &input, Facts { now, chance, rules: &rules })
            };
            if turn > 1 {
                // Others are at the same rows: not all at once again.
                let wait = (BETWEEN_TRIES * turn).mul_f64(chance_of_now());
                tokio::time::sleep(wait).await;
            }
            match self.store.transact_with(needs.clone(), work).await {
                Err(StoreError::Again) => {}
                other => return other,
            }
        }
        Err(StoreError::Again)
    }

    /// Accepts a submission: durable with all its orders when this returns. The same key and body give the same inquiry.
    ///
    /// # Errors
    /// See [`InputError`]; nothing is kept then.
    pub async fn submit(&self, submitted: Submitted) -> Result<Accepted, InputError> {
        let keys = vec![(submitted.submitter.clone(), submitted.key.clone())];
        let needs = Needs { keys, cases: cases_of(&submitted), ..Needs::default() };
        self.execute_with(needs, submitted, accept).await?
    }

    /// Whether a submission would be accepted now: decided like [`Self::submit`], and nothing of it is kept.
    ///
    /// # Errors
    /// Those of [`Self::submit`] but for the key.
    pub async fn preview(&self, submitted: Submitted) -> Result<(), InputError> {
        let needs = Needs { cases: cases_of(&submitted), ..Needs::default() };
        self.execute_with(needs, submitted, look_at).await?
    }

    /// Does what a person decided. `chain` is needed where the act names none itself: a change of the claim, an entered measure, a
    /// release of a party or a case. A refusal leaves a line in the audit and changes nothing.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn act(&self, chain: Option<ChainId>, input: ActInput) -> Result<ActOutcome, InputError> {
        let needs = Needs { chains: chain.into_iter().collect(), ..Needs::default() };
        Ok(self.execute_with(needs, (chain, input), carry_out).await??)
    }
}

/// Numbers of the cases that a submission is about.
fn cases_of(submitted: &Submitted) -> Vec<String> {
    let head = &submitted.terms.case;
    std::iter::once(&head.number).chain(&head.continues).map(|number| number.to_string()).collect()
}

/// A number from 0 to 1.
fn chance_of_now() -> f64 {
    rand::Rng::random(&mut rand::rng())
}

fn accept(tx: &mut dyn Tx, new: &Submitted, facts: Facts<'_>) -> Stored<Result<Accepted, InputError>> {
    if let Some((inquiry, known)) = tx.inquiry_by_key(&new.submitter, &new.key)? {
        let same = known == new.digest;
        return Ok(if same { Ok(Accepted { inquiry, new: false }) } else { Err(InputError::KeyReused) });
    }
    match decided(tx, new, facts)? {
        Ok((inquiry, changes)) => {
            tx.write(&changes)?;
            Ok(Ok(Accepted { inquiry, new: true }))
        }
        Err(rejected) => Ok(Err(rejected.into())),
    }
}

/// Decides about a submission and keeps nothing of it.
fn look_at(tx: &mut dyn Tx, new: &Submitted, facts: Facts<'_>) -> Stored<Result<(), InputError>> {
    Ok(decided(tx, new, facts)?.map(|_| ()).map_err(InputError::from))
}

/// What a submission comes to: the inquiry, and everything that changes with it.
type Decided = Result<(Inquiry, Vec<Change>), Rejected>;

fn decided(tx: &mut dyn Tx, new: &Submitted, facts: Facts<'_>) -> Stored<Decided> {
    let (file, joined) = match file_of_case(tx, new, facts)? {
        Ok(found) => found,
        Err(findings) => return Ok(Err(Rejected::Findings(findings))),
    };
    let chain = file.chain.clone();
    let is_new = !file.is_whole;
    let facts = Facts { now: new.at, ..facts };
    let mut draft = Draft::of(file, facts, &*tx);
    if is_new {
        draft.push(Change::NewChain(chain));
    }
    if let Some(joined) = &joined {
        begin_joining(&mut draft, joined.clone());
    }
    Ok(submit(&mut draft, new).and_then(|inquiry| {
        if let Some(joined) = &joined {
            end_joining(&mut draft, joined, &new.submitter);
        }
        let (changes, _) = draft.finish()?;
        Ok((inquiry, changes))
    }))
}

/// The file of a submission's case, and how two chains become one for it.
type FileOfCase = Result<(CaseFile, Option<JoinedChains>), Vec<Finding>>;

/// The chain of a submission's case, or of the case that it continues; a new one where neither is known. Where both are known, and
/// apart, they become one. Whose cases they are comes before everything that they hold.
fn file_of_case(tx: &mut dyn Tx, new: &Submitted, facts: Facts<'_>) -> Stored<FileOfCase> {
    let head = &new.terms.case;
    let own = tx.case_by_number(head.number.as_str())?;
    let before = match &head.continues {
        Some(number) => tx.case_by_number(number.as_str())?,
        None => None,
    };
    let mut chains: Vec<ChainId> = own.iter().chain(&before).map(|case| case.chain).collect();
    chains.dedup();
    let mut known = Vec::new();
    for chain in chains {
        known.append(&mut tx.cases_of(chain)?);
    }
    if let Err(finding) = check_courts(&known, new) {
        return Ok(Err(vec![finding]));
    }
    let chain = match (own, before) {
        (Some(own), Some(before)) if own.chain != before.chain => {
            let (into, from) = (load_chain_for_act(tx, before.chain)?, load_chain_for_act(tx, own.chain)?);
            return Ok(join(into, from, (own.id, before.id)).map(|(file, joined)| (file, Some(joined))));
        }
        (Some(case), _) | (None, Some(case)) => case.chain,
        (None, None) => {
            let id = ChainId::new(tx.next(IdKind::Chain));
            let chain = Chain { id, created: facts.now, claim: None, has_ledger: false };
            return Ok(Ok((CaseFile::of(chain), None)));
        }
    };
    load_chain_for_submission(tx, chain, &new.terms).map(|file| Ok((file, None)))
}

fn carry_out(
    tx: &mut dyn Tx,
    (chain, input): &(Option<ChainId>, ActInput),
    facts: Facts<'_>,
) -> Stored<Result<ActOutcome, Rejected>> {
    let file = match file_of_act(tx, *chain, &input.act)? {
        Ok(file) => file,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let mut draft = Draft::of(file, facts, &*tx);
    let subject = subject_of(&draft, input);
    let decided = act(&mut draft, input.clone()).and_then(|outcome| Ok((outcome, draft.finish()?)));
    match decided {
        Ok((outcome, (changes, _))) => {
            tx.write(&changes)?;
            Ok(Ok(outcome))
        }
        Err(rejected) => {
            tx.write(&[Change::Audit(AuditEntry {
                at: facts.now,
                actor: input.actor.name().to_owned(),
                act: input.act.word().to_owned(),
                subject,
                reason: input.reason.clone(),
                detail: None,
                refused: Some(rejected.to_string()),
            })])?;
            Ok(Err(rejected))
        }
    }
}

/// The file of the chain that an act is about, with the orders that it names.
fn file_of_act(tx: &mut dyn Tx, chain: Option<ChainId>, what: &Act) -> Stored<Result<CaseFile, Rejected>> {
    let mut inquiries: Vec<InquiryId> = Vec::new();
    let mut orders: Vec<OrderId> = Vec::new();
    let of_measure = |tx: &mut dyn Tx, id| Ok(tx.measure(id)?.map(|measure| measure.chain));
    let found = match what {
        Act::Approve(id, _)
        | Act::Reject(id)
        | Act::Reconsider(id)
        | Act::Renew(id, _)
        | Act::Deduct(id, _)
        | Act::Transfer(id, _)
        | Act::Value(id, _)
        | Act::Rate(id, _) => of_measure(tx, *id)?.ok_or("measure"),
        Act::Release(release) => match release.scope {
            ReleaseScope::Measure(id, _) | ReleaseScope::Surplus(id) => of_measure(tx, id)?.ok_or("measure"),
            ReleaseScope::Party(_) | ReleaseScope::Case => chain.ok_or("case"),
        },
        Act::Requery(all) => {
            orders.clone_from(all);
            chain_of_order(tx, orders.first().copied())?.ok_or("order")
        }
        Act::Resolve(id, _) => {
            orders.push(*id);
            chain_of_order(tx, Some(*id))?.ok_or("order")
        }
        Act::Cancel(id) => {
            inquiries.push(*id);
            tx.inquiry(*id)?.map(|inquiry| inquiry.chain).ok_or("inquiry")
        }
        Act::CompleteTask(id) => tx.task(*id)?.map(|task| task.chain).ok_or("task"),
        Act::UpdateClaim(_) | Act::Enter(_) | Act::Reinstate(_) => chain.ok_or("case"),
    };
    let chain = match found {
        Ok(chain) => chain,
        Err(what) => return Ok(Err(Rejected::Unknown(what))),
    };
    let mut files = rustc_hash::FxHashMap::from_iter([(chain, load_chain_for_act(tx, chain)?)]);
    for id in orders {
        load_order(tx, &mut files, id, true)?;
    }
    if let Act::Requery(all) = what {
        load_asked_again(tx, &mut files, all)?;
    }
    let mut file = files.remove(&chain).ok_or(StoreError::Missing("the chain"))?;
    if let Act::Resolve(id, _) = what
        && tx.desk_item(*id)?.is_some_and(|item| item.was_carried())
    {
        file.carried.insert(*id);
    }
    let asking = what.stops_or_resumes().map(|party| file.asking_about(party)).unwrap_or_default();
    for id in inquiries.into_iter().chain(asking.iter().copied()) {
        load_orders(tx, &mut file, id)?;
    }
    asking.into_iter().try_for_each(|id| load_lines(tx, &mut file, id))?;
    // An act may end the last open order of an inquiry, which issues its certificate.
    let closing: Vec<InquiryId> =
        file.inquiries.values().filter(|one| one.open_orders <= 1).map(|one| one.id).collect();
    let cancels = matches!(what, Act::Cancel(_));
    for id in closing.into_iter().filter(|_| matches!(what, Act::Resolve(..)) || cancels) {
        load_lines(tx, &mut file, id)?;
    }
    Ok(Ok(file))
}

fn chain_of_order(tx: &mut dyn Tx, order: Option<OrderId>) -> Stored<Option<ChainId>> {
    let Some(order) = order else { return Ok(None) };
    let Some(order) = tx.order(order)? else { return Ok(None) };
    Ok(tx.inquiry(order.inquiry)?.map(|inquiry| inquiry.chain))
}
