//! Which orders go out together.

use std::collections::VecDeque;

use super::super::DueOrder;

/// As many orders as go out in one message: all queries or all controls, tickets alone; where requests are counted `by_court`, of one court.
/// Those of other courts keep their turns.
pub(super) fn take_batch(ready: &mut VecDeque<DueOrder>, most: usize, by_court: bool) -> Vec<DueOrder> {
    let Some(first) = ready.pop_front() else { return Vec::new() };
    let (control, court, ticket) =
        (first.record.is_control(), first.record.court.clone(), first.record.ticket.is_some());
    let (mut batch, mut at) = (vec![first], 0);
    while !ticket && batch.len() < most {
        let Some(record) = ready.get(at).map(|due| &due.record) else { break };
        if by_court && record.court != court {
            at += 1;
            continue;
        }
        if record.is_control() != control || record.ticket.is_some() {
            break;
        }
        batch.extend(ready.remove(at));
    }
    batch
}
