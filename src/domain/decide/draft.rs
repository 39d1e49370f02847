//! A decision in the making: the case file as it would be, and the changes that make it so.

mod approval;
mod made;
mod papers;

use std::collections::BTreeSet;

use chakong_contract::{ActionKind, Date, Instruction, Moment};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::{
    ApplyError, CaseFile, Change, Claim, DeskItem, DocumentId, EventDraft, EventType, IdKind, Inquiry,
    InquiryId, Measure, MeasureId, MeasureState, MeasureView, NewIds, OrderId, OrderRecord, Priority,
    Purpose, Task, TaskId, TaskKind, UNCLEAR,
};
use super::{Changes, Decided, Facts, Rejected, desk};

pub use made::{NewOrder, NewTask};
pub use papers::NoPapers;

/// Whether nothing of a measure stands any more, nor comes to stand by itself.
fn is_over(state: MeasureState) -> bool {
    state.ended() || state == MeasureState::Refused
}

/// A decision in the making.
pub struct Draft<'a> {
    /// The case as it would be.
    pub file: CaseFile,
    /// What is known beside it.
    pub facts: Facts<'a>,
    ids: &'a dyn NewIds,
    changes: Changes,
    inquiries: BTreeSet<InquiryId>,
    may_be_done: BTreeSet<InquiryId>,
    has_claim_changed: bool,
    broken: Option<ApplyError>,
}

impl std::fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("changes", &self.changes.len()).finish_non_exhaustive()
    }
}

impl<'a> Draft<'a> {
    /// Begins a decision about a case.
    pub fn of(file: CaseFile, facts: Facts<'a>, ids: &'a dyn NewIds) -> Self {
        Self {
            file,
            facts,
            ids,
            changes: Changes::new(),
            inquiries: BTreeSet::new(),
            may_be_done: BTreeSet::new(),
            has_claim_changed: false,
            broken: None,
        }
    }

    /// The changes, and the case as it will be.
    ///
    /// # Errors
    /// [`Rejected::Defect`] when a move was not legal.
    pub fn finish(mut self) -> Decided<(Changes, CaseFile)> {
        for id in std::mem::take(&mut self.inquiries) {
            if let Some(inquiry) = self.file.inquiries.get(&id) {
                self.changes.push(Change::SaveInquiry(inquiry.clone()));
            }
        }
        if self.has_claim_changed {
            self.changes.push(Change::SaveChain(self.file.chain.clone()));
        }
        match self.broken {
            Some(error) => Err(error.into()),
            None => Ok((self.changes, self.file)),
        }
    }

    /// Does something wholly or, where it makes a move that the tables do not allow, not at all.
    ///
    /// # Errors
    /// The move; the case is as it was then.
    pub fn attempt<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> Result<T, ApplyError> {
        let (file, inquiries) = (self.file.clone(), self.inquiries.clone());
        let may_be_done = self.may_be_done.clone();
        let (changes, has_claim_changed) = (self.changes.len(), self.has_claim_changed);
        let made = step(self);
        let Some(error) = self.broken.take() else { return Ok(made) };
        (self.file, self.inquiries, self.has_claim_changed) = (file, inquiries, has_claim_changed);
        self.may_be_done = may_be_done;
        self.changes.truncate(changes);
        Err(error)
    }

    /// Makes a change.
    pub fn push(&mut self, change: Change) {
        match self.file.apply(&change) {
            Ok(()) => self.changes.push(change),
            Err(error) => self.broken = self.broken.take().or(Some(error)),
        }
    }

    /// A number for something new.
    pub fn new_id(&self, kind: IdKind) -> i64 {
        self.ids.next(kind)
    }

    /// Now.
    pub const fn now(&self) -> Timestamp {
        self.facts.now
    }

    /// Today in China.
    pub fn today(&self) -> Date {
        Moment::from_timestamp(self.facts.now).date()
    }

    /// The claim, to be changed.
    pub fn claim_mut(&mut self) -> Option<&mut Claim> {
        self.has_claim_changed = true;
        self.file.chain.claim.as_mut()
    }

    /// States the claim of the chain.
    pub fn set_claim(&mut self, claim: Claim) {
        self.has_claim_changed = true;
        self.file.chain.claim = Some(claim);
    }

    /// Remembers that the chain has a ledger.
    pub fn has_ledger(&mut self) {
        if !self.file.chain.has_ledger {
            self.has_claim_changed = true;
            self.file.chain.has_ledger = true;
        }
    }

    /// An inquiry, to be changed.
    pub fn inquiry_mut(&mut self, id: InquiryId) -> Option<&mut Inquiry> {
        self.inquiries.insert(id);
        self.file.inquiries.get_mut(&id)
    }

    /// Inquiries of which an order was withdrawn, and that may have nothing open any more; each is named once.
    pub fn take_may_be_done(&mut self) -> BTreeSet<InquiryId> {
        std::mem::take(&mut self.may_be_done)
    }

    /// Remembers an inquiry of which an order was withdrawn.
    pub fn may_be_done(&mut self, id: InquiryId) {
        self.may_be_done.insert(id);
    }

    /// Moves an order.
    pub fn move_order(&mut self, order: OrderRecord) {
        let before = self.file.orders.get(&order.id).map_or(order.state, |known| known.state);
        let more = i64::from(order.state.is_open()) - i64::from(before.is_open());
        let inquiry = order.inquiry;
        self.push(Change::MoveOrder(Box::new(order), before));
        if more != 0
            && let Some(inquiry) = self.inquiry_mut(inquiry)
        {
            inquiry.expect_orders(more);
        }
    }

    /// Moves a measure, or keeps what more is known of it.
    pub fn move_measure(&mut self, measure: Measure) {
        let Some(before) = self.file.measures.get(&measure.id) else { return };
        if *before == measure {
            return;
        }
        let (from, was_approved) = (before.state, before.first_approval.is_some());
        let measure = measure.following(before);
        let begins_anew = was_approved && measure.first_approval.is_none();
        self.push(Change::MoveMeasure(Box::new(measure.clone()), from));
        if is_over(measure.state) && !is_over(from) {
            self.close_what_is_moot(&measure);
        }
        if begins_anew && measure.state == MeasureState::Proposed {
            self.propose_again(&measure);
        }
    }

    /// Takes off the list what cannot be done about a measure that is over. What its counterpart holds beyond the limit is before a person
    /// still.
    fn close_what_is_moot(&mut self, measure: &Measure) {
        use TaskKind::{BringPapers, ReleaseExcess, Renew, Requery};
        let id = measure.id;
        self.close_tasks(|task| {
            task.measure == Some(id) && matches!(task.kind, Renew | BringPapers | ReleaseExcess | Requery)
        });
        if measure.surplus > Decimal::ZERO {
            let note = format!(
                "措施已结束，而反馈载明限额之外仍控制 {}，须向协助单位核实 the measure is over, and {} were said to be held beyond its limit: find out whether they are held still",
                measure.money(measure.surplus),
                measure.money(measure.surplus)
            );
            self.task(NewTask::about(TaskKind::Review, measure, self.facts.now), note);
        }
    }

    /// Adds a measure.
    pub fn add_measure(&mut self, measure: Measure) -> MeasureId {
        let id = MeasureId::new(self.new_id(IdKind::Measure));
        self.has_ledger();
        self.push(Change::NewMeasure(Box::new(Measure { id, ..measure })));
        id
    }

    /// Tells about a measure.
    pub fn tell(&mut self, kind: EventType, measure: &Measure, order: Option<OrderId>) {
        self.tell_with(kind, measure, order, json!({}));
    }

    /// Tells about a measure, with more.
    pub fn tell_with(&mut self, kind: EventType, measure: &Measure, order: Option<OrderId>, mut data: Value) {
        let terms = self.file.terms.get(&measure.inquiry);
        data["measure"] = json!(MeasureView::from(measure));
        data["party"] = terms.map(|terms| terms.reference_of(measure.party)).into();
        let order = order.or(measure.control).or(measure.order);
        self.push(Change::NewEvent(EventDraft {
            kind,
            inquiry: measure.inquiry,
            order,
            revision: None,
            at: self.facts.now,
            data: Some(data.to_string()),
        }));
    }

    /// Puts a task on the list, once: an open one of the same kind about the same is brought up to date.
    pub fn task(&mut self, task: NewTask, note: impl Into<String>) {
        let note = note.into();
        let NewTask { kind, inquiry, order, measure, due } = task;
        // The clocks from filing run for each case of the chain.
        let of_a_case = matches!(kind, TaskKind::StartInquiry | TaskKind::FileResults);
        let same = |known: &&Task| {
            (known.kind, known.measure, known.order) == (kind, measure, order)
                && (!of_a_case || known.inquiry == inquiry)
        };
        if let Some(known) = self.file.tasks.iter().find(same).cloned() {
            let note = known.note_with(note);
            if known.note != note {
                let (due, look) = (known.due.min(due), known.look.map(|look| look.min(due)));
                self.push(Change::SaveTask(Task { note, due, look, ..known }));
            }
            return;
        }
        let id = TaskId::new(self.new_id(IdKind::Task));
        let (chain, created) = (self.file.id(), self.facts.now);
        self.push(Change::NewTask(Task {
            id,
            chain,
            inquiry,
            kind,
            order,
            measure,
            created,
            due,
            done: None,
            look: Task::first_look(kind, created, due),
            note,
        }));
    }

    /// Closes the open tasks that are chosen.
    pub fn close_tasks(&mut self, chosen: impl Fn(&Task) -> bool) {
        let done = Some(self.facts.now);
        let found: Vec<Task> = self.file.tasks.iter().filter(|task| chosen(task)).cloned().collect();
        for task in found {
            self.push(Change::SaveTask(Task { done, ..task }));
        }
    }

    /// Closes what a person was to look at about a measure, but for what is to be compared there.
    pub fn close_reviews(&mut self, of: MeasureId) {
        let is_it =
            |task: &&Task| task.kind == TaskKind::Review && task.measure == Some(of) && task.order.is_none();
        let unclear = self.file.tasks.iter().find(|task| is_it(task) && task.is_unclear()).cloned();
        match unclear {
            Some(task) => self.push(Change::SaveTask(Task { note: UNCLEAR.to_owned(), ..task })),
            None => self.close_tasks(|task| is_it(&task)),
        }
    }

    /// Makes an order that controls a measure, on papers, and notes that it is under way.
    pub fn control(
        &mut self,
        measure: &Measure,
        instruction: Instruction,
        papers: Vec<DocumentId>,
    ) -> OrderId {
        let (inquiry, subject) = self.file.subject_of(measure);
        let priority = self.priority_of(inquiry, instruction.kind());
        let now = self.facts.now;
        let allowed = self.facts.rules.abilities.control_deadline(&measure.counterpart);
        let deadline = now.checked_add(allowed).unwrap_or(now);
        self.new_order(NewOrder {
            inquiry,
            lane: measure.counterpart.clone(),
            subject,
            instruction,
            priority,
            deadline,
            root: None,
            measure: Some(measure.id),
            stands_in: None,
            papers,
        })
    }

    /// Makes an order.
    pub fn new_order(&mut self, new: NewOrder) -> OrderId {
        let id = OrderId::new(self.new_id(IdKind::Order));
        let inquiry = new.inquiry;
        let deadline = desk::deadline(&self.facts, &new.lane).unwrap_or(new.deadline);
        let court = self.court_of(inquiry);
        let record = OrderRecord { court, deadline, ..new.into_record(id, self.facts.now) };
        let on_desk = self.facts.rules.abilities.desk_days(&record.lane).map(|_| DeskItem::new(&record));
        self.push(Change::NewOrder(Box::new(record)));
        if let Some(item) = on_desk {
            self.push(Change::SaveDesk(Box::new(item)));
        }
        if let Some(inquiry) = self.inquiry_mut(inquiry) {
            inquiry.expect_orders(1);
        }
        id
    }

    /// Code of the court of an inquiry's case; empty where it is not known.
    pub fn court_of(&self, inquiry: InquiryId) -> String {
        self.file.inquiries.get(&inquiry).map(|inquiry| inquiry.court.clone()).unwrap_or_default()
    }

    fn priority_of(&self, inquiry: InquiryId, action: ActionKind) -> Priority {
        if action == ActionKind::Release {
            return Priority::Release;
        }
        match self.file.terms.get(&inquiry).map(|terms| terms.purpose) {
            Some(Purpose::Preservation) => Priority::Preservation,
            _ => Priority::Freeze,
        }
    }

    /// A measure of the chain.
    ///
    /// # Errors
    /// [`Rejected::Unknown`].
    pub fn measure(&self, id: MeasureId) -> Decided<Measure> {
        self.file.measures.get(&id).cloned().ok_or(Rejected::Unknown("measure"))
    }
}
