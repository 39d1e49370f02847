//! What reports read.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::view::View;
use crate::domain::statistics::OrderTally;
use crate::domain::{ChainId, Inquiry, InquiryId, OrderRecord, OrderState, Outcome, Print, PrintId};
use crate::store::codec::decode;
use crate::store::{ReportReads, Stored};

/// An answer within this time is in time.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

impl ReportReads for View<'_> {
    fn inquiries_between(
        &mut self,
        after: (Timestamp, InquiryId),
        until: Timestamp,
        court: Option<&str>,
        limit: usize,
    ) -> Stored<Vec<Inquiry>> {
        let all = self.state.inquiries.values().map(|kept| &kept.inquiry);
        let mut found: Vec<Inquiry> = all
            .filter(|inquiry| court.is_none_or(|court| inquiry.court == court))
            .filter(|inquiry| (inquiry.created, inquiry.id) > after && inquiry.created < until)
            .cloned()
            .collect();
        found.sort_by_key(|inquiry| (inquiry.created, inquiry.id));
        found.truncate(limit);
        Ok(found)
    }

    fn order_tallies(&mut self, inquiries: &[InquiryId]) -> Stored<Vec<OrderTally>> {
        let mut tallies: BTreeMap<(InquiryId, String, String), OrderTally> = BTreeMap::new();
        for inquiry in inquiries {
            for order in self.state.orders_of_inquiry(*inquiry) {
                let action = order.instruction.kind();
                let key = (*inquiry, order.lane.clone(), action.to_string());
                let tally = tallies
                    .entry(key)
                    .or_insert_with(|| OrderTally::of(*inquiry, order.lane.clone(), action));
                self.count(order, tally);
            }
        }
        Ok(tallies.into_values().collect())
    }

    fn prints_of(&mut self, chain: ChainId) -> Stored<Vec<Print>> {
        let all = self.state.prints.values().map(|new| &new.print);
        Ok(all.filter(|print| print.chain == chain).cloned().collect())
    }

    fn print(&mut self, id: PrintId) -> Stored<Option<(Print, Vec<u8>)>> {
        let found = self.state.prints.get(&id);
        found.map(|new| Ok((new.print.clone(), decode("print", new.bytes.as_stored())?))).transpose()
    }
}

impl View<'_> {
    fn count(&self, order: &OrderRecord, tally: &mut OrderTally) {
        let answers = self.state.revisions.range((order.root, 0)..=(order.root, u32::MAX));
        let own: Vec<_> = answers.map(|(_, one)| one).filter(|one| one.order == order.id).collect();
        let answered = own.iter().map(|one| one.at).min();
        let began = order.sent.unwrap_or(order.created);
        let is_held = |word: &str| matches!(word, "held" | "partly_held");
        let held = own.iter().filter(|one| is_held(one.answer.reply.outcome())).map(|one| one.at).min();
        let assets = own.last().map_or(0, |one| u64::from(Outcome::of(one).assets));
        tally.total += 1;
        tally.open += u64::from(answered.is_none() && order.state.is_open());
        tally.withdrawn += u64::from(answered.is_none() && order.state == OrderState::Cancelled);
        let is_over = !order.state.is_open() && order.state != OrderState::Cancelled;
        tally.not_sent += u64::from(answered.is_none() && order.sent.is_none() && is_over);
        let within = answered.map(|at| at.duration_since(began) <= A_DAY);
        tally.within_a_day += u64::from(within == Some(true));
        tally.later += u64::from(within == Some(false));
        tally.hits += u64::from(assets > 0);
        tally.assets += assets;
        tally.first_sent = tally.first_sent.into_iter().chain(order.sent).min();
        tally.first_held = tally.first_held.into_iter().chain(held).min();
        tally.held += u64::from(held.is_some());
    }
}
