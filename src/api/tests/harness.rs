use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chakong_contract::order::CourtAccount;
use chakong_contract::reply::Answer;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::clock::Clock;
use crate::config::{
    ApiKey, CounterpartConfig, NamedAccount, PapersConfig, Problems, Role, ServerConfig, digest_of,
    read_counterpart,
};
use crate::counterparts::Counterparts;
use crate::domain::decide::OrderInput;
use crate::domain::people::Courts;
use crate::domain::{RawDirection, RawMessage};
use crate::engine::{Conversation, CurrentRules, Engine, Settlement};
use crate::gateway::Gateway;
use crate::lanes::{Admission, LaneHandle};
use crate::lifecycle::Tasks;
use crate::papers::Printer;
use crate::people::{self, People};
use crate::queue::EventLog;
use crate::relay::Relays;
use crate::store::codec::encode;
use crate::store::order_by_number;
use crate::store::sqlite::Sqlite;

#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        "2026-01-05T01:00:00Z".parse().expect("instant")
    }
}

/// A gateway with two banks and a data vendor that nobody reaches, and a key for each role.
pub(super) struct Bench {
    pub(super) gateway: Arc<Gateway>,
    pub(super) router: Router,
    pub(super) folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
    }

    /// Asserts that this is a well-formed problem of a kind.
    pub(super) fn is_problem(&self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:chakong:problem:{slug}"));
        assert_eq!(problem["status"], status);
        for field in ["title", "detail", "instance"] {
            assert!(!problem[field].as_str().expect(field).is_empty(), "{field}: {problem}");
        }
        problem
    }
}

fn bank(folder: &Path, name: &str, code: &str) -> CounterpartConfig {
    let text = format!(
        "name_zh = \"测试银行\"\nconnector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"{name}/out\"\n\
         incoming = \"{name}/in\"\n[settings]\nbank_code = \"{code}\"\n[retry.query]\nattempts = 1\n[retry.control]\nattempts = 1\n"
    );
    configured(folder, name, &text)
}

fn configured(folder: &Path, name: &str, text: &str) -> CounterpartConfig {
    let plugins = [chakong_court_bank::plugin(), chakong_tianyancha::plugin()];
    let mut problems = Problems::default();
    let read = read_counterpart(&folder.join(format!("{name}.toml")), text, &plugins, &mut problems);
    read.unwrap_or_else(|| panic!("{problems}"))
}

/// A key of a role, whose bearer is `key-of-NAME`.
pub(super) fn key(name: &str, role: Role, courts: Courts) -> ApiKey {
    ApiKey {
        consumer: None,
        name: name.to_owned(),
        roles: BTreeSet::from([role]),
        courts,
        digest: digest_of(&format!("key-of-{name}")),
    }
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut Gateway)) -> Self {
        super::log::keep_lines();
        let folder = tempfile::tempdir().expect("folder");
        let (store, _) = Sqlite::open(&folder.path().join("store")).expect("store");
        let vendor = "connector = \"tianyancha\"\n[line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:9\"\n\
             [settings]\ntoken = { file = \"token\" }\n";
        std::fs::write(folder.path().join("token"), "not-a-real-token").expect("token");
        let configs = vec![
            bank(folder.path(), "bank-a", "E999H110000000001"),
            bank(folder.path(), "bank-b", "E999H110000000002"),
            configured(folder.path(), "vendor", vendor),
        ];
        let counterparts = Arc::new(Counterparts::new(configs));
        let rules: Arc<dyn CurrentRules> = Arc::<Counterparts>::clone(&counterparts);
        let engine = Engine::new(Arc::clone(&store), Arc::new(Fixed), rules);
        let mut gateway = Gateway {
            people: People::new(engine.clone(), Arc::new(Fixed), people::Settings::default()),
            provider: None,
            certificate: None,
            log: EventLog::new(Arc::clone(&store), "test"),
            engine,
            store,
            clock: Arc::new(Fixed),
            counterparts,
            registry: Arc::default(),
            wrong_keys: Default::default(),
            terms: Arc::default(),
            open_line: crate::app::delivery_of,
            paper_form: crate::app::paper_form,
            relays: Relays::default(),
            plugins: vec![chakong_court_bank::plugin(), chakong_tianyancha::plugin()],
            keys: vec![
                key("case", Role::CaseSystem, Courts::All),
                key("officer", Role::Officer, Courts::All),
                key("approver", Role::Approver, Courts::All),
                key("approver-2", Role::Approver, Courts::All),
                key("ops", Role::Operations, Courts::All),
            ],
            court_accounts: vec![NamedAccount {
                name: "main".into(),
                courts: Courts::All,
                account: CourtAccount {
                    holder: "测试法院".into(),
                    number: "9990000000000009999".into(),
                    bank: "测试银行".into(),
                    bank_number: String::new(),
                    class: "本币".into(),
                },
            }],
            progress: Default::default(),
            printer: Printer::new(PapersConfig::default(), folder.path().join("printing")),
            server: ServerConfig { largest_body: 128 << 10, ..ServerConfig::default() },
            min_free: 0,
            moves: crate::gateway::StoreMoves {
                place: folder.path().display().to_string(),
                on_server: false,
                last: None,
                files: (folder.path().join("chakong.toml"), folder.path().join("store")),
                look: |_, _| Err("no move in this test".to_owned()),
                ask: tokio::sync::mpsc::channel(1).0,
            },
            tasks: Tasks::default(),
        };
        change(&mut gateway);
        let gateway = Arc::new(gateway);
        Self { router: super::super::router(Arc::clone(&gateway)), gateway, folder }
    }

    /// Opens a lane's health as the lane itself would.
    pub(super) fn open_lane(&self, name: &str) -> Arc<LaneHandle> {
        let config = self.gateway.counterparts.now().get(name).cloned().expect("configured");
        let line = (self.gateway.open_line)(&config).expect("a line");
        let admission = Admission::new(config, Arc::clone(&self.gateway.clock), Default::default());
        let health = Arc::new(LaneHandle::new(name, admission, line, false));
        self.gateway.registry.put(Arc::clone(&health));
        health
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Reply {
        let (method, path) = (request.method().as_str().to_lowercase(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("body");
        // A file is no text; what matters of it is in its head.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        super::schema::assert_documented(&method, &path, parts.status.as_u16());
        Reply { status: parts.status, headers: parts.headers, text }
    }

    pub(super) async fn get(&self, who: &str, path: &str) -> Reply {
        let request = Request::get(path).header("authorization", format!("Bearer key-of-{who}"));
        self.send(request.body(Body::empty()).expect("request")).await
    }

    pub(super) async fn post(&self, who: &str, path: &str, body: &Value) -> Reply {
        let request = Request::post(path)
            .header("authorization", format!("Bearer key-of-{who}"))
            .header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("request")).await
    }

    pub(super) async fn submit(&self, key: &str, body: impl Into<Body>) -> Reply {
        let request = Request::post("/v1/inquiries")
            .header("authorization", "Bearer key-of-case")
            .header("idempotency-key", key);
        self.send(request.body(body.into()).expect("request")).await
    }

    /// Submits and gives the inquiry's path and its orders' numbers.
    pub(super) async fn submitted(&self, key: &str, body: &Value) -> (String, Vec<String>) {
        let reply = self.submit(key, body.to_string()).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
        let path = reply.header("location").to_owned();
        let orders = self.get("case", &format!("{path}/orders")).await.json();
        let number = |order: &Value| order["number"].as_str().expect("number").to_owned();
        (path, orders["orders"].as_array().expect("orders").iter().map(number).collect())
    }

    /// Something happens to an order, as a lane would tell it.
    pub(super) async fn happens(&self, number: &str, input: OrderInput, digest: &str) {
        let number = number.parse().expect("number");
        let found = self.gateway.store.read(move |reads| order_by_number(reads, &number)).await;
        let order = found.expect("read").expect("order");
        let raw = RawMessage {
            lane: order.lane,
            batch: None,
            direction: RawDirection::In,
            name: "test".into(),
            at: self.gateway.clock.now(),
            bytes: encode(b"said"),
        };
        let conversation = Conversation {
            raw,
            digest: digest.to_owned(),
            unsent: Vec::new(),
            counts: crate::domain::Counted::Not,
            charges: Default::default(),
            keys: Vec::new(),
        };
        let settled = self.gateway.engine.settle(Settlement {
            outcomes: vec![(order.id, input)],
            conversation: Some(conversation),
            connector: "court-bank/0.1.0".to_owned(),
        });
        settled.await.expect("settled");
    }

    /// An answer in the contract's own JSON.
    pub(super) async fn answers(&self, number: &str, answer: Value, digest: &str) {
        let answer: Answer = serde_json::from_value(answer).expect("answer");
        self.happens(number, OrderInput::Answered(Arc::new(answer)), digest).await;
    }
}

/// An inquiry about an invented person, with a claim that freezes are proposed for.
pub(super) fn submission() -> Value {
    let document =
        |kind: &str| json!({ "kind": kind, "title": "测试文书", "format": "pdf", "content": "JVBERi0=" });
    json!({
        "case": {
            "number": "(2026)晋10执123号",
            "court_name": "测试市中级人民法院",
            "court_code": "T10",
            "officers": [{ "name": "承办人甲", "work_certificate": "W1", "enforcement_certificate": "E1" }]
        },
        "purpose": "enforcement",
        "parties": [{
            "reference": "party-1", "kind": "person", "name": "测试甲", "role": "judgment_debtor",
            "documents": [{ "kind": "resident_id", "number": "110101190001010014" }]
        }],
        "mandate": { "claim": { "amount": "1000.00", "currency": "CNY" }, "mode": "propose" },
        "documents": [document("query_notice"), document("freeze_ruling"), document("freeze_notice")]
    })
}

/// The answer "one account", with what is available on it.
pub(super) fn account(number: &str, available: &str) -> Value {
    let money = json!({ "amount": available, "currency": "CNY" });
    json!({
        "reply": { "outcome": "found", "assets": [{
            "asset": {
                "kind": "account", "institution": "测试银行", "institution_code": "E999", "number": number,
                "class": "个人结算账户", "status": "正常", "branch": "测试支行", "branch_code": "001",
                "currency": "CNY", "balance": money, "available": money, "opened": null, "closed": null
            },
            "matched_by": "name_and_number"
        }] },
        "answered_at": "2026-01-05T09:00:00+08:00",
        "unknown": [{ "field": "ZHLB", "value": "99" }],
        "receipts": [{ "title": "回执", "format": "pdf", "content": "JVBERi0=" }]
    })
}
