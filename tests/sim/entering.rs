//! Homes that were seized on paper: an officer enters what stands, without an amount.

use chakong::domain::decide::{Act, EnteredMeasure};
use chakong::domain::{Measure, MeasureState, OrderRecord};
use chakong_contract::DocumentKind;
use chakong_contract::asset::PropertyKind;
use chakong_contract::order::Target;
use rand::Rng as _;
use rust_decimal::Decimal;

use crate::case::CASES;
use crate::estates::Seizure;
use crate::world::World;

/// How the numbers of freezes on paper begin.
const ON_PAPER: &str = "PAPER";

impl World {
    /// A court seizes a home on paper, and an officer enters it; sometimes with an amount, which is refused.
    pub fn enter_what_is_on_paper(&mut self) {
        let Some((registry, certificate, owner)) = self.a_home_that_is_free() else { return };
        let Some((_, party)) = self.parties().into_iter().find(|(debtor, _)| *debtor == owner) else {
            return;
        };
        let days = self.chance.random_range(1..300);
        let until = self.today().checked_add(jiff::Span::new().days(days)).expect("a day");
        let number = format!("{ON_PAPER}{:07}", self.chance.random_range(0..10_000_000_u32));
        let amount: Decimal = match self.chance.random_bool(0.2) {
            true => self.chance.random_range(1..100_000).into(),
            false => Decimal::ZERO,
        };
        let entered = EnteredMeasure {
            party: party.id,
            counterpart: registry.clone(),
            institution: String::new(),
            target: home(&certificate),
            listed_state_shares: false,
            currency: None,
            rate: None,
            limit: amount,
            held: amount,
            from: Some(self.today()),
            until,
            rank: None,
            reference: String::new(),
            original_number: number.clone(),
            original_case: CASES[0].0.parse().expect("a number"),
        };
        let is_entered = self.act(Act::Enter(Box::new(entered)), &[DocumentKind::FreezeNotice]);
        assert!(amount.is_zero() || !is_entered, "a home holds no money");
        // Where the store failed, it may be committed all the same.
        if is_entered || (self.store_failed && amount.is_zero()) {
            let estate = self.banks.get_mut(&registry).and_then(|one| one.estates.get_mut(&certificate));
            let capital = Decimal::ZERO;
            estate.expect("the home").seizures.push(Seizure { number, until, capital });
        }
    }

    /// A home on which nothing stands, and on which nothing was ordered that may come to stand.
    fn a_home_that_is_free(&mut self) -> Option<(String, String, usize)> {
        use MeasureState::{Candidate, Proposed, Skipped};
        let ledger = self.ledger();
        let is_idle = |measure: &Measure| {
            matches!(measure.state, Candidate | Proposed | Skipped) || measure.state.ended()
        };
        let is_ordered = |name: &str| {
            ledger.iter().any(|measure| {
                let Target::Property { certificate, .. } = &measure.target else { return false };
                certificate == name && !is_idle(measure)
            })
        };
        let is_named = |order: &OrderRecord, name: &str| matches!(order.instruction.target(), Some(Target::Property { certificate, .. }) if certificate == name);
        let freed = self.freed.clone();
        let (to_banks, to_court) = (self.to_banks.clone(), self.to_court.clone());
        let homes = self.banks.iter().flat_map(|(bank, one)| {
            one.estates.iter().map(move |(name, estate)| (bank.clone(), name.clone(), estate))
        });
        let free = homes.filter(|(_, name, estate)| {
            estate.subscribed.is_none()
                && estate.seizures.is_empty()
                && !freed.contains(&estate.owner)
                && !is_ordered(name)
                && !to_banks.iter().any(|order| is_named(order, name))
                && !to_court.iter().any(|(_, order, _)| is_named(order, name))
        });
        let free: Vec<_> = free.map(|(bank, name, estate)| (bank, name, estate.owner)).collect();
        self.one_of(&free)
    }

    /// What was seized on paper and never came into the ledger, because the store failed, is lifted by whoever seized it.
    pub fn lift_what_was_not_entered(&mut self) {
        let known: Vec<String> = self.ledger().into_iter().map(|measure| measure.original_number).collect();
        for estate in self.banks.values_mut().flat_map(|bank| bank.estates.values_mut()) {
            estate
                .seizures
                .retain(|seizure| !seizure.number.starts_with(ON_PAPER) || known.contains(&seizure.number));
        }
    }
}

/// A home as its registry tells of it.
fn home(certificate: &str) -> Target {
    Target::Property {
        property_kind: PropertyKind::Building,
        unit_number: None,
        certificate: certificate.to_owned(),
        location: "某某市测试路1号".to_owned(),
        business_number: String::new(),
    }
}
