//! What a group of jobs knows without asking: rows that were loaded for all of them at once or read by one, and what was
//! written since. A change alters what is known of its row, or has it forgotten: a read then asks the database.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{
    Case, Chain, ChainId, ChainParty, Change, Inquiry, InquiryId, LineRow, Measure, MeasureId, NewDocument,
    NewInquiry, NotAsked, OrderId, OrderRecord, OrderState, Outcome, Paper, Revision, Task, Terms,
};

/// Lists of a chain; `None` where one was not read.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) cases: Option<Vec<Case>>,
    pub(super) parties: Option<Vec<ChainParty>>,
    pub(super) inquiries: Option<Vec<Inquiry>>,
    pub(super) papers: Option<Vec<Paper>>,
    pub(super) measures: Option<Vec<Measure>>,
    /// Open ones.
    pub(super) tasks: Option<Vec<Task>>,
}

impl Lists {
    /// Those of a chain that has just begun.
    fn empty() -> Self {
        Self {
            cases: Some(Vec::new()),
            parties: Some(Vec::new()),
            inquiries: Some(Vec::new()),
            papers: Some(Vec::new()),
            measures: Some(Vec::new()),
            tasks: Some(Vec::new()),
        }
    }
}

/// An inquiry of an idempotency key, and the digest of the body it came with.
pub(super) type Keyed = (InquiryId, Vec<u8>);

/// Whom an inquiry is about, and who was not asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// The case system's references of its parties.
    pub(super) references: Vec<String>,
    /// Who was not asked, and why.
    pub(super) not_asked: Vec<NotAsked>,
}

/// Rows that are known.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    pub(super) orders: HashMap<OrderId, OrderRecord>,
    pub(super) inquiries: HashMap<InquiryId, Inquiry>,
    pub(super) chains: HashMap<ChainId, Chain>,
    /// By submitter and key; `None` where there is none.
    pub(super) keys: HashMap<(String, String), Option<Keyed>>,
    /// By canonical number; `None` where there is none.
    pub(super) case_numbers: HashMap<String, Option<Case>>,
    pub(super) terms: HashMap<InquiryId, Arc<Terms>>,
    /// The latest answer to a question; `None` where there is none.
    pub(super) latest: HashMap<OrderId, Option<Revision>>,
    pub(super) lists: HashMap<ChainId, Lists>,
    /// What certificates of inquiries are made from, in the order of the orders' numbers.
    pub(super) lines: HashMap<InquiryId, Vec<LineRow>>,
    pub(super) asked: HashMap<InquiryId, Asked>,
}

impl Overlay {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes in a change that was written.
    pub(super) fn note(&mut self, change: &Change) {
        match change {
            Change::NewChain(chain) => {
                self.chains.insert(chain.id, chain.clone());
                self.lists.insert(chain.id, Lists::empty());
            }
            Change::SaveChain(chain) => {
                if let Some(known) = self.chains.get_mut(&chain.id) {
                    *known = Chain { created: known.created, ..chain.clone() };
                }
            }
            Change::NewCase(case) => {
                self.case_numbers.insert(case.number.as_str().to_owned(), Some(case.clone()));
                push(self.lists.get_mut(&case.chain).and_then(|lists| lists.cases.as_mut()), case);
            }
            Change::SaveCase(case) => {
                self.case_numbers.insert(case.number.as_str().to_owned(), Some(case.clone()));
                let cases = self.lists.get_mut(&case.chain).and_then(|lists| lists.cases.as_mut());
                let same = cases.into_iter().flatten().filter(|known| known.id == case.id);
                same.for_each(|known| known.clone_from(case));
            }
            Change::NewParty(party) => {
                push(self.lists.get_mut(&party.chain).and_then(|lists| lists.parties.as_mut()), party);
            }
            Change::SaveParty(party) => self.forget_parties(party),
            Change::NewInquiry(new) => self.note_inquiry(new),
            Change::SaveInquiry(inquiry) => self.save_inquiry(inquiry),
            Change::NewDocument(new) => self.note_document(new),
            Change::NewOrder(order) => {
                self.orders.insert(order.id, (**order).clone());
                self.latest.entry(order.id).or_insert(None);
                push(self.lines.get_mut(&order.inquiry), &LineRow::of(order, None));
            }
            Change::MoveOrder(order, _) => self.move_order(order),
            Change::NewMeasure(measure) => push(self.measures_of(measure.chain), &**measure),
            Change::MoveMeasure(measure, _) => {
                if let Some(known) = self
                    .measures_of(measure.chain)
                    .and_then(|all| all.iter_mut().find(|one| one.id == measure.id))
                {
                    known.clone_from(measure);
                }
            }
            Change::NewRevision(revision) => {
                if let Some(line) = self.line_of(revision.inquiry, revision.order) {
                    line.outcome = Some(Outcome::of(revision));
                }
                let kept = Revision { stored: None, ..(**revision).clone() };
                self.latest.insert(revision.root, Some(kept));
            }
            Change::NewTask(task) => {
                let open = self.tasks_of(task.chain).filter(|_| task.done.is_none());
                push(open, task);
            }
            Change::SaveTask(task) => self.save_task(task),
            Change::JoinChains(_) | Change::ContinueCase(..) | Change::Forget(_) => self.clear(),
            // Nothing of these is kept here.
            Change::NewReceipt(_)
            | Change::NewEvent(_)
            | Change::NewClaimChange(_)
            | Change::NewCertificate(_)
            | Change::NewPrint(_)
            | Change::SaveDesk(_)
            | Change::SavePropertyFinding(_)
            | Change::Audit(_)
            | Change::Lane(_)
            | Change::People(_)
            | Change::Probe(_) => {}
        }
    }

    /// The measure of a number, where the ledger that it stands in is known.
    pub(super) fn measure(&self, id: MeasureId) -> Option<&Measure> {
        self.lists.values().filter_map(|lists| lists.measures.as_ref()).flatten().find(|one| one.id == id)
    }

    fn measures_of(&mut self, chain: ChainId) -> Option<&mut Vec<Measure>> {
        self.lists.get_mut(&chain)?.measures.as_mut()
    }

    fn tasks_of(&mut self, chain: ChainId) -> Option<&mut Vec<Task>> {
        self.lists.get_mut(&chain)?.tasks.as_mut()
    }

    fn forget_parties(&mut self, party: &ChainParty) {
        if let Some(lists) = self.lists.get_mut(&party.chain) {
            lists.parties = None;
        }
    }

    fn note_inquiry(&mut self, new: &NewInquiry) {
        let inquiry = &new.inquiry;
        self.inquiries.insert(inquiry.id, inquiry.clone());
        let key = (inquiry.submitted_by.clone(), new.key.clone());
        self.keys.insert(key, Some((inquiry.id, new.digest.clone())));
        push(self.lists.get_mut(&inquiry.chain).and_then(|lists| lists.inquiries.as_mut()), inquiry);
    }

    fn save_inquiry(&mut self, saved: &Inquiry) {
        let in_list = self.lists.get_mut(&saved.chain).and_then(|lists| lists.inquiries.as_mut());
        let in_list = in_list.and_then(|all| all.iter_mut().find(|one| one.id == saved.id));
        for known in self.inquiries.get_mut(&saved.id).into_iter().chain(in_list) {
            known.state = saved.state;
            known.open_orders = saved.open_orders;
            known.completions = saved.completions;
        }
    }

    fn note_document(&mut self, new: &NewDocument) {
        match self.inquiries.get(&new.paper.inquiry).map(|inquiry| inquiry.chain) {
            Some(chain) => {
                push(self.lists.get_mut(&chain).and_then(|lists| lists.papers.as_mut()), &new.paper)
            }
            None => self.lists.values_mut().for_each(|lists| lists.papers = None),
        }
    }

    fn line_of(&mut self, inquiry: InquiryId, order: OrderId) -> Option<&mut LineRow> {
        self.lines.get_mut(&inquiry)?.iter_mut().find(|line| line.id == order)
    }

    fn move_order(&mut self, moved: &OrderRecord) {
        if let Some(line) = self.line_of(moved.inquiry, moved.id) {
            (line.state, line.sent) = (moved.state, moved.sent);
            line.fault.clone_from(&moved.fault);
        }
        if let Some(known) = self.orders.get_mut(&moved.id) {
            known.state = moved.state;
            known.attempts = moved.attempts;
            known.due = moved.due;
            known.ticket.clone_from(&moved.ticket);
            known.batch = moved.batch;
            known.fault.clone_from(&moved.fault);
            known.deadline = moved.deadline;
            known.sent = moved.sent;
        }
    }

    fn save_task(&mut self, saved: &Task) {
        let Some(all) = self.tasks_of(saved.chain) else { return };
        match (all.iter().position(|one| one.id == saved.id), saved.done) {
            (Some(at), Some(_)) => drop(all.remove(at)),
            (Some(at), None) => {
                if let Some(known) = all.get_mut(at) {
                    (known.due, known.look) = (saved.due, saved.look);
                    known.note.clone_from(&saved.note);
                }
            }
            // It may be open again.
            (None, None) => {
                if let Some(lists) = self.lists.get_mut(&saved.chain) {
                    lists.tasks = None;
                }
            }
            (None, Some(_)) => {}
        }
    }

    /// In which state an order is known to stand.
    pub(super) fn state_of(&self, order: OrderId) -> Option<OrderState> {
        self.orders.get(&order).map(|order| order.state)
    }
}

fn push<T: Clone>(list: Option<&mut Vec<T>>, row: &T) {
    if let Some(list) = list {
        list.push(row.clone());
    }
}
