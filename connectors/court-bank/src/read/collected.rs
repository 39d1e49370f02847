//! What a message says, gathered by request number.

use std::collections::HashMap;

use chakong_contract::weight::Weight;
use chakong_contract::{Answer, Fault, FaultKind, Message, Read, Reading, RequestNumber, Response};

use super::failure::{Failed, receipt};
use super::{control, query};
use crate::manifest::Bank;
use crate::package;
use crate::wire::file_name::{self, PackageName};
use crate::wire::soap;
use crate::wire::xml::{self, Document};
use crate::wire::{AccountRow, ControlRow, ReceiptRow, ReturnRow};

pub(super) fn refuse(kind: FaultKind, detail: &'static str) -> Fault {
    Fault::new(kind, "take the message", detail)
}

/// The rows of a message by request number, in the order of their first appearance.
#[derive(Debug, Default)]
pub(super) struct Collected {
    subjects: Vec<Subject>,
    /// Where in `subjects` a number is.
    places: HashMap<String, usize>,
    /// What belongs to answers that were given before.
    pub(super) more: Vec<Read>,
    pub(super) problems: Vec<Fault>,
    failed: Vec<Failed>,
}

/// What is said about one request.
#[derive(Debug, Default)]
pub(super) struct Subject {
    number: String,
    accounts: Vec<AccountRow>,
    controls: Vec<ControlRow>,
    receipts: Vec<ReceiptRow>,
    returned: Option<ReturnRow>,
    /// A file about this request that could not be read.
    pub(super) unreadable: Option<Fault>,
}

impl Collected {
    pub(super) fn take_package(
        &mut self,
        bank: &Bank,
        message: &Message,
        name: Option<&PackageName>,
    ) -> Result<(), Fault> {
        match name {
            None if message.name.is_empty() => {}
            None => {
                return Err(refuse(FaultKind::Malformed, "the file name is not one of the protocol's"));
            }
            Some(name) if !name.kind.is_feedback() => {
                return Err(refuse(
                    FaultKind::Misconfigured,
                    "this is a package of the court's own, not feedback; are the directories swapped?",
                ));
            }
            Some(name) if name.bank != bank.code.as_str() => {
                return Err(refuse(FaultKind::Misconfigured, "the file name has another bank's code"));
            }
            Some(_) => {}
        }
        match package::unpack(&message.bytes) {
            Ok(unpacked) => {
                let mut refused = unpacked.problems;
                let mut weight = Weight::of(unpacked.files.iter().map(|file| file.bytes.len()).sum());
                for file in unpacked.files {
                    if file_name::may_stand_inside(&file.name, &bank.code) {
                        self.take_file(name, file, &mut weight);
                    } else {
                        let detail = "a file in the package is none of this bank's feedback";
                        refused.push(refuse(FaultKind::Malformed, detail));
                    }
                }
                // Where something could be read, a refused file is a curiosity; where nothing could, it was the answer.
                let mut refused = refused.into_iter();
                if self.subjects.is_empty() && self.failed.is_empty() {
                    refused.next().into_iter().for_each(|fault| self.cannot_read(name, fault));
                }
                self.problems.extend(refused);
            }
            Err(fault) => self.cannot_read(name, fault),
        }
        Ok(())
    }

    fn take_file(&mut self, package: Option<&PackageName>, file: package::File, weight: &mut Weight) {
        let document = xml::read_part(&file.bytes, weight);
        drop(file);
        match document {
            Ok(document) => self.take_document(package, document),
            Err(fault) => self.cannot_read(package, fault),
        }
    }

    /// An XML file on its own names its bank, or has no name of the protocol at all (`connectors read`).
    pub(super) fn take_single(&mut self, bank: &Bank, message: &Message) -> Result<(), Fault> {
        let of_protocol = message.name.get(..1).is_some_and(|start| start.eq_ignore_ascii_case("q"));
        let of_bank = file_name::may_stand_inside(&message.name, &bank.code)
            && message.name.to_ascii_uppercase().contains(bank.code.as_str());
        if of_protocol && !of_bank {
            return Err(refuse(FaultKind::Malformed, "the file name does not have this bank's code"));
        }
        if xml::root_of(&message.bytes)? == soap::ROOT {
            return self.take_call(&message.bytes);
        }
        let document = xml::read(&message.bytes)?;
        self.take_document(None, document);
        Ok(())
    }

    pub(super) fn take_document(&mut self, package: Option<&PackageName>, document: Document) {
        match document {
            Document::Accounts(list) => {
                self.note_unknown(&list.unknown);
                for row in list.rows {
                    self.subject(package, &row.number).accounts.push(row);
                }
            }
            Document::Controls(list) => {
                self.note_unknown(&list.unknown);
                for row in list.rows {
                    self.subject(package, &row.number).controls.push(row);
                }
                for row in list.receipts {
                    self.subject(package, &row.number).receipts.push(row);
                }
            }
            Document::Receipts(list) => {
                self.note_unknown(&list.unknown);
                for row in list.rows {
                    self.subject(package, &row.number).receipts.push(row);
                }
            }
            Document::Returns(list) => {
                self.note_unknown(&list.unknown);
                for row in list.rows {
                    self.subject(package, &row.number).returned.get_or_insert(row);
                }
            }
            Document::Transactions(list) => self.take_transactions(list.rows),
            Document::Queries(_)
            | Document::ControlRequests(_)
            | Document::Documents(_)
            | Document::Certificates(_) => {
                let fault =
                    refuse(FaultKind::Misconfigured, "this is a request of the court's own, not feedback");
                self.problems.push(fault);
            }
        }
    }

    /// A message that says nothing about any request is a problem.
    pub(super) fn refuse_silence(&mut self, package: Option<&PackageName>) {
        if self.subjects.is_empty() && self.more.is_empty() && self.problems.is_empty() {
            self.cannot_read(package, refuse(FaultKind::Malformed, "it speaks about no request"));
        }
    }

    /// Attributes and elements of a list that are in no table, such as an error message: told by name, for operations.
    fn note_unknown(&mut self, unknown: &[(String, String)]) {
        for (name, _) in unknown {
            let fault =
                refuse(FaultKind::Malformed, "a list has an attribute or element that is in no table");
            self.problems.push(fault.status(name));
        }
    }

    /// What is said about a number; a blank one is the number in the package's name.
    pub(super) fn subject(&mut self, package: Option<&PackageName>, number: &str) -> &mut Subject {
        let stated = number.trim();
        let number = match package.and_then(|package| package.request.as_deref()) {
            Some(of_package) if stated.is_empty() => of_package,
            _ => stated,
        };
        let at = *self.places.entry(number.to_owned()).or_insert(self.subjects.len());
        if at == self.subjects.len() {
            self.subjects.push(Subject { number: number.to_owned(), ..Subject::default() });
        }
        &mut self.subjects[at]
    }

    /// A file, or the whole package, that cannot be read: about one request where the package is about one.
    fn cannot_read(&mut self, package: Option<&PackageName>, fault: Fault) {
        let request = package.and_then(|package| package.request.clone());
        match request {
            Some(number) => {
                self.subject(package, &number).unreadable.get_or_insert(fault);
            }
            None => {
                self.failed.push((String::new(), fault.clone()));
                self.problems.push(fault);
            }
        }
    }

    pub(super) fn reading(mut self, bank: &Bank, package: Option<&PackageName>) -> Reading {
        let mut reads = Vec::with_capacity(self.subjects.len());
        for subject in &self.subjects {
            let number: Result<RequestNumber, _> = subject.number.parse();
            let Ok(number) = number else {
                reads.push(Read::fault(None, refuse(FaultKind::Malformed, "a row has no request number")));
                continue;
            };
            match subject.answer(bank) {
                Ok(answer) => reads.push(Read::answer(number, answer)),
                Err(fault) => {
                    self.failed.push((subject.number.clone(), fault.clone()));
                    reads.push(Read::fault(Some(number), fault));
                }
            }
        }
        reads.append(&mut self.more);
        let about = package.map(|package| package.request.as_ref().unwrap_or(&package.batch).clone());
        let receipt = receipt(bank, package, &self.failed);
        let response = |(about, message)| Response { about, message };
        let responses = about.zip(receipt).map(response).into_iter().collect();
        Reading { reads, problems: self.problems, responses }
    }
}

impl Subject {
    fn answer(&self, bank: &Bank) -> Result<Answer, Fault> {
        if let Some(fault) = &self.unreadable {
            return Err(fault.clone());
        }
        let returned = self.returned.as_ref();
        if !self.controls.is_empty() || !self.receipts.is_empty() {
            control::answer(&self.controls, &self.receipts, returned)
        } else {
            query::answer(bank, &self.accounts, returned)
        }
    }
}
