//! XML as the values that pointers lead through, both ways.
//!
//! An element is an object of its attributes (`@name`), its children by their local names and its text (`#text`); one with
//! nothing but text is that text. Children of one name are a list where there are several.

use chakong_contract::encoding::{Decoded, decoded};
use chakong_contract::weight::Weight;
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// Deepest nesting of elements.
const DEEPEST: usize = 32;
/// Most attributes of an element.
const MOST_ATTRIBUTES: usize = 64;
/// What an element takes in memory at most, with the values of its attributes.
const ELEMENT: usize = 1 << 10;
/// Bytes in which the declaration stands.
const PROLOG: usize = 200;

/// An element while it is read.
#[derive(Default)]
struct Open {
    name: String,
    members: Map<String, Value>,
    text: String,
}

impl Open {
    fn close(mut self) -> (String, Value) {
        let text = self.text.trim().to_owned();
        if self.members.is_empty() {
            return (self.name, Value::String(text));
        }
        if !text.is_empty() {
            self.members.insert("#text".to_owned(), Value::String(text));
        }
        (self.name, Value::Object(self.members))
    }

    fn add(&mut self, name: String, value: Value) {
        match self.members.get_mut(&name) {
            None => drop(self.members.insert(name, value)),
            Some(Value::Array(list)) => list.push(value),
            Some(known) => *known = Value::Array(vec![known.take(), value]),
        }
    }
}

/// The document as `{ root: … }`; `None` when it is not XML, has a document type declaration, or is nested too deeply.
pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    let text = decode(bytes)?;
    let mut reader = Reader::from_str(text.trim());
    let mut open: Vec<Open> = Vec::new();
    let mut root: Option<(String, Value)> = None;
    let mut weight = Weight::of(text.len());
    loop {
        let event = reader.read_event().ok()?;
        if matches!(event, Event::Start(_) | Event::Empty(_)) {
            weight.take(ELEMENT).ok()?;
        }
        let closed = match event {
            Event::Start(start) if root.is_none() && open.len() < DEEPEST => {
                open.push(opened(&start)?);
                None
            }
            Event::Empty(start) if root.is_none() && open.len() < DEEPEST => Some(opened(&start)?.close()),
            Event::Start(_) | Event::Empty(_) | Event::DocType(_) => return None,
            Event::End(_) => Some(open.pop()?.close()),
            Event::Text(part) => {
                add_text(&mut open, part.as_ref())?;
                None
            }
            Event::CData(part) => {
                add_text(&mut open, part.as_ref())?;
                None
            }
            Event::GeneralRef(reference) => {
                add_text(&mut open, &resolved(reference.as_ref())?)?;
                None
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => None,
            Event::Eof => break,
        };
        if let Some((name, value)) = closed {
            match open.last_mut() {
                Some(parent) => parent.add(name, value),
                None => root = Some((name, value)),
            }
        }
    }
    let (name, value) = root.filter(|_| open.is_empty())?;
    Some(Value::Object(Map::from_iter([(name, value)])))
}

fn opened(start: &BytesStart<'_>) -> Option<Open> {
    let mut element = Open { name: start.local_name().as_ref().to_owned(), ..Open::default() };
    for attribute in start.attributes().take(MOST_ATTRIBUTES) {
        let attribute = attribute.ok()?;
        let value = unescaped(&attribute.value)?;
        element.members.insert(format!("@{}", attribute.key.local_name().as_ref()), Value::String(value));
    }
    Some(element)
}

/// Text outside the root is not XML unless it is blank.
fn add_text(open: &mut [Open], text: &str) -> Option<()> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return None,
    }
    Some(())
}

/// A text with its references resolved.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, behind) = after.split_once(';')?;
        plain.push_str(before);
        plain.push_str(&resolved(name)?);
        rest = behind;
    }
    plain.push_str(rest);
    Some(plain)
}

/// The five references that XML knows, and characters by their number; there are no others without a document type.
fn resolved(name: &str) -> Option<String> {
    let known = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            return char::from_u32(code).filter(|c| !c.is_control() || c.is_whitespace()).map(String::from);
        }
    };
    Some(known.to_owned())
}

/// The text: by its byte order mark, else as UTF-8 if it is that for certain, else by its declaration, else as UTF-8. Bytes that are
/// not valid there are no XML.
fn decode(bytes: &[u8]) -> Option<String> {
    if let (None, Decoded::Utf8(text)) = (Encoding::for_bom(bytes), decoded(bytes)) {
        return Some(text);
    }
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = marked.or_else(|| declared(bytes)).unwrap_or(UTF_8);
    let (text, _, had_errors) = encoding.decode(bytes);
    (!had_errors).then(|| text.into_owned())
}

/// The encoding that the declaration names, where it is one of Chinese.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let prolog = bytes.get(..bytes.len().min(PROLOG))?.split(|byte| *byte == b'>').next()?;
    let (_, after) =
        std::str::from_utf8(prolog).ok()?.trim_start().strip_prefix("<?xml")?.split_once("encoding")?;
    let name = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = name.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = name.strip_prefix(quote)?.split(quote).next()?;
    let encoding = Encoding::for_label(name.as_bytes())?;
    if encoding == GBK { Some(GB18030) } else { Some(encoding).filter(|encoding| *encoding == GB18030) }
}

/// Writes what [`read`] would read, for the simulated counterpart.
pub(crate) fn write(value: &Value) -> Vec<u8> {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    for (name, value) in value.as_object().into_iter().flatten() {
        element(&mut text, name, value, 0);
    }
    text.into_bytes()
}

fn element(text: &mut String, name: &str, value: &Value, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    if let Value::Array(list) = value {
        return list.iter().for_each(|one| element(text, name, one, depth + 1));
    }
    text.push_str(&format!("<{name}"));
    let members = || value.as_object().into_iter().flatten();
    for (name, value) in members().filter_map(|(name, value)| Some((name.strip_prefix('@')?, value))) {
        text.push_str(&format!(" {name}=\"{}\"", escaped(value)));
    }
    text.push('>');
    match value {
        Value::Object(_) => members().filter(|(name, _)| !name.starts_with('@')).for_each(|(name, value)| {
            element(text, name, value, depth + 1);
        }),
        plain => text.push_str(&escaped(plain)),
    }
    text.push_str(&format!("</{name}>"));
}

/// A value as text; null is none.
fn escaped(value: &Value) -> String {
    let plain = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_are_objects_lists_and_texts() {
        let text = "<?xml version='1.0'?><!-- note --><s:answer xmlns:s='urn:x' code=\"0&amp;1\"><row><a>1</a></row>\
             <row><a>&lt;<![CDATA[&]]>&#x7532;</a><b/></row><one> x </one></s:answer>\n";
        let want = json!({ "answer": { "@s": "urn:x", "@code": "0&1", "row": [{ "a": "1" }, { "a": "<&甲", "b": "" }], "one": "x" } });
        assert_eq!(read(text.as_bytes()), Some(want));
    }

    #[test]
    fn gbk_is_read_where_it_is_declared() {
        let text = "<?xml version=\"1.0\" encoding=\"GBK\"?><a>甲</a>";
        assert_eq!(read(&GBK.encode(text).0), Some(json!({ "a": "甲" })));
        assert_eq!(read(&GBK.encode("<a>甲</a>").0), None, "not UTF-8, and nothing says what it is");
    }

    #[test]
    fn what_is_no_xml_is_none() {
        let deep = "<a>".repeat(100_000);
        for none in [
            "",
            "x",
            "<a>",
            "<a></b>",
            "<a/>x",
            "x<a/>",
            "<a/><b/>",
            "{}",
            "<a>&bomb;</a>",
            "<a b='&bomb;'/>",
            "<a>&#1;</a>",
            "<!DOCTYPE a [<!ENTITY bomb 'x'>]><a>1</a>",
            &deep,
        ] {
            assert_eq!(read(none.as_bytes()), None, "{}", none.chars().take(40).collect::<String>());
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let value =
            json!({ "answer": { "@code": "0\"", "rows": { "row": [{ "a": "1 & <2>" }, { "a": "甲" }] } } });
        assert_eq!(read(&write(&value)), Some(value));
    }
}
