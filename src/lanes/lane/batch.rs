//! Orders on their way out: read ahead, taken together, and as their connector sees them.

use std::collections::VecDeque;

use chakong_contract::connector::Batch;
use chakong_contract::{Moment, Order, Secret};
use jiff::Timestamp;

use super::super::DueOrder;
use crate::domain::{BatchId, OrderRecord};

/// Orders that go out together, and what their connector sees of them, in the same order.
#[derive(Debug)]
pub(super) struct Sendable {
    pub(super) records: Vec<OrderRecord>,
    pub(super) orders: Vec<Order>,
}

impl Sendable {
    pub(super) fn with_capacity(most: usize) -> Self {
        Self { records: Vec::with_capacity(most), orders: Vec::with_capacity(most) }
    }
}

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

/// The batch as a connector sees it. Its number is `made`'s day and a row number, 30 digits; never reused.
pub(super) fn batch_of(id: BatchId, made: Timestamp, orders: Vec<Order>, token: Option<Secret>) -> Batch {
    let made = Moment::from_timestamp(made);
    let number = format!(
        "{:04}{:02}{:02}{id:022}",
        made.date().year(),
        made.date().month(),
        made.date().day(),
        id = id.get()
    );
    Batch { number, made, orders, token }
}
