//! Bytes to rows and back. XML from outside is decoded as a whole first and bounded in every way.

use std::borrow::Cow;

use chakong_contract::weight::{TooHeavy, Weight};
use chakong_contract::{Fault, FaultKind};
use encoding_rs::{Encoding, GB18030, UTF_8};
use quick_xml::events::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{AccountRow, ControlRow, ReceiptRow, ReturnRow, TransactionRow};
use super::control_list::ControlList;
use super::request::{CertificateRow, ControlRequestRow, DocumentRow, QueryRequestRow};
use super::row::{List, Row, Rows};

/// Deepest nesting of elements; the tables need four.
const DEEPEST: usize = 16;

/// Most attributes of an element; the tables need thirty-one.
const MOST_ATTRIBUTES: usize = 200;

/// What a row takes in memory at most, with the property or transaction that becomes of it.
const ROW: usize = 4 << 10;

/// What any other element takes at most.
const ELEMENT: usize = 128;

/// An XML file, by its root.
#[derive(Debug)]
pub(crate) enum Document {
    /// Answers to queries.
    Accounts(List<AccountRow>),
    /// Transactions on their own.
    Transactions(List<TransactionRow>),
    /// Results of controls, perhaps with their receipts.
    Controls(ControlList),
    /// Receipt documents.
    Receipts(List<ReceiptRow>),
    /// Returned requests, or receipts for feedback that failed.
    Returns(List<ReturnRow>),
    /// Queries.
    Queries(List<QueryRequestRow>),
    /// Control requests.
    ControlRequests(List<ControlRequestRow>),
    /// Legal documents.
    Documents(List<DocumentRow>),
    /// Officers' certificates.
    Certificates(List<CertificateRow>),
}

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, "read XML", detail)
}

/// Reads an XML file that is a message of its own.
///
/// # Errors
/// Malformed, without a word of the content: neither UTF-8 nor GB 18030, a document type declaration, not well-formed,
/// data after the root, or a root that is not in the tables.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Fault> {
    read_part(bytes, &mut Weight::of(bytes.len()))
}

/// Reads an XML file of a message whose parts may still take so much.
///
/// # Errors
/// As [`read`], and when it has too many elements.
pub(crate) fn read_part(bytes: &[u8], weight: &mut Weight) -> Result<Document, Fault> {
    let text = weighed(bytes, weight)?;
    let text = text.as_ref();
    let root = root_name(text)?;
    let is = |name: &str| root.eq_ignore_ascii_case(name);
    if is(AccountRow::LIST) {
        rows(text).map(Document::Accounts)
    } else if is(TransactionRow::LIST) {
        rows(text).map(Document::Transactions)
    } else if is(ControlRow::LIST) {
        rows(text).map(Document::Controls)
    } else if is(ReceiptRow::LIST) {
        rows(text).map(Document::Receipts)
    } else if is(ReturnRow::LIST) {
        rows(text).map(Document::Returns)
    } else if is(QueryRequestRow::LIST) {
        rows(text).map(Document::Queries)
    } else if is(ControlRequestRow::LIST) {
        rows(text).map(Document::ControlRequests)
    } else if is(DocumentRow::LIST) {
        rows(text).map(Document::Documents)
    } else if is(CertificateRow::LIST) {
        rows(text).map(Document::Certificates)
    } else {
        Err(malformed("the root element is not one of the tables"))
    }
}

/// Reads an element of one kind, whatever its name.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_as<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    rows(harmless(bytes)?.as_ref())
}

/// The name of the root element.
///
/// # Errors
/// As [`read`].
pub(crate) fn root_of(bytes: &[u8]) -> Result<String, Fault> {
    root_name(harmless(bytes)?.as_ref())
}

/// The text of an XML file, decoded, without a tail, and with nothing in it that could hurt a parser.
///
/// # Errors
/// As [`read`].
pub(crate) fn harmless(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    weighed(bytes, &mut Weight::of(bytes.len()))
}

fn weighed<'a>(bytes: &'a [u8], weight: &mut Weight) -> Result<Cow<'a, str>, Fault> {
    let text = decode(bytes)?;
    refuse_what_hurts(without_tail(&text), weight)?;
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(without_tail(text)),
        Cow::Owned(text) => Cow::Owned(without_tail(&text).to_owned()),
    })
}

/// The text of the beginning of a file, as far as its markup goes: what is not UTF-8 becomes other characters, and never a tag.
pub(crate) fn beginning(bytes: &[u8]) -> Cow<'_, str> {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0,
        None => String::from_utf8_lossy(bytes),
    }
}

/// Writes rows as an XML file in UTF-8.
///
/// # Errors
/// Malformed, when a value cannot be expressed; [`super::row::writable`] leaves none.
pub(crate) fn write<T: Row + Serialize>(rows: &[T]) -> Result<Vec<u8>, Fault> {
    write_as(T::LIST, &Rows(rows))
}

/// Writes an element under a name as an XML file in UTF-8.
///
/// # Errors
/// As [`write`].
pub(crate) fn write_as<T: Serialize>(root: &str, element: &T) -> Result<Vec<u8>, Fault> {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    quick_xml::se::to_writer_with_root(&mut text, root, element)
        .map_err(|_| Fault::new(FaultKind::Malformed, "write XML", "a value cannot stand in XML"))?;
    Ok(text.into_bytes())
}

fn rows<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let mut deserializer = quick_xml::de::Deserializer::from_str(text);
    deserializer.recursion_limit(DEEPEST);
    let list = T::deserialize(&mut deserializer).map_err(|_| malformed("it is not well-formed"))?;
    if deserializer.is_empty() { Ok(list) } else { Err(malformed("something follows the root element")) }
}

/// Decodes a whole file: byte order mark, else UTF-8 if it is that for certain, else the declaration. Neither is believed when the
/// bytes say otherwise: banks write GBK under a prolog that says UTF-8 (protocol section 10), and UTF-8 under one that says GBK,
/// of which GB 18030 would make other characters without an error.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let first = marked.or_else(|| declared(bytes)).unwrap_or(UTF_8);
    let is_utf8 = || matches!(std::str::from_utf8(bytes), Ok(text) if text.chars().any(|c| c >= '\u{800}'));
    let first = match marked {
        None if first != UTF_8 && is_utf8() => UTF_8,
        _ if first == encoding_rs::GBK => GB18030,
        _ => first,
    };
    [first, UTF_8, GB18030]
        .into_iter()
        .find_map(|encoding| {
            let (text, _, had_errors) = encoding.decode(bytes);
            (!had_errors).then_some(text)
        })
        .ok_or_else(|| malformed("it is neither UTF-8 nor GB 18030"))
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let prolog = bytes.get(..bytes.len().min(200))?;
    let prolog = prolog.split(|b| *b == b'>').next()?;
    let prolog = std::str::from_utf8(prolog).ok()?.trim_start();
    let (_, after) = prolog.strip_prefix("<?xml")?.split_once("encoding")?;
    let name = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = name.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = name.strip_prefix(quote)?.split(quote).next()?;
    // A file that can be scanned as ASCII is not UTF-16, whatever it says.
    // Nor is a single-byte encoding believed: every byte is valid in it, so that a lie would go unnoticed.
    let believed = [encoding_rs::GBK, GB18030, encoding_rs::BIG5];
    Encoding::for_label(name.as_bytes()).filter(|encoding| believed.contains(encoding))
}

/// The text without blanks and comments at its end, which the deserialiser would take for more data.
fn without_tail(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(before) = text.strip_suffix("-->") {
        match before.rfind("<!--").map(|at| before.split_at(at)) {
            Some((kept, comment)) if !comment.contains("-->") => text = kept.trim_end(),
            _ => break,
        }
    }
    text
}

/// Refuses what could hurt before it is parsed: declarations (entities), control characters, tags with so many attributes that
/// looking for doubles among them would take for ever, and more elements than the message may have.
fn refuse_what_hurts(text: &str, weight: &mut Weight) -> Result<(), Fault> {
    let cannot_travel = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n');
    if text.bytes().any(cannot_travel) {
        return Err(malformed("it has control characters"));
    }
    let mut rest = text;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = if let Some(comment) = tag.strip_prefix("!--") {
            after(comment, "-->")?
        } else if let Some(data) = tag.strip_prefix("![CDATA[") {
            after(data, "]]>")?
        } else if let Some(instruction) = tag.strip_prefix('?') {
            after(instruction, "?>")?
        } else if tag.starts_with('!') {
            return Err(malformed("it has a document type declaration, which is refused"));
        } else {
            if !tag.starts_with('/') {
                weight.take(weight_of(tag)).map_err(|_| malformed(TooHeavy::WORDS))?;
            }
            after_tag(tag)?
        };
    }
    Ok(())
}

/// What an element takes, by its tag: lists are named so, and everything else may be a row.
fn weight_of(tag: &str) -> usize {
    let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(tag.len());
    let name = tag.as_bytes().get(..end).unwrap_or_default();
    let is_list = name.last_chunk::<4>().is_some_and(|last| last.eq_ignore_ascii_case(b"List"));
    if is_list { ELEMENT } else { ROW }
}

fn after<'a>(text: &'a str, end: &str) -> Result<&'a str, Fault> {
    text.split_once(end).map(|(_, rest)| rest).ok_or_else(|| malformed("it is not well-formed"))
}

/// What follows a tag; a `>` inside a quoted value does not end it.
fn after_tag(tag: &str) -> Result<&str, Fault> {
    let mut rest = tag;
    for _ in 0..=MOST_ATTRIBUTES {
        let Some(at) = rest.find(['>', '"', '\'']) else { return after(rest, ">") };
        let (quote, behind) = rest.split_at(at).1.split_at(1);
        if quote == ">" {
            return Ok(behind);
        }
        rest = after(behind, quote)?;
    }
    Err(malformed("an element has too many attributes"))
}

fn root_name(text: &str) -> Result<String, Fault> {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => {
                let name: String = start.local_name().as_ref().chars().take(40).collect();
                return Ok(name);
            }
            Ok(Event::Eof) | Err(_) => return Err(malformed("it has no root element")),
            Ok(Event::Text(text)) if !text.as_ref().trim().is_empty() => {
                return Err(malformed("something stands before the root element"));
            }
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
