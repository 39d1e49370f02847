//! What may stand in texts: identity numbers, traces of where the project was written, what the architecture page names.

use std::io::Read as _;
use std::path::Path;

use chakong_contract::id::ResidentId;

use super::{files_below, hold, root, shown};

/// Largest text that is looked into.
const LARGEST: u64 = 8 << 20;

/// Traces of where it was written. Parted here, so that this file does not hold them.
const TRACES: &[&str] =
    &[concat!("/wo", "rk/"), concat!("work", "place"), concat!(".lib", "rary"), concat!("sub", "agent")];

/// The text of a file, if it is text; the texts inside, if it is an archive.
fn texts_of(path: &Path) -> Vec<String> {
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    assert!(size <= LARGEST, "{}: {size} bytes; keep large files out of the repository", shown(path));
    let bytes = std::fs::read(path).expect("a readable file");
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) else {
        return vec![String::from_utf8_lossy(&bytes).into_owned()];
    };
    let mut texts = vec![];
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index(at) else { continue };
        let mut inside = Vec::new();
        // Archives of fixtures are broken on purpose; what can be read of them is looked at.
        let _ = entry.take(LARGEST).read_to_end(&mut inside);
        texts.push(String::from_utf8_lossy(&inside).into_owned());
    }
    texts
}

#[test]
fn nothing_tells_where_it_was_written() {
    let mut violations = Vec::new();
    for path in files_below(root()) {
        for text in texts_of(&path) {
            for (at, line) in text.lines().enumerate() {
                for trace in TRACES.iter().filter(|trace| line.to_lowercase().contains(**trace)) {
                    violations.push(format!("{}:{}: holds `{trace}`; take it out", shown(&path), at + 1));
                }
            }
        }
    }
    hold("Nothing tells where the project was written (tests/it/tidy/texts.rs).", &violations);
}

/// Runs of exactly 17 digits with a digit or X at the end.
fn candidates(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let runs = text.split(|c: char| !is_part(c)).filter(|run| run.len() == 18);
    let digits = |run: &&str| run.bytes().take(17).all(|b| b.is_ascii_digit());
    runs.filter(digits).map(str::to_owned).collect()
}

/// A number that could be a person's: valid, and not born on the invented day.
fn is_somebodys(candidate: &str) -> bool {
    let Ok(id) = candidate.parse::<ResidentId>() else { return false };
    !id.as_str()[6..].starts_with("19000101")
}

#[test]
fn fixtures_hold_no_persons_number() {
    let mut violations = Vec::new();
    let folders = ["fixtures", "tests", "config", "connectors", "src"];
    for path in folders.iter().flat_map(|folder| files_below(&root().join(folder))) {
        for text in texts_of(&path) {
            for (at, line) in text.lines().enumerate() {
                let found = candidates(line).into_iter().find(|candidate| is_somebodys(candidate));
                if found.is_some() {
                    violations.push(format!(
                        "{}:{}: a valid identity number; use an invented one, born on 1900-01-01",
                        shown(&path),
                        at + 1
                    ));
                }
            }
        }
    }
    hold("No identity number that could be somebody's.", &violations);
}

#[test]
fn the_rule_about_numbers_can_fail() {
    let invented = "110101190001010014";
    assert_eq!(candidates(&format!("<a>{invented}</a> 1234567890123456789 {invented}0")), [invented]);
    assert!(!is_somebodys(invented));
    // The same digits on another day of birth, with the check digit that belongs to them.
    let other = (0..=9)
        .map(|check| format!("1101011900010200{check}1"))
        .chain((0..=9).map(|check| format!("11010119000102001{check}")));
    assert!(other.filter(|number| number.parse::<ResidentId>().is_ok()).all(|number| is_somebodys(&number)));
}

/// What stands in backquotes on the architecture page.
fn quoted(page: &str) -> Vec<&str> {
    let outside_blocks = page.split("```").step_by(2);
    outside_blocks.flat_map(|text| text.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn the_architecture_page_names_what_exists() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    let is_path = |text: &str| text.contains('/') && !text.contains(' ') && !text.starts_with('/');
    let is_test = |text: &str| {
        text.matches('_').count() >= 3 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    let rust = |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let code: String = ["src", "connectors", "tests"]
        .iter()
        .flat_map(|folder| files_below(&root().join(folder)))
        .filter(rust)
        .map(|path| std::fs::read_to_string(path).expect("a readable file"))
        .collect();
    let exists = |text: &str| !is_path(text) || root().join(text).exists();
    let is_there = |text: &str| !is_test(text) || code.contains(&format!("fn {text}("));
    let names = quoted(&page);
    assert!(
        names.iter().filter(|text| is_path(text)).count() > 20
            && names.iter().filter(|text| is_test(text)).count() > 10
    );
    let gone: Vec<String> = names
        .into_iter()
        .filter(|text| !exists(text) || !is_there(text))
        .map(|text| format!("ARCHITECTURE.md: `{text}` is not there; say what stands now"))
        .collect();
    hold("The architecture page is true to the code.", &gone);
}
