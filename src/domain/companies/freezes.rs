//! Equity freezes of a company: one freeze of several sources, each once.

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::asset::{EquityFreeze, EquityFreezeState};
use chakong_contract::{Company, Date};
use schemars::JsonSchema;
use serde::Serialize;

use super::facts::{CapitalFact, Fact, Value, facts, fold, json, texts};

/// An equity freeze as all sources together know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownFreeze {
    /// Who lists it: places in the company's `sources`.
    pub sources: Vec<u32>,
    /// Whose shares 被执行人.
    pub debtors: Vec<Fact<String>>,
    /// In which company, where stated.
    pub companies: Vec<Fact<String>>,
    /// Executing court.
    pub courts: Vec<Fact<String>>,
    /// Number of the notice in canonical form.
    pub notices: Vec<Fact<String>>,
    /// Number of the ruling in canonical form.
    pub rulings: Vec<Fact<String>>,
    /// Matter 执行事项.
    pub matters: Vec<Fact<String>>,
    /// State.
    pub states: Vec<Fact<FreezeStateFact>>,
    /// How much.
    pub amounts: Vec<Fact<CapitalFact>>,
    /// Days of publication.
    pub published: Vec<Fact<Date>>,
    /// First days of the term.
    pub from: Vec<Fact<Date>>,
    /// Last days of the term.
    pub until: Vec<Fact<Date>>,
}

/// A state with the source's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FreezeStateFact {
    /// In our vocabulary.
    pub state: EquityFreezeState,
    /// In the source's words.
    pub words: String,
}

impl Value for FreezeStateFact {
    fn key(&self) -> String {
        json(self)
    }

    /// Words that are not known contradict nothing.
    fn contradicts(&self, other: &Self) -> bool {
        let known = |state| state != EquityFreezeState::Unknown;
        self.state != other.state && known(self.state) && known(other.state)
    }

    fn shown(&self) -> String {
        self.words.clone()
    }
}

type Listed<'a> = Vec<(u32, &'a EquityFreeze)>;

/// Freezes, each once by debtor, court, notice and publication. A record that states no day is of the only day there is.
pub(super) fn freezes<'a>(stated: impl Iterator<Item = (u32, &'a Company)>) -> Vec<KnownFreeze> {
    let mut cases: BTreeMap<[String; 3], BTreeMap<Option<Date>, Listed<'_>>> = BTreeMap::new();
    for (source, company) in stated {
        for freeze in &company.freezes {
            let case = [&freeze.debtor, &freeze.court, &freeze.notice].map(|text| fold(text));
            let day = freeze.published.or(freeze.from);
            cases.entry(case).or_default().entry(day).or_default().push((source, freeze));
        }
    }
    let mut known: Vec<KnownFreeze> = Vec::new();
    for mut days in cases.into_values() {
        if days.len() == 2
            && let Some(undated) = days.remove(&None)
            && let Some(dated) = days.values_mut().next()
        {
            dated.extend(undated);
        }
        known.extend(days.into_values().map(|listed| freeze(&listed)));
    }
    known
}

fn freeze(listed: &Listed<'_>) -> KnownFreeze {
    let text =
        |of: fn(&EquityFreeze) -> &str| texts(listed.iter().map(|(source, freeze)| (*source, of(freeze))));
    let date = |of: fn(&EquityFreeze) -> Option<Date>| {
        facts(listed.iter().filter_map(|(source, freeze)| Some((*source, of(freeze)?))))
    };
    let state = |freeze: &EquityFreeze| FreezeStateFact { state: freeze.state, words: freeze.words.clone() };
    let amount = |freeze: &EquityFreeze| {
        let stated = freeze.amount.is_some() || !freeze.amount_text.trim().is_empty();
        stated.then(|| CapitalFact { amount: freeze.amount, words: freeze.amount_text.clone() })
    };
    let sources: BTreeSet<u32> = listed.iter().map(|(source, _)| *source).collect();
    KnownFreeze {
        sources: sources.into_iter().collect(),
        debtors: text(|freeze| &freeze.debtor),
        companies: text(|freeze| &freeze.company),
        courts: text(|freeze| &freeze.court),
        notices: text(|freeze| &freeze.notice),
        rulings: text(|freeze| &freeze.ruling),
        matters: text(|freeze| &freeze.matter),
        states: facts(listed.iter().map(|(source, freeze)| (*source, state(freeze)))),
        amounts: facts(listed.iter().filter_map(|(source, freeze)| Some((*source, amount(freeze)?)))),
        published: date(|freeze| freeze.published),
        from: date(|freeze| freeze.from),
        until: date(|freeze| freeze.until),
    }
}
