//! Documents handed in over the web service, sealed (protocol section 1b).

use std::collections::HashSet;

use chakong_contract::{Fault, FaultKind, Reading, RequestNumber};

use super::{Collected, refuse};
use crate::manifest::Bank;
use crate::wire::TransactionRow;
use crate::wire::sealed;
use crate::wire::soap::{self, Operation};

/// Most requests whose transactions may come in one message.
const MOST_REQUESTS: usize = 5000;

/// What is told of transactions that come on their own; the status is the request number. Their rows name no account,
/// only its sequence in a feedback that may come before or after: they stay in the raw message.
pub(crate) const NOT_MERGED: &str =
    "the bank handed transactions in on their own; they are in the raw message and in no account";

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

    /// Transactions on their own change no answer: what a bank says last about a query stands for all it said.
    pub(super) fn note_transactions(&mut self, rows: &[TransactionRow]) {
        let mut seen = HashSet::new();
        for row in rows {
            let Ok(number) = row.number.trim().parse::<RequestNumber>() else { continue };
            if seen.len() < MOST_REQUESTS && seen.insert(number.clone()) {
                self.problems.push(refuse(FaultKind::Malformed, NOT_MERGED).status(number));
            }
        }
    }
}
