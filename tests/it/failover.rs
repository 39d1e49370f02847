//! A standby is promoted at another address: work pauses until it is, and goes on there by itself; nothing is doubled or lost.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use crate::daemon::Setup;
use crate::own_server::{OwnServer, keep_in};
use crate::world::{inquiry, of_another_case, realty};

const PATIENCE: Duration = Duration::from_secs(60);

/// A gateway that knows both addresses.
async fn setup(primary: &OwnServer, standby: &OwnServer) -> Setup {
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    let both = format!("127.0.0.1:{},127.0.0.1:{}", primary.port(), standby.port());
    keep_in(&setup, &format!("url = \"postgres://postgres@{both}/postgres\""));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup
}

async fn until(setup: &Setup, path: &str, what: &str, is: impl Fn(StatusCode, &Value) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = setup.try_call(Method::GET, path, None).await;
        if answer.as_ref().is_some_and(|(status, view)| is(*status, view)) {
            return;
        }
        assert!(Instant::now() < deadline, "{what} never came: {answer:?}\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn completed(setup: &Setup, id: &str) {
    let is = |status: StatusCode, view: &Value| status.is_success() && view["state"] == "completed";
    until(setup, &format!("/v1/inquiries/{id}"), "the end of the inquiry", is).await;
}

/// Nothing is taken while no server can be written, and readiness says so.
async fn pauses(setup: &Setup, key: &str) {
    let (status, problem) =
        setup.try_submit(key, &of_another_case(inquiry(None, "auto"))).await.expect("an answer");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    let (status, told) = setup.try_call(Method::GET, "/readyz", None).await.expect("an answer");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{told}");
}

/// Goes on at the server that can be written now, with all that was there, and once.
async fn goes_on(setup: &Setup, before: &str, key: &str) {
    until(setup, "/readyz", "readiness", |status, _| status.is_success()).await;
    completed(setup, before).await;
    let after = setup.submit(key, &of_another_case(inquiry(None, "auto"))).await;
    completed(setup, &after).await;
    let books = setup.books().await.expect("books");
    assert!(books.values().all(|books| books.duplicates == 0), "nothing was sent twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_is_promoted_is_gone_on_with_and_until_then_work_pauses() {
    let primary = OwnServer::start();
    let standby = OwnServer::standby_of(&primary).await;
    let setup = setup(&primary, &standby).await;
    let first = setup.submit("first", &of_another_case(inquiry(None, "auto"))).await;
    completed(&setup, &first).await;
    primary.kill();
    // The standby answers, and cannot be written yet.
    pauses(&setup, "second").await;
    tokio::task::block_in_place(|| standby.promote());
    goes_on(&setup, &first, "second").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_becomes_read_only_is_left_for_the_one_that_is_promoted() {
    let primary = OwnServer::start();
    let standby = OwnServer::standby_of(&primary).await;
    let setup = setup(&primary, &standby).await;
    let first = setup.submit("first", &of_another_case(inquiry(None, "auto"))).await;
    completed(&setup, &first).await;
    // It lives, keeps its connections, and can be read.
    primary.administer("ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf()").await;
    until(&setup, "/readyz", "no readiness", |status, _| status == StatusCode::SERVICE_UNAVAILABLE).await;
    pauses(&setup, "second").await;
    tokio::task::block_in_place(|| standby.promote());
    goes_on(&setup, &first, "second").await;
    // What the old one still shows is what was: nothing more was written or read there.
    let inquiries = "SELECT COUNT(*) FROM inquiries";
    assert_eq!(primary.number_in("postgres", inquiries).await, 1);
    assert_eq!(standby.number_in("postgres", inquiries).await, 2);
}

/// Nothing waits for this standby any more, and nothing reaches it.
async fn falls_behind(primary: &OwnServer, standby: &OwnServer) {
    primary.administer("ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf()").await;
    standby.administer("ALTER SYSTEM SET primary_conninfo = ''; SELECT pg_reload_conf()").await;
    while standby.number_in("postgres", "SELECT COUNT(*) FROM pg_stat_wal_receiver").await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_without_the_last_commits_is_not_gone_on_with_and_says_so() {
    let primary = OwnServer::start();
    let standby = OwnServer::standby_of(&primary).await;
    let mut setup = setup(&primary, &standby).await;
    let first = setup.submit("first", &of_another_case(inquiry(None, "auto"))).await;
    completed(&setup, &first).await;
    falls_behind(&primary, &standby).await;
    let second = setup.submit("second", &of_another_case(inquiry(None, "auto"))).await;
    completed(&setup, &second).await;
    let sent = setup.books().await.expect("books");
    primary.kill();
    tokio::task::block_in_place(|| standby.promote());
    let is_told = |status: StatusCode, told: &Value| {
        status == StatusCode::SERVICE_UNAVAILABLE && told.to_string().contains("has lost commits")
    };
    until(&setup, "/readyz", "the word that commits are lost", is_told).await;
    pauses(&setup, "third").await;
    assert_eq!(
        standby.number_in("postgres", "SELECT COUNT(*) FROM inquiries").await,
        1,
        "nothing was written"
    );
    let after = setup.books().await.expect("books");
    assert_eq!(after["one"].queries, sent["one"].queries, "nothing was sent");
    // Said to be older, it is gone on with.
    setup.signal_daemon("TERM");
    setup.wait_for_end().await;
    setup.arguments = vec!["--restored".to_owned()];
    setup.start_daemon().await;
    let third = setup.submit("third", &of_another_case(inquiry(None, "auto"))).await;
    completed(&setup, &third).await;
    let books = setup.books().await.expect("books");
    assert!(books.values().all(|books| books.duplicates == 0), "no number was given twice");
}

/// Killed before it could find out, it is started anew, more than once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_started_anew_knows_what_the_server_must_have() {
    const REFUSED: Result<(), Option<i32>> = Err(Some(78));
    let primary = OwnServer::start();
    let standby = OwnServer::standby_of(&primary).await;
    let mut setup = setup(&primary, &standby).await;
    let first = setup.submit("first", &of_another_case(inquiry(None, "auto"))).await;
    completed(&setup, &first).await;
    falls_behind(&primary, &standby).await;
    let second = setup.submit("second", &of_another_case(inquiry(None, "auto"))).await;
    completed(&setup, &second).await;
    let sent = setup.books().await.expect("books");
    setup.kill_daemon();
    primary.kill();
    tokio::task::block_in_place(|| standby.promote());
    for _ in 0..2 {
        assert_eq!(setup.try_start_daemon().await, REFUSED, "{}", setup.log());
    }
    assert!(setup.log().contains("this server has lost commits"), "{}", setup.log());
    let inquiries = "SELECT COUNT(*) FROM inquiries";
    assert_eq!(standby.number_in("postgres", inquiries).await, 1, "nothing was written");
    // The server that has them is gone on with.
    standby.kill();
    tokio::task::block_in_place(|| primary.again());
    setup.start_daemon().await;
    completed(&setup, &second).await;
    setup.kill_daemon();
    primary.kill();
    tokio::task::block_in_place(|| standby.again());
    assert_eq!(setup.try_start_daemon().await, REFUSED, "{}", setup.log());
    let after = setup.books().await.expect("books");
    assert_eq!(after["one"].queries, sent["one"].queries, "nothing was sent");
    // Said to be older, the other one is, and says so itself from then on.
    setup.arguments = vec!["--restored".to_owned()];
    setup.start_daemon().await;
    let third = setup.submit("third", &of_another_case(inquiry(None, "auto"))).await;
    completed(&setup, &third).await;
    setup.kill_daemon();
    setup.arguments.clear();
    setup.start_daemon().await;
    completed(&setup, &third).await;
    let books = setup.books().await.expect("books");
    assert!(books.values().all(|books| books.duplicates == 0), "no number was given twice");
}

/// The folder is that of one store; an empty database is not taken for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_is_not_gone_on_with_where_a_store_was_worked_on_before() {
    let (server, empty) = (OwnServer::start(), OwnServer::start());
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], None, "");
    server.serve(&setup);
    setup.start_daemon().await;
    setup.kill_daemon();
    empty.serve(&setup);
    assert_eq!(setup.try_start_daemon().await, Err(Some(78)), "{}", setup.log());
    assert!(setup.log().contains("last-commits"), "{}", setup.log());
    let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(empty.number_in("postgres", tables).await, 0, "nothing was made there");
    std::fs::remove_file(setup.folder.path().join("data/last-commits")).expect("it is meant");
    setup.start_daemon().await;
}
