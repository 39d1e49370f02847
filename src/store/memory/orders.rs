//! Orders and what was answered to them, as they are looked for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::cases::fits;
use super::state::State;
use super::writes::turn;
use crate::domain::{InquiryId, InquiryState, LineRow, OrderId, OrderRecord, OrderState};
use crate::store::turns::{Head, in_turn};
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
            filter.courts.cover(&order.court)
                && filter.state.is_none_or(|state| order.state == state)
                && fits(filter.counterpart.as_ref(), order.lane.as_str())
                && filter.action.is_none_or(|action| order.instruction.kind() == action)
                && filter.before.is_none_or(|before| order.id < before)
                && filter.down_to.is_none_or(|last| order.id >= last)
                && self.is_wanted(filter, order)
        });
        wanted.take(filter.limit).cloned().collect()
    }

    /// Whether an order is of the case, the inquiry, the party, the measure and the time that are wanted.
    fn is_wanted(&self, filter: &OrderFilter, order: &OrderRecord) -> bool {
        let of_case = |number: &String| {
            self.inquiries.get(&order.inquiry).is_some_and(|kept| kept.inquiry.case_number.as_str() == number)
        };
        filter.case_number.as_ref().is_none_or(of_case)
            && filter.inquiry.is_none_or(|inquiry| order.inquiry == inquiry)
            && filter.parties.as_ref().is_none_or(|any| any.contains(&(order.inquiry, order.party)))
            && filter.measure.is_none_or(|measure| order.measure == Some(measure))
            && filter.created_from.is_none_or(|from| order.created >= from)
            && filter.created_before.is_none_or(|before| order.created < before)
    }

    pub(super) fn end_of_look(&self, filter: &OrderFilter, look: usize) -> Option<OrderId> {
        if filter.is_narrow() {
            return None;
        }
        let indexed = self.orders.values().rev().filter(|order| {
            filter.before.is_none_or(|before| order.id < before)
                && filter.rare_state().is_none_or(|state| order.state == state)
                && filter.control().is_none_or(|action| order.instruction.kind() == action)
        });
        indexed.map(|order| order.id).nth(look.saturating_sub(1))
    }

    pub(super) fn offers(
        &self,
        (lane, now): (&str, Timestamp),
        control: bool,
        after: OrderId,
        limit: usize,
    ) -> Vec<OrderRecord> {
        // A control always stands for a line of the ledger. One that people carried along may have been acted on: it is not offered.
        let was_carried =
            |order: &OrderRecord| control && self.desk.get(&order.id).is_some_and(|item| item.was_carried());
        let fits = |order: &&OrderRecord| order.measure.is_some() == control && order.deadline > now;
        let queued = self.by_turns(self.queued_of(lane).filter(|order| order.due <= now).filter(fits), limit);
        let on_offer = || {
            let awaiting = self.under_way_of(lane).filter(|order| order.state == OrderState::Awaiting);
            awaiting.filter(fits).filter(|order| order.due < order.deadline && !was_carried(order))
        };
        let later = on_offer().filter(|order| order.id > after);
        let again = on_offer().filter(|order| order.id <= after);
        queued.chain(later).chain(again).take(limit).cloned().collect()
    }

    /// Orders that wait, in turn, as they go: within a priority courts take turns.
    pub(super) fn by_turns<'s>(
        &'s self,
        waiting: impl Iterator<Item = &'s OrderRecord>,
        limit: usize,
    ) -> impl Iterator<Item = &'s OrderRecord> {
        let mut courts: BTreeMap<&str, Vec<Head>> = BTreeMap::new();
        for order in waiting {
            let (priority, id) = (order.priority as i64, order.id.get());
            courts.entry(&order.court).or_default().push(Head { priority, turn: turn(order), id });
        }
        let courts: Vec<Vec<Head>> = courts.into_values().collect();
        in_turn(&courts, limit).into_iter().filter_map(|id| self.orders.get(&OrderId::new(id)))
    }

    pub(super) fn lane_counts(&self, lane: &str) -> LaneCounts {
        let (undetermined, awaiting): (Vec<_>, Vec<_>) =
            self.under_way_of(lane).partition(|order| order.state == OrderState::Undetermined);
        let count = |orders: usize| u64::try_from(orders).unwrap_or(u64::MAX);
        // Those of one turn may differ in age; the first of each court in turn stands for all of it that wait.
        let mut firsts: BTreeMap<&str, jiff::Timestamp> = BTreeMap::new();
        for order in self.queued_of(lane) {
            firsts.entry(&order.court).or_insert(order.created);
        }
        let queued = firsts.into_values().min();
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
