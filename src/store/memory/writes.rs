//! Changes as rows: one function a kind of row.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::state::KeptInquiry;
use super::view::View;
use crate::domain::{
    Case, Chain, ChainParty, Change, ClaimChange, EventDraft, Inquiry, Measure, MeasureState, NewCertificate,
    NewInquiry, NewReceipt, OrderRecord, OrderState, Revision, Task, Terms,
};
use crate::store::codec::decode_json;
use crate::store::{IssuedCertificate, StoreError, Stored, Tx};

/// What stands, or the conflict that it does not.
fn known<'r, T>(row: Option<&'r T>, what: &'static str) -> Stored<&'r T> {
    row.ok_or(StoreError::Conflict(what))
}

pub(super) fn turn(order: &OrderRecord) -> i64 {
    order.created.as_microsecond() + order.priority.handicap_seconds() * 1_000_000
}

impl Tx for View<'_> {
    fn write(&mut self, changes: &[Change]) -> Stored<()> {
        self.has_written |= !changes.is_empty();
        let written = changes.iter().try_for_each(|change| self.write_one(change));
        if let Err(error) = &written {
            self.failed.get_or_insert_with(|| error.clone());
        }
        written
    }
}

impl View<'_> {
    fn write_one(&mut self, change: &Change) -> Stored<()> {
        match change {
            Change::NewChain(chain) => self.state.chains.add(chain.id, chain.clone(), "a chain"),
            Change::SaveChain(chain) => self.save_chain(chain),
            Change::JoinChains(joined) => self.join_chains(joined),
            Change::NewCase(case) => self.add_case(case),
            Change::SaveCase(case) => self.save_case(case),
            Change::ContinueCase(case, before) => self.continue_case(*case, *before),
            Change::NewParty(party) => self.add_party(party),
            Change::SaveParty(party) => {
                known(self.state.parties.get(&party.id), "the party")?;
                self.state.parties.put(party.id, party.clone());
                Ok(())
            }
            Change::NewInquiry(new) => self.add_inquiry(new),
            Change::SaveInquiry(inquiry) => self.save_inquiry(inquiry),
            Change::NewDocument(new) => self.state.documents.add(new.paper.id, new.clone(), "a document"),
            Change::NewOrder(order) => self.add_order(order),
            Change::MoveOrder(order, from) => self.move_order(order, *from),
            Change::NewMeasure(measure) => {
                self.state.measures.add(measure.id, (**measure).clone(), "a measure")
            }
            Change::MoveMeasure(measure, from) => self.move_measure(measure, *from),
            Change::NewRevision(revision) => self.add_revision(revision),
            Change::NewReceipt(receipt) => self.add_receipt(receipt),
            Change::NewEvent(event) => {
                self.add_event(event);
                Ok(())
            }
            Change::NewTask(task) => self.state.tasks.add(task.id, task.clone(), "a task"),
            Change::SaveTask(task) => self.save_task(task),
            Change::NewClaimChange(change) => self.add_claim_change(change),
            Change::NewCertificate(certificate) => self.add_certificate(certificate),
            Change::NewPrint(print) => self.state.prints.add(print.print.id, print.clone(), "a print"),
            Change::SaveDesk(item) => self.save_desk(item),
            Change::SavePropertyFinding(finding) => {
                self.state.findings.put(finding.property.clone(), finding.clone());
                Ok(())
            }
            Change::Audit(entry) => {
                let row = self.state.acts.last_key().copied().unwrap_or_default() + 1;
                self.state.acts.add(row, entry.clone(), "a line of the audit")
            }
            Change::Lane(change) => self.write_lane(change),
            Change::People(change) => self.write_people(change),
            Change::Forget(what) => {
                self.forget(what);
                Ok(())
            }
            Change::Probe(at) => {
                self.state.probes.put((), *at);
                Ok(())
            }
        }
    }

    fn save_chain(&mut self, chain: &Chain) -> Stored<()> {
        let stands = known(self.state.chains.get(&chain.id), "the chain")?;
        let saved = Chain { created: stands.created, ..chain.clone() };
        self.state.chains.put(chain.id, saved);
        Ok(())
    }

    fn add_case(&mut self, case: &Case) -> Stored<()> {
        known(self.state.chains.get(&case.chain), "the chain of a case")?;
        if let Some(before) = &case.continues {
            known(self.state.cases.get(before), "the case that is continued")?;
        }
        self.state.case_numbers.add(case.number.as_str().to_owned(), case.id, "a case number")?;
        self.state.cases.add(case.id, case.clone(), "a case")
    }

    fn save_case(&mut self, case: &Case) -> Stored<()> {
        let stands = known(self.state.cases.get(&case.id), "the case")?;
        let (court_name, court_code) = (case.court_name.clone(), case.court_code.clone());
        let saved = Case { court_name, court_code, ..stands.clone() };
        self.state.cases.put(case.id, saved);
        Ok(())
    }

    fn add_party(&mut self, party: &ChainParty) -> Stored<()> {
        known(self.state.chains.get(&party.chain), "the chain of a party")?;
        self.state.parties.add(party.id, party.clone(), "a party")
    }

    fn add_claim_change(&mut self, change: &ClaimChange) -> Stored<()> {
        known(self.state.chains.get(&change.chain), "the chain of a claim")?;
        let nth = self.state.claim_changes.range((change.chain, 0)..=(change.chain, usize::MAX)).count();
        self.state.claim_changes.put((change.chain, nth), change.clone());
        Ok(())
    }

    fn add_inquiry(&mut self, new: &NewInquiry) -> Stored<()> {
        let inquiry = &new.inquiry;
        let key = (inquiry.submitted_by.clone(), new.key.clone());
        self.state.inquiry_uids.add(inquiry.uid, inquiry.id, "an inquiry")?;
        self.state.inquiry_keys.add(key, inquiry.id, "an idempotency key")?;
        let terms: Terms = decode_json("terms", new.terms.as_stored())?;
        let kept = KeptInquiry {
            inquiry: inquiry.clone(),
            digest: new.digest.clone(),
            terms: Arc::new(Terms { debtors: new.debtors.clone(), ..terms }),
            references: new.references.clone(),
            not_asked: new.not_asked.clone(),
        };
        self.state.inquiries.add(inquiry.id, kept, "an inquiry")
    }

    fn save_inquiry(&mut self, inquiry: &Inquiry) -> Stored<()> {
        let mut kept = known(self.state.inquiries.get(&inquiry.id), "the inquiry")?.clone();
        kept.inquiry.state = inquiry.state;
        kept.inquiry.open_orders = inquiry.open_orders;
        kept.inquiry.completions = inquiry.completions;
        self.state.inquiries.put(inquiry.id, kept);
        Ok(())
    }

    fn add_order(&mut self, order: &OrderRecord) -> Stored<()> {
        self.state.orders.add(order.id, order.clone(), "an order")?;
        self.state.orders_of.put((order.inquiry, order.id), ());
        self.index_order(order);
        self.touched.lane(&order.lane, order.priority.is_urgent());
        Ok(())
    }

    /// Keeps an order in the lists of its state, and in no other.
    fn index_order(&mut self, order: &OrderRecord) {
        use OrderState::{Awaiting, Queued, Sending, Undetermined};
        let queued = (order.lane.clone(), turn(order), order.id);
        let under_way = (order.lane.clone(), order.id);
        match order.state {
            Queued => self.state.queued.put(queued, ()),
            _ => self.state.queued.remove(&queued),
        }
        match order.state {
            Sending | Awaiting | Undetermined => self.state.under_way.put(under_way, ()),
            _ => self.state.under_way.remove(&under_way),
        }
    }

    fn move_order(&mut self, order: &OrderRecord, from: OrderState) -> Stored<()> {
        if from != order.state && !from.may_become(order.state) {
            return Err(StoreError::Conflict("an order's move"));
        }
        let stands = self.state.orders.get(&order.id).filter(|stands| stands.state == from);
        let moved = OrderRecord {
            state: order.state,
            attempts: order.attempts,
            due: order.due,
            ticket: order.ticket.clone(),
            batch: order.batch,
            fault: order.fault.clone(),
            deadline: order.deadline,
            sent: order.sent,
            ..known(stands, "the order")?.clone()
        };
        if moved.state == OrderState::Queued {
            self.touched.lane(&moved.lane, moved.priority.is_urgent());
        }
        self.index_order(&moved);
        self.state.orders.put(moved.id, moved);
        Ok(())
    }

    fn move_measure(&mut self, measure: &Measure, from: MeasureState) -> Stored<()> {
        if !from.may_become(measure.state) {
            return Err(StoreError::Conflict("a measure's move"));
        }
        known(self.state.measures.get(&measure.id).filter(|stands| stands.state == from), "the measure")?;
        self.state.measures.put(measure.id, measure.clone());
        Ok(())
    }

    fn add_revision(&mut self, revision: &Revision) -> Stored<()> {
        let kept = Revision { stored: None, ..revision.clone() };
        self.state.revisions.add((revision.root, revision.number), kept, "a revision")
    }

    fn add_receipt(&mut self, new: &NewReceipt) -> Stored<()> {
        let same = |known: &NewReceipt| {
            known.receipt.order == new.receipt.order && known.receipt.sha256 == new.receipt.sha256
        };
        if self.state.receipts.values().any(same) {
            return Err(StoreError::Conflict("a receipt"));
        }
        let row = self.state.receipts.last_key().map_or(0, |last| last + 1);
        self.state.receipts.add(row, new.clone(), "a receipt")
    }

    fn add_event(&mut self, event: &EventDraft) {
        let seq = self.state.last_event() + 1;
        self.state.events.put(seq, event.clone());
        self.touched.event = seq;
    }

    fn save_task(&mut self, task: &Task) -> Stored<()> {
        let stands = known(self.state.tasks.get(&task.id), "the task")?;
        let (due, done, look, note) = (task.due, task.done, task.look, task.note.clone());
        let saved = Task { due, done, look, note, ..stands.clone() };
        self.state.tasks.put(task.id, saved);
        Ok(())
    }

    fn add_certificate(&mut self, new: &NewCertificate) -> Stored<()> {
        let sha256 = hex::encode(Sha256::digest(new.text.as_bytes()));
        let kept = IssuedCertificate { number: new.number, at: new.at, sha256, text: new.text.clone() };
        self.state.certificates.add((new.inquiry, new.number), kept, "a certificate")
    }
}
