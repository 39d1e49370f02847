//! What persons say of lanes over any process, followed by every process: a pause, and that a breaker is to be closed. And the proof,
//! which any process may have met, that the store is older than what counterparts have seen.

use std::collections::BTreeMap;

use super::context::Context;
use crate::store::LaneMark;

/// What was followed last.
#[derive(Debug, Default)]
pub(super) struct Followed(Option<BTreeMap<String, LaneMark>>);

impl Followed {
    /// Follows what was said since the last time. One process alone is told by whoever says it, but for pauses that ended by themselves.
    pub(super) async fn follow(&mut self, context: &Context) {
        if !context.store.leases().is_shared() {
            resume_those_whose_pause_is_over(context).await;
            return;
        }
        match context.store.read(|reads| reads.lane_marks()).await {
            Ok(found) => self.take_in(found, context),
            Err(error) => tracing::debug!(%error, "what was said of lanes cannot be read now"),
        }
        context.engine.learn_of_age().await;
    }

    /// Whether a lane is paused, as it was said last.
    pub(super) fn is_paused(&self, lane: &str) -> bool {
        self.0.as_ref().and_then(|known| known.get(lane)).is_some_and(|mark| mark.is_paused)
    }

    fn take_in(&mut self, found: Vec<LaneMark>, context: &Context) {
        let found: BTreeMap<String, LaneMark> =
            found.into_iter().map(|mark| (mark.lane.clone(), mark)).collect();
        let before = self.0.replace(found.clone());
        let Some(before) = before else { return };
        let named: std::collections::BTreeSet<&String> = before.keys().chain(found.keys()).collect();
        for lane in named {
            let (was, is) = (before.get(lane), found.get(lane));
            let paused = |mark: Option<&LaneMark>| mark.is_some_and(|mark| mark.is_paused);
            let resets = |mark: Option<&LaneMark>| mark.map_or(0, |mark| mark.resets);
            let Some(handle) = context.registry.get(lane) else { continue };
            if paused(was) != paused(is) {
                handle.set_paused(paused(is));
                context.store.signals().wake(lane, true);
            }
            if resets(is) > resets(was) {
                handle.admission.reset();
                context.store.signals().wake(lane, true);
            }
        }
    }
}

/// Has lanes go on whose pause stands in the store no more.
async fn resume_those_whose_pause_is_over(context: &Context) {
    let paused: Vec<String> = context.registry.paused();
    if paused.is_empty() {
        return;
    }
    let over = context.store.read(move |reads| {
        let mut over = Vec::new();
        for lane in paused {
            if reads.paused(&lane)?.is_none() {
                over.push(lane);
            }
        }
        Ok(over)
    });
    for lane in over.await.unwrap_or_default() {
        if let Some(handle) = context.registry.get(&lane) {
            handle.set_paused(false);
            context.store.signals().wake(&lane, true);
        }
    }
}
