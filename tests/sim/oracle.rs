//! What must be so after every step, and at the end.

use chakong::domain::{MeasureState, OrderState, TaskKind};
use chakong::store::OrderFilter;
use chakong_contract::Instruction;
use rust_decimal::Decimal;

use crate::accounts::Kept;
use crate::banks::Bank;
use crate::world::World;

impl World {
    fn honest(&self) -> impl Iterator<Item = &Bank> {
        self.banks.values().filter(|bank| bank.is_honest())
    }

    /// Limits of freezes that honest banks may still be asked for: under way in the store or between.
    fn on_its_way(&self) -> Decimal {
        let mut orders = self.to_banks.clone();
        for state in [OrderState::Queued, OrderState::Sending, OrderState::Awaiting] {
            let filter = OrderFilter { state: Some(state), limit: 10_000, ..OrderFilter::default() };
            orders.extend(self.read(move |reads| reads.find_orders(&filter)));
        }
        orders.sort_by_key(|order| order.id);
        orders.dedup_by_key(|order| order.id);
        let limit = |order: &chakong::domain::OrderRecord| match &order.instruction {
            Instruction::Freeze { limit: Some(limit), .. } => {
                let bank = &self.banks[&order.lane];
                let counts = bank.is_honest() && !bank.answered.contains_key(order.number().as_str());
                if counts { limit.amount } else { Decimal::ZERO }
            }
            _ => Decimal::ZERO,
        };
        orders.iter().map(limit).sum()
    }

    /// After every step.
    pub fn check(&self) {
        let held: Decimal = self.honest().map(Bank::held_and_taken).sum();
        let coming = self.on_its_way();
        assert!(
            held + coming <= self.most,
            "{held} held and taken, {coming} on its way, of a claim of {}; the ledger: {:#?}",
            self.most,
            self.ledger()
        );
        if !self.kind.gives_back {
            for bank in self.honest() {
                assert!(
                    bank.set_free.is_zero(),
                    "{} set {} free although nobody ordered it",
                    bank.name,
                    bank.set_free
                );
            }
        }
    }

    /// Once everything is answered.
    pub fn check_end(&self) {
        self.check();
        let ledger = self.ledger();
        for bank in self.honest() {
            let ours = || ledger.iter().filter(|measure| measure.counterpart == bank.name);
            let taken: Decimal = ours().map(|measure| measure.deducted).sum();
            assert_eq!(taken, bank.taken, "taken at {}: ledger and books", bank.name);
            let limits: Decimal = ours().filter(|one| one.state.stands()).map(|one| one.limit).sum();
            let books: Decimal = bank.accounts.values().map(Kept::limits).sum();
            if bank.is_puzzled && limits != books {
                self.check_somebody_is_told();
                continue;
            }
            assert_eq!(limits, books, "limits at {}: ledger and books", bank.name);
        }
        let busy: Vec<_> = ledger.iter().filter(|measure| measure.state.is_busy()).collect();
        assert!(busy.is_empty(), "still under way: {busy:?}");
        self.check_excess();
        self.check_submissions();
    }

    /// What a bank does not know of any more is before a person.
    fn check_somebody_is_told(&self) {
        let kind = Some(TaskKind::AnswerRefusal);
        let filter = chakong::store::TaskFilter { kind, chain: self.chain, limit: 1, ..Default::default() };
        assert!(
            !self.read(move |reads| reads.find_tasks(&filter)).is_empty(),
            "ledger and books differ, and nobody is told"
        );
    }

    /// No more than the claim as it stands is held, or a person is told.
    fn check_excess(&self) {
        let Some(claim) = self.claim() else { return };
        let held: Decimal = self.honest().map(Bank::held_and_taken).sum();
        let taken: Decimal = self.honest().map(|bank| bank.taken).sum();
        let filter = chakong::store::TaskFilter { chain: self.chain, limit: 1000, ..Default::default() };
        let tasks = self.read(move |reads| reads.find_tasks(&filter));
        let is_told = tasks.iter().any(|task| {
            matches!(task.kind, TaskKind::ReleaseExcess | TaskKind::BringPapers | TaskKind::AnswerRefusal)
        });
        assert!(held <= claim.max(taken) || is_told, "{held} held of a claim of {claim}, and nobody is told");
    }

    /// Each key made one inquiry at most, and what nothing was refused of made one.
    fn check_submissions(&self) {
        let inquiries = self.inquiries().len();
        assert!(inquiries <= self.submitted.len(), "{inquiries} inquiries of {} keys", self.submitted.len());
    }

    /// How many measures came into force, to show that a run is no empty one.
    pub fn placed(&self) -> usize {
        let placed = |state: MeasureState| state.stands() || state.ended();
        self.ledger().iter().filter(|measure| placed(measure.state)).count()
    }
}
