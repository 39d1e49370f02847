//! Orders on offer: what is new is written down as handed over, with the digest of the answer, before the answer leaves.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use chakong_contract::{CallResult, Fault, FaultKind, HttpResponse, Moment, Order, ParsedCall};
use sha2::{Digest as _, Sha256};

use super::super::receiving::connector_of;
use super::super::{LaneHandle, lacking};
use super::{PostboxService, respond, unavailable};
use crate::config::CounterpartConfig;
use crate::domain::decide::OrderInput;
use crate::domain::{Counted, OrderId, OrderRecord, OrderState};
use crate::engine::{Dispatch, Settlement};
use crate::store::{Reads, StoreError, Stored};

/// How often an offer is put together anew because somebody withdrew a part of it meanwhile.
const ATTEMPTS: usize = 5;

/// Orders with what their connector sees of them.
type Offered = Vec<(OrderRecord, Order)>;

impl PostboxService {
    /// The answer with what is on offer. A lane that is paused, or outside its window, offers nothing; a store that is older than
    /// what counterparts have seen offers no control.
    pub(super) async fn offer(
        &self,
        config: &Arc<CounterpartConfig>,
        handle: &LaneHandle,
        parsed: ParsedCall,
        control: bool,
    ) -> HttpResponse {
        let closed = config.window.closed_until(self.context.clock.now()).is_some();
        let withheld = control && self.context.engine.older_than().is_some();
        if handle.is_paused() || closed || withheld {
            return respond(Arc::clone(config), parsed, CallResult::Orders(Vec::new())).await;
        }
        for _ in 0..ATTEMPTS {
            match self.try_offer(config, handle, &parsed, control).await {
                Ok(Some(answer)) => return answer,
                Ok(None) => {}
                Err(error) => {
                    let result = unavailable(config, &error);
                    return respond(Arc::clone(config), parsed, result).await;
                }
            }
        }
        respond(Arc::clone(config), parsed, CallResult::Unavailable).await
    }

    /// `None` when an order was withdrawn while the answer was written.
    async fn try_offer(
        &self,
        config: &Arc<CounterpartConfig>,
        handle: &LaneHandle,
        parsed: &ParsedCall,
        control: bool,
    ) -> Stored<Option<HttpResponse>> {
        let candidates = self.candidates(config, control).await?;
        let (offered, faults) = self.set_apart(config, candidates).await?;
        if !faults.is_empty() {
            self.fail(config, handle, faults).await?;
        }
        let result = CallResult::Orders(offered.iter().map(|(_, order)| order.clone()).collect());
        let written = respond(Arc::clone(config), parsed.clone(), result).await;
        let is_new = |(record, _): &&(OrderRecord, Order)| record.state == OrderState::Queued;
        let new: Vec<OrderId> = offered.iter().filter(is_new).map(|(record, _)| record.id).collect();
        if !new.is_empty() {
            if !self.hand_over(config, new, Sha256::digest(&written.body).to_vec()).await? {
                return Ok(None);
            }
            handle.sent.fetch_add(1, Ordering::Relaxed);
            let new =
                offered.iter().filter(is_new).map(|(record, order)| (record.id, order.clone())).collect();
            self.keys.keep(config, new, None).await;
        }
        self.remember_round(config, control, &offered);
        Ok(Some(written))
    }

    async fn candidates(&self, config: &Arc<CounterpartConfig>, control: bool) -> Stored<Offered> {
        let Some(line) = config.line.postbox() else { return Ok(Vec::new()) };
        let most = line.most_offered;
        let (name, now) = (config.name.clone(), self.context.clock.now());
        let after = {
            let rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
            rounds.get(&(name.clone(), control)).copied().unwrap_or_default()
        };
        let (terms, config) = (Arc::clone(&self.context.terms), Arc::clone(config));
        let read = move |reads: &mut dyn Reads| {
            let mut result = Vec::new();
            for record in reads.offers(&name, now, control, after, most)? {
                let order = terms.order(reads, &record, &config)?;
                result.push((record, order));
            }
            Ok(result)
        };
        self.context.store.read(read).await
    }

    /// Those that can be said to this counterpart, and why the others cannot.
    async fn set_apart(
        &self,
        config: &Arc<CounterpartConfig>,
        candidates: Offered,
    ) -> Stored<(Offered, Vec<(OrderId, Fault)>)> {
        let config = Arc::clone(config);
        let today = Moment::from_timestamp(self.context.clock.now()).date();
        let judged = tokio::task::spawn_blocking(move || {
            let (mut good, mut faults) = (Vec::with_capacity(candidates.len()), Vec::new());
            for (record, order) in candidates {
                let lacks = lacking(&order, &config, today);
                match lacks.map_or_else(|| config.connector.check(&order), Err) {
                    Ok(()) => good.push((record, order)),
                    Err(fault) => {
                        faults.push((record.id, Fault { kind: FaultKind::Unsupported, ..fault }));
                    }
                }
            }
            (good, faults)
        });
        judged.await.map_err(|_| StoreError::Closed)
    }

    /// Orders that cannot be said fail where everybody sees it.
    async fn fail(
        &self,
        config: &CounterpartConfig,
        handle: &LaneHandle,
        faults: Vec<(OrderId, Fault)>,
    ) -> Stored<()> {
        let now = self.context.clock.now();
        faults.iter().for_each(|(_, fault)| handle.faulted(fault, now));
        let outcomes = faults.into_iter().map(|(id, fault)| (id, OrderInput::Faulted(fault))).collect();
        let settlement = Settlement { outcomes, conversation: None, connector: connector_of(config) };
        self.context.engine.settle(settlement).await.map(drop)
    }

    /// Makes it durable that these orders are handed over. Nothing of it when one of them was withdrawn meanwhile.
    async fn hand_over(
        &self,
        config: &CounterpartConfig,
        ids: Vec<OrderId>,
        digest: Vec<u8>,
    ) -> Stored<bool> {
        let dispatch = Dispatch {
            lane: config.name.clone(),
            at: self.context.clock.now(),
            orders: ids,
            batch: None,
            digest,
            files: Vec::new(),
            counts: Counted::Not,
            together: true,
        };
        self.context.engine.hand_over(dispatch).await
    }

    /// Where the next round of offers begins, where there are more than one answer takes.
    fn remember_round(&self, config: &CounterpartConfig, control: bool, offered: &Offered) {
        let again = offered.iter().rev().find(|(record, _)| record.state == OrderState::Awaiting);
        if let Some((record, _)) = again {
            let mut rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
            rounds.insert((config.name.clone(), control), record.id);
        }
    }
}
