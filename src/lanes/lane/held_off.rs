//! While a counterpart asks for time its queries wait in the store, and its controls are looked for alone: however many queries
//! were due before it, a control is not kept waiting by them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::ahead::Ahead;
use super::read_ahead::Read;
use super::{Blocked, Gate, Lane, Next};

/// How often controls are looked for, where nothing says that there is one.
const LOOK: Duration = Duration::from_secs(1);

impl Lane {
    /// Leaves only controls in what was read ahead. `None` when there are some; else what the lane does next.
    pub(super) async fn keep_controls(self: &Arc<Self>, ahead: &mut Ahead, held: Blocked) -> Option<Next> {
        ahead.keep_controls();
        if !ahead.ready.is_empty() {
            return None;
        }
        self.shared.handle.waits_for(Some(held));
        let now = self.shared.context.clock.now();
        if let Some(at) = ahead.looked.filter(|at| now.duration_since(*at).unsigned_abs() < LOOK) {
            return Some(Next::Wait(earlier(at.checked_add(LOOK).ok(), held.until)));
        }
        ahead.looked = Some(now);
        let blocked = self.shared.handle.admission.held_by_breaker().unwrap_or(held);
        if blocked.gate != Gate::HoldOff
            && self.shared.context.counterparts.lead_on_from(&self.shared.config.name)
        {
            match self.read_ahead().await {
                Ok(Read { ready, .. }) => {
                    let mut due = Ahead { ready: ready.into(), ..Ahead::default() };
                    if self.pass_on(&mut due, blocked).await {
                        ahead.looked = None;
                        return Some(Next::Again);
                    }
                }
                Err(error) => return Some(self.cannot_read(&error)),
            }
        }
        match self.read_controls(now).await {
            Ok((orders, next)) if orders.is_empty() => Some(Next::Wait(earlier(next, held.until))),
            Ok((orders, _)) => {
                // There may be more behind them.
                ahead.looked = None;
                ahead.ready = orders.into();
                None
            }
            Err(error) => Some(self.cannot_read(&error)),
        }
    }
}

pub(super) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests;
