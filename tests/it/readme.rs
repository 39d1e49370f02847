//! What the pages say of commands and files is so.

use std::path::Path;
use std::process::Command;

use crate::tidy::root;

/// Pages that a person reads first.
const PAGES: [&str; 3] = ["README.md", "connectors/README.md", "config/chakong.toml"];

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
