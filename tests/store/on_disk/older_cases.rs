//! Cases that an earlier version kept are found like those of today.

use std::sync::Arc;

use chakong::domain::{CaseId, CaseState, Change, IdKind, LaneChange, RawId, found_by};
use chakong::store::{CaseFilter, Store};
use rusqlite::Connection;

use crate::asked::with_terms;
use crate::samples::{NAME, NUMBER, day, raw, whole, write};
use crate::worlds::{OnDisk, World as _};

/// What came since cases are found by words that are kept short.
pub const LATER: &str = "DROP INDEX inquiries_of_court_by_created; DROP TABLE message_spans; DROP TABLE quota_shares;
    DROP TABLE relay_failures; ALTER TABLE desk DROP COLUMN carried; ALTER TABLE pauses DROP COLUMN until; ALTER TABLE looks DROP COLUMN shown;
    ALTER TABLE looks DROP COLUMN courts;";

/// What came beside it on a server.
pub const LATER_ON_A_SERVER: &str =
    "ALTER TABLE leases DROP COLUMN lapsed; ALTER TABLE replicas DROP COLUMN ahead;
    ALTER TABLE replicas DROP COLUMN apart;";

/// What the migrations made since cases are found by words, and their lines: taken back, the store is as an earlier version left it.
/// `place` is that of the first of them.
pub fn undo(place: usize) -> String {
    format!(
        "{LATER} DROP TABLE found_by; DROP INDEX inquiries_by_filing; ALTER TABLE inquiries DROP COLUMN filed_on;
         DROP INDEX cases_by_state; ALTER TABLE cases DROP COLUMN state; DELETE FROM migrations WHERE number >= {place};"
    )
}

/// Keeps a case with a day of filing.
pub async fn a_case_that_was_filed(store: &Arc<dyn Store>) -> CaseId {
    write(store, |tx| {
        let whole = with_terms(whole(&*tx, 1), |terms| terms["case"]["filed_on"] = "2026-02-10".into());
        tx.write(&whole.changes())?;
        Ok(whole.case.id)
    })
    .await
}

/// It is found by everything that its inquiry says.
pub async fn is_found(store: &Arc<dyn Store>, case: CaseId) {
    let most = || CaseFilter { limit: 9, ..CaseFilter::default() };
    let by = |word: Option<String>| CaseFilter { found_by: word.into_iter().collect(), ..most() };
    for filter in [
        by(found_by::of_party(NAME)),
        by(found_by::of_party(NUMBER)),
        by(found_by::of_officer("测试法官")),
        CaseFilter { filed: Some((day("2026-02-10"), day("2026-02-10"))), ..most() },
        CaseFilter { state: Some(CaseState::Open), ..most() },
    ] {
        let asked = filter.clone();
        let found = store.read(move |reads| reads.find_cases(&asked)).await.expect("a read");
        assert_eq!(found.iter().map(|row| row.case.id).collect::<Vec<_>>(), [case], "{filter:?}");
    }
}

#[tokio::test]
async fn cases_from_before_are_found_by_party_officer_day_and_state_after_the_migration() {
    let mut world = OnDisk::begin();
    let case = a_case_that_was_filed(&world.store()).await;
    world.close();
    let file = Connection::open(world.folder().join("chakong.sqlite")).expect("a file");
    let before = format!("CREATE INDEX orders_of_court ON orders (court); {}", undo(16));
    file.execute_batch(&before).expect("as it was before");
    drop(file);
    world.reopen();
    is_found(&world.store(), case).await;
}

#[tokio::test]
async fn messages_from_before_are_listed_after_the_migration() {
    let mut world = OnDisk::begin();
    let kept = write(&world.store(), |tx| {
        let id = RawId::new(tx.next(IdKind::Raw));
        let message = raw("bank-one", None, "QNA", b"of before");
        tx.write(&[Change::Lane(LaneChange::NewRaw(id, message, Vec::new()))])?;
        Ok(id)
    })
    .await;
    world.close();
    let file = Connection::open(world.folder().join("chakong.sqlite")).expect("a file");
    let before = format!("CREATE INDEX orders_of_court ON orders (court); {}", undo(16));
    file.execute_batch(&before).expect("as it was before");
    drop(file);
    world.reopen();
    let found = world.store().read(|reads| reads.messages_of("bank-one", None, 9)).await.expect("a read");
    assert_eq!(found.messages.iter().map(|one| one.id).collect::<Vec<_>>(), [kept]);
}
