//! What the page of a connector says of its sandbox's script, its fixtures and its settings is so.

use std::collections::BTreeSet;

use chakong::app::plugins;
use chakong_contract::Settings;
use chakong_contract::connector::Plugin;
use serde_json::Value;

use super::{page, quoted};
use crate::tidy::root;

/// Folders of the connectors, each with its page.
fn folders() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("connectors")).expect("the connectors");
    let pages =
        entries.map(|entry| entry.expect("an entry")).filter(|one| one.path().join("README.md").is_file());
    let mut folders: Vec<String> = pages.map(|one| one.file_name().to_string_lossy().into_owned()).collect();
    folders.sort();
    folders
}

fn page_of(folder: &str) -> String {
    page(&format!("connectors/{folder}/README.md"))
}

/// The connectors of a folder: `court-realty` has several.
fn connectors_of(folder: &str) -> Vec<Plugin> {
    let of_folder = |plugin: &Plugin| {
        let rest = plugin.manifest.id.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    plugins().into_iter().filter(of_folder).collect()
}

/// A page by its headings: each heading and what stands below it.
fn sections(text: &str) -> Vec<(String, String)> {
    let mut sections = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        if line.starts_with('#') && !is_code {
            sections.push((line.trim_start_matches(['#', ' ']).to_owned(), String::new()));
        } else if let Some((_, below)) = sections.last_mut() {
            below.push_str(line);
            below.push('\n');
        }
    }
    sections
}

/// The scripts of sandboxes on a page, each with its heading.
fn scripts(text: &str) -> Vec<(String, Value)> {
    let of_sandbox = |heading: &str| heading.to_lowercase().contains("sandbox");
    let sections = sections(text).into_iter().filter(|(heading, _)| of_sandbox(heading));
    let mut scripts = Vec::new();
    for (heading, below) in sections {
        for block in below.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let script =
                serde_json::from_str(block).unwrap_or_else(|error| panic!("{heading}: {error}\n{block}"));
            scripts.push((heading.clone(), script));
        }
    }
    scripts
}

#[test]
fn every_script_of_a_sandbox_on_a_page_is_taken_and_a_foreign_key_in_it_is_refused() {
    let mut seen = 0;
    for folder in folders() {
        let connectors = connectors_of(&folder);
        for (heading, script) in scripts(&page_of(&folder)) {
            // The city's own keys are those of one line; the register plays behind every line.
            let is_of_one = folder == "court-realty" && !heading.contains("register");
            for plugin in connectors.iter().take(if is_of_one { 1 } else { connectors.len() }) {
                let id = plugin.manifest.id;
                let settings = Settings::of_all_examples(plugin.manifest.settings);
                let built = (plugin.sandbox)(&script, &settings);
                assert!(built.is_ok(), "{id}, {heading}: {:?}", built.err());
                let mut foreign = script.clone();
                foreign["no_such_key"] = 1.into();
                assert!(
                    (plugin.sandbox)(&foreign, &settings).is_err(),
                    "{id}, {heading}: a foreign key is taken"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen} scripts were tried");
}

/// The names of all fixtures: what stands before the first dot of a file's name.
fn fixtures() -> BTreeSet<String> {
    let folders = std::fs::read_dir(root().join("fixtures")).expect("the fixtures");
    let folders = folders.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let names = files.map(|file| file.expect("an entry").file_name().to_string_lossy().into_owned());
    names.map(|name| name.split('.').next().unwrap_or_default().to_owned()).collect()
}

/// The last cell of a table's row.
fn last_cell(row: &str) -> &str {
    let row = row.trim_end().trim_end_matches('|');
    row.rsplit_once(" | ").map_or("", |(_, last)| last)
}

/// The fixtures that a part of a page names: in the last column of its tables, or all over it where it has none. Folders of fixtures, and
/// modules with tests of another kind, are no names of one.
fn named_fixtures(below: &str) -> Vec<&str> {
    let rows: Vec<&str> = below.lines().filter(|line| line.starts_with('|')).map(last_cell).collect();
    let places = if rows.is_empty() { below.lines().collect() } else { rows };
    let words = places.into_iter().flat_map(quoted);
    words.filter(|word| !word.contains('/') && *word != "scalar").collect()
}

#[test]
fn every_trap_on_a_page_has_its_fixture() {
    let fixtures = fixtures();
    let mut seen = 0;
    for folder in folders() {
        let sections = sections(&page_of(&folder));
        let of_traps = |(heading, _): &&(String, String)| heading.contains("each with its fixture");
        for (heading, below) in sections.iter().filter(of_traps) {
            for word in named_fixtures(below) {
                assert!(fixtures.contains(word), "{folder}, {heading}: there is no fixture {word}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen} fixtures were named");
}

#[test]
fn every_setting_of_a_connector_is_on_its_page() {
    let mut missing = Vec::new();
    for folder in folders() {
        let text = page_of(&folder);
        let words: BTreeSet<&str> = quoted(&text).into_iter().collect();
        for plugin in connectors_of(&folder) {
            let absent = plugin.manifest.settings.iter().filter(|setting| !words.contains(setting.key));
            missing.extend(absent.map(|setting| format!("{}: {}", plugin.manifest.id, setting.key)));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
