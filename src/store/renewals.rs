//! Which renewals came in time: that stands in the bodies of their orders.

use chakong_contract::{ActionKind, Instruction, Moment};

use super::{Reads, Stored};
use crate::domain::LineRow;
use crate::domain::statistics::OrderTally;

/// Counts the renewals that took effect while the term before them ran: one that comes later renews nothing (查扣冻规定 art. 27). Orders of
/// inquiries without a renewal are not read.
///
/// # Errors
/// When the store fails.
pub fn count_renewals(reads: &mut dyn Reads, tallies: &mut [OrderTally]) -> Stored<()> {
    for tally in tallies.iter_mut().filter(|tally| tally.action == ActionKind::Renew && tally.held > 0) {
        for line in reads.lines_of(tally.inquiry)? {
            let is_of_tally = line.action == ActionKind::Renew && line.lane == tally.lane;
            if is_of_tally && is_in_time(reads, &line)? {
                tally.renewed_in_time += 1;
            }
        }
    }
    Ok(())
}

/// Whether a renewal was answered as held before its own term began, which is the day after the old one ended.
fn is_in_time(reads: &mut dyn Reads, line: &LineRow) -> Stored<bool> {
    let answers = line.outcome.as_ref().map_or(0, |outcome| outcome.number);
    let Some(order) = reads.order(line.id)?.filter(|_| answers > 0) else { return Ok(false) };
    let Instruction::Renew { from, .. } = order.instruction else { return Ok(false) };
    for number in 1..=answers {
        let Some(answer) = reads.revision(line.root, Some(number))? else { continue };
        let is_held = matches!(answer.answer.reply.outcome(), "held" | "partly_held");
        if is_held && answer.order == line.id {
            return Ok(Moment::from_timestamp(answer.at).date() < from);
        }
    }
    Ok(false)
}
