//! Names of schemas.

/// Where the named schemas stand.
pub(super) const SCHEMAS: &str = "#/components/schemas/";

pub(super) fn pascal(name: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    name.split(['_', '-', '.']).map(capital).collect()
}
