//! Several addresses of which one can be used.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chakong::domain::{Change, LaneChange};
use chakong::store::postgres::{Postgres, Server};
use chakong::store::{Ailment, Store, StoreError};
use jiff::civil::date;

use super::lost::session;
use super::proxy::{Proxy, nowhere};
use crate::worlds::OnServer;

fn spend() -> Change {
    Change::Lane(LaneChange::SpendQuota("bank".to_owned(), None, date(2027, 4, 15), 1))
}

async fn spent(store: &Arc<dyn Store>) -> u64 {
    let used = store.transact(|tx| tx.quota_used("bank", date(2027, 4, 15))).await;
    used.expect("a read").requests
}

/// The address that is in use goes away, again and again: work goes on over the other, and everything is done once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_over_another_address_when_the_one_in_use_goes_away() {
    let mut world = OnServer::begin();
    world.close();
    let (one, other) = (Proxy::start().await, Proxy::start().await);
    let mut config = nowhere(world.config().get_dbname().expect("a name"));
    one.join(&mut config);
    other.join(&mut config);
    let (store, threads) = Postgres::open(&Server::new(config, None)).expect("a store");
    let is_over = Arc::new(AtomicBool::new(false));
    let working = {
        let (store, is_over) = (Arc::clone(&store), Arc::clone(&is_over));
        tokio::spawn(async move {
            let mut done = 0;
            while !is_over.load(Ordering::SeqCst) {
                match store.transact(|tx| tx.write(&[spend()])).await {
                    Ok(()) => done += 1,
                    Err(StoreError::Again) => {}
                    Err(error) if error.ails(Ailment::Unreachable) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            done
        })
    };
    let mut seen = 0;
    for turn in 0..6 {
        let (away, there) = if turn % 2 == 0 { (&one, &other) } else { (&other, &one) };
        there.put_back();
        away.take_away();
        // Over the one that is left.
        loop {
            let used = store.read(|reads| reads.quota_used("bank", date(2027, 4, 15))).await;
            let now = used.unwrap_or_default().requests;
            if now > seen + 2 {
                seen = now;
                break;
            }
        }
    }
    is_over.store(true, Ordering::SeqCst);
    let done: u64 = working.await.expect("work");
    assert_eq!(spent(&store).await, done, "each was done once");
    assert_eq!(store.health().ailment, None);
    drop(store);
    threads.join();
}

/// A server that can only be read, as a standby, is no store: nothing can be written there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_can_only_be_read_is_refused() {
    let mut world = OnServer::begin();
    world.close();
    let admin = session(world.config()).await;
    let name = world.config().get_dbname().expect("a name").to_owned();
    let standby = format!("{name}_standby");
    admin
        .batch_execute(&format!(
            "CREATE ROLE {standby} LOGIN; ALTER ROLE {standby} SET default_transaction_read_only = on"
        ))
        .await
        .expect("somebody who only reads");
    // Alone it is refused: nothing can be written there.
    let mut config = world.config();
    config.user(&standby);
    let told = Postgres::open(&Server::new(config, None)).map(drop).expect_err("a refusal").to_string();
    assert!(told.contains("connect to the database"), "{told}");
    admin.batch_execute(&format!("DROP ROLE {standby}")).await.expect("gone");
}
