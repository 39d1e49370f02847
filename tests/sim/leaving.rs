//! What must be so of each order at the moment at which it leaves: it is compared with the case as it stands then, whatever stood before.

use chakong::domain::{ChainParty, Claim, InquiryState, Measure, OrderRecord, OrderState, ReleaseCause};
use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Instruction};
use rust_decimal::Decimal;

use crate::accounts::RATE;
use crate::banks::Bank;
use crate::world::World;

impl World {
    /// Orders leave. What was on offer before may have been fetched then: it left earlier.
    pub fn check_leaving(&mut self, orders: &[OrderRecord]) {
        let new: Vec<OrderRecord> = orders
            .iter()
            .filter(|order| order.state == OrderState::Queued && order.is_control())
            .cloned()
            .collect();
        let Some(claim) = self.claim().filter(|_| !new.is_empty()) else { return };
        let (ledger, parties) = (self.ledger(), self.parties());
        for order in new {
            let owner = self.owner(&order);
            let measure = ledger.iter().find(|one| Some(one.id) == order.measure).expect("its measure");
            // One that left before, to no avail, is found out about by sending it again.
            if order.sent.is_some() {
                continue;
            }
            let party = &parties.iter().find(|(debtor, _)| *debtor == owner).expect("its party").1;
            self.check_wanted(&order, measure, (&claim, party));
            match order.instruction.kind() {
                ActionKind::Freeze => self.check_freeze(&order, owner, (&claim, party)),
                ActionKind::Deduct => self.check_deduction(&order, owner, (&claim, party)),
                _ => {}
            }
        }
    }

    /// Nothing is frozen, renewed or taken for a claim that ended, of somebody who was freed, or after the last day; nothing is taken for
    /// an inquiry that was cancelled; nothing is given back because the claim ended when it is open.
    fn check_wanted(&self, order: &OrderRecord, measure: &Measure, (claim, party): (&Claim, &ChainParty)) {
        let number = order.number();
        let inquiry = order.inquiry;
        let inquiry = self.read(move |reads| reads.inquiry(inquiry)).expect("its inquiry");
        let is_cancelled = inquiry.state == InquiryState::Cancelled;
        let action = order.instruction.kind();
        if action == ActionKind::Release {
            let is_wanted = claim.is_open() && !party.is_freed && !self.is_abandoned(measure);
            assert!(
                !is_wanted || measure.last_release.cause != ReleaseCause::Unwanted,
                "{number} gives back what is wanted again"
            );
            return;
        }
        assert!(claim.is_open(), "{number} does {action:?} for a claim that ended");
        assert!(!party.is_freed, "{number} does {action:?} of somebody who was freed");
        if matches!(action, ActionKind::Deduct | ActionKind::Transfer) {
            assert!(!is_cancelled, "{number} does {action:?} for an inquiry that was cancelled");
        }
        if action != ActionKind::Freeze {
            let today = self.today();
            assert!(
                measure.until.is_none_or(|until| until >= today),
                "{number} does {action:?} after the last day"
            );
        }
    }

    fn is_abandoned(&self, measure: &Measure) -> bool {
        let inquiry = measure.inquiry;
        self.read(move |reads| reads.inquiry(inquiry)).is_some_and(|one| one.state == InquiryState::Cancelled)
    }

    /// With what honest banks took, a deduction is within the claim and the liability as they stand.
    fn check_deduction(&self, order: &OrderRecord, owner: usize, (claim, party): (&Claim, &ChainParty)) {
        let Instruction::Deduct { amount, .. } = &order.instruction else { return };
        let amount = if amount.is_yuan() { amount.amount } else { amount.amount * RATE };
        let taken: Decimal = self.honest().map(Bank::taken_in_yuan).sum();
        let number = order.number();
        assert!(taken + amount <= claim.amount, "{number} takes {amount} beside {taken} of {}", claim.amount);
        let taken: Decimal = self.honest().map(|bank| bank.taken_of(owner)).sum();
        assert!(
            party.liable_up_to.is_none_or(|liable| taken + amount <= liable),
            "{number} takes {amount} beside {taken} of a party that is liable for {:?}",
            party.liable_up_to
        );
    }

    /// With what honest banks hold and took, and what is on its way to them, a freeze is within the claim and the liability as they stand.
    /// A whole is frozen while something is open.
    fn check_freeze(&mut self, order: &OrderRecord, owner: usize, (claim, party): (&Claim, &ChainParty)) {
        let is_stake = matches!(order.instruction.target(), Some(Target::Equity { .. }));
        let is_whole = is_stake || matches!(order.instruction.target(), Some(Target::Property { .. }));
        let bounds = [(None, Some(claim.amount)), (Some(owner), party.liable_up_to)];
        for (of, bound) in bounds {
            let Some(bound) = bound else { continue };
            let held: Decimal = self.honest().map(|bank| bank.counted(of)).sum();
            let mut coming = Decimal::ZERO;
            for other in self.on_its_way() {
                let is_its = of.is_none_or(|owner| self.owner(&other) == owner);
                if is_its && (other.id == order.id || other.state != OrderState::Queued) {
                    coming += self.counted(&other);
                }
            }
            let (number, all) = (order.number(), held + coming);
            let fits = if is_whole { all < bound } else { all <= bound };
            assert!(fits, "{number} freezes, {held} are held and {coming} on their way of {bound}; {of:?}");
        }
    }
}
