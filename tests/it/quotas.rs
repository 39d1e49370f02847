//! The quota of a day binds whatever befalls the daemon in the middle of a conversation of several requests: the counterpart itself
//! counts what reaches it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use chakong_contract::Moment;
use jiff::civil::Date;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::daemon::Setup;
use crate::own_server::OwnServer;
use crate::replicas::fleet::{Fleet, PATIENCE};
use crate::world::{Played, inquiry, numbered_company};

/// The quota, and conversations at once.
const PER_DAY: u64 = 900;
const AT_ONCE: u64 = 3;
/// Requests of a conversation: more than are counted at once.
const PAGES: u64 = 30;
/// Requests of a conversation that are counted at once, before they leave. A kill loses no more of the quota than these and its first one.
const COUNTED: u64 = 20;
/// Kills, and how many of them meet a conversation at least.
const KILLS: u64 = 6;
const FEWEST: u64 = 3;
/// Queries: they need more than the quota.
const PARTIES: u32 = 40;

/// A register that gives its list page by page and counts what it is asked.
#[derive(Debug)]
struct Register {
    came: AtomicU64,
    began: Date,
}

fn today() -> Date {
    Moment::from_timestamp(jiff::Timestamp::now()).date()
}

async fn page(
    State(register): State<Arc<Register>>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    register.came.fetch_add(1, Ordering::SeqCst);
    // So that a kill comes in the middle.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let row = json!({ "plate": format!("示B{:0>5}", asked["page"]), "owner": asked["owner"], "name": asked["name"] });
    Json(json!({ "code": "0", "data": { "total": PAGES, "rows": [row] } }))
}

impl Register {
    /// A register, and the counterpart's file for it.
    async fn start() -> (Arc<Self>, Played) {
        let register = Arc::new(Self { came: AtomicU64::new(0), began: today() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let router = Router::new().route("/list", get(page)).with_state(Arc::clone(&register));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        let file = format!(
            "connector = \"declarative\"\n[line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:{port}\"\n\
             [limits]\nper_day = {PER_DAY}\nconcurrency = {AT_ONCE}\n[settings]\ndescription = '''\n{DESCRIPTION}'''\n"
        );
        (register, Played { name: "register", file, script: Value::Null })
    }

    fn count(&self) -> u64 {
        self.came.load(Ordering::SeqCst)
    }

    /// Waits until it was asked so many times more, or until the quota is spent; whether it was asked.
    async fn asked(&self, more: u64, is_over: impl AsyncFn() -> bool) -> bool {
        let (enough, deadline) = (self.count() + more, Instant::now() + PATIENCE);
        while self.count() < enough {
            if is_over().await {
                return false;
            }
            assert!(Instant::now() < deadline, "it was asked {} times", self.count());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }

    /// What came is within the quota, of which no more is missing than the kills may have lost.
    fn kept_within_the_quota(&self, kills: u64) {
        assert!(kills >= FEWEST, "only {kills} kills met a conversation");
        let (came, days) = (self.count(), u64::from(self.began != today()) + 1);
        assert!(came <= PER_DAY * days, "{came} requests in {days} days of {PER_DAY}");
        let lost = kills * AT_ONCE * (COUNTED + 1);
        assert!(came + lost >= PER_DAY, "{came} requests only: {kills} kills lost more than {lost}");
    }
}

const DESCRIPTION: &str = "identities = [\"uscc\"]
[request]
method = \"GET\"
path = \"/list\"
query = { owner = \"{{ number }}\", name = \"{{ name }}\" }
[paging]
parameter = \"page\"
size = 1
most_pages = 100
total = \"/data/total\"
[answer]
code = \"/code\"
success = [\"0\"]
items = \"/data/rows\"
[match]
number = \"/owner\"
name = \"/name\"
[asset]
kind = \"vehicle\"
[asset.fields]
plate = \"/plate\"
";

fn many() -> Value {
    let mut body = inquiry(None, "auto");
    body["parties"] = (0..PARTIES).map(numbered_company).collect();
    body
}

/// Whether a daemon says that nothing is left of the quota, and nothing is under way.
fn is_spent(counterparts: &Value) -> bool {
    let health = &counterparts["counterparts"][0]["health"];
    health["quota_left"] == 0 && health["in_flight"] == 0
}

/// Waits until the quota is spent.
async fn until_spent(is_over: impl AsyncFn() -> bool, told: impl Fn() -> String) {
    let deadline = Instant::now() + PATIENCE;
    while !is_over().await {
        assert!(Instant::now() < deadline, "it goes on:\n{}", told());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A daemon is killed in the middle of conversations, and goes on until the quota is spent.
async fn killed_until_it_is_spent(mut setup: Setup, register: &Register) {
    let mut chance = StdRng::seed_from_u64(20_261_201);
    setup.start_daemon().await;
    setup.submit("many", &many()).await;
    let mut kills = 0;
    while kills < KILLS
        && register
            .asked(chance.random_range(5..60), async || is_spent(&setup.get("/v1/counterparts").await))
            .await
    {
        setup.kill_daemon();
        setup.start_daemon().await;
        kills += 1;
    }
    until_spent(async || is_spent(&setup.get("/v1/counterparts").await), || setup.log()).await;
    register.kept_within_the_quota(kills);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_is_killed_in_the_middle_of_conversations_keeps_the_quota() {
    let (register, played) = Register::start().await;
    killed_until_it_is_spent(Setup::new(&[played], None, ""), &register).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_on_a_server_that_is_killed_in_the_middle_of_conversations_keeps_the_quota() {
    let (register, played) = Register::start().await;
    let (setup, server) = (Setup::new(&[played], None, ""), OwnServer::start());
    server.serve(&setup);
    killed_until_it_is_spent(setup, &register).await;
}

/// Each kill moves the lane, which goes on where the other was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_are_killed_in_the_middle_of_conversations_keep_the_quota_together() {
    let (register, played) = Register::start().await;
    let mut fleet = Fleet::new(&[played], 2, "").await;
    for at in 0..2 {
        fleet.replicas[at].spawn();
        fleet.until_ready(at).await;
    }
    fleet.setup.submit("many", &many()).await;
    let mut chance = StdRng::seed_from_u64(20_261_202);
    let (mut last, mut kills) = (0, 0);
    while kills < KILLS
        && register.asked(chance.random_range(5..60), async || fleet_spent(&fleet).await).await
    {
        let at = fleet.holder(last).await;
        fleet.replicas[at].kill();
        last = 1 - at;
        let name = format!("r{last}");
        fleet.until_spread(last, "the lane moves", |spread| spread[0].1.as_ref() == Some(&name)).await;
        fleet.replicas[at].spawn();
        fleet.until_ready(at).await;
        kills += 1;
    }
    until_spent(async || fleet_spent(&fleet).await, || fleet.logs()).await;
    register.kept_within_the_quota(kills);
}

/// Whether the replica that works for the lane says that nothing is left of the quota.
async fn fleet_spent(fleet: &Fleet) -> bool {
    let spent = async |at: usize| fleet.ask(at, "/v1/counterparts").await.is_some_and(|told| is_spent(&told));
    spent(0).await || spent(1).await
}
