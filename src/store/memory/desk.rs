//! Orders on the desk.

use super::view::View;
use crate::domain::{DeskItem, OrderId};
use crate::store::{DeskFilter, DeskReads, StoreError, Stored};

impl View<'_> {
    pub(super) fn save_desk(&mut self, item: &DeskItem) -> Stored<()> {
        let stands = self.state.desk.get(&item.order).map_or(0, |known| known.version);
        if stands.checked_add(1) != Some(item.version) {
            return Err(StoreError::Conflict("the order on the desk"));
        }
        self.state.desk.put(item.order, item.clone());
        Ok(())
    }
}

impl DeskReads for View<'_> {
    fn desk_item(&mut self, order: OrderId) -> Stored<Option<DeskItem>> {
        Ok(self.state.desk.get(&order).cloned())
    }

    fn find_desk(&mut self, filter: &DeskFilter) -> Stored<Vec<DeskItem>> {
        let wanted = |item: &&DeskItem| {
            let order = self.state.orders.get(&item.order);
            order.is_some_and(|order| filter.which.covers(item.state, order.state))
                && (filter.lanes.contains(&item.lane) || filter.with_carried && item.was_carried())
                && filter.counterpart.as_ref().is_none_or(|one| *one == item.lane)
                && filter.courts.cover(&item.court)
                && filter.due_before.is_none_or(|before| item.deadline < before)
                && filter.after.is_none_or(|after| (item.deadline, item.order) > after)
        };
        let found = self.state.desk.values().filter(wanted);
        let mut found: Vec<DeskItem> = found.map(|item| DeskItem { entered: None, ..item.clone() }).collect();
        found.sort_by_key(|item| (item.deadline, item.order));
        found.truncate(filter.limit);
        Ok(found)
    }
}
