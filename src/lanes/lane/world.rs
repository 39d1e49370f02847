//! A lane on a store of its own, with a clock that stands until it is set.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

use super::super::context::Context;
use super::Lane;
use crate::clock::Clock;
use crate::config::{Problems, read_counterpart};
use crate::counterparts::Counterparts;
use crate::domain::people::Courts;
use crate::engine::{CurrentRules, Engine};
use crate::intake;
use crate::lifecycle::Tasks;
use crate::store::memory::Memory;
use crate::store::sqlite::Sqlite;
use crate::store::{Ailment, Health, ReadJob, Signals, Store, StoreError, Stored, WriteJob};

/// A clock that stands.
#[derive(Debug)]
pub(in crate::lanes) struct Standing(Mutex<Timestamp>);

impl Default for Standing {
    fn default() -> Self {
        Self(Mutex::new("2026-03-02T02:00:00Z".parse().expect("a time")))
    }
}

impl Standing {
    pub(in crate::lanes) fn pass(&self, time: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.checked_add(time).expect("a time");
    }

    pub(in crate::lanes) fn is_set_back(&self, time: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.checked_sub(time).expect("a time");
    }
}

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store whose next reads fail, as many as are said, and behind the lane's next one of which something happens.
pub(in crate::lanes) struct Moody {
    store: Arc<dyn Store>,
    failing: AtomicU32,
    behind: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl std::fmt::Debug for Moody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Moody").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Moody {
    pub(in crate::lanes) fn fail_reads(&self, times: u32) {
        self.failing.store(times, Ordering::SeqCst);
    }

    /// Has something happen when the lane's next read is done, before it hears of that.
    pub(in crate::lanes) fn behind_the_lanes_next_read(
        &self,
        happens: impl Future<Output = ()> + Send + 'static,
    ) {
        *self.behind.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::pin(happens));
    }
}

impl Store for Moody {
    fn queue_write(&self, job: Box<dyn WriteJob>) -> BoxFuture<'_, Stored<()>> {
        self.store.queue_write(job)
    }

    fn queue_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        let less = |left: u32| left.checked_sub(1);
        if self.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_err() {
            return self.store.queue_read(job);
        }
        let source = Arc::new(std::io::Error::other("the disk failed"));
        job.finish(Err(StoreError::Failed { step: "read", ailment: Ailment::Failing, source }));
        Box::pin(std::future::ready(Ok(())))
    }

    fn queue_lane_read(&self, job: Box<dyn ReadJob>) -> BoxFuture<'_, Stored<()>> {
        let happens = self.behind.lock().unwrap_or_else(PoisonError::into_inner).take();
        Box::pin(async move {
            self.store.queue_lane_read(job).await?;
            if let Some(happens) = happens {
                happens.await;
            }
            Ok(())
        })
    }

    fn epoch(&self) -> i64 {
        self.store.epoch()
    }

    fn signals(&self) -> &Signals {
        self.store.signals()
    }

    fn keyed_hash(&self, text: &[u8]) -> Vec<u8> {
        self.store.keyed_hash(text)
    }

    fn free_bytes(&self) -> Option<u64> {
        self.store.free_bytes()
    }

    fn health(&self) -> Health {
        self.store.health()
    }
}

/// A lane and what it works on.
pub(in crate::lanes) struct World {
    pub(in crate::lanes) lane: Arc<Lane>,
    pub(in crate::lanes) clock: Arc<Standing>,
    pub(in crate::lanes) store: Arc<Moody>,
    _folder: TempDir,
}

/// A bank on a parcel line in folders of a folder of the world, with `more` in its `[line]`.
pub(in crate::lanes) fn bank(more: &str) -> String {
    format!(
        "connector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"out\"\nincoming = \"in\"\n{more}\n\
         [settings]\nbank_code = \"E999H110000000004\"\n"
    )
}

impl World {
    /// The lane of the counterpart `name` that a file describes.
    pub(in crate::lanes) async fn open(name: &str, file: &str) -> Self {
        Self::open_beside(name, file, &[]).await
    }

    /// The same beside other counterparts, which have no lanes.
    pub(in crate::lanes) async fn open_beside(name: &str, file: &str, others: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _) = Sqlite::open(&folder.path().join("store")).expect("a store");
        Self::open_on(store, folder, name, file, others).await
    }

    /// The same on a store in memory, which does nothing beside what is asked of it.
    pub(in crate::lanes) async fn in_memory(name: &str, file: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::open_on(Memory::new(1), folder, name, file, &[]).await
    }

    async fn open_on(
        store: Arc<dyn Store>,
        folder: TempDir,
        name: &str,
        file: &str,
        others: &[(&str, &str)],
    ) -> Self {
        let mut problems = Problems::default();
        let files = others.iter().copied().chain([(name, file)]);
        let read = |(name, file): (&str, &str)| {
            let path = folder.path().join(format!("{name}.toml"));
            read_counterpart(&path, file, &crate::app::plugins(), &mut problems)
        };
        let configs: Vec<_> = files.filter_map(read).collect();
        assert!(problems.is_empty(), "{problems}");
        let clock = Arc::new(Standing::default());
        let moody = Arc::new(Moody { store, failing: AtomicU32::new(0), behind: Mutex::default() });
        let store: Arc<dyn Store> = Arc::<Moody>::clone(&moody);
        let counterparts = Arc::new(Counterparts::new(configs));
        let rules: Arc<dyn CurrentRules> = Arc::<Counterparts>::clone(&counterparts);
        let dynamic: Arc<dyn Clock> = Arc::<Standing>::clone(&clock);
        let context = Context {
            marks: Arc::default(),
            engine: Engine::new(Arc::clone(&store), Arc::clone(&dynamic), rules),
            store,
            clock: dynamic,
            registry: Arc::default(),
            terms: Arc::default(),
            counterparts: Arc::clone(&counterparts),
            tasks: Tasks::default(),
        };
        let config = counterparts.now().get(name).cloned().expect("the counterpart");
        let lane = Lane::open(config, context, crate::app::delivery_of).await.expect("a lane");
        Self { lane, clock, store: moody, _folder: folder }
    }

    /// Submits a query about an invented company.
    pub(in crate::lanes) async fn submit(&self) {
        submit_as("key-7", self.lane.shared().context.clone()).await;
    }

    /// The same of a court's case.
    pub(in crate::lanes) async fn submit_of(&self, court: &str, case: u32) {
        let number = format!("(2026)晋10执{case}号");
        submit_case(&number, (court, &number), self.lane.shared().context.clone()).await;
    }
}

/// Submits a query about an invented company under a key of its own.
pub(in crate::lanes) async fn submit_as(key: &str, context: Context) {
    submit_case(key, ("9910", "(2026)晋10执7号"), context).await;
}

/// The same of a case, which is a court's and has a number.
async fn submit_case(key: &str, (court, number): (&str, &str), context: Context) {
    let content = "JVBERi0xLjcgaW52ZW50ZWQ=";
    let image = json!({ "format": "jpg", "content": "/9j/4CBpbnZlbnRlZA==" });
    let body = json!({
        "case": {
            "number": number, "court_name": "临汾市测试中级人民法院", "court_code": court,
            "officers": [{ "name": "王测试", "work_certificate": "测法0000002", "enforcement_certificate": "测执0000002",
                           "work_image": image }],
        },
        "purpose": "enforcement",
        "parties": [{
            "reference": "debtor-7", "kind": "organisation", "name": "临汾测试矿业有限公司", "role": "judgment_debtor",
            "documents": [{ "kind": "uscc", "number": "91000000MADEM00112" }],
        }],
        "documents": [{
            "kind": "query_notice", "title": "（2026）晋10执7号", "number": "（2026）晋10执7号", "format": "pdf", "content": content,
        }],
    });
    let body = serde_json::to_vec(&body).expect("JSON");
    let submitter = intake::Submitter { name: "tests", is_officer: false, courts: &Courts::All };
    let (engine, counterparts, now) = (&context.engine, &context.counterparts, context.clock.now());
    intake::accept(engine, counterparts, submitter, key, &body, now).await.expect("accepted");
}
