//! Identifiers of stored things. Each is a type of its own: an order's cannot be taken for a measure's.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reads a row number. In JSON it is text, because it has up to 19 digits and many readers keep only 15 of a number's;
/// numbers are read too.
struct RowNumber;

impl Visitor<'_> for RowNumber {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an identifier of at most 19 digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i64, E> {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_plain).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E: de::Error>(self, row: i64) -> Result<i64, E> {
        Ok(row)
    }

    fn visit_u64<E: de::Error>(self, row: u64) -> Result<i64, E> {
        i64::try_from(row).map_err(|_| E::invalid_value(Unexpected::Unsigned(row), &self))
    }
}

macro_rules! identifier {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// The identifier of a row number.
            pub const fn new(row: i64) -> Self {
                Self(row)
            }

            /// The row number.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(RowNumber).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": "Identifier", "type": "string", "pattern": "^[0-9]{1,19}$" })
            }
        }
    };
}

identifier! {
    /// A chain of cases that continue one another 案号链.
    ChainId
}
identifier! {
    /// A case 案件.
    CaseId
}
identifier! {
    /// A party of a chain, whatever inquiry named it.
    PartyId
}
identifier! {
    /// An inquiry 查控申请.
    InquiryId
}
identifier! {
    /// An order; its number on the wire is derived from it.
    OrderId
}
identifier! {
    /// A measure, which is a line of the ledger.
    MeasureId
}
identifier! {
    /// A legal document that was brought with a submission or an act.
    DocumentId
}
identifier! {
    /// A task 待办.
    TaskId
}
identifier! {
    /// A message as it travelled.
    RawId
}
identifier! {
    /// Orders that went out in one message.
    BatchId
}
identifier! {
    /// A paper that was printed 打印件.
    PrintId
}

/// A person 人员 of a court, or of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct PersonId(pub uuid::Uuid);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Rows of one epoch of a store. An epoch begins when a store is made or restored; its number stands in front of the row
/// number, so that a store that lost rows never gives a number twice.
pub const ROWS_PER_EPOCH: i64 = 1_000_000_000_000;

/// Hands out identifiers for what a decision makes. A store reserves them, so that a decision names rows that are not
/// written yet.
pub trait NewIds {
    /// A number that was never handed out for this kind of thing.
    fn next(&self, kind: IdKind) -> i64;
}

/// Things that are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named like the identifiers")]
pub enum IdKind {
    Chain,
    Case,
    Party,
    Inquiry,
    Order,
    Measure,
    Document,
    Task,
    Raw,
    Batch,
    Print,
}

impl IdKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Chain,
        Self::Case,
        Self::Party,
        Self::Inquiry,
        Self::Order,
        Self::Measure,
        Self::Document,
        Self::Task,
        Self::Raw,
        Self::Batch,
        Self::Print,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_text_in_json_and_are_read_from_numbers_too() {
        let id = MeasureId::new(4_000_000_000_000_917);
        assert_eq!(serde_json::to_string(&id).expect("JSON"), r#""4000000000000917""#);
        for text in ["9223372036854775807", r#""9223372036854775807""#] {
            assert_eq!(serde_json::from_str::<OrderId>(text).expect(text).get(), i64::MAX);
        }
        for text in [
            r#""""#,
            r#""+1""#,
            r#""-1""#,
            r#""9223372036854775808""#,
            "9223372036854775808",
            "1.0",
            "null",
            "true",
        ] {
            assert!(serde_json::from_str::<OrderId>(text).is_err(), "{text}");
        }
    }
}
