//! What the case system submits: inquiries of the chain's cases, about some of the debtors, with a mandate or without.

use chakong::domain::decide::Submitted;
use chakong::domain::{Liability, Mandate};
use chakong::engine::InputError;
use chakong_contract::Money;
use rand::Rng as _;
use rust_decimal::Decimal;

use crate::case::{Asked, CASES, reference, submission};
use crate::world::{World, at_once, is_expected};

/// A case number in its canonical form.
fn written(case: &str) -> String {
    case.replace('(', "（").replace(')', "）")
}

impl World {
    /// Submits an inquiry of one of the cases, with a key that is new, or again with one that was used; sometimes two under
    /// two keys at once.
    pub fn submit(&mut self) {
        let again = self.chance.random_bool(0.3);
        let known = if again { self.one_of(&self.submitted.clone()) } else { None };
        let mut new = vec![known.unwrap_or_else(|| self.new_submission())];
        if self.chance.random_bool(0.2) {
            self.keep(&new[0]);
            new.push(self.new_submission());
        }
        for one in new {
            self.keep(&one);
            self.hand_over_submission(one);
        }
    }

    fn keep(&mut self, new: &Submitted) {
        if !self.submitted.iter().any(|one| one.key == new.key) {
            self.submitted.push(new.clone());
        }
    }

    fn hand_over_submission(&mut self, new: Submitted) {
        self.note(|| {
            let parties: Vec<_> = new.terms.parties.iter().map(|party| party.reference.clone()).collect();
            let mandate = new.terms.mandate.is_some();
            format!("submit {} {} {parties:?}, mandate: {mandate}", new.key, new.terms.case.number.as_str())
        });
        let number = new.terms.case.number.clone();
        match at_once(self.engine.submit(new)) {
            Ok(accepted) => {
                let at = CASES.iter().position(|(known, _)| number.as_str() == written(known));
                self.cases_known = self.cases_known.max(at.expect("one of the cases"));
                assert_eq!(*self.chain.get_or_insert(accepted.inquiry.chain), accepted.inquiry.chain);
            }
            Err(InputError::Store(error)) => is_expected(&error),
            Err(InputError::Rejected(rejected)) => self.declined(&rejected),
            Err(InputError::KeyReused) => panic!("the same body came with the same key"),
        }
    }

    /// Whether an inquiry about a debtor would be accepted that states such a liability; nothing of it is kept.
    pub fn would_be_accepted(&self, debtor: usize, liable: Decimal) -> bool {
        let mut mandate = self.mandate_of(&[]);
        mandate.liable_up_to.push(Liability { party: reference(debtor), amount: Money::yuan(liable) });
        let asked = Asked {
            case: 0,
            debtors: &[debtor],
            mandate: Some(mandate),
            can_release: self.kind.can_release,
            key: u128::MAX,
            at: self.now(),
        };
        let banks: Vec<String> = self.banks.keys().cloned().collect();
        at_once(self.engine.preview(submission(asked, &banks))).is_ok()
    }

    fn new_submission(&mut self) -> Submitted {
        // A case that continues one which nobody named yet would begin a chain of its own.
        let known = CASES.len().min(self.cases_known + 2);
        let case = if self.submitted.is_empty() { 0 } else { self.chance.random_range(0..known) };
        let mut debtors: Vec<usize> = (0..self.debtors).collect();
        debtors.rotate_left(self.chance.random_range(0..self.debtors));
        if self.chance.random_bool(0.4) {
            debtors.truncate(self.chance.random_range(1..=self.debtors));
        }
        // Who is not known to be liable up to an amount only is not searched without saying so.
        let says_so = debtors.iter().any(|debtor| self.liable[*debtor].is_some());
        let mandate = (says_so || self.chance.random_bool(0.9)).then(|| self.mandate_of(&debtors));
        let asked = Asked {
            case,
            debtors: &debtors,
            mandate,
            can_release: self.kind.can_release,
            key: u128::try_from(self.submitted.len() + 1).expect("a number"),
            at: self.now(),
        };
        let banks: Vec<String> = self.banks.keys().cloned().collect();
        submission(asked, &banks)
    }

    /// The mandate, with the claim and the liabilities as they stand.
    fn mandate_of(&self, debtors: &[usize]) -> Mandate {
        let mut mandate = self.mandate.clone();
        if let Some(claim) = self.claim() {
            mandate.claim = Money::yuan(claim.amount);
            (mandate.mode, mandate.other_property) = (claim.mode, claim.other_property);
            (mandate.uncovered, mandate.prefer) = (claim.uncovered, Some(claim.prefer));
        }
        let known = self.parties();
        for debtor in debtors {
            let stands = known.iter().find(|(at, _)| at == debtor);
            let liable = stands.map_or(self.liable[*debtor], |(_, party)| party.liable_up_to);
            if let Some(amount) = liable {
                mandate
                    .liable_up_to
                    .push(Liability { party: reference(*debtor), amount: Money::yuan(amount) });
            }
        }
        mandate
    }
}
