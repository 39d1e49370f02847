//! What the crates of the workspace may depend on.

use super::{hold, root};

/// Crates that a connector may not depend on: they do I/O, read clocks, make randomness or log.
const IMPURE_CRATES: &[&str] = &[
    "tokio", "reqwest", "rusqlite", "axum", "hyper", "rand", "tracing", "log", "chrono", "backoff",
    "governor",
];

fn manifest(folder: &str) -> toml::Table {
    let path = root().join(folder).join("Cargo.toml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names(manifest: &toml::Table, table: &str) -> Vec<String> {
    let table = manifest.get(table).and_then(toml::Value::as_table);
    table.into_iter().flat_map(|table| table.keys().cloned()).collect()
}

fn crates() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("connectors")).expect("connectors");
    let folders = entries.map(|entry| entry.expect("an entry")).filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn no_connector_depends_on_another_or_on_the_gateway() {
    let mut violations = Vec::new();
    for name in crates().iter().filter(|name| *name != "testkit") {
        let manifest = manifest(&format!("connectors/{name}"));
        let may: &[&str] = match name.as_str() {
            "contract" => &[],
            "toolkit" => &["chakong-contract"],
            _ => &["chakong-contract", "chakong-toolkit"],
        };
        for dependency in names(&manifest, "dependencies") {
            if dependency.starts_with("chakong") && !may.contains(&dependency.as_str()) {
                violations.push(format!("connectors/{name}/Cargo.toml: depends on {dependency}; move what both need to the toolkit"));
            }
            if IMPURE_CRATES.contains(&dependency.as_str()) {
                violations.push(format!(
                    "connectors/{name}/Cargo.toml: depends on {dependency}; a connector is pure"
                ));
            }
        }
        for dependency in names(&manifest, "dev-dependencies") {
            if dependency.starts_with("chakong")
                && dependency != "chakong-testkit"
                && !may.contains(&dependency.as_str())
            {
                violations.push(format!(
                    "connectors/{name}/Cargo.toml: tests depend on {dependency}; use the testkit"
                ));
            }
        }
    }
    hold(
        "Connectors depend on the contract and the toolkit only, the toolkit on the contract, the contract on nothing of ours (tests/it/tidy/manifests.rs).",
        &violations,
    );
}

#[test]
fn every_dependency_comes_from_the_workspace_table_and_every_crate_takes_its_lints() {
    let mut violations = Vec::new();
    let folders = crates().into_iter().map(|name| format!("connectors/{name}")).chain([".".to_owned()]);
    for folder in folders {
        let manifest = manifest(&folder);
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let all = manifest.get(table).and_then(toml::Value::as_table);
            for (name, value) in all.into_iter().flatten() {
                if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    violations.push(format!("{folder}/Cargo.toml: {name}: write `{name}.workspace = true`"));
                }
            }
        }
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            violations.push(format!("{folder}/Cargo.toml: write `[lints] workspace = true`"));
        }
        if manifest.contains_key("features") {
            violations.push(format!("{folder}/Cargo.toml: has features; there is one build"));
        }
    }
    hold("One version of each dependency, one set of lints, one build.", &violations);
}
