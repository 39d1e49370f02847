//! The web service's encoding (protocol section 1b): each value GBK, then Base64; the whole document Base64 once more.
//!
//! A binary value is Base64 in its row already, so that it travels in two layers within the document's own.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chakong_contract::{Fault, FaultKind};
use encoding_rs::{GB18030, GBK, UTF_8};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::xml::{self, Document};
use super::{Change, DocumentRow, List, Row, Rows, writable};

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

/// Whether a text can travel.
pub(crate) fn fits(text: &str) -> bool {
    !GBK.encode(&writable(text)).2
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
    let mut document = xml::read(&without_outer(text)?)?;
    let mut broken = Vec::new();
    match &mut document {
        Document::Accounts(list) => open_list(list, &mut broken),
        Document::Transactions(list) => open_list(list, &mut broken),
        Document::Controls(list) => {
            open_rows(&mut list.rows, &mut broken);
            open_rows(&mut list.receipts, &mut broken);
            open_unknown(&mut list.unknown);
        }
        Document::Receipts(list) => open_list(list, &mut broken),
        Document::Returns(list) => open_list(list, &mut broken),
        Document::Queries(list) => open_list(list, &mut broken),
        Document::ControlRequests(list) => open_list(list, &mut broken),
        Document::Documents(list) => open_list(list, &mut broken),
        Document::Certificates(list) => open_list(list, &mut broken),
    }
    Ok(Opened { document, broken })
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
    if opened(&mut row) { Ok(row) } else { Err(malformed("a value is not Base64")) }
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
    if opened(&mut row) { Ok(row) } else { Err(malformed("a value is not Base64")) }
}

fn without_outer(text: &str) -> Result<Vec<u8>, Fault> {
    decoded(text).ok_or_else(|| malformed("it is not Base64"))
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let compact: Cow<'_, [u8]> = if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        Cow::Owned(text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect())
    } else {
        Cow::Borrowed(text.as_bytes())
    };
    BASE64.decode(compact).ok()
}

fn open_list<T: Row>(list: &mut List<T>, broken: &mut Vec<String>) {
    open_rows(&mut list.rows, broken);
    open_unknown(&mut list.unknown);
}

fn open_rows<T: Row>(rows: &mut Vec<T>, broken: &mut Vec<String>) {
    rows.retain_mut(|row| {
        let whole = opened(row);
        if !whole {
            let at = T::ATTRIBUTES.iter().position(|name| *name == "BDHM");
            broken.push(at.and_then(|at| row.attribute(at)).cloned().unwrap_or_default());
        }
        whole
    });
}

fn open_unknown(unknown: &mut [(String, String)]) {
    let mut open = Open { failed: false };
    unknown.iter_mut().for_each(|(_, value)| open.unknown(value));
}

/// Opens a row; whether every value of the tables could be read.
fn opened<T: Row>(row: &mut T) -> bool {
    let mut open = Open { failed: false };
    row.change(&mut open);
    !open.failed
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

struct Open {
    failed: bool,
}

impl Open {
    /// GB 18030 holds all of GBK. What is not valid in it although it should be is tried as UTF-8.
    fn text(value: &str) -> Option<String> {
        let bytes = decoded(value)?;
        [GB18030, UTF_8].into_iter().find_map(|encoding| {
            let (text, had_errors) = encoding.decode_without_bom_handling(&bytes);
            (!had_errors).then(|| text.into_owned())
        })
    }
}

impl Change for Open {
    fn known(&mut self, value: &mut String) {
        match Self::text(value) {
            Some(text) => *value = text,
            None => {
                value.clear();
                self.failed = true;
            }
        }
    }

    /// What is not in the tables may be in the clear.
    fn unknown(&mut self, value: &mut String) {
        if let Some(text) = Self::text(value) {
            *value = text;
        }
    }
}

#[cfg(test)]
mod tests;
