//! Names and sizes of files and functions, and what may not stand in them.

use super::source::{Source, sources};
use super::{files_below, hold, root, shown};

/// Most lines of a file, without its tests.
const FILE: usize = 400;
/// Most lines of a function.
const FUNCTION: usize = 70;
/// Most `Arc<Mutex<…>>` and `Arc<RwLock<…>>` in the whole workspace.
const SHARED_LOCKS: usize = 10;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "misc", "mod"];
/// What may stand at the top of the repository.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "clippy.toml",
    "config",
    "connectors",
    "deny.toml",
    "fixtures",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "src",
    "tests",
];

fn code() -> Vec<Source> {
    sources("src").into_iter().chain(sources("connectors")).collect()
}

/// Code that runs in the gateway: the testkit and integration tests are tests themselves.
fn gateway() -> Vec<Source> {
    let is_test = |path: &str| path.contains("/tests/") || path.starts_with("connectors/testkit/");
    code().into_iter().filter(|source| !is_test(&source.path)).collect()
}

#[test]
fn files_and_functions_stay_small() {
    let mut violations = Vec::new();
    for source in code().iter().chain(&sources("tests")) {
        if source.lines > FILE {
            let lines = source.lines;
            violations.push(format!("{}:1: {lines} lines of {FILE}; split it by what it does", source.path));
        }
        for function in source.functions.iter().filter(|function| function.lines > FUNCTION) {
            let (name, lines) = (&function.name, function.lines);
            violations.push(format!(
                "{}:{}: `{name}` has {lines} lines of {FUNCTION}; take steps out of it",
                source.path, function.line
            ));
        }
    }
    hold("Files and functions stay small (tests/it/tidy/shape.rs).", &violations);
}

#[test]
fn names_of_files_and_modules_say_what_is_inside() {
    let mut violations = Vec::new();
    for source in code().iter().chain(&sources("tests")) {
        let named = source.path.trim_end_matches(".rs").split('/').find(|part| EMPTY_NAMES.contains(part));
        if let Some(name) = named {
            violations
                .push(format!("{}: `{name}` says nothing; use `foo.rs` + `foo/` and a name", source.path));
        }
        for (at, word) in
            source.words.iter().enumerate().filter(|(_, word)| word.text == "mod" && word.is_name)
        {
            let name = source.words.get(at + 1).map_or("", |word| word.text.as_str());
            if EMPTY_NAMES.contains(&name) {
                violations.push(format!(
                    "{}:{}: module `{name}` says nothing; name what it does",
                    source.path, word.line
                ));
            }
        }
    }
    hold("No mod.rs, no utils, common, helpers.", &violations);
}

#[test]
fn nothing_unfinished_and_nothing_that_panics_by_design() {
    let banned: &[(&[&str], &str)] = &[
        (&["todo", "!"], "do it, or take it out"),
        (&["unimplemented", "!"], "do it, or take it out"),
        (&["dbg", "!"], "take it out"),
        (&[".", "unwrap", "("], "handle it: `?`, `let else`, a default"),
        (&[".", "expect", "("], "handle it: `?`, `let else`, a default"),
        (&["panic", "!"], "return an error"),
    ];
    let mut violations = Vec::new();
    for source in &gateway() {
        for (texts, instead) in banned {
            let lines = source.lines_with(texts);
            violations.extend(
                lines.iter().map(|line| format!("{}:{line}: `{}`; {instead}", source.path, texts.concat())),
            );
        }
    }
    hold("Nothing unfinished, no unwrap, no expect outside tests.", &violations);
}

#[test]
fn state_is_owned_and_seldom_shared_behind_a_lock() {
    let mut places = Vec::new();
    for source in &gateway() {
        for lock in ["Mutex", "RwLock"] {
            places.extend(
                source.lines_with(&["Arc", "<", lock]).iter().map(|line| format!("{}:{line}", source.path)),
            );
        }
    }
    let fits = places.len() <= SHARED_LOCKS;
    hold(
        &format!("At most {SHARED_LOCKS} locks are shared by Arc: give state one owner, or a channel."),
        if fits { &[] } else { &places },
    );
}

#[test]
fn the_top_of_the_repository_is_the_designs() {
    let entries = std::fs::read_dir(root()).expect("the repository");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let strangers: Vec<String> = names
        .filter(|name| !TOP.contains(&name.as_str()) && !super::NOT_OURS.contains(&name.as_str()))
        .map(|name| format!("{name}: find it a place below, or add it to TOP with the design's consent"))
        .collect();
    hold("The top of the repository holds what the design names (tests/it/tidy/shape.rs).", &strangers);
}

#[test]
fn sizes_are_those_of_the_style_page() {
    let mut sizes: Vec<usize> = gateway().iter().map(|source| source.lines).collect();
    sizes.sort_unstable();
    let part = |share: usize| sizes[sizes.len() * share / 100];
    let (median, most) = (part(50), part(90));
    assert!(
        median <= 150 && most <= 400,
        "median file {median} of 150 lines, nine of ten within {most} of 400"
    );
    let empty: Vec<String> = files_below(&root().join("src"))
        .iter()
        .filter(|path| std::fs::metadata(path).is_ok_and(|metadata| metadata.len() == 0))
        .map(|path| shown(path))
        .collect();
    hold("No file is empty.", &empty);
}
