//! A gateway's engine with simulated counterparts on real lines, in this process and in a folder of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chakong::app::plugins;
use chakong::clock::{Clock, SystemClock};
use chakong::config::{Problems, read_counterpart};
use chakong::counterparts::Counterparts;
use chakong::inquiry::{Inquiry, InquiryId, Measure, OrderRecord};
use chakong::intake;
use chakong::lanes::{Board, Context, Desk, Submissions, supervise};
use chakong::lifecycle::Tasks;
use chakong::lines::postbox;
use chakong::sandbox::{Hosted, host};
use chakong::store::sqlite::Sqlite;
use chakong::store::{EventRecord, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longest that anything may take here.
pub const PATIENCE: Duration = Duration::from_secs(30);

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
    pub counterparts: Arc<Counterparts>,
    pub board: Arc<Board>,
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

pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    listener.local_addr().expect("its address").port()
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
            free_port()
        ),
    };
    let path = folder.join("counterparts").join(format!("{}.toml", played.name));
    std::fs::write(path, format!("{}{line}", played.file)).expect("the counterpart's file");
}

fn scripted(played: &Played) -> (String, Value) {
    (played.name.to_owned(), played.script.clone())
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
        let (store, _threads) = Sqlite::open(&folder.path().join("data")).expect("a store");
        let counterparts = Arc::new(Counterparts::new(configs));
        let board = Arc::new(Board::default());
        let context = Context {
            store: Arc::clone(&store),
            clock,
            board: Arc::clone(&board),
            submissions: Arc::new(Submissions::default()),
            counterparts: Arc::clone(&counterparts),
            tasks: tasks.clone(),
        };
        let (is_ready, ready) = tokio::sync::oneshot::channel();
        let lanes = supervise(
            context.clone(),
            Arc::clone(&counterparts),
            folder.path().join("counterparts"),
            plugins(),
            true,
            is_ready,
        );
        tasks.spawn_service("lanes", lanes);
        let desk = Desk::new(context.clone(), Arc::clone(&counterparts));
        tasks.spawn_service("postbox", postbox::serve(listener, desk, tasks.clone()));
        tasks.spawn_service("deadlines", chakong::calendar::watch_deadlines(context));
        ready.await.expect("lanes");
        Self { folder, store, counterparts, board, hosted, postbox, clock: ahead, tasks, sandboxes }
    }

    pub async fn submit(&self, body: &Value) -> Inquiry {
        let body = serde_json::to_vec(body).expect("JSON");
        let key = format!("key-{}", body.len());
        let accepted =
            intake::accept(&self.store, &self.counterparts.now(), "tests", &key, &body, self.clock.now())
                .await;
        accepted.expect("accepted").inquiry
    }

    pub async fn inquiry(&self, id: InquiryId) -> Inquiry {
        self.store.read(move |reads| reads.inquiry(id)).await.expect("reads").expect("an inquiry")
    }

    pub async fn orders(&self, id: InquiryId) -> Vec<OrderRecord> {
        self.store.read(move |reads| reads.orders_of(id)).await.expect("reads")
    }

    pub async fn measures(&self, id: InquiryId) -> Vec<Measure> {
        self.store.read(move |reads| reads.measures_of(id)).await.expect("reads")
    }

    pub async fn events(&self, id: InquiryId) -> Vec<EventRecord> {
        let events = self.store.read(move |reads| reads.events_after(0, usize::MAX)).await.expect("reads");
        events.into_iter().filter(|event| event.inquiry == id).collect()
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
            world.inquiry(id).await.state == chakong::inquiry::InquiryState::Completed
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

/// Base64 of a small invented document.
pub fn document(kind: &str) -> Value {
    let content =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("invented {kind}"));
    json!({ "kind": kind, "title": format!("（2026）晋10执1号 {kind}"), "number": "（2026）晋10执1号", "format": "pdf", "content": content })
}

/// An inquiry about one company with a mandate over `claim` yuan.
pub fn inquiry(claim: Option<&str>, mode: &str) -> Value {
    let image = json!({ "format": "jpg", "content": "aW52ZW50ZWQ=" });
    let mut body = json!({
        "case": {
            "number": "(2026)晋10执1号", "court_name": "临汾市测试中级人民法院", "court_code": "9910",
            "officers": [{ "name": "李测试", "work_certificate": "测法0000001", "enforcement_certificate": "测执0000001", "work_image": image }],
        },
        "purpose": "enforcement",
        "parties": [company()],
        "documents": [
            document("query_notice"), document("freeze_ruling"), document("freeze_notice"),
            document("release_ruling"), document("release_notice"),
        ],
    });
    if let Some(claim) = claim {
        body["mandate"] = json!({ "claim": { "amount": claim, "currency": "CNY" }, "mode": mode });
    }
    body
}

/// The invented debtor.
pub fn company() -> Value {
    json!({
        "reference": "debtor-1", "kind": "organisation", "name": "临汾测试矿业有限公司", "role": "judgment_debtor",
        "documents": [{ "kind": "uscc", "number": "91000000MADEM00112" }],
    })
}

/// A customer of a simulated bank: the invented debtor with accounts of these balances.
pub fn customer(accounts: &[(&str, &str)]) -> Value {
    let accounts: Vec<Value> = accounts
        .iter()
        .map(|(number, balance)| json!({ "number": number, "balance": balance, "class": "一般存款账户" }))
        .collect();
    json!({
        "name": "临汾测试矿业有限公司", "document": { "kind": "uscc", "number": "91000000MADEM00112" }, "accounts": accounts,
    })
}
