//! Accounts in a foreign currency 外币账户. None is frozen by itself: an officer says how much of it is, in its own currency, and at which
//! rate that counts for the claim.

use rust_decimal::Decimal;

use super::super::{Claim, Measure, MeasureState};
use super::counting::{is_open, room_of};
use super::draft::Draft;
use super::proposals::{propose_with, withdraw};

/// Puts what was found before an approver while the claim is not covered, and takes it back once it is.
pub fn fill(draft: &mut Draft<'_>, claim: &Claim) {
    let is_foreign = |one: &&Measure| one.currency.is_some() && !one.is_whole();
    let foreign: Vec<Measure> = draft.file.ledger().filter(is_foreign).cloned().collect();
    for measure in foreign {
        let is_wanted = room_of(&draft.file, claim, measure.debtor, None) > Decimal::ZERO;
        match measure.state {
            MeasureState::Proposed if !is_wanted => {
                withdraw(draft, measure, "标的已足额 the claim is covered")
            }
            MeasureState::Candidate
                if is_wanted && measure.available > Decimal::ZERO && is_open(&draft.file, &measure) =>
            {
                put_before_an_approver(draft, measure);
            }
            _ => {}
        }
    }
}

fn put_before_an_approver(draft: &mut Draft<'_>, measure: Measure) {
    let there = measure.money(measure.available);
    let takes_it = draft.facts.rules.abilities.controls_foreign(&measure.counterpart);
    let note = match takes_it {
        true => format!(
            "外币账户，可用 {there}，须载明冻结金额及折算汇率 {there} in a foreign currency: approve a limit in it, and the rate at which it counts"
        ),
        false => format!(
            "外币账户，可用 {there}，该单位只办理人民币冻结：须线下办理后补录，或驳回 {there} in a foreign currency, and the counterpart freezes yuan only: freeze it on paper and enter the measure, or reject it"
        ),
    };
    let measure = Measure { note: note.clone(), ..measure };
    propose_with(draft, measure, Decimal::ZERO, note);
}
