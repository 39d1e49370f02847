//! Orders and what was answered to them, as they are looked for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::cases::fits;
use super::state::State;
use crate::domain::{InquiryId, InquiryState, LineRow, OrderId, OrderRecord, OrderState};
use crate::store::{LaneCounts, OrderFilter};

impl State {
    pub(super) fn order_counts(&self, inquiry: InquiryId) -> Vec<(OrderState, u64)> {
        let mut counts: BTreeMap<i64, (OrderState, u64)> = BTreeMap::new();
        for order in self.orders_of_inquiry(inquiry) {
            counts.entry(order.state.code()).or_insert((order.state, 0)).1 += 1;
        }
        counts.into_values().collect()
    }

    pub(super) fn find_orders(&self, filter: &OrderFilter) -> Vec<OrderRecord> {
        let wanted = self.orders.values().rev().filter(|order| {
            filter.state.is_none_or(|state| order.state == state)
                && fits(filter.counterpart.as_ref(), order.lane.as_str())
                && filter.action.is_none_or(|action| order.instruction.kind() == action)
                && filter.before.is_none_or(|before| order.id < before)
        });
        wanted.take(filter.limit).cloned().collect()
    }

    pub(super) fn offers(
        &self,
        (lane, now): (&str, Timestamp),
        control: bool,
        after: OrderId,
        limit: usize,
    ) -> Vec<OrderRecord> {
        // A control always stands for a line of the ledger.
        let fits = |order: &&OrderRecord| order.measure.is_some() == control && order.deadline > now;
        let queued = self.queued_of(lane).filter(|order| order.due <= now).filter(fits);
        let on_offer =
            || self.under_way_of(lane).filter(|order| order.state == OrderState::Awaiting).filter(fits);
        let later = on_offer().filter(|order| order.id > after);
        let again = on_offer().filter(|order| order.id <= after);
        queued.chain(later).chain(again).take(limit).cloned().collect()
    }

    pub(super) fn lane_counts(&self, lane: &str) -> LaneCounts {
        let (undetermined, awaiting): (Vec<_>, Vec<_>) =
            self.under_way_of(lane).partition(|order| order.state == OrderState::Undetermined);
        let count = |orders: usize| u64::try_from(orders).unwrap_or(u64::MAX);
        // Those of one turn may differ in age; the first in turn stands for all that wait.
        let queued = self.queued_of(lane).next().map(|order| order.created);
        LaneCounts {
            waiting: count(self.queued_of(lane).count()),
            awaiting: count(awaiting.len()),
            undetermined: count(undetermined.len()),
            oldest: awaiting.iter().map(|order| order.created).chain(queued).min(),
        }
    }

    pub(super) fn past_deadline(&self, now: Timestamp, limit: usize) -> Vec<OrderId> {
        let waits = |order: &&OrderRecord| {
            let kept = self.inquiries.get(&order.inquiry).map(|kept| &kept.inquiry);
            kept.is_some_and(|inquiry| inquiry.state != InquiryState::Completed && inquiry.open_orders > 0)
        };
        let over = self.orders.values().filter(|order| order.state.is_open() && order.deadline <= now);
        over.filter(waits).map(|order| order.id).take(limit).collect()
    }

    pub(super) fn open_lanes(&self) -> Vec<String> {
        let queued = self.queued.iter().map(|((lane, ..), ())| lane);
        let under_way = self.under_way.iter().map(|((lane, _), ())| lane);
        queued.chain(under_way).collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }

    pub(super) fn lines_of(&self, inquiry: InquiryId) -> Vec<LineRow> {
        let line = |order: &OrderRecord| {
            // Of a question that was asked again, each order shows its own latest answer.
            let answers = self.revisions.range((order.root, 0)..=(order.root, u32::MAX));
            let own = answers.map(|(_, revision)| revision).rev().find(|one| one.order == order.id);
            LineRow::of(order, own)
        };
        self.orders_of_inquiry(inquiry).map(line).collect()
    }
}
