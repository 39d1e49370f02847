//! What two counterparts may not share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::Problems;

/// Settings by which a counterpart is known to its connector's protocol: two files with the same are one counterpart that
/// would be asked, and frozen at, twice.
const IDENTIFYING: [&str; 1] = ["bank_code"];

/// Looks at the files as they are written, so that this is told beside whatever else is wrong with them.
pub(super) fn check(files: &[(PathBuf, String)], problems: &mut Problems) {
    let mut known: BTreeMap<(String, &str, String), &Path> = BTreeMap::new();
    for (path, text) in files {
        let Ok(document) = DeTable::parse(text) else { continue };
        let root = document.get_ref();
        let connector = root.get("connector").and_then(|value| value.get_ref().as_str()).unwrap_or_default();
        let Some(settings) = root.get("settings").and_then(|value| value.get_ref().as_table()) else {
            continue;
        };
        for key in IDENTIFYING {
            let Some(value) = settings.get(key) else { continue };
            let code = value.get_ref().as_str().map(plain).unwrap_or_default();
            if code.is_empty() {
                continue;
            }
            let identity = (connector.to_owned(), key, code.clone());
            if let Some(other) = known.get(&identity) {
                let other = other.file_stem().unwrap_or_default().to_string_lossy();
                let what = format!(
                    "`settings.{key}`: {other} has {code} too; one counterpart has one file, or it is asked twice"
                );
                let line =
                    text.get(..value.span().start).map_or(1, |before| before.matches('\n').count() + 1);
                problems.add(path, Some(line), what);
            } else {
                known.insert(identity, path);
            }
        }
    }
}

/// A code without blanks, in capitals and half width, as connectors read it.
fn plain(code: &str) -> String {
    chakong_contract::id::folded_number(code)
}
