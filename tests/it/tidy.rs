//! House rules as tests. Each rule is data at the top of its file and one test that says where it is broken and what to do.

mod circles;
mod connectors;
mod manifests;
mod purity;
mod rooms;
mod shape;
mod source;
mod texts;
mod wire_names;

use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a build, a run or a checkout leaves behind; not part of the project.
const NOT_OURS: [&str; 5] = [".git", "target", "chakong-data", "proptest-regressions", "mutants.out"];

/// Every file below a folder of the repository, in the order of their names.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a readable folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let ours = |path: &PathBuf| !NOT_OURS.iter().any(|other| path.ends_with(other));
    let expand = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    paths.into_iter().filter(ours).flat_map(expand).collect()
}

/// A path as it is written in failures: relative to the repository, with `/`.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Fails with every violation of a rule.
fn hold(rule: &str, violations: &[String]) {
    assert!(
        violations.is_empty(),
        "{rule}\n{} violation(s):\n  {}",
        violations.len(),
        violations.join("\n  ")
    );
}
