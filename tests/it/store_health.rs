//! A daemon whose store is taken away, held, or cannot be opened: told by 503, health, metrics and log, and nothing acknowledged that
//! is lost.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::daemon::Setup;
use crate::world::{inquiry, realty};

async fn started() -> Setup {
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup
}

async fn refused(setup: &Setup, key: &str, words: &str) {
    let (status, problem) = setup.try_submit(key, &inquiry(None, "auto")).await.expect("it answers");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert_eq!(problem["type"], "urn:chakong:problem:store-unusable");
    assert!(problem["detail"].as_str().expect("a detail").contains(words), "{problem}");
}

async fn status(setup: &Setup, path: &str) -> (StatusCode, Value) {
    setup.try_call(Method::GET, path, None).await.expect("it answers")
}

async fn metrics(setup: &Setup) -> String {
    let url = format!("http://127.0.0.1:{}/metrics", setup.port);
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
        .get(url)
        .bearer_auth(crate::daemon::OPERATIONS_KEY)
        .send()
        .await;
    answer.expect("it answers").text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_once_the_stores_files_are_deleted() {
    let mut setup = started().await;
    setup.submit("before", &inquiry(None, "auto")).await;
    for end in ["", "-wal", "-shm"] {
        std::fs::remove_file(setup.folder.path().join(format!("data/chakong.sqlite{end}"))).expect("removed");
    }
    for key in ["one", "two"] {
        refused(&setup, key, "deleted or replaced").await;
    }
    let (ready, why) = status(&setup, "/readyz").await;
    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    assert!(why["detail"].as_str().expect("a detail").contains("deleted or replaced"), "{why}");
    assert_eq!(status(&setup, "/v1/results?consumer=x").await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(status(&setup, "/healthz").await.0, StatusCode::OK);
    let text = metrics(&setup).await;
    assert!(text.contains("chakong_store_ailment{kind=\"gone\"} 1"), "{text}");
    assert!(setup.log().contains("the store cannot be used"), "{}", setup.log());
    setup.signal_daemon("TERM");
    setup.wait_for_end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_another_process_holds_is_waited_for_and_then_told() {
    let setup = started().await;
    let other = Connection::open(setup.folder.path().join("data/chakong.sqlite")).expect("the store");
    other.execute_batch("BEGIN EXCLUSIVE").expect("held");
    refused(&setup, "held", "another process holds the store").await;
    assert_eq!(status(&setup, "/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
    other.execute_batch("ROLLBACK").expect("let go");
    recovers(&setup, "held").await;
    assert!(metrics(&setup).await.contains("chakong_store_ailment{kind=\"locked\"} 0"));
}

/// Waits until what was refused under a key is taken, and the store is said to be ready.
async fn recovers(setup: &Setup, key: &str) {
    let began = Instant::now();
    loop {
        match setup.try_submit(key, &inquiry(None, "auto")).await.expect("it answers") {
            (StatusCode::CREATED, _) => break,
            (status, problem) => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}"),
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it does not recover:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while status(setup, "/readyz").await.0 != StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(20), "it is not ready again:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Files that nobody may write, not even whoever has them open (root is needed, as the test machine has, and a file system that
/// knows the attribute).
struct Immutable(Vec<std::path::PathBuf>);

impl Immutable {
    fn make(files: Vec<std::path::PathBuf>) -> Self {
        let made = Self(files);
        assert!(made.set("+i"), "files can be made immutable in {:?}", made.0);
        made
    }

    fn set(&self, attribute: &str) -> bool {
        Command::new("chattr").arg(attribute).args(&self.0).status().expect("chattr").success()
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        self.set("-i");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_becomes_read_only_while_it_is_open_is_told_and_works_again_when_it_is_not() {
    let setup = started().await;
    let before = setup.submit("before", &inquiry(None, "auto")).await;
    // Not the index of the log beside them: it is mapped into memory, where no write can be refused.
    let files = ["", "-wal"].map(|end| setup.folder.path().join(format!("data/chakong.sqlite{end}")));
    let immutable = Immutable::make(files.to_vec());
    for key in ["one", "two"] {
        refused(&setup, key, "the store cannot be written").await;
    }
    let (ready, why) = status(&setup, "/readyz").await;
    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    assert!(why["detail"].as_str().expect("a detail").contains("cannot be written"), "{why}");
    let (seen, view) = status(&setup, &format!("/v1/inquiries/{before}")).await;
    assert_eq!(seen, StatusCode::OK, "what stands can be read: {view}");
    assert!(metrics(&setup).await.contains("chakong_store_ailment{kind=\"read_only\"} 1"));
    assert!(setup.log().contains("mounted read-only after an error"), "what to do is told: {}", setup.log());
    drop(immutable);
    recovers(&setup, "one").await;
    assert!(metrics(&setup).await.contains("chakong_store_ailment{kind=\"read_only\"} 0"));
}

/// Starts the daemon as a user; gives its exit code and what it said.
fn start_as(config: &Path, user: Option<u32>) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.args(["serve", "--config"]).arg(config).stdin(Stdio::null()).stdout(Stdio::null());
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    let output = command.output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_cannot_be_opened_says_why_and_what_to_do() {
    let mut setup = started().await;
    setup.submit("before", &inquiry(None, "auto")).await;
    setup.signal_daemon("TERM");
    setup.wait_for_end().await;
    let file = setup.folder.path().join("data/chakong.sqlite");
    let mode = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    };
    // Another user than the one who owns the files may read them and nothing more (root is needed, as the test machine has).
    mode(setup.folder.path(), 0o755);
    let (code, words) = start_as(&setup.config(), Some(65_534));
    assert!(code.is_some_and(|code| code != 0), "{words}");
    assert!(words.contains("cannot be used") && words.contains("ermission denied"), "{words}");
    let other = Connection::open(&file).expect("the store");
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").expect("held");
    let (code, words) = start_as(&setup.config(), None);
    assert!(code.is_some_and(|code| code != 0), "{words}");
    assert!(words.contains("locked") && words.contains("end the other process"), "{words}");
    drop(other);
    std::fs::write(&file, [0x5A; 40_000]).expect("written");
    let (code, words) = start_as(&setup.config(), None);
    assert!(code.is_some_and(|code| code != 0), "{words}");
    assert!(words.contains("not a database") && words.contains("restore the last whole backup"), "{words}");
    assert!(words.contains("data"), "it says where: {words}");
}
