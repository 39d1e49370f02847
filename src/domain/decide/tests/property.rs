//! Whatever happens, in whatever order: the banks' books never hold more than the claim, nothing that an honest bank holds is
//! given back for another's word, and no decision makes a move that the tables do not allow.

use std::sync::Arc;

use chakong_contract::Reply;
use chakong_contract::reply::{Receipt, Refusal, RefusalReason};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{
    ClaimChangeKind, Mandate, MeasureId, MeasureState, Mode, OrderId, Task, TaskKind, UncoveredLimit,
};
use super::super::{Act, ClaimUpdate, OrderInput, ReleaseScope, Resolution};
use super::books::{Bank, Lie};
use super::world::{World, auto};

/// What happens next; the numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    /// An order is handed over; the bank carries it out and its answer is kept back.
    HandOver(usize),
    /// An order is sent and answered at once.
    Send(usize),
    /// An answer that was kept back arrives.
    Arrive(usize),
    /// An answer arrives a second time, with a receipt or without.
    ArriveAgain(usize, bool),
    /// An order fails for good before it was carried out.
    TurnAway(usize),
    /// The deadline of an order passes.
    Overdue(usize),
    /// A control is lost on its way: its deadline passes, and nobody knows what became of it.
    Lose(usize),
    /// A person sends again what was lost.
    SendAgain(usize),
    /// A bank undoes a deduction and says so; a person takes the booking back, and orders it anew or not.
    Undo(usize, bool),
    Deposit(usize, u32),
    Withdraw(usize, u32),
    Approve(usize),
    Reject(usize),
    Deduct(usize, u32),
    Renew(usize),
    Raise(u32),
    SubmitAgain,
    Days(u8),
    /// From here on a person acts so that money is given back.
    Release(usize),
    Pay(u32),
}

fn step(giving_back: bool) -> impl Strategy<Value = Step> {
    let at = || 0_usize..8;
    let amount = || 1_u32..60_000;
    let common = prop_oneof![
        3 => at().prop_map(Step::HandOver),
        8 => at().prop_map(Step::Send),
        4 => at().prop_map(Step::Arrive),
        1 => (at(), any::<bool>()).prop_map(|(at, receipt)| Step::ArriveAgain(at, receipt)),
        1 => at().prop_map(Step::TurnAway),
        1 => at().prop_map(Step::Overdue),
        1 => at().prop_map(Step::Lose),
        1 => at().prop_map(Step::SendAgain),
        1 => (at(), any::<bool>()).prop_map(|(at, anew)| Step::Undo(at, anew)),
        1 => (at(), amount()).prop_map(|(at, amount)| Step::Deposit(at, amount)),
        1 => (at(), amount()).prop_map(|(at, amount)| Step::Withdraw(at, amount)),
        2 => at().prop_map(Step::Approve),
        1 => at().prop_map(Step::Reject),
        1 => (at(), amount()).prop_map(|(at, amount)| Step::Deduct(at, amount)),
        1 => at().prop_map(Step::Renew),
        1 => amount().prop_map(Step::Raise),
        1 => Just(Step::SubmitAgain),
        1 => (1_u8..200).prop_map(Step::Days),
    ];
    if giving_back {
        prop_oneof![8 => common, 1 => at().prop_map(Step::Release), 1 => amount().prop_map(Step::Pay)].boxed()
    } else {
        common.boxed()
    }
}

/// A run with what the oracle remembers.
struct Run {
    world: World,
    /// Answers that are on their way.
    late: Vec<(OrderId, Reply)>,
    heard: Vec<(OrderId, Reply)>,
    /// Controls that were lost on their way.
    lost: Vec<OrderId>,
    most: Decimal,
}

impl Run {
    fn new(balances: &[u32; 4], mandate: Mandate, lie: Option<Lie>) -> Self {
        let [a, b, c, d] = *balances;
        let liar = Bank { lie, ..Bank::with(&[("622200004", d)]) };
        let banks = vec![
            ("a", Bank::with(&[("622200001", a), ("622200011", b)])),
            ("b", Bank::with(&[("622200002", b)])),
            ("c", Bank::with(&[("622200003", c)])),
            ("liar", liar),
        ];
        let most = mandate.claim.amount;
        let mut world = World::new(banks);
        world.submit("(2026)晋10执1号", None, Some(mandate)).expect("accepted");
        Self { world, late: Vec::new(), heard: Vec::new(), lost: Vec::new(), most }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::HandOver(at) => {
                if let Some(id) = pick(&self.world.queued(), *at) {
                    self.world.happened(id, OrderInput::HandedOver);
                    let reply = self.world.carry_out(id);
                    self.late.push((id, reply));
                }
            }
            Step::Send(at) => {
                if let Some(id) = pick(&self.world.queued(), *at) {
                    let reply = self.world.carry_out(id);
                    self.hear(id, reply);
                }
            }
            Step::Arrive(at) => {
                if !self.late.is_empty() {
                    let (id, reply) = self.late.remove(at % self.late.len());
                    self.hear(id, reply);
                }
            }
            Step::ArriveAgain(at, with_receipt) => {
                if let Some((id, reply)) = pick(&self.heard, *at) {
                    self.world.hear_with(id, reply, with_receipt.then(receipt));
                }
            }
            Step::TurnAway(at) => {
                if let Some(id) = pick(&self.world.queued(), *at) {
                    self.world.turned_away(id);
                }
            }
            Step::Overdue(at) => {
                if let Some((id, _)) = pick(&self.late, *at) {
                    self.world.happened(id, OrderInput::DeadlinePassed);
                }
            }
            Step::Lose(at) => self.lose(*at),
            Step::SendAgain(at) => self.send_again(*at),
            Step::Undo(at, anew) => self.undo(*at, *anew),
            _ => self.do_to_it(step),
        }
    }

    fn lose(&mut self, at: usize) {
        let mut controls = self.world.queued();
        controls.retain(|id| self.world.file.orders[id].is_control());
        if let Some(id) = pick(&controls, at) {
            self.world.happened(id, OrderInput::HandedOver);
            self.world.happened(id, OrderInput::DeadlinePassed);
            self.lost.push(id);
        }
    }

    /// What is sent again makes no more coming than the claim leaves by now.
    fn send_again(&mut self, at: usize) {
        let Some(id) = pick(&self.lost, at) else { return };
        let all = |run: &Self| run.world.held_and_taken() + run.world.in_flight();
        let before = all(self);
        if self.world.act(Act::Resolve(id, Resolution::SendAgain)).is_ok() {
            self.lost.retain(|lost| *lost != id);
            let claim = self.world.claim().amount;
            assert!(all(self) <= claim.max(before), "sent again beyond the claim of {claim}: {}", all(self));
        }
    }

    fn undo(&mut self, at: usize, anew: bool) {
        let (world, today) = (&self.world, chakong_contract::Moment::from_timestamp(self.world.now).date());
        let stood = |id: &OrderId| {
            let measure = world.file.measures.get(&world.file.orders[id].measure?)?;
            let is_over = measure.state == MeasureState::Lapsed || measure.until? < today;
            let is_quiet = !is_over && !measure.state.is_busy();
            (is_quiet && measure.said.is_booked(*id)).then_some(measure.until?)
        };
        let is_honest = |id: &OrderId| world.banks[&world.file.orders[id].lane].lie.is_none();
        let taken = self.heard.iter().filter_map(|(id, reply)| match reply {
            Reply::Deducted { amount: Some(taken) } if is_honest(id) => Some((*id, taken.amount, stood(id)?)),
            _ => None,
        });
        let Some((id, taken, until)) = pick(&taken.collect::<Vec<_>>(), at) else { return };
        let order = self.world.file.orders[&id].clone();
        let bank = self.world.banks.get_mut(&order.lane).expect("the bank");
        bank.undo_deduction(&order.instruction, taken, until);
        self.heard.retain(|(known, _)| *known != id);
        let words = "更正：未扣划".to_owned();
        self.world.hear(id, Reply::NotHeld(Refusal { reason: RefusalReason::Declined, words }));
        let mut resolve = |resolution| self.world.act(Act::Resolve(id, resolution));
        assert!(resolve(Resolution::SendAgain).is_err(), "the ledger has it as done");
        resolve(Resolution::NotDone).expect("a person found out");
        if anew {
            let _ = resolve(Resolution::SendAgain);
        }
    }

    /// What customers, officers and the calendar do.
    fn do_to_it(&mut self, step: &Step) {
        match step {
            Step::Deposit(at, amount) => {
                self.change_balance(*at, |kept| kept.balance += Decimal::from(*amount))
            }
            Step::Withdraw(at, amount) => {
                self.change_balance(*at, |kept| kept.balance -= Decimal::from(*amount).min(kept.free()));
            }
            Step::Approve(at) => {
                if let Some(id) = self.in_state(MeasureState::Proposed, *at) {
                    let _ = self.world.approve(id);
                }
            }
            Step::Reject(at) => {
                if let Some(id) = self.in_state(MeasureState::Proposed, *at) {
                    let _ = self.world.act(Act::Reject(id));
                }
            }
            Step::Deduct(at, amount) => {
                if let Some(id) = self.in_state(MeasureState::InForce, *at) {
                    let _ = self.world.deduct(id, Some((*amount).into()));
                }
            }
            Step::Renew(at) => {
                if let Some(id) = self.in_state(MeasureState::InForce, *at) {
                    let _ = self.world.renew(id);
                }
            }
            Step::Raise(amount) => {
                let more = self.world.claim().amount + Decimal::from(*amount);
                let change = Some((ClaimChangeKind::Raised, more));
                self.world.change_claim(ClaimUpdate { change, ..ClaimUpdate::default() }).expect("raised");
                self.most = self.most.max(more);
            }
            Step::SubmitAgain => {
                let claim = self.world.claim().clone();
                let mandate = Mandate {
                    claim: chakong_contract::Money::yuan(claim.amount),
                    mode: claim.mode,
                    uncovered: claim.uncovered,
                    ..auto(1)
                };
                let _ = self.world.submit("(2026)晋10执1号", None, Some(mandate));
            }
            Step::Days(days) => self.world.days((*days).into()),
            Step::Release(at) => {
                if let Some(id) = self.in_state(MeasureState::InForce, *at) {
                    let _ = self
                        .world
                        .release(ReleaseScope::Measure(id, None), ReleaseReason::ThirdPartyProperty);
                }
            }
            Step::Pay(amount) => {
                let change = Some((ClaimChangeKind::PartPayment, (*amount).into()));
                let _ = self.world.change_claim(ClaimUpdate { change, ..ClaimUpdate::default() });
            }
            _ => {}
        }
    }

    fn hear(&mut self, id: OrderId, reply: Reply) {
        self.world.hear(id, reply.clone());
        self.heard.push((id, reply));
    }

    fn change_balance(&mut self, at: usize, change: impl FnOnce(&mut super::books::Kept)) {
        let accounts = self.world.banks.values_mut().flat_map(|bank| bank.accounts.values_mut());
        if let Some(kept) = accounts.into_iter().nth(at % 5) {
            change(kept);
        }
    }

    fn in_state(&self, state: MeasureState, at: usize) -> Option<MeasureId> {
        pick(&self.world.measures(state), at).map(|measure| measure.id)
    }

    /// Everything under way comes to its end.
    fn finish(&mut self) {
        while !self.late.is_empty() {
            self.take(&Step::Arrive(0));
        }
        for id in std::mem::take(&mut self.lost) {
            let _ = self.world.act(Act::Resolve(id, Resolution::NotDone));
        }
        self.world.run();
        // An answer that came after the last day of its freeze: the clock notes the end next.
        self.world.days(1);
        self.world.run();
    }

    fn check(&self, step: &Step) {
        let (held, coming) = (self.world.held_and_taken(), self.world.in_flight());
        assert!(
            held + coming <= self.most,
            "after {step:?}: {held} held and taken, {coming} coming, claim {}",
            self.most
        );
    }

    /// Nothing was given back at an honest bank that it held.
    fn check_nothing_set_free(&self) {
        for (name, bank) in self.world.banks.iter().filter(|(_, bank)| bank.lie.is_none()) {
            assert!(bank.set_free.is_zero(), "{name} set {} free although nobody ordered it", bank.set_free);
        }
    }

    /// The ledger agrees with the books of honest banks.
    fn check_ledger(&self) {
        let today = chakong_contract::Moment::from_timestamp(self.world.now).date();
        for (name, bank) in self.world.banks.iter().filter(|(_, bank)| bank.lie.is_none()) {
            let ours = || self.world.file.ledger().filter(|measure| measure.counterpart == *name);
            let taken: Decimal = ours().map(|measure| measure.deducted).sum();
            // One whose control nobody knows the outcome of does not lapse before a person has found out.
            let is_unknown = |one: &crate::domain::Measure| {
                one.state.is_busy() && one.until.is_some_and(|until| until < today)
            };
            let stands = |one: &&crate::domain::Measure| one.state.stands() && !is_unknown(one);
            let limits: Decimal = ours().filter(stands).map(|measure| measure.limit).sum();
            let books = bank.accounts.values().flat_map(|kept| &kept.freezes).map(|frozen| frozen.limit);
            assert_eq!(taken, bank.taken, "taken at {name}");
            let shown: Vec<_> = ours().map(|one| (one.state, one.limit, one.until)).collect();
            assert_eq!(limits, books.sum::<Decimal>(), "limits at {name}: {shown:?}");
        }
    }
}

fn receipt() -> Receipt {
    Receipt { title: "回执".to_owned(), format: "pdf".to_owned(), content: Arc::from(&b"invented"[..]) }
}

fn pick<T: Clone>(from: &[T], at: usize) -> Option<T> {
    from.get(at % from.len().max(1)).cloned()
}

fn mandate() -> impl Strategy<Value = Mandate> {
    let mode = prop_oneof![Just(Mode::Auto), Just(Mode::Propose)];
    (10_000_u32..200_000, mode).prop_map(|(claim, mode)| Mandate {
        mode,
        uncovered: UncoveredLimit::Strict,
        ..auto(claim)
    })
}

fn lie() -> impl Strategy<Value = Option<Lie>> {
    prop_oneof![
        Just(None),
        Just(Some(Lie::Enormous)),
        Just(Some(Lie::OtherAccount)),
        Just(Some(Lie::AllHeld))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Without anybody's word that something be given back.
    #[test]
    fn no_more_than_the_claim_is_held_and_nothing_is_set_free_by_itself(
        balances in prop::array::uniform4(0_u32..120_000),
        mandate in mandate(),
        lie in lie(),
        steps in prop::collection::vec(step(false), 1..60),
    ) {
        let mut run = Run::new(&balances, mandate, lie);
        for step in &steps {
            run.take(step);
            run.check(step);
            run.check_nothing_set_free();
        }
        run.finish();
        run.check(&Step::SubmitAgain);
        run.check_nothing_set_free();
        run.check_ledger();
    }

    /// With releases and payments between: once everything is answered, no more than the claim as it stands is held, or a
    /// person is told to give it back.
    #[test]
    fn once_all_is_answered_no_more_than_the_claim_stands_untold(
        balances in prop::array::uniform4(0_u32..120_000),
        mandate in mandate(),
        steps in prop::collection::vec(step(true), 1..60),
    ) {
        let mut run = Run::new(&balances, mandate, None);
        for step in &steps {
            run.take(step);
            run.check(step);
        }
        run.finish();
        run.check_ledger();
        let (held, claim) = (run.world.held_and_taken(), run.world.claim().amount);
        let taken: Decimal = run.world.banks.values().map(|bank| bank.taken).sum();
        let told = |task: &Task| matches!(task.kind, TaskKind::ReleaseExcess | TaskKind::BringPapers | TaskKind::Resolve);
        let is_told = run.world.file.tasks.iter().any(told);
        prop_assert!(held <= claim.max(taken) || is_told, "{held} held of a claim of {claim}");
    }
}
