//! What two counterparts may not share.

use std::collections::BTreeMap;
use std::path::Path;

use super::{CounterpartConfig, Problems};

/// Settings by which a counterpart is known to its connector's protocol: two files with the same are one counterpart that
/// would be asked, and frozen at, twice.
const IDENTIFYING: [&str; 1] = ["bank_code"];

pub(super) fn check(counterparts: &[CounterpartConfig], folder: &Path, problems: &mut Problems) {
    let mut known: BTreeMap<(&str, &str, &str), &str> = BTreeMap::new();
    for counterpart in counterparts {
        for key in IDENTIFYING {
            let value = counterpart.settings.text(key);
            if value.is_empty() {
                continue;
            }
            let identity = (counterpart.plugin.manifest.id, key, value);
            if let Some(other) = known.insert(identity, &counterpart.name) {
                let file = folder.join(format!("{}.toml", counterpart.name));
                let what = format!(
                    "`settings.{key}`: {other} has {value} too; one counterpart has one file, or it is asked twice"
                );
                problems.add(&file, None, what);
            }
        }
    }
}
