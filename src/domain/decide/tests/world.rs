//! A case with its ledger in memory, and the banks that its orders go to.

mod loading;
mod submitting;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::order::CourtAccount;
use chakong_contract::reply::{Answer, Receipt};
use chakong_contract::{ActionKind, DocumentKind, Instruction, Moment, Money, Reply};
use jiff::{Span, Timestamp};
use rust_decimal::Decimal;

use super::super::super::abilities::{Abilities, Ability, Rules};
use super::super::super::people::Courts;
use super::super::super::retry::RetryPolicy;
use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    Actor, Blob, BroughtDocument, CaseFile, Chain, ChainId, Change, Claim, EventType, IdKind, Mandate,
    Measure, MeasureId, MeasureState, Mode, NewIds, OrderId, OrderState, Source, UncoveredLimit,
};
use super::super::{
    Act, ActInput, Approval, ClaimUpdate, Decided, Deduction, Draft, OrderInput, Release, ReleaseScope,
    Renewal, TaskFacts, act, apply, due_measure, due_task, next_look,
};
use super::books::Bank;
use loading::Sees;

pub use submitting::{Asked, debtor};

/// Numbers in turn, for each kind of thing.
#[derive(Default)]
struct Counter(RefCell<HashMap<IdKind, i64>>);

impl NewIds for Counter {
    fn next(&self, kind: IdKind) -> i64 {
        let mut counts = self.0.borrow_mut();
        let count = counts.entry(kind).or_default();
        *count += 1;
        *count
    }
}

/// A case, its banks and a clock.
pub struct World {
    pub file: CaseFile,
    pub banks: BTreeMap<String, Bank>,
    pub now: Timestamp,
    pub changes: Vec<Change>,
    pub rules: Rules,
    /// The day on which the case was filed, as submissions state it.
    pub filed_on: Option<&'static str>,
    /// The reference that submissions give the debtor.
    pub reference: &'static str,
    ids: Counter,
}

/// Documents that come with a submission: all that a freeze and a release need.
pub const PAPERS: &[DocumentKind] = &[
    DocumentKind::FreezeRuling,
    DocumentKind::FreezeNotice,
    DocumentKind::ReleaseRuling,
    DocumentKind::ReleaseNotice,
];

fn ability() -> Ability {
    let actions = [
        (ActionKind::Query, vec![]),
        (ActionKind::Freeze, vec![DocumentKind::FreezeRuling, DocumentKind::FreezeNotice]),
        (ActionKind::Renew, vec![DocumentKind::RenewRuling, DocumentKind::RenewNotice]),
        (ActionKind::Release, vec![DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice]),
        (ActionKind::Deduct, vec![DocumentKind::DeductRuling, DocumentKind::DeductNotice]),
    ];
    let (query, control) = (RetryPolicy::default(), RetryPolicy::default());
    Ability {
        actions: actions.into_iter().collect(),
        idempotent: true,
        controls_foreign: true,
        query,
        control,
        control_deadline: crate::domain::abilities::CONTROL_DEADLINE,
        desk_days: None,
    }
}

/// What a bank can do that controls yuan only.
pub fn yuan_only() -> Ability {
    Ability { controls_foreign: false, ..ability() }
}

/// A mandate without approvals.
pub fn auto(claim: u32) -> Mandate {
    Mandate {
        claim: Money::yuan(claim.into()),
        mode: Mode::Auto,
        prefer: None,
        other_property: Mode::Propose,
        uncovered: UncoveredLimit::Release,
        term_days: None,
        living_costs: None,
        liable_up_to: Vec::new(),
    }
}

impl World {
    pub fn new(banks: Vec<(&str, Bank)>) -> Self {
        let now: Timestamp = "2026-03-02T01:00:00Z".parse().expect("timestamp");
        let chain = Chain { id: ChainId::new(1), created: now, claim: None, has_ledger: false };
        let mut file = CaseFile::of(chain);
        file.is_whole = true;
        let abilities: Abilities = banks.iter().map(|(name, _)| ((*name).to_owned(), ability())).collect();
        let rules = Rules { abilities, ..Rules::default() };
        let banks = banks.into_iter().map(|(name, bank)| (name.to_owned(), bank)).collect();
        Self {
            file,
            banks,
            now,
            changes: Vec::new(),
            rules,
            filed_on: None,
            reference: "debtor-1",
            ids: Counter::default(),
        }
    }

    /// Gives the one bank so long for a control.
    pub fn give_for_controls(&mut self, bank: &str, control_deadline: std::time::Duration) {
        let ability = Ability { control_deadline, ..ability() };
        self.rules.abilities = std::iter::once((bank.to_owned(), ability)).collect();
    }

    /// Has people serve the one bank.
    pub fn served_by_people(&mut self, bank: &str, days: u16) {
        let ability = Ability { desk_days: Some(days), idempotent: false, ..ability() };
        self.rules.abilities = std::iter::once((bank.to_owned(), ability)).collect();
    }

    /// A decision that sees the terms of every inquiry: what it changes is taken over, what it refuses changes nothing.
    pub fn decide<T>(&mut self, decision: impl FnOnce(&mut Draft<'_>) -> Decided<T>) -> Decided<T> {
        self.decide_seeing(Sees::All, &[], decision)
    }

    /// Orders that wait to be sent, the oldest first.
    pub fn queued(&self) -> Vec<OrderId> {
        let queued = |order: &&super::super::super::OrderRecord| order.state == OrderState::Queued;
        let mut ids: Vec<OrderId> = self.file.orders.values().filter(queued).map(|order| order.id).collect();
        ids.sort_unstable();
        ids
    }

    /// An order reaches its bank, which carries it out and answers.
    pub fn carry_out(&mut self, id: OrderId) -> Reply {
        let order = self.file.orders.get(&id).expect("the order").clone();
        let bank = self.banks.get_mut(&order.lane).expect("the bank");
        bank.carry_out(&order.lane, order.number().as_str(), &order.instruction)
    }

    /// An answer comes in.
    pub fn hear(&mut self, id: OrderId, reply: Reply) {
        self.happened(id, OrderInput::Answered(Arc::new(Answer::of(reply))));
    }

    /// An answer comes in, perhaps with a receipt.
    pub fn hear_with(&mut self, id: OrderId, reply: Reply, receipt: Option<Receipt>) {
        let answer = Answer { receipts: receipt.into_iter().collect(), ..Answer::of(reply) };
        self.happened(id, OrderInput::Answered(Arc::new(answer)));
    }

    pub fn happened(&mut self, id: OrderId, input: OrderInput) {
        let source = Source::default();
        self.decide_about(&[id], |draft| Ok(apply(draft, id, input, &source)))
            .expect("no move that the tables do not allow");
    }

    /// The counterpart turned an order away for good.
    pub fn turned_away(&mut self, id: OrderId) {
        self.happened(id, OrderInput::Faulted(Fault::new(FaultKind::Unsupported, "send", "invented")));
    }

    /// One order after the other is sent and answered, until none is left.
    pub fn run(&mut self) {
        for _ in 0..200 {
            let Some(id) = self.queued().first().copied() else { return };
            let reply = self.carry_out(id);
            self.hear(id, reply);
        }
        panic!("the case comes to no end: {:?}", self.file.measures);
    }

    pub fn act_with(&mut self, act_: Act, papers: &[DocumentKind]) -> Decided<super::super::ActOutcome> {
        self.act_as("approver", act_, papers)
    }

    /// An act of somebody; who submits is `case-system`.
    pub fn act_as(
        &mut self,
        name: &str,
        act_: Act,
        papers: &[DocumentKind],
    ) -> Decided<super::super::ActOutcome> {
        let documents = papers.iter().map(|kind| paper(*kind)).collect();
        let actor = Actor::Person(name.to_owned());
        let about = self.orders_of_act(&act_);
        let input =
            ActInput { actor, case: None, reason: "测试".to_owned(), documents, act: act_, seen: None };
        self.decide_seeing(Sees::All, &about, |draft| act(draft, input))
    }

    pub fn act(&mut self, act: Act) -> Decided<super::super::ActOutcome> {
        self.act_with(act, &[])
    }

    pub fn approve(&mut self, id: MeasureId) -> Decided<super::super::ActOutcome> {
        self.act(Act::Approve(id, Approval::default()))
    }

    pub fn release(
        &mut self,
        scope: ReleaseScope,
        ground: ReleaseReason,
    ) -> Decided<super::super::ActOutcome> {
        self.act(Act::Release(Release { scope, ground }))
    }

    pub fn renew(&mut self, id: MeasureId) -> Decided<super::super::ActOutcome> {
        self.act_with(
            Act::Renew(id, Renewal::default()),
            &[DocumentKind::RenewRuling, DocumentKind::RenewNotice],
        )
    }

    pub fn deduct(&mut self, id: MeasureId, amount: Option<Decimal>) -> Decided<super::super::ActOutcome> {
        self.deduct_with(id, amount, &[DocumentKind::DeductRuling, DocumentKind::DeductNotice])
    }

    /// Deducts on these papers, and those that are on file.
    pub fn deduct_with(
        &mut self,
        id: MeasureId,
        amount: Option<Decimal>,
        papers: &[DocumentKind],
    ) -> Decided<super::super::ActOutcome> {
        let into = CourtAccount {
            holder: "临汾市测试中级人民法院".to_owned(),
            number: "6222000000000001".to_owned(),
            bank: "测试银行".to_owned(),
            bank_number: String::new(),
            class: String::new(),
        };
        self.act_with(Act::Deduct(id, Deduction { amount, into, courts: Courts::All }), papers)
    }

    pub fn change_claim(&mut self, update: ClaimUpdate) -> Decided<super::super::ActOutcome> {
        self.act_with(Act::UpdateClaim(update), &[DocumentKind::ClaimPaper])
    }

    /// Days go by; the clock does what is due on each.
    pub fn days(&mut self, days: i64) {
        for _ in 0..days {
            self.now = self.now.checked_add(Span::new().hours(24)).expect("time");
            let today = Moment::from_timestamp(self.now).date();
            self.banks.values_mut().for_each(|bank| bank.end_terms(today));
            self.end_of_waiting();
            let due = |measure: &&Measure| next_look(measure).is_some_and(|day| day <= today);
            let measures: Vec<MeasureId> = self.file.ledger().filter(due).map(|measure| measure.id).collect();
            for id in measures {
                self.decide_about(&[], |draft| due_measure(draft, id)).expect("a day");
            }
            self.look_at_tasks();
        }
    }

    fn end_of_waiting(&mut self) {
        let over =
            |order: &&super::super::super::OrderRecord| order.state.is_open() && order.deadline <= self.now;
        let over: Vec<OrderId> = self.file.orders.values().filter(over).map(|order| order.id).collect();
        over.into_iter().for_each(|id| self.happened(id, OrderInput::DeadlinePassed));
    }

    /// The clock looks at the tasks that it is to look at by now.
    pub fn look_at_tasks(&mut self) {
        let due = |task: &&super::super::super::Task| task.look.is_some_and(|look| look <= self.now);
        let tasks: Vec<_> = self.file.tasks.iter().filter(due).map(|task| (task.id, task.order)).collect();
        let was_sent = self.file.orders.values().any(|order| order.sent.is_some());
        for (id, order) in tasks {
            let known = TaskFacts { asked: None, was_sent };
            let about: Vec<OrderId> = order.into_iter().collect();
            self.decide_about(&about, |draft| due_task(draft, id, known)).expect("a task");
        }
    }

    pub fn claim(&self) -> &Claim {
        self.file.chain.claim.as_ref().expect("a claim")
    }

    pub fn measures(&self, state: MeasureState) -> Vec<&Measure> {
        self.file.ledger().filter(|measure| measure.state == state).collect()
    }

    pub fn measure_at(&self, bank: &str) -> &Measure {
        self.file.ledger().find(|measure| measure.counterpart == bank).expect("a measure")
    }

    pub fn has_event(&self, kind: EventType) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::NewEvent(event) if event.kind == kind))
    }

    pub fn orders_of(&self, action: ActionKind) -> usize {
        self.file.orders.values().filter(|order| order.instruction.kind() == action).count()
    }

    /// What the banks' books hold and have taken.
    pub fn held_and_taken(&self) -> Decimal {
        self.banks.values().filter(|bank| bank.lie.is_none()).map(Bank::held_and_taken).sum()
    }

    /// Limits of freezes that are under way to honest banks and have not reached them.
    pub fn in_flight(&self) -> Decimal {
        let honest = |lane: &str| self.banks.get(lane).is_some_and(|bank| bank.lie.is_none());
        let open = self.file.orders.values().filter(|order| order.state.is_open() && honest(&order.lane));
        let limit = |order: &super::super::super::OrderRecord| match &order.instruction {
            Instruction::Freeze { limit: Some(limit), .. } if !self.is_there(order) => limit.amount,
            _ => Decimal::ZERO,
        };
        open.map(limit).sum()
    }

    /// Whether a freeze reached its bank.
    fn is_there(&self, order: &super::super::super::OrderRecord) -> bool {
        let number = order.number().to_string();
        let accounts = self.banks.get(&order.lane).into_iter().flat_map(|bank| bank.accounts.values());
        accounts.flat_map(|kept| &kept.freezes).any(|frozen| frozen.number == number)
    }
}

pub fn paper(kind: DocumentKind) -> BroughtDocument {
    BroughtDocument {
        kind,
        title: format!("{kind:?}"),
        number: "（2026）晋10执1号".to_owned(),
        format: "pdf".to_owned(),
        bytes: Blob::default(),
    }
}
