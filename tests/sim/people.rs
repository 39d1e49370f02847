//! Courts that act: officers approve, renew, deduct, release, change the claim, and find out what became of controls.

use chakong::domain::decide::{
    Act, ActInput, Approval, ClaimUpdate, Deduction, Release, ReleaseScope, Renewal, Resolution,
};
use chakong::domain::people::Courts;
use chakong::domain::rules::release_reasons::ReleaseReason;
use chakong::domain::{
    Actor, ClaimChangeKind, ClaimState, Measure, MeasureId, MeasureState, Mode, OrderId, OrderRecord,
    OrderState, Preference, UncoveredLimit,
};
use chakong::engine::InputError;
use chakong::store::OrderFilter;
use chakong_contract::order::CourtAccount;
use chakong_contract::{DocumentKind, Reply};
use rand::Rng as _;
use rust_decimal::Decimal;

use crate::accounts::RATE;
use crate::case::paper;
use crate::world::{World, at_once, is_expected};

impl World {
    /// Does an act. Whether it was done.
    pub fn act(&mut self, act: Act, papers: &[DocumentKind]) -> bool {
        self.note(|| format!("act {act:?}"));
        let documents = papers.iter().map(|kind| paper(*kind)).collect();
        let input = ActInput {
            actor: Actor::Person("officer".to_owned()),
            case: None,
            reason: "测试".to_owned(),
            documents,
            act,
            seen: None,
        };
        self.store_failed = false;
        match at_once(self.engine.act(self.chain, input)) {
            Ok(_) => true,
            Err(InputError::Store(error)) => {
                is_expected(&error);
                self.store_failed = true;
                false
            }
            Err(InputError::Rejected(rejected)) => {
                self.declined(&rejected);
                false
            }
            Err(InputError::KeyReused) => panic!("an act has no key"),
        }
    }

    /// A measure of which something is so.
    fn measure(&mut self, is_meant: impl Fn(&Measure) -> bool) -> Option<Measure> {
        let fitting: Vec<Measure> = self.ledger().into_iter().filter(is_meant).collect();
        self.one_of(&fitting)
    }

    fn measure_in(&mut self, state: MeasureState) -> Option<MeasureId> {
        self.measure(|one| one.state == state).map(|one| one.id)
    }

    /// An officer decides about a proposal, or about one that was declined.
    pub fn decide_on_a_freeze(&mut self) {
        match self.chance.random_range(0..7) {
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
                let Some(measure) = self.measure(|one| one.state == state) else { return };
                let limit =
                    measure.currency.map(|_| measure.money(self.chance.random_range(1..20_000).into()));
                let rate = measure.currency.and_then(|_| self.chance.random_bool(0.7).then_some(RATE));
                self.approve(&measure, Approval { limit, rate, ..Approval::default() });
            }
            3 => {
                let Some(whole) = self.measure(Measure::is_whole) else { return };
                let worth = self.chance.random_range(1..300_000).into();
                self.act(Act::Value(whole.id, worth), &[]);
            }
            _ => {
                let Some(measure) = self.measure(|one| one.state == MeasureState::Proposed) else { return };
                let amount = !measure.is_whole() && self.chance.random_bool(0.3);
                let limit = amount.then(|| measure.money(self.chance.random_range(1..100_000).into()));
                self.approve(&measure, Approval { limit, ..Approval::default() });
            }
        }
    }

    /// Approves a freeze, and remembers whether a foreign one was given a rate.
    fn approve(&mut self, measure: &Measure, approval: Approval) {
        let before = self.unrated.clone();
        if measure.currency.is_some() && approval.rate.or(measure.rate).is_none() {
            self.unrated.insert(measure.id);
        } else {
            self.unrated.remove(&measure.id);
        }
        // Where the store fails it may be committed all the same, and where it is not the next approval counts.
        if !self.act(Act::Approve(measure.id, approval), &[]) && !self.store_failed {
            self.unrated = before;
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
        self.act(Act::Deduct(id, Deduction { amount, into, courts: Courts::All }), &papers);
    }

    /// The claim grows, or a setting changes that gives nothing back.
    pub fn raise_claim(&mut self) {
        let Some(claim) = self.claim() else { return };
        let more: Decimal = self.chance.random_range(1..60_000).into();
        let mut update = ClaimUpdate::default();
        match self.chance.random_range(0..6) {
            0..2 => update.change = Some((ClaimChangeKind::Raised, claim.amount + more)),
            2 => update.change = Some((ClaimChangeKind::Interest, more)),
            3 => {
                let Some((debtor, party)) = self.one_of(&self.parties()) else { return };
                let liable = party.liable_up_to.map(|liable| liable + more);
                let liable = liable.filter(|_| self.chance.random_bool(0.8));
                self.most_liable[debtor] =
                    liable.and_then(|liable| Some(self.most_liable[debtor]?.max(liable)));
                update.liabilities.push((party.id, liable));
            }
            4 => update.settings.mode = Some(self.a_mode()),
            _ => update.settings.prefer = Some(Preference::SmallestFirst),
        }
        if update.change.is_some() {
            // It may be committed though nobody is told so.
            self.most = self.most.max(claim.amount + more);
        }
        self.act(Act::UpdateClaim(update), &[DocumentKind::ClaimPaper]);
    }

    fn a_mode(&mut self) -> Mode {
        if self.chance.random_bool(0.5) { Mode::Auto } else { Mode::Propose }
    }

    /// A person acts so that money is given back.
    pub fn give_back(&mut self) {
        match self.chance.random_range(0..10) {
            0..4 => self.release(),
            4..8 => self.lower_claim(),
            8 => {
                let Some(id) = self.one_of(&self.inquiries()) else { return };
                self.act(Act::Cancel(id), &[]);
            }
            _ => {
                let states = [ClaimState::Settled, ClaimState::Withdrawn, ClaimState::Open];
                let state = Some(states[self.chance.random_range(0..states.len())]);
                let update = ClaimUpdate { state, ..ClaimUpdate::default() };
                self.act(Act::UpdateClaim(update), &[DocumentKind::ClaimPaper]);
            }
        }
    }

    fn release(&mut self) {
        let all = [DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];
        // Sometimes a paper is missing.
        let papers = &all[..self.chance.random_range(1..=2)];
        let ground = ReleaseReason::ALL[self.chance.random_range(0..ReleaseReason::ALL.len())];
        let scope = match self.chance.random_range(0..8) {
            0 => ReleaseScope::Case,
            1 => {
                let Some((debtor, party)) = self.one_of(&self.parties()) else { return };
                let release = Release { scope: ReleaseScope::Party(party.id), ground };
                if self.act(Act::Release(release), papers) && ground == ReleaseReason::WrongPerson {
                    self.freed.insert(debtor);
                }
                return;
            }
            _ => {
                let stands = [MeasureState::InForce, MeasureState::Waiting, MeasureState::Asked];
                let Some(measure) = self.measure(|one| stands.contains(&one.state)) else { return };
                let part = self.chance.random_bool(0.4).then(|| self.chance.random_range(1..60_000).into());
                ReleaseScope::Measure(measure.id, part.filter(|_| !measure.is_whole()))
            }
        };
        self.act(Act::Release(Release { scope, ground }), papers);
    }

    /// The claim shrinks, somebody is liable for less, or limits that hold nothing are treated in another way.
    fn lower_claim(&mut self) {
        let Some(claim) = self.claim() else { return };
        let amount: Decimal = self.chance.random_range(1..60_000).into();
        let mut update = ClaimUpdate::default();
        match self.chance.random_range(0..5) {
            0..2 => update.change = Some((ClaimChangeKind::PartPayment, amount)),
            2 => update.change = Some((ClaimChangeKind::Lowered, claim.amount - amount)),
            3 => {
                let Some((debtor, party)) = self.one_of(&self.parties()) else { return };
                let liable = party.liable_up_to.unwrap_or(claim.amount).min(amount);
                // Where nobody was told it, it may be committed or not: the highest stands.
                self.most_liable[debtor] = self.most_liable[debtor].map(|most| most.max(liable));
                update.liabilities.push((party.id, Some(liable)));
            }
            _ if self.kind.grows => update.settings.other_property = Some(self.a_mode()),
            _ => {
                let ways = [UncoveredLimit::Strict, UncoveredLimit::Keep, UncoveredLimit::Release];
                update.settings.uncovered = Some(ways[self.chance.random_range(0..ways.len())]);
            }
        }
        self.act(Act::UpdateClaim(update), &[DocumentKind::ClaimPaper]);
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
            Some(Reply::Held(_) | Reply::PartlyHeld(_)) if self.banks[&order.lane].accounts.is_empty() => {
                Resolution::Done(None)
            }
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
