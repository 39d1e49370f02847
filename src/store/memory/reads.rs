//! What can be read, by subject.

use std::collections::HashSet;
use std::sync::Arc;

use chakong_contract::Date as Day;
use chakong_contract::order::LegalDocument;
use jiff::Timestamp;
use uuid::Uuid;

use super::view::View;
use crate::domain::{
    AuditEntry, BatchId, Blob, Case, CaseId, Chain, ChainId, ChainParty, ClaimChange, DocumentId, IdKind,
    Inquiry, InquiryId, KeptReceipt, LineRow, Measure, MeasureId, NotAsked, OpenCourts, OrderId, OrderRecord,
    OrderState, Paper, PropertyFinding, RawId, RawMessage, RelayFailure, Revision, Task, TaskId, Terms,
};
use crate::store::{
    ActFilter, CaseFilter, CaseRow, ChargeReference, InquiryFilter, IssuedCertificate, KeptBytes,
    KeptMessage, LaneCounts, MeasureFilter, OrderFilter, PageRow, Reads, Responded, Stored, TaskFilter,
};

impl Reads for View<'_> {
    fn chain(&mut self, id: ChainId) -> Stored<Option<Chain>> {
        Ok(self.state.chains.get(&id).cloned())
    }

    fn case_by_number(&mut self, number: &str) -> Stored<Option<Case>> {
        let id = self.state.case_numbers.get(&number.to_owned());
        Ok(id.and_then(|id| self.state.cases.get(id)).cloned())
    }

    fn case(&mut self, id: CaseId) -> Stored<Option<Case>> {
        Ok(self.state.cases.get(&id).cloned())
    }

    fn cases_of(&mut self, chain: ChainId) -> Stored<Vec<Case>> {
        Ok(self.state.cases.values().filter(|case| case.chain == chain).cloned().collect())
    }

    fn find_cases(&mut self, filter: &CaseFilter) -> Stored<Vec<CaseRow>> {
        Ok(self.state.find_cases(filter))
    }

    fn parties_of(&mut self, chain: ChainId) -> Stored<Vec<ChainParty>> {
        Ok(self.state.parties.values().filter(|party| party.chain == chain).cloned().collect())
    }

    fn claim_changes(&mut self, chain: ChainId) -> Stored<Vec<ClaimChange>> {
        let changes = self.state.claim_changes.range((chain, 0)..=(chain, usize::MAX));
        Ok(changes.map(|(_, change)| change.clone()).collect())
    }

    fn inquiry(&mut self, id: InquiryId) -> Stored<Option<Inquiry>> {
        Ok(self.state.inquiries.get(&id).map(|kept| kept.inquiry.clone()))
    }

    fn inquiry_by_uid(&mut self, uid: Uuid) -> Stored<Option<Inquiry>> {
        let id = self.state.inquiry_uids.get(&uid).copied();
        id.map_or(Ok(None), |id| self.inquiry(id))
    }

    fn inquiry_by_key(&mut self, submitter: &str, key: &str) -> Stored<Option<(Inquiry, Vec<u8>)>> {
        let id = self.state.inquiry_keys.get(&(submitter.to_owned(), key.to_owned()));
        let kept = id.and_then(|id| self.state.inquiries.get(id));
        Ok(kept.map(|kept| (kept.inquiry.clone(), kept.digest.clone())))
    }

    fn find_inquiries(&mut self, filter: &InquiryFilter) -> Stored<Vec<Inquiry>> {
        Ok(self.state.find_inquiries(filter))
    }

    fn inquiries_of(&mut self, chain: ChainId) -> Stored<Vec<Inquiry>> {
        let all = self.state.inquiries.values().map(|kept| &kept.inquiry);
        Ok(all.filter(|inquiry| inquiry.chain == chain).cloned().collect())
    }

    fn terms(&mut self, id: InquiryId) -> Stored<Option<Arc<Terms>>> {
        Ok(self.state.inquiries.get(&id).map(|kept| Arc::clone(&kept.terms)))
    }

    fn not_asked(&mut self, id: InquiryId) -> Stored<Vec<NotAsked>> {
        Ok(self.state.inquiries.get(&id).map(|kept| kept.not_asked.clone()).unwrap_or_default())
    }

    fn references_of(&mut self, id: InquiryId) -> Stored<Vec<String>> {
        Ok(self.state.inquiries.get(&id).map(|kept| kept.references.clone()).unwrap_or_default())
    }

    fn papers_of(&mut self, chain: ChainId) -> Stored<Vec<Paper>> {
        Ok(self.state.papers_of(chain))
    }

    fn papers_of_inquiry(&mut self, inquiry: InquiryId) -> Stored<Vec<Paper>> {
        let papers = self.state.documents.values().map(|new| &new.paper);
        let own = papers.filter(|paper| paper.inquiry == inquiry);
        Ok(own.map(|paper| self.state.paper(paper)).collect())
    }

    fn document(&mut self, id: DocumentId) -> Stored<Option<LegalDocument>> {
        self.state.document(id)
    }

    fn order(&mut self, id: OrderId) -> Stored<Option<OrderRecord>> {
        Ok(self.state.orders.get(&id).cloned())
    }

    fn orders_of(&mut self, inquiry: InquiryId) -> Stored<Vec<OrderRecord>> {
        Ok(self.state.orders_of_inquiry(inquiry).cloned().collect())
    }

    fn order_counts(&mut self, inquiry: InquiryId) -> Stored<Vec<(OrderState, u64)>> {
        Ok(self.state.order_counts(inquiry))
    }

    fn find_orders(&mut self, filter: &OrderFilter) -> Stored<Vec<OrderRecord>> {
        Ok(self.state.find_orders(filter))
    }

    fn end_of_look(&mut self, filter: &OrderFilter, look: usize) -> Stored<Option<OrderId>> {
        Ok(self.state.end_of_look(filter, look))
    }

    fn due_orders(
        &mut self,
        lane: &str,
        now: Timestamp,
        limit: usize,
        taken: &HashSet<OrderId>,
        courts: &OpenCourts,
    ) -> Stored<Vec<OrderRecord>> {
        let due = self
            .state
            .queued_of(lane)
            .filter(|order| order.due <= now && !taken.contains(&order.id) && courts.has(&order.court));
        Ok(self.state.by_turns(due, limit).cloned().collect())
    }

    fn offers(
        &mut self,
        lane: &str,
        now: Timestamp,
        control: bool,
        after: OrderId,
        limit: usize,
    ) -> Stored<Vec<OrderRecord>> {
        Ok(self.state.offers((lane, now), control, after, limit))
    }

    fn queued_for_later(&mut self, now: Timestamp, after: OrderId, limit: usize) -> Stored<Vec<OrderId>> {
        let later = self.state.queued.iter().filter_map(|((.., id), ())| self.state.orders.get(id));
        let mut ids: Vec<OrderId> =
            later.filter(|order| order.due > now && order.id > after).map(|order| order.id).collect();
        ids.sort_unstable();
        ids.truncate(limit);
        Ok(ids)
    }

    fn next_due(&mut self, lane: &str, now: Timestamp) -> Stored<Option<Timestamp>> {
        Ok(self.state.queued_of(lane).map(|order| order.due).filter(|due| *due > now).min())
    }

    fn lane_counts(&mut self, lane: &str) -> Stored<LaneCounts> {
        Ok(self.state.lane_counts(lane))
    }

    fn past_deadline(&mut self, now: Timestamp, limit: usize) -> Stored<Vec<OrderId>> {
        Ok(self.state.past_deadline(now, limit))
    }

    fn interrupted(&mut self, lane: &str) -> Stored<Vec<OrderRecord>> {
        let under_way = self.state.under_way_of(lane);
        Ok(under_way.filter(|order| order.state == OrderState::Sending).cloned().collect())
    }

    fn open_lanes(&mut self) -> Stored<Vec<String>> {
        Ok(self.state.open_lanes())
    }

    fn raw(&mut self, id: RawId) -> Stored<Option<(RawMessage, Option<Vec<OrderId>>)>> {
        let orders = self.state.raw_orders.get(&id).cloned();
        Ok(self.state.raw_messages.get(&id).map(|raw| (raw.clone(), orders)))
    }

    fn raw_of_batch(&mut self, id: BatchId) -> Stored<Vec<RawMessage>> {
        Ok(self.state.raw_messages.values().filter(|raw| raw.batch == Some(id)).cloned().collect())
    }

    fn unsent(&mut self, lane: &str) -> Stored<Vec<(RawId, RawMessage)>> {
        let ids = self.state.unsent.iter().filter(|(_, of)| *of == lane).map(|(id, _)| *id);
        Ok(ids.filter_map(|id| Some((id, self.state.raw_messages.get(&id)?.clone()))).collect())
    }

    fn responded(&mut self, lane: &str, name: &str, about: &str, digest: &str) -> Stored<Responded> {
        Ok(self.state.responded(lane, name, about, digest))
    }

    fn revision(&mut self, root: OrderId, number: Option<u32>) -> Stored<Option<Revision>> {
        Ok(match number {
            Some(number) => self.state.revisions.get(&(root, number)).cloned(),
            None => self.state.latest(root).cloned(),
        })
    }

    fn revisions_of(&mut self, inquiry: InquiryId) -> Stored<Vec<Revision>> {
        let firsts = self.state.orders_of_inquiry(inquiry).filter(|order| order.root == order.id);
        Ok(firsts.filter_map(|order| self.state.standing(order.id)).cloned().collect())
    }

    fn lines_of(&mut self, inquiry: InquiryId) -> Stored<Vec<LineRow>> {
        Ok(self.state.lines_of(inquiry))
    }

    fn measure(&mut self, id: MeasureId) -> Stored<Option<Measure>> {
        Ok(self.state.measures.get(&id).cloned())
    }

    fn measures_of(&mut self, chain: ChainId) -> Stored<Vec<Measure>> {
        Ok(self.state.measures.values().filter(|measure| measure.chain == chain).cloned().collect())
    }

    fn measures_by_reference(&mut self, reference: &str) -> Stored<Vec<Measure>> {
        Ok(self.state.measures_by_reference(reference))
    }

    fn find_measures(&mut self, filter: &MeasureFilter) -> Stored<Vec<Measure>> {
        Ok(self.state.find_measures(filter))
    }

    fn measures_to_look_at(&mut self, today: Day, limit: usize) -> Stored<Vec<(MeasureId, ChainId)>> {
        Ok(self.state.measures_to_look_at(today, limit))
    }

    fn tasks_of(&mut self, chain: ChainId) -> Stored<Vec<Task>> {
        let open = self.state.tasks.values().filter(|task| task.done.is_none());
        Ok(open.filter(|task| task.chain == chain).cloned().collect())
    }

    fn find_tasks(&mut self, filter: &TaskFilter) -> Stored<Vec<Task>> {
        Ok(self.state.find_tasks(filter))
    }

    fn task(&mut self, id: TaskId) -> Stored<Option<Task>> {
        Ok(self.state.tasks.get(&id).cloned())
    }

    fn tasks_for_the_clock(&mut self, now: Timestamp, limit: usize) -> Stored<Vec<Task>> {
        Ok(self.state.tasks_for_the_clock(now, limit))
    }

    fn property_finding(&mut self, property: &str) -> Stored<Option<PropertyFinding>> {
        Ok(self.state.findings.get(&property.to_owned()).cloned())
    }

    fn certificate(&mut self, inquiry: InquiryId, number: Option<u32>) -> Stored<Option<IssuedCertificate>> {
        let (first, last) = number.map_or((1, u32::MAX), |number| (number, number));
        let mut known = self.state.certificates.range((inquiry, first)..=(inquiry, last));
        Ok(known.next_back().map(|(_, certificate)| certificate.clone()))
    }

    fn page_after(&mut self, seq: i64, limit: usize) -> Stored<Vec<PageRow>> {
        self.state.page_after(seq, limit)
    }

    fn last_event(&mut self) -> Stored<i64> {
        Ok(self.state.last_event())
    }

    fn acknowledged(&mut self, consumer: &str) -> Stored<i64> {
        Ok(self.state.consumers.get(&consumer.to_owned()).copied().unwrap_or_default())
    }

    fn relay_failures(&mut self) -> Stored<Vec<RelayFailure>> {
        Ok(self.state.relay_failures.iter().map(|(_, failure)| failure.clone()).collect())
    }

    fn consumers(&mut self) -> Stored<Vec<(String, i64)>> {
        Ok(self.state.consumers.iter().map(|(name, seq)| (name.clone(), *seq)).collect())
    }

    fn probed(&mut self) -> Stored<Option<Timestamp>> {
        Ok(self.state.probes.get(&()).copied())
    }

    fn charges(&mut self, lane: &str, days: usize) -> Stored<Vec<(String, u64)>> {
        Ok(self.state.charges_of(lane, days))
    }

    fn charge_references(&mut self, order: OrderId) -> Stored<Vec<ChargeReference>> {
        let known = self.state.charge_references.range((order, 0)..=(order, usize::MAX));
        Ok(known.map(|(_, reference)| reference.clone()).collect())
    }

    fn cached_answer(&mut self, key: &[u8], since: Timestamp) -> Stored<Option<Revision>> {
        let kept = self.state.cached_answers.get(&key.to_vec()).filter(|(.., at)| *at >= since);
        Ok(kept.and_then(|(root, number, _)| self.state.revisions.get(&(*root, *number))).cloned())
    }

    fn receipts_of_order(&mut self, order: OrderId) -> Stored<Vec<KeptReceipt>> {
        let all = self.state.receipts.values().map(|new| &new.receipt);
        Ok(all.filter(|receipt| receipt.order == order).cloned().collect())
    }

    fn receipts_of(&mut self, measure: MeasureId) -> Stored<Vec<KeptReceipt>> {
        let of_measure = self.state.receipts.values().filter(|new| new.measure == Some(measure));
        Ok(of_measure.map(|new| new.receipt.clone()).collect())
    }

    fn receipt(&mut self, measure: MeasureId, sha256: &str) -> Stored<Option<(KeptReceipt, Blob)>> {
        let mut of_measure = self.state.receipts.values().filter(|new| new.measure == Some(measure));
        let found = of_measure.find(|new| new.receipt.sha256 == sha256);
        Ok(found.map(|new| (new.receipt.clone(), new.bytes.clone())))
    }

    fn find_acts(&mut self, filter: &ActFilter) -> Stored<Vec<(i64, AuditEntry)>> {
        Ok(self.state.find_acts(filter))
    }

    fn last_row(&mut self, kind: IdKind, epoch: i64) -> Stored<Option<i64>> {
        Ok(self.state.last_row_in(kind, epoch))
    }

    fn known_epochs(&mut self) -> Stored<Vec<i64>> {
        Ok(self.state.epochs.iter().map(|(epoch, ())| *epoch).collect())
    }

    fn chains_after(&mut self, after: ChainId, limit: usize) -> Stored<Vec<ChainId>> {
        Ok(self.state.chains.iter().map(|(id, _)| *id).filter(|id| *id > after).take(limit).collect())
    }

    fn messages_after(&mut self, after: RawId, limit: usize) -> Stored<Vec<KeptMessage>> {
        Ok(self.state.messages_after(after, limit))
    }

    fn events_after(&mut self, after: i64, limit: usize) -> Stored<Vec<(i64, InquiryId, Timestamp)>> {
        let later = self.state.events.range(after.saturating_add(1)..);
        Ok(later.map(|(seq, event)| (*seq, event.inquiry, event.at)).take(limit).collect())
    }

    fn acts_after(&mut self, after: i64, limit: usize) -> Stored<Vec<(i64, AuditEntry)>> {
        let later = self.state.acts.range(after.saturating_add(1)..);
        Ok(later.map(|(row, act)| (*row, act.clone())).take(limit).collect())
    }

    fn kept_bytes(&mut self, chain: ChainId) -> Stored<KeptBytes> {
        Ok(self.state.kept_bytes(chain))
    }
}
