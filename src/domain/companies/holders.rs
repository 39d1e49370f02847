//! Shareholders of a company: one holder of several sources, each once.

use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::asset::Shareholder;
use chakong_contract::id::folded_number;
use chakong_contract::{Company, Money};
use schemars::JsonSchema;
use serde::Serialize;

use super::facts::{Fact, facts, fold, texts};

/// A shareholder as all sources together know it. Sources tell shareholders apart by their names, and companies of one name by the numbers
/// in their registers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownHolder {
    /// Name, as its newest source writes it.
    pub name: String,
    /// Who lists it: places in the company's `sources`.
    pub sources: Vec<u32>,
    /// Its number in its own register, where it is a company and a source states it.
    pub registration_numbers: Vec<Fact<String>>,
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

/// Sources and what they state of holders, by the key of their number.
type ByNumber<'a> = BTreeMap<String, Vec<(u32, &'a Shareholder)>>;

/// Shareholders, each once. Two of one name with two numbers are two. One without a number is the only one of its name, or where there
/// are several of them stands by itself: nobody knows which of them it is.
pub(super) fn holders<'a>(stated: impl Iterator<Item = (u32, &'a Company)>) -> Vec<KnownHolder> {
    let mut by_name: BTreeMap<String, ByNumber<'_>> = BTreeMap::new();
    for (source, company) in stated {
        for holder in &company.shareholders {
            let of_name = by_name.entry(fold(&holder.name)).or_default();
            of_name.entry(number_key(&holder.registration_number)).or_default().push((source, holder));
        }
    }
    let each = by_name.into_values().flat_map(|mut of_name| {
        let unnumbered = if of_name.len() == 2 { of_name.remove("") } else { None };
        let mut listed: Vec<Vec<(u32, &Shareholder)>> = of_name.into_values().collect();
        if let (Some(unnumbered), Some(only)) = (unnumbered, listed.first_mut()) {
            only.extend(unnumbered);
        }
        listed
    });
    each.map(|listed| holder(&listed)).collect()
}

/// A number for comparison: without punctuation, and without the zeros that registers put before a number of digits.
pub(super) fn number_key(number: &str) -> String {
    let plain: String = folded_number(number).chars().filter(|c| c.is_alphanumeric()).collect();
    if plain.bytes().all(|digit| digit.is_ascii_digit()) {
        return plain.trim_start_matches('0').to_owned();
    }
    plain
}

fn holder(listed: &[(u32, &Shareholder)]) -> KnownHolder {
    let each = || listed.iter().copied();
    let newest = each().map(|(source, holder)| (source, &holder.name)).min();
    let sources: BTreeSet<u32> = each().map(|(source, _)| source).collect();
    let percents = each().filter_map(|(source, holder)| Some((source, holder.percent.as_deref()?)));
    KnownHolder {
        name: newest.map(|(_, name)| name.clone()).unwrap_or_default(),
        sources: sources.into_iter().collect(),
        registration_numbers: numbers(each()),
        is_company: facts(each().filter_map(|(source, holder)| Some((source, holder.is_company?)))),
        percent: texts(percents),
        subscribed: facts(each().filter_map(|(source, holder)| Some((source, holder.subscribed?)))),
        paid: facts(each().filter_map(|(source, holder)| Some((source, holder.paid?)))),
        control: texts(
            each().flat_map(|(source, holder)| holder.control.iter().map(move |one| (source, one.as_str()))),
        ),
    }
}

/// Numbers as they are stated; one that differs in punctuation or zeros only is the same.
fn numbers<'a>(listed: impl Iterator<Item = (u32, &'a Shareholder)>) -> Vec<Fact<String>> {
    let mut by_key: BTreeMap<String, Vec<(u32, &str)>> = BTreeMap::new();
    for (source, holder) in listed {
        let key = number_key(&holder.registration_number);
        if !key.is_empty() {
            by_key.entry(key).or_default().push((source, &holder.registration_number));
        }
    }
    let fact = |stated: Vec<(u32, &str)>| {
        let sources: BTreeSet<u32> = stated.iter().map(|(source, _)| *source).collect();
        let value = stated.iter().min().map(|(_, number)| (*number).to_owned()).unwrap_or_default();
        Fact { value, sources: sources.into_iter().collect() }
    };
    by_key.into_values().map(fact).collect()
}
