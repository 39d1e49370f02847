//! What must hold between counterparts that call: on postbox lines, and back on call lines.

use std::collections::BTreeMap;
use std::path::Path;

use super::{CounterpartConfig, Problems};

/// There is a postbox to call, one connector speaks at each path, and accounts there are told apart.
pub(super) fn check(
    counterparts: &[CounterpartConfig],
    folder: &Path,
    has_postbox: bool,
    problems: &mut Problems,
) {
    let mut connectors: BTreeMap<&str, &CounterpartConfig> = BTreeMap::new();
    let mut accounts: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut keys: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for counterpart in counterparts {
        let Some(at) = counterpart.line.called_at() else { continue };
        let file = folder.join(format!("{}.toml", counterpart.name));
        let mut say = |message: String| problems.add(&file, None, message);
        if !has_postbox {
            say("it calls the gateway's postbox and there is none: add a [postbox] table to chakong.toml"
                .to_owned());
        }
        let first = connectors.entry(&at.path).or_insert(counterpart);
        if first.plugin.manifest.id != counterpart.plugin.manifest.id {
            say(format!(
                "`line`: at {} already speaks {} for {}",
                at.path, first.plugin.manifest.id, first.name
            ));
        }
        let key = counterpart.settings.secret("callback_key").map_or("", |key| key.expose());
        if let Some(other) = keys.insert((&at.path, key), &counterpart.name).filter(|_| !key.is_empty()) {
            say(format!(
                "`settings.callback_key`: {other} has the same key at {}; give each its own",
                at.path
            ));
        }
        let account = counterpart.settings.text("account");
        // Who is known by something else, such as a token, needs no account.
        let other = accounts.insert((&at.path, account), &counterpart.name).filter(|_| !account.is_empty());
        if let Some(other) = other {
            say(format!(
                "`settings.account`: {other} has the same account at {}; give each its own",
                at.path
            ));
        }
    }
}
