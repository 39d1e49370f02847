use std::collections::HashSet;

use chakong_contract::Message;

use crate::package;
use crate::wire::xml::{self, Document};
use crate::wire::{CertificateRow, ControlRequestRow, QueryRequestRow, ReturnRow};

/// A package as the bank takes it.
#[derive(Debug, Clone, Default)]
pub(super) struct Received {
    pub(super) queries: Vec<QueryRequestRow>,
    pub(super) controls: Vec<ControlRequestRow>,
    pub(super) failed: Vec<ReturnRow>,
    /// Keys of the documents that have content.
    pub(super) documents: HashSet<String>,
    /// Numbers of the requests that came with an officer's certificate.
    pub(super) certificates: HashSet<String>,
}

impl Received {
    pub(super) fn of(file: &Message) -> Self {
        let mut taken = Self::default();
        let files = package::unpack(&file.bytes).map(|unpacked| unpacked.files).unwrap_or_default();
        for document in files.iter().filter_map(|file| xml::read(&file.bytes).ok()) {
            match document {
                Document::Queries(list) => taken.queries.extend(list.rows),
                Document::ControlRequests(list) => taken.controls.extend(list.rows),
                Document::Returns(list) => taken.failed.extend(list.rows),
                Document::Documents(list) => {
                    let filled = list.rows.into_iter().filter(|row| !row.content.is_empty());
                    taken.documents.extend(filled.flat_map(|row| [row.document_key, row.number]));
                }
                Document::Certificates(list) => {
                    taken.certificates.extend(list.rows.into_iter().filter(is_shown).map(|row| row.number));
                }
                Document::Accounts(_)
                | Document::Transactions(_)
                | Document::Controls(_)
                | Document::Receipts(_) => {}
            }
        }
        taken
    }

    /// What a bank misses before it acts (protocol section 7.8).
    pub(super) fn lacking(&self, number: &str, document_key: &str) -> Option<&'static str> {
        if !self.documents.contains(document_key) {
            Some("无文书，协助执行单位业务审核未通过")
        } else if !self.certificates.contains(number) {
            Some("无证件，协助执行单位业务审核未通过")
        } else {
            None
        }
    }
}

/// Whether a row names a certificate at all.
pub(super) fn is_shown(row: &CertificateRow) -> bool {
    !(row.work_certificate.is_empty() && row.enforcement_certificate.is_empty())
}
