//! Scripts of simulated counterparts.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Parts a script: the keys that are named, and the rest. So two parts of a simulated counterpart read one object, and each
/// refuses the keys that neither knows.
///
/// # Errors
/// When a key of either is unknown or has another form.
pub fn part<A: DeserializeOwned, B: DeserializeOwned>(
    script: &Value,
    keys: &[&str],
) -> Result<(A, B), serde_json::Error> {
    let mut rest = script.clone();
    let mut named = Map::new();
    if let Value::Object(members) = &mut rest {
        named.extend(keys.iter().filter_map(|key| members.remove_entry(*key)));
    }
    Ok((serde_json::from_value(Value::Object(named))?, serde_json::from_value(rest)?))
}

/// A number derived from a text, the same each time (FNV-1a): what is made up for somebody follows from it.
pub fn derived(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        a: u8,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Other {
        b: u8,
    }

    #[test]
    fn two_parts_read_one_object_and_refuse_what_neither_knows() {
        let read = |script| part::<One, Other>(&script, &["a"]);
        assert_eq!(read(json!({ "a": 1, "b": 2 })).expect("both"), (One { a: 1 }, Other { b: 2 }));
        for wrong in
            [json!({ "a": 1, "b": 2, "c": 3 }), json!({ "a": 1 }), json!({ "a": "x", "b": 2 }), json!(7)]
        {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_derived_from_a_text_stays_the_same() {
        // Values of the reference implementation of FNV-1a, 64 bits.
        assert_eq!((derived(""), derived("a")), (0xcbf2_9ce4_8422_2325, 0xaf63_dc4c_8601_ec8c));
    }
}
