//! What is kept no longer.

use super::state::State;
use super::view::View;
use crate::domain::retention::Forget;
use crate::domain::{Blob, ChainId, InquiryId, NewDocument, NewReceipt, OrderId, RawId};
use crate::store::{KeptBytes, KeptMessage};

/// Bytes of nothing, in stored form.
fn nothing() -> Blob {
    Blob::stored([0].as_slice())
}

impl State {
    pub(super) fn messages_after(&self, after: RawId, limit: usize) -> Vec<KeptMessage> {
        let later = self.raw_messages.iter().filter(|(id, _)| **id > after);
        let kept = later.map(|(id, raw)| KeptMessage {
            id: *id,
            at: raw.at,
            orders: self.raw_orders.get(id).cloned(),
            repeats: self.raw_repeats.get(id).copied().unwrap_or_default(),
            is_unsent: self.unsent.has(id),
        });
        kept.take(limit).collect()
    }

    pub(super) fn kept_bytes(&self, chain: ChainId) -> KeptBytes {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        KeptBytes {
            documents: count(self.documents_of(chain).len()),
            receipts: count(self.receipts_of_chain(chain).len()),
        }
    }

    fn inquiries_of_chain(&self, chain: ChainId) -> Vec<InquiryId> {
        let all = self.inquiries.values().map(|kept| &kept.inquiry);
        all.filter(|inquiry| inquiry.chain == chain).map(|inquiry| inquiry.id).collect()
    }

    fn documents_of(&self, chain: ChainId) -> Vec<NewDocument> {
        let inquiries = self.inquiries_of_chain(chain);
        let with_bytes = self.documents.values().filter(|new| new.bytes.as_stored().len() > 1);
        with_bytes.filter(|new| inquiries.contains(&new.paper.inquiry)).cloned().collect()
    }

    fn receipts_of_chain(&self, chain: ChainId) -> Vec<(usize, NewReceipt)> {
        let of_chain = |new: &NewReceipt| {
            let measure = new.measure.and_then(|id| self.measures.get(&id));
            new.bytes.as_stored().len() > 1 && measure.is_some_and(|measure| measure.chain == chain)
        };
        let all = self.receipts.iter().filter(|(_, new)| of_chain(new));
        all.map(|(row, new)| (*row, new.clone())).collect()
    }

    fn forget_inquiry(&mut self, id: InquiryId) {
        let orders: Vec<OrderId> = self.orders_of_inquiry(id).map(|order| order.id).collect();
        for order in orders {
            let revisions: Vec<_> =
                self.revisions.range((order, 0)..=(order, u32::MAX)).map(|(key, _)| *key).collect();
            revisions.iter().for_each(|key| self.revisions.remove(key));
            let receipts: Vec<usize> = self
                .receipts
                .iter()
                .filter(|(_, new)| new.receipt.order == order)
                .map(|(row, _)| *row)
                .collect();
            receipts.iter().for_each(|row| self.receipts.remove(row));
            self.orders_of.remove(&(id, order));
            self.orders.remove(&order);
            self.desk.remove(&order);
        }
        let certificates: Vec<_> =
            self.certificates.range((id, 0)..=(id, u32::MAX)).map(|(key, _)| *key).collect();
        certificates.iter().for_each(|key| self.certificates.remove(key));
        let documents: Vec<_> =
            self.documents.values().filter(|new| new.paper.inquiry == id).map(|new| new.paper.id).collect();
        documents.iter().for_each(|document| self.documents.remove(document));
        if let Some(kept) = self.inquiries.get(&id).cloned() {
            self.inquiry_uids.remove(&kept.inquiry.uid);
            self.inquiries.remove(&id);
        }
        let keys: Vec<_> = self
            .inquiry_keys
            .iter()
            .filter(|(_, inquiry)| **inquiry == id)
            .map(|(key, _)| key.clone())
            .collect();
        keys.iter().for_each(|key| self.inquiry_keys.remove(key));
    }

    fn forget_chain(&mut self, chain: ChainId) {
        for inquiry in self.inquiries_of_chain(chain) {
            self.forget_inquiry(inquiry);
        }
        macro_rules! forget {
            ($table:ident, $row:ident => $id:expr) => {
                let ids: Vec<_> =
                    self.$table.values().filter(|$row| $row.chain == chain).map(|$row| $id).collect();
                ids.iter().for_each(|id| self.$table.remove(id));
            };
        }
        forget!(measures, measure => measure.id);
        forget!(parties, party => party.id);
        let prints: Vec<_> =
            self.prints.values().filter(|new| new.print.chain == chain).map(|new| new.print.id).collect();
        prints.iter().for_each(|id| self.prints.remove(id));
        let numbers: Vec<_> = self
            .cases
            .values()
            .filter(|case| case.chain == chain)
            .map(|case| case.number.as_str().to_owned())
            .collect();
        numbers.iter().for_each(|number| self.case_numbers.remove(number));
        forget!(cases, case => case.id);
        let changes: Vec<_> =
            self.claim_changes.range((chain, 0)..=(chain, usize::MAX)).map(|(key, _)| *key).collect();
        changes.iter().for_each(|key| self.claim_changes.remove(key));
        let newest = self.tasks.last_key().copied();
        let tasks: Vec<_> =
            self.tasks.values().filter(|task| task.chain == chain).map(|task| task.id).collect();
        tasks.iter().filter(|id| Some(**id) != newest).for_each(|id| self.tasks.remove(id));
        self.chains.remove(&chain);
    }
}

impl View<'_> {
    pub(super) fn forget(&mut self, what: &Forget) {
        let state = &mut *self.state;
        match what {
            Forget::Messages(ids) => ids.iter().for_each(|id| {
                state.raw_messages.remove(id);
                state.raw_orders.remove(id);
                state.raw_repeats.remove(id);
            }),
            Forget::Events(numbers) => numbers.iter().for_each(|seq| state.events.remove(seq)),
            Forget::Acts(numbers) => numbers.iter().for_each(|row| state.acts.remove(row)),
            Forget::Documents(chain) => {
                for new in state.documents_of(*chain) {
                    state.documents.put(new.paper.id, NewDocument { bytes: nothing(), ..new });
                }
            }
            Forget::Receipts(chain) => {
                for (row, new) in state.receipts_of_chain(*chain) {
                    state.receipts.put(row, NewReceipt { bytes: nothing(), ..new });
                }
            }
            Forget::Chain(chain) => state.forget_chain(*chain),
        }
    }
}
