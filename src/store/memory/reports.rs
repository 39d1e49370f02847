//! What reports read.

use std::collections::BTreeMap;

use chakong_contract::{ActionKind, Date};
use jiff::{SignedDuration, Timestamp};

use super::view::View;
use crate::domain::statistics::OrderTally;
use crate::domain::{
    ChainId, Inquiry, InquiryId, MeasureState, OrderRecord, OrderState, Outcome, Print, PrintId,
};
use crate::store::codec::decode;
use crate::store::{Lapse, Renewal, ReportReads, Stored};

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

    fn lapses_between(&mut self, from: Date, until: Date, court: Option<&str>) -> Stored<Vec<Lapse>> {
        let of_court = |chain: ChainId| {
            let mut all = self.state.inquiries.values().map(|kept| &kept.inquiry);
            court.is_none_or(|court| all.any(|inquiry| inquiry.chain == chain && inquiry.court == court))
        };
        let lapsed = self.state.measures.values().filter(|measure| measure.state == MeasureState::Lapsed);
        let in_time = lapsed.filter(|measure| of_court(measure.chain)).filter_map(|measure| {
            let day = measure.until.filter(|day| (from..=until).contains(day))?;
            Some(Lapse { measure: measure.id, lane: measure.counterpart.clone(), day })
        });
        let mut found: Vec<Lapse> = in_time.collect();
        found.sort_by_key(|lapse| (lapse.day, lapse.measure));
        Ok(found)
    }

    fn renewals_between(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        court: Option<&str>,
    ) -> Stored<Vec<Renewal>> {
        let of_court = |id: InquiryId| {
            let inquiry = self.state.inquiries.get(&id).map(|kept| &kept.inquiry);
            court.is_none_or(|court| inquiry.is_some_and(|inquiry| inquiry.court == court))
        };
        let orders = self.state.orders.values().filter(|order| order.instruction.kind() == ActionKind::Renew);
        let held = orders.filter(|order| of_court(order.inquiry)).filter_map(|order| {
            let at = self.first_held(order).filter(|at| (from..until).contains(at))?;
            let lane = order.lane.clone();
            Some(Renewal { order: order.id, inquiry: order.inquiry, lane, at })
        });
        let mut found: Vec<Renewal> = held.collect();
        found.sort_by_key(|one| (one.at, one.order));
        Ok(found)
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
    /// When an order was first answered as held.
    fn first_held(&self, order: &OrderRecord) -> Option<Timestamp> {
        let answers = self.state.revisions.range((order.root, 0)..=(order.root, u32::MAX));
        let own = answers.map(|(_, one)| one).filter(|one| one.order == order.id);
        let is_held = |word: &str| matches!(word, "held" | "partly_held");
        own.filter(|one| is_held(one.answer.reply.outcome())).map(|one| one.at).min()
    }

    fn count(&self, order: &OrderRecord, tally: &mut OrderTally) {
        let answers = self.state.revisions.range((order.root, 0)..=(order.root, u32::MAX));
        let own: Vec<_> = answers.map(|(_, one)| one).filter(|one| one.order == order.id).collect();
        let answered = own.iter().map(|one| one.at).min();
        let began = order.sent.unwrap_or(order.created);
        let held = self.first_held(order);
        // What was found counts with the order that answered its question last; a refusal answers no question.
        let stands = self.state.standing(order.root);
        let stands = stands.filter(|one| one.order == order.id && !one.is_refusal());
        let assets = stands.map_or(0, |one| u64::from(Outcome::of(one).assets));
        tally.total += 1;
        tally.open += u64::from(answered.is_none() && order.state.is_open());
        tally.withdrawn += u64::from(answered.is_none() && order.state == OrderState::Cancelled);
        let is_over = !order.state.is_open() && order.state != OrderState::Cancelled;
        tally.not_sent += u64::from(answered.is_none() && order.sent.is_none() && is_over);
        let within = answered.map(|at| at.duration_since(began) <= A_DAY);
        tally.within_a_day += u64::from(within == Some(true));
        tally.later += u64::from(within == Some(false));
        tally.questions += u64::from(stands.is_some());
        tally.hits += u64::from(assets > 0);
        tally.assets += assets;
        tally.first_sent = tally.first_sent.into_iter().chain(order.sent).min();
        tally.first_held = tally.first_held.into_iter().chain(held).min();
        tally.held += u64::from(held.is_some());
    }
}
