//! What the pages say of commands and files is so.

mod commands;
mod connectors;
mod figures;

use std::path::Path;
use std::process::Command;

use chakong::domain::rules::release_reasons::ReleaseReason;
use chakong::domain::{ClaimState, Mandate, MeasureState, OrderState};
use serde_json::Value;

use crate::tidy::root;

/// Pages that a person reads first.
const PAGES: [&str; 5] = [
    "README.md",
    "connectors/README.md",
    "config/chakong.toml",
    "config/deploy/README.md",
    "config/reference.toml",
];

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Command lines of `chakong` in a text: in backquotes, and at the beginnings of lines.
fn command_lines(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let lines = text.lines().map(|line| line.trim_start_matches(['#', ' ']));
    let ours = |text: &&str| text.starts_with("chakong ") || text.starts_with("target/debug/chakong ");
    let line = |text: &str| text.split(" # ").next().unwrap_or(text).trim().to_owned();
    quoted.chain(lines).filter(ours).map(line).collect()
}

/// The commands that a line begins with: `connectors read`.
fn commands(line: &str) -> Vec<&str> {
    let word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    line.split(' ').skip(1).take_while(word).take(2).collect()
}

#[test]
fn commands_and_flags_on_the_pages_are_known() {
    let mut seen = 0;
    for name in PAGES {
        for line in command_lines(&page(name)).iter().filter(|line| !commands(line).is_empty()) {
            let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
            let output = command.args(commands(line)).arg("--help").output().expect("it runs");
            let help = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{name}: `{line}`: there is no such command");
            for flag in line.split([' ', '[', ']']).filter(|word| word.starts_with("--")) {
                assert!(help.contains(flag), "{name}: `{line}`: there is no {flag}");
            }
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} command lines were found");
}

#[test]
fn links_on_the_pages_lead_somewhere() {
    let mut pages: Vec<String> =
        vec!["README.md".into(), "ARCHITECTURE.md".into(), "connectors/README.md".into()];
    let connectors = std::fs::read_dir(root().join("connectors")).expect("the connectors");
    let own = connectors.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let own: Vec<String> = own.map(|name| format!("connectors/{name}/README.md")).collect();
    pages.extend(own.into_iter().filter(|page| root().join(page).is_file()));
    for name in pages {
        let text = page(&name);
        let folder = root().join(&name);
        let folder = folder.parent().unwrap_or(Path::new("."));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            let is_local = !link.contains("://") && !path.is_empty() && !path.contains(' ');
            assert!(!is_local || folder.join(path).exists(), "{name}: {link} leads nowhere");
        }
    }
}

/// What stands in backquotes in a text.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A part of the first page, from one text to the next after it.
fn part(from: &str, to: &str) -> String {
    let text = page("README.md");
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("README.md has no `{from}`"));
    rest.split_once(to).unwrap_or_else(|| panic!("README.md has no `{to}` after `{from}`")).0.to_owned()
}

fn sorted<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    words.sort();
    words
}

#[test]
fn every_endpoint_is_on_the_page_and_no_other() {
    let document: Value = serde_json::from_str(&chakong::api::openapi()).expect("the document");
    let paths = document["paths"].as_object().expect("paths").keys();
    let paths: Vec<&str> = paths.filter_map(|path| path.strip_prefix("/v1")).collect();
    let table = part("| endpoints, below `/v1` |", "| states |");
    let named: Vec<&str> = quoted(&table).into_iter().filter(|word| word.starts_with('/')).collect();
    assert!(paths.len() > 30 && named.len() > 30, "{} paths, {} named", paths.len(), named.len());
    for path in &paths {
        assert!(named.iter().any(|name| path.ends_with(name)), "{path} is not on the page");
    }
    for name in named {
        assert!(paths.iter().any(|path| path.ends_with(name)), "there is no {name}");
    }
}

#[test]
fn the_states_on_the_page_are_those_that_there_are() {
    let row = |of: &str| part(&format!("| of {of} |"), "|\n");
    let orders = OrderState::ALL.map(OrderState::word);
    assert_eq!(sorted(quoted(&row("an order"))), sorted(orders));
    assert_eq!(sorted(quoted(&row("a measure"))), sorted(MeasureState::ALL.iter().map(|state| state.word())));
    let claims = [ClaimState::Open, ClaimState::Settled, ClaimState::Withdrawn];
    let claims = claims.map(|state| serde_json::to_value(state).expect("a word"));
    assert_eq!(sorted(quoted(&row("a claim"))), sorted(claims.iter().filter_map(Value::as_str)));
}

#[test]
fn the_grounds_of_a_release_are_on_the_page_by_what_they_do() {
    let closing = part("Reasons that end the debt (", ")");
    let leaving_open = part("The others (", ")");
    let word = |reason: &ReleaseReason| serde_json::to_value(reason).expect("a word");
    let with = |closes: bool| {
        let of = ReleaseReason::ALL.iter().filter(|reason| reason.closes_room() == closes);
        of.map(word).collect::<Vec<_>>()
    };
    assert_eq!(sorted(quoted(&closing)), sorted(with(true).iter().filter_map(Value::as_str)));
    assert_eq!(sorted(quoted(&leaving_open)), sorted(with(false).iter().filter_map(Value::as_str)));
}

#[test]
fn every_field_of_a_mandate_is_on_the_page() {
    let schema = schemars::schema_for!(Mandate);
    let fields = schema.get("properties").and_then(Value::as_object).expect("its fields").clone();
    let table = part("A **mandate** in the inquiry states the claim of the case:", "`case.continues`");
    let first = table.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let named: Vec<String> = first.flat_map(|cell| sorted(quoted(&format!("`{cell}")))).collect();
    assert_eq!(sorted(named.iter().map(String::as_str)), sorted(fields.keys().map(String::as_str)));
}

#[test]
fn the_demo_is_what_the_page_says() {
    let world = std::fs::read_to_string(root().join("fixtures/cases/linfen.world.json")).expect("the world");
    let world: Value = serde_json::from_str(&world).expect("JSON");
    let counterparts = world["counterparts"].as_object().expect("counterparts");
    let over = |line: &str| counterparts.values().filter(|one| one["line"] == line).count();
    let said = part("## See it work", "## Test it");
    assert_eq!((counterparts.len(), over("parcel"), over("postbox"), over("call")), (9, 6, 1, 2));
    assert!(said.contains("nine simulated counterparts") && said.contains("six banks on file"), "{said}");
    assert_eq!(
        (&world["expected"]["accounts"], &world["expected"]["measures_in_force"]),
        (&5.into(), &5.into())
    );
    assert!(said.contains("holds five accounts") && said.contains("the five freezes"), "{said}");
    let case = std::fs::read_to_string(root().join("fixtures/cases/linfen.json")).expect("the case");
    assert!(said.contains("33,670,000.00 yuan") && case.contains("33670000.00"), "the claim");
}
