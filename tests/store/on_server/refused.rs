//! Stores that are not opened, and processes that may not write any more.

use chakong::domain::{Change, LaneChange};
use chakong::store::StoreError;
use chakong::store::postgres::{Postgres, Server};
use tokio_postgres::Config;

use super::lost::session;
use crate::samples::keep;
use crate::worlds::{OnServer, World as _, test_server};

fn refused(config: Config) -> String {
    Postgres::open(&Server::new(config, None)).map(drop).expect_err("a refusal").to_string()
}

#[test]
fn what_is_wrong_with_an_address_is_told_in_a_sentence() {
    let mut unknown = test_server();
    unknown.dbname("no_such_database");
    let told = refused(unknown);
    assert!(told.contains("\"no_such_database\" does not exist"), "{told}");
    let mut stranger = test_server();
    stranger.user("guarded").password("wrong");
    let told = refused(stranger);
    assert!(told.contains("password authentication failed") && !told.contains("wrong"), "{told}");
    let told = refused("postgres://a@127.0.0.1:1/b".parse().expect("an address"));
    assert!(told.contains("connect"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_is_newer_or_another_is_refused() {
    let mut world = OnServer::begin();
    world.close();
    let admin = session(world.config()).await;
    admin.batch_execute("INSERT INTO migrations VALUES (9000, '')").await.expect("a newer schema");
    let told = refused(world.config());
    assert!(told.contains("newer version of chakong"), "{told}");
    admin
        .batch_execute("DELETE FROM migrations WHERE number = 9000; UPDATE migrations SET checksum = ''")
        .await
        .expect("another");
    let told = refused(world.config());
    assert!(told.contains("migration 1 differs"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_at_a_time_works_on_a_database() {
    let world = OnServer::begin();
    let store = world.store();
    let told = refused(world.config());
    assert!(told.contains("another chakong works with this database"), "{told}");
    let mark = Change::Lane(LaneChange::Acknowledge("reader".to_owned(), 1));
    keep(&store, vec![mark]).await;
}

/// A process that was cut off for so long that another took over writes nothing when it comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_whose_store_was_taken_over_writes_nothing() {
    let world = OnServer::begin();
    let store = world.store();
    let admin = session(world.config()).await;
    admin.batch_execute("UPDATE replicas SET fence = fence + 1").await.expect("another start");
    let mark = Change::Lane(LaneChange::Acknowledge("reader".to_owned(), 1));
    let outcome = store.transact(move |tx| tx.write(&[mark])).await;
    assert!(matches!(outcome, Err(StoreError::Failed { .. })), "{outcome:?}");
    let marks: i64 = admin.query_one("SELECT COUNT(*) FROM consumers", &[]).await.expect("an answer").get(0);
    assert_eq!(marks, 0);
    assert!(store.health().ailment.is_some());
}
