//! Several processes on one database: what each decides stands on what the others have committed, numbers are nobody else's, and work
//! under a lease that has moved is not kept.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chakong::domain::{Change, EventType, IdKind, LaneChange, OrderRecord};
use chakong::store::postgres::{Postgres, PostgresThreads, Server};
use chakong::store::{Lease, Membership, Now, Store, StoreError, lane_lease};
use tokio_postgres::Config;

use super::lost::session;
use crate::samples::{a_case, event, keep, whole};
use crate::worlds::{OnServer, World as _};

const PATIENCE: Duration = Duration::from_secs(60);

/// Another process on a database, with short leases.
pub fn beside(config: Config, name: &str) -> (Arc<dyn Store>, PostgresThreads) {
    beside_with_clock(config, name, None)
}

/// The same with a clock that is compared with the database's.
pub fn beside_with_clock(
    config: Config,
    name: &str,
    clock: Option<Now>,
) -> (Arc<dyn Store>, PostgresThreads) {
    let (lease, hold) = (Duration::from_secs(2), Duration::from_millis(100));
    let member = Membership { name: name.to_owned(), lease, hold, clock, ..Membership::default() };
    Postgres::open_as(&Server::new(config, None), member).expect("a process beside others")
}

/// Waits until something is so.
pub async fn until(what: &str, is: impl Fn() -> bool) {
    let waiting = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("it never came to this: {what}"));
}

/// How many lanes of these a process works for.
pub fn count(store: &Arc<dyn Store>, lanes: &[String]) -> usize {
    lanes.iter().filter(|lane| store.leases().held(&lane_lease(lane)).is_some()).count()
}

/// Gives back what is to go: nobody works under these leases.
pub fn give(store: &Arc<dyn Store>, lanes: &[String]) {
    for lane in lanes {
        let name = lane_lease(lane);
        for epoch in 1..200 {
            let lease = Lease { name: name.clone(), epoch };
            if store.leases().is_held(&lease) {
                store.leases().ended(&lease);
            }
        }
    }
}

async fn held(store: &Arc<dyn Store>, name: &str) -> Lease {
    until(name, || store.leases().held(name).is_some()).await;
    store.leases().held(name).expect("a lease")
}

/// A counter in an order, read and written by two processes at once: what one reads, no other has changed when it writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_processes_decide_about_one_case_is_decided_one_after_the_other() {
    const EACH: u32 = 60;
    let world = OnServer::begin();
    let (one, (other, _threads)) = (world.store(), beside(world.config(), "other"));
    let (first, second) = (a_case(&one, 1).await, a_case(&one, 2).await);
    let orders = [first.order.id, second.order.id];
    let counting = [(Arc::clone(&one), orders), (other, [orders[1], orders[0]])].map(|(store, orders)| {
        tokio::spawn(async move {
            for _ in 0..EACH {
                loop {
                    // Both cases in one transaction, each process in its own order.
                    let count = move |tx: &mut dyn chakong::store::Tx| {
                        for id in orders {
                            let order = tx.order(id)?.expect("the order");
                            let more = OrderRecord { attempts: order.attempts + 1, ..order.clone() };
                            tx.write(&[Change::MoveOrder(Box::new(more), order.state)])?;
                        }
                        Ok(())
                    };
                    match store.transact(count).await {
                        Ok(()) => break,
                        // They waited for one another, and this one was ended.
                        Err(StoreError::Again) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        })
    });
    for task in counting {
        task.await.expect("a counter");
    }
    for id in orders {
        let order = one.read(move |reads| reads.order(id)).await.expect("a read").expect("the order");
        assert_eq!(order.attempts, 2 * EACH + first.order.attempts);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_two_processes_give_the_same_number_however_many_they_take() {
    let world = OnServer::begin();
    let (one, (other, _threads)) = (world.store(), beside(world.config(), "other"));
    let mut given = HashSet::new();
    for (nth, store) in [&one, &other, &one, &other].into_iter().enumerate() {
        // More than a block holds: the first tries take larger ones.
        let numbers = loop {
            let nth = i64::try_from(nth).expect("a number");
            let taken = store.transact(move |tx| {
                let numbers: Vec<i64> = (0..50_000).map(|_| tx.next(IdKind::Order)).collect();
                tx.write(&whole(&*tx, 10 + nth).changes())?;
                Ok(numbers)
            });
            match taken.await {
                Ok(numbers) => break numbers,
                Err(StoreError::Again) => {}
                Err(error) => panic!("{error}"),
            }
        };
        assert!(numbers.into_iter().all(|number| given.insert(number)), "a number was given twice");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_under_a_lease_that_has_moved_is_not_kept() {
    let world = OnServer::begin();
    let store = world.store();
    let admin = session(world.config()).await;
    store.leases().want("clock");
    let lease = held(&store, "clock").await;
    let mark = |name: &str| Change::Lane(LaneChange::Acknowledge(name.to_owned(), 1));
    let under = |lease: Lease, change: Change| {
        store.transact(move |tx| {
            tx.holds(&lease)?;
            tx.write(&[change])
        })
    };
    under(lease.clone(), mark("before")).await.expect("it is held");
    admin
        .batch_execute("UPDATE leases SET holder = 'somebody', epoch = epoch + 1 WHERE name = 'clock'")
        .await
        .expect("it moves");
    let refused = under(lease.clone(), mark("after")).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    let kept = store.read(|reads| reads.consumers()).await.expect("a read");
    assert_eq!(kept, [("before".to_owned(), 1)]);
    // Nobody of that name lives: it comes back with another epoch, and the old one is of no use.
    let again = held(&store, "clock").await;
    until("a new epoch", || store.leases().held("clock").is_some_and(|now| now.epoch > lease.epoch)).await;
    let refused = under(lease, mark("later")).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?} {again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leases_spread_evenly_and_go_to_the_others_when_a_process_ends_or_drains() {
    let mut world = OnServer::begin();
    world.close();
    let lanes: Vec<String> = (0..12).map(|number| format!("bank-{number}")).collect();
    let (one, one_threads) = beside(world.config(), "one");
    one.leases().want_lanes(lanes.iter());
    until("it has all", || count(&one, &lanes) == 12).await;
    let (two, _threads) = beside(world.config(), "two");
    two.leases().want_lanes(lanes.iter());
    until("each has half", || {
        give(&one, &lanes);
        count(&one, &lanes) == 6 && count(&two, &lanes) == 6
    })
    .await;
    let kept: HashSet<String> =
        lanes.iter().filter(|lane| two.leases().held(&lane_lease(lane)).is_some()).cloned().collect();
    one.leases().drain();
    until("the other has all", || {
        give(&one, &lanes);
        count(&two, &lanes) == 12
    })
    .await;
    assert!(kept.iter().all(|lane| two.leases().held(&lane_lease(lane)).is_some()));
    drop(one);
    tokio::task::spawn_blocking(|| one_threads.join()).await.expect("its end");
    until("it is gone", || {
        two.leases().replicas().iter().any(|replica| replica.name == "one" && !replica.is_live)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_hears_at_once_what_another_commits() {
    let world = OnServer::begin();
    let (one, (other, _threads)) = (world.store(), beside(world.config(), "other"));
    until("they know one another", || one.leases().has_others() && other.leases().has_others()).await;
    let case = a_case(&one, 1).await;
    let mut events = other.signals().events();
    let lane = other.signals().lane(&case.order.lane);
    let woken = lane.orders.notified();
    keep(&one, vec![Change::NewEvent(event(case.inquiry().id, EventType::OrderFailed))]).await;
    tokio::time::timeout(PATIENCE, events.wait_for(|seq| *seq >= 1))
        .await
        .expect("in time")
        .expect("the log");
    a_case(&one, 2).await;
    tokio::time::timeout(PATIENCE, woken).await.expect("the lane is woken");
}
