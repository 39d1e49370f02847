//! Results of controls with the receipts beside them: the web service has both in one list (protocol section 5).

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::answer::{ControlRow, ReceiptRow};
use super::row::{Key, List, Lookup, Row as _, Rows, keep_unknown};

/// The root of a control feedback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ControlList {
    /// The results.
    pub(crate) rows: Vec<ControlRow>,
    /// The receipts, last in the list; in packages they have a file of their own.
    pub(crate) receipts: Vec<ReceiptRow>,
    /// Attributes and elements of the list itself that are not in the tables: name and value.
    pub(crate) unknown: Vec<(String, String)>,
}

impl Serialize for ControlList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_struct(ControlRow::LIST, 2)?;
        list.serialize_field(ControlRow::NAME, &self.rows)?;
        if !self.receipts.is_empty() {
            list.serialize_field(ReceiptRow::LIST, &Rows(&self.receipts))?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for ControlList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor;
        impl<'de> Visitor<'de> for ListVisitor {
            type Value = ControlList;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a {} element", ControlRow::LIST)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ControlList, A::Error> {
                const LISTS: &[&str] = &[ControlRow::NAME, ReceiptRow::LIST];
                let mut list = ControlList::default();
                while let Some(key) = map.next_key_seed(Lookup { attributes: &[], lists: LISTS })? {
                    match key {
                        Key::List(0) => list.rows.push(map.next_value()?),
                        Key::List(_) => list.receipts.extend(map.next_value::<List<ReceiptRow>>()?.rows),
                        other => keep_unknown(other, &mut map, &mut list.unknown)?,
                    }
                }
                Ok(list)
            }
        }
        deserializer.deserialize_map(ListVisitor)
    }
}
