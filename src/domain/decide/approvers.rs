//! Which freezes two different persons approve 双人审批. This is the only place that answers, for proposals and for freezes that would go
//! out by themselves.

use rust_decimal::Decimal;

use super::super::{Measure, TwoFrom};
use super::draft::Draft;

/// From how much on the courts of the chain want two approvers.
pub fn two_from(draft: &Draft<'_>) -> TwoFrom {
    let courts = draft.file.cases.iter().map(|case| case.court_code.as_str());
    let of_inquiries = draft.file.inquiries.values().map(|inquiry| inquiry.court.as_str());
    draft.facts.rules.two_approvers.wanted_by(courts.chain(of_inquiries))
}

/// Whether two persons approve a freeze of a measure with this limit in its currency. What nobody knows the amount of wants two.
pub fn wants_two(draft: &Draft<'_>, measure: &Measure, limit: Decimal) -> bool {
    two_from(draft).is_some_and(|from| yuan_of(measure, limit).is_none_or(|yuan| yuan >= from))
}

/// What a freeze amounts to in yuan; `None` where nobody knows.
fn yuan_of(measure: &Measure, limit: Decimal) -> Option<Decimal> {
    match (measure.is_whole(), measure.currency) {
        (true, _) => measure.value,
        (false, None) => Some(limit),
        (false, Some(_)) => measure.rate.map(|_| measure.in_yuan(limit)),
    }
}
