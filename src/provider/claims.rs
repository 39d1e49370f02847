//! What stands in an ID token, as far as it is used.

use serde_json::{Map, Value};

/// What a token or the provider's word about a user holds.
pub(super) type Claims = Map<String, Value>;

/// Most characters of a name.
const LONGEST_NAME: usize = 64;

/// The 工号 that a claim says: text, or a whole number.
pub(super) fn name_in(claims: &Claims, claim: &str) -> Option<String> {
    let name = match claims.get(claim)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if number.is_u64() => number.to_string(),
        _ => return None,
    };
    let characters = name.chars().count();
    let is_plain = (1..=LONGEST_NAME).contains(&characters) && !name.chars().any(char::is_control);
    is_plain.then_some(name)
}

/// Whether `amr` or `acr` holds one of the values that stand for a second factor (RFC 8176).
pub(super) fn has_second_factor(claims: &Claims, values: &[String]) -> bool {
    let is_one = |value: &Value| value.as_str().is_some_and(|text| values.iter().any(|one| one == text));
    let in_amr = claims.get("amr").and_then(Value::as_array).is_some_and(|all| all.iter().any(is_one));
    in_amr || claims.get("acr").is_some_and(is_one)
}
