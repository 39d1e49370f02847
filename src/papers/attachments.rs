//! What counterparts handed in about what a print says: receipts, byte for byte as they came, to be put on file beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write as _};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Cell, Table, sheet, words};
use crate::domain::people::Courts;
use crate::domain::{ChainId, InquiryId, LineRow, OrderId, PartyId, Print, PrintKind, Terms};
use crate::store::codec::decode;
use crate::store::{Reads, StoreError, Stored, standing_answer};

/// Most files that go with one print.
pub const MOST_FILES: usize = 500;
/// Most bytes of these together.
pub const MOST_BYTES: usize = 48 << 20;

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The counterpart that it is from.
    pub counterpart: String,
    /// File name or title, as the counterpart gave it.
    pub title: String,
    /// File extension, as the counterpart gave it.
    pub format: String,
    /// When it came.
    pub at: Timestamp,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Its bytes; empty where the time for which they are kept is over.
    pub bytes: Vec<u8>,
}

/// What goes with a print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachments {
    /// The receipts.
    pub files: Vec<Attachment>,
    /// Whether the chain has an inquiry of another court: what counterparts handed in about it is that court's.
    pub lacks_another_courts: bool,
}

/// Receipts that had come when the print was made, as far as they belong to courts of the caller; `None` where they are more than
/// [`MOST_FILES`] or [`MOST_BYTES`].
///
/// # Errors
/// When the store fails.
pub fn of_print(reads: &mut dyn Reads, courts: &Courts, print: &Print) -> Stored<Option<Attachments>> {
    let mut found = Found { at: print.at, known: BTreeSet::new(), files: Vec::new(), bytes: 0 };
    let (names, mut lacks_another_courts) = (names_of(print), false);
    for inquiry in reads.inquiries_of(print.chain)? {
        let is_of_case = inquiry.case == print.case || !names.is_case_alone;
        if !is_of_case || found.is_too_much() {
            continue;
        }
        // The same as an order by itself: it belongs to the court of its inquiry, though the ledger is the chain's.
        if courts.cover(&inquiry.court) {
            of_inquiry(reads, inquiry.id, &names, &mut found)?;
        } else {
            lacks_another_courts = true;
        }
    }
    if names.has_controls {
        of_measures(reads, print.chain, &names, &mut found)?;
    }
    Ok((!found.is_too_much()).then_some(Attachments { files: found.files, lacks_another_courts }))
}

/// What a print is about, as far as receipts go.
struct Names {
    party: Option<PartyId>,
    counterpart: Option<String>,
    has_queries: bool,
    has_controls: bool,
    /// Whether it says something of its case, and not of the chain.
    is_case_alone: bool,
}

fn names_of(print: &Print) -> Names {
    let is_summary = print.kind == PrintKind::SearchSummary;
    let of_counterpart = print.kind.is_about_a_counterpart();
    Names {
        party: print.about.parse().ok().map(PartyId::new).filter(|_| print.kind.is_about_a_party()),
        counterpart: of_counterpart.then(|| print.about.clone()),
        has_queries: is_summary || of_counterpart,
        has_controls: !is_summary,
        is_case_alone: is_summary || of_counterpart,
    }
}

impl Names {
    fn has(&self, line: &LineRow, terms: &Terms) -> bool {
        let is_wanted = if line.action.is_control() { self.has_controls } else { self.has_queries };
        is_wanted
            && self.counterpart.as_ref().is_none_or(|name| *name == line.lane)
            && self.party.is_none_or(|party| terms.debtor(line.party) == party)
    }
}

struct Found {
    at: Timestamp,
    known: BTreeSet<String>,
    files: Vec<Attachment>,
    bytes: usize,
}

impl Found {
    fn is_too_much(&self) -> bool {
        self.files.len() > MOST_FILES || self.bytes > MOST_BYTES
    }

    /// The same bytes stand there once.
    fn add(&mut self, file: Attachment) {
        if !self.is_too_much() && self.known.insert(file.sha256.clone()) {
            self.bytes = self.bytes.saturating_add(file.bytes.len());
            self.files.push(file);
        }
    }
}

fn of_inquiry(reads: &mut dyn Reads, inquiry: InquiryId, names: &Names, found: &mut Found) -> Stored<()> {
    let terms = reads.terms(inquiry)?.ok_or(StoreError::Missing("the terms of an inquiry"))?;
    let mut roots: BTreeMap<OrderId, String> = BTreeMap::new();
    for line in reads.lines_of(inquiry)? {
        if line.outcome.is_some() && names.has(&line, &terms) {
            roots.entry(line.root).or_insert(line.lane);
        }
    }
    for (root, lane) in roots {
        let Some(revision) = standing_answer(reads, root, found.at)? else { continue };
        for receipt in &revision.answer.receipts {
            found.add(Attachment {
                counterpart: lane.clone(),
                title: receipt.title.clone(),
                format: receipt.format.clone(),
                at: revision.at,
                sha256: hex::encode(Sha256::digest(&receipt.content)),
                bytes: receipt.content.to_vec(),
            });
        }
        if found.is_too_much() {
            break;
        }
    }
    Ok(())
}

fn of_measures(reads: &mut dyn Reads, chain: ChainId, names: &Names, found: &mut Found) -> Stored<()> {
    for measure in reads.measures_of(chain)? {
        let is_wanted = names.party.is_none_or(|party| measure.debtor == party)
            && names.counterpart.as_ref().is_none_or(|name| *name == measure.counterpart);
        if !is_wanted {
            continue;
        }
        for kept in reads.receipts_of(measure.id)? {
            if kept.received_at > found.at || found.is_too_much() {
                continue;
            }
            let Some((receipt, stored)) = reads.receipt(measure.id, &kept.sha256)? else { continue };
            found.add(Attachment {
                counterpart: measure.counterpart.clone(),
                title: receipt.title,
                format: receipt.format,
                at: receipt.received_at,
                sha256: receipt.sha256,
                bytes: decode("receipt", stored.as_stored())?,
            });
        }
    }
    Ok(())
}

/// The files could not be put together.
#[derive(Debug, thiserror::Error)]
#[error("the files could not be put together: {0}")]
pub struct BundleError(#[from] zip::result::ZipError);

impl From<std::io::Error> for BundleError {
    fn from(error: std::io::Error) -> Self {
        Self(error.into())
    }
}

/// One ZIP file of a print, its receipts, and a list of them with the digest of each. Nothing is compressed: the bytes stand in it as
/// they are.
///
/// # Errors
/// When it cannot be written.
pub fn bundle(print: &Print, bytes: &[u8], receipts: &Attachments) -> Result<Vec<u8>, BundleError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file(format!("{}.{}", print.number(), print.format.word()), plain)?;
    zip.write_all(bytes)?;
    let columns = [
        ("文件", 24),
        ("协助单位", 20),
        ("名称", 30),
        ("收到时间（北京时间）", 20),
        ("字节数", 10),
        ("SHA-256", 40),
    ];
    let mut list = Table::new("回执目录", &columns, "");
    for (at, receipt) in receipts.files.iter().enumerate() {
        let name = match receipt.bytes.is_empty() {
            true => "（已过保存期限）".to_owned(),
            false => name_of(at, receipt),
        };
        if !receipt.bytes.is_empty() {
            zip.start_file(&name, plain)?;
            zip.write_all(&receipt.bytes)?;
        }
        list.rows.push(vec![
            Cell::text(name),
            Cell::text(&receipt.counterpart),
            Cell::text(&receipt.title),
            Cell::text(words::time(receipt.at)),
            Cell::text(receipt.bytes.len().to_string()),
            Cell::text(&receipt.sha256),
        ]);
    }
    if receipts.lacks_another_courts {
        list.rows.push(vec![Cell::text("（同一案号链中其他法院查控申请的回执未列入，由该法院调取）")]);
    }
    zip.start_file("receipts.csv", plain)?;
    zip.write_all(sheet::csv(&list).as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

/// A name of our own: what a counterpart calls a file stands in the list, and never as a path.
fn name_of(at: usize, receipt: &Attachment) -> String {
    let plain = |text: &str, most: usize| -> String {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(most).collect()
    };
    let extension = plain(&receipt.format.to_lowercase(), 8);
    let extension = if extension.is_empty() { "bin" } else { extension.as_str() };
    format!("receipts/{:03}-{}.{extension}", at + 1, plain(&receipt.counterpart, 64))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::domain::{CaseId, PrintFormat, PrintId};

    #[test]
    fn receipts_stand_in_the_bundle_byte_for_byte_under_names_that_lead_nowhere() {
        let at = "2026-03-02T01:00:00Z".parse().expect("an instant");
        let print = Print {
            id: PrintId::new(7),
            chain: ChainId::new(1),
            case: CaseId::new(1),
            kind: PrintKind::MeasureList,
            format: PrintFormat::Html,
            about: String::new(),
            at,
            actor: "officer".to_owned(),
            sha256: String::new(),
            size: 4,
        };
        let receipt = |title: &str, format: &str, bytes: &[u8]| Attachment {
            counterpart: "bank-1".to_owned(),
            title: title.to_owned(),
            format: format.to_owned(),
            at,
            sha256: hex::encode(Sha256::digest(bytes)),
            bytes: bytes.to_vec(),
        };
        let sealed: Vec<u8> = (0..=255).cycle().take(70_000).collect();
        let files = vec![receipt("../../etc/passwd", "../PDF", &sealed), receipt("=1+1", "pdf", &[])];
        let receipts = Attachments { files, lacks_another_courts: false };
        let zipped = bundle(&print, b"page", &receipts).expect("a file");
        let mut zip = zip::ZipArchive::new(Cursor::new(zipped)).expect("a ZIP file");
        assert_eq!(zip.len(), 3, "the print, a receipt that is kept, and the list");
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            zip.by_name(name).expect(name).read_to_end(&mut bytes).expect("bytes");
            bytes
        };
        assert_eq!(read("receipts/001-bank-1.pdf"), sealed);
        assert_eq!(read(&format!("{}.html", print.number())), b"page");
        let list = String::from_utf8(read("receipts.csv")).expect("text");
        assert!(list.contains("../../etc/passwd") && list.contains("（已过保存期限）"), "{list}");
        assert!(list.contains("'=1+1") && list.contains(&receipts.files[0].sha256), "{list}");
    }
}
