//! What a decision sees of a case: as much as the engine loads.

use super::super::super::{Act, Decided, Draft, Facts};
use super::World;
use crate::domain::{OrderId, OrderState};

impl World {
    /// A decision about orders. As from the store it sees those, and the ones that every file of a chain comes with, and no others.
    pub fn decide_about<T>(
        &mut self,
        about: &[OrderId],
        decision: impl FnOnce(&mut Draft<'_>) -> Decided<T>,
    ) -> Decided<T> {
        let facts = Facts { now: self.now, chance: 0.5, rules: &self.rules };
        let mut file = self.file.clone();
        let in_view = file.orders_in_view();
        file.orders.retain(|id, _| about.contains(id) || in_view.contains(id));
        let mut draft = Draft::of(file, facts, &self.ids);
        let made = decision(&mut draft)?;
        let (changes, file) = draft.finish()?;
        self.changes.extend(changes);
        let unseen = std::mem::replace(&mut self.file, file).orders;
        for (id, order) in unseen {
            self.file.orders.entry(id).or_insert(order);
        }
        Ok(made)
    }

    /// The orders that the engine loads for an act.
    pub(super) fn orders_of_act(&self, act: &Act) -> Vec<OrderId> {
        match act {
            Act::Resolve(id, _) => vec![*id],
            Act::Requery(all) => all.clone(),
            Act::Cancel(inquiry) => {
                let own = self.file.orders.values().filter(|order| order.inquiry == *inquiry);
                let wanted = own.filter(|order| order.state == OrderState::Queued || !order.is_control());
                wanted.map(|order| order.id).collect()
            }
            _ => Vec::new(),
        }
    }
}
