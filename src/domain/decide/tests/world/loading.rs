//! What a decision sees of a case: as much as the engine loads.

use super::super::super::{
    Act, Decided, Draft, Facts, add_terms, add_terms_for_submission, add_terms_of_ledger,
};
use super::World;
use crate::domain::{CaseFile, InquiryId, OrderId, OrderState, Terms};

/// Whose terms a decision sees.
#[derive(Clone, Copy)]
pub enum Sees<'a> {
    /// Those of every inquiry, as an act does.
    All,
    /// Those of the ledger, and of the inquiries of the orders that it is about.
    Ledger,
    /// Those of the ledger, and what a submission is compared with.
    ForSubmission(&'a Terms),
}

impl World {
    /// A decision about orders. As from the store it sees those, and the ones that every file of a chain comes with, and no others; and the
    /// terms of no other inquiries than the store reads.
    pub fn decide_about<T>(
        &mut self,
        about: &[OrderId],
        decision: impl FnOnce(&mut Draft<'_>) -> Decided<T>,
    ) -> Decided<T> {
        self.decide_seeing(Sees::Ledger, about, decision)
    }

    pub(super) fn decide_seeing<T>(
        &mut self,
        sees: Sees<'_>,
        about: &[OrderId],
        decision: impl FnOnce(&mut Draft<'_>) -> Decided<T>,
    ) -> Decided<T> {
        let facts = Facts { now: self.now, chance: 0.5, rules: &self.rules };
        let mut file = self.file.clone();
        let in_view = file.orders_in_view();
        file.orders.retain(|id, _| about.contains(id) || in_view.contains(id));
        self.keep_terms_in_view(&mut file, sees, about);
        let mut draft = Draft::of(file, facts, &self.ids);
        let made = decision(&mut draft)?;
        let (changes, file) = draft.finish()?;
        self.changes.extend(changes);
        let unseen = std::mem::replace(&mut self.file, file);
        for (id, order) in unseen.orders {
            self.file.orders.entry(id).or_insert(order);
        }
        for (id, terms) in unseen.terms {
            self.file.terms.entry(id).or_insert(terms);
        }
        Ok(made)
    }

    /// Leaves the terms in a file that the store's own loading reads.
    fn keep_terms_in_view(&self, file: &mut CaseFile, sees: Sees<'_>, about: &[OrderId]) {
        if let Sees::All = sees {
            return;
        }
        file.terms.clear();
        let read = |id: InquiryId| self.file.terms.get(&id).cloned().ok_or("the terms");
        add_terms_of_ledger(file, read).expect("terms");
        for order in about {
            let inquiry = self.file.orders[order].inquiry;
            add_terms(file, inquiry, read).expect("terms");
        }
        if let Sees::ForSubmission(new) = sees {
            add_terms_for_submission(file, new, read).expect("terms");
        }
    }

    /// The orders that the engine loads for an act.
    pub(super) fn orders_of_act(&self, act: &Act) -> Vec<OrderId> {
        match act {
            Act::Resolve(id, _) => vec![*id],
            Act::Requery(all) => {
                let roots: Vec<OrderId> = all.iter().map(|id| self.file.orders[id].root).collect();
                let again =
                    self.file.orders.values().filter(|one| one.id != one.root && roots.contains(&one.root));
                all.iter().copied().chain(again.filter(|one| one.state.is_open()).map(|one| one.id)).collect()
            }
            Act::Cancel(inquiry) => {
                let own = self.file.orders.values().filter(|order| order.inquiry == *inquiry);
                let wanted = own.filter(|order| order.state == OrderState::Queued || !order.is_control());
                wanted.map(|order| order.id).collect()
            }
            act => {
                let asking =
                    act.stops_or_resumes().map(|party| self.file.asking_about(party)).unwrap_or_default();
                let own = self.file.orders.values().filter(|order| asking.contains(&order.inquiry));
                let wanted = own.filter(|order| order.state == OrderState::Queued || !order.is_control());
                wanted.map(|order| order.id).collect()
            }
        }
    }
}
