//! A store that is older than what its counterparts' folders show does not start by itself, and goes on with new numbers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chakong::app::{App, BuildError, Opening, plugins};
use chakong::clock::SystemClock;
use chakong::config;
use chakong::domain::{
    Change, GivenNumber, IdKind, LaneChange, Measure, OrderId, OrderRecord, OrderState, ROWS_PER_EPOCH,
    TaskKind,
};
use chakong::engine::Engine;
use chakong::lifecycle::Tasks;
use chakong::store::memory::Memory;
use chakong::store::sqlite::Sqlite;
use chakong::store::{ActFilter, Store, number_ahead};
use tempfile::TempDir;

use crate::samples::{a_case, batch, control, keep, measure, write};

const BANK: &str = "E999H000000000007";

/// A gateway's folder: a configuration, and a bank on a parcel line.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let parcels = folder.path().join("parcels");
        let gateway = format!(
            "counterparts = \"counterparts\"\n[server]\nlisten = \"127.0.0.1:0\"\n[store]\ndirectory = \"data\"\n\
             [[keys]]\nname = \"tests\"\nsha256 = \"{}\"\nroles = [\"operations\"]\n",
            config::digest_of("an invented key").iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        );
        let bank = format!(
            "connector = \"court-bank\"\n[settings]\nbank_code = \"{BANK}\"\n[line]\nkind = \"parcel\"\n\
             outgoing = \"{0}/out\"\nincoming = \"{0}/in\"\narchive = \"{0}/archive\"\n",
            parcels.display()
        );
        std::fs::create_dir_all(folder.path().join("counterparts")).expect("a folder");
        std::fs::write(folder.path().join("chakong.toml"), gateway).expect("a file");
        std::fs::write(folder.path().join("counterparts/bank-one.toml"), bank).expect("a file");
        Self(folder)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Leaves a file where a bank's software or the archive keeps it.
    fn show(&self, folder: &str, kind: &str, batch: i64) -> String {
        let name = format!("{kind}{BANK}20260302{batch:022}.zip");
        let folder = self.path("parcels").join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(&name), "a package").expect("a file");
        name
    }

    async fn start(&self, opening: Opening) -> Result<(), BuildError> {
        let config = config::load(&self.path("chakong.toml"), &plugins()).expect("a configuration");
        // Built and not run: what is asked is whether it starts, and what it does before anything leaves.
        let started = App::build(config, opening, Tasks::default()).await.map(drop);
        self.is_closed();
        started
    }

    /// Returns once the threads of a store that was let go have closed its files.
    fn is_closed(&self) {
        let data = self.path("data");
        let is_open = || {
            let files = std::fs::read_dir("/proc/self/fd").expect("our files").filter_map(Result::ok);
            let mut paths = files.filter_map(|file| std::fs::read_link(file.path()).ok());
            paths.any(|path| path.starts_with(&data))
        };
        let began = tokio::time::Instant::now();
        while is_open() {
            assert!(began.elapsed().as_secs() < 60, "the store was not closed");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    fn open(&self) -> (Arc<dyn Store>, chakong::store::sqlite::SqliteThreads) {
        Sqlite::open(&self.path("data")).expect("the store")
    }
}

fn refusal(outcome: Result<(), BuildError>) -> String {
    let error = outcome.expect_err("it must not start");
    assert!(matches!(error, BuildError::Older { .. }), "{error}");
    error.to_string()
}

#[tokio::test]
async fn an_emptied_store_beside_an_archive_is_refused_until_an_operator_says_so() {
    let place = Place::new();
    place.start(Opening::Used).await.expect("nothing was ever sent");
    let name = place.show("archive/20260302", "CXFK", 4_711 * ROWS_PER_EPOCH + 3);
    for _ in 0..2 {
        let words = refusal(place.start(Opening::Used).await);
        assert!(
            words.contains(&name) && words.contains("bank-one") && words.contains("--restored"),
            "{words}"
        );
    }
    place.start(Opening::Restored).await.expect("an operator said so");
    place.start(Opening::Used).await.expect("what was seen is no news any more");
    let (store, _threads) = place.open();
    let known = store.read(|reads| reads.known_epochs()).await.expect("a read");
    assert!(known.contains(&4_711) && known.contains(&store.epoch()) && store.epoch() != 4_711, "{known:?}");
    // A number of the new epoch that this store never gave is news again.
    let name = place.show("out", "KZQQ", store.epoch() * ROWS_PER_EPOCH + 9);
    drop(store);
    assert!(refusal(place.start(Opening::Used).await).contains(&name));
}

/// A freeze of a new measure in a state.
async fn freeze(store: &Arc<dyn Store>, nth: i64, state: OrderState) -> OrderRecord {
    let whole = a_case(store, nth).await;
    write(store, move |tx| {
        let line = measure(&*tx, &whole);
        let waiting = control(&*tx, &line, nth);
        let order = OrderRecord { state, papers: Vec::new(), ..waiting };
        let line = Measure { order: Some(order.id), control: Some(order.id), ..line };
        let mut inquiry = whole.inquiry();
        inquiry.open_orders = 2;
        tx.write(&[
            Change::NewMeasure(Box::new(line)),
            Change::NewOrder(Box::new(order.clone())),
            Change::SaveInquiry(inquiry),
        ])?;
        Ok(order)
    })
    .await
}

async fn one_batch(store: &Arc<dyn Store>) -> i64 {
    let made = write(store, |tx| {
        let made = batch(&*tx, "bank-one");
        tx.write(&[Change::Lane(LaneChange::NewBatch(made.clone()))])?;
        Ok(made)
    });
    made.await.id.get()
}

async fn state(store: &Arc<dyn Store>, id: OrderId) -> OrderState {
    store.read(move |reads| reads.order(id)).await.expect("a read").expect("the order").state
}

fn copy(from: &Path, to: &Path) {
    std::fs::copy(from, to).map(drop).expect("a copy");
}

#[tokio::test]
async fn a_backup_goes_on_with_new_numbers_and_asks_about_every_control_under_way() {
    let place = Place::new();
    let (store, threads) = place.open();
    let epoch = store.epoch();
    let mut controls = Vec::new();
    for (nth, state) in
        (1..).zip([OrderState::Sending, OrderState::Awaiting, OrderState::Queued, OrderState::Answered])
    {
        controls.push(freeze(&store, nth, state).await);
    }
    let known = one_batch(&store).await;
    drop(store);
    threads.join();
    let (file, backup) = (place.path("data/chakong.sqlite"), place.path("backup.sqlite"));
    copy(&file, &backup);
    place.show("out", "KZQQ", known);
    place.start(Opening::Used).await.expect("what the folders show was given by this store");
    let (store, threads) = place.open();
    let later = one_batch(&store).await;
    drop(store);
    threads.join();
    place.show("in", "KZFK", later);
    place.start(Opening::Used).await.expect("this too");
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(place.path(&format!("data/chakong.sqlite{end}")));
    }
    copy(&backup, &file);
    let words = refusal(place.start(Opening::Used).await);
    assert!(words.contains("KZFK") && words.contains(&later.to_string()), "{words}");
    place.start(Opening::Restored).await.expect("an operator said so");
    let (store, threads) = place.open();
    assert!(store.epoch() > epoch);
    assert!(one_batch(&store).await > later, "no number is given twice");
    for (order, expected) in controls.iter().zip([
        OrderState::Undetermined,
        OrderState::Undetermined,
        OrderState::Undetermined,
        OrderState::Answered,
    ]) {
        assert_eq!(state(&store, order.id).await, expected, "a control that was {:?}", order.state);
    }
    let chains =
        store.read(|reads| reads.find_tasks(&chakong::store::TaskFilter { limit: 9, ..Default::default() }));
    let mut asked: Vec<Option<OrderId>> = chains
        .await
        .expect("a read")
        .into_iter()
        .filter(|task| task.kind == TaskKind::Resolve)
        .map(|task| task.order)
        .collect();
    asked.sort();
    assert_eq!(asked, controls[..3].iter().map(|order| Some(order.id)).collect::<Vec<_>>());
    let queries = store.read(|reads| reads.lane_counts("bank-one")).await.expect("a read");
    assert_eq!((queries.waiting, queries.undetermined), (4, 3), "queries are asked again as ever");
    // What a person decides afterwards stands: it is done once.
    let again = OrderRecord { state: OrderState::Queued, ..controls[0].clone() };
    keep(&store, vec![Change::MoveOrder(Box::new(again.clone()), OrderState::Undetermined)]).await;
    drop(store);
    threads.join();
    place.start(Opening::Used).await.expect("and it goes on");
    let (store, _threads) = place.open();
    assert_eq!(state(&store, again.id).await, OrderState::Queued);
    let filter = ActFilter { act: Some("restored".to_owned()), limit: 9, ..ActFilter::default() };
    let acts = store.read(move |reads| reads.find_acts(&filter)).await.expect("a read");
    assert_eq!(acts.len(), 1, "{acts:?}");
}

#[tokio::test]
async fn a_store_whose_number_a_counterpart_showed_does_not_start_again_until_an_operator_says_so() {
    let place = Place::new();
    let (store, threads) = place.open();
    freeze(&store, 1, OrderState::Awaiting).await;
    let rules = Arc::new(chakong::counterparts::Counterparts::new(Vec::new()));
    let engine = Engine::new(Arc::clone(&store), Arc::new(SystemClock), rules);
    let last = store.epoch() * ROWS_PER_EPOCH;
    let show = async |row: i64| {
        let number = format!("CK20260302{row:018}").parse().expect("a number");
        engine.shown("bank-one".to_owned(), number).await.expect("looked at");
    };
    show(last + 1).await;
    show(last - ROWS_PER_EPOCH + 88).await;
    assert_eq!(engine.older_than(), None, "it gave the one, and the other is of another epoch");
    show(last + 88).await;
    assert!(engine.older_than().is_some());
    drop((engine, store));
    threads.join();
    for _ in 0..2 {
        let error = place.start(Opening::Used).await.expect_err("it must not start");
        let words = error.to_string();
        assert!(matches!(error, BuildError::OlderThanAnswers { .. }), "{words}");
        assert!(words.contains("bank-one") && words.contains("--restored"), "{words}");
    }
    place.start(Opening::Restored).await.expect("an operator said so");
    place.start(Opening::Used).await.expect("and it goes on");
}

#[tokio::test]
async fn only_numbers_that_this_store_must_have_given_are_news() {
    let own = 4_711;
    let seen = |epoch: i64, row: i64| GivenNumber { kind: IdKind::Batch, row: epoch * ROWS_PER_EPOCH + row };
    let store: Arc<dyn Store> = Memory::new(own);
    let ahead = |store: &Arc<dyn Store>, numbers: Vec<GivenNumber>| {
        let (store, own) = (Arc::clone(store), store.epoch());
        async move { store.read(move |reads| number_ahead(reads, own, &numbers)).await.expect("a read") }
    };
    assert_eq!(ahead(&store, vec![]).await, None);
    for epoch in [0, 17, own, 900_000] {
        assert!(ahead(&store, vec![seen(epoch, 1)]).await.is_some(), "a new store gave nothing: {epoch}");
    }
    let last = one_batch(&store).await % ROWS_PER_EPOCH;
    assert_eq!(ahead(&store, vec![seen(own, last)]).await, None);
    assert_eq!(ahead(&store, vec![seen(own, last), seen(own, last + 1)]).await, Some(seen(own, last + 1)));
    assert_eq!(
        ahead(&store, vec![seen(17, 5), seen(900_000, 5), seen(0, 5)]).await,
        None,
        "another installation's"
    );
    let later = seen(own + 60, 1);
    assert_eq!(ahead(&store, vec![later]).await, Some(later), "a restoration that this store does not know");
    let order = GivenNumber { kind: IdKind::Order, ..seen(own, 1) };
    assert_eq!(ahead(&store, vec![order]).await, Some(order), "orders are counted by themselves");
}
