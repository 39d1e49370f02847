//! What must hold between counterparts that call: on postbox lines, and back on call lines.

use std::collections::BTreeMap;
use std::path::Path;

use chakong_contract::connector::is_sub_path;

use super::{CounterpartConfig, Problems};

/// There is a postbox to call, one connector speaks at each place, and accounts at a path are told apart.
pub(super) fn check(
    counterparts: &[CounterpartConfig],
    folder: &Path,
    has_postbox: bool,
    problems: &mut Problems,
) {
    let mut before: BTreeMap<&str, Vec<&CounterpartConfig>> = BTreeMap::new();
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
        let here = before.entry(&at.path).or_default();
        if let Some(first) = here.iter().find(|other| in_each_others_way(other, counterpart)) {
            let (path, id, name) = (&at.path, first.plugin.manifest.id, &first.name);
            say(format!("`line`: at {path} already speaks {id} for {name}"));
        }
        here.push(counterpart);
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

/// Whether a call at the path that both share may be meant for either connector.
fn in_each_others_way(one: &CounterpartConfig, other: &CounterpartConfig) -> bool {
    let places =
        |of: &CounterpartConfig| of.connector.postbox().map_or(&[][..], |postbox| postbox.sub_paths());
    let meet = |place: &&str| places(other).iter().any(|its| is_sub_path(place, its));
    one.plugin.manifest.id != other.plugin.manifest.id && places(one).iter().any(meet)
}
