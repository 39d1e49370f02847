//! What was found: assets as rows, with who reported them and what stands on them.

use serde_json::Value;

use super::address::segment;
use super::lang::Lang;
use super::reading::{list, money, text, time};
use super::words::{ASSET, Badge, ENCUMBRANCE, MATCHED, badge, word};

/// Others' rights that are told of one asset.
const MOST_RIGHTS: usize = 6;

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
    /// The case system's reference of the party.
    pub party: String,
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
        party: sources.first().map(|one| text(one, "/party")).unwrap_or_default(),
        sources: sources.iter().map(source).collect(),
    }
}

fn area(asset: &Value) -> String {
    let area = text(asset, "/area");
    if area.is_empty() { area } else { format!("{area} m²") }
}

fn source(source: &Value) -> (String, String, String) {
    let order = text(source, "/order");
    (text(source, "/counterpart"), format!("/console/orders/{}", segment(&order)), time(source, "/at"))
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

/// Assets grouped by party, in the order in which the parties are named.
pub fn by_party(rows: Vec<AssetRow>) -> Vec<(String, Vec<AssetRow>)> {
    let mut groups: Vec<(String, Vec<AssetRow>)> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|(party, _)| *party == row.party) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((row.party.clone(), vec![row])),
        }
    }
    groups
}
