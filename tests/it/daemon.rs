//! The program itself as a process, with its counterparts as another: for tests from outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use chakong_contract::sandbox::Books;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::world::database::lines_for;
use super::world::{Played, reserved_port, write_counterpart};

/// The one API key of a test, which may do everything.
pub const KEY: &str = "a-long-random-text-of-the-tests";
/// The key of operations, who run no inquiries.
pub const OPERATIONS_KEY: &str = "a-long-random-text-of-operations";

/// The key that may call a path.
fn key_of(path: &str) -> &'static str {
    let of_operations = ["/v1/counterparts", "/v1/relays", "/v1/consumers", "/v1/store", "/metrics"];
    if of_operations.iter().any(|start| path.starts_with(start)) { OPERATIONS_KEY } else { KEY }
}
/// Longest wait for a process to start or to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with configuration, a running sandbox, and a daemon that can be killed and started again.
pub struct Setup {
    pub folder: TempDir,
    pub port: u16,
    /// How many files the daemon may have open; `None` for as many as the test itself.
    pub open_files: Option<u32>,
    /// What `serve` is told beside the configuration.
    pub arguments: Vec<String>,
    books_port: u16,
    sandbox: Option<Child>,
    daemon: Option<Child>,
    client: Client,
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// Processor time that a process has used, with that of children that have ended; `None` where it is gone.
#[allow(dead_code, reason = "read by the benchmark, which shares this file")]
pub fn processor_time(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: u64 =
        fields.split_whitespace().skip(11).take(4).filter_map(|text| text.parse::<u64>().ok()).sum();
    // Linux counts in hundredths of a second, whatever the machine.
    Some(Duration::from_millis(ticks * 10))
}

fn ends(child: &mut Option<Child>) {
    if let Some(mut child) = child.take() {
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Setup {
    fn drop(&mut self) {
        ends(&mut self.daemon);
        ends(&mut self.sandbox);
    }
}

impl Setup {
    /// Writes the configuration; `extra` is appended to `chakong.toml`.
    pub fn new(played: &[Played], data: Option<&Path>, extra: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("counterparts")).expect("a folder");
        let scripts: BTreeMap<&str, &Value> = played
            .iter()
            .filter(|each| !each.script.is_null())
            .map(|each| (each.name, &each.script))
            .collect();
        std::fs::write(folder.path().join("scripts.json"), serde_json::to_vec(&scripts).expect("JSON"))
            .expect("scripts");
        played.iter().for_each(|each| write_counterpart(folder.path(), each));
        let (port, books_port) = (reserved_port(), reserved_port());
        let digest = |key: &str| -> String {
            chakong::config::digest_of(key).iter().map(|byte| format!("{byte:02x}")).collect()
        };
        let data = data.map_or_else(|| folder.path().join("data"), Path::to_owned);
        let config = format!(
            "instance = \"test\"\n{extra}\n[server]\nlisten = \"127.0.0.1:{port}\"\ngrace = \"10s\"\n[store]\ndirectory = \"{}\"\nmin_free_mib = 1\n{}\
             [log]\nfilter = \"warn\"\n[[keys]]\nname = \"tests\"\nroles = [\"case_system\", \"officer\", \"approver\"]\n\
             sha256 = \"{}\"\n[[keys]]\nname = \"tests-operations\"\nroles = [\"operations\"]\nsha256 = \"{}\"\n",
            data.display(),
            lines_for(&data),
            digest(KEY),
            digest(OPERATIONS_KEY)
        );
        std::fs::write(folder.path().join("chakong.toml"), config).expect("a configuration");
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(70)).build().expect("a client");
        Self {
            folder,
            port,
            open_files: None,
            arguments: Vec::new(),
            books_port,
            sandbox: None,
            daemon: None,
            client,
        }
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("chakong.toml")
    }

    /// Starts the counterparts and waits until their books can be read.
    pub async fn start_sandbox(&mut self) {
        let mut command = program();
        command.args(["sandbox", "--config"]).arg(self.config());
        command.arg("--scripts").arg(self.folder.path().join("scripts.json"));
        command.arg("--books").arg(format!("127.0.0.1:{}", self.books_port));
        self.sandbox = Some(command.spawn().expect("the sandbox starts"));
        let started = Instant::now();
        while self.books().await.is_none() {
            assert!(started.elapsed() < PATIENCE, "the sandbox never answered");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub async fn books(&self) -> Option<BTreeMap<String, Books>> {
        let url = format!("http://127.0.0.1:{}/books", self.books_port);
        self.client.get(url).send().await.ok()?.json().await.ok()
    }

    pub fn spawn_daemon(&mut self) {
        let mut command = match self.open_files {
            None => program(),
            Some(most) => {
                let mut shell = Command::new("bash");
                shell.stdin(Stdio::null()).stdout(Stdio::null());
                shell.args(["-c", &format!("ulimit -n {most} && exec \"$0\" \"$@\"")]);
                shell.arg(env!("CARGO_BIN_EXE_chakong"));
                shell
            }
        };
        command.args(["serve", "--config"]).arg(self.config()).args(&self.arguments);
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log"));
        command.stderr(log.expect("a log file"));
        self.daemon = Some(command.spawn().expect("the daemon starts"));
    }

    /// Starts the daemon and waits until it is ready; gives how long that took.
    pub async fn start_daemon(&mut self) -> Duration {
        let started = Instant::now();
        self.spawn_daemon();
        loop {
            let url = format!("http://127.0.0.1:{}/readyz", self.port);
            if self.client.get(url).send().await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return started.elapsed();
            }
            if let Some(status) = self.daemon.as_mut().and_then(|child| child.try_wait().expect("a state")) {
                panic!("the daemon ended with {status}:\n{}", self.log());
            }
            assert!(started.elapsed() < PATIENCE, "the daemon was never ready:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Starts the daemon; where it ends before it is ready, with which code.
    #[allow(dead_code, reason = "used by tests, and not by the benchmark, which shares this file")]
    pub async fn try_start_daemon(&mut self) -> Result<(), Option<i32>> {
        let started = Instant::now();
        self.spawn_daemon();
        loop {
            let url = format!("http://127.0.0.1:{}/readyz", self.port);
            if self.client.get(url).send().await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return Ok(());
            }
            if let Some(status) = self.daemon.as_mut().and_then(|child| child.try_wait().expect("a state")) {
                self.daemon = None;
                return Err(status.code());
            }
            assert!(started.elapsed() < PATIENCE, "neither ready nor at its end:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Resident memory of the daemon in bytes.
    #[allow(dead_code, reason = "read by the benchmark, which shares this file")]
    pub fn daemon_memory(&self) -> u64 {
        let pid = self.daemon.as_ref().expect("a daemon").id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number") << 10
    }

    /// Processor time that the daemon has used, in user and kernel.
    #[allow(dead_code, reason = "read by the benchmark, which shares this file")]
    pub fn daemon_cpu(&self) -> Duration {
        processor_time(self.daemon.as_ref().expect("a daemon").id()).expect("its status")
    }

    /// Processor time that the counterparts have used.
    #[allow(dead_code, reason = "read by the benchmark, which shares this file")]
    pub fn sandbox_cpu(&self) -> Duration {
        processor_time(self.sandbox.as_ref().expect("a sandbox").id()).expect("its status")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// SIGKILL: nothing is told, nothing is tidied.
    pub fn kill_daemon(&mut self) {
        ends(&mut self.daemon);
    }

    /// Sends a signal by name.
    pub fn signal_daemon(&self, signal: &str) {
        let pid = self.daemon.as_ref().expect("a daemon").id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &pid]).status().expect("kill");
        assert!(sent.success());
    }

    /// Waits for the daemon's end and gives its exit code.
    pub async fn wait_for_end(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.daemon.as_mut().expect("a daemon").try_wait().expect("a state") {
                self.daemon = None;
                return status.code();
            }
            assert!(started.elapsed() < PATIENCE, "the daemon does not end:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// One call; `None` when the daemon is not there.
    pub async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Option<(StatusCode, Value)> {
        let request = self.client.request(method, format!("http://127.0.0.1:{}{path}", self.port));
        let request = request.bearer_auth(key_of(path));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let body = answer.bytes().await.ok()?;
        Some((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.try_call(Method::GET, path, None).await.expect("the daemon answers");
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    /// Reads an answer as a type.
    #[allow(dead_code, reason = "used by the benchmark, which shares this file")]
    pub async fn get_as<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.client.get(url).bearer_auth(key_of(path));
        let body = request.send().await.expect("the daemon answers").bytes().await.expect("a body");
        serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) =
            self.try_call(Method::POST, path, Some(body)).await.expect("the daemon answers");
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// Submits under a key; `None` when the daemon is not there.
    pub async fn try_submit(&self, key: &str, body: &Value) -> Option<(StatusCode, Value)> {
        let request =
            self.client.post(format!("http://127.0.0.1:{}/v1/inquiries", self.port)).bearer_auth(KEY);
        let answer = request.header("idempotency-key", key).json(body).send().await.ok()?;
        let status = answer.status();
        Some((status, serde_json::from_slice(&answer.bytes().await.ok()?).unwrap_or(Value::Null)))
    }

    /// Submits and gives the inquiry's identifier.
    pub async fn submit(&self, key: &str, body: &Value) -> String {
        let (status, view) = self.try_submit(key, body).await.expect("the daemon answers");
        assert!(status.is_success(), "{status} {view}");
        view["id"].as_str().expect("an identifier").to_owned()
    }

    /// Reads and acknowledges one page of results; `None` when the daemon is not there or went away in between.
    pub async fn try_results(&self, consumer: &str) -> Option<Vec<Value>> {
        let path = format!("/v1/results?consumer={consumer}&limit=500&wait=0");
        let (status, page) = self.try_call(Method::GET, &path, None).await?;
        let events = page["events"].as_array().cloned().filter(|_| status.is_success())?;
        if !events.is_empty() {
            let ack = json!({ "consumer": consumer, "seq": page["next"] });
            // An acknowledgement that is lost brings the same events again: at least once.
            self.try_call(Method::POST, "/v1/results/ack", Some(&ack)).await;
        }
        Some(events)
    }
}
