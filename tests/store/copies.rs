//! What a store holds is copied into one of the other kind and is the same there, whatever is killed on the way.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use chakong::domain::{Change, EventType, LaneChange};
use chakong::store::copying::{Side, Value, compare, fill, pairs, sum};
use chakong::store::marks::Standing;
use chakong::store::moving::{MoveError, Moved, Terms, move_all};
use chakong::store::postgres::side::OnServer as DatabaseSide;
use chakong::store::postgres::{Postgres, Server};
use chakong::store::sqlite::Sqlite;
use chakong::store::sqlite::side::InFile;
use chakong::store::{Store, StoreError, Stored};
use jiff::civil::date;
use tempfile::TempDir;
use tokio_postgres::Config;

use crate::on_disk::privacy;
use crate::samples::{a_case, event, keep};
use crate::worlds::{OnServer, administer, test_server};

/// An empty database of its own.
struct Emptied(Config, String);

impl Emptied {
    fn new() -> Self {
        let name = format!("chakong_{}", uuid::Uuid::new_v4().simple());
        administer(test_server(), format!("CREATE DATABASE {name}"));
        let mut config = test_server();
        config.dbname(&name);
        Self(config, name)
    }

    fn server(&self) -> Server {
        Server::new(self.0.clone(), None)
    }

    fn side(&self) -> DatabaseSide {
        DatabaseSide::alone(&self.server()).expect("the database, alone")
    }
}

impl Drop for Emptied {
    fn drop(&mut self) {
        administer(test_server(), format!("DROP DATABASE {} WITH (FORCE)", self.1));
    }
}

/// Waits for databases outside of any runtime, as the commands do.
fn apart<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(run).join().expect("no panic"))
}

/// A store with a row in almost every table, closed.
async fn filled(folder: &Path) {
    let (store, threads) = Sqlite::open(folder).expect("a store");
    privacy::fill(&store).await;
    let inquiry = a_case(&store, 7).await.inquiry().id;
    let each = |number: i64| {
        let quota =
            LaneChange::SpendQuota(format!("bank-{number}"), Some("9910".to_owned()), date(2027, 4, 15), 3);
        [Change::Lane(quota), Change::NewEvent(event(inquiry, EventType::OrderFailed))]
    };
    keep(&store, (0..2_500).flat_map(each).collect()).await;
    drop(store);
    threads.join();
}

/// Every table with its rows.
fn rows_of(side: &mut dyn Side) -> Vec<(String, Vec<Vec<Value>>)> {
    let tables = side.tables().expect("its tables");
    tables
        .iter()
        .map(|table| {
            let mut rows = Vec::new();
            sum(side, table, &mut |row| {
                rows.push(row);
                Ok(())
            })
            .expect("its rows");
            (table.name.clone(), rows)
        })
        .collect()
}

fn terms(go_on: &dyn Fn() -> Stored<()>) -> Terms<'_> {
    Terms { id: "a-move", at: "2027-04-15T01:00:00Z", go_on }
}

const YES: &dyn Fn() -> Stored<()> = &|| Ok(());

/// Which of two stores may be worked on: by opening them as a daemon does.
fn in_charge(folder: &Path, database: &Emptied) -> (bool, bool) {
    let old = match Sqlite::open(folder) {
        Ok((store, threads)) => {
            drop(store);
            threads.join();
            true
        }
        Err(StoreError::MovedAway { .. }) => false,
        Err(error) => panic!("the old store: {error}"),
    };
    let new = match Postgres::open(&database.server()) {
        Ok((store, threads)) => {
            drop(store);
            threads.join();
            true
        }
        Err(StoreError::Arriving { .. }) => false,
        Err(error) => panic!("the new store: {error}"),
    };
    (old, new)
}

/// A table, a column, or a key that only one kind of store has would be left behind.
#[test]
fn both_kinds_of_store_have_the_same_tables_with_the_same_columns_and_keys() {
    let (folder, database) = (tempfile::tempdir().expect("a folder"), Emptied::new());
    apart(|| {
        let mut file = InFile::in_folder(folder.path()).expect("a file");
        let pairs = pairs(&mut file, &mut database.side()).expect("the same tables");
        assert!(pairs.len() > 20, "{}", pairs.len());
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_store_holds_is_the_same_row_by_row_on_the_server_and_back_in_a_file() {
    let (from, back, database) =
        (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"), Emptied::new());
    filled(from.path()).await;
    // Its log goes on far behind its last event.
    let (store, threads) = Sqlite::open_restored(from.path(), &[]).expect("the store");
    drop(store);
    threads.join();
    apart(|| {
        let mut old = InFile::of(from.path()).expect("the store");
        let mut new = database.side();
        let sums = fill(&mut old, &mut new, None, YES).expect("a copy");
        compare(&mut new, &sums, YES).expect("the same");
        let (theirs, ours) = (rows_of(&mut old), rows_of(&mut new));
        assert_eq!(theirs, ours);
        let total: usize = ours.iter().map(|(_, rows)| rows.len()).sum();
        assert!(total > 5_000, "more than one portion: {total}");
        let mut file = InFile::in_folder(back.path()).expect("a file");
        let sums = fill(&mut new, &mut file, None, YES).expect("a copy");
        compare(&mut file, &sums, YES).expect("the same");
        assert_eq!(rows_of(&mut file), theirs);
    });
    // Numbers go on where they were, in either.
    let (store, threads) = Sqlite::open(from.path()).expect("the old store");
    let expected = next_of(&store).await;
    drop(store);
    threads.join();
    let (store, threads) = Sqlite::open(back.path()).expect("the copy of the copy");
    assert_eq!(next_of(&store).await, expected);
    drop(store);
    threads.join();
    let (store, threads) = Postgres::open(&database.server()).expect("the new store");
    assert_eq!(next_of(&store).await, expected);
    let inquiry = a_case(&store, 8).await.inquiry().id;
    keep(&store, vec![Change::NewEvent(event(inquiry, EventType::OrderFailed))]).await;
    drop(store);
    threads.join();
}

/// Epoch, next numbers, the newest event, and the hash of some text.
async fn next_of(store: &Arc<dyn Store>) -> (i64, i64, i64, Vec<u8>) {
    let (order, event) = store
        .transact(|tx| Ok((tx.next(chakong::domain::IdKind::Order), tx.last_event()?)))
        .await
        .expect("numbers");
    (store.epoch(), order, event, store.keyed_hash(b"some text"))
}

/// Whatever is changed in the copy behind its back is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_in_which_anything_differs_is_refused() {
    let (from, database) = (TempDir::new().expect("a folder"), Emptied::new());
    filled(from.path()).await;
    let change = |sql: &str| administer(database.0.clone(), sql.to_owned());
    let sums = apart(|| {
        let mut old = InFile::of(from.path()).expect("the store");
        fill(&mut old, &mut database.side(), None, YES).expect("a copy")
    });
    for (harm, mend, table) in [
        (
            "UPDATE quotas SET requests = 4 WHERE lane = 'bank-9'",
            "UPDATE quotas SET requests = 3 WHERE lane = 'bank-9'",
            "quotas",
        ),
        (
            "UPDATE cases SET court_name = court_name || ' '",
            "UPDATE cases SET court_name = left(court_name, -1)",
            "cases",
        ),
        ("UPDATE events SET kind = -1 WHERE seq = 1", "", "events"),
        ("DELETE FROM orders WHERE id = (SELECT MAX(id) FROM orders)", "", "orders"),
    ] {
        change(harm);
        let told = apart(|| compare(&mut database.side(), &sums, YES)).expect_err(harm).to_string();
        assert!(told.contains(table) || mend.is_empty(), "{harm}: {told}");
        change(mend);
    }
}

/// A move that is ended at each of its steps leaves the old store in charge, and the same move begun again is finished.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_ended_at_any_step_leaves_one_store_in_charge_and_can_be_begun_again() {
    let (from, database) = (TempDir::new().expect("a folder"), Emptied::new());
    filled(from.path()).await;
    let mut ended = 0;
    let moved = loop {
        let steps = Cell::new(0);
        let go_on = || {
            steps.set(steps.get() + 1);
            if steps.get() > ended { Err(StoreError::Closed) } else { Ok(()) }
        };
        let outcome = move_here(from.path(), &database, &go_on);
        match outcome {
            Ok(moved) => break moved,
            Err(MoveError::Store(StoreError::Closed)) => {
                assert_eq!(in_charge(from.path(), &database), (true, false), "ended at step {ended}");
            }
            Err(error) => panic!("{error}"),
        }
        // Near to each other where tables are read, and on through the rest.
        ended += 1 + ended / 6;
    };
    assert!(ended > 10 && matches!(moved, Moved::Now(_)), "{ended}");
    assert_eq!(in_charge(from.path(), &database), (false, true));
    assert_eq!(move_here(from.path(), &database, YES).expect("again"), Moved::Before);
}

fn move_here(folder: &Path, database: &Emptied, go_on: &dyn Fn() -> Stored<()>) -> Result<Moved, MoveError> {
    // On this thread, whose runtime does not know of it.
    tokio::task::block_in_place(|| {
        let mut old = InFile::of(folder)?;
        move_all(&mut old, &mut database.side(), terms(go_on))
    })
}

/// Killed between the two last marks: the new one is in charge, and says so itself once the move is begun again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_killed_behind_its_switch_is_finished_and_never_taken_back() {
    let (from, database) = (TempDir::new().expect("a folder"), Emptied::new());
    filled(from.path()).await;
    let before = apart(|| rows_of(&mut InFile::of(from.path()).expect("the store")));
    assert!(matches!(move_here(from.path(), &database, YES), Ok(Moved::Now(_))));
    // As it stood before the last step.
    administer(database.0.clone(), "UPDATE store_info SET key = 'arriving' WHERE key = 'arrived'".to_owned());
    assert_eq!(in_charge(from.path(), &database), (false, false), "neither starts by itself");
    assert_eq!(move_here(from.path(), &database, YES).expect("the rest"), Moved::Finished);
    assert_eq!(in_charge(from.path(), &database), (false, true));
    assert_eq!(apart(|| rows_of(&mut database.side())), before);
    // Into another one it does not go a second time.
    let other = Emptied::new();
    let told = move_here(from.path(), &other, YES).expect_err("a refusal").to_string();
    assert!(told.contains("was moved to") && told.contains("is another one"), "{told}");
    assert_eq!(
        apart(|| {
            let mut side = other.side();
            Standing::by(|key| side.info(key)).expect("a look")
        }),
        Standing::default()
    );
}

/// Whatever an operator's slip: what may be in charge is not overwritten, and what another store began is left to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_in_which_another_one_arrived_is_not_overwritten_by_a_third() {
    let (from, third, database) =
        (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"), Emptied::new());
    filled(from.path()).await;
    filled(third.path()).await;
    let file = from.path().join("chakong.sqlite");
    let before = std::fs::read(&file).expect("a copy");
    // A move from the first one that ended half way is not gone on with from the third.
    let steps = Cell::new(0);
    let half = || {
        steps.set(steps.get() + 1);
        if steps.get() > 3 { Err(StoreError::Closed) } else { Ok(()) }
    };
    assert!(move_here(from.path(), &database, &half).is_err());
    let told = move_here(third.path(), &database, YES).expect_err("a refusal").to_string();
    assert!(told.contains("was begun at 2027-04-15") && told.contains("not finished"), "{told}");
    assert!(matches!(move_here(from.path(), &database, YES), Ok(Moved::Now(_))));
    // Killed behind the switch.
    administer(database.0.clone(), "UPDATE store_info SET key = 'arriving' WHERE key = 'arrived'".to_owned());
    let told = move_here(third.path(), &database, YES).expect_err("a refusal").to_string();
    assert!(told.contains("may be in charge") && told.contains("finish that move"), "{told}");
    // A copy of the first one from before, put back where it was, knows nothing of the move.
    let moved = std::fs::read(&file).expect("the moved one");
    std::fs::write(&file, before).expect("the copy");
    let told = move_here(from.path(), &database, YES).expect_err("a refusal").to_string();
    assert!(told.contains("may be in charge"), "{told}");
    std::fs::write(&file, moved).expect("the moved one");
    assert_eq!(move_here(from.path(), &database, YES).expect("the rest"), Moved::Finished);
    assert_eq!(in_charge(from.path(), &database), (false, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_not_moved_into_one_that_holds_something_nor_out_of_one_that_is_used() {
    let from = TempDir::new().expect("a folder");
    filled(from.path()).await;
    let mut used = OnServer::begin();
    let server = Server::new(used.config(), None);
    let into_used = || -> Result<Moved, MoveError> {
        tokio::task::block_in_place(|| {
            let mut to = DatabaseSide::alone(&server)?;
            move_all(&mut InFile::of(from.path())?, &mut to, terms(YES))
        })
    };
    let told = into_used().expect_err("somebody works on it").to_string();
    assert!(told.contains("another chakong works with this database"), "{told}");
    used.close();
    let told = into_used().expect_err("it is not empty").to_string();
    assert!(told.contains("holds a store already"), "{told}");
    let (store, threads) = Postgres::open(&server).expect("as it was");
    drop(store);
    threads.join();
}
