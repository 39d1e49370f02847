//! Which order a caller wants the documents of.

use std::sync::Arc;

use chakong_contract::{CallResult, Order};
use quick_cache::sync::Cache;

use super::{PostboxService, unavailable};
use crate::config::CounterpartConfig;
use crate::domain::{OrderId, OrderRecord, OrderState};
use crate::store::{Reads, Stored};

/// Keys that are kept at hand.
const KEPT: usize = 8192;
/// Most orders on offer whose keys are computed to find one.
const MOST_LOOKED_AT: usize = 2000;

/// Under which key the documents of an order on offer are asked for, by lane.
#[derive(Debug)]
pub(super) struct Keys(Arc<Cache<(String, String), OrderId>>);

impl Default for Keys {
    fn default() -> Self {
        Self(Arc::new(Cache::new(KEPT)))
    }
}

impl Keys {
    /// Keeps the keys of orders on offer, and gives the first one that is under the `wanted` key. Digests over documents
    /// are work, and are not made between calls.
    pub(super) async fn keep(
        &self,
        config: &Arc<CounterpartConfig>,
        offered: Vec<(OrderId, Order)>,
        wanted: Option<String>,
    ) -> Option<Order> {
        let (cache, config) = (Arc::clone(&self.0), Arc::clone(config));
        let work = move || {
            let postbox = config.connector.postbox()?;
            let mut result = None;
            for (id, order) in offered {
                let Some(key) = postbox.document_key(&order) else { continue };
                if result.is_none() && wanted.as_ref() == Some(&key) {
                    result = Some(order);
                }
                cache.insert((config.name.clone(), key), id);
            }
            result
        };
        tokio::task::spawn_blocking(work).await.ok().flatten()
    }
}

impl PostboxService {
    /// The order of this lane that documents are asked for under a key.
    pub(super) async fn by_key(&self, config: &Arc<CounterpartConfig>, key: &str) -> CallResult {
        let kept = self.keys.0.get(&(config.name.clone(), key.to_owned()));
        if let Some(id) = kept {
            match self.one(config, move |reads| reads.order(id)).await {
                // Documents may have been added since: then they are asked for under another key.
                CallResult::Order(Some(order)) if has_key(config, &order, key) => {
                    return CallResult::Order(Some(order));
                }
                CallResult::Unavailable => return CallResult::Unavailable,
                _ => {}
            }
        }
        match self.on_offer(config).await {
            Ok(orders) => {
                let result = self.keys.keep(config, orders, Some(key.to_owned())).await;
                CallResult::Order(result.map(Box::new))
            }
            Err(error) => unavailable(config, &error),
        }
    }

    async fn on_offer(&self, config: &Arc<CounterpartConfig>) -> Stored<Vec<(OrderId, Order)>> {
        let (name, now) = (config.name.clone(), self.context.clock.now());
        let (terms, config) = (Arc::clone(&self.context.terms), Arc::clone(config));
        let read = move |reads: &mut dyn Reads| {
            let mut result = Vec::new();
            for record in reads.offers(&name, now, false, OrderId::default(), MOST_LOOKED_AT)? {
                if record.state == OrderState::Awaiting {
                    result.push((record.id, terms.order(reads, &record, &config)?));
                }
            }
            Ok(result)
        };
        self.context.store.read(read).await
    }

    /// An order, if it is of this lane and was on offer.
    pub(super) async fn one<F>(&self, config: &Arc<CounterpartConfig>, find: F) -> CallResult
    where
        F: FnOnce(&mut dyn Reads) -> Stored<Option<OrderRecord>> + Send + 'static,
    {
        let (terms, own) = (Arc::clone(&self.context.terms), Arc::clone(config));
        let read = move |reads: &mut dyn Reads| {
            let result = find(reads)?.filter(|order| order.lane == own.name && order.batch.is_some());
            let Some(record) = result.filter(|order| order.state != OrderState::Cancelled) else {
                return Ok(None);
            };
            terms.order(reads, &record, &own).map(Some)
        };
        match self.context.store.read(read).await {
            Ok(order) => CallResult::Order(order.map(Box::new)),
            Err(error) => unavailable(config, &error),
        }
    }
}

fn has_key(config: &CounterpartConfig, order: &Order, key: &str) -> bool {
    config.connector.postbox().and_then(|postbox| postbox.document_key(order)).is_some_and(|its| its == key)
}
