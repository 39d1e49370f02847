//! Values of the authority's answers.

use chakong_contract::{Fault, FaultKind, Money};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;

use crate::wire;

pub(super) fn malformed(operation: &str, why: &str) -> Fault {
    Fault::new(FaultKind::Malformed, operation, why)
}

/// An amount, or nothing and its text kept.
pub(super) fn amount(
    field: &str,
    amount: &Scalar,
    currency: &Scalar,
    gathered: &mut Gathered,
) -> Option<Money> {
    let read = wire::read_amount(amount, currency).unwrap_or_else(|text| {
        gathered.strange(field, text);
        None
    });
    read.map(|money| gathered.rounded(field, &amount.text(), money))
}
