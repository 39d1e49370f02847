//! What the program is made of: the components that are built into it, and under which licences they may be.

use std::sync::LazyLock;

/// What the components are locked to.
const LOCK: &str = include_str!("../../../Cargo.lock");
/// What they may be licensed under; whatever builds the program checks it.
const POLICY: &str = include_str!("../../../deny.toml");

/// Name and version of every component but our own crates, by name.
pub static COMPONENTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut components = Vec::new();
    for package in LOCK.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let lines = package.lines();
            lines
                .filter_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
                .next()
                .map(|text| text.trim_matches('"'))
        };
        // What comes from nowhere else is our own.
        if let (Some(name), Some(version), Some(_)) = (value("name"), value("version"), value("source")) {
            components.push((name.to_owned(), version.to_owned()));
        }
    }
    components
});

/// Licences that a component may have.
pub static LICENCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let section = POLICY.split("[licenses]").nth(1).unwrap_or_default();
    let list = section.split("allow = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_components_are_named_with_their_versions_and_our_own_crates_are_not() {
        let has = |name: &str| COMPONENTS.iter().any(|(known, version)| known == name && !version.is_empty());
        assert!(has("axum") && has("rusqlite") && !has("chakong") && !has("chakong-contract"));
        assert!(LICENCES.iter().any(|licence| licence == "MIT") && !LICENCES.iter().any(String::is_empty));
    }
}
