//! Rows and their lists: data travel as attributes of row elements inside list elements. [`row!`] gives a row its reading and
//! writing.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

/// Most unknown attributes and elements kept of one row.
const MOST_UNKNOWN: usize = 20;

/// Most characters kept of an unknown value.
const LONGEST_UNKNOWN: usize = 200;

/// A row element: its data are attributes, and perhaps lists of further rows.
pub(crate) trait Row: Default {
    /// Tag of the row.
    const NAME: &'static str;
    /// Tag of the list that holds it.
    const LIST: &'static str;
    /// Attributes, in the order of [`Row::attribute`].
    const ATTRIBUTES: &'static [&'static str];
    /// Lists inside, in the order of [`Row::read_list`].
    const LISTS: &'static [&'static str];
    /// The place of an attribute's value.
    fn attribute(&mut self, at: usize) -> Option<&mut String>;
    /// Reads the list at a place.
    fn read_list<'de, A: MapAccess<'de>>(&mut self, at: usize, map: &mut A) -> Result<(), A::Error>;
    /// Where attributes and elements outside the table go: name and value.
    fn unknown(&mut self) -> &mut Vec<(String, String)>;
    /// Shows every value of the row and of the rows inside it to a change.
    fn change(&mut self, change: &mut dyn Change);
}

/// Something done to every value of a row, such as its encoding.
pub(crate) trait Change {
    /// To an attribute of the table.
    fn known(&mut self, value: &mut String);
    /// To an attribute outside the table.
    fn unknown(&mut self, value: &mut String);
}

/// Defines a row: `optional` attributes are written only when they are not blank, the others always.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $name:ident = $tag:literal in $list_tag:literal {
            optional { $( $(#[$optional_meta:meta])* $optional:ident = $optional_name:literal ),* $(,)? }
            always { $( $(#[$field_meta:meta])* $field:ident = $field_name:literal ),* $(,)? }
            lists { $( $(#[$list_meta:meta])* $list:ident : $item:ident = $inner_list:literal ),* $(,)? }
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub(crate) struct $name {
            $( $(#[$optional_meta])* pub(crate) $optional: String, )*
            $( $(#[$field_meta])* pub(crate) $field: String, )*
            $( $(#[$list_meta])* pub(crate) $list: Vec<$item>, )*
            /// Attributes and elements outside the table: name and value.
            pub(crate) unknown: Vec<(String, String)>,
            /// Attributes that are not written, for the generation lacks them.
            pub(crate) left_out: &'static [&'static str],
        }

        impl crate::wire::row::Row for $name {
            const NAME: &'static str = $tag;
            const LIST: &'static str = $list_tag;
            const ATTRIBUTES: &'static [&'static str] = &[$($optional_name,)* $($field_name,)*];
            const LISTS: &'static [&'static str] = &[$($inner_list,)*];

            fn attribute(&mut self, at: usize) -> Option<&mut String> {
                let places = [$(&mut self.$optional,)* $(&mut self.$field,)*];
                places.into_iter().nth(at)
            }

            #[allow(unused_variables, unused_mut, unused_assignments)]
            fn read_list<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                at: usize,
                map: &mut A,
            ) -> Result<(), A::Error> {
                let mut place = 0;
                $(
                    if place == at {
                        self.$list.extend(map.next_value::<crate::wire::row::List<$item>>()?.rows);
                        return Ok(());
                    }
                    place += 1;
                )*
                Ok(())
            }

            fn unknown(&mut self) -> &mut Vec<(String, String)> {
                &mut self.unknown
            }

            fn change(&mut self, change: &mut dyn crate::wire::row::Change) {
                $( change.known(&mut self.$optional); )*
                $( change.known(&mut self.$field); )*
                self.unknown.iter_mut().for_each(|(_, value)| change.unknown(value));
                $( self.$list.iter_mut().for_each(|row| row.change(change)); )*
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::wire::row::read_row(deserializer)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct as _;
                let mut row = serializer.serialize_struct($tag, Self::ATTRIBUTES_AND_LISTS)?;
                $(
                    if !self.$optional.is_empty() {
                        row.serialize_field(concat!("@", $optional_name), &crate::wire::row::writable(&self.$optional))?;
                    }
                )*
                $(
                    if !self.left_out.contains(&$field_name) {
                        row.serialize_field(concat!("@", $field_name), &crate::wire::row::writable(&self.$field))?;
                    }
                )*
                $(
                    if !self.$list.is_empty() {
                        row.serialize_field($inner_list, &crate::wire::row::Rows(&self.$list))?;
                    }
                )*
                row.end()
            }
        }

        impl $name {
            const ATTRIBUTES_AND_LISTS: usize = <Self as crate::wire::row::Row>::ATTRIBUTES.len()
                + <Self as crate::wire::row::Row>::LISTS.len();
        }
    };
}
pub(crate) use row;

/// A list element with its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List<T> {
    /// The rows.
    pub(crate) rows: Vec<T>,
    /// Attributes and elements of the list itself that are not in the tables: name and value.
    pub(crate) unknown: Vec<(String, String)>,
}

/// Rows to be written inside their list element.
#[derive(Debug)]
pub(crate) struct Rows<'a, T>(pub(crate) &'a [T]);

impl<T: Row + Serialize> Serialize for Rows<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_struct(T::LIST, 1)?;
        list.serialize_field(T::NAME, self.0)?;
        list.end()
    }
}

impl<'de, T: Row + Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);
        impl<'de, T: Row + Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a {} element", T::LIST)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List<T>, A::Error> {
                let mut list = List { rows: Vec::new(), unknown: Vec::new() };
                while let Some(key) = map.next_key_seed(Lookup { attributes: &[], lists: &[T::NAME] })? {
                    match key {
                        Key::List(_) => list.rows.push(map.next_value()?),
                        other => keep_unknown(other, &mut map, &mut list.unknown)?,
                    }
                }
                Ok(list)
            }
        }
        deserializer.deserialize_map(ListVisitor(PhantomData))
    }
}

/// Reads a row by its tables.
pub(crate) fn read_row<'de, T: Row, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct RowVisitor<T>(PhantomData<T>);
    impl<'de, T: Row> Visitor<'de> for RowVisitor<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a {} element", T::NAME)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
            let mut row = T::default();
            while let Some(key) = map.next_key_seed(Lookup { attributes: T::ATTRIBUTES, lists: T::LISTS })? {
                match key {
                    Key::Attribute(at) => {
                        let value = map.next_value()?;
                        if let Some(place) = row.attribute(at) {
                            *place = value;
                        }
                    }
                    Key::List(at) => row.read_list(at, &mut map)?,
                    other => keep_unknown(other, &mut map, row.unknown())?,
                }
            }
            Ok(row)
        }
    }
    deserializer.deserialize_map(RowVisitor(PhantomData))
}

/// What stands in an element.
pub(super) enum Key {
    Attribute(usize),
    List(usize),
    UnknownAttribute(String),
    UnknownElement(String),
    Text,
}

/// Finds a name in the tables.
pub(super) struct Lookup {
    pub(super) attributes: &'static [&'static str],
    pub(super) lists: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for Lookup {
    type Value = Key;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Lookup {
    type Value = Key;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an attribute or element")
    }
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Key, E> {
        let find = |names: &[&str], name: &str| names.iter().position(|n| n.eq_ignore_ascii_case(name));
        Ok(if name.starts_with('$') {
            Key::Text
        } else if let Some(name) = name.strip_prefix('@') {
            find(self.attributes, name).map_or_else(|| Key::UnknownAttribute(shortened(name)), Key::Attribute)
        } else {
            find(self.lists, name).map_or_else(|| Key::UnknownElement(shortened(name)), Key::List)
        })
    }
}

pub(super) fn keep_unknown<'de, A: MapAccess<'de>>(
    key: Key,
    map: &mut A,
    unknown: &mut Vec<(String, String)>,
) -> Result<(), A::Error> {
    let kept = match key {
        Key::UnknownAttribute(name) => {
            let value: String = map.next_value()?;
            // Namespace declarations carry no data, and a blank value says nothing.
            let says_something = !name.starts_with("xmlns") && !value.trim().is_empty();
            says_something.then(|| (name, shortened(&value)))
        }
        Key::UnknownElement(name) => {
            map.next_value::<IgnoredAny>()?;
            Some((name, String::new()))
        }
        _ => {
            map.next_value::<IgnoredAny>()?;
            None
        }
    };
    if let Some(kept) = kept.filter(|_| unknown.len() < MOST_UNKNOWN) {
        unknown.push(kept);
    }
    Ok(())
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_UNKNOWN).collect()
}

/// A text as it can stand in XML 1.0: characters that cannot travel become blanks.
pub(crate) fn writable(text: &str) -> Cow<'_, str> {
    let cannot_travel = |c: char| c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if text.chars().any(cannot_travel) {
        Cow::Owned(text.chars().map(|c| if cannot_travel(c) { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}
