//! Orders are read ahead of being sent; what is not read waits in the store.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::DueOrder;
use super::super::reuse;
use super::{Lane, READ_AHEAD};
use crate::domain::{OpenCourts, OrderId, OrderState};
use crate::store::{Reads, Stored};

/// What was read.
pub(super) struct Read {
    /// Orders whose time has come.
    pub(super) ready: Vec<DueOrder>,
    /// Where there are none, when the next one's comes.
    pub(super) next: Option<Timestamp>,
    /// Where there are none, whether orders of courts that have used their share wait.
    pub(super) are_kept: bool,
}

impl Lane {
    /// Orders whose time has come, of courts that have something left of their share. Those whose answer is known are answered without
    /// being sent.
    pub(super) async fn read_ahead(&self) -> Stored<Read> {
        let courts = self.shared.handle.admission.open_courts();
        let taken = self.taken().clone();
        let (config, now) = (Arc::clone(&self.shared.config), self.shared.context.clock.now());
        let (terms, store) = (Arc::clone(&self.shared.context.terms), Arc::clone(&self.shared.context.store));
        let read = move |reads: &mut dyn Reads| {
            let orders = reads.due_orders(&config.name, now, READ_AHEAD, &taken, &courts)?;
            let (mut ready, mut known) = (Vec::with_capacity(orders.len()), Vec::new());
            for record in orders {
                let due = terms.due(reads, record, &config)?;
                match reuse::known(reads, &*store, &config, &due, now)? {
                    Some(revision) => known.push((due.record.id, revision)),
                    None => ready.push(due),
                }
            }
            let next = match (ready.is_empty(), known.is_empty()) {
                (true, true) => reads.next_due(&config.name, now)?,
                // More may wait behind those that are answered now.
                (true, false) => Some(now),
                (false, _) => None,
            };
            let are_kept = ready.is_empty()
                && courts != OpenCourts::All
                && !reads.due_orders(&config.name, now, 1, &taken, &OpenCourts::All)?.is_empty();
            Ok((Read { ready, next, are_kept }, known))
        };
        let (found, known) = self.shared.context.store.read_for_lane(read).await?;
        if !known.is_empty() {
            self.shared.context.engine.answer_known(known).await?;
        }
        Ok(found)
    }

    /// Controls whose time has come, of the same courts; and when the next order's comes.
    pub(super) async fn read_controls(&self, now: Timestamp) -> Stored<(Vec<DueOrder>, Option<Timestamp>)> {
        let courts = self.shared.handle.admission.open_courts();
        let (taken, config, terms) =
            (self.taken().clone(), Arc::clone(&self.shared.config), Arc::clone(&self.shared.context.terms));
        let read = move |reads: &mut dyn Reads| {
            let controls = reads.offers(&config.name, now, true, OrderId::new(0), READ_AHEAD)?;
            let waits = controls.into_iter().filter(|record| {
                record.state == OrderState::Queued && !taken.contains(&record.id) && courts.has(&record.court)
            });
            let mut ready = Vec::new();
            for record in waits {
                ready.push(terms.due(reads, record, &config)?);
            }
            Ok((ready, reads.next_due(&config.name, now)?))
        };
        self.shared.context.store.read_for_lane(read).await
    }
}
