//! A database server that cannot be used is told at the start in one sentence, with the exit code that says whose matter it is; and
//! one that goes away and comes back is waited for.

use std::process::{Command, Stdio};

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::time::{Duration, Instant};

use crate::daemon::Setup;
use crate::own_server::{OwnServer, keep_in, without_url};
use crate::pooler::Pooler;
use crate::tls::Certificates;
use crate::world::{inquiry, realty};

fn setup() -> Setup {
    Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "")
}

/// How a start ends, and what it says beside the log.
fn start(lines: &str) -> (Option<i32>, String) {
    let setup = setup();
    keep_in(&setup, lines);
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.args(["serve", "--config"]).arg(setup.config()).stdin(Stdio::null());
    command.env("DATABASE_PASSWORD", "not-this-one");
    let output = command.output().expect("it runs");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: Vec<&str> = words.lines().filter(|line| line.starts_with("chakong: ")).collect();
    assert_eq!(told.len(), 1, "one sentence: {words}");
    (output.status.code(), told[0].to_owned())
}

#[test]
fn a_database_that_cannot_be_used_is_told_in_one_sentence_with_the_right_exit_code() {
    let server =
        std::env::var("CHAKONG_TEST_POSTGRES").expect("a server for the tests: tests/postgres starts one");
    let (before, _) = server.rsplit_once('/').expect("an address with a database");
    let address = before.rsplit_once('@').expect("a user").1;
    let (code, words) = start(&format!("url = \"{before}/no_such_database\""));
    assert_eq!(code, Some(78), "{words}");
    assert!(words.contains("\"no_such_database\" does not exist") && words.contains(address), "{words}");
    let password = "password = { env = \"DATABASE_PASSWORD\" }";
    let (code, words) = start(&format!("url = \"postgres://guarded@{address}/postgres\"\n{password}"));
    assert_eq!(code, Some(78), "{words}");
    assert!(words.contains("password authentication failed") && !words.contains("not-this-one"), "{words}");
    let (code, words) = start("url = \"postgres://a@127.0.0.1:1/b\"");
    assert_eq!(code, Some(70), "{words}");
    assert!(words.contains("look whether the database server runs"), "{words}");
}

/// While the server is away callers hear so; when it is back, work goes on without anybody's doing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_is_told_and_work_goes_on_when_it_is_back() {
    let (mut setup, server) = (setup(), OwnServer::start());
    server.serve(&setup);
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let first = setup.submit("first", &inquiry(None, "auto")).await;
    server.kill();
    let (status, problem) = setup.try_submit("second", &inquiry(None, "auto")).await.expect("it answers");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert!(
        problem["detail"].as_str().expect("a detail").contains("database server does not answer"),
        "{problem}"
    );
    let ready = setup.try_call(Method::GET, "/readyz", None).await.expect("it answers");
    assert_eq!(ready.0, StatusCode::SERVICE_UNAVAILABLE, "{ready:?}");
    tokio::task::block_in_place(|| server.again());
    let deadline = Instant::now() + Duration::from_secs(60);
    let is_done = async |id: &str| {
        let view = setup.try_call(Method::GET, &format!("/v1/inquiries/{id}"), None).await;
        view.is_some_and(|(status, view)| status.is_success() && view["state"] == "completed")
    };
    while !is_done(&first).await {
        assert!(Instant::now() < deadline, "it does not go on:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    setup.submit("second", &inquiry(None, "auto")).await;
    assert!(setup.log().contains("the store can be written again"), "{}", setup.log());
}

/// An encrypted connection is made to a server whose authority is named, and to no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_trusted_by_the_authority_that_is_named_and_by_no_other() {
    let (certificates, others) = (Certificates::new(), Certificates::new());
    let server = OwnServer::encrypted(&certificates);
    let with = |authority: &Certificates| {
        format!("{}\nca_file = \"{}\"", server.url(), authority.path("authority.pem").display())
    };
    let (code, words) = start(&server.url());
    assert_eq!(code, Some(78), "it wants encryption: {words}");
    let (code, words) = start(&with(&others));
    assert!(code.is_some_and(|code| code != 0) && words.contains("certificate"), "{words}");
    let mut setup = setup();
    keep_in(&setup, &with(&certificates));
    setup.start_daemon().await;
    setup.submit("first", &inquiry(None, "auto")).await;
}

/// What is said before anything is begun: a start that is refused leaves the database as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_is_refused_changes_nothing_and_says_why_with_the_right_exit_code() {
    let server = OwnServer::start();
    server.administer("CREATE DATABASE empty").await;
    server
        .administer("CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on")
        .await;
    let at = |user: &str, database: &str| {
        server
            .url()
            .replace("//postgres@", &format!("//{user}@"))
            .replace("/postgres\"", &format!("/{database}\""))
    };
    let (code, words) = start(&at("reader", "empty"));
    assert_eq!(code, Some(70), "another server of the list may be promoted: {words}");
    // Who may connect and nothing more.
    server.administer("CREATE ROLE stranger LOGIN").await;
    let (code, words) = start(&at("stranger", "empty"));
    assert_eq!(code, Some(78), "{words}");
    assert!(words.contains("permission denied"), "{words}");
    let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(server.number_in("empty", tables).await, 0);
    // An embedded store that is in charge stands beside an empty database.
    let mut setup = setup();
    without_url(&setup);
    setup.start_daemon().await;
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0));
    keep_in(&setup, &at("postgres", "empty"));
    setup.spawn_daemon();
    assert_eq!(setup.wait_for_end().await, Some(78), "{}", setup.log());
    let told = setup.log();
    assert!(told.contains("holds no store") && told.contains("chakong store move"), "{told}");
    assert_eq!(server.number_in("empty", tables).await, 0);
}

/// A pooler that gives each transaction whichever session is free keeps no lock and no place for anybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_is_refused_by_transactions_and_taken_by_sessions() {
    let server = OwnServer::start();
    let pooler = Pooler::before(&server, "transaction").await;
    let (code, words) = start(&pooler.url());
    assert_eq!(code, Some(78), "{words}");
    assert!(words.contains("a connection pooler in transaction or statement mode"), "{words}");
    let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(server.number_in("postgres", tables).await, 0);
    let pooler = Pooler::before(&server, "session").await;
    let mut setup = setup();
    keep_in(&setup, &pooler.url());
    setup.start_daemon().await;
    setup.submit("first", &inquiry(None, "auto")).await;
    setup.kill_daemon();
}
