//! What wakes a lane. The store is in memory and time stands: it goes on, by itself, only when nothing is left to do but to wait for it.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::outcome::all;
use super::super::reach::Reached;
use super::world::{World, submit_as};
use super::*;
use chakong_contract::FaultKind;

const REGISTRY: &str = "connector = \"court-realty\"\n[settings]\namount_unit = \"yuan\"\n[limits]\nconcurrency = 4\n\
     [line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:9\"\n";

fn wrong() -> Fault {
    Fault::new(FaultKind::Misconfigured, "ask", "there is nobody")
}

/// A line that counts what is sent over it. While it sends an order, the next one of those that are still to come is submitted.
#[derive(Debug)]
struct Counting {
    sent: watch::Sender<usize>,
    to_come: usize,
}

impl Reachable for Counting {
    fn is_remote(&self) -> bool {
        false
    }

    fn probe(&self) -> BoxFuture<'_, Result<Reached, Fault>> {
        std::future::ready(Err(wrong())).boxed()
    }
}

impl Delivery for Counting {
    fn carries(&self) -> bool {
        true
    }

    fn send<'a>(
        &'a self,
        lane: &'a LaneContext,
        batch: Sendable,
        permit: OwnedSemaphorePermit,
    ) -> BoxFuture<'a, Stored<bool>> {
        async move {
            let nth = *self.sent.borrow();
            if nth < self.to_come {
                submit_as(&format!("while-{nth}"), lane.context.clone()).await;
            }
            drop(permit);
            lane.freed.notify_waiters();
            let outcomes = all(&batch.records, &OrderInput::Faulted(wrong()));
            self.sent.send_modify(|sent| *sent += batch.records.len());
            lane.settle(outcomes, None).await
        }
        .boxed()
    }
}

/// Has the lane send over another line, until so many orders were sent. Gives the time that passed meanwhile.
async fn passed_until_sent(world: World, to_come: usize, count: usize) -> Duration {
    let World { lane, .. } = world;
    let (sent, mut seen) = watch::channel(0);
    let lane_sent = seen.clone();
    let delivery: Arc<dyn Delivery> = Arc::new(Counting { sent, to_come });
    let lane = Arc::new(Lane { delivery, ..Arc::into_inner(lane).expect("nobody else has it") });
    let began = Instant::now();
    tokio::select! {
        () = Arc::clone(&lane).send_loop() => panic!("it goes on"),
        all = seen.wait_for(|sent| *sent >= count) => drop(all.expect("the line")),
        () = tokio::time::sleep(LOOK_AGAIN * 4) => panic!("{} of {count} were sent", *lane_sent.borrow()),
    }
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn what_comes_when_a_lane_has_just_looked_leaves_without_a_time_having_to_come() {
    let world = World::in_memory("registry-7", REGISTRY).await;
    for key in ["first", "second"] {
        submit_as(key, world.lane.shared().context.clone()).await;
    }
    // The lane has two orders to send when it is told of the third, and is asked to send the second before it waits.
    let context = world.lane.shared().context.clone();
    world.store.behind_the_lanes_next_read(async move { submit_as("third", context).await });
    assert_eq!(passed_until_sent(world, 0, 3).await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_a_lane_sends_leaves_without_a_time_having_to_come() {
    const ORDERS: usize = 60;
    let world = World::in_memory("registry-7", REGISTRY).await;
    submit_as("first", world.lane.shared().context.clone()).await;
    assert_eq!(passed_until_sent(world, ORDERS - 1, ORDERS).await, Duration::ZERO);
}
