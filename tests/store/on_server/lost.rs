//! Connections that are cut while work is under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use chakong::domain::{Change, LaneChange};
use chakong::store::{Ailment, Store, StoreError};
use jiff::civil::date;
use tokio_postgres::{Client, Config, NoTls};

use crate::worlds::{OnServer, World as _};

/// A session of our own on a database.
pub async fn session(config: Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.expect("the test server");
    tokio::spawn(connection);
    client
}

/// Longest that it may take until connections were cut.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
/// Cuts every session of the store in this database.
pub const CUT: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE datname = current_database() AND application_name LIKE 'chakong%'";

/// Counts one request, for as long as the store asks to hand it in again; whether it was done.
async fn count_one(store: &Arc<dyn Store>, lane: &str) -> bool {
    loop {
        let change = Change::Lane(LaneChange::SpendQuota(lane.to_owned(), None, date(2027, 4, 15), 1));
        match store.transact(move |tx| tx.write(&[change])).await {
            Ok(()) => return true,
            // Neither was done, and both can be handed in again.
            Err(StoreError::Again) => {}
            Err(error) if error.ails(Ailment::Unreachable) => {}
            Err(error) => panic!("the server is there: {error}"),
        }
    }
}

/// A counter shows what was done twice or not at all: a commit whose answer was lost is found out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_is_done_once_however_often_connections_are_cut() {
    let world = OnServer::begin();
    let store = world.store();
    let cutter = session(world.config()).await;
    let (is_over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let cuts = Arc::new(AtomicI64::new(0));
    let cutting = {
        let (is_over, done, cuts) = (Arc::clone(&is_over), Arc::clone(&done), Arc::clone(&cuts));
        tokio::spawn(async move {
            let mut seen = 0;
            while !is_over.load(Ordering::Relaxed) {
                // Not again before something was done: however slow the machine, it comes to an end.
                let now = done.load(Ordering::Relaxed);
                if now >= seen + 3 {
                    seen = now;
                    let cut = cutter.query_one(CUT, &[]).await.expect("a cut").get::<_, i64>(0);
                    cuts.fetch_add(cut, Ordering::Relaxed);
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        })
    };
    // However fast the machine, it goes on until connections were cut.
    const EACH: u64 = 60;
    const CUTS: i64 = 10;
    let lanes = ["bank-1", "bank-2", "bank-3", "bank-4"];
    let counting = lanes.map(|lane| {
        let (store, done, cuts) = (Arc::clone(&store), Arc::clone(&done), Arc::clone(&cuts));
        tokio::spawn(async move {
            let (mut counted, started) = (0, std::time::Instant::now());
            while counted < EACH || cuts.load(Ordering::Relaxed) <= CUTS {
                assert!(started.elapsed() < PATIENCE, "connections are not cut");
                assert!(count_one(&store, lane).await);
                done.fetch_add(1, Ordering::Relaxed);
                counted += 1;
            }
            (lane, counted)
        })
    });
    let mut all = Vec::new();
    for task in counting {
        all.push(task.await.expect("a counter"));
    }
    is_over.store(true, Ordering::Relaxed);
    cutting.await.expect("cuts");
    for (lane, counted) in all {
        let used = store.transact(move |tx| tx.quota_used(lane, date(2027, 4, 15))).await;
        assert_eq!(used.expect("a read").requests, counted, "{lane}");
    }
    assert_eq!(store.health().ailment, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_whose_connection_is_cut_makes_another() {
    let world = OnServer::begin();
    let store = world.store();
    let cutter = session(world.config()).await;
    for _ in 0..20 {
        cutter.query_one(CUT, &[]).await.expect("a cut");
        store.read(|reads| reads.last_event()).await.expect("a read over a new connection");
    }
}

/// A database that is made read-only is told, and used again once it can be written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_written_is_told_and_used_again() {
    let world = OnServer::begin();
    let store = world.store();
    let admin = session(world.config()).await;
    let name = world.config().get_dbname().expect("a name").to_owned();
    admin
        .batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"))
        .await
        .expect("read-only");
    admin.query_one(CUT, &[]).await.expect("a cut");
    let write = || {
        let change = Change::Lane(LaneChange::SpendQuota("bank".to_owned(), None, date(2027, 4, 15), 1));
        store.transact(move |tx| tx.write(&[change]))
    };
    let refused = write().await;
    assert!(matches!(refused, Err(StoreError::Failed { .. })), "{refused:?}");
    assert!(store.health().ailment.is_some());
    admin
        .batch_execute(&format!("SET default_transaction_read_only = off; ALTER DATABASE {name} RESET default_transaction_read_only"))
        .await
        .expect("writable");
    while write().await.is_err() {}
    assert_eq!(store.health().ailment, None);
}
