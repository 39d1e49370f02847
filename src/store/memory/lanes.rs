//! What lanes keep beside their orders.

use super::state::{KeptResponse, State};
use super::table::Table;
use super::view::View;
use crate::domain::{Batch, LaneChange, OrderId, RawId, RawMessage};
use crate::store::{ChargeReference, Responded, StoreError, Stored};

impl State {
    pub(super) fn responded(&self, lane: &str, name: &str, about: &str, digest: &str) -> Responded {
        let of_lane = || self.responses.iter().filter(|((of, ..), _)| of == lane);
        let own = self.responses.get(&(lane.to_owned(), name.to_owned(), digest.to_owned()));
        let last = of_lane().filter(|((_, named, _), _)| named == name).map(|(_, kept)| kept.nth).max();
        let nth = own.map_or(last.unwrap_or(0) + 1, |own| own.nth);
        let times = of_lane().filter(|(_, kept)| kept.about == about).map(|(_, kept)| kept.times).sum();
        Responded { nth, times }
    }

    pub(super) fn charges_of(&self, lane: &str, days: usize) -> Vec<(String, u64)> {
        let of_lane = self.charges.iter().rev().filter(|((of, _), _)| of == lane);
        of_lane.map(|((_, day), requests)| (day.to_string(), *requests)).take(days).collect()
    }

    fn add_response(&mut self, key: (String, String, String), about: &str) {
        let kept = match self.responses.get(&key) {
            Some(known) => KeptResponse { times: known.times + 1, ..known.clone() },
            None => {
                let nth = self.responded(&key.0, &key.1, about, &key.2).nth;
                KeptResponse { about: about.to_owned(), nth, times: 1 }
            }
        };
        self.responses.put(key, kept);
    }
}

fn signed(requests: u64) -> i64 {
    i64::try_from(requests).unwrap_or(i64::MAX)
}

fn count<K: Ord + Clone>(table: &mut Table<K, u64>, key: K, requests: i64) {
    let before = table.get(&key).copied().unwrap_or_default();
    table.put(key, before.saturating_add_signed(requests));
}

impl View<'_> {
    pub(super) fn write_lane(&mut self, change: &LaneChange) -> Stored<()> {
        let state = &mut *self.state;
        match change {
            LaneChange::NewRaw(id, raw, orders) => return self.add_raw(*id, raw, orders),
            LaneChange::Repeated(id) => {
                let before = state.raw_repeats.get(id).copied().unwrap_or_default();
                state.raw_repeats.put(*id, before + 1);
            }
            LaneChange::NewBatch(batch) => return state.batches.add(batch.id, batch.clone(), "a batch"),
            LaneChange::SaveBatchDigest(id, digest) => {
                let known = state.batches.get(id).ok_or(StoreError::Conflict("the batch"))?;
                let batch = Batch { digest: Some(digest.clone()), ..known.clone() };
                state.batches.put(*id, batch);
            }
            LaneChange::Unsent(raw, lane) => {
                if !state.raw_messages.has(raw) {
                    return Err(StoreError::Conflict("the message"));
                }
                return state.unsent.add(*raw, lane.clone(), "a message to be handed over");
            }
            LaneChange::Sent(raws) => raws.iter().for_each(|raw| state.unsent.remove(raw)),
            LaneChange::Responded { lane, name, about, digest } => {
                state.add_response((lane.clone(), name.clone(), digest.clone()), about);
            }
            LaneChange::SpendQuota(lane, court, day, requests) => {
                count(&mut state.quotas, (lane.clone(), *day), *requests);
                if let Some(court) = court {
                    count(&mut state.quota_shares, (lane.clone(), *day, court.clone()), *requests);
                }
            }
            LaneChange::AddCharges(lane, day, requests) => {
                count(&mut state.charges, (lane.clone(), *day), signed(*requests));
            }
            LaneChange::NewChargeReference(order, at, reference) => {
                let nth = state.charge_references.range((*order, 0)..=(*order, usize::MAX)).count();
                let kept = ChargeReference { at: *at, reference: reference.clone() };
                state.charge_references.put((*order, nth), kept);
            }
            LaneChange::KeepAnswer(key, root, number, at) => {
                state.cached_answers.put(key.clone(), (*root, *number, *at));
            }
            // One process knows these of itself.
            LaneChange::KeepLimits(..)
            | LaneChange::ResetLane(_)
            | LaneChange::NewCallToken(..)
            | LaneChange::DropCallToken(_) => {}
            LaneChange::SetPaused(lane, pause) => {
                match pause {
                    Some(pause) => state.pauses.put(lane.clone(), pause.clone()),
                    None => state.pauses.remove(lane),
                }
                self.touched.lane(lane, true);
            }
            LaneChange::KeepFailure(failure) => {
                state.relay_failures.put(failure.name.clone(), failure.clone());
            }
            LaneChange::RemoveConsumer(consumer) => state.consumers.remove(consumer),
            LaneChange::Acknowledge(consumer, seq) => {
                let before = state.consumers.get(consumer).copied().unwrap_or(*seq);
                state.consumers.put(consumer.clone(), before.max(*seq));
            }
        }
        Ok(())
    }

    fn add_raw(&mut self, id: RawId, raw: &RawMessage, orders: &[OrderId]) -> Stored<()> {
        self.state.raw_orders.put(id, orders.to_vec());
        self.state.raw_messages.add(id, raw.clone(), "a message")
    }
}
