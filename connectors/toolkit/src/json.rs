//! JSON as services send it: perhaps with a byte order mark before it, and with null where a member is left out or an entry is missing.

use chakong_contract::message::without_mark;
use chakong_contract::weight;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a body. Null is read as if it were not there, whatever the form of what is expected.
///
/// # Errors
/// When it is no JSON, JSON of another form, or has too many parts for its size.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    of_value(read_with_nulls(body)?)
}

/// Reads a body in which null means something else than absence.
///
/// # Errors
/// When it is no JSON, or has too many parts for its size.
pub fn read_with_nulls(body: &[u8]) -> Result<Value, serde_json::Error> {
    weight::json(without_mark(body))
}

/// Reads a part of a body, likewise.
///
/// # Errors
/// When it has another form.
pub fn of_value<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(without_nulls(value))
}

/// The value without members and entries that are null; null itself stays.
pub fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let stated = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(stated.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(entries) => {
            Value::Array(entries.into_iter().filter(|entry| !entry.is_null()).map(without_nulls).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Record {
        name: String,
        is_open: bool,
        address: Address,
        lists: Vec<Vec<u8>>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Address {
        lines: Vec<String>,
    }

    #[test]
    fn null_is_nothing_at_every_place_and_another_form_is_refused() {
        let read = |text: &str| read::<Record>(text.as_bytes()).ok();
        assert_eq!(
            read(r#"{"name":null,"is_open":null,"address":null,"lists":null}"#),
            Some(Record::default())
        );
        let whole = Record {
            address: Address { lines: vec!["a".into()] },
            lists: vec![vec![7]],
            ..Record::default()
        };
        let text = "\u{feff}{\"address\":{\"lines\":[null,\"a\"]},\"lists\":[null,[null,7]],\"other\":null}";
        assert_eq!(read(text), Some(whole));
        for wrong in [r#"{"name":7}"#, r#"{"address":[1]}"#, "null", "", "{"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(without_nulls(Value::Null), Value::Null);
    }
}
