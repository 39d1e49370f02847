//! A store that is damaged, deleted, locked, cut or read without end: told, and nothing acknowledged that is lost.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chakong::domain::{Change, EventDraft, EventType, IdKind, LaneChange, RawId};
use chakong::store::sqlite::Sqlite;
use chakong::store::{
    ActFilter, Ailment, CaseFilter, InquiryFilter, MeasureFilter, OrderFilter, Store, StoreError, Stored,
    TaskFilter,
};
use rusqlite::Connection;

use crate::samples::{Whole, a_case, event, found, keep, raw, revision, write};
use crate::worlds::{OnDisk, World as _};

fn file_of(world: &OnDisk) -> PathBuf {
    world.folder().join("chakong.sqlite")
}

async fn acknowledged(store: &Arc<dyn Store>) -> Stored<()> {
    let change = Change::Lane(LaneChange::Acknowledge("courts".to_owned(), 1));
    store.transact(move |tx| tx.write(&[change])).await
}

fn ails(outcome: &Stored<()>, ailment: Ailment) -> bool {
    outcome.as_ref().is_err_and(|error| error.ails(ailment))
}

#[tokio::test]
async fn what_is_written_to_deleted_files_is_not_acknowledged_and_they_may_come_back() {
    for end in ["", "-wal"] {
        let world = OnDisk::begin();
        let store = world.store();
        a_case(&store, 1).await;
        let file = world.folder().join(format!("chakong.sqlite{end}"));
        let aside = world.folder().join("aside");
        std::fs::rename(&file, &aside).expect("moved away");
        assert!(ails(&acknowledged(&store).await, Ailment::Gone), "{end}");
        assert_eq!(store.health().ailment, Some(Ailment::Gone));
        let read = store.read(|reads| reads.last_event()).await;
        assert!(read.is_err_and(|error| error.ails(Ailment::Gone)), "what is read will not be there");
        // Another file under the same name is not the same.
        std::fs::copy(&aside, &file).expect("a copy");
        assert!(ails(&acknowledged(&store).await, Ailment::Gone), "{end}");
        std::fs::rename(&aside, &file).expect("put back");
        acknowledged(&store).await.expect("it is the one that was opened");
        assert_eq!(store.health().ailment, None);
    }
}

#[tokio::test]
async fn a_look_finds_deleted_files_though_nothing_is_written() {
    let world = OnDisk::begin();
    let store = world.store();
    std::fs::remove_file(file_of(&world)).expect("removed");
    assert_eq!(store.health().ailment, Some(Ailment::Gone));
    let read = store.read(|reads| reads.last_event()).await;
    assert!(read.is_err_and(|error| error.ails(Ailment::Gone)));
}

#[tokio::test]
async fn a_store_that_another_process_holds_is_told_and_works_again_when_it_is_let_go() {
    let world = OnDisk::begin();
    let store = world.store();
    let other = Connection::open(file_of(&world)).expect("the file");
    other.execute_batch("BEGIN EXCLUSIVE").expect("held");
    let held = acknowledged(&store).await;
    assert!(ails(&held, Ailment::Locked), "{held:?}");
    assert_eq!(store.health().ailment, Some(Ailment::Locked));
    assert!(store.read(|reads| reads.last_event()).await.is_ok(), "what stands can be read");
    other.execute_batch("ROLLBACK").expect("let go");
    acknowledged(&store).await.expect("a commit");
    assert_eq!(store.health().ailment, None);
}

/// A copy as it stands while the store is open: what a machine finds that lost its power.
fn copied(world: &OnDisk, ends: &[&str]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for end in ends {
        let name = format!("chakong.sqlite{end}");
        std::fs::copy(world.folder().join(&name), copy.path().join(&name)).expect("a copy");
    }
    copy
}

/// The pages of a table, from 1.
fn pages_of(world: &OnDisk, table: &str) -> Vec<u32> {
    let file = Connection::open(file_of(world)).expect("the file");
    let mut query = file.prepare("SELECT pageno FROM dbstat WHERE name = ?1").expect("a query");
    let pages = query.query_map([table], |row| row.get(0)).expect("rows").collect::<Result<Vec<u32>, _>>();
    pages.expect("pages")
}

/// Overwrites the first bytes of pages.
fn spoil(file: &Path, pages: &[u32]) {
    let mut file = std::fs::OpenOptions::new().write(true).open(file).expect("the file");
    assert!(!pages.is_empty(), "there are pages to spoil");
    for page in pages {
        file.seek(SeekFrom::Start(u64::from(page - 1) * 8192)).expect("a place");
        file.write_all(&[0xA5; 48]).expect("written");
    }
}

/// A store with rows in its file, open.
async fn filled() -> OnDisk {
    let mut world = OnDisk::begin();
    for nth in 0..20 {
        a_case(&world.store(), nth).await;
    }
    world.reopen();
    world
}

fn refused(folder: &Path) -> String {
    let error = Sqlite::open(folder).expect_err("it must not open");
    assert!(matches!(error, StoreError::Failed { .. }), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn pages_are_checked_after_an_end_that_was_none_and_damage_is_told() {
    let world = filled().await;
    let whole = copied(&world, &["", "-wal"]);
    drop(Sqlite::open(whole.path()).expect("it is whole"));
    let spoilt = copied(&world, &["", "-wal"]);
    spoil(&spoilt.path().join("chakong.sqlite"), &pages_of(&world, "terms"));
    let words = refused(spoilt.path());
    // The findings, or that the check itself came upon the damage.
    let is_told = words.contains("page") || words.contains("malformed");
    assert!(words.contains("check it after a run that did not close it") && is_told, "{words}");
    let no_store = tempfile::tempdir().expect("a folder");
    std::fs::write(no_store.path().join("chakong.sqlite"), [0xA5; 20_000]).expect("written");
    assert!(refused(no_store.path()).contains("not a database"));
}

#[tokio::test]
async fn commits_that_are_lost_with_their_log_are_told_at_the_start() {
    let world = filled().await;
    let cut = copied(&world, &[""]);
    let words = refused(cut.path());
    assert!(words.contains("-wal is missing"), "{words}");
    let (store, threads) = Sqlite::open_restored(cut.path(), &[]).expect("an operator said so");
    drop(store);
    threads.join();
    drop(Sqlite::open(cut.path()).expect("it was closed since"));
    let headless = copied(&world, &["-wal"]);
    assert!(refused(headless.path()).contains("chakong.sqlite is missing"));
    assert!(headless.path().join("chakong.sqlite-wal").exists(), "and nothing is thrown away");
}

type Spoil = (&'static str, fn(&Path));

/// Ways to spoil a log that is open.
const SPOILS: [Spoil; 3] = [
    ("cut to nothing", |log| {
        std::fs::OpenOptions::new().write(true).open(log).expect("the log").set_len(0).expect("cut")
    }),
    ("cut in the middle", |log| {
        let log = std::fs::OpenOptions::new().write(true).open(log).expect("the log");
        let length = log.metadata().expect("its length").len();
        log.set_len(length / 2).expect("cut");
    }),
    ("without its beginning", |log| spoil(log, &[1])),
];

#[tokio::test]
async fn a_log_that_is_cut_or_overwritten_while_it_is_open_is_told_and_never_folded_in() {
    for (what, spoil) in SPOILS {
        let mut world = OnDisk::begin();
        let store = world.store();
        for nth in 0..3 {
            a_case(&store, nth).await;
        }
        let file = std::fs::read(file_of(&world)).expect("the file");
        spoil(&world.folder().join("chakong.sqlite-wal"));
        for _ in 0..2 {
            let outcome = acknowledged(&store).await;
            assert!(ails(&outcome, Ailment::Damaged), "{what}: {outcome:?}");
        }
        assert_eq!(store.health().ailment, Some(Ailment::Damaged), "{what}");
        drop(store);
        world.close();
        let after = std::fs::read(file_of(&world)).expect("the file");
        assert!(file == after, "{what}: what is whole stays whole");
    }
}

#[tokio::test]
async fn a_log_whose_beginning_is_lost_is_told_at_the_start() {
    let world = OnDisk::begin();
    a_case(&world.store(), 1).await;
    let copy = copied(&world, &["", "-wal"]);
    spoil(&copy.path().join("chakong.sqlite-wal"), &[1]);
    let words = refused(copy.path());
    assert!(words.contains("the beginning of chakong.sqlite-wal"), "{words}");
    drop(Sqlite::open_restored(copy.path(), &[]).expect("an operator said so"));
}

#[tokio::test]
async fn damage_that_is_met_while_it_runs_stops_every_write() {
    let world = filled().await;
    let store = world.store();
    acknowledged(&store).await.expect("a commit");
    spoil(&file_of(&world), &pages_of(&world, "orders"));
    let read = store
        .read(|reads| reads.find_orders(&chakong::store::OrderFilter { limit: 99, ..Default::default() }));
    let read = read.await.map(drop);
    assert!(ails(&read, Ailment::Damaged), "{read:?}");
    assert_eq!(store.health().ailment, Some(Ailment::Damaged));
    assert!(ails(&acknowledged(&store).await, Ailment::Damaged), "writing would make it worse");
}

/// Three cases, each with an answer in the log.
async fn answered(store: &Arc<dyn Store>) -> Vec<Whole> {
    let mut all = Vec::new();
    for nth in 0..3 {
        let whole = a_case(store, nth).await;
        let told = EventDraft {
            order: Some(whole.order.id),
            revision: Some(1),
            data: None,
            ..event(whole.inquiry().id, EventType::OrderAnswered)
        };
        let answer = revision(&whole.order, 1, &found("8.40"));
        keep(store, vec![Change::NewRevision(Box::new(answer)), Change::NewEvent(told)]).await;
        all.push(whole);
    }
    all
}

#[tokio::test]
async fn one_row_that_cannot_be_read_blocks_no_other() {
    let world = OnDisk::begin();
    let store = world.store();
    let all = answered(&store).await;
    let other = Connection::open(file_of(&world)).expect("the file");
    let spoil = |sql: &str| assert_eq!(other.execute(sql, [all[1].order.id.get()]).expect("spoilt"), 1);
    spoil("UPDATE revisions SET answer = x'0042' WHERE root = ?1");
    spoil("UPDATE orders SET instruction = x'ff' WHERE id = ?1");
    let page = store.read(|reads| reads.page_after(0, 9)).await.expect("a page");
    let kinds: Vec<_> = page.iter().map(|row| (row.event.seq, row.event.kind)).collect();
    let (fine, lost) = (EventType::OrderAnswered, EventType::ResultUnreadable);
    assert_eq!(kinds, [(1, fine), (2, lost), (3, fine)]);
    assert_eq!(page[1].event.inquiry_uid, all[1].inquiry().uid, "whose it was can be read");
    let now = crate::samples::at(100);
    let due = store
        .read(move |reads| reads.due_orders("bank-one", now, 2, &Default::default(), &Default::default()))
        .await;
    let due: Vec<_> = due.expect("due orders").into_iter().map(|order| order.id).collect();
    assert_eq!(due, [all[0].order.id, all[2].order.id]);
    assert!(store.health().unreadable >= 2);
    assert_eq!(store.health().ailment, None, "rows, not pages");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_passed_over_in_every_list_and_pages_are_no_shorter() {
    let world = OnDisk::begin();
    let store = world.store();
    let all = answered(&store).await;
    for whole in &all {
        let whole = whole.clone();
        write(&store, move |tx| {
            let measure = crate::samples::measure(&*tx, &whole);
            let task = crate::samples::task(&*tx, &whole, chakong::domain::TaskKind::NotifyDebtor, 9);
            let line = chakong::domain::AuditEntry {
                at: crate::samples::at(9),
                actor: "tests".to_owned(),
                act: "look".to_owned(),
                subject: measure.id.to_string(),
                reason: "测试".to_owned(),
                detail: Some(serde_json::json!({ "seen": true })),
                refused: None,
            };
            tx.write(&[Change::NewMeasure(Box::new(measure)), Change::NewTask(task), Change::Audit(line)])
        })
        .await;
    }
    let other = Connection::open(file_of(&world)).expect("the file");
    for sql in [
        "UPDATE orders SET instruction = x'ff' WHERE id = (SELECT MAX(id) FROM orders)",
        "UPDATE measures SET body = x'ff' WHERE id = (SELECT MAX(id) FROM measures)",
        "UPDATE tasks SET kind = 'no such kind' WHERE id = (SELECT MIN(id) FROM tasks)",
        "UPDATE acts SET detail = x'ff' WHERE id = (SELECT MAX(id) FROM acts)",
        "UPDATE chains SET claim = '{' WHERE id = (SELECT MAX(id) FROM chains)",
        "UPDATE inquiries SET state = 99 WHERE id = (SELECT MAX(id) FROM inquiries)",
    ] {
        assert_eq!(other.execute(sql, []).expect(sql), 1, "{sql}");
    }
    let before = store.health().unreadable;
    let found = store.read(|reads| {
        let limit = 2;
        Ok([
            ("orders", reads.find_orders(&OrderFilter { limit, ..Default::default() })?.len()),
            ("measures", reads.find_measures(&MeasureFilter { limit, ..Default::default() })?.len()),
            ("tasks", reads.find_tasks(&TaskFilter { limit, ..Default::default() })?.len()),
            ("acts", reads.find_acts(&ActFilter { limit, ..Default::default() })?.len()),
            ("cases", reads.find_cases(&CaseFilter { limit, ..Default::default() })?.len()),
            ("inquiries", reads.find_inquiries(&InquiryFilter { limit, ..Default::default() })?.len()),
        ])
    });
    for (list, count) in found.await.expect("the lists") {
        assert_eq!(count, 2, "{list}: the two that can be read");
    }
    assert_eq!(store.health().unreadable - before, 6, "each is told");
}

#[tokio::test]
async fn an_order_that_cannot_be_read_keeps_no_other_from_its_deadline() {
    let world = OnDisk::begin();
    let store = world.store();
    let all = answered(&store).await;
    let other = Connection::open(file_of(&world)).expect("the file");
    other
        .execute("UPDATE orders SET instruction = x'ff' WHERE id = ?1", [all[0].order.id.get()])
        .expect("spoilt");
    let clock = crate::engines::SetClock::at(crate::samples::at(0));
    let engine = crate::engines::engine(&store, &clock);
    clock.set_by(crate::engines::days(3));
    assert!(!engine.do_what_is_due().await.expect("the others are done"), "it does not look again at once");
    for whole in &all[1..] {
        let id = whole.order.id;
        let order = store.read(move |reads| reads.order(id)).await.expect("a read").expect("the order");
        assert_eq!(order.state, chakong::domain::OrderState::Overdue);
    }
}

#[tokio::test]
async fn the_log_shrinks_again_when_nobody_reads_the_file_any_more() {
    const MIB: u64 = 1 << 20;
    let world = OnDisk::begin();
    let store = world.store();
    let other = Connection::open(file_of(&world)).expect("the file");
    other.execute_batch("BEGIN; SELECT COUNT(*) FROM chains").expect("a reader without end");
    let large = async |count: u64| {
        for _ in 0..count {
            write(&store, |tx| {
                let id = RawId::new(tx.next(IdKind::Raw));
                let mut message = raw("bank-one", None, "CXFK.zip", b"");
                message.bytes = chakong::domain::Blob::stored(vec![0; 4 << 20]);
                tx.write(&[Change::Lane(LaneChange::NewRaw(id, message, Vec::new()))])
            })
            .await;
        }
    };
    large(36).await;
    let grown = store.health().wal_bytes.expect("its size");
    assert!(grown > 140 * MIB, "{grown}");
    other.execute_batch("COMMIT").expect("the reader ends");
    large(9).await;
    let shrunk = store.health().wal_bytes.expect("its size");
    assert!(shrunk <= 72 * MIB, "{shrunk}");
}
