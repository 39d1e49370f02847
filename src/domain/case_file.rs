//! The case file: everything of a chain that a decision looks at, and how a change alters it.

mod subject;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    Case, Chain, ChainId, ChainParty, Change, Inquiry, InquiryId, InquiryState, LineRow, Lines, Measure,
    MeasureId, MeasureState, OrderId, OrderRecord, OrderState, Outcome, Paper, PartyId, PropertyFinding,
    Revision, Task, TaskKind, Terms,
};

/// A chain as it stands, as far as a decision needs it.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// The chain with its claim.
    pub chain: Chain,
    /// Its cases, the oldest first.
    pub cases: Vec<Case>,
    /// Its parties.
    pub parties: Vec<ChainParty>,
    /// Its inquiries, as far as they were loaded.
    pub inquiries: BTreeMap<InquiryId, Inquiry>,
    /// What they ask, as far as it was loaded.
    pub terms: FxHashMap<InquiryId, Arc<Terms>>,
    /// Documents that were brought, oldest first.
    pub papers: Vec<Paper>,
    /// Orders that the decision is about.
    pub orders: FxHashMap<OrderId, OrderRecord>,
    /// Those of them that people carried along to their counterpart.
    pub carried: BTreeSet<OrderId>,
    /// The ledger.
    pub measures: BTreeMap<MeasureId, Measure>,
    /// Tasks that are open.
    pub tasks: Vec<Task>,
    /// The latest answer to a question, by its first order.
    pub revisions: FxHashMap<OrderId, Revision>,
    /// Orders and outcomes of an inquiry whose certificate may be issued.
    pub lines: FxHashMap<InquiryId, Lines>,
    /// What officers found about properties, by institution and property.
    pub findings: HashMap<String, PropertyFinding>,
    /// Whether ledger, papers, parties and every inquiry are here.
    pub is_whole: bool,
}

/// A move that the tables do not allow, or a row that is not in the file: a defect of a decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// An order cannot move so.
    #[error("order {id} cannot go from {from:?} to {to:?}")]
    Order {
        /// The order.
        id: OrderId,
        /// State before.
        from: OrderState,
        /// State wanted.
        to: OrderState,
    },
    /// A measure cannot move so.
    #[error("measure {id} cannot go from {from:?} to {to:?}")]
    Measure {
        /// The measure.
        id: MeasureId,
        /// State before.
        from: MeasureState,
        /// State wanted.
        to: MeasureState,
    },
}

impl CaseFile {
    /// A file that holds nothing but its chain.
    pub fn of(chain: Chain) -> Self {
        Self {
            chain,
            cases: Vec::new(),
            parties: Vec::new(),
            inquiries: BTreeMap::new(),
            terms: FxHashMap::default(),
            papers: Vec::new(),
            orders: FxHashMap::default(),
            carried: BTreeSet::new(),
            measures: BTreeMap::new(),
            tasks: Vec::new(),
            revisions: FxHashMap::default(),
            lines: FxHashMap::default(),
            findings: HashMap::new(),
            is_whole: false,
        }
    }

    /// The chain's identifier.
    pub const fn id(&self) -> ChainId {
        self.chain.id
    }

    /// The ledger in order.
    pub fn ledger(&self) -> impl DoubleEndedIterator<Item = &Measure> {
        self.measures.values()
    }

    /// The orders that decisions look up beside the one that they are about: controls that are under way, and those that open tasks put
    /// before a person.
    pub fn orders_in_view(&self) -> Vec<OrderId> {
        let busy = self.ledger().filter(|measure| measure.state.is_busy()).filter_map(|one| one.control);
        let asks = |task: &&Task| {
            matches!(task.kind, TaskKind::AnswerRefusal | TaskKind::Resolve | TaskKind::Review)
        };
        let asked = self.tasks.iter().filter(asks).filter_map(|task| task.measure.and(task.order));
        busy.chain(asked).collect()
    }

    /// The inquiries that name a party and are not withdrawn.
    pub fn asking_about(&self, party: PartyId) -> Vec<InquiryId> {
        let names = |id: &InquiryId| self.terms.get(id).is_some_and(|terms| terms.debtors.contains(&party));
        let live = self.inquiries.values().filter(|inquiry| inquiry.state != InquiryState::Cancelled);
        live.map(|inquiry| inquiry.id).filter(names).collect()
    }

    /// Whether an order is about a party that was freed.
    pub fn is_about_freed(&self, order: &OrderRecord) -> bool {
        let debtor = self.terms.get(&order.inquiry).map(|terms| terms.debtor(order.party));
        self.parties.iter().any(|party| party.is_freed && Some(party.id) == debtor)
    }

    /// Alters the file as the store will be altered.
    ///
    /// # Errors
    /// [`ApplyError`] for a move that is not legal; the file is as before then.
    pub fn apply(&mut self, change: &Change) -> Result<(), ApplyError> {
        match change {
            Change::NewChain(chain) | Change::SaveChain(chain) => self.chain = chain.clone(),
            Change::NewCase(case) => self.cases.push(case.clone()),
            Change::SaveCase(case) => {
                self.cases
                    .iter_mut()
                    .filter(|known| known.id == case.id)
                    .for_each(|known| known.clone_from(case));
            }
            Change::ContinueCase(id, before) => {
                let own = self.cases.iter_mut().filter(|case| case.id == *id);
                own.for_each(|case| case.continues = Some(*before));
            }
            Change::NewParty(party) => self.parties.push(party.clone()),
            Change::SaveParty(party) => {
                self.parties
                    .iter_mut()
                    .filter(|known| known.id == party.id)
                    .for_each(|known| *known = party.clone());
            }
            Change::NewInquiry(new) => drop(self.inquiries.insert(new.inquiry.id, new.inquiry.clone())),
            Change::SaveInquiry(inquiry) => drop(self.inquiries.insert(inquiry.id, inquiry.clone())),
            Change::NewDocument(new) => self.papers.push(new.paper.clone()),
            Change::NewOrder(order) => self.add_order(order),
            Change::MoveOrder(order, from) => self.move_order(order, *from)?,
            Change::NewMeasure(measure) => drop(self.measures.insert(measure.id, (**measure).clone())),
            Change::MoveMeasure(measure, from) => {
                let (id, from, to) = (measure.id, *from, measure.state);
                if !from.may_become(to) {
                    return Err(ApplyError::Measure { id, from, to });
                }
                self.measures.insert(id, (**measure).clone());
            }
            Change::NewRevision(revision) => self.add_revision(revision),
            Change::NewTask(task) => self.tasks.push(task.clone()),
            Change::SaveTask(task) => {
                self.tasks.retain(|known| known.id != task.id);
                self.tasks.extend(task.done.is_none().then(|| task.clone()));
            }
            Change::SavePropertyFinding(finding) => {
                self.findings.insert(finding.property.clone(), finding.clone());
            }
            // The file was put together from both chains before.
            Change::JoinChains(_)
            | Change::NewReceipt(_)
            | Change::NewEvent(_)
            | Change::NewClaimChange(_)
            | Change::NewCertificate(_)
            | Change::NewPrint(_)
            | Change::SaveDesk(_)
            | Change::Audit(_)
            | Change::Lane(_)
            | Change::People(_)
            | Change::Probe(_)
            | Change::Forget(_) => {}
        }
        Ok(())
    }

    fn add_order(&mut self, order: &OrderRecord) {
        if let Some(lines) = self.lines.get_mut(&order.inquiry) {
            lines.rows.push(LineRow::of(order, None));
        }
        self.orders.insert(order.id, order.clone());
    }

    fn move_order(&mut self, order: &OrderRecord, from: OrderState) -> Result<(), ApplyError> {
        let (id, to) = (order.id, order.state);
        if from != to && !from.may_become(to) {
            return Err(ApplyError::Order { id, from, to });
        }
        let rows = self.lines.get_mut(&order.inquiry).map(|lines| &mut lines.rows);
        for row in rows.into_iter().flatten().filter(|row| row.id == id) {
            (row.state, row.fault, row.sent) = (to, order.fault.clone(), order.sent);
        }
        self.orders.insert(id, order.clone());
        Ok(())
    }

    fn add_revision(&mut self, revision: &Revision) {
        let rows = self.lines.get_mut(&revision.inquiry).map(|lines| &mut lines.rows);
        for row in rows.into_iter().flatten().filter(|row| row.id == revision.order) {
            row.outcome = Some(Outcome::of(revision));
        }
        self.revisions.insert(revision.root, revision.clone());
    }
}
