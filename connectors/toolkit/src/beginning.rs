//! What stands first in a message, read without building the rest: who calls is known by it before anything else is looked at.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeOwned, Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};

/// The message is no JSON object, as far as it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson;

/// A member of a JSON object of which only the beginning may be there; `None` while it has not come. What stands before it is
/// passed over and not kept; what follows is not looked at.
///
/// # Errors
/// When what was looked at is no JSON object, or the member is not what it should be.
pub fn member<T: DeserializeOwned>(beginning: &[u8], name: &str) -> Result<Option<T>, NotJson> {
    let mut found = None;
    let mut json = serde_json::Deserializer::from_slice(beginning);
    match json.deserialize_map(Member { name, found: &mut found }) {
        _ if found.is_some() => Ok(found),
        Ok(()) => Ok(None),
        Err(error) if error.is_eof() => Ok(None),
        Err(_) => Err(NotJson),
    }
}

struct Member<'a, T> {
    name: &'a str,
    found: &'a mut Option<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Member<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == self.name {
                *self.found = Some(map.next_value()?);
                return Err(A::Error::custom("it was found"));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_once_it_is_there_wherever_it_stands() {
        for text in [r#"{"head":"甲","data":[{},{"head":"x"}]}"#, r#"{"data":[{"head":"x"}, 7],"head":"甲"}"#]
        {
            let end = text.find("甲").expect("there") + "甲\"".len();
            for cut in 0..=text.len() {
                let found = member::<String>(&text.as_bytes()[..cut], "head");
                let expected = (cut >= end).then(|| "甲".to_owned());
                assert_eq!(found, Ok(expected), "{}", &text.as_bytes()[..cut].escape_ascii());
            }
        }
        assert_eq!(member::<String>(b"{}", "head"), Ok(None));
    }

    #[test]
    fn what_is_no_object_is_none() {
        for text in ["[1]", "x", "{\"a\" 1}", "{\"head\":7}", "7"] {
            assert_eq!(member::<String>(text.as_bytes(), "head"), Err(NotJson), "{text}");
        }
    }

    #[test]
    fn what_is_passed_over_may_be_nested_as_deep_as_it_likes() {
        let deep = format!("{{\"a\":{}", "[".repeat(1 << 20));
        assert!(member::<String>(deep.as_bytes(), "head").is_ok_and(|found| found.is_none()));
    }
}
