//! A gateway's engine with simulated counterparts on real lines, in this process and in a folder of its own.

#[path = "database.rs"]
pub mod database;
#[path = "ports.rs"]
mod ports;
#[path = "submissions.rs"]
mod submissions;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chakong::app::{delivery_of, plugins};
use chakong::clock::{Clock, SystemClock};
use chakong::config::{ListenerConfig, Problems, Proxies, read_counterpart};
use chakong::counterparts::Counterparts;
use chakong::domain::decide::{Act, ActInput, ActOutcome};
use chakong::domain::people::Courts;
use chakong::domain::{
    Actor, AuditEntry, ChainId, Inquiry, InquiryId, Measure, MeasureId, OrderRecord, Pause,
};
use chakong::engine::{CurrentRules, Engine, InputError, run_clock};
use chakong::intake;
use chakong::lanes::{Context, LaneRegistry, PostboxService, RecentTerms, supervise};
use chakong::lifecycle::Tasks;
use chakong::lines::postbox;
use chakong::sandbox::{Hosted, host};
use chakong::store::postgres::{Postgres, Server};
use chakong::store::sqlite::Sqlite;
use chakong::store::{EventRecord, Store};
use serde_json::Value;
use tempfile::TempDir;

pub use self::ports::reserved_port;

use database::database_for;
pub use submissions::*;

/// Longest that anything may take here.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A counterpart of a test: its file without the line, and its script; without a script (null) nobody plays it.
pub struct Played {
    pub name: &'static str,
    pub file: String,
    pub script: Value,
}

/// A bank on a parcel line.
pub fn bank(name: &'static str, code: &str, script: Value) -> Played {
    let file = format!("connector = \"court-bank\"\n[settings]\nbank_code = \"{code}\"\n");
    Played { name, file, script }
}

/// Path of the postbox in tests; every bank calls the same.
pub const POSTBOX: &str = "/ckwWebService/SyyhConvertData";
/// Password of every bank that calls.
pub const PASSWORD: &str = "invented-password";

/// A bank that calls the postbox, with the account `YH` and its number.
pub fn calling_bank(name: &'static str, number: u32, script: Value) -> Played {
    let file = format!(
        "connector = \"court-bank\"\n[settings]\nbank_code = \"{}\"\naccount = \"YH{number:06}\"\n\
         password = {{ file = \"../password\" }}\n[line]\nkind = \"postbox\"\npath = \"{POSTBOX}\"\n",
        bank_code(number)
    );
    Played { name, file, script }
}

/// A registry on a call line.
pub fn realty(name: &'static str, script: Value) -> Played {
    let file = "connector = \"court-realty\"\n[settings]\namount_unit = \"yuan\"\n".to_owned();
    Played { name, file, script }
}

/// A bank's code for a number.
pub fn bank_code(number: u32) -> String {
    format!("E999H{number:012}")
}

pub struct World {
    pub folder: TempDir,
    pub store: Arc<dyn Store>,
    pub engine: Engine,
    pub counterparts: Arc<Counterparts>,
    pub board: Arc<LaneRegistry>,
    pub hosted: Hosted,
    pub postbox: std::net::SocketAddr,
    pub clock: Arc<Ahead>,
    pub tasks: Tasks,
    sandboxes: Tasks,
}

/// The machine's clock, and so much ahead of it as a test says: days pass when they are told to.
#[derive(Debug, Default)]
pub struct Ahead(std::sync::atomic::AtomicI64);

impl Ahead {
    pub fn pass(&self, hours: i64) {
        self.0.fetch_add(hours, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> jiff::Timestamp {
        let ahead = jiff::SignedDuration::from_hours(self.0.load(std::sync::atomic::Ordering::SeqCst));
        SystemClock.now().checked_add(ahead).expect("a time")
    }
}

/// Writes a counterpart's file with its line.
pub fn write_counterpart(folder: &Path, played: &Played) {
    let parcels = folder.join("parcels").join(played.name);
    std::fs::write(folder.join("password"), PASSWORD).expect("the password");
    let line = match (played.file.contains("[line]"), played.file.contains("court-bank")) {
        (true, _) => String::new(),
        (false, true) => format!(
            "[line]\nkind = \"parcel\"\noutgoing = \"{0}/out\"\nincoming = \"{0}/in\"\narchive = \"{0}/archive\"\npoll = \"20ms\"\nhalf_file = \"100ms\"\n",
            parcels.display()
        ),
        (false, false) => format!(
            "[line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:{}\"\ntimeout = \"1s\"\n[retry.query]\ninitial = \"20ms\"\n",
            reserved_port()
        ),
    };
    let path = folder.join("counterparts").join(format!("{}.toml", played.name));
    std::fs::write(path, format!("{}{line}", played.file)).expect("the counterpart's file");
}

fn scripted(played: &Played) -> (String, Value) {
    (played.name.to_owned(), played.script.clone())
}

/// The store of a folder, or the database that stands for it.
fn open_store(folder: &Path) -> Arc<dyn Store> {
    match database_for(folder) {
        Some(config) => Postgres::open(&Server::new(config, None)).expect("a store").0,
        None => Sqlite::open(folder).expect("a store").0,
    }
}

impl World {
    pub async fn start(played: Vec<Played>) -> Self {
        let _ = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_test_writer()
            .try_init();
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("counterparts")).expect("a folder");
        let mut problems = Problems::default();
        let mut configs = Vec::new();
        for each in &played {
            write_counterpart(folder.path(), each);
            let path = folder.path().join("counterparts").join(format!("{}.toml", each.name));
            let text = std::fs::read_to_string(&path).expect("the file");
            configs.extend(read_counterpart(&path, &text, &plugins(), &mut problems));
        }
        assert!(problems.is_empty(), "{problems}");
        let ahead = Arc::new(Ahead::default());
        let clock: Arc<dyn Clock> = Arc::<Ahead>::clone(&ahead);
        let (sandboxes, tasks) = (Tasks::default(), Tasks::default());
        let scripts: BTreeMap<String, Value> =
            played.iter().filter(|each| !each.script.is_null()).map(scripted).collect();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a postbox");
        let postbox = listener.local_addr().expect("its address");
        let hosted = host(&configs, &scripts, Some(postbox), &sandboxes, &clock).await.expect("hosted");
        let store = open_store(&folder.path().join("data"));
        let counterparts = Arc::new(Counterparts::new(configs));
        let board = Arc::new(LaneRegistry::default());
        let rules: Arc<dyn CurrentRules> = Arc::<Counterparts>::clone(&counterparts);
        let engine = Engine::new(Arc::clone(&store), Arc::clone(&clock), rules);
        let context = Context {
            store: Arc::clone(&store),
            engine: engine.clone(),
            clock,
            registry: Arc::clone(&board),
            terms: Arc::new(RecentTerms::default()),
            counterparts: Arc::clone(&counterparts),
            marks: Arc::default(),
            tasks: tasks.clone(),
        };
        let (is_ready, ready) = tokio::sync::oneshot::channel();
        let lanes = supervise(
            context.clone(),
            delivery_of,
            folder.path().join("counterparts"),
            plugins(),
            true,
            is_ready,
        );
        tasks.spawn_service("lanes", lanes);
        let service = PostboxService::new(context.clone(), Arc::clone(&counterparts), Proxies::default());
        let limits = ListenerConfig::default();
        tasks.spawn_service("postbox", postbox::serve(listener, limits, service, tasks.clone()));
        tasks.spawn_service("clock", run_clock(engine.clone(), tasks.clone()));
        ready.await.expect("lanes");
        Self { folder, store, engine, counterparts, board, hosted, postbox, clock: ahead, tasks, sandboxes }
    }

    pub async fn submit(&self, body: &Value) -> Inquiry {
        let key = format!("key-{}", body.to_string().len());
        self.submit_as(&key, body).await.expect("accepted")
    }

    /// Submits under a key.
    pub async fn submit_as(&self, key: &str, body: &Value) -> Result<Inquiry, intake::IntakeError> {
        let body = serde_json::to_vec(body).expect("JSON");
        let now = self.clock.now();
        let submitter = intake::Submitter { name: "tests", is_officer: false, courts: &Courts::All };
        let accepted = intake::accept(&self.engine, &self.counterparts, submitter, key, &body, now).await;
        accepted.map(|accepted| accepted.inquiry)
    }

    /// Does what an approver decides, with documents of these kinds.
    pub async fn act(&self, act: Act, documents: &[&str]) -> Result<ActOutcome, InputError> {
        self.act_on(None, act, documents).await
    }

    /// As [`World::act`], for acts on a whole case.
    pub async fn act_on(
        &self,
        chain: Option<ChainId>,
        act: Act,
        documents: &[&str],
    ) -> Result<ActOutcome, InputError> {
        let brought =
            |kind: &&str| intake::brought(serde_json::from_value(document(kind)).expect("a document"));
        let documents = documents.iter().map(brought).collect();
        let (actor, reason) = (Actor::Key("approver".into()), "测试".to_owned());
        self.engine.act(chain, ActInput { actor, case: None, reason, documents, act, seen: None }).await
    }

    /// A measure as it stands.
    pub async fn measure(&self, id: MeasureId) -> Measure {
        self.store.read(move |reads| reads.measure(id)).await.expect("reads").expect("a measure")
    }

    /// The latest certificate of an inquiry, as it was issued.
    pub async fn certificate(&self, id: InquiryId) -> Value {
        let issued = self.store.read(move |reads| reads.certificate(id, None)).await.expect("reads");
        serde_json::from_str(&issued.expect("a certificate").text).expect("JSON")
    }

    /// Stops a lane, or lets it go on, as the API does: a lane that opens only now is paused as well.
    pub async fn pause(&self, lane: &str, paused: bool) {
        let pause = paused.then(|| Pause { reason: "测试".to_owned(), until: None });
        let audit = AuditEntry {
            at: self.clock.now(),
            actor: "operator".to_owned(),
            act: if paused { "pause" } else { "resume" }.to_owned(),
            subject: lane.to_owned(),
            reason: "测试".to_owned(),
            detail: None,
            refused: None,
        };
        self.engine.pause(lane.to_owned(), pause, audit).await.expect("the store writes");
        self.board.get(lane).expect("a lane").set_paused(paused);
        self.store.signals().wake(lane, true);
    }

    pub async fn inquiry(&self, id: InquiryId) -> Inquiry {
        self.store.read(move |reads| reads.inquiry(id)).await.expect("reads").expect("an inquiry")
    }

    pub async fn orders(&self, id: InquiryId) -> Vec<OrderRecord> {
        self.store.read(move |reads| reads.orders_of(id)).await.expect("reads")
    }

    pub async fn measures(&self, id: InquiryId) -> Vec<Measure> {
        let all = self.store.read(move |reads| {
            let inquiry = reads.inquiry(id)?.expect("an inquiry");
            reads.measures_of(inquiry.chain)
        });
        all.await.expect("reads").into_iter().filter(|measure| measure.inquiry == id).collect()
    }

    pub async fn events(&self, id: InquiryId) -> Vec<EventRecord> {
        let rows = self.store.read(move |reads| reads.page_after(0, 1_000_000)).await.expect("reads");
        rows.into_iter().map(|row| row.event).filter(|event| event.inquiry == id).collect()
    }

    /// Waits until the log has grown to something that satisfies `done`.
    pub async fn until<F: AsyncFn(&Self) -> bool>(&self, what: &str, done: F) {
        let mut grown = self.store.signals().events();
        let wait = async {
            loop {
                grown.borrow_and_update();
                if done(self).await {
                    return;
                }
                // The log wakes us; what changes without an event is looked at again soon.
                let _ = tokio::time::timeout(Duration::from_millis(50), grown.changed()).await;
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            panic!("it never came to this: {what}\n{}", self.describe().await);
        }
    }

    /// Orders and lanes in lines.
    async fn describe(&self) -> String {
        let found = self.store.read(|reads| {
            let all =
                reads.find_inquiries(&chakong::store::InquiryFilter { limit: 50, ..Default::default() })?;
            all.iter()
                .map(|inquiry| Ok((inquiry.clone(), reads.orders_of(inquiry.id)?)))
                .collect::<Result<Vec<_>, _>>()
        });
        let mut lines = Vec::new();
        for (inquiry, orders) in found.await.expect("reads") {
            lines.push(format!("inquiry {} {:?}, {} open", inquiry.id, inquiry.state, inquiry.open_orders));
            lines.extend(orders.iter().map(|order| {
                format!(
                    "  {} {} {:?} {:?} {:?}",
                    order.id,
                    order.lane,
                    order.instruction.kind(),
                    order.state,
                    order.fault
                )
            }));
        }
        for health in self.board.all() {
            let view = health.view(Default::default());
            lines.push(format!(
                "lane {} sent {} answered {} problems {} {:?}",
                view.name, view.sent, view.answered, view.problems, view.last_fault
            ));
        }
        let found = std::process::Command::new("find")
            .arg(self.folder.path())
            .args(["-type", "f"])
            .output()
            .expect("find");
        lines.push(String::from_utf8_lossy(&found.stdout).into_owned());
        lines.join("\n")
    }

    pub async fn until_complete(&self, id: InquiryId) -> Inquiry {
        self.until("the inquiry is complete", async |world| {
            world.inquiry(id).await.state == chakong::domain::InquiryState::Completed
        })
        .await;
        self.inquiry(id).await
    }

    pub async fn stop(self) {
        assert!(self.tasks.drain(Duration::from_secs(10)).await, "the gateway drains");
        assert!(!self.tasks.has_failed(), "no task died");
        self.sandboxes.drain(Duration::from_secs(2)).await;
        assert!(!self.sandboxes.has_failed(), "no simulated counterpart died");
    }
}
