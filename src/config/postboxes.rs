//! What must hold between counterparts on postbox lines.

use std::collections::BTreeMap;
use std::path::Path;

use super::{CounterpartConfig, LineConfig, Problems};

/// There is a postbox to call, one connector speaks at each path, and accounts there are told apart.
pub(super) fn check(
    counterparts: &[CounterpartConfig],
    folder: &Path,
    has_postbox: bool,
    problems: &mut Problems,
) {
    let mut connectors: BTreeMap<&str, &CounterpartConfig> = BTreeMap::new();
    let mut accounts: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for counterpart in counterparts {
        let LineConfig::Postbox(line) = &counterpart.line else { continue };
        let file = folder.join(format!("{}.toml", counterpart.name));
        let mut say = |message: String| problems.add(&file, None, message);
        if !has_postbox {
            say("its line is a postbox and the gateway has none: add a [postbox] table to chakong.toml"
                .to_owned());
        }
        let first = connectors.entry(&line.path).or_insert(counterpart);
        if first.plugin.manifest.id != counterpart.plugin.manifest.id {
            say(format!(
                "`line.path`: at {} already speaks {} for {}",
                line.path, first.plugin.manifest.id, first.name
            ));
        }
        let account = counterpart.settings.text("account");
        if let Some(other) = accounts.insert((&line.path, account), &counterpart.name) {
            say(format!(
                "`settings.account`: {other} has the same account at {}; give each its own",
                line.path
            ));
        }
    }
}
