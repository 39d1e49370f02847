//! A court house with a daemon, an electronic bank, a bank that people serve, and clerks who call the API.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong::app::people::{MadeKey, PeopleDesk};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::console::{NO_CODES, add_people_at};
use crate::daemon::Setup;
use crate::world::{PATIENCE, Played, bank, bank_code, customer, reserved_port};

/// A scan; invented.
pub const PDF: &[u8] = b"%PDF-1.7 an invented paper";

/// Persons with their roles and courts.
const CLERKS: [(&str, &[&str], &[&str]); 4] = [
    ("clerk-1", &["officer"], &[]),
    ("clerk-2", &["officer"], &[]),
    ("approver", &["approver"], &[]),
    ("elsewhere", &["officer"], &["T99"]),
];

/// Makes the clerks known, each with a key of their own, to the store of a configuration whose daemon does not run.
pub async fn add_clerks(config: &Path) {
    add_people_at(config, CLERKS).await;
    let config = chakong::config::load(config, &chakong::app::plugins()).expect("a configuration");
    let desk = PeopleDesk::open(&config).await.expect("a store");
    for (name, roles, _) in CLERKS {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        let number = Some(name.to_owned());
        let made = MadeKey { name: format!("key of {name}"), number, roles, ..MadeKey::default() };
        desk.make_ready_key(made, &key_of(name), "测试").await.expect("a key");
    }
    desk.close().await;
}

/// The key of a name.
pub fn key_of(name: &str) -> String {
    format!("a-long-random-text-of-{name}")
}

/// A file for upload.
pub fn scan(bytes: &[u8]) -> Value {
    json!({ "title": "回执.pdf", "content": STANDARD.encode(bytes) })
}

/// A row with an account.
pub fn account(number: &str, available: &str) -> Value {
    json!({ "kind": "account", "fields": {
        "number": number, "class": "一般存款账户", "currency": "CNY", "available": available, "matched": "name_and_number",
    } })
}

/// A form without rows.
pub fn filled(outcome: &str, fields: &[(&str, &str)]) -> Value {
    let fields: serde_json::Map<String, Value> =
        fields.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    json!({ "outcome": outcome, "fields": fields })
}

/// The file of a bank that people serve.
pub fn desk(checked: bool) -> String {
    format!(
        "name_zh = \"示例农村商业银行\"\nconnector = \"desk\"\n[line]\nkind = \"desk\"\nchecked = {checked}\n[settings]\n\
         institution = \"示例农村商业银行\"\ninstitution_code = \"E999H110000000009\"\nassets = \"account\"\n\
         acts = \"query,freeze,renew,release,deduct\"\n"
    )
}

/// A system's key as a configuration has it; [`key_of`] its name.
pub fn system_key(name: &str, role: &str) -> String {
    let digest: String =
        chakong::config::digest_of(&key_of(name)).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("[[keys]]\nname = \"{name}\"\nroles = [\"{role}\"]\nsha256 = \"{digest}\"\n")
}

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Clerk {
    base: String,
    key: String,
    client: Client,
}

impl Clerk {
    /// Somebody with the key of a name ([`key_of`]) who calls the daemon at a port.
    pub fn at(port: u16, name: &str) -> Self {
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("a client");
        Self { base: format!("http://127.0.0.1:{port}"), key: key_of(name), client }
    }

    pub async fn call(&self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let method: Method = method.parse().expect("a method");
        let request =
            self.client.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.key);
        let request = if method == Method::GET { request } else { request.json(body) };
        let answer = request.send().await.expect("the daemon answers");
        let status = answer.status();
        let bytes = answer.bytes().await.expect("a body");
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.call("GET", path, &Value::Null).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.call("POST", path, body).await
    }

    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.key);
        let answer = request.send().await.expect("the daemon answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("a body").to_vec()
    }

    /// Prints the notice of an order, and gives the page.
    pub async fn print(&self, number: &str) -> String {
        let (status, print) = self.post(&format!("/v1/desk/{number}/notice"), &json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{print}");
        let path = format!("/v1/papers/{}", print["number"].as_str().expect("its number"));
        String::from_utf8(self.bytes(&path).await).expect("a page")
    }

    /// Enters an answer with its scan; no two papers are the same.
    pub async fn answer(&self, number: &str, form: &Value) -> (StatusCode, Value) {
        let paper = [PDF, form.to_string().as_bytes()].concat();
        let body = json!({ "form": form, "scan": scan(&paper) });
        self.post(&format!("/v1/desk/{number}/answer"), &body).await
    }
}

/// The daemon and whoever works with it.
pub struct Courthouse {
    pub setup: Setup,
}

impl Courthouse {
    /// Opens it; `checked` is whether a second person checks what is entered.
    pub async fn open(checked: bool) -> Self {
        Self::beside(Played { name: "county-bank", file: desk(checked), script: Value::Null }).await
    }

    /// Opens it beside another counterpart than the one that people serve.
    pub async fn beside(county: Played) -> Self {
        let played = [
            bank(
                "electronic",
                &bank_code(1),
                json!({ "customers": [customer(&[("9990000000000000011", "100.00")])] }),
            ),
            county,
        ];
        let listen = format!("{NO_CODES}[postbox]\nlisten = \"127.0.0.1:{}\"\n", reserved_port());
        let mut setup = Setup::new(&played, None, &listen);
        add_clerks(&setup.config()).await;
        setup.start_sandbox().await;
        setup.start_daemon().await;
        Self { setup }
    }

    pub fn clerk(&self, name: &str) -> Clerk {
        Clerk::at(self.setup.port, name)
    }

    /// Submits as the case system.
    pub async fn submit(&self, key: &str, body: &Value) -> String {
        self.setup.submit(key, body).await
    }

    /// The daemon is killed and starts again.
    pub async fn restart(&mut self) {
        self.setup.kill_daemon();
        self.setup.start_daemon().await;
    }

    pub fn stop(&mut self) {
        self.setup.kill_daemon();
    }

    /// What stands on the desk in a state, once there is something.
    pub async fn on_desk(&self, clerk: &Clerk, state: &str) -> Vec<Value> {
        let started = tokio::time::Instant::now();
        loop {
            let (status, page) = clerk.get(&format!("/v1/desk?state={state}")).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            let orders = page["orders"].as_array().expect("orders").clone();
            if !orders.is_empty() {
                return orders;
            }
            assert!(started.elapsed() < PATIENCE, "nothing comes to the desk: {state}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a counterpart has a line of a kind.
    pub async fn until_line(&self, counterpart: &str, kind: &str) {
        let started = tokio::time::Instant::now();
        loop {
            let view = self.setup.get(&format!("/v1/counterparts/{counterpart}")).await;
            if view["line"] == kind {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{counterpart} never has a {kind} line: {view}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until an order for a counterpart failed once and waits for its next attempt.
    pub async fn until_attempted(&self, counterpart: &str) {
        let started = tokio::time::Instant::now();
        loop {
            let page = self.setup.get(&format!("/v1/orders?counterpart={counterpart}")).await;
            let orders = page["orders"].as_array().expect("orders");
            if orders.iter().any(|order| order["state"] == "queued" && order["attempts"] == 1) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "none of {counterpart} was attempted: {page}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Takes the first order that is open and carries it along; gives its number.
    pub async fn carry(&self, clerk: &Clerk) -> String {
        let order = self.on_desk(clerk, "open").await.remove(0);
        let number = order["number"].as_str().expect("a number").to_owned();
        let taken = clerk.post(&format!("/v1/desk/{number}/take"), &json!({})).await;
        assert_eq!(taken.0, StatusCode::OK, "{}", taken.1);
        clerk.print(&number).await;
        number
    }

    /// Waits until so many measures of a counterpart are in a state.
    pub async fn until_measures(&self, counterpart: &str, state: &str, count: usize) {
        let started = tokio::time::Instant::now();
        loop {
            let all = self.measures_of(counterpart).await;
            if all.iter().filter(|measure| measure["state"] == state).count() == count {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{count} of {counterpart} never {state}: {all:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn measures_of(&self, counterpart: &str) -> Vec<Value> {
        let page = self.setup.get(&format!("/v1/measures?counterpart={counterpart}")).await;
        page["measures"].as_array().expect("measures").clone()
    }

    /// How many tasks of a kind are open.
    pub async fn tasks(&self, clerk: &Clerk, kind: &str) -> usize {
        clerk.get(&format!("/v1/tasks?kind={kind}")).await.1["tasks"].as_array().map_or(0, Vec::len)
    }

    pub async fn events(&self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let page = self.setup.try_results("desk").await.expect("results");
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    /// The day in a year less a day, which a freeze of a deposit ends on at the latest.
    pub fn in_a_year(&self) -> String {
        let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date();
        today.saturating_add(jiff::Span::new().days(364)).to_string()
    }
}
