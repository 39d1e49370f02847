//! Renewal 续冻、续封: on an approver's word, before the measure dies by itself (查扣冻规定 art. 27).

use chakong_contract::order::LegalDocument;
use chakong_contract::{Date, Moment};
use jiff::Span;

use super::Declined;
use super::by_hand::{add_documents, ledger_of};
use super::measures::prolong;
use crate::inquiry::{Measure, MeasureId, MeasureState};
use crate::store::{Act, Stored, Tx};

/// How a measure is renewed.
#[derive(Debug, Clone, Default)]
pub struct Renewal {
    /// Days of the new term, which begins when the old one ends; the longest that the law allows where absent.
    pub days: Option<u16>,
    /// Documents that the inquiry did not bring; a renewal needs the ruling and the notice of a freeze.
    pub documents: Vec<LegalDocument>,
}

/// Renews a measure that stands.
///
/// # Errors
/// The outer one when the store fails, the inner one when the measure or the law does not allow it.
pub fn renew(
    tx: &mut dyn Tx,
    id: MeasureId,
    renewal: &Renewal,
    mut act: Act,
) -> Stored<Result<Measure, Declined>> {
    let Some((measure, mut inquiry, _)) = ledger_of(tx, id)? else {
        return Ok(Err(Declined::Unknown("measure")));
    };
    let term = match term(&measure, renewal.days, Moment::from_timestamp(act.at).date()) {
        Ok(term) => term,
        Err(reason) => return Ok(Err(Declined::NotNow(reason))),
    };
    add_documents(tx, inquiry.id, &renewal.documents)?;
    prolong(tx, &mut inquiry, measure, term, act.at)?;
    tx.save_inquiry(&inquiry)?;
    act.subject = inquiry.uid.to_string();
    tx.insert_act(&act)?;
    Ok(tx.measure(id)?.ok_or(Declined::Unknown("measure")))
}

/// First and last day of the new term, or why there is none.
fn term(measure: &Measure, days: Option<u16>, today: Date) -> Result<(Date, Date), String> {
    if measure.state != MeasureState::InForce {
        let state = measure.state.word();
        return Err(format!("the measure is {state}; only one that stands can be renewed"));
    }
    let longest = measure.target.longest_term_days();
    let days = days.unwrap_or(longest);
    if !(1..=longest).contains(&days) {
        return Err(format!("the new term may have 1 to {longest} days (民诉法解释 art. 485)"));
    }
    let ends = measure.until.ok_or("nobody knows when the measure ends; ask the counterpart")?;
    if ends < today {
        return Err(format!(
            "the measure ended on {ends}: it cannot be renewed, freeze anew (查扣冻规定 art. 27)"
        ));
    }
    let from = ends.tomorrow().map_err(|error| error.to_string())?;
    Ok((from, from.saturating_add(Span::new().days(i64::from(days) - 1))))
}
