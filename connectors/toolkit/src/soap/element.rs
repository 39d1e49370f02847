//! The one element inside a SOAP body, read within limits.

use quick_xml::events::{BytesRef, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::envelope::{ENVELOPE, LARGEST, TOO_MUCH, Trouble};

/// Deepest nesting of elements; a call needs four.
pub(super) const DEEPEST: usize = 16;
/// Most elements; a call needs five, security headers some dozens.
pub(super) const MOST_ELEMENTS: usize = 500;
/// Namespace of SOAP 1.2 envelopes.
const ENVELOPE_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// An element with the text and elements directly inside it.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its namespace; empty for none.
    pub(super) namespace: String,
    /// Its name without prefix.
    pub(super) name: String,
    /// Its text, references resolved.
    pub(super) text: String,
    /// Its children; theirs are not kept.
    pub(super) children: Vec<Element>,
}

pub(super) const NOT_XML: Trouble = Trouble::of_caller("the message is not well-formed XML");
const NO_ENVELOPE: Trouble = Trouble::of_caller("the message is not a SOAP 1.1 envelope with one call in it");

/// The element inside the body of an envelope.
pub(super) fn body(text: &str) -> Result<Element, Trouble> {
    if text.len() > LARGEST {
        return Err(TOO_MUCH);
    }
    let mut walk = Walk::default();
    let mut reader = NsReader::from_str(text);
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| NOT_XML)?;
        match event {
            Event::Start(start) => {
                let (namespace, name) = (named(&namespace), start.local_name().as_ref().to_owned());
                walk.enter(namespace, name)?;
            }
            Event::Empty(start) => {
                let (namespace, name) = (named(&namespace), start.local_name().as_ref().to_owned());
                walk.enter(namespace, name)?;
                walk.leave();
            }
            Event::End(_) => walk.leave(),
            Event::Text(text) => walk.say(text.as_ref())?,
            Event::CData(data) => walk.say(data.as_ref())?,
            Event::GeneralRef(reference) => walk.say(resolved(&reference)?)?,
            Event::DocType(_) => return Err(NOT_XML),
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
    walk.end()
}

fn named(namespace: &ResolveResult<'_>) -> String {
    match namespace {
        ResolveResult::Bound(Namespace(name)) => (*name).to_owned(),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
    }
}

/// Text of a reference: line ends and the five of XML. Base64 needs no others.
pub(super) fn resolved(reference: &BytesRef<'_>) -> Result<&'static str, Trouble> {
    Ok(match reference.as_ref() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        number if number.starts_with('#') => match reference.resolve_char_ref() {
            Ok(Some('\r' | '\n' | '\t' | ' ')) => " ",
            Ok(Some('+')) => "+",
            Ok(Some('/')) => "/",
            Ok(Some('=')) => "=",
            _ => return Err(NOT_XML),
        },
        _ => return Err(NOT_XML),
    })
}

/// Where in the envelope we are, and what was found.
#[derive(Debug, Default)]
struct Walk {
    depth: usize,
    elements: usize,
    /// Whether the body was entered and, further, left.
    in_body: bool,
    bodies: usize,
    found: Vec<Element>,
}

impl Walk {
    fn enter(&mut self, namespace: String, name: String) -> Result<(), Trouble> {
        self.elements += 1;
        if self.depth >= DEEPEST || self.elements > MOST_ELEMENTS {
            return Err(TOO_MUCH);
        }
        let element = |namespace, name| Element { namespace, name, ..Element::default() };
        match self.depth {
            0 if namespace == ENVELOPE && name == "Envelope" && self.elements == 1 => {}
            0 if namespace == ENVELOPE_12 => {
                let words = "the service speaks SOAP 1.1 only";
                return Err(Trouble { code: "VersionMismatch", words });
            }
            0 => return Err(NO_ENVELOPE),
            1 => {
                self.in_body = namespace == ENVELOPE && name == "Body";
                self.bodies += usize::from(self.in_body);
            }
            2 if self.in_body => self.found.push(element(namespace, name)),
            3 if self.in_body => {
                if let Some(call) = self.found.last_mut() {
                    call.children.push(element(namespace, name));
                }
            }
            _ => {}
        }
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn say(&mut self, text: &str) -> Result<(), Trouble> {
        if self.depth == 0 && !text.trim().is_empty() {
            return Err(NOT_XML);
        }
        if self.in_body && self.depth == 4 {
            let argument = self.found.last_mut().and_then(|call| call.children.last_mut());
            argument.into_iter().for_each(|argument| argument.text.push_str(text));
        }
        Ok(())
    }

    fn end(mut self) -> Result<Element, Trouble> {
        match (self.depth, self.bodies, self.found.pop()) {
            (0, 1, Some(call)) if self.found.is_empty() => Ok(call),
            (0, ..) => Err(NO_ENVELOPE),
            _ => Err(NOT_XML),
        }
    }
}
