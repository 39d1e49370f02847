//! Which renewals came in time: that stands in the bodies of their orders.

use chakong_contract::{Instruction, Moment};

use super::reports::Renewal;
use super::{Reads, Stored};

/// Whether a renewal took effect while the term before it ran, whose last day is the one before its own term begins: one that comes later
/// renews nothing (查扣冻规定 art. 27).
///
/// # Errors
/// When the store fails.
pub fn is_renewed_in_time(reads: &mut dyn Reads, renewal: &Renewal) -> Stored<bool> {
    let Some(order) = reads.order(renewal.order)? else { return Ok(false) };
    let Instruction::Renew { from, .. } = order.instruction else { return Ok(false) };
    Ok(Moment::from_timestamp(renewal.at).date() < from)
}
