//! Stores that are not opened, and processes that may not write any more.

use chakong::domain::{Change, LaneChange};
use chakong::store::copying::Side as _;
use chakong::store::marks::MOVED;
use chakong::store::postgres::{Postgres, Server, side};
use chakong::store::{Ailment, StoreError};
use tokio_postgres::Config;

use super::lost::{CUT, session};
use super::proxy::{Proxy, nowhere};
use crate::on_disk::older_cases::{LATER_ON_A_SERVER, undo};
use crate::samples::keep;
use crate::worlds::{OnServer, World as _, administer, test_server};

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
async fn one_that_was_restored_begins_alone_and_others_may_come_afterwards() {
    let world = OnServer::begin();
    let store = world.store();
    let server = Server::new(world.config(), None);
    let told = Postgres::open_restored(&server, &[]).map(drop).expect_err("a refusal").to_string();
    assert!(told.contains("another chakong works with this database"), "{told}");
    let (other, threads) = Postgres::open(&server).expect("a process beside it");
    assert_eq!(other.epoch(), store.epoch());
    drop(other);
    tokio::task::spawn_blocking(|| threads.join()).await.expect("its end");
    let mark = Change::Lane(LaneChange::Acknowledge("reader".to_owned(), 1));
    keep(&store, vec![mark]).await;
}

/// A process that was cut off for so long that another took over writes nothing when it comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_whose_store_was_taken_over_writes_nothing() {
    let world = OnServer::begin();
    let store = world.store();
    let admin = session(world.config()).await;
    admin.batch_execute("UPDATE writers SET fence = fence + 1").await.expect("another start");
    let mark = Change::Lane(LaneChange::Acknowledge("reader".to_owned(), 1));
    let outcome = store.transact(move |tx| tx.write(&[mark])).await;
    assert!(matches!(outcome, Err(StoreError::Failed { .. })), "{outcome:?}");
    let marks: i64 = admin.query_one("SELECT COUNT(*) FROM consumers", &[]).await.expect("an answer").get(0);
    assert_eq!(marks, 0);
    assert!(store.health().ailment.is_some());
}

/// A process that was cut off while somebody else had the database alone, or restored it, and comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_was_cut_off_writes_nothing_where_the_store_was_moved_away_or_restored_meanwhile() {
    for is_restored in [false, true] {
        let world = OnServer::begin();
        let store = world.store();
        let count = |number| Change::Lane(LaneChange::Acknowledge("reader".to_owned(), number));
        keep(&store, vec![count(1)]).await;
        let admin = session(world.config()).await;
        admin.query_one(CUT, &[]).await.expect("its sessions end");
        let config = world.config();
        let alone = move || {
            let server = Server::new(config, None);
            if is_restored {
                let (store, threads) = Postgres::open_restored(&server, &[]).expect("said to be restored");
                drop(store);
                return threads.join();
            }
            let mut side = side::OnServer::alone(&server).expect("nobody works there");
            side.set_info(MOVED, Some(br#"{"id":"a","place":"b","at":"2027-04-15T01:00:00Z"}"#))
                .expect("a mark");
        };
        tokio::task::spawn_blocking(alone).await.expect("its end");
        let written = store.transact(move |tx| tx.write(&[count(2)])).await.expect_err("it is shut out");
        assert!(written.ails(Ailment::Locked) && written.to_string().contains("shut out"), "{written}");
        let marks = admin.query_one("SELECT MAX(acknowledged) FROM consumers", &[]).await.expect("an answer");
        assert_eq!(marks.get::<_, i64>(0), 1);
    }
}

/// A name has letters that not every encoding has.
#[test]
fn a_database_that_keeps_texts_otherwise_is_refused_and_nothing_is_made_there() {
    let name = format!("chakong_{}", uuid::Uuid::new_v4().simple());
    let made = format!("CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
    administer(test_server(), made);
    let mut config = test_server();
    config.dbname(&name);
    let told = refused(config);
    assert!(told.contains("must keep them in UTF8"), "{told}");
    administer(test_server(), format!("DROP DATABASE {name} WITH (FORCE)"));
}

/// The version is that of the server as it says it, changed on the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_too_old_is_refused_and_nothing_is_made_there() {
    let name = format!("chakong_{}", uuid::Uuid::new_v4().simple());
    administer(test_server(), format!("CREATE DATABASE {name}"));
    let mut config = test_server();
    config.dbname(&name);
    let admin = session(config).await;
    let version = "SELECT CAST(current_setting('server_version_num') AS BIGINT)";
    let now: i64 = admin.query_one(version, &[]).await.expect("its version").get(0);
    let old = 110_022_i64;
    let proxy = Proxy::changing(Some((now.to_be_bytes().to_vec(), old.to_be_bytes().to_vec()))).await;
    let mut config = nowhere(&name);
    proxy.join(&mut config);
    let told = refused(config);
    assert!(told.contains("the server is PostgreSQL 11; chakong needs 12 or later"), "{told}");
    let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(admin.query_one(tables, &[]).await.expect("a count").get::<_, i64>(0), 0);
    drop(admin);
    administer(test_server(), format!("DROP DATABASE {name} WITH (FORCE)"));
}

/// A copy that was restored, a store whose content was moved away, and one into which a move was not finished are not worked on by
/// mistake; the first two are where somebody says that they are restored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_not_in_charge_is_refused_until_somebody_says_that_it_is_restored() {
    let mut world = OnServer::begin();
    world.close();
    let admin = session(world.config()).await;
    let mark = r#"{"id":"a","place":"db.court.example:5432/new","at":"2027-04-15T01:00:00Z"}"#;
    let marked = async |key: &str, value: &str| {
        let value = value.as_bytes();
        admin
            .execute("INSERT INTO store_info (key, value) VALUES ($1, $2)", &[&key, &value])
            .await
            .expect("a mark");
    };
    let restored = || Postgres::open_restored(&Server::new(world.config(), None), &[]);
    for (key, value, words) in [
        ("backup", "2027-04-15T01:00:00Z", "it is a backup that was made at 2027-04-15T01:00:00Z"),
        ("moved", mark, "was moved to db.court.example:5432/new at 2027-04-15T01:00:00Z"),
    ] {
        marked(key, value).await;
        let told = refused(world.config());
        assert!(told.contains(words) && told.contains("serve --restored"), "{told}");
        let epoch = |config: Config| {
            let (store, threads) = Postgres::open(&Server::new(config, None)).expect("in charge again");
            let epoch = store.epoch();
            drop(store);
            threads.join();
            epoch
        };
        let (store, threads) = restored().expect("said to be restored");
        let new = store.epoch();
        drop(store);
        threads.join();
        assert_eq!(epoch(world.config()), new, "once is enough");
    }
    marked("arriving", mark).await;
    let told = refused(world.config());
    assert!(told.contains("was begun and not finished") && told.contains("chakong store move"), "{told}");
    assert!(restored().is_err(), "a part is never restored");
}

/// A start of a newer version beside an older one that runs: the schema is not changed under it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_is_not_brought_up_to_date_under_a_process_of_an_older_version() {
    let mut world = OnServer::begin();
    administer(world.config(), format!("{LATER_ON_A_SERVER} {}", undo(7)));
    let told = refused(world.config());
    assert!(told.contains("a chakong of an older version still works with this database"), "{told}");
    let admin = session(world.config()).await;
    let applied = async || -> i64 {
        admin.query_one("SELECT COUNT(*) FROM migrations", &[]).await.expect("a count").get(0)
    };
    assert_eq!(applied().await, 7);
    // Its connections are cut: it is shut out when it comes back to write, and says so.
    let store = world.store();
    admin.query_one(CUT, &[]).await.expect("a cut");
    let (newer, threads) = Postgres::open(&Server::new(world.config(), None)).expect("alone");
    assert!(applied().await > 7);
    let mark = || Change::Lane(LaneChange::Acknowledge("reader".to_owned(), 1));
    let (ours, theirs) = (mark(), mark());
    let written = store.transact(move |tx| tx.write(&[ours])).await.expect_err("it is shut out");
    assert!(written.to_string().contains("shut out"), "{written}");
    // Others may come: the newer one has the database alone no more.
    newer.transact(move |tx| tx.write(&[theirs])).await.expect("a write");
    let (beside, more) = Postgres::open(&Server::new(world.config(), None)).expect("beside it");
    drop((newer, beside, store));
    world.close();
    tokio::task::spawn_blocking(|| (threads.join(), more.join())).await.expect("their end");
}

/// The locks of those who work with the database, and of whoever changes its schema.
const LOCKS: [i64; 2] = [0x6368_616b_6f6e_6777, 0x6368_616b_6f6e_6773];

/// Waits until so many processes wait for whoever changes the schema: they have asked for its lock, and got none.
async fn until_waiting(admin: &tokio_postgres::Client, processes: i64) {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name LIKE 'chakong-%' AND datname = current_database()
               AND state = 'idle' AND query = 'SELECT pg_try_advisory_lock($1)'";
    while admin.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0) < processes {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// Several that start together wait for the one that changes the schema, however long it takes, and find it changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_start_while_a_schema_is_brought_up_to_date_wait_for_its_end() {
    let mut world = OnServer::begin();
    world.close();
    administer(world.config(), format!("{LATER_ON_A_SERVER} {}", undo(7)));
    let admin = session(world.config()).await;
    let start =
        |config: Config| tokio::task::spawn_blocking(move || Postgres::open(&Server::new(config, None)));
    // Somebody changes it: those that come are not let in beside, or have the lock and wait behind.
    for held in [&LOCKS[1..], &LOCKS[..]] {
        for lock in held {
            admin.query("SELECT pg_advisory_lock($1)", &[lock]).await.expect("a lock");
        }
        let starting = [start(world.config()), start(world.config())];
        until_waiting(&admin, 2).await;
        admin.batch_execute("SELECT pg_advisory_unlock_all()").await.expect("its end");
        for one in starting {
            let (store, threads) = one.await.expect("an end").expect("it is let in");
            drop(store);
            tokio::task::spawn_blocking(|| threads.join()).await.expect("its end");
        }
    }
}
