//! Which orders go out together.

use std::collections::VecDeque;

use super::super::DueOrder;

/// As many orders as go out in one message: all queries or all controls, tickets alone.
pub(super) fn take_batch(ready: &mut VecDeque<DueOrder>, most: usize) -> Vec<DueOrder> {
    let Some(DueOrder { record: first, .. }) = ready.front() else { return Vec::new() };
    let (control, ticket) = (first.is_control(), first.ticket.is_some());
    let alike =
        |DueOrder { record, .. }: &DueOrder| record.is_control() == control && record.ticket.is_none();
    let count = match ticket {
        true => 1,
        false => ready.iter().take(most).take_while(|order| alike(order)).count(),
    };
    ready.drain(..count).collect()
}
