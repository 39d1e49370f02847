//! Further requests of a conversation against the day's quota: counted before they leave, some at once, so that whoever works for the
//! lane after a crash knows of them. What is left is given back with the conversation.

use std::time::Duration;

use chakong_contract::{Date, Fault, FaultKind, Moment};

use super::super::super::context::LaneContext;
use crate::domain::Counted;
use crate::store::StoreError;

/// Requests that are counted at once. As many may be missing from the day's quota after a crash, for each conversation under way.
const BLOCK: u32 = 20;
/// How long to wait before writing again what the store did not take.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// What is counted and not sent yet.
#[derive(Debug)]
pub struct Reserve<'a> {
    lane: &'a LaneContext,
    counts: Counted,
    left: Option<(Date, u32)>,
    /// Of days that are over.
    earlier: Vec<(Date, u32)>,
}

impl<'a> Reserve<'a> {
    /// Nothing yet; `None` where requests are counted to nothing.
    pub(super) fn of(lane: &'a LaneContext, counts: Counted) -> Option<Self> {
        (counts != Counted::Not).then(|| Self { lane, counts, left: None, earlier: Vec::new() })
    }

    /// Takes one request of the day.
    ///
    /// # Errors
    /// A fault where the store does not count it: the lane has moved, or the gateway ends.
    pub(super) async fn take(&mut self) -> Result<(), Fault> {
        let now = self.lane.context.clock.now();
        let today = Moment::from_timestamp(now).date();
        if let Some((day, left)) = &mut self.left
            && *day == today
            && *left > 0
        {
            *left -= 1;
            return Ok(());
        }
        self.count().await?;
        self.earlier.extend(self.left.take().filter(|(_, left)| *left > 0));
        self.left = Some((today, BLOCK - 1));
        Ok(())
    }

    /// Counts a block, however long the store needs.
    async fn count(&self) -> Result<(), Fault> {
        let (engine, name) = (&self.lane.context.engine, &self.lane.config.name);
        let now = self.lane.context.clock.now();
        loop {
            match engine.spend_quota(name, &self.counts, now, BLOCK).await {
                Ok(()) => return Ok(()),
                Err(StoreError::LeaseLost) => return Err(moved()),
                Err(StoreError::Full | StoreError::Failed { .. } | StoreError::Again)
                    if !self.lane.context.tasks.hard().is_cancelled() =>
                {
                    tracing::warn!(counterpart = name, "a conversation waits for the store");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
                Err(error) => {
                    let detail = format!("the request could not be counted against the quota: {error}");
                    return Err(Fault::new(FaultKind::Transient, "send the request", detail));
                }
            }
        }
    }

    /// What was counted and not sent, by day.
    pub(super) fn unsent(self) -> Vec<(Date, u32)> {
        let left = self.left.filter(|(_, left)| *left > 0);
        self.earlier.into_iter().chain(left).collect()
    }
}

/// This process was stopped or cut off for so long that another may work for the lane. Nothing was sent.
pub(super) fn moved() -> Fault {
    let detail = "the lane may have moved to another replica; nothing was sent";
    Fault::new(FaultKind::Transient, "send the request", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RawDirection, RawMessage};
    use crate::engine::{Conversation, Settlement};
    use crate::lanes::lane::world::World;
    use crate::store::codec::encode;

    const REGISTRY: &str = "connector = \"court-realty\"\n[settings]\namount_unit = \"yuan\"\n\
         [limits]\nper_day = 100\n[line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:9\"\n";

    #[tokio::test]
    async fn further_requests_are_counted_before_they_leave_and_what_is_left_is_given_back() {
        let world = World::open("registry-7", REGISTRY).await;
        let lane = world.lane.shared();
        let used = async |day: Date| {
            let store = &lane.context.store;
            store.read(move |reads| reads.quota_used("registry-7", day)).await.expect("a read").requests
        };
        let today = Moment::from_timestamp(lane.context.clock.now()).date();
        let mut reserve = Reserve::of(lane, Counted::Quota).expect("it has a quota");
        for sent in 1..=BLOCK + 1 {
            reserve.take().await.expect("counted");
            // Whatever the process dies of now, the store knows of it.
            assert!(used(today).await >= u64::from(sent), "{sent}");
        }
        assert_eq!(used(today).await, u64::from(2 * BLOCK));
        world.clock.pass(Duration::from_hours(24));
        let tomorrow = Moment::from_timestamp(lane.context.clock.now()).date();
        reserve.take().await.expect("counted");
        assert_eq!(used(tomorrow).await, u64::from(BLOCK));
        let unsent = reserve.unsent();
        assert_eq!(unsent, [(today, BLOCK - 1), (tomorrow, BLOCK - 1)]);
        let raw = RawMessage {
            lane: "registry-7".to_owned(),
            batch: None,
            direction: RawDirection::In,
            name: "conversation".to_owned(),
            at: lane.context.clock.now(),
            bytes: encode(b"said"),
        };
        let conversation = Conversation {
            raw,
            digest: String::new(),
            unsent,
            counts: Counted::Quota,
            charges: chakong_contract::connector::Charges::default(),
            keys: Vec::new(),
        };
        let settlement = Settlement {
            outcomes: Vec::new(),
            conversation: Some(conversation),
            connector: "court-realty".to_owned(),
        };
        lane.context.engine.settle(settlement).await.expect("settled");
        assert_eq!((used(today).await, used(tomorrow).await), (u64::from(BLOCK) + 1, 1), "what was sent");
    }
}
