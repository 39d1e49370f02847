//! By what cases are found is kept short, taken over from a store that kept it long, and goes with its case.

use std::sync::Arc;

use chakong::domain::retention::Forget;
use chakong::domain::{Change, found_by};
use chakong::store::Store;
use rusqlite::{Connection, params};

use super::older_cases::{LATER, a_case_that_was_filed, is_found};
use crate::samples::{NAME, NUMBER, a_case, keep};
use crate::worlds::{OnDisk, World as _};

/// Whole keyed hashes of everything by which [`a_case_that_was_filed`] is found, as an earlier version kept them.
pub fn whole_words(store: &Arc<dyn Store>) -> Vec<Vec<u8>> {
    let words = [found_by::of_party(NAME), found_by::of_party(NUMBER), found_by::of_officer("测试法官")];
    words.into_iter().map(|word| store.keyed_hash(word.expect("a word").as_bytes())).collect()
}

/// A store is as the version left it that kept whole words and an index by inquiry; `place` is that of the migration since which it does
/// not.
pub fn undo(place: usize, bytes: &str, number: &str) -> String {
    format!(
        "{LATER} DROP TABLE found_by;
         CREATE TABLE found_by (word {bytes} NOT NULL, inquiry {number} NOT NULL, PRIMARY KEY (word, inquiry));
         CREATE INDEX found_by_inquiry ON found_by (inquiry); DELETE FROM migrations WHERE number >= {place};"
    )
}

fn file(world: &OnDisk) -> Connection {
    Connection::open(world.folder().join("chakong.sqlite")).expect("the file")
}

fn count(file: &Connection, sql: &str) -> i64 {
    file.query_row(sql, [], |row| row.get(0)).expect("a count")
}

#[tokio::test]
async fn words_that_an_earlier_version_kept_whole_are_shortened_and_find_the_same() {
    let mut world = OnDisk::begin();
    let case = a_case_that_was_filed(&world.store()).await;
    let words = whole_words(&world.store());
    world.close();
    let old = file(&world);
    let inquiry = count(&old, "SELECT id FROM inquiries");
    let before = format!("CREATE INDEX orders_of_court ON orders (court); {}", undo(17, "BLOB", "INTEGER"));
    old.execute_batch(&before).expect("as it was before");
    for word in &words {
        old.execute("INSERT INTO found_by VALUES (?1, ?2)", params![word, inquiry]).expect("a word");
    }
    drop(old);
    world.reopen();
    is_found(&world.store(), case).await;
    world.close();
    let now = file(&world);
    assert_eq!(count(&now, "SELECT COUNT(*) FROM found_by WHERE length(word) = 16"), 3);
    assert_eq!(count(&now, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'found_by_inquiry'"), 0);
}

#[tokio::test]
async fn words_go_with_their_case_even_where_nobody_can_read_what_it_asked() {
    let mut world = OnDisk::begin();
    let [gone, unreadable, stays] =
        [a_case(&world.store(), 1).await, a_case(&world.store(), 2).await, a_case(&world.store(), 3).await];
    world.close();
    let own = file(&world);
    let all = count(&own, "SELECT COUNT(*) FROM found_by");
    let spoilt = "UPDATE terms SET body = x'09' WHERE inquiry = ?1";
    own.execute(spoilt, [unreadable.inquiry().id.get()]).expect("a row that cannot be read");
    drop(own);
    world.reopen();
    for whole in [&gone, &unreadable] {
        keep(&world.store(), vec![Change::Forget(Forget::Chain(whole.chain.id))]).await;
    }
    world.close();
    let left = file(&world);
    assert!(all >= 9 && count(&left, "SELECT COUNT(*) FROM found_by") == all / 3);
    let own = format!("SELECT COUNT(*) FROM found_by WHERE case_id = {}", stays.case.id.get());
    assert_eq!(count(&left, &own), all / 3);
}
