//! What changed between two answers about the same party at the same counterpart.

use std::collections::BTreeMap;

use chakong_contract::asset::FoundAsset;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// Assets that came, went and changed since the revision before, by identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Differences {
    /// Those that the revision before did not show.
    pub added: Vec<FoundAsset>,
    /// Those that only the revision before showed.
    pub gone: Vec<FoundAsset>,
    /// Those that both show, otherwise.
    pub changed: Vec<ChangedAsset>,
}

/// An asset that an answer shows otherwise than the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangedAsset {
    /// As it was shown.
    pub before: FoundAsset,
    /// As it is shown.
    pub after: FoundAsset,
}

/// The differences of two answers, as they are kept.
pub(super) fn between(before: &[FoundAsset], after: &[FoundAsset]) -> Value {
    let index = |assets: &'_ [FoundAsset]| -> BTreeMap<String, FoundAsset> {
        assets.iter().map(|found| (found.asset.identity(), found.clone())).collect()
    };
    let (mut old, new) = (index(before), index(after));
    let mut differences = Differences { added: Vec::new(), gone: Vec::new(), changed: Vec::new() };
    for (key, after) in new {
        match old.remove(&key) {
            None => differences.added.push(after),
            Some(before) if before != after => differences.changed.push(ChangedAsset { before, after }),
            Some(_) => {}
        }
    }
    differences.gone.extend(old.into_values());
    serde_json::to_value(differences).unwrap_or_default()
}
