//! Shareholders of a company: one holder of several sources, each once.

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::asset::Shareholder;
use chakong_contract::{Company, Money};
use schemars::JsonSchema;
use serde::Serialize;

use super::facts::{Fact, facts, fold, texts};

/// A shareholder as all sources together know it. Sources tell shareholders apart by their names alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownHolder {
    /// Name, as its newest source writes it.
    pub name: String,
    /// Who lists it: places in the company's `sources`.
    pub sources: Vec<u32>,
    /// Whether it is a company.
    pub is_company: Vec<Fact<bool>>,
    /// Share in percent, as decimal text.
    pub percent: Vec<Fact<String>>,
    /// Subscribed capital 认缴.
    pub subscribed: Vec<Fact<Money>>,
    /// Paid capital 实缴.
    pub paid: Vec<Fact<Money>>,
    /// Kinds of control in the sources' words.
    pub control: Vec<Fact<String>>,
}

/// Shareholders, each once.
pub(super) fn holders<'a>(stated: impl Iterator<Item = (u32, &'a Company)>) -> Vec<KnownHolder> {
    let mut by_name: BTreeMap<String, Vec<(u32, &Shareholder)>> = BTreeMap::new();
    for (source, company) in stated {
        for holder in &company.shareholders {
            by_name.entry(fold(&holder.name)).or_default().push((source, holder));
        }
    }
    by_name.into_values().map(|listed| holder(&listed)).collect()
}

fn holder(listed: &[(u32, &Shareholder)]) -> KnownHolder {
    let each = || listed.iter().copied();
    let newest = each().map(|(source, holder)| (source, &holder.name)).min();
    let sources: BTreeSet<u32> = each().map(|(source, _)| source).collect();
    let percents = each().filter_map(|(source, holder)| Some((source, holder.percent.as_deref()?)));
    KnownHolder {
        name: newest.map(|(_, name)| name.clone()).unwrap_or_default(),
        sources: sources.into_iter().collect(),
        is_company: facts(each().filter_map(|(source, holder)| Some((source, holder.is_company?)))),
        percent: texts(percents),
        subscribed: facts(each().filter_map(|(source, holder)| Some((source, holder.subscribed?)))),
        paid: facts(each().filter_map(|(source, holder)| Some((source, holder.paid?)))),
        control: texts(
            each().flat_map(|(source, holder)| holder.control.iter().map(move |one| (source, one.as_str()))),
        ),
    }
}
