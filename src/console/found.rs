//! What was found: assets as rows, with who reported them and what stands on them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::address::segment;
use super::lang::Lang;
use super::names;
use super::reading::{list, money, text, time};
use super::words::{ASSET, Badge, ENCUMBRANCE, MATCHED, badge, word};

/// Others' rights that are told of one asset.
const MOST_RIGHTS: usize = 6;

/// What a property is called, and its class.
pub fn property_of(target: &Value) -> (String, String) {
    let at = |pointer: &str| text(target, pointer);
    let joined = |parts: &[String]| {
        let said: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        said.join(" ")
    };
    match at("/kind").as_str() {
        "account" => (joined(&[at("/number"), at("/sub_account")]), joined(&[at("/class"), at("/branch")])),
        "product" => (joined(&[at("/name"), at("/number")]), joined(&[at("/class"), at("/account")])),
        "property" => (joined(&[at("/unit_number"), at("/certificate")]), at("/location")),
        "equity" => {
            let percent = at("/percent");
            let percent = if percent.is_empty() { percent } else { format!("{percent}%") };
            (at("/company"), joined(&[at("/company_code"), at("/registration_number"), percent]))
        }
        _ => (String::new(), String::new()),
    }
}

/// An asset.
#[derive(Debug, Clone)]
pub struct AssetRow {
    /// What it is.
    pub kind: String,
    /// Who keeps it or registers it.
    pub keeper: String,
    /// Its number.
    pub number: String,
    /// What else is said about it.
    pub about: String,
    /// Its balance or value.
    pub amount: String,
    /// What of it can be controlled.
    pub available: String,
    /// Others' rights on it, earlier freezes among them.
    pub rights: Vec<String>,
    /// Whether its owner is really the party.
    pub matched: Badge,
    /// Names it among the assets of a case.
    pub key: String,
    /// Identifier of the party in the case.
    pub party: String,
    /// The party's name, with the case system's reference.
    pub party_name: String,
    /// The counterpart, the address of the order and when, for each that reported it.
    pub sources: Vec<(String, String, String)>,
}

/// An asset with its sources, as the API says it.
pub fn asset_row(entry: &Value, lang: Lang) -> AssetRow {
    let nothing = Value::Null;
    let asset = entry.pointer("/asset").unwrap_or(&nothing);
    let kind = text(asset, "/kind");
    let at = |pointer: &str| text(asset, pointer);
    let joined = |parts: &[String]| {
        let said: Vec<&str> =
            parts.iter().map(String::as_str).filter(|part| !part.trim().is_empty()).collect();
        said.join("，")
    };
    let many = |pointer: &str| {
        let all = list(asset, pointer).iter().filter_map(Value::as_str);
        all.collect::<Vec<_>>().join(" ")
    };
    let (keeper, number, about, amount) = match kind.as_str() {
        "account" => (
            at("/institution"),
            at("/number"),
            joined(&[at("/class"), at("/status"), at("/branch"), at("/remark")]),
            money(asset, "/balance"),
        ),
        "property" => {
            let number = [at("/unit_number"), many("/certificates")].join(" ");
            (at("/registry"), number, joined(&[at("/location"), area(asset), at("/usage")]), String::new())
        }
        "equity" => {
            let percent = at("/percent");
            let percent = if percent.is_empty() { percent } else { format!("{percent}%") };
            (
                at("/company"),
                at("/company_code"),
                joined(&[percent, at("/status_text")]),
                money(asset, "/subscribed"),
            )
        }
        "company" => (
            at("/authority"),
            at("/code"),
            joined(&[at("/name"), at("/status_text"), at("/legal_representative")]),
            money(asset, "/registered_capital"),
        ),
        "vehicle" => (
            at("/registry"),
            at("/plate"),
            joined(&[at("/class"), at("/model"), at("/status")]),
            String::new(),
        ),
        _ => Default::default(),
    };
    let sources = list(entry, "/sources");
    AssetRow {
        kind: word(ASSET, &kind, lang),
        keeper,
        number: number.trim().to_owned(),
        about,
        amount,
        available: money(asset, "/available"),
        rights: rights(asset, lang),
        matched: badge(
            MATCHED,
            &sources.first().map(|one| text(one, "/matched_by")).unwrap_or_default(),
            lang,
        ),
        key: text(entry, "/key"),
        party: sources.first().map(|one| text(one, "/party_id")).unwrap_or_default(),
        party_name: sources.first().map(named).unwrap_or_default(),
        sources: sources.iter().map(source).collect(),
    }
}

/// The party of a source: its name, with the reference that the inquiry gave it.
fn named(source: &Value) -> String {
    names::called(&text(source, "/party_name"), &text(source, "/party"))
}

fn area(asset: &Value) -> String {
    let area = text(asset, "/area");
    if area.is_empty() { area } else { format!("{area} m²") }
}

fn source(source: &Value) -> (String, String, String) {
    let order = text(source, "/order");
    (names::counterpart(source), format!("/console/orders/{}", segment(&order)), time(source, "/at"))
}

/// Others' rights on an asset, in words.
pub fn rights(asset: &Value, lang: Lang) -> Vec<String> {
    let all = list(asset, "/encumbrances");
    let one = |right: &Value| {
        let kind = word(ENCUMBRANCE, &text(right, "/kind"), lang);
        let until = text(right, "/until");
        let until = if until.is_empty() { until } else { format!("{} {until}", lang.t("至", "until")) };
        let parts = [text(right, "/holder"), text(right, "/document"), money(right, "/amount"), until];
        let said: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        format!("{kind} {}", said.join(" "))
    };
    let mut said: Vec<String> = all.iter().take(MOST_RIGHTS).map(one).collect();
    if all.len() > MOST_RIGHTS {
        said.push(format!("… {}", all.len()));
    }
    said
}

/// Each asset of a party once, as the first of its rows tells it, with the sources of all. Rows of the newest inquiry come first.
pub fn each_once(rows: Vec<AssetRow>) -> Vec<AssetRow> {
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut once: Vec<AssetRow> = Vec::new();
    for row in rows {
        let place = *places.entry((row.party.clone(), row.key.clone())).or_insert(once.len());
        match once.get_mut(place) {
            Some(known) => known.sources.extend(row.sources),
            None => once.push(row),
        }
    }
    once
}

/// Assets grouped by the party of the case, whatever reference an inquiry gave it, each group under the party's name.
pub fn by_party(rows: Vec<AssetRow>) -> Vec<(String, Vec<AssetRow>)> {
    let mut groups: Vec<(String, Vec<AssetRow>)> = Vec::new();
    for row in rows {
        let is_own = |rows: &Vec<AssetRow>| rows.first().is_some_and(|one| one.party == row.party);
        match groups.iter_mut().find(|(_, rows)| is_own(rows)) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((row.party_name.clone(), vec![row])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(key: &str, party: &str, name: &str, counterpart: &str) -> AssetRow {
        let source = json!({ "party": "party-1", "party_id": party, "party_name": name, "counterpart": counterpart, "order": "CK1" });
        asset_row(
            &json!({ "key": key, "asset": { "kind": "account", "number": key }, "sources": [source] }),
            Lang::Zh,
        )
    }

    #[test]
    fn two_persons_whom_two_inquiries_call_alike_stand_apart_and_what_both_found_stands_once() {
        let rows = vec![
            row("a", "1", "测试甲", "bank-a"),
            row("b", "2", "测试乙", "bank-a"),
            row("a", "1", "测试甲", "bank-b"),
            row("a", "2", "测试乙", "bank-b"),
        ];
        let groups = by_party(each_once(rows));
        let shown: Vec<(&str, usize)> =
            groups.iter().map(|(name, rows)| (name.as_str(), rows.len())).collect();
        assert_eq!(shown, [("测试甲（party-1）", 1), ("测试乙（party-1）", 2)]);
        let sources: Vec<&str> = groups[0].1[0].sources.iter().map(|(one, ..)| one.as_str()).collect();
        assert_eq!(sources, ["bank-a", "bank-b"]);
    }
}
