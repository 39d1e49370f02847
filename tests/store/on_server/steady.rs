//! Processes that come and go move no more leases than must move, and none while nobody comes or goes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chakong::store::Store;
use tokio_postgres::Client;

use super::lost::session;
use super::shared::{beside, count, give, until};
use crate::worlds::OnServer;

const ROUND: Duration = Duration::from_secs(10);

/// How often each lease has changed hands.
async fn epochs(admin: &Client) -> BTreeMap<String, i64> {
    let rows = admin.query("SELECT name, epoch FROM leases WHERE name LIKE 'lane/%'", &[]).await.expect("it");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Some rounds of every process.
async fn rounds(stores: &[&Arc<dyn Store>], lanes: &[String]) {
    for _ in 0..4 {
        for store in stores {
            give(store, lanes);
            store.leases().next_round(ROUND).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_comes_and_goes_moves_its_share_only_and_nothing_moves_while_nobody_does() {
    let mut world = OnServer::begin();
    world.close();
    let lanes: Vec<String> = (0..24).map(|number| format!("bank-{number}")).collect();
    let admin = session(world.config()).await;
    let (one, _one) = beside(world.config(), "one");
    let (two, _two) = beside(world.config(), "two");
    for store in [&one, &two] {
        store.leases().want_lanes(lanes.iter());
    }
    let settled = |third: Option<&Arc<dyn Store>>| {
        let stores: Vec<&Arc<dyn Store>> = [&one, &two].into_iter().chain(third).collect();
        stores.iter().for_each(|store| give(store, &lanes));
        stores.iter().all(|store| count(store, &lanes) == lanes.len() / stores.len())
    };
    until("each has half", || settled(None)).await;
    for nth in 0..3 {
        let before = epochs(&admin).await;
        let (three, threads) = beside(world.config(), &format!("three-{nth}"));
        three.leases().want_lanes(lanes.iter());
        until("each has a third", || settled(Some(&three))).await;
        let come = epochs(&admin).await;
        rounds(&[&one, &two, &three], &lanes).await;
        assert_eq!(epochs(&admin).await, come, "nobody came or went");
        // Whoever gives a lease back and whoever takes it count one each.
        let moved = |from: &BTreeMap<String, i64>, to: &BTreeMap<String, i64>| {
            assert!(
                to.iter().all(|(name, epoch)| epoch - from[name] <= 2),
                "one moved twice: {from:?} {to:?}"
            );
            to.iter().filter(|(name, epoch)| from[*name] != **epoch).count()
        };
        let more = moved(&before, &come);
        assert!((8..=12).contains(&more), "{more} moved for the share of one, which is 8");
        three.leases().drain();
        until("the others have all", || {
            give(&three, &lanes);
            settled(None)
        })
        .await;
        drop(three);
        tokio::task::spawn_blocking(|| threads.join()).await.expect("its end");
        let gone = epochs(&admin).await;
        rounds(&[&one, &two], &lanes).await;
        assert_eq!(epochs(&admin).await, gone, "nobody came or went");
        let back = moved(&come, &gone);
        assert!((8..=12).contains(&back), "{back} moved back");
    }
}
