//! A connection that is lost while the server commits, on a server that cannot be made to give a commit up.

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
        let change = Change::Lane(LaneChange::SpendQuota("bank".to_owned(), date(2027, 4, 15), 1));
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
    assert_eq!(used.expect("a read"), TURNS);
    drop(store);
    threads.join();
}
