//! From a stored order to the order that a connector sees.

use std::sync::Arc;

use chakong_contract::{Date, DocumentKind, Fault, FaultKind, Moment, Order};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::config::CounterpartConfig;
use crate::inquiry::{InquiryId, OrderRecord, Subject, Submission};
use crate::store::{Reads, StoreError, Stored};

/// Bytes of submissions that are kept at hand.
const KEPT_BYTES: u64 = 16 << 20;

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<InquiryId, Arc<Submission>> for BySize {
    fn weight(&self, _: &InquiryId, submission: &Arc<Submission>) -> u64 {
        let documents: usize = submission.documents.iter().map(|document| document.content.len()).sum();
        u64::try_from(documents + 2048 * submission.parties.len().max(1)).unwrap_or(u64::MAX)
    }
}

/// Submissions that were read lately.
#[derive(Debug)]
pub struct Submissions(Cache<InquiryId, Arc<Submission>, BySize>);

impl Default for Submissions {
    fn default() -> Self {
        // One shard: each shard has only its part of the weight, and one inquiry may weigh as much as several parts.
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(1024)
            .weight_capacity(KEPT_BYTES)
            .build();
        let options = options.unwrap_or_else(|_| unreachable!("every option is given"));
        Self(Cache::with_options(options, BySize, DefaultHashBuilder::default(), DefaultLifecycle::default()))
    }
}

impl Submissions {
    /// The submission of an inquiry.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get(&self, reads: &mut dyn Reads, id: InquiryId) -> Stored<Arc<Submission>> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known);
        }
        let submission = Arc::new(reads.submission(id)?.ok_or(StoreError::Missing("the submission"))?);
        self.0.insert(id, Arc::clone(&submission));
        Ok(submission)
    }

    /// Forgets one, because documents were added to it.
    pub fn forget(&self, id: InquiryId) {
        self.0.remove(&id);
    }
}

/// The order as the connector of `counterpart` sees it, with the documents that its manifest asks for.
///
/// # Errors
/// When the submission does not hold what the order names, which planning rules out.
pub fn order_for(
    record: &OrderRecord,
    submission: &Submission,
    manifest: &chakong_contract::Manifest,
) -> Stored<Order> {
    let subject = Subject { party: record.party, document: record.document };
    let head = (record.number(), Moment::from_timestamp(record.created));
    let order = submission.order(subject, head, &record.instruction, manifest);
    order.ok_or(StoreError::Missing("the order's party or its document"))
}

/// Why an order may not leave: documents that `counterpart` asks for with this act and that the order does not carry
/// (法释〔2013〕20号 art. 3), or an officer whom it does not have on file.
pub fn lacking(order: &Order, counterpart: &CounterpartConfig, on: Date) -> Option<Fault> {
    let able = counterpart.plugin.manifest.capability(order.instruction.kind());
    let needed = able.map_or(&[][..], |able| able.documents);
    let carried = |kind: &DocumentKind| order.documents.iter().any(|document| document.kind == *kind);
    let missing: Vec<&str> = needed.iter().filter(|kind| !carried(kind)).map(|kind| kind.chinese()).collect();
    let reason = match missing.is_empty() {
        true => counterpart.officers.unknown(&order.case, on)?,
        false => format!("缺文书 missing document: {}", missing.join("、")),
    };
    Some(Fault::new(FaultKind::Unsupported, "send the order", reason))
}
