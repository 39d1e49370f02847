//! What changed between two answers about the same party at the same counterpart.

use std::collections::BTreeMap;

use chakong_contract::asset::FoundAsset;
use serde_json::{Value, json};

/// Assets that came, went and changed, by identity: `{"added": [...], "gone": [...], "changed": [{"before", "after"}]}`.
pub(super) fn between(before: &[FoundAsset], after: &[FoundAsset]) -> Value {
    let index = |assets: &'_ [FoundAsset]| -> BTreeMap<String, FoundAsset> {
        assets.iter().map(|found| (found.asset.identity(), found.clone())).collect()
    };
    let (old, new) = (index(before), index(after));
    let added: Vec<&FoundAsset> =
        new.iter().filter(|(key, _)| !old.contains_key(*key)).map(|(_, asset)| asset).collect();
    let gone: Vec<&FoundAsset> =
        old.iter().filter(|(key, _)| !new.contains_key(*key)).map(|(_, asset)| asset).collect();
    let changed: Vec<Value> = new
        .iter()
        .filter_map(|(key, after)| {
            old.get(key).filter(|before| *before != after).map(|before| (before, after))
        })
        .map(|(before, after)| json!({ "before": before, "after": after }))
        .collect();
    json!({ "added": added, "gone": gone, "changed": changed })
}
