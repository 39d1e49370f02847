//! What pure code may not name, and what only one place may.

use super::hold;
use super::source::{Source, sources};

/// Pure: same in, same out. Folders and files.
const PURE: &[&str] = &[
    "src/domain",
    "src/intake/plan.rs",
    "src/intake/check.rs",
    "src/store/memory",
    "connectors/companies-house/src",
    "connectors/contract/src",
    "connectors/court-bank/src",
    "connectors/court-realty/src",
    "connectors/declarative/src",
    "connectors/desk/src",
    "connectors/gleif/src",
    "connectors/market-regulator/src",
    "connectors/qichacha/src",
    "connectors/tianyancha/src",
    "connectors/toolkit/src",
];

/// Paths that pure code may not name, with what to do instead.
const IMPURE: &[(&str, &str)] = &[
    ("std::time::SystemTime", "take the time as a parameter"),
    ("std::time::Instant", "take the time as a parameter"),
    ("std::fs", "take bytes"),
    ("std::net", "describe the request; a line sends it"),
    ("std::env", "take a setting"),
    ("std::process", "return an error"),
    ("std::thread", "return; the caller knows when"),
    ("tokio", "return what to do; a line or a lane does it"),
    ("reqwest", "describe the request; a line sends it"),
    ("rusqlite", "take a `CaseFile`"),
    ("rand", "take the random number"),
    ("tracing", "return a `Fault` or a problem; its reader logs it once"),
    ("println", "return it"),
    ("eprintln", "return it"),
    ("print", "return it"),
    ("jiff::Timestamp::now", "take the time as a parameter"),
    ("jiff::Zoned::now", "take the time as a parameter"),
    ("Timestamp::now", "take the time as a parameter"),
    ("Zoned::now", "take the time as a parameter"),
];

fn is_below(path: &str, place: &str) -> bool {
    path == place || path == format!("{place}.rs") || path.starts_with(&format!("{place}/"))
}

fn names(source: &Source, prefix: &str) -> Vec<usize> {
    let wanted: Vec<&str> = prefix.split("::").collect();
    let leads = |segments: &[String]| {
        segments.iter().map(String::as_str).take(wanted.len()).eq(wanted.iter().copied())
    };
    // A lone word is a crate only where a path goes on from it, or a macro where `!` follows.
    let alone = |line: usize| wanted.len() > 1 || source.lines_with(&[prefix, "!"]).contains(&line);
    let paths = source.paths();
    let found = paths.iter().filter(|named| leads(&named.segments));
    found.filter(|named| named.segments.len() > 1 || alone(named.line)).map(|named| named.line).collect()
}

#[test]
fn pure_code_names_no_clock_no_randomness_and_no_io() {
    let all: Vec<Source> = sources("src").into_iter().chain(sources("connectors")).collect();
    let mut violations = Vec::new();
    for place in PURE {
        let here: Vec<&Source> = all.iter().filter(|source| is_below(&source.path, place)).collect();
        assert!(!here.is_empty(), "PURE: {place} is gone; correct the list");
        for source in here {
            for (path, instead) in IMPURE {
                let lines = names(source, path);
                violations.extend(
                    lines.iter().map(|line| format!("{}:{line}: names `{path}`; {instead}", source.path)),
                );
            }
        }
    }
    hold("Connectors, the domain, plan and check are pure (tests/it/tidy/purity.rs).", &violations);
}

#[test]
fn every_connector_is_in_the_list_of_pure_code() {
    let folders = std::fs::read_dir(super::root().join("connectors")).expect("connectors");
    let missing: Vec<String> = folders
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| format!("connectors/{}/src", entry.file_name().to_string_lossy()))
        .filter(|folder| folder != "connectors/testkit/src" && !PURE.contains(&folder.as_str()))
        .collect();
    hold("Every connector is pure: add it to PURE (tests/it/tidy/purity.rs).", &missing);
}

/// What one place alone may call, and what the others do instead.
const ONE_PLACE: &[(&str, &[&str], &str)] = &[
    (
        "src/lifecycle.rs",
        &[
            "tokio::spawn",
            "tokio::task::spawn",
            "task::spawn",
            "tokio::task::spawn_local",
            "tokio::task::JoinSet",
        ],
        "use `Tasks::spawn_service` or `Tasks::spawn_job`",
    ),
    (
        "src/clock.rs",
        &[
            "Timestamp::now",
            "jiff::Timestamp::now",
            "Zoned::now",
            "jiff::Zoned::now",
            "SystemTime::now",
            "std::time::SystemTime::now",
            "std::time::Instant::now",
        ],
        "take `&dyn Clock`",
    ),
];

#[test]
fn one_place_spawns_and_one_place_reads_the_clock() {
    let mut violations = Vec::new();
    for source in sources("src").iter().chain(&sources("connectors")) {
        for (place, paths, instead) in ONE_PLACE.iter().filter(|(place, ..)| *place != source.path) {
            for path in *paths {
                let lines = names(source, path);
                violations.extend(
                    lines
                        .iter()
                        .map(|line| format!("{}:{line}: `{path}` is for {place}; {instead}", source.path)),
                );
            }
        }
    }
    hold("Only src/lifecycle.rs spawns and only src/clock.rs reads the real clock.", &violations);
}

#[test]
fn the_rule_of_purity_can_fail() {
    let source = Source::parse(
        "src/x.rs",
        "use std::{fs, time::{Duration, Instant}};\nfn f() { tokio::spawn(g()); println!(\"\"); let rand = 1; rand + 1; }",
    );
    assert_eq!(names(&source, "std::fs"), [1]);
    assert_eq!(names(&source, "std::time::Instant"), [1]);
    assert_eq!(names(&source, "tokio"), [2]);
    assert_eq!(names(&source, "println"), [2]);
    assert!(names(&source, "rand").is_empty(), "a variable is not a crate");
}
