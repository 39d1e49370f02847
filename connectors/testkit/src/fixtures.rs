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
//! something is compared; any other file fails. Replies that are JSON are varied as services vary it (a byte order mark, null, numbers and
//! flags as text and the other way round, entries by number, the only entry in place of its list) and must be understood in the same way.
//! `UPDATE_FIXTURES=1` rewrites `request` and `expected`: look at what it wrote.
//!
//! [`HttpRequest::to_bytes`]: chakong_contract::HttpRequest::to_bytes

mod difference;
mod play;
mod scenario;
mod variations;

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

/// Whether fixtures are compared or written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Compare.
    Check,
    /// Write what the connector makes of them now.
    Rewrite,
}

/// Checks every scenario of a folder, or rewrites it when `UPDATE_FIXTURES=1`.
///
/// # Panics
/// With every difference found, when anything differs, is missing or does not belong.
pub fn check_fixtures(plugin: &Plugin, settings: &Settings, folder: &Path) {
    let update = std::env::var("UPDATE_FIXTURES").is_ok_and(|value| value == "1");
    let mode = if update { Mode::Rewrite } else { Mode::Check };
    if let Err(problem) = run_fixtures(plugin, settings, folder, mode) {
        panic!("{problem}");
    }
}

/// Checks or rewrites every scenario of a folder.
///
/// # Errors
/// In words, with every difference found.
pub fn run_fixtures(plugin: &Plugin, settings: &Settings, folder: &Path, mode: Mode) -> Result<(), String> {
    let connector = (plugin.build)(settings).map_err(|problems| format!("settings: {problems:?}"))?;
    let scenarios = load(folder)?;
    if scenarios.is_empty() {
        return Err(format!("{} holds no scenario", folder.display()));
    }
    let mut varied = variations::Varied::default();
    let mut check = |scenario| check(&*connector, scenario, folder, mode, &mut varied);
    let problems: Vec<String> = scenarios.iter().filter_map(|scenario| check(scenario).err()).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let (bad, all) = (problems.len(), scenarios.len());
    let problems = problems.join("\n\n");
    Err(format!("{bad} of {all} scenarios differ; UPDATE_FIXTURES=1 rewrites them:\n\n{problems}"))
}

fn check(
    connector: &dyn Connector,
    scenario: &Scenario,
    folder: &Path,
    mode: Mode,
    varied: &mut variations::Varied,
) -> Result<(), String> {
    let played = play::play(connector, scenario)?;
    if mode == Mode::Rewrite {
        return played.rewrite(scenario, folder);
    }
    if !scenario.checks_something() {
        return Err(format!(
            "{}: nothing is compared (order with request, or reply with expected)",
            scenario.name
        ));
    }
    played.compare(scenario)?;
    variations::check(connector, scenario, varied)
}

#[cfg(test)]
mod tests;
