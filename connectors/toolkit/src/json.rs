//! JSON as services send it: perhaps with a byte order mark before it, and with null where a member is left out or an entry is missing.

use chakong_contract::message::without_mark;
use chakong_contract::placeholder::is_null;
use chakong_contract::weight;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
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

/// Whether a member states nothing: null, a blank text, `null` as text, an object without members, or an empty list.
pub fn is_none(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty() || is_null(text),
        Value::Object(members) => members.is_empty(),
        Value::Array(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether nothing at all is stated in a value, be it in its members and their members.
pub fn is_blank(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.values().all(is_blank),
        Value::Array(entries) => entries.iter().all(is_blank),
        other => is_none(other),
    }
}

/// What a member states, if it states anything; see [`is_none`].
pub fn stated(value: Value) -> Option<Value> {
    Some(value).filter(|value| !is_none(value))
}

/// Reads an object for `#[serde(deserialize_with = …)]`, where a counterpart may write a blank, null, an empty list or a list of one in its
/// place.
///
/// # Errors
/// When something else stands there.
pub fn or_default<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    let Some(value) = stated(Value::deserialize(from)?) else { return Ok(T::default()) };
    // A type of several entries reads its list itself.
    match serde_json::from_value(value.clone()) {
        Ok(read) => Ok(read),
        Err(why) => match value {
            Value::Array(entries) => only(entries).and_then(|entry| serde_json::from_value(entry).ok()),
            _ => None,
        }
        .ok_or_else(|| D::Error::custom(why)),
    }
}

/// The entry of a list that has one.
pub fn only(entries: Vec<Value>) -> Option<Value> {
    let mut entries = entries.into_iter();
    entries.next().filter(|_| entries.next().is_none())
}

#[cfg(test)]
mod tests {
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

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Parts {
        #[serde(deserialize_with = "or_default")]
        address: Address,
        #[serde(deserialize_with = "or_default")]
        other: Option<Address>,
    }

    #[test]
    fn what_stands_in_place_of_an_object_is_none_and_anything_else_is_refused() {
        for nothing in ["null", "\"\"", "\" \"", "\"null\"", "{}", "[]"] {
            let text = format!("{{\"address\":{nothing},\"other\":{nothing}}}");
            assert_eq!(serde_json::from_str::<Parts>(&text).ok(), Some(Parts::default()), "{nothing}");
            assert_eq!(stated(serde_json::from_str(nothing).expect("JSON")), None, "{nothing}");
        }
        for one in [r#"{"lines":["b"]}"#, r#"[{"lines":["b"]}]"#] {
            let read =
                serde_json::from_str::<Parts>(&format!("{{\"other\":{one},\"address\":{one}}}")).expect(one);
            let address = Address { lines: vec!["b".into()] };
            assert_eq!((read.other.as_ref(), &read.address), (Some(&address), &address), "{one}");
        }
        for wrong in ["7", "true", "\"text\"", "[1]", "[{},{}]"] {
            assert!(serde_json::from_str::<Parts>(&format!("{{\"other\":{wrong}}}")).is_err(), "{wrong}");
        }
        assert_eq!(stated(Value::Bool(false)), Some(Value::Bool(false)));
        let blank = |text: &str| is_blank(&serde_json::from_str(text).expect(text));
        assert!(blank(r#"{"a":[],"b":{"c":" ","d":[null,{}]}}"#) && blank("null"));
        assert!(!blank(r#"{"a":{"b":[0]}}"#) && !blank("false"));
    }
}
