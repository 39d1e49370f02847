//! Which order a caller wants the documents of.

use chakong_contract::{Found, Order};
use quick_cache::sync::Cache;

use super::super::order_for;
use super::{Desk, unavailable};
use crate::config::CounterpartConfig;
use crate::inquiry::{OrderId, OrderRecord, OrderState};
use crate::store::{Reads, Stored};

/// Keys that are kept at hand.
const KEPT: usize = 8192;
/// Most orders on offer whose keys are computed to find one.
const MOST_LOOKED_AT: usize = 2000;

/// Under which key the documents of an order on offer are asked for, by lane.
#[derive(Debug)]
pub(super) struct Keys(Cache<(String, String), OrderId>);

impl Default for Keys {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl Keys {
    /// Keeps the keys of orders that go on offer.
    pub(super) fn keep<'a>(
        &self,
        config: &CounterpartConfig,
        offered: impl Iterator<Item = (OrderId, &'a Order)>,
    ) {
        let Some(postbox) = config.connector.postbox() else { return };
        for (id, order) in offered {
            if let Some(key) = postbox.document_key(order) {
                self.0.insert((config.name.clone(), key), id);
            }
        }
    }
}

impl Desk {
    /// The order of this lane that documents are asked for under a key.
    pub(super) async fn by_key(&self, config: &CounterpartConfig, key: &str) -> Found {
        if let Some(id) = self.keys.0.get(&(config.name.clone(), key.to_owned()))
            && let found @ (Found::Order(Some(_)) | Found::Unavailable) =
                self.one(config, move |reads| reads.order(id)).await
            && is_under(config, &found, key)
        {
            return found;
        }
        let on_offer = match self.on_offer(config).await {
            Ok(orders) => orders,
            Err(error) => return unavailable(config, &error),
        };
        self.keys.keep(config, on_offer.iter().map(|(id, order)| (*id, order)));
        let mut orders = on_offer.into_iter().map(|(_, order)| order);
        Found::Order(orders.find(|order| has_key(config, order, key)).map(Box::new))
    }

    async fn on_offer(&self, config: &CounterpartConfig) -> Stored<Vec<(OrderId, Order)>> {
        let (name, now) = (config.name.clone(), self.context.clock.now());
        let (submissions, manifest) = (self.context.submissions.clone(), config.plugin.manifest.clone());
        let read = move |reads: &mut dyn Reads| {
            let mut found = Vec::new();
            for record in reads.offers(&name, now, false, 0, MOST_LOOKED_AT)? {
                if record.state == OrderState::Awaiting {
                    let submission = submissions.get(reads, record.inquiry)?;
                    found.push((record.id, order_for(&record, &submission, &manifest)?));
                }
            }
            Ok(found)
        };
        self.context.store.read(read).await
    }

    /// An order, if it is of this lane and was on offer.
    pub(super) async fn one<F>(&self, config: &CounterpartConfig, find: F) -> Found
    where
        F: FnOnce(&mut dyn Reads) -> Stored<Option<OrderRecord>> + Send + 'static,
    {
        let lane = config.name.clone();
        let (submissions, manifest) = (self.context.submissions.clone(), config.plugin.manifest.clone());
        let read = move |reads: &mut dyn Reads| {
            let found = find(reads)?.filter(|order| order.lane == lane && order.batch.is_some());
            let Some(record) = found.filter(|order| order.state != OrderState::Cancelled) else {
                return Ok(None);
            };
            let submission = submissions.get(reads, record.inquiry)?;
            order_for(&record, &submission, &manifest).map(Some)
        };
        match self.context.store.read(read).await {
            Ok(order) => Found::Order(order.map(Box::new)),
            Err(error) => unavailable(config, &error),
        }
    }
}

fn has_key(config: &CounterpartConfig, order: &Order, key: &str) -> bool {
    config.connector.postbox().and_then(|postbox| postbox.document_key(order)).is_some_and(|its| its == key)
}

/// Documents may have been added since: then they are asked for under another key.
fn is_under(config: &CounterpartConfig, found: &Found, key: &str) -> bool {
    match found {
        Found::Order(Some(order)) => has_key(config, order, key),
        _ => true,
    }
}
