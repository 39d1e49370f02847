//! A list, where a counterpart may write a blank, an empty object or its only entry in place of it.

use std::fmt;
use std::marker::PhantomData;

use chakong_contract::placeholder::is_null;
use serde::de::value::StrDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a list, for `#[serde(deserialize_with = …)]`. Null, a blank, `null` as text and an empty object are none; a text is a
/// list of one where an entry may be a text.
///
/// # Errors
/// For anything else, such as an object with members.
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
        if text.trim().is_empty() || is_null(text) {
            return Ok(None);
        }
        T::deserialize(StrDeserializer::new(text)).map(|one| Some(vec![one]))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        match members.next_entry::<IgnoredAny, IgnoredAny>()? {
            None => Ok(None),
            Some(_) => Err(A::Error::custom("an object stands in place of a list")),
        }
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
    }

    fn names(json: &str) -> Result<Vec<String>, serde_json::Error> {
        let record: Record = serde_json::from_str(&format!("{{\"names\":{json}}}"))?;
        Ok(record.names.iter().flatten().map(Scalar::text).collect())
    }

    #[test]
    fn what_stands_in_place_of_an_empty_list_is_none() {
        for json in ["null", "\"\"", "\"  \"", "{}", "{ }", "[]", "\"null\""] {
            assert_eq!(names(json).expect(json), Vec::<String>::new(), "{json}");
        }
        assert_eq!(names("[\"a\", 2]").expect("two"), ["a", "2"]);
        assert_eq!(names("\"35110\"").expect("one"), ["35110"]);
        for json in ["{\"a\":1}", "7", "true"] {
            assert!(names(json).is_err(), "{json}");
        }
    }
}
