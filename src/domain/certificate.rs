//! The completeness certificate: who was asked, who answered how, who is silent, and what the claim is covered by.

use std::collections::{BTreeMap, HashMap};

use chakong_contract::{ActionKind, Money, RequestNumber, unsigned_zero};
use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Claim, LineRow, Lines, Measure, MeasureState, NotAsked, OrderId, OrderState, number_of};

/// One order in the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderLine {
    /// Request number.
    pub number: RequestNumber,
    /// The counterpart.
    pub counterpart: String,
    /// The case system's reference of the party.
    pub party: String,
    /// What was asked.
    pub action: ActionKind,
    /// State.
    pub state: OrderState,
    /// `found`, `nothing`, `partial`, `held` …; null while there is no answer.
    pub outcome: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it left for the counterpart last; null where it never did.
    pub sent_at: Option<Timestamp>,
    /// When the answer came in.
    pub answered_at: Option<Timestamp>,
    /// When the counterpart really said it, where an earlier answer was used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_from: Option<Timestamp>,
    /// The order of another counterpart that this one stands in for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands_in_for: Option<RequestNumber>,
    /// The order that stands in for this one, which could not be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed_on_to: Option<RequestNumber>,
    /// The counterpart's words for a refusal, or ours for a failure or for what kept it from being sent.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub words: String,
}

/// What the claim is covered by, in yuan. What is held in a foreign currency counts only at a rate that a person named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Coverage {
    /// The claim.
    pub claimed: Money,
    /// Really held.
    pub held: Money,
    /// Taken to the court's account.
    pub deducted: Money,
    /// Asked for, proposed or of unknown outcome.
    pub asked: Money,
    /// Limits that stand ordered and that no money covers.
    pub uncovered: Money,
    /// Claim less held and deducted, never below zero; zero once the claim has ended, for which nothing more is wanted.
    pub shortfall: Money,
    /// Held and deducted beyond the claim.
    pub excess: Money,
}

impl Coverage {
    /// What a ledger covers of a claim. What is controlled as a whole covers nothing: its value is not known for sure.
    pub fn of<'m>(claim: &Claim, measures: impl Iterator<Item = &'m Measure>) -> Self {
        let (mut held, mut deducted) = (Decimal::ZERO, Decimal::ZERO);
        let (mut asked, mut uncovered) = (Decimal::ZERO, Decimal::ZERO);
        for measure in measures.filter(|measure| !measure.is_whole()) {
            use MeasureState::{Accepted, Asked, Proposed};
            deducted += measure.in_yuan(measure.deducted);
            uncovered += measure.in_yuan(measure.uncovered());
            match measure.state {
                Proposed | Asked | Accepted => asked += measure.in_yuan(measure.limit),
                state if state.stands() => held += measure.in_yuan(measure.held),
                _ => {}
            }
        }
        let over = held + deducted - claim.amount;
        let short = if claim.is_open() { claim.amount - held - deducted } else { Decimal::ZERO };
        Self {
            claimed: Money::yuan(claim.amount),
            held: Money::yuan(held),
            deducted: Money::yuan(deducted),
            asked: Money::yuan(asked),
            uncovered: Money::yuan(uncovered),
            shortfall: Money::yuan(unsigned_zero(short.max(Decimal::ZERO))),
            excess: Money::yuan(unsigned_zero(over.max(Decimal::ZERO))),
        }
    }
}

/// The signal that the enforcement centre sorts cases by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Triage {
    /// Cash is held for the whole claim 现金足额.
    CashCoversClaim,
    /// Some cash is held 部分冻结.
    CashCoversPart,
    /// Money was found and none is held 有存款未冻结.
    CashFound,
    /// Property was found but no cash 有财产无现金.
    PropertyWithoutCash,
    /// Everybody answered in full and nothing was found 未发现财产.
    NothingFound,
    /// Not known: somebody has not answered in full, and nothing was found so far 尚不明确.
    Undetermined,
}

/// How many of something ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// In all.
    pub total: u32,
    /// Still open.
    pub pending: u32,
    /// Answered in full.
    pub answered: u32,
    /// Answered in part.
    pub partial: u32,
    /// Declined by the counterpart.
    pub refused: u32,
    /// Delivered and not answered in their time.
    pub silent: u32,
    /// Never delivered: paused, outside the window, the breaker open, the line down.
    pub not_delivered: u32,
    /// Could not be done.
    pub failed: u32,
    /// Withdrawn before it was sent.
    pub withdrawn: u32,
    /// Of unknown outcome: a person decides.
    pub undetermined: u32,
}

/// The completeness certificate 查控完整性证明. It counts questions, one for each party and counterpart that was asked: a
/// re-query replaces its question, and what stands in for another counts instead of it. Controls are counted apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Certificate {
    /// Case number.
    pub case_number: String,
    /// Counts from 1; a late reply issues the certificate again.
    pub number: u32,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Questions by how they ended.
    pub questions: Counts,
    /// Controls by how they ended.
    pub controls: Counts,
    /// How many party–counterpart pairs were not asked.
    pub not_asked_total: u32,
    /// Every order.
    pub orders: Vec<OrderLine>,
    /// Who was not asked, and why.
    pub not_asked: Vec<NotAsked>,
    /// Coverage of the claim of the case; null without one.
    pub coverage: Option<Coverage>,
    /// The triage signal.
    pub triage: Triage,
}

/// How an order or a question ended, from what is known least to what is known best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Pending,
    Undetermined,
    NotDelivered,
    Silent,
    Failed,
    Withdrawn,
    Refused,
    Partial,
    Answered,
}

impl Counts {
    fn add(&mut self, end: End) {
        self.total += 1;
        let count = match end {
            End::Pending => &mut self.pending,
            End::Undetermined => &mut self.undetermined,
            End::NotDelivered => &mut self.not_delivered,
            End::Silent => &mut self.silent,
            End::Failed => &mut self.failed,
            End::Withdrawn => &mut self.withdrawn,
            End::Refused => &mut self.refused,
            End::Partial => &mut self.partial,
            End::Answered => &mut self.answered,
        };
        *count += 1;
    }
}

fn end_of(row: &LineRow) -> End {
    match row.state {
        OrderState::Queued | OrderState::Sending | OrderState::Awaiting => End::Pending,
        OrderState::Undetermined => End::Undetermined,
        OrderState::Overdue if row.sent.is_none() => End::NotDelivered,
        OrderState::Overdue => End::Silent,
        OrderState::Failed => End::Failed,
        OrderState::Cancelled => End::Withdrawn,
        OrderState::Refused => End::Refused,
        OrderState::Answered => {
            match row.outcome.as_ref().map(|outcome| outcome.word.as_str()) {
                Some("partial") => End::Partial,
                // It was taken; what becomes of it is still to be told.
                Some("accepted") => End::Pending,
                _ => End::Answered,
            }
        }
    }
}

/// Sums up an inquiry: case number, number of the certificate and time; its orders; the claim and the ledger of the chain.
pub fn certify<'m>(
    (case_number, number, issued_at): (String, u32, Timestamp),
    lines: &Lines,
    claim: Option<&Claim>,
    measures: impl Iterator<Item = &'m Measure> + Clone,
) -> Certificate {
    let pairs = stand_ins(&lines.rows);
    let (questions, latest) = questions(&lines.rows, &pairs);
    let mut controls = Counts::default();
    lines.rows.iter().filter(|row| row.action.is_control()).for_each(|row| controls.add(end_of(row)));
    let coverage = claim.map(|claim| Coverage::of(claim, measures));
    Certificate {
        case_number,
        number,
        issued_at,
        triage: triage(coverage.as_ref(), &questions, &latest),
        questions,
        controls,
        not_asked_total: u32::try_from(lines.not_asked.len()).unwrap_or(u32::MAX),
        orders: order_lines(lines, &pairs),
        not_asked: lines.not_asked.clone(),
        coverage,
    }
}

/// Questions by how they ended, and the latest outcome of each that has one.
fn questions<'r>(rows: &'r [LineRow], pairs: &[(usize, usize)]) -> (Counts, Vec<&'r LineRow>) {
    // Of each question the last order counts; one that was withdrawn leaves the one before it.
    let mut last: HashMap<OrderId, usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.action.is_control()) {
        let known = last.contains_key(&row.root);
        if !known || row.state != OrderState::Cancelled {
            last.insert(row.root, at);
        }
    }
    let passed_on = |at: usize| pairs.iter().any(|(first, _)| *first == at);
    let mut ends: BTreeMap<(u32, &str), End> = BTreeMap::new();
    for row in last.values().filter(|at| !passed_on(**at)).filter_map(|at| rows.get(*at)) {
        let end = end_of(row);
        let known = ends.entry((row.party, row.lane.as_str())).or_insert(end);
        *known = (*known).min(end);
    }
    let mut counts = Counts::default();
    ends.into_values().for_each(|end| counts.add(end));
    // An answer stands until a later one replaces it, whatever became of a re-query meanwhile.
    let mut latest: HashMap<OrderId, &LineRow> = HashMap::new();
    for row in rows.iter().filter(|row| !row.action.is_control()) {
        let Some(outcome) = &row.outcome else { continue };
        let newer = |known: &&LineRow| known.outcome.as_ref().is_some_and(|one| one.number > outcome.number);
        if !latest.get(&row.root).is_some_and(newer) {
            latest.insert(row.root, row);
        }
    }
    (counts, latest.into_values().collect())
}

fn triage(coverage: Option<&Coverage>, questions: &Counts, latest: &[&LineRow]) -> Triage {
    let any =
        |what: fn(&super::Outcome) -> bool| latest.iter().filter_map(|row| row.outcome.as_ref()).any(what);
    let held = coverage.map(|coverage| coverage.held.amount + coverage.deducted.amount).unwrap_or_default();
    // Not by the shortfall: a claim that ended has none, whether cash is held or not.
    let is_covered = coverage.is_some_and(|coverage| held >= coverage.claimed.amount);
    let complete = questions.answered == questions.total && questions.total > 0;
    match () {
        () if is_covered => Triage::CashCoversClaim,
        () if questions.pending > 0 => Triage::Undetermined,
        () if held > Decimal::ZERO => Triage::CashCoversPart,
        () if any(|outcome| outcome.cash) => Triage::CashFound,
        () if any(|outcome| outcome.assets > 0) => Triage::PropertyWithoutCash,
        () if complete => Triage::NothingFound,
        () => Triage::Undetermined,
    }
}

/// Places of orders that could not be answered, each with that of the order that stands in for it.
fn stand_ins(rows: &[LineRow]) -> Vec<(usize, usize)> {
    let place = |id: OrderId| rows.binary_search_by_key(&id, |row| row.id).ok();
    let pair = |(at, row): (usize, &LineRow)| Some((place(row.stands_in?)?, at));
    rows.iter().enumerate().filter_map(pair).collect()
}

fn order_lines(lines: &Lines, pairs: &[(usize, usize)]) -> Vec<OrderLine> {
    let party = |at: u32| {
        usize::try_from(at).ok().and_then(|at| lines.references.get(at)).cloned().unwrap_or_default()
    };
    let mut all: Vec<OrderLine> = lines.rows.iter().map(|row| order_line(party(row.party), row)).collect();
    for (first, second) in pairs {
        let numbers = [first, second].map(|at| all.get(*at).map(|line| line.number.clone()));
        let [first_number, second_number] = numbers;
        if let Some(line) = all.get_mut(*first) {
            line.passed_on_to = second_number;
        }
        if let Some(line) = all.get_mut(*second) {
            line.stands_in_for = first_number;
        }
    }
    all
}

fn order_line(party: String, row: &LineRow) -> OrderLine {
    let outcome = row.outcome.as_ref();
    let words = match outcome {
        Some(outcome) => outcome.words.clone(),
        None => row.fault.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    OrderLine {
        number: number_of(row.id, row.created),
        counterpart: row.lane.clone(),
        party,
        action: row.action,
        state: row.state,
        outcome: outcome.map(|outcome| outcome.word.clone()),
        created_at: row.created,
        sent_at: row.sent,
        answered_at: outcome.map(|outcome| outcome.at),
        cached_from: outcome.and_then(|outcome| outcome.cached_from),
        stands_in_for: None,
        passed_on_to: None,
        words,
    }
}

#[cfg(test)]
mod tests;
