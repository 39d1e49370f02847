//! JSON null where something is expected.

use serde::{Deserialize, Deserializer};

/// Reads a member that may be null as if it were not there: `#[serde(default, deserialize_with = "null_as_absent")]`. Services write null
/// for an empty object or list, and the rest of the record is as good as with none.
///
/// # Errors
/// What the member's own form refuses.
pub fn null_as_absent<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Record {
        #[serde(deserialize_with = "null_as_absent")]
        list: Vec<u8>,
        name: String,
    }

    #[test]
    fn null_and_absence_are_the_same_and_another_form_is_refused() {
        let read =
            |json: &str| serde_json::from_str::<Record>(json).ok().map(|record| (record.list, record.name));
        let whole = Some((vec![], "a".to_owned()));
        assert_eq!(read(r#"{"list":null,"name":"a"}"#), whole);
        assert_eq!(read(r#"{"name":"a"}"#), whole);
        assert_eq!(read(r#"{"list":[7],"name":"a"}"#), Some((vec![7], "a".to_owned())));
        assert_eq!(read(r#"{"list":{},"name":"a"}"#), None);
    }
}
