//! Documents handed in over the web service, sealed (protocol section 1b).

use std::collections::BTreeMap;

use chakong_contract::connector::ReadContent;
use chakong_contract::{Fault, FaultKind, Read, Reading, RequestNumber};

use super::account;
use super::collected::{Collected, refuse};
use crate::manifest::Bank;
use crate::wire::TransactionRow;
use crate::wire::sealed;
use crate::wire::soap::{self, Operation};

/// Reads a document that was handed in, still sealed.
pub(crate) fn read_fed(bank: &Bank, document: &str) -> Reading {
    let mut collected = Collected::default();
    match collected.take_fed(document) {
        Ok(()) => collected.reading(bank, None),
        Err(fault) => Reading { problems: vec![fault], ..Reading::default() },
    }
}

impl Collected {
    fn take_fed(&mut self, document: &str) -> Result<(), Fault> {
        let opened = sealed::open(document)?;
        self.take_document(None, opened.document);
        for number in opened.broken {
            let fault = refuse(FaultKind::Malformed, "a value is neither Base64 nor GBK");
            self.subject(None, &number).unreadable.get_or_insert(fault);
        }
        self.refuse_silence(None);
        Ok(())
    }

    /// Takes a whole call of the web service, as `connectors read` is given one.
    pub(super) fn take_call(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let call = soap::read_call(bytes).map_err(|trouble| refuse(FaultKind::Malformed, trouble.words))?;
        match call.operation {
            Operation::FeedQueries
            | Operation::FeedTransactions
            | Operation::FeedControls
            | Operation::Return => {
                let document = call.arguments.get(1).map(String::as_str).unwrap_or_default();
                self.take_fed(document)
            }
            _ => Err(refuse(FaultKind::Misconfigured, "this is a question of the bank's, not feedback")),
        }
    }

    /// Transactions on their own belong to an account of an answer that was fed back before.
    pub(super) fn take_transactions(&mut self, rows: Vec<TransactionRow>) {
        let mut by_account: BTreeMap<(String, u32), Vec<TransactionRow>> = BTreeMap::new();
        for row in rows {
            match row.account_sequence.trim().parse() {
                Ok(place) => {
                    by_account.entry((row.number.trim().to_owned(), place)).or_default().push(row);
                }
                Err(_) => {
                    let fault = refuse(FaultKind::Malformed, "a transaction names no account of its request");
                    self.problems.push(fault);
                }
            }
        }
        for ((number, place), rows) in by_account {
            let content = ReadContent::Continuation(Box::new(account::more(place, &rows)));
            match number.parse::<RequestNumber>() {
                Ok(number) => self.more.push(Read { number: Some(number), content }),
                Err(_) => self.problems.push(refuse(FaultKind::Malformed, "a row has no request number")),
            }
        }
    }
}
