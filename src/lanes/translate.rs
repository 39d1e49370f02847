//! From a stored order to the order that a connector sees.

use std::sync::Arc;

use chakong_contract::order::LegalDocument;
use chakong_contract::{Date, DocumentKind, Fault, FaultKind, Moment, Order};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::config::CounterpartConfig;
use crate::domain::{DocumentId, InquiryId, OrderRecord, Paper, Subject, Terms};
use crate::store::{Reads, StoreError, Stored};

/// Bytes of documents that are kept at hand.
const KEPT_BYTES: u64 = 16 << 20;
/// Inquiries whose terms are kept at hand.
const KEPT_INQUIRIES: usize = 4096;

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<DocumentId, Arc<LegalDocument>> for BySize {
    fn weight(&self, _: &DocumentId, document: &Arc<LegalDocument>) -> u64 {
        u64::try_from(document.content.len() + 256).unwrap_or(u64::MAX)
    }
}

/// What an inquiry asks, and the documents that came with it, without their bytes.
#[derive(Debug)]
pub struct TermsAndPapers {
    /// What it asks.
    pub terms: Arc<Terms>,
    /// What came with it, oldest first.
    pub papers: Vec<Paper>,
}

/// Terms and documents that were read lately. Neither ever changes.
#[derive(Debug)]
pub struct RecentTerms {
    inquiries: Cache<InquiryId, Arc<TermsAndPapers>>,
    documents: Cache<DocumentId, Arc<LegalDocument>, BySize>,
}

impl Default for RecentTerms {
    fn default() -> Self {
        // One shard: each shard has only its part of the weight, and one document may weigh as much as several parts.
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(1024)
            .weight_capacity(KEPT_BYTES)
            .build();
        let options = options.unwrap_or_else(|_| unreachable!("every option is given"));
        let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        let documents = Cache::with_options(options, BySize, hasher, lifecycle);
        Self { inquiries: Cache::new(KEPT_INQUIRIES), documents }
    }
}

impl RecentTerms {
    /// What an inquiry asks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get(&self, reads: &mut dyn Reads, id: InquiryId) -> Stored<Arc<TermsAndPapers>> {
        if let Some(known) = self.inquiries.get(&id) {
            return Ok(known);
        }
        let terms = reads.terms(id)?.ok_or(StoreError::Missing("the terms of an inquiry"))?;
        let papers: Vec<Paper> =
            reads.papers_of_inquiry(id)?.into_iter().filter(|paper| !paper.by_act).collect();
        let asked = Arc::new(TermsAndPapers { terms, papers });
        self.inquiries.insert(id, Arc::clone(&asked));
        Ok(asked)
    }

    /// A document with its bytes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn document(&self, reads: &mut dyn Reads, id: DocumentId) -> Stored<Arc<LegalDocument>> {
        if let Some(known) = self.documents.get(&id) {
            return Ok(known);
        }
        let document = Arc::new(reads.document(id)?.ok_or(StoreError::Missing("a document"))?);
        self.documents.insert(id, Arc::clone(&document));
        Ok(document)
    }

    /// An order with everything that its connector will see of it.
    ///
    /// # Errors
    /// When the store fails, or does not hold what the order names.
    pub fn due(
        &self,
        reads: &mut dyn Reads,
        record: OrderRecord,
        counterpart: &CounterpartConfig,
    ) -> Stored<DueOrder> {
        let asked = self.get(reads, record.inquiry)?;
        let mut ids = record.papers.clone();
        if !record.is_control() {
            // A query takes those of its inquiry that the counterpart asks for.
            let able = counterpart.plugin.manifest.capability(record.instruction.kind());
            let needed = able.map_or(&[][..], |able| able.documents);
            let newest = |kind: &DocumentKind| asked.papers.iter().rev().find(|paper| paper.kind == *kind);
            ids.extend(needed.iter().filter_map(newest).map(|paper| paper.id));
        }
        let documents = ids.into_iter().map(|id| self.document(reads, id)).collect::<Stored<_>>()?;
        Ok(DueOrder { record, asked, documents })
    }

    /// The order as a connector sees it.
    ///
    /// # Errors
    /// As for [`RecentTerms::due`].
    pub fn order(
        &self,
        reads: &mut dyn Reads,
        record: &OrderRecord,
        counterpart: &CounterpartConfig,
    ) -> Stored<Order> {
        self.due(reads, record.clone(), counterpart)?.order()
    }
}

/// An order whose time has come, with everything that its connector will see of it.
#[derive(Debug, Clone)]
pub struct DueOrder {
    /// The order.
    pub record: OrderRecord,
    /// Its inquiry's terms.
    pub asked: Arc<TermsAndPapers>,
    documents: Vec<Arc<LegalDocument>>,
}

impl DueOrder {
    /// The order as a connector sees it. It is made where it is sent, which is work.
    ///
    /// # Errors
    /// When the inquiry does not hold what the order names, which planning rules out.
    pub fn order(&self) -> Stored<Order> {
        let record = &self.record;
        let subject = Subject { party: record.party, document: record.document };
        let head = (record.number(), Moment::from_timestamp(record.created));
        let documents = self.documents.iter().map(|document| (**document).clone()).collect();
        let order = self.asked.terms.order(subject, head, &record.instruction, documents);
        order.ok_or(StoreError::Missing("the order's party or its document"))
    }
}

/// Why an order may not leave: documents that `counterpart` asks for with this act and that the order does not carry
/// (法释〔2013〕20号 art. 3), or an officer whom it does not have on file.
pub fn lacking(order: &Order, counterpart: &CounterpartConfig, on: Date) -> Option<Fault> {
    let able = counterpart.plugin.manifest.capability(order.instruction.kind());
    let needed = able.map_or(&[][..], |able| able.documents);
    let missing: Vec<&str> = needed
        .iter()
        .filter(|kind| order.legal_document(**kind).is_none())
        .map(|kind| kind.chinese())
        .collect();
    let reason = match missing.is_empty() {
        true => counterpart.officers.unknown(&order.case, on)?,
        false => format!("缺文书 missing document: {}", missing.join("、")),
    };
    Some(Fault::new(FaultKind::Unsupported, "send the order", reason))
}
