//! Progress of a case 执行进展, as a case system may show it to the parties (阳光执行).
//!
//! It is shown once the freezes of the present case stand, so that no debtor is warned by it: see `may_be_shown`. It names no
//! account, no number, no amount and no institution; a property whose freeze is not in force is not in it, nor is an inquiry that is
//! still searching.

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Date, Moment};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{InquiryId, LineRow, Measure, MeasureState, OrderState, PartyId};

macro_rules! stages {
    ($($(#[$about:meta])* $name:ident = $word:literal, $chinese:literal;)*) => {
        /// A stage of a case that parties may know of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Stage {
            $($(#[$about])* $name,)*
        }

        impl Stage {
            /// Every stage, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in the configuration and on the API.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// The Chinese name, to be shown.
            pub const fn chinese(self) -> &'static str {
                match self {
                    $(Self::$name => $chinese,)*
                }
            }
        }
    };
}

stages! {
    /// The case was filed.
    Filed = "filed", "立案";
    /// The first query was sent.
    SearchStarted = "search_started", "启动网络查控";
    /// The first inquiry came to its end.
    SearchCompleted = "search_completed", "网络查询反馈完毕";
    /// The first measure took effect.
    PropertyControlled = "property_controlled", "采取控制措施";
    /// Money was taken to the court's account.
    MoneyDeducted = "money_deducted", "扣划案款";
    /// A measure was lifted, wholly or in part.
    MeasureLifted = "measure_lifted", "解除控制措施";
    /// The debt ended.
    DebtEnded = "debt_ended", "债务履行完毕";
}

/// Kinds of property 财产种类, without anything by which one could be told from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PropertyClass {
    /// 存款
    Deposits,
    /// 金融资产
    FinancialProducts,
    /// 不动产
    RealEstate,
    /// 股权
    Equity,
}

impl PropertyClass {
    const fn of(target: &Target) -> Self {
        match target {
            Target::Account { .. } => Self::Deposits,
            Target::Product { .. } => Self::FinancialProducts,
            Target::Property { .. } => Self::RealEstate,
            Target::Equity { .. } => Self::Equity,
        }
    }

    /// The Chinese name, to be shown.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Deposits => "存款",
            Self::FinancialProducts => "金融资产",
            Self::RealEstate => "不动产",
            Self::Equity => "股权",
        }
    }
}

/// What a court lets be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressTerms {
    /// Whether anything is.
    pub enabled: bool,
    /// Which stages.
    pub stages: BTreeSet<Stage>,
    /// Whether it is shown how many institutions were asked and have answered.
    pub institutions: bool,
    /// Whether the kinds of property under control are shown.
    pub property: bool,
    /// Whether a case is shown in which every institution answered in full and nobody found anything.
    pub when_nothing_found: bool,
}

impl Default for ProgressTerms {
    fn default() -> Self {
        Self {
            enabled: false,
            stages: Stage::ALL.iter().copied().collect(),
            institutions: true,
            property: true,
            when_nothing_found: false,
        }
    }
}

/// What every court lets be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProgressSettings {
    /// Courts that have no terms of their own.
    pub general: ProgressTerms,
    /// Courts with terms of their own, by code.
    pub courts: BTreeMap<String, ProgressTerms>,
}

impl ProgressSettings {
    /// What the court of a code lets be shown.
    pub fn of(&self, court: &str) -> &ProgressTerms {
        self.courts.get(court).unwrap_or(&self.general)
    }
}

/// An inquiry of the chain, as far as progress tells of it.
#[derive(Debug, Clone)]
pub struct SearchFacts {
    /// Which.
    pub inquiry: InquiryId,
    /// Whether it is an inquiry of the case itself, and not of another one of the chain.
    pub is_of_the_case: bool,
    /// Which party of the chain each of its parties is, in its own order.
    pub parties: Vec<PartyId>,
    /// Its orders.
    pub lines: Vec<LineRow>,
}

impl SearchFacts {
    /// The queries that were never answered and are under way. One that is asked again after an answer is none: that a standing
    /// freeze is looked at again each day is no news.
    fn searching(&self) -> impl Iterator<Item = &LineRow> {
        let is_under_way =
            |state| matches!(state, OrderState::Queued | OrderState::Sending | OrderState::Awaiting);
        let first = |line: &&LineRow| line.id == line.root && !line.action.is_control();
        self.lines.iter().filter(first).filter(move |line| is_under_way(line.state))
    }

    fn is_searching(&self) -> bool {
        self.searching().next().is_some()
    }
}

/// What the progress of a case is made from.
#[derive(Debug, Clone, Copy)]
pub struct ProgressFacts<'f> {
    /// Canonical case number.
    pub case_number: &'f str,
    /// Day on which the case was filed; `None` where nobody said it.
    pub filed_on: Option<Date>,
    /// The inquiries of the chain.
    pub searches: &'f [SearchFacts],
    /// When the first certificate of the case was issued.
    pub first_completed: Option<Timestamp>,
    /// The ledger of the chain.
    pub measures: &'f [Measure],
    /// When the debt ended.
    pub debt_ended: Option<Timestamp>,
    /// Whether every inquiry of the chain ended with everybody's full answer and without any property.
    pub nothing_found: bool,
}

/// A stage that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StageReached {
    /// Which.
    pub stage: Stage,
    /// Its name in Chinese.
    pub name: &'static str,
    /// On which day first.
    pub on: Date,
}

/// How many institutions were asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InstitutionCounts {
    /// Asked.
    pub asked: usize,
    /// Of these, those that answered every question.
    pub answered: usize,
}

/// A kind of property under control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ControlledClass {
    /// Which.
    pub kind: PropertyClass,
    /// Its name in Chinese.
    pub name: &'static str,
}

/// Progress of a case, as parties may see it. A case that is not shown has neither stages, numbers nor kinds, and does not say why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Progress {
    /// Canonical case number.
    pub case_number: String,
    /// Whether there is anything that may be shown.
    pub is_shown: bool,
    /// Stages that were reached, each with the day on which it was first.
    pub stages: Vec<StageReached>,
    /// How many institutions were asked; null where that is not shown.
    pub institutions: Option<InstitutionCounts>,
    /// Kinds of property of which a measure is in force.
    pub property: Vec<ControlledClass>,
}

/// Whether parties may see a case: one of its own freezes took effect, and nobody can be warned of another.
///
/// * A party *knows* once a measure against it took effect under an inquiry of this case that has ended its search. What was held and
///   released in an earlier case of the chain opens nothing: the present search would be told by it.
/// * Nothing is shown while a freeze of a party that does not know could be placed, is proposed, asked or only taken, nor while a search
///   is about one.
/// * A further search or freeze of parties who know neither hides the case nor shows in it, the search until it has ended, the freeze
///   until it is in force: a page that hides itself would tell of what is on its way.
fn may_be_shown(facts: ProgressFacts<'_>) -> bool {
    let ended: BTreeSet<InquiryId> = ended_searches(facts).map(|search| search.inquiry).collect();
    let told = facts.measures.iter().filter(|one| took_effect(one) && ended.contains(&one.inquiry));
    let know: BTreeSet<PartyId> = told.map(|one| one.debtor).collect();
    let is_coming = |measure: &Measure| match measure.state {
        MeasureState::Candidate | MeasureState::Proposed | MeasureState::Asked | MeasureState::Accepted => {
            true
        }
        _ => measure.state.stands() && measure.is_only_accepted(),
    };
    let warns = |measure: &Measure| is_coming(measure) && !know.contains(&measure.debtor);
    let is_about_others = |search: &SearchFacts| {
        search.searching().any(|line| {
            let place = usize::try_from(line.party).ok();
            let party = place.and_then(|place| search.parties.get(place));
            party.is_none_or(|party| !know.contains(party))
        })
    };
    !know.is_empty() && !facts.measures.iter().any(warns) && !facts.searches.iter().any(is_about_others)
}

/// The inquiries of the case of which every institution answered, or will not.
fn ended_searches<'f>(facts: ProgressFacts<'f>) -> impl Iterator<Item = &'f SearchFacts> {
    facts.searches.iter().filter(|search| search.is_of_the_case && !search.is_searching())
}

/// The progress of a case, as its court lets it be shown.
pub fn progress(facts: ProgressFacts<'_>, terms: &ProgressTerms) -> Progress {
    let is_empty_for_good = terms.when_nothing_found && facts.nothing_found && facts.measures.is_empty();
    let is_shown = terms.enabled && (may_be_shown(facts) || is_empty_for_good);
    let mut progress = Progress {
        case_number: facts.case_number.to_owned(),
        is_shown,
        stages: Vec::new(),
        institutions: None,
        property: Vec::new(),
    };
    if !is_shown {
        return progress;
    }
    let wanted = Stage::ALL.iter().copied().filter(|stage| terms.stages.contains(stage));
    let reached = |stage: Stage| {
        let on = reached_on(facts, stage)?;
        Some(StageReached { stage, name: stage.chinese(), on })
    };
    progress.stages = wanted.filter_map(reached).collect();
    progress.institutions = terms.institutions.then(|| institutions(facts));
    if terms.property {
        let in_force = facts.measures.iter().filter(|measure| is_in_force(measure));
        let kinds: BTreeSet<PropertyClass> = in_force.map(|one| PropertyClass::of(&one.target)).collect();
        progress.property =
            kinds.into_iter().map(|kind| ControlledClass { kind, name: kind.chinese() }).collect();
    }
    progress
}

/// Whether a measure holds its property now: not one that was only taken, and not one that waits behind others.
pub fn is_in_force(measure: &Measure) -> bool {
    let stands = measure.state.stands() && !measure.is_only_accepted();
    stands && measure.standing_state() == MeasureState::InForce && measure.state != MeasureState::Waiting
}

/// Whether a measure is in force, or was before it came to an end.
fn took_effect(measure: &Measure) -> bool {
    is_in_force(measure) || measure.state.ended() && measure.from.is_some() && !measure.said.only_accepted
}

fn day(at: Timestamp) -> Date {
    Moment::from_timestamp(at).date()
}

fn reached_on(facts: ProgressFacts<'_>, stage: Stage) -> Option<Date> {
    match stage {
        Stage::Filed => facts.filed_on,
        Stage::SearchStarted => {
            let left =
                queries(facts).filter_map(|line| line.sent.or(line.outcome.as_ref().map(|_| line.created)));
            left.min().map(day)
        }
        Stage::SearchCompleted => facts.first_completed.map(day),
        Stage::PropertyControlled => {
            facts.measures.iter().filter(|one| took_effect(one)).filter_map(|one| one.from).min()
        }
        Stage::MoneyDeducted => carried_out(facts, ActionKind::Deduct, "deducted"),
        Stage::MeasureLifted => carried_out(facts, ActionKind::Release, "released"),
        Stage::DebtEnded => facts.debt_ended.map(day),
    }
}

/// The queries of the case's searches that have ended.
fn queries<'f>(facts: ProgressFacts<'f>) -> impl Iterator<Item = &'f LineRow> {
    ended_searches(facts).flat_map(|search| &search.lines).filter(|line| !line.action.is_control())
}

/// On which day a control of a kind was carried out first.
fn carried_out(facts: ProgressFacts<'_>, action: ActionKind, word: &str) -> Option<Date> {
    let lines = facts.searches.iter().flat_map(|search| &search.lines);
    let outcomes = lines.filter(|line| line.action == action).filter_map(|line| line.outcome.as_ref());
    outcomes.filter(|outcome| outcome.word == word).map(|outcome| outcome.at).min().map(day)
}

/// How many institutions were asked and have answered. What was never sent was not asked; what is asked again was asked before.
fn institutions(facts: ProgressFacts<'_>) -> InstitutionCounts {
    let mut answered: BTreeMap<&str, BTreeMap<_, bool>> = BTreeMap::new();
    for line in queries(facts) {
        if line.sent.is_none() && line.outcome.is_none() {
            continue;
        }
        let has_answer = answered.entry(&line.lane).or_default().entry(line.root).or_default();
        *has_answer |= line.outcome.is_some();
    }
    let all = |questions: &&BTreeMap<_, bool>| questions.values().all(|has_answer| *has_answer);
    InstitutionCounts { asked: answered.len(), answered: answered.values().filter(all).count() }
}

#[cfg(test)]
mod tests;
