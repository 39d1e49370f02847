//! Statistics 统计: what became of the inquiries of a period. Everything counts to the inquiry that it belongs to, whenever it happened, but for
//! the ends of terms: a renewal and a lapse come up to years after the inquiry, and count on their own day.

mod figures;
mod group;
mod part;

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::{ActionKind, Date, Moment};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Claim, Inquiry, InquiryId, Measure, PartyId};
pub use figures::Figures;
use group::Group;
pub use part::Part;

/// Orders of an inquiry to one counterpart, of one action, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTally {
    /// The inquiry.
    pub inquiry: InquiryId,
    /// The counterpart.
    pub lane: String,
    /// What was asked.
    pub action: ActionKind,
    /// How many.
    pub total: u64,
    /// Of these, without an answer and still under way.
    pub open: u64,
    /// Withdrawn before they were sent.
    pub withdrawn: u64,
    /// That never left and will not: no counterpart was asked.
    pub not_sent: u64,
    /// Answered within 24 hours of being sent (法〔2018〕64号).
    pub within_a_day: u64,
    /// Answered later.
    pub later: u64,
    /// Questions that these orders answered last: one that was asked again and again counts once, with its newest answer. A refusal is none.
    pub questions: u64,
    /// Of these, those whose newest answer named property that is worth something.
    pub hits: u64,
    /// How many properties these answers named.
    pub assets: u64,
    /// When the first of them left.
    pub first_sent: Option<Timestamp>,
    /// When the first of them was answered with a measure that is held.
    pub first_held: Option<Timestamp>,
    /// How many were answered so.
    pub held: u64,
}

impl OrderTally {
    /// None yet.
    pub const fn of(inquiry: InquiryId, lane: String, action: ActionKind) -> Self {
        Self {
            inquiry,
            lane,
            action,
            total: 0,
            open: 0,
            withdrawn: 0,
            not_sent: 0,
            within_a_day: 0,
            later: 0,
            questions: 0,
            hits: 0,
            assets: 0,
            first_sent: None,
            first_held: None,
            held: 0,
        }
    }

    /// Orders that a counterpart had, that had their time and no answer.
    pub const fn never(&self) -> u64 {
        let known = self.open + self.withdrawn + self.not_sent + self.within_a_day + self.later;
        self.total.saturating_sub(known)
    }
}

/// By what figures are grouped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// By the month in which the inquiry was accepted (Asia/Shanghai).
    #[default]
    Month,
    /// By court.
    Court,
    /// By the officer who handles the case, as submissions name it.
    Officer,
    /// By counterpart, the best first.
    Counterpart,
    /// By what was asked.
    Action,
}

impl GroupBy {
    /// The heading in Chinese.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Month => "月份",
            Self::Court => "法院",
            Self::Officer => "承办人",
            Self::Counterpart => "协助单位",
            Self::Action => "事项",
        }
    }
}

/// What is counted of one inquiry.
#[derive(Debug, Clone, Copy)]
pub struct InquiryFacts<'f> {
    /// The inquiry.
    pub inquiry: &'f Inquiry,
    /// Code and name of its court.
    pub court: (&'f str, &'f str),
    /// Name of the officer who handles the case.
    pub officer: &'f str,
    /// Day on which the case was filed.
    pub filed_on: Option<Date>,
    /// Its parties.
    pub debtors: &'f [PartyId],
    /// Its orders.
    pub orders: &'f [OrderTally],
    /// The claim of its chain.
    pub claim: Option<&'f Claim>,
    /// The ledger of its chain.
    pub measures: &'f [Measure],
}

/// How the term of a measure ended or went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermEnd {
    /// Nobody renewed it: it has no effect any more 届满失效.
    Lapsed,
    /// A renewal took effect while the term before it ran 按期续行.
    RenewedInTime,
}

impl TermEnd {
    /// With which orders it is counted: a lapse with freezes, as measures are.
    const fn action(self) -> ActionKind {
        match self {
            Self::Lapsed => ActionKind::Freeze,
            Self::RenewedInTime => ActionKind::Renew,
        }
    }
}

/// The end of a term, as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct TermFacts<'f> {
    /// What happened.
    pub end: TermEnd,
    /// When: the last day of a term that lapsed, or the day on which a renewal took effect.
    pub day: Date,
    /// Code and name of the court of its inquiry.
    pub court: (&'f str, &'f str),
    /// Name of the officer who handles the case.
    pub officer: &'f str,
    /// The counterpart.
    pub lane: &'f str,
}

/// Figures of one month, court, officer, counterpart or action.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StatisticsRow {
    /// Month (`2026-03`), code of the court, name of the officer, name of the counterpart or word of the action.
    pub key: String,
    /// The same for people, where it has another name.
    pub name: String,
    /// Place among counterparts, from 1: by the share answered within 24 hours, then by how many were asked; null elsewhere.
    pub rank: Option<u32>,
    /// What was counted.
    #[serde(flatten)]
    pub figures: Figures,
}

/// What became of the inquiries of a period.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Statistics {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// By what it is grouped.
    pub by: GroupBy,
    /// The groups.
    pub rows: Vec<StatisticsRow>,
    /// All together. What several groups share, such as a case, counts once.
    pub total: Figures,
}

/// Counts inquiries one after the other.
#[derive(Debug)]
pub struct Collector {
    by: GroupBy,
    part: Part,
    from: Date,
    until: Date,
    groups: BTreeMap<String, (String, Group)>,
    total: Group,
}

impl Collector {
    /// Begins to count a part of the inquiries from one day to another.
    pub fn new(by: GroupBy, part: Part, from: Date, until: Date) -> Self {
        Self { by, part, from, until, groups: BTreeMap::new(), total: Group::default() }
    }

    /// Counts an inquiry.
    pub fn add(&mut self, facts: InquiryFacts<'_>) {
        if !self.part.has_inquiry(&facts) {
            return;
        }
        let is_filed_now = |day: &Date| (self.from..=self.until).contains(day);
        let facts = InquiryFacts { filed_on: facts.filed_on.filter(is_filed_now), ..facts };
        let part = self.part.clone();
        self.total.add(facts, |order| part.has_order(order), |measure| part.has_measure(measure));
        match self.by {
            GroupBy::Month => {
                let day = Moment::from_timestamp(facts.inquiry.created).date();
                let month = format!("{:04}-{:02}", day.year(), day.month());
                self.whole(month.clone(), month, facts);
            }
            GroupBy::Court => self.whole(facts.court.0.to_owned(), facts.court.1.to_owned(), facts),
            GroupBy::Officer => self.whole(facts.officer.to_owned(), facts.officer.to_owned(), facts),
            GroupBy::Counterpart => {
                let orders = facts.orders.iter().filter(|order| part.has_order(order));
                let lanes: BTreeSet<&str> = orders.map(|order| order.lane.as_str()).collect();
                for lane in lanes {
                    let group = self.group(lane.to_owned(), lane.to_owned());
                    let is_ours = |order: &OrderTally| order.lane == lane && part.has_order(order);
                    let holds = |one: &Measure| one.counterpart == lane && part.has_measure(one);
                    group.add(facts, is_ours, holds);
                }
            }
            GroupBy::Action => {
                let orders = facts.orders.iter().filter(|order| part.has_order(order));
                let actions: BTreeSet<ActionKind> = orders.map(|order| order.action).collect();
                for action in actions {
                    let group = self.group(action.to_string(), chinese(action).to_owned());
                    let is_ours = |order: &OrderTally| order.action == action && part.has_order(order);
                    let holds = |one: &Measure| action == ActionKind::Freeze && part.has_measure(one);
                    group.add(facts, is_ours, holds);
                }
            }
        }
    }

    /// Counts the end of a term, on its own day.
    pub fn add_term(&mut self, facts: TermFacts<'_>) {
        if !self.part.has_term(&facts) {
            return;
        }
        self.total.add_term(facts.end);
        let owned = |(key, name): (&str, &str)| (key.to_owned(), name.to_owned());
        let action = facts.end.action();
        let (key, name) = match self.by {
            GroupBy::Month => {
                let month = format!("{:04}-{:02}", facts.day.year(), facts.day.month());
                (month.clone(), month)
            }
            GroupBy::Court => owned(facts.court),
            GroupBy::Officer => owned((facts.officer, facts.officer)),
            GroupBy::Counterpart => owned((facts.lane, facts.lane)),
            GroupBy::Action => (action.to_string(), chinese(action).to_owned()),
        };
        self.group(key, name).add_term(facts.end);
    }

    fn group(&mut self, key: String, name: String) -> &mut Group {
        &mut self.groups.entry(key).or_insert_with(|| (name, Group::default())).1
    }

    fn whole(&mut self, key: String, name: String, facts: InquiryFacts<'_>) {
        let part = self.part.clone();
        self.group(key, name).add(facts, |order| part.has_order(order), |measure| part.has_measure(measure));
    }

    /// What was counted. `name_of` says what a counterpart is called.
    pub fn finish(self, name_of: impl Fn(&str) -> Option<String>) -> Statistics {
        let Self { by, from, until, groups, total, .. } = self;
        let is_ranked = by == GroupBy::Counterpart;
        let mut rows: Vec<StatisticsRow> = groups
            .into_iter()
            .map(|(key, (name, group))| StatisticsRow {
                name: name_of(&key).filter(|_| is_ranked).unwrap_or(name),
                key,
                rank: None,
                figures: group.figures(),
            })
            .collect();
        if is_ranked {
            // Who was asked nothing that is due has no share, and comes last.
            let share = |row: &StatisticsRow| row.figures.in_time_percent.unwrap_or(-1.0);
            rows.sort_by(|a, b| {
                share(b)
                    .total_cmp(&share(a))
                    .then(b.figures.orders.cmp(&a.figures.orders))
                    .then(a.key.cmp(&b.key))
            });
            for (place, row) in (1..).zip(&mut rows) {
                row.rank = Some(place);
            }
        }
        Statistics { from, until, by, rows, total: total.figures() }
    }
}

/// An action in Chinese.
pub const fn chinese(action: ActionKind) -> &'static str {
    match action {
        ActionKind::Query => "查询",
        ActionKind::Freeze => "冻结",
        ActionKind::Renew => "续行冻结",
        ActionKind::Release => "解除冻结",
        ActionKind::Deduct => "扣划",
        ActionKind::Transfer => "强制转让",
    }
}

#[cfg(test)]
mod tests;
