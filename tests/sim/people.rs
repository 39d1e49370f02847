//! Courts that act: officers approve, renew, deduct, release, change the claim, and find out what became of controls.

use chakong::domain::decide::{
    Act, ActInput, Approval, ClaimUpdate, Deduction, Release, ReleaseScope, Renewal, Resolution,
};
use chakong::domain::rules::release_reasons::ReleaseReason;
use chakong::domain::{
    Actor, ClaimChangeKind, ClaimState, MeasureId, MeasureState, OrderId, OrderRecord, OrderState,
};
use chakong::engine::InputError;
use chakong::store::OrderFilter;
use chakong_contract::order::CourtAccount;
use chakong_contract::{DocumentKind, Reply};
use rand::Rng as _;
use rust_decimal::Decimal;

use crate::case::paper;
use crate::world::{World, at_once, is_expected};

impl World {
    /// Does an act. Whether it was done.
    pub fn act(&mut self, act: Act, papers: &[DocumentKind]) -> bool {
        self.note(format!("act {act:?}"));
        let documents = papers.iter().map(|kind| paper(*kind)).collect();
        let input = ActInput {
            actor: Actor::Person("officer".to_owned()),
            reason: "测试".to_owned(),
            documents,
            act,
        };
        match at_once(self.engine.act(self.chain, input)) {
            Ok(_) => true,
            Err(InputError::Store(error)) => {
                is_expected(&error);
                false
            }
            Err(InputError::Rejected(rejected)) => {
                self.declined(&rejected);
                false
            }
            Err(InputError::KeyReused) => panic!("an act has no key"),
        }
    }

    fn measure_in(&mut self, state: MeasureState) -> Option<MeasureId> {
        let fitting: Vec<MeasureId> =
            self.ledger().iter().filter(|one| one.state == state).map(|one| one.id).collect();
        self.one_of(&fitting)
    }

    /// An officer decides about a proposal, or about one that was declined.
    pub fn decide_on_a_freeze(&mut self) {
        match self.chance.random_range(0..6) {
            0 => {
                let Some(id) = self.measure_in(MeasureState::Proposed) else { return };
                self.act(Act::Reject(id), &[]);
            }
            1 => {
                let Some(id) = self.measure_in(MeasureState::Skipped) else { return };
                self.act(Act::Reconsider(id), &[]);
            }
            2 => {
                let from = [MeasureState::Refused, MeasureState::Skipped, MeasureState::Candidate];
                let state = from[self.chance.random_range(0..from.len())];
                let Some(id) = self.measure_in(state) else { return };
                self.act(Act::Approve(id, Approval::default()), &[]);
            }
            _ => {
                let Some(id) = self.measure_in(MeasureState::Proposed) else { return };
                let limit = self.chance.random_bool(0.3).then(|| self.chance.random_range(1..100_000).into());
                self.act(Act::Approve(id, Approval { limit, ..Approval::default() }), &[]);
            }
        }
    }

    pub fn renew_or_deduct(&mut self) {
        let Some(id) = self.measure_in(MeasureState::InForce) else { return };
        if self.chance.random_bool(0.5) {
            let days = self.chance.random_bool(0.5).then(|| self.chance.random_range(1..365));
            self.act(
                Act::Renew(id, Renewal { days }),
                &[DocumentKind::RenewRuling, DocumentKind::RenewNotice],
            );
            return;
        }
        let amount = self.chance.random_bool(0.8).then(|| self.chance.random_range(1..60_000).into());
        let into = CourtAccount {
            holder: "临汾市测试中级人民法院".to_owned(),
            number: "6222000000000001".to_owned(),
            bank: "测试银行".to_owned(),
            bank_number: String::new(),
            class: String::new(),
        };
        let papers = [DocumentKind::DeductRuling, DocumentKind::DeductNotice];
        self.act(Act::Deduct(id, Deduction { amount, into }), &papers);
    }

    /// The claim grows.
    pub fn raise_claim(&mut self) {
        let Some(claim) = self.claim() else { return };
        let more: Decimal = self.chance.random_range(1..60_000).into();
        let (kind, amount) = match self.chance.random_bool(0.5) {
            true => (ClaimChangeKind::Raised, claim + more),
            false => (ClaimChangeKind::Interest, more),
        };
        // It may be committed though nobody is told so.
        self.most = self.most.max(claim + more);
        self.act(
            Act::UpdateClaim(ClaimUpdate { change: Some((kind, amount)), ..ClaimUpdate::default() }),
            &[],
        );
    }

    /// A person acts so that money is given back.
    pub fn give_back(&mut self) {
        let papers = [DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];
        let amount: Decimal = self.chance.random_range(1..60_000).into();
        match self.chance.random_range(0..10) {
            0..4 => {
                let Some(id) = self.measure_in(MeasureState::InForce) else { return };
                let part = self.chance.random_bool(0.4).then_some(amount);
                let ground = ReleaseReason::ALL[self.chance.random_range(0..ReleaseReason::ALL.len())];
                self.act(Act::Release(Release { scope: ReleaseScope::Measure(id, part), ground }), &papers);
            }
            4 => {
                let ground = ReleaseReason::ALL[self.chance.random_range(0..ReleaseReason::ALL.len())];
                self.act(Act::Release(Release { scope: ReleaseScope::Case, ground }), &papers);
            }
            5..8 => {
                let change = Some((ClaimChangeKind::PartPayment, amount));
                self.act(Act::UpdateClaim(ClaimUpdate { change, ..ClaimUpdate::default() }), &[]);
            }
            8 => {
                let states = [ClaimState::Settled, ClaimState::Withdrawn, ClaimState::Open];
                let state = Some(states[self.chance.random_range(0..states.len())]);
                self.act(Act::UpdateClaim(ClaimUpdate { state, ..ClaimUpdate::default() }), &[]);
            }
            _ => {
                let Some(id) = self.one_of(&self.inquiries()) else { return };
                self.act(Act::Cancel(id), &[]);
            }
        }
    }

    /// Orders are asked again.
    pub fn ask_again(&mut self) {
        let queries: Vec<OrderId> =
            self.heard.iter().filter(|(_, one, _)| !one.is_control()).map(|(_, one, _)| one.id).collect();
        if let Some(id) = self.one_of(&queries) {
            self.act(Act::Requery(vec![id]), &[]);
        }
    }

    /// Controls of which a person must find out what became of them.
    pub fn unresolved(&self) -> Vec<OrderRecord> {
        let mut all = Vec::new();
        for state in [OrderState::Undetermined, OrderState::Overdue] {
            let filter = OrderFilter { state: Some(state), limit: 1000, ..OrderFilter::default() };
            all.extend(self.read(move |reads| reads.find_orders(&filter)));
        }
        all.retain(|order| order.is_control() && !self.is_on_its_way(order.id));
        all.sort_by_key(|order| order.id);
        all
    }

    /// A person calls the bank and writes down what is so there.
    pub fn resolve(&mut self, order: &OrderRecord, may_send_again: bool) {
        let number = order.number().to_string();
        let resolution = match self.banks[&order.lane].answered.get(&number) {
            Some(Reply::Held(_) | Reply::PartlyHeld(_)) => {
                let of = match &order.instruction {
                    chakong_contract::Instruction::Renew { original, .. } => original.number.to_string(),
                    _ => number,
                };
                Resolution::Done(Some(self.banks[&order.lane].held_by(&of)))
            }
            Some(Reply::Released { amount, .. } | Reply::Deducted { amount }) => {
                Resolution::Done(amount.map(|money| money.amount))
            }
            None if may_send_again && self.chance.random_bool(0.5) => Resolution::SendAgain,
            None if self.chance.random_bool(0.3) => Resolution::GiveUp,
            _ => Resolution::NotDone,
        };
        self.act(Act::Resolve(order.id, resolution), &[]);
    }
}
