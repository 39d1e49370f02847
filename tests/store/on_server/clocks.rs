//! Processes whose clocks are not the database's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chakong::clock::{Clock as _, SystemClock};
use chakong::store::{Now, Store};
use jiff::SignedDuration;

use super::shared::{beside_with_clock, count, give, until};
use crate::worlds::OnServer;

/// A clock that goes as much ahead of the machine's as it is told to.
#[derive(Clone, Default)]
struct Skewed(Arc<AtomicI64>);

impl Skewed {
    fn set(&self, ahead_ms: i64) {
        self.0.store(ahead_ms, Ordering::SeqCst);
    }

    fn clock(&self) -> Option<Now> {
        let ahead = Arc::clone(&self.0);
        Some(Now::by(move || {
            let ahead = SignedDuration::from_millis(ahead.load(Ordering::SeqCst));
            SystemClock.now().checked_add(ahead).expect("a time")
        }))
    }
}

/// How far each process is ahead, in seconds, and whether that is too far, as one of them sees it.
fn seen(store: &Arc<dyn Store>) -> Vec<(String, i64, bool)> {
    let seconds = |micros: i64| (micros + 500_000).div_euclid(1_000_000);
    let replicas = store.leases().replicas();
    let live = replicas.into_iter().filter(|one| one.is_live);
    live.map(|one| (one.name, seconds(one.ahead), one.is_apart)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_clock_is_wrong_leaves_the_work_to_others_until_it_is_right_and_somebody_always_works() {
    let mut world = OnServer::begin();
    world.close();
    let lanes: Vec<String> = (0..12).map(|number| format!("bank-{number}")).collect();
    let (fast, slow) = (Skewed::default(), Skewed::default());
    let (one, _one) = beside_with_clock(world.config(), "one", fast.clock());
    let (two, _two) = beside_with_clock(world.config(), "two", slow.clock());
    for store in [&one, &two] {
        store.leases().want_lanes(lanes.iter());
    }
    let is_shared = |first: usize, second: usize| {
        give(&one, &lanes);
        give(&two, &lanes);
        (count(&one, &lanes), count(&two, &lanes)) == (first, second)
    };
    until("each has half", || is_shared(6, 6)).await;
    // Less than what is wrong moves nothing.
    fast.set(3_000);
    until("it is seen", || seen(&two) == [("one".to_owned(), 3, false), ("two".to_owned(), 0, false)]).await;
    assert!(is_shared(6, 6) && one.leases().stands_back().is_none());
    fast.set(60_000);
    until("the other has all", || is_shared(0, 12)).await;
    // It is measured, and comes out a little less or more.
    let ahead = one.leases().stands_back().expect("it stands back");
    assert_eq!((ahead + 500_000).div_euclid(1_000_000), 60);
    assert_eq!(seen(&two), [("one".to_owned(), 60, true), ("two".to_owned(), 0, false)]);
    // What the others' files do not name has nobody else.
    let alone = ["bank-of-one".to_owned()];
    one.leases().want_lanes(lanes.iter().chain(&alone));
    until("it works for that", || count(&one, &alone) == 1).await;
    one.leases().want_lanes(lanes.iter());
    let is_given_back = || {
        give(&one, &alone);
        count(&one, &alone) == 0
    };
    until("it gives that back", is_given_back).await;
    fast.set(-400);
    until("it has its share again", || is_shared(6, 6)).await;
    assert_eq!(one.leases().stands_back(), None);
    // Nobody's is right: all work on.
    fast.set(60_000);
    slow.set(-60_000);
    until("both are wrong", || seen(&one).iter().all(|(_, _, is_apart)| *is_apart)).await;
    until("each has half all the same", || is_shared(6, 6)).await;
    until("nobody stands back", || [&one, &two].iter().all(|store| store.leases().stands_back().is_none()))
        .await;
}
