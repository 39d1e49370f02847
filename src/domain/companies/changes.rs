//! Changes of the registration: one event of several sources, each once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chakong_contract::asset::ChangeRecord;
use chakong_contract::{Company, Date};
use schemars::JsonSchema;
use serde::Serialize;

use super::facts::{Fact, fold, texts};

/// A change of the registration, each once by date, item, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownChange {
    /// Day of the change.
    pub date: Option<Date>,
    /// What changed, in the words of each source.
    pub items: Vec<Fact<String>>,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
    /// Who lists it: places in the company's `sources`.
    pub sources: Vec<u32>,
}

/// Words that tell the item of a change; one event appears under several texts (protocol section 2.4 of the business
/// registries). The first that fits counts, so the narrower stand first.
const ITEMS: &[(&str, &[&str])] = &[
    ("representative", &["法定代表人", "负责人", "经营者"]),
    ("holders", &["股东", "投资人", "出资", "股权", "合伙人"]),
    ("capital", &["注册资本", "注册资金", "实收资本"]),
    ("term", &["期限"]),
    ("scope", &["经营范围", "业务范围"]),
    ("address", &["住所", "地址", "经营场所"]),
    ("type", &["企业类型", "公司类型", "主体类型"]),
    ("officers", &["董事", "监事", "经理", "高级管理", "主要人员", "成员"]),
    ("name", &["名称"]),
];

/// The item in one vocabulary; one that is not known stands for itself.
fn item_key(item: &str) -> String {
    let item = fold(item);
    let known = ITEMS.iter().find(|(_, words)| words.iter().any(|word| item.contains(word)));
    known.map_or(item, |(key, _)| (*key).to_owned())
}

/// Whether it is a change of the company's name.
pub(super) fn is_of_name(change: &KnownChange) -> bool {
    change.items.iter().any(|item| item_key(&item.value) == "name")
}

/// Date, before and after.
type Event = (Option<Date>, String, String);
/// Records of one event by item.
type ByItem<'a> = BTreeMap<String, Vec<(u32, &'a ChangeRecord)>>;

/// Change records, each once, newest first.
pub(super) fn changes<'a>(stated: impl Iterator<Item = (u32, &'a Company)>) -> Vec<KnownChange> {
    let mut events: BTreeMap<Event, ByItem<'_>> = BTreeMap::new();
    for (source, company) in stated {
        for change in &company.changes {
            let event = (change.date, fold(&change.before), fold(&change.after));
            events
                .entry(event)
                .or_default()
                .entry(item_key(&change.item))
                .or_default()
                .push((source, change));
        }
    }
    let mut known: Vec<KnownChange> = Vec::new();
    for mut items in events.into_values() {
        // A record without an item is that of the only item there is.
        if items.len() == 2
            && let Some(nameless) = items.remove("")
            && let Some(named) = items.values_mut().next()
        {
            named.extend(nameless);
        }
        known.extend(items.into_values().map(|listed| change(&listed)));
    }
    known.sort_by_key(|change| Reverse(change.date));
    known
}

fn change(listed: &[(u32, &ChangeRecord)]) -> KnownChange {
    let newest = listed.iter().min_by_key(|(source, change)| (*source, &change.before, &change.after));
    let sources: BTreeSet<u32> = listed.iter().map(|(source, _)| *source).collect();
    KnownChange {
        date: newest.and_then(|(_, change)| change.date),
        items: texts(listed.iter().map(|(source, change)| (*source, change.item.as_str()))),
        before: newest.map(|(_, change)| change.before.clone()).unwrap_or_default(),
        after: newest.map(|(_, change)| change.after.clone()).unwrap_or_default(),
        sources: sources.into_iter().collect(),
    }
}
