//! A list, where a counterpart may write a blank, an empty object, its only entry, or its entries by number in place of it.

use std::fmt;
use std::marker::PhantomData;

use chakong_contract::placeholder::is_null;
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Reads a list, for `#[serde(deserialize_with = …)]`. Null, a blank, `null` as text, false and an empty object are none; anything else
/// than a list is a list of one, or of many where an object has numbers for names (`{"0": …, "2": …}`).
///
/// # Errors
/// When an entry has another form.
pub fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Vec<T>>, D::Error> {
    from.deserialize_any(List(PhantomData))
}

/// Reads a list as [`or_none`] does, where it matters that it stands there at all: what stands for none is an empty list.
///
/// # Errors
/// As for [`or_none`].
pub fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Vec<T>>, D::Error> {
    or_none(from).map(|list| Some(list.unwrap_or_default()))
}

/// Reads a list as [`or_none`] does; what stands for none is empty.
///
/// # Errors
/// As for [`or_none`].
pub fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    or_none(from).map(Option::unwrap_or_default)
}

/// The entries of a value in place of which a list is expected, read by the same rules.
pub fn entries(value: Value) -> Vec<Value> {
    match value {
        Value::Array(entries) => entries,
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::String(text) if text.trim().is_empty() || is_null(&text) => Vec::new(),
        Value::Object(members) => of_object(members),
        one => vec![one],
    }
}

/// The values of an object whose names are numbers, in their order; any other object is the only entry.
fn of_object(members: Map<String, Value>) -> Vec<Value> {
    let numbers: Option<Vec<u32>> = members.keys().map(|name| name.parse().ok()).collect();
    let Some(numbers) = numbers else { return vec![Value::Object(members)] };
    let mut numbered: Vec<(u32, Value)> =
        numbers.into_iter().zip(members.into_iter().map(|(_, value)| value)).collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, value)| value).collect()
}

/// Reads the only entry of a list.
fn only<'de, T: Deserialize<'de>, E: Error>(
    entry: impl IntoDeserializer<'de, E>,
) -> Result<Option<Vec<T>>, E> {
    T::deserialize(entry.into_deserializer()).map(|one| Some(vec![one]))
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or nothing")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.trim().is_empty() || is_null(text) { Ok(None) } else { only(text) }
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        if flag { only(flag) } else { Ok(None) }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        only(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        only(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        only(number)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut all = Map::new();
        while let Some((name, value)) = members.next_entry()? {
            all.insert(name, value);
        }
        let entries = of_object(all).into_iter().map(|entry| T::deserialize(entry).map_err(A::Error::custom));
        let entries = entries.collect::<Result<Vec<T>, _>>()?;
        Ok((!entries.is_empty()).then_some(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Some(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;

    #[derive(Debug, Deserialize)]
    struct Record {
        #[serde(default, deserialize_with = "or_none")]
        names: Option<Vec<Scalar>>,
        #[serde(default, deserialize_with = "or_none")]
        holders: Option<Vec<Holder>>,
    }

    #[derive(Debug, Deserialize)]
    struct Holder {
        name: String,
    }

    fn record(json: &str) -> Result<Record, serde_json::Error> {
        serde_json::from_str(json)
    }

    fn names(json: &str) -> Result<Vec<String>, serde_json::Error> {
        let record = record(&format!("{{\"names\":{json}}}"))?;
        Ok(record.names.iter().flatten().map(Scalar::text).collect())
    }

    fn holders(json: &str) -> Result<Vec<String>, serde_json::Error> {
        let record = record(&format!("{{\"holders\":{json}}}"))?;
        Ok(record.holders.unwrap_or_default().into_iter().map(|holder| holder.name).collect())
    }

    #[test]
    fn what_stands_in_place_of_an_empty_list_is_none() {
        for json in ["null", "\"\"", "\"  \"", "{}", "{ }", "[]", "\"null\"", "false"] {
            assert_eq!(names(json).expect(json), Vec::<String>::new(), "{json}");
            assert_eq!(holders(json).expect(json), Vec::<String>::new(), "{json}");
            assert!(entries(serde_json::from_str(json).expect(json)).is_empty(), "{json}");
        }
        assert_eq!(names("[\"a\", 2]").expect("two"), ["a", "2"]);
    }

    #[test]
    fn the_only_entry_and_entries_by_number_are_a_list() {
        for (json, read) in [("\"35110\"", "35110"), ("35110", "35110"), ("7.5", "7.5"), ("true", "true")] {
            assert_eq!(names(json).expect(json), [read], "{json}");
        }
        assert_eq!(holders("{\"name\":\"a\"}").expect("one"), ["a"]);
        assert_eq!(holders("{\"10\":{\"name\":\"c\"},\"2\":{\"name\":\"b\"}}").expect("two"), ["b", "c"]);
        for json in ["{\"message\":\"busy\"}", "7", "true", "\"text\"", "{\"1\":{\"name\":\"a\"},\"of\":2}"] {
            assert!(holders(json).is_err(), "{json}");
        }
        assert_eq!(entries(serde_json::json!({ "a": 1 })), [serde_json::json!({ "a": 1 })]);
    }
}
