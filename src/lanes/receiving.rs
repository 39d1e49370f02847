//! What a counterpart hands in without being asked now: made ready for the engine, and its verdicts counted.

use std::sync::atomic::Ordering;

use chakong_contract::connector::{Attachment, Read, ReadContent, Reading};
use chakong_contract::{EntryResult, Fault, FaultKind, RequestNumber};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::LaneHandle;
use super::context::Context;
use crate::config::CounterpartConfig;
use crate::domain::RawMessage;
use crate::domain::decide::ReceiptFile;
use crate::engine::{Entry, HandedIn};
use crate::store::Stored;
use crate::store::codec::encode;

/// Connector and version, as the provenance of what it reads.
pub fn connector_of(config: &CounterpartConfig) -> String {
    format!("{} {}", config.plugin.manifest.id, env!("CARGO_PKG_VERSION"))
}

/// What became of each entry of a reading.
pub(super) type EntryResults = Vec<(Option<RequestNumber>, EntryResult)>;

/// Receives what one counterpart handed in.
pub(super) struct Receiving<'a> {
    /// The counterpart.
    pub(super) config: &'a CounterpartConfig,
    /// Engine and clock.
    pub(super) context: &'a Context,
    /// Its handle.
    pub(super) handle: &'a LaneHandle,
}

impl Receiving<'_> {
    /// Settles everything a message says, in one transaction with the message itself; `digest` is that of its bytes.
    pub(super) async fn keep(
        &self,
        reading: Reading,
        raw: RawMessage,
        digest: String,
    ) -> Stored<EntryResults> {
        let now = self.context.clock.now();
        self.count_unknown(&reading);
        let entries =
            reading.reads.into_iter().map(|read| Entry { receipt: receipt_of(&read), read }).collect();
        let connector = connector_of(self.config);
        let verdicts = self.context.engine.receive(HandedIn { entries, raw, digest, connector }).await?;
        for created in verdicts.answered {
            self.handle.answered(now.duration_since(created).unsigned_abs(), now);
            self.handle.admission.succeeded();
        }
        self.tell_strangers(&verdicts.entries, now);
        Ok(verdicts.entries)
    }

    fn count_unknown(&self, reading: &Reading) {
        let unknown = |read: &Read| match &read.content {
            ReadContent::Answer(answer) => answer.unknown.len(),
            ReadContent::Continuation(more) => more.unknown.len(),
            ReadContent::Attachment(_) | ReadContent::Fault(_) => 0,
        };
        let values: usize = reading.reads.iter().map(unknown).sum();
        self.handle.unknown_values.fetch_add(u64::try_from(values).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn tell_strangers(&self, results: &EntryResults, now: Timestamp) {
        let is_stranger = |(number, taken): &&(Option<RequestNumber>, EntryResult)| {
            *taken == EntryResult::Unknown
                || (number.is_none() && matches!(taken, EntryResult::Unreadable(_)))
        };
        let strangers = results.iter().filter(is_stranger).count();
        if strangers > 0 {
            let detail = format!("{strangers} entries are about request numbers that were never made for it");
            let fault = Fault::new(FaultKind::Malformed, "match a feedback", detail);
            self.handle.problem(&fault, now);
            tracing::warn!(counterpart = self.config.name, %fault, "a feedback was kept but belongs to no order");
        }
    }
}

/// The receipt of an entry, made ready to be kept.
fn receipt_of(read: &Read) -> Option<ReceiptFile> {
    match &read.content {
        ReadContent::Attachment(beside) => match &**beside {
            Attachment::Receipt(receipt) => {
                let sha256 = hex::encode(Sha256::digest(&receipt.content));
                Some(ReceiptFile::of(receipt, sha256, encode(&receipt.content)))
            }
            Attachment::Notice(_) => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
