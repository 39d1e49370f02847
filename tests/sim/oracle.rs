//! What must be so after every step, and at the end.

use chakong::domain::{Measure, MeasureState, OrderRecord, OrderState, Task, TaskKind};
use chakong::store::OrderFilter;
use chakong_contract::Instruction;
use chakong_contract::order::Target;
use rust_decimal::Decimal;

use crate::accounts::{Kept, RATE};
use crate::banks::Bank;
use crate::world::World;

impl World {
    pub fn honest(&self) -> impl Iterator<Item = &Bank> {
        self.banks.values().filter(|bank| bank.is_honest())
    }

    /// Freezes that honest banks may still be asked for: under way in the store or between.
    pub fn on_its_way(&self) -> Vec<OrderRecord> {
        let mut orders = self.to_banks.clone();
        for state in [OrderState::Queued, OrderState::Sending, OrderState::Awaiting] {
            let filter = OrderFilter { state: Some(state), limit: 10_000, ..OrderFilter::default() };
            orders.extend(self.read(move |reads| reads.find_orders(&filter)));
        }
        orders.sort_by_key(|order| order.id);
        orders.dedup_by_key(|order| order.id);
        orders.retain(|order| {
            let bank = &self.banks[&order.lane];
            let is_freeze = matches!(order.instruction, Instruction::Freeze { .. });
            is_freeze && bank.is_honest() && !bank.answered.contains_key(order.number().as_str())
        });
        orders
    }

    /// The limit of a freeze in yuan, as far as it counts.
    pub fn counted(&self, order: &OrderRecord) -> Decimal {
        let Instruction::Freeze { limit: Some(limit), .. } = &order.instruction else { return Decimal::ZERO };
        let unrated = order.measure.is_some_and(|measure| self.unrated.contains(&measure));
        match (limit.is_yuan(), unrated) {
            (true, _) => limit.amount,
            (false, true) => Decimal::ZERO,
            (false, false) => limit.amount * RATE,
        }
    }

    /// After every step.
    pub fn check(&mut self) {
        let mut coming = vec![Decimal::ZERO; self.debtors];
        for order in self.on_its_way() {
            let owner = self.owner(&order);
            coming[owner] += self.counted(&order);
        }
        for (debtor, coming) in coming.iter().enumerate() {
            let Some(liable) = self.most_liable[debtor] else { continue };
            let held: Decimal = self.honest().map(|bank| bank.counted(Some(debtor))).sum();
            assert!(
                held + coming <= liable,
                "{held} held and taken of debtor {debtor}, {coming} on its way, liable for {liable}; the ledger: {:#?}",
                self.ledger()
            );
        }
        let (held, coming): (Decimal, Decimal) =
            (self.honest().map(|bank| bank.counted(None)).sum(), coming.iter().sum());
        assert!(
            held + coming <= self.most,
            "{held} held and taken, {coming} on its way, of a claim of {}; the ledger: {:#?}",
            self.most,
            self.ledger()
        );
        let capital: Decimal = self.banks.values().map(|bank| bank.capital(None)).sum();
        assert!(capital <= self.most, "{capital} of stakes frozen, of a claim of {}", self.most);
        for (debtor, liable) in self.most_liable.iter().enumerate() {
            let capital: Decimal = self.banks.values().map(|bank| bank.capital(Some(debtor))).sum();
            assert!(
                liable.is_none_or(|liable| capital <= liable),
                "{capital} of stakes of debtor {debtor} frozen, liable for {liable:?}"
            );
        }
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
    pub fn check_end(&mut self) {
        self.check();
        let ledger = self.ledger();
        for bank in self.honest() {
            let ours = || ledger.iter().filter(|measure| measure.counterpart == bank.name);
            let taken: Decimal = ours().map(|measure| measure.deducted).sum();
            let gone: Decimal = bank.accounts.values().map(|kept| kept.taken).sum();
            assert_eq!(taken, gone, "taken at {}: ledger and books", bank.name);
            self.check_seizures(bank, &ledger);
            let limits: Decimal = ours().filter(|one| one.state.stands()).map(|one| one.limit).sum();
            let books: Decimal = bank.accounts.values().map(Kept::limits).sum();
            if bank.is_puzzled && limits != books {
                self.check_somebody_is_told();
                continue;
            }
            assert_eq!(limits, books, "limits at {}: ledger and books; {ledger:#?}", bank.name);
        }
        let busy: Vec<_> = ledger.iter().filter(|measure| measure.state.is_busy()).collect();
        assert!(busy.is_empty(), "still under way: {busy:?}");
        self.check_excess();
        self.check_submissions();
        self.check_liabilities();
    }

    /// A submission that states another liability than stands is refused, whatever is known of the party's property.
    fn check_liabilities(&self) {
        let limited: Vec<_> =
            self.parties().into_iter().filter_map(|(at, one)| Some((at, one.liable_up_to?))).collect();
        for (debtor, stands) in limited {
            for other in [stands + Decimal::ONE, stands - Decimal::ONE] {
                let is_taken = self.would_be_accepted(debtor, other);
                assert!(!is_taken, "debtor {debtor} is liable for {stands}, and {other} was taken over");
            }
        }
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

    /// What is seized as a whole stands once, in the ledger as in the books.
    fn check_seizures(&self, bank: &Bank, ledger: &[Measure]) {
        for (certificate, estate) in &bank.estates {
            let is_it = |measure: &&Measure| {
                let of_it = |target: &Target| match target {
                    Target::Property { certificate: of, .. } | Target::Equity { company: of, .. } => {
                        of == certificate
                    }
                    _ => false,
                };
                measure.counterpart == bank.name && measure.state.stands() && of_it(&measure.target)
            };
            let (stands, books) = (ledger.iter().filter(is_it).count(), estate.seizures.len());
            if bank.is_puzzled && stands != books {
                self.check_somebody_is_told();
                continue;
            }
            assert_eq!(stands, books, "{certificate} at {}: ledger and books; {ledger:#?}", bank.name);
            assert!(books <= 1, "{certificate} is seized {books} times");
        }
    }

    /// No more than the claim as it stands is held, and of each debtor no more than the liability, or a person is told.
    fn check_excess(&self) {
        let Some(claim) = self.claim() else { return };
        let filter = chakong::store::TaskFilter { chain: self.chain, limit: 1000, ..Default::default() };
        let tasks = self.read(move |reads| reads.find_tasks(&filter));
        let ledger = self.ledger();
        let stands =
            |task: &Task| ledger.iter().any(|one| task.measure == Some(one.id) && one.state.stands());
        let is_told = tasks.iter().any(|task| match task.kind {
            TaskKind::ReleaseExcess => task.measure.is_none(),
            TaskKind::BringPapers | TaskKind::AnswerRefusal => stands(task),
            _ => false,
        });
        self.check_what_is_to_be_released(&tasks, &ledger);
        let held: Decimal = self.honest().map(|bank| bank.counted(None)).sum();
        let taken: Decimal = self.honest().map(Bank::taken_in_yuan).sum();
        let claimed = claim.amount;
        assert!(
            held <= claimed.max(taken) || is_told,
            "{held} held of a claim of {claimed}, and nobody is told"
        );
        for (debtor, party) in self.parties() {
            let Some(liable) = party.liable_up_to else { continue };
            let held: Decimal = self.honest().map(|bank| bank.counted(Some(debtor))).sum();
            let taken: Decimal = self.honest().map(|bank| bank.taken_of(debtor)).sum();
            assert!(
                held <= liable.max(taken) || is_told,
                "{held} held of debtor {debtor}, liable for {liable}, and nobody is told; {:#?}",
                self.ledger()
            );
        }
    }

    /// Nobody is asked to release an account that holds no more than was ordered, or a home while deposits do not cover the claim.
    fn check_what_is_to_be_released(&self, tasks: &[Task], ledger: &[Measure]) {
        let asked = tasks.iter().filter(|task| task.kind == TaskKind::ReleaseExcess);
        for (task, id) in asked.filter_map(|task| Some((task, task.measure?))) {
            let measure = ledger.iter().find(|one| one.id == id).expect("its measure");
            assert!(measure.state.stands(), "{} is over, and is to be released: {task:?}", measure.id);
            if !measure.is_whole() {
                assert!(measure.surplus > Decimal::ZERO, "no more is held than was ordered: {task:?}");
                continue;
            }
            // What a bank says that lies counts for the ledger, not for the books.
            if self.banks.values().all(Bank::is_honest) {
                assert!(self.is_covered(measure), "the claim is not covered: {task:?}; {ledger:#?}");
            }
        }
    }

    /// Whether deposits cover the claim, or what the party of a measure is liable for, by the banks' books.
    fn is_covered(&self, measure: &Measure) -> bool {
        let counted = |of| self.banks.values().map(|bank| bank.counted(of)).sum::<Decimal>();
        let is_of_party = |debtor: &usize| {
            self.parties().into_iter().any(|(at, party)| {
                at == *debtor
                    && party.id == measure.debtor
                    && party.liable_up_to.is_some_and(|liable| counted(Some(at)) >= liable)
            })
        };
        self.claim().is_none_or(|claim| !claim.is_open() || counted(None) >= claim.amount)
            || (0..self.debtors).any(|debtor| is_of_party(&debtor))
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
