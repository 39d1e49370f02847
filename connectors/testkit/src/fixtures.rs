//! Fixtures: recorded bytes and what must be made of them.
//!
//! A folder `fixtures/<connector>/` holds flat files, each named `<scenario>.<role>[.<index>[.<label>]].<extension>`:
//!
//! | role | holds |
//! |---|---|
//! | `order` | JSON array of contract orders, the batch (`<scenario>.order.json`) |
//! | `request` | the exact bytes that the connector writes for it |
//! | `reply` | what the counterpart sends, byte for byte |
//! | `expected` | JSON `{"reads": […], "problems": […]}`: what the gateway understands |
//!
//! *Parcels*: one `request` file per message, `<scenario>.request.<index>.<message name>`; a reply whose name matters is
//! `<scenario>.reply.<index>.<message name>`, and `<scenario>.reply.<extension>` is a message without name.
//!
//! *Calls*: one `request` file holds every request of the dialogue as [`HttpRequest::to_bytes`] writes it, parted by a
//! line `---`; replies answer them in order, and `<scenario>.reply.<index>.<status>.<extension>` has another status than 200.
//! A dialogue that ends with a fault has it in `problems`; one that ends with a ticket has `later`.
//!
//! Without `order` each reply is given to [`Connector::read`] alone. Every file must belong to a scenario in which
//! something is compared; any other file fails. `UPDATE_FIXTURES=1` rewrites `request` and `expected`: look at what it wrote.
//!
//! [`HttpRequest::to_bytes`]: chakong_contract::HttpRequest::to_bytes

mod difference;
mod play;
mod scenario;

use std::path::{Path, PathBuf};

use chakong_contract::{Connector, Plugin, Settings};

pub use difference::difference;
pub use scenario::{Part, Scenario, load};

/// The fixtures of a connector: `fixtures/<connector>` below the workspace root, found upwards from a crate's
/// `CARGO_MANIFEST_DIR`.
pub fn fixture_folder(manifest_dir: &str, connector: &str) -> PathBuf {
    let root = Path::new(manifest_dir)
        .ancestors()
        .filter(|folder| {
            std::fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|toml| toml.contains("[workspace]"))
        })
        .last()
        .unwrap_or_else(|| panic!("no workspace above {manifest_dir}"));
    root.join("fixtures").join(connector)
}

/// Checks every scenario of a folder, or rewrites it when `UPDATE_FIXTURES=1`.
///
/// # Panics
/// With every difference found, when anything differs, is missing or does not belong.
pub fn check_fixtures(plugin: &Plugin, settings: &Settings, folder: &Path) {
    let update = std::env::var("UPDATE_FIXTURES").is_ok_and(|value| value == "1");
    let connector = (plugin.build)(settings).unwrap_or_else(|problems| panic!("settings: {problems:?}"));
    let scenarios = load(folder).unwrap_or_else(|problem| panic!("{problem}"));
    assert!(!scenarios.is_empty(), "{} holds no scenario", folder.display());
    let problems: Vec<String> =
        scenarios.iter().filter_map(|scenario| check(&*connector, scenario, folder, update).err()).collect();
    assert!(
        problems.is_empty(),
        "{} of {} scenarios differ; UPDATE_FIXTURES=1 rewrites them:\n\n{}",
        problems.len(),
        scenarios.len(),
        problems.join("\n\n")
    );
}

fn check(connector: &dyn Connector, scenario: &Scenario, folder: &Path, update: bool) -> Result<(), String> {
    let played = play::play(connector, scenario)?;
    if update {
        return played.rewrite(scenario, folder);
    }
    if !scenario.checks_something() {
        return Err(format!(
            "{}: nothing is compared (order with request, or reply with expected)",
            scenario.name
        ));
    }
    played.compare(scenario)
}

#[cfg(test)]
mod tests;
