//! Commits whose outcome is not known: the connection is lost while a server commits that cannot be made to give it up, or that waits for
//! its standby; the server that is found afterwards has not what another process had committed.

use std::sync::Arc;

use chakong::domain::{Change, LaneChange};
use chakong::store::postgres::{Postgres, Server};
use chakong::store::{Ailment, Store, StoreError};
use jiff::civil::date;
use tokio_postgres::Client;

use crate::brokers::proxy::Proxy;
use crate::own_server::OwnServer;

/// Sessions of writers that wait for their commit.
const COMMITTING: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%COMMIT%'
                          AND application_name LIKE 'chakong-%' AND application_name NOT LIKE 'chakong-fleet-%'";

/// Counts one request, for as long as the store asks to hand it in again.
async fn count_one(store: Arc<dyn Store>) {
    loop {
        let change = Change::Lane(LaneChange::SpendQuota("bank".to_owned(), None, date(2027, 4, 15), 1));
        match store.transact(move |tx| tx.write(&[change])).await {
            Ok(()) => return,
            Err(StoreError::Again) => {}
            Err(error) if error.ails(Ailment::Unreachable) => {}
            Err(error) => panic!("the server is there: {error}"),
        }
    }
}

async fn is_committing(looking: &Client) -> bool {
    looking.query_one(COMMITTING, &[]).await.expect("an answer").get::<_, i64>(0) > 0
}

/// The new session comes while the old one still commits, and must not believe what stood there before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_goes_on_after_its_connection_was_lost_is_done_once() {
    const TURNS: u64 = 12;
    let server = OwnServer::slow_to_commit();
    let (proxy, looking) = (Proxy::before(server.port()).await, server.session("postgres").await);
    let mut config = tokio_postgres::Config::new();
    config.user("postgres").dbname("postgres").host("127.0.0.1").port(proxy.port);
    let (store, threads) = Postgres::open(&Server::new(config, None)).expect("a store");
    let mut cut = 0;
    for _ in 0..TURNS {
        let counting = tokio::spawn(count_one(Arc::clone(&store)));
        while !counting.is_finished() {
            if is_committing(&looking).await {
                proxy.cut();
                cut += 1;
                break;
            }
        }
        counting.await.expect("it is counted");
    }
    assert!(cut > TURNS / 2, "{cut} commits lost their connection");
    let used = store.transact(|tx| tx.quota_used("bank", date(2027, 4, 15))).await;
    assert_eq!(used.expect("a read").requests, TURNS);
    drop(store);
    threads.join();
}

fn of(port: u16) -> Server {
    let mut config = tokio_postgres::Config::new();
    config.user("postgres").dbname("postgres").host("127.0.0.1").port(port);
    Server::new(config, None)
}

/// Ends a session that waits for the standby, if there is one; which it was.
async fn end_waiting(looking: &Client) -> Option<i32> {
    let sql =
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name LIKE 'chakong-%'
               AND application_name NOT LIKE 'chakong-fleet-%'";
    let waiting = looking.query(sql, &[]).await.expect("an answer").first().map(|row| row.get(0))?;
    looking.query("SELECT pg_terminate_backend($1)", &[&waiting]).await.expect("its end");
    Some(waiting)
}

/// The server keeps what it committed and tells nobody: no standby has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_no_standby_has_is_not_acknowledged_whoever_ends_its_session() {
    let primary = OwnServer::start();
    let standby = OwnServer::standby_of(&primary).await;
    let (store, threads) = Postgres::open(&of(primary.port())).expect("a store");
    let looking = primary.session("postgres").await;
    // It writes without waiting for a standby, as the statements of who looks after a server do.
    looking.batch_execute("SET synchronous_commit = local").await.expect("a setting");
    count_one(Arc::clone(&store)).await;
    standby.kill();
    let counting = tokio::spawn(count_one(Arc::clone(&store)));
    let mut ended = std::collections::BTreeSet::new();
    while ended.len() < 3 {
        ended.extend(end_waiting(&looking).await);
        assert!(!counting.is_finished(), "nothing is acknowledged");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for sql in ["ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()"] {
        looking.batch_execute(sql).await.expect("no standby is waited for");
    }
    counting.await.expect("it is counted");
    let used = store.transact(|tx| tx.quota_used("bank", date(2027, 4, 15))).await;
    assert_eq!(used.expect("a read").requests, 2, "once each");
    drop(store);
    threads.join();
}

/// Nothing waits for this standby any more, and nothing reaches it.
async fn falls_behind(primary: &OwnServer, standby: &OwnServer) {
    primary.administer("ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf()").await;
    standby.administer("ALTER SYSTEM SET primary_conninfo = ''; SELECT pg_reload_conf()").await;
    while standby.number_in("postgres", "SELECT COUNT(*) FROM pg_stat_wal_receiver").await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Both can be written, and the first of the list is the wrong one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_lost_commits_is_left_for_the_one_behind_it_that_has_them() {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
    let primary = OwnServer::start();
    let standby = OwnServer::standby_of(&primary).await;
    let mut config = tokio_postgres::Config::new();
    config.user("postgres").dbname("postgres");
    for port in [standby.port(), primary.port()] {
        config.host("127.0.0.1").port(port);
    }
    let (store, threads) = Postgres::open(&Server::new(config, None)).expect("a store");
    count_one(Arc::clone(&store)).await;
    falls_behind(&primary, &standby).await;
    count_one(Arc::clone(&store)).await;
    tokio::task::block_in_place(|| standby.promote());
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'chakong%'";
    primary.administer(end).await;
    count_one(Arc::clone(&store)).await;
    let used = store.read(|reads| reads.quota_used("bank", date(2027, 4, 15))).await;
    assert_eq!(used.expect("a read").requests, 3);
    store.leases().want("clock");
    let held = async {
        while store.leases().held("clock").is_none() {
            store.leases().next_round(PATIENCE).await;
        }
    };
    tokio::time::timeout(PATIENCE, held).await.expect("leases are renewed there");
    drop(store);
    tokio::task::spawn_blocking(|| threads.join()).await.expect("its end");
}

/// It wrote nothing that was lost; what the other one wrote is gone all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_wrote_nothing_finds_out_that_the_others_commits_are_lost() {
    let primary = OwnServer::start();
    let standby = OwnServer::standby_of(&primary).await;
    let mut config = tokio_postgres::Config::new();
    config.user("postgres").dbname("postgres");
    for port in [primary.port(), standby.port()] {
        config.host("127.0.0.1").port(port);
    }
    let (writing, threads) = Postgres::open(&of(primary.port())).expect("a store");
    let (looking, more) = Postgres::open(&Server::new(config, None)).expect("a store");
    count_one(Arc::clone(&writing)).await;
    falls_behind(&primary, &standby).await;
    count_one(Arc::clone(&writing)).await;
    for _ in 0..2 {
        looking.leases().next_round(std::time::Duration::from_secs(60)).await;
    }
    primary.kill();
    tokio::task::block_in_place(|| standby.promote());
    // Whoever reads only must not show what was.
    let read = looking.read(|reads| reads.quota_used("bank", date(2027, 4, 15))).await;
    let read = read.expect_err("commits are lost");
    assert!(read.ails(Ailment::Behind), "{read}");
    let change = Change::Lane(LaneChange::SpendQuota("bank".to_owned(), None, date(2027, 4, 15), 1));
    let written = looking.transact(move |tx| tx.write(&[change])).await.expect_err("commits are lost");
    assert!(written.ails(Ailment::Behind) && written.to_string().contains("has lost commits"), "{written}");
    drop((writing, looking));
    tokio::task::spawn_blocking(|| (threads.join(), more.join())).await.expect("their end");
}

/// Two that count at the same time wait for one another, and read what stands there then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_isolation_that_a_server_has_as_its_own_is_not_the_stores() {
    const EACH: u64 = 60;
    let server = OwnServer::start();
    let strict =
        "ALTER SYSTEM SET default_transaction_isolation = 'repeatable read'; SELECT pg_reload_conf()";
    server.administer(strict).await;
    let (one, threads) = Postgres::open(&of(server.port())).expect("a store");
    let (other, more) = Postgres::open(&of(server.port())).expect("a store");
    count_one(Arc::clone(&one)).await;
    let many = |store: Arc<dyn Store>| {
        tokio::spawn(async move {
            for _ in 0..EACH {
                let change =
                    Change::Lane(LaneChange::SpendQuota("bank".to_owned(), None, date(2027, 4, 15), 1));
                store.transact(move |tx| tx.write(&[change])).await.expect("no race is lost");
            }
        })
    };
    let (first, second) = tokio::join!(many(Arc::clone(&one)), many(Arc::clone(&other)));
    first.and(second).expect("all are counted");
    let used = one.transact(|tx| tx.quota_used("bank", date(2027, 4, 15))).await;
    assert_eq!(used.expect("a read").requests, 2 * EACH + 1);
    drop((one, other));
    tokio::task::spawn_blocking(|| (threads.join(), more.join())).await.expect("their end");
}
