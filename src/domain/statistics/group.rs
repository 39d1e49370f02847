//! A group that is being counted.

use std::collections::{HashMap, HashSet};

use chakong_contract::{ActionKind, Moment, Money};
use jiff::{Timestamp, Unit};
use rust_decimal::Decimal;

use super::{Figures, InquiryFacts, OrderTally, TermEnd};
use crate::domain::{CaseId, ChainId, ClaimState, Coverage, Measure, PartyId};

/// What was counted of a group so far.
#[derive(Debug, Default)]
pub(super) struct Group {
    cases: HashSet<CaseId>,
    parties: HashSet<PartyId>,
    chains: HashSet<ChainId>,
    /// Days from the filing to the first query and to the first freeze, of each case that was filed in the period.
    filed: HashMap<CaseId, [Option<i64>; 2]>,
    inquiries: u64,
    orders: u64,
    in_time: u64,
    late: u64,
    never: u64,
    not_sent: u64,
    pending: u64,
    withdrawn: u64,
    queries_answered: u64,
    hits: u64,
    assets: u64,
    claims: u64,
    covered: u64,
    claimed: Decimal,
    frozen: Decimal,
    deducted: Decimal,
    /// Milliseconds.
    time_to_query: Vec<i64>,
    time_to_freeze: Vec<i64>,
    renewed: u64,
    lapsed: u64,
}

impl Group {
    /// Counts what of an inquiry is the group's.
    pub(super) fn add(
        &mut self,
        facts: InquiryFacts<'_>,
        is_ours: impl Fn(&OrderTally) -> bool,
        holds: impl Fn(&Measure) -> bool,
    ) {
        self.inquiries += 1;
        self.cases.insert(facts.inquiry.case);
        self.parties.extend(facts.debtors);
        let orders = || facts.orders.iter().filter(|order| is_ours(order));
        orders().for_each(|order| self.add_orders(order));
        self.add_claim(facts);
        for measure in facts.measures.iter().filter(|one| one.inquiry == facts.inquiry.id && holds(one)) {
            self.deducted += measure.in_yuan(measure.deducted);
            if measure.state.stands() {
                self.frozen += measure.in_yuan(measure.held);
            }
        }
        let first = |action: ActionKind, at: fn(&OrderTally) -> Option<Timestamp>| {
            orders().filter(|order| order.action == action).filter_map(at).min()
        };
        let queried = first(ActionKind::Query, |order| order.first_sent);
        let frozen = first(ActionKind::Freeze, |order| order.first_held);
        self.add_times(facts, queried, frozen);
    }

    /// Counts the end of a term.
    pub(super) fn add_term(&mut self, end: TermEnd) {
        match end {
            TermEnd::Lapsed => self.lapsed += 1,
            TermEnd::RenewedInTime => self.renewed += 1,
        }
    }

    fn add_orders(&mut self, order: &OrderTally) {
        self.orders += order.total;
        self.in_time += order.within_a_day;
        self.late += order.later;
        self.never += order.never();
        self.not_sent += order.not_sent;
        self.pending += order.open;
        self.withdrawn += order.withdrawn;
        if order.action == ActionKind::Query {
            self.queries_answered += order.questions;
            self.hits += order.hits;
            self.assets += order.assets;
        }
    }

    /// A claim belongs to the chain, and counts once. One that was withdrawn is none. What covers it is what is held and was deducted,
    /// also once the debt ended.
    fn add_claim(&mut self, facts: InquiryFacts<'_>) {
        let is_new = self.chains.insert(facts.inquiry.chain);
        if let Some(claim) = facts.claim.filter(|claim| is_new && claim.state != ClaimState::Withdrawn) {
            let coverage = Coverage::of(claim, facts.measures.iter());
            let covered = coverage.held.amount + coverage.deducted.amount;
            self.claims += 1;
            self.covered += u64::from(covered >= claim.amount);
            self.claimed += claim.amount;
        }
    }

    fn add_times(&mut self, facts: InquiryFacts<'_>, queried: Option<Timestamp>, frozen: Option<Timestamp>) {
        let accepted = facts.inquiry.created;
        let since = |at: Timestamp| at.as_millisecond().saturating_sub(accepted.as_millisecond()).max(0);
        self.time_to_query.extend(queried.map(since));
        self.time_to_freeze.extend(frozen.map(since));
        // The clock from filing runs once a case: the first of all its inquiries that reached so far counts.
        let Some(filed_on) = facts.filed_on else { return };
        let days = |at: Timestamp| {
            let passed = Moment::from_timestamp(at).date().since((Unit::Day, filed_on)).ok()?;
            Some(i64::from(passed.get_days()).max(0))
        };
        let known = self.filed.entry(facts.inquiry.case).or_default();
        for (least, at) in known.iter_mut().zip([queried, frozen]) {
            *least = (*least).into_iter().chain(at.and_then(days)).min();
        }
    }

    pub(super) fn figures(self) -> Figures {
        let count = |all: usize| u64::try_from(all).unwrap_or(u64::MAX);
        let days = |which: usize| self.filed.values().filter_map(|of_case| *of_case.get(which)?).collect();
        let (days_to_query, days_to_freeze) = (days(0), days(1));
        let due = self.in_time + self.late + self.never;
        Figures {
            cases: count(self.cases.len()),
            inquiries: self.inquiries,
            parties: count(self.parties.len()),
            orders: self.orders,
            answered_in_time: self.in_time,
            answered_late: self.late,
            never_answered: self.never,
            not_sent: self.not_sent,
            pending: self.pending,
            withdrawn: self.withdrawn,
            in_time_percent: percent(self.in_time, due),
            queries_answered: self.queries_answered,
            hits: self.hits,
            hit_percent: percent(self.hits, self.queries_answered),
            assets_found: self.assets,
            claims: self.claims,
            claims_covered: self.covered,
            covered_percent: percent(self.covered, self.claims),
            claimed: Money::yuan(self.claimed),
            frozen: Money::yuan(self.frozen),
            deducted: Money::yuan(self.deducted),
            cases_filed: count(self.filed.len()),
            days_to_first_query: median(days_to_query, 1),
            days_to_first_freeze: median(days_to_freeze, 1),
            hours_to_first_query: median(self.time_to_query, HOUR),
            hours_to_first_freeze: median(self.time_to_freeze, HOUR),
            renewed_in_time: self.renewed,
            lapsed: self.lapsed,
        }
    }
}

/// Milliseconds of an hour.
const HOUR: u32 = 3_600_000;

/// A share in percent, with one decimal.
fn percent(part: u64, of: u64) -> Option<f64> {
    let thousandths = part.checked_mul(1000)?.checked_add(of / 2)?.checked_div(of)?;
    u32::try_from(thousandths).ok().map(|thousandths| f64::from(thousandths) / 10.0)
}

/// The value that half of them do not exceed, in so many of its units, with one decimal.
fn median(mut values: Vec<i64>, unit: u32) -> Option<f64> {
    values.sort_unstable();
    let value = *values.get(values.len().checked_sub(1)? / 2)?;
    let tenths = value.checked_mul(10)?.checked_add(i64::from(unit / 2))?.checked_div(i64::from(unit))?;
    i32::try_from(tenths).ok().map(|tenths| f64::from(tenths) / 10.0)
}
