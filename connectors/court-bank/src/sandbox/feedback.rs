//! Feedback packages of the simulated bank, well-formed or not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::{Message, Moment};

use super::script::{Due, ScriptedFaultKind};
use crate::package;
use crate::wire::code::StandIn;
use crate::wire::file_name::{self, PackageKind};
use crate::wire::{AccountRow, ControlRow, ReceiptRow, ReturnRow, Row, xml};
use crate::write::md5_text;

/// Code of a bank that is not this one.
const OTHER_BANK: &str = "E999H999999999999";

/// Bytes of a large document: as much as banks keep room for (protocol section 6).
const LARGE: usize = 5 << 20;

/// What one package says.
#[derive(Debug, Clone, Default)]
pub(super) struct Feedback {
    /// Answers to queries, one file per entry.
    pub(super) accounts: Vec<Vec<AccountRow>>,
    /// Results of controls.
    pub(super) controls: Vec<ControlRow>,
    /// Receipt documents.
    pub(super) receipts: Vec<ReceiptRow>,
    /// Returned requests.
    pub(super) returned: Vec<ReturnRow>,
}

/// Where a package belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// Bank code.
    pub(super) bank: &'a str,
    /// Batch number.
    pub(super) batch: &'a str,
    /// Request number, of control feedback.
    pub(super) request: Option<&'a str>,
    /// Now.
    pub(super) now: Moment,
}

impl Feedback {
    /// Spoils the rows as is due.
    pub(super) fn spoil(&mut self, due: &Due) {
        if due.is(ScriptedFaultKind::BadEntry) {
            if let Some(row) = self.accounts.iter_mut().flatten().find(|row| !row.balance.is_empty()) {
                row.balance = "abc".into();
            }
            if let Some(row) = self.controls.first_mut() {
                row.held = "abc".into();
            }
        }
        if due.is(ScriptedFaultKind::BlankAmounts) {
            self.each_optional_amount(|amount| amount.clear());
        }
        if due.is(ScriptedFaultKind::CommaAmounts) {
            self.each_optional_amount(with_commas);
            self.controls.iter_mut().for_each(|row| {
                with_commas(&mut row.held);
                with_commas(&mut row.limit);
            });
        }
        if due.is(ScriptedFaultKind::LargeDocuments) {
            self.receipts.iter_mut().for_each(|row| {
                let bytes = noise(LARGE);
                row.md5 = md5_text(&bytes);
                row.content = STANDARD.encode(bytes);
            });
        }
        if due.is(ScriptedFaultKind::NothingForError) {
            for row in self.accounts.iter_mut().flatten() {
                let answered_at = std::mem::take(&mut row.answered_at);
                *row = AccountRow {
                    number: row.number.clone(),
                    sequence: "1".into(),
                    account: StandIn::NoAccount.text().into(),
                    answered_at,
                    ..AccountRow::default()
                };
            }
        }
        if due.is(ScriptedFaultKind::WrongMd5) {
            self.receipts.iter_mut().for_each(|row| row.md5 = "0".repeat(32));
        }
    }

    fn each_optional_amount(&mut self, change: fn(&mut String)) {
        for row in self.accounts.iter_mut().flatten() {
            change(&mut row.balance);
            change(&mut row.available);
        }
        for row in &mut self.controls {
            change(&mut row.balance);
            change(&mut row.available);
            change(&mut row.uncovered);
        }
    }

    /// The package, as is due.
    pub(super) fn package(&self, place: Place<'_>, due: &Due) -> Option<Message> {
        let place = match due.is(ScriptedFaultKind::WrongBankCode) {
            true => Place { bank: OTHER_BANK, ..place },
            false => place,
        };
        let files = self.files(place, due)?;
        let name = match due.is(ScriptedFaultKind::WrongName) {
            true => format!("feedback-{}.zip", place.batch),
            false => place.name(),
        };
        let message = package::pack(name, place.now, &files).ok()?;
        if due.is(ScriptedFaultKind::TruncatedZip) || due.is(ScriptedFaultKind::HalfFile) {
            let half = message.bytes.get(..message.bytes.len() / 2)?.to_vec();
            return Some(Message::new(message.name, half));
        }
        Some(message)
    }

    fn files(&self, place: Place<'_>, due: &Due) -> Option<Vec<(String, Vec<u8>)>> {
        let mut files = Vec::new();
        for (rows, sequence) in self.accounts.iter().zip(1..) {
            let name = file_name::inside_numbered(place.bank, place.batch, sequence);
            files.push((name, written(rows, due)?));
        }
        if !self.controls.is_empty() {
            files.push((place.inside("QR"), written(&self.controls, due)?));
        }
        if !self.receipts.is_empty() {
            files.push((place.inside("QRI"), written(&self.receipts, due)?));
        }
        if !self.returned.is_empty() {
            files.push((place.inside("QNA"), written(&self.returned, due)?));
        }
        if due.is(ScriptedFaultKind::PathTrick) {
            files.push(("../../QREVIL.xml".into(), b"<zhxxList/>".to_vec()));
        }
        Some(files)
    }
}

impl Place<'_> {
    fn name(&self) -> String {
        match self.request {
            Some(request) => {
                file_name::package_of_request(PackageKind::ControlFeedback, self.bank, self.batch, request)
            }
            None => file_name::package(PackageKind::QueryFeedback, self.bank, self.batch),
        }
    }

    fn inside(&self, prefix: &str) -> String {
        match self.request {
            Some(request) => file_name::inside_of_request(prefix, self.bank, self.batch, request),
            None => file_name::inside(prefix, self.bank, self.batch),
        }
    }
}

fn written<T: Row + serde::Serialize>(rows: &[T], due: &Due) -> Option<Vec<u8>> {
    spoiled(xml::write(rows).ok()?, due)
}

/// A document as is due.
pub(super) fn spoiled(bytes: Vec<u8>, due: &Due) -> Option<Vec<u8>> {
    let text = String::from_utf8(bytes).ok()?;
    let text = match due.is(ScriptedFaultKind::Entities) {
        true => {
            text.replacen("?>\n", "?>\n<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;\">]>\n", 1)
        }
        false => text,
    };
    let mut bytes = match due.is(ScriptedFaultKind::Gbk) {
        true => encoding_rs::GB18030.encode(&text).0.into_owned(),
        false => text.into_bytes(),
    };
    if due.is(ScriptedFaultKind::ZipBomb) {
        bytes.resize(bytes.len() + (16 << 20), b' ');
    }
    Some(bytes)
}

/// Bytes that do not shrink when they are packed.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    };
    let mut bytes: Vec<u8> = std::iter::repeat_with(&mut next).take(length.div_ceil(4)).flatten().collect();
    bytes.truncate(length);
    bytes
}

/// `1234.50` becomes `1,234.50`.
fn with_commas(amount: &mut String) {
    let (whole, cents) = amount.split_once('.').unwrap_or((amount.as_str(), ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    *amount = if cents.is_empty() { grouped } else { format!("{grouped}.{cents}") };
}
