//! The web service's encoding (protocol section 1b): each value GBK, then Base64; the whole document Base64 once more.
//!
//! A binary value is Base64 in its row already, so that it travels in two layers within the document's own.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chakong_contract::encoding::{Decoded, decoded, is_in_gbk};
use chakong_contract::{Fault, FaultKind};
use encoding_rs::GB18030;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::request::DocumentRow;
use super::row::{Change, List, Row, Rows, writable};
use super::xml::{self, Document};

/// Base64 as banks write it: in lines or not, padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What becomes of characters outside GBK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RareNames {
    /// They cannot be expressed.
    Refused,
    /// They travel in the four bytes of GB 18030, which a bank that reads GBK does not understand.
    Gb18030,
}

/// A document from outside with its values in the clear.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The rows that could be read.
    pub(crate) document: Document,
    /// Request numbers of rows that could not, blank where even the number could not be read.
    pub(crate) broken: Vec<String>,
}

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, "open the document", detail)
}

/// Whether a text can travel, so that the bank reads what was written.
pub(crate) fn fits(text: &str) -> bool {
    text.is_ascii() || writable(text).chars().all(is_in_gbk)
}

/// Seals rows into a document.
///
/// # Errors
/// Unsupported, when a value has characters that cannot travel.
pub(crate) fn seal<T: Row + Serialize + Clone>(rows: &[T], rare: RareNames) -> Result<String, Fault> {
    let rows = rows.iter().map(|row| sealed(row, rare)).collect::<Result<Vec<_>, _>>()?;
    Ok(outer(&xml::write(&rows)?))
}

/// Seals one row into a document whose root has a name of its own.
///
/// # Errors
/// As [`xml::write`].
pub(crate) fn seal_in<T: Row + Serialize + Clone>(root: &str, row: &T) -> Result<String, Fault> {
    Ok(outer(&xml::write_as(root, &Rows(&[sealed(row, RareNames::Gb18030)?]))?))
}

/// Seals a row that is a document by itself.
///
/// # Errors
/// As [`xml::write`].
pub(crate) fn seal_as<T: Row + Serialize + Clone>(root: &str, row: &T) -> Result<String, Fault> {
    Ok(outer(&xml::write_as(root, &sealed(row, RareNames::Gb18030)?)?))
}

/// The row with every value sealed.
///
/// # Errors
/// As [`seal`].
pub(crate) fn sealed<T: Row + Clone>(row: &T, rare: RareNames) -> Result<T, Fault> {
    let mut row = row.clone();
    let mut seal = Seal { rare, failed: false };
    row.change(&mut seal);
    if seal.failed {
        let detail =
            "a text has characters that the bank's encoding lacks; change the name or allow `rare_names`";
        return Err(Fault::new(FaultKind::Unsupported, "write the request", detail));
    }
    Ok(row)
}

/// Writes sealed documents of a query with their key present and blank.
///
/// # Errors
/// As [`xml::write`].
pub(crate) fn with_blank_key(sealed_rows: &[DocumentRow]) -> Result<String, Fault> {
    let text = String::from_utf8(xml::write(sealed_rows)?).unwrap_or_default();
    // Sealed values have no blanks and no angle brackets: only tags can look like this.
    Ok(outer(text.replace("<wsinfo ", "<wsinfo WSBH=\"\" ").as_bytes()))
}

/// A list or result that gives nothing and says why; returns have the attribute under another name.
pub(crate) fn refusal(root: &str, of_return: bool, words: &str) -> String {
    let (name, words) = (if of_return { "errMsg" } else { "errorMsg" }, value(words));
    outer(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} {name}=\"{words}\"/>").as_bytes())
}

/// One sealed value.
pub(crate) fn value(text: &str) -> String {
    BASE64.encode(GB18030.encode(&writable(text)).0)
}

/// The outer layer of a document.
pub(crate) fn outer(document: &[u8]) -> String {
    BASE64.encode(document)
}

/// Opens a document of any of the tables.
///
/// # Errors
/// Malformed, when the outer layer is not Base64 or what is inside cannot be read at all. A single value that cannot be
/// read breaks its row and the others count.
pub(crate) fn open(text: &str) -> Result<Opened, Fault> {
    let bytes = without_outer(text)?;
    let mut document = xml::read(&bytes)?;
    drop(bytes);
    let mut opening = Opening::default();
    match &mut document {
        Document::Accounts(list) => opening.list(list),
        Document::Transactions(list) => opening.list(list),
        Document::Controls(list) => {
            opening.rows(&mut list.rows);
            opening.rows(&mut list.receipts);
            opening.unknown(&mut list.unknown);
        }
        Document::Receipts(list) => opening.list(list),
        Document::Returns(list) => opening.list(list),
        Document::Queries(list) => opening.list(list),
        Document::ControlRequests(list) => opening.list(list),
        Document::Documents(list) => opening.list(list),
        Document::Certificates(list) => opening.list(list),
    }
    if opening.evidence.is_open() {
        change_all(&mut document, &mut Settle { evidence: opening.evidence });
    }
    Ok(Opened { document, broken: opening.broken })
}

/// Opens a document that is one element, e.g. what became of a feedback.
///
/// # Errors
/// As [`open`]; here one bad value breaks the whole.
pub(crate) fn open_as<T: Row + DeserializeOwned>(text: &str, root: &str) -> Result<T, Fault> {
    let bytes = without_outer(text)?;
    if !xml::root_of(&bytes)?.eq_ignore_ascii_case(root) {
        return Err(malformed("the root element is another than expected"));
    }
    let mut row: T = xml::read_as(&bytes)?;
    opened_alone(&mut row)?;
    Ok(row)
}

/// Opens the first row of a document whose root has a name.
///
/// # Errors
/// As [`open_as`]; no row at all is malformed.
pub(crate) fn open_first<T: Row + DeserializeOwned>(text: &str, root: &str) -> Result<T, Fault> {
    let bytes = without_outer(text)?;
    if !xml::root_of(&bytes)?.eq_ignore_ascii_case(root) {
        return Err(malformed("the root element is another than expected"));
    }
    let list: List<T> = xml::read_as(&bytes)?;
    let mut row = list.rows.into_iter().next().ok_or_else(|| malformed("it is empty"))?;
    opened_alone(&mut row)?;
    Ok(row)
}

fn without_outer(text: &str) -> Result<Vec<u8>, Fault> {
    unsealed(text).ok_or_else(|| malformed("it is not Base64"))
}

fn unsealed(text: &str) -> Option<Vec<u8>> {
    let compact: Cow<'_, [u8]> = if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        Cow::Owned(text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect())
    } else {
        Cow::Borrowed(text.as_bytes())
    };
    BASE64.decode(compact).ok()
}

/// A document while its values are opened.
#[derive(Default)]
struct Opening {
    evidence: Evidence,
    broken: Vec<String>,
}

impl Opening {
    fn list<T: Row>(&mut self, list: &mut List<T>) {
        self.rows(&mut list.rows);
        self.unknown(&mut list.unknown);
    }

    fn rows<T: Row>(&mut self, rows: &mut Vec<T>) {
        rows.retain_mut(|row| {
            let mut open = Open { failed: false, evidence: &mut self.evidence };
            row.change(&mut open);
            let whole = !open.failed;
            if !whole {
                let at = T::ATTRIBUTES.iter().position(|name| *name == "BDHM");
                self.broken.push(at.and_then(|at| row.attribute(at)).cloned().unwrap_or_default());
            }
            whole
        });
    }

    fn unknown(&mut self, unknown: &mut [(String, String)]) {
        let mut open = Open { failed: false, evidence: &mut self.evidence };
        unknown.iter_mut().for_each(|(_, value)| open.unknown(value));
    }
}

/// Opens a row that stands alone.
fn opened_alone<T: Row>(row: &mut T) -> Result<(), Fault> {
    let mut evidence = Evidence::default();
    let mut open = Open { failed: false, evidence: &mut evidence };
    row.change(&mut open);
    if open.failed {
        return Err(malformed("a value is not Base64"));
    }
    row.change(&mut Settle { evidence });
    Ok(())
}

/// Shows every value of a document to a change.
fn change_all(document: &mut Document, change: &mut dyn Change) {
    fn rows<T: Row>(rows: &mut [T], change: &mut dyn Change) {
        rows.iter_mut().for_each(|row| row.change(change));
    }
    fn unknown(unknown: &mut [(String, String)], change: &mut dyn Change) {
        unknown.iter_mut().for_each(|(_, value)| change.unknown(value));
    }
    fn list<T: Row>(list: &mut List<T>, change: &mut dyn Change) {
        rows(&mut list.rows, change);
        unknown(&mut list.unknown, change);
    }
    match document {
        Document::Accounts(all) => list(all, change),
        Document::Transactions(all) => list(all, change),
        Document::Controls(all) => {
            rows(&mut all.rows, change);
            rows(&mut all.receipts, change);
            unknown(&mut all.unknown, change);
        }
        Document::Receipts(all) => list(all, change),
        Document::Returns(all) => list(all, change),
        Document::Queries(all) => list(all, change),
        Document::ControlRequests(all) => list(all, change),
        Document::Documents(all) => list(all, change),
        Document::Certificates(all) => list(all, change),
    }
}

struct Seal {
    rare: RareNames,
    failed: bool,
}

impl Change for Seal {
    fn known(&mut self, text: &mut String) {
        self.failed |= self.rare == RareNames::Refused && !fits(text);
        *text = value(text);
    }

    fn unknown(&mut self, _: &mut String) {}
}

/// What the values of a document say about its encoding.
#[derive(Debug, Clone, Copy, Default)]
struct Evidence {
    utf8: bool,
    gb18030: bool,
    /// Some values can be read as either, and stay sealed until all were seen.
    either: bool,
}

impl Evidence {
    const fn is_open(self) -> bool {
        self.either
    }

    /// A document is in one encoding. GBK is what the protocol says, so that it holds unless only UTF-8 was seen.
    const fn is_utf8(self) -> bool {
        self.utf8 && !self.gb18030
    }
}

/// Stands before a value that stays sealed. No sealed value begins so.
const STILL_SEALED: char = '\u{1}';

struct Open<'a> {
    failed: bool,
    evidence: &'a mut Evidence,
}

impl Open<'_> {
    /// The text of a value; one that both encodings can mean stays sealed for now.
    fn text(&mut self, value: &str) -> Option<String> {
        Some(match decoded(&unsealed(value)?) {
            Decoded::Ascii(text) => text,
            Decoded::Utf8(text) => {
                self.evidence.utf8 = true;
                text
            }
            Decoded::Gb18030(text) => {
                self.evidence.gb18030 = true;
                text
            }
            Decoded::Either { .. } => {
                self.evidence.either = true;
                format!("{STILL_SEALED}{value}")
            }
            Decoded::Neither => return None,
        })
    }
}

impl Change for Open<'_> {
    fn known(&mut self, value: &mut String) {
        match self.text(value) {
            Some(text) => *value = text,
            None => {
                value.clear();
                self.failed = true;
            }
        }
    }

    /// What is not in the tables may be in the clear.
    fn unknown(&mut self, value: &mut String) {
        if let Some(text) = self.text(value) {
            *value = text;
        }
    }
}

/// Opens the values that stayed sealed, now that every value was seen.
struct Settle {
    evidence: Evidence,
}

impl Change for Settle {
    fn known(&mut self, value: &mut String) {
        let Some(bytes) = value.strip_prefix(STILL_SEALED).and_then(unsealed) else { return };
        if let Decoded::Either { utf8, gb18030 } = decoded(&bytes) {
            *value = if self.evidence.is_utf8() { utf8 } else { gb18030 };
        }
    }

    fn unknown(&mut self, value: &mut String) {
        self.known(value);
    }
}

#[cfg(test)]
mod tests;
