//! XML elements of the point-to-point service, and their encoding (protocol section 2.3): each leaf Base64 where the
//! registry does so, the whole document Base64 in any case.

mod leaves;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chakong_contract::encoding::{self, Decoded};
use chakong_contract::weight::{TooHeavy, Weight};
use chakong_contract::{Fault, FaultKind};
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Base64 as registries write it: in lines or not, padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What is said of a value that is no Base64 of text.
pub(crate) const NOT_SEALED: &str =
    "a value is not Base64 of UTF-8 or GBK text; does the registry's file need `leaves = \"plain\"`?";
/// Deepest nesting; the deepest message has seven levels.
const DEEPEST: usize = 16;
/// Most attributes of one element that are looked at.
const MOST_ATTRIBUTES: usize = 16;
/// What an element takes in memory at most, with what is made of it.
const ELEMENT: usize = 512;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// What stands directly inside it; elements with children have none.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
    /// The error that an answer's root may carry; other attributes are labels for people.
    pub(crate) error: String,
    /// Whether what stands directly inside it could not be opened.
    pub(crate) is_broken: bool,
}

/// Whether leaves are Base64 as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaves {
    /// Each by itself.
    Sealed,
    /// In the clear.
    Plain,
}

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, "open the document", detail)
}

impl Element {
    /// An element with children.
    pub(crate) fn with(name: &str, children: Vec<Self>) -> Self {
        Self { name: name.to_owned(), children, ..Self::default() }
    }

    /// A leaf.
    pub(crate) fn leaf(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), text: text.into(), ..Self::default() }
    }

    /// The first child of a name, in any case.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
    }

    /// Every child of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name.eq_ignore_ascii_case(name))
    }

    /// The text of a child, without blanks around it; empty where there is none.
    pub(crate) fn text_of(&self, name: &str) -> String {
        self.child(name).map(|child| child.text.trim().to_owned()).unwrap_or_default()
    }

    /// The element below names in turn.
    pub(crate) fn below(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |element, name| element.child(name))
    }

    /// The document as it travels.
    pub(crate) fn seal(&self, leaves: Leaves) -> String {
        BASE64.encode(self.text_with(leaves))
    }

    /// The document as XML.
    pub(crate) fn text_with(&self, leaves: Leaves) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        self.write(leaves, &mut text);
        text
    }

    fn write(&self, leaves: Leaves, text: &mut String) {
        let value = |plain: &str| match leaves {
            Leaves::Sealed => BASE64.encode(plain),
            Leaves::Plain => escape(writable(plain)).into_owned(),
        };
        let name = &self.name;
        text.push_str(&format!("<{name}"));
        if !self.error.is_empty() {
            text.push_str(&format!(" {ERROR}=\"{}\"", value(&self.error)));
        }
        text.push('>');
        if self.children.is_empty() && !self.text.is_empty() {
            text.push_str(&value(&self.text));
        }
        self.children.iter().for_each(|child| child.write(leaves, text));
        text.push_str(&format!("</{name}>"));
    }

    /// Opens a document that travelled.
    ///
    /// # Errors
    /// Malformed, when a layer is not Base64, the text is neither UTF-8 nor GBK, or it is no XML within the limits.
    pub(crate) fn open(sealed: &str, leaves: Leaves) -> Result<Self, Fault> {
        let mut root = Self::open_outer(sealed)?;
        if leaves == Leaves::Sealed {
            root.open_leaves()?;
        }
        Ok(root)
    }

    /// Opens a document of several results, each of which is read by itself: one with a value that cannot be read is known as broken.
    ///
    /// # Errors
    /// As [`Self::open`], but for its values.
    pub(crate) fn open_in_parts(sealed: &str, leaves: Leaves) -> Result<Self, Fault> {
        let mut root = Self::open_outer(sealed)?;
        if leaves == Leaves::Sealed {
            root.open_each();
        }
        Ok(root)
    }

    fn open_outer(sealed: &str) -> Result<Self, Fault> {
        let bytes = decoded(sealed).ok_or_else(|| malformed("the document is not Base64"))?;
        match encoding::decoded(&bytes) {
            Decoded::Ascii(text) | Decoded::Utf8(text) | Decoded::Gb18030(text) => Self::parse(&text),
            Decoded::Either { utf8, .. } => Self::parse(&utf8),
            Decoded::Neither => Err(malformed("the document is neither UTF-8 nor GBK")),
        }
    }

    /// The document of a text, its leaves as they stand.
    ///
    /// # Errors
    /// Malformed, when it is no XML within the limits.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        parse(text.trim_start_matches('\u{feff}'))
    }
}

/// Attribute that carries an error.
const ERROR: &str = "ErrorMSG";

/// Characters that XML cannot hold are left out.
fn writable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')).collect()
}

/// A text as Base64.
pub(crate) fn encoded(text: &str) -> String {
    BASE64.encode(text)
}

/// The bytes of a Base64 text, in lines or not, padded or not.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(compact).ok()
}

fn parse(text: &str) -> Result<Element, Fault> {
    let broken = || malformed("it is not well-formed XML");
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut weight = Weight::of(text.len());
    let heavy = |_| malformed(TooHeavy::WORDS);
    loop {
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(start) => {
                weight.take(ELEMENT).map_err(heavy)?;
                if open.len() >= DEEPEST || root.is_some() {
                    return Err(malformed("it has elements too deep, or after its end"));
                }
                open.push(named(&start));
            }
            Event::Empty(start) => {
                weight.take(ELEMENT).map_err(heavy)?;
                close(named(&start), &mut open, &mut root).ok_or_else(broken)?;
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(broken)?;
                close(element, &mut open, &mut root).ok_or_else(broken)?;
            }
            Event::Text(said) => say(&mut open, said.as_ref()).ok_or_else(broken)?,
            Event::CData(said) => say(&mut open, said.as_ref()).ok_or_else(broken)?,
            Event::GeneralRef(reference) => {
                let character = match reference.as_ref() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => reference.resolve_char_ref().ok().flatten().ok_or_else(broken)?,
                };
                say(&mut open, character.encode_utf8(&mut [0; 4])).ok_or_else(broken)?;
            }
            Event::DocType(_) => return Err(malformed("it declares a document type")),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    root.filter(|_| open.is_empty()).ok_or_else(broken)
}

fn named(start: &BytesStart<'_>) -> Element {
    let said = start.attributes().take(MOST_ATTRIBUTES).flatten();
    let error =
        said.filter(|attribute| attribute.key.as_ref().eq_ignore_ascii_case(ERROR)).find_map(|attribute| {
            let text = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some(text.trim().to_owned())
        });
    let name = start.local_name().as_ref().to_owned();
    Element { name, error: error.unwrap_or_default(), ..Element::default() }
}

/// Puts an element that has ended where it belongs; a second root is none.
fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Option<()> {
    match (open.last_mut(), &root) {
        (Some(parent), _) => parent.children.push(element),
        (None, None) => *root = Some(element),
        (None, Some(_)) => return None,
    }
    Some(())
}

/// Text stands inside an element, or is blank.
fn say(open: &mut [Element], text: &str) -> Option<()> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_and_declarations_are_passed_over_and_traps_refused() {
        let open = |text: &str| Element::open(&BASE64.encode(text), Leaves::Plain);
        let read = open(
            "\u{feff}<?xml version=\"1.0\"?>\n<A name=\"标签\"> <B name=\"姓名\">甲&amp;&#x4E59;</B>\n</A>",
        );
        assert_eq!(read.expect("a document").text_of("b"), "甲&乙");
        for bad in [
            "<A/><A/>",
            "<A>",
            "</A>",
            "x<A/>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><A>&b;</A>",
            "<A>&b;</A>",
            "",
        ] {
            assert!(open(bad).is_err(), "{bad}");
        }
        assert!(open(&"<A>".repeat(20)).is_err());
        assert!(Element::open("*", Leaves::Plain).is_err());
    }

    fn text() -> impl Strategy<Value = String> {
        "[ -~\u{4e00}-\u{4e20}]{0,12}".prop_map(|text| text.trim().to_owned())
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_opened(texts in prop::collection::vec(text(), 0..6), sealed: bool) {
            let leaves = if sealed { Leaves::Sealed } else { Leaves::Plain };
            let children = texts.iter().map(|text| Element::leaf("B", text.as_str())).collect();
            let document = Element::with("A", vec![Element::with("L", children)]);
            prop_assert_eq!(Element::open(&document.seal(leaves), leaves).expect("a document"), document);
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,200}") {
            let _ = Element::open(&text, Leaves::Sealed);
            let _ = Element::open(&BASE64.encode(text), Leaves::Sealed);
        }
    }
}
