//! The program from outside: shutdown, reload, a full disk, exit codes.

use std::process::Command;
use std::time::Duration;

use tokio::time::Instant;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::daemon::Setup;
use crate::world::{bank, bank_code, customer, inquiry, realty, write_counterpart};

/// Waits until `done` says so of the inquiry's certificate.
pub async fn until(setup: &Setup, id: &str, what: &str, done: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let view = setup.get(&format!("/v1/inquiries/{id}/certificate")).await;
        if done(&view) {
            return view;
        }
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "it never came to this: {what}\n{view:#}\n{}",
            setup.log()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether so many questions of a certificate are answered.
pub fn answered(view: &Value, count: u64) -> bool {
    view["questions"]["answered"] == json!(count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_soft_stop_finishes_what_is_under_way_and_a_restart_goes_on() {
    let played = [realty("slow", json!({ "delay_ms": 400, "everyone": { "properties": 1 } }))];
    let mut setup = Setup::new(&played, None, "");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let id = setup.submit("one", &inquiry(None, "auto")).await;
    // A long poll that is open must not hold the stop up.
    let poll = setup.try_call(Method::GET, "/v1/results?consumer=waits&wait=30&after=999", None);
    let stop = async {
        let sent = |counterpart: &Value| counterpart["health"]["sent"].as_u64() > Some(0);
        while !sent(&setup.get("/v1/counterparts/slow").await) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        setup.signal_daemon("TERM");
    };
    let (polled, ()) = tokio::join!(poll, stop);
    assert!(polled.is_some_and(|(status, _)| status == StatusCode::OK), "the poll was answered at the stop");
    assert_eq!(setup.wait_for_end().await, Some(0), "{}", setup.log());
    setup.start_daemon().await;
    let (_, view) = setup
        .try_call(Method::GET, &format!("/v1/inquiries/{id}/certificate"), None)
        .await
        .expect("it answers");
    assert!(answered(&view, 1), "what was under way was finished before the end: {view:#}");
    setup.signal_daemon("INT");
    assert_eq!(setup.wait_for_end().await, Some(0), "{}", setup.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counterparts_file_is_taken_up_without_a_restart() {
    let script = json!({ "customers": [customer(&[("9990000000000000011", "100.00")])] });
    let played = [bank("bank-1", &bank_code(1), script.clone()), bank("bank-2", &bank_code(2), script)];
    let mut setup = Setup::new(&played, None, "");
    let second = setup.folder.path().join("counterparts/bank-2.toml");
    setup.start_sandbox().await;
    let text = std::fs::read_to_string(&second).expect("the file");
    std::fs::remove_file(&second).expect("removed");
    setup.start_daemon().await;
    let first = setup.submit("one", &inquiry(None, "auto")).await;
    until(&setup, &first, "one bank answers", |view| answered(view, 1)).await;
    // A file that is wrong changes nothing.
    std::fs::write(&second, "connector = \"no-such\"\n").expect("written");
    let started = Instant::now();
    while !setup.log().contains("are not taken up") {
        assert!(started.elapsed() < Duration::from_secs(10), "the wrong file is not told:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(setup.get("/v1/counterparts").await["counterparts"].as_array().map(Vec::len), Some(1));
    std::fs::write(&second, text).expect("written");
    let started = Instant::now();
    while setup.get("/v1/counterparts").await["counterparts"].as_array().map(Vec::len) != Some(2) {
        assert!(started.elapsed() < Duration::from_secs(10), "the file is not taken up:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let both = setup.submit("two", &inquiry(None, "auto")).await;
    until(&setup, &both, "both banks answer", |view| answered(view, 2)).await;
    // A changed file replaces the lane; orders that wait in it are not lost.
    setup.post("/v1/counterparts/bank-1/pause", &json!({ "reason": "a test" })).await;
    let waits = setup.submit("three", &inquiry(None, "auto")).await;
    until(&setup, &waits, "the bank that is not paused answers", |view| answered(view, 1)).await;
    let path = setup.folder.path().join("counterparts/bank-1.toml");
    let text = std::fs::read_to_string(&path).expect("the file");
    std::fs::write(&path, format!("{text}[limits]\nconcurrency = 2\n")).expect("written");
    setup.post("/v1/counterparts/bank-1/resume", &json!({ "reason": "a test" })).await;
    until(&setup, &waits, "the paused bank answers too", |view| answered(view, 2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_daemon_on_the_same_store_is_refused_and_a_wrong_configuration_has_its_code() {
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": {} }))], None, "");
    setup.start_daemon().await;
    let run = |arguments: &[&str]| {
        let config = setup.config();
        Command::new(env!("CARGO_BIN_EXE_chakong"))
            .args(arguments)
            .arg("--config")
            .arg(config)
            .output()
            .expect("it runs")
    };
    let second = run(&["serve"]);
    assert_eq!(second.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another chakong"), "{second:?}");
    assert_eq!(run(&["check"]).status.code(), Some(0));
    let broken =
        crate::world::Played { name: "two", file: "connector = \"tianyancha\"\n".into(), script: json!({}) };
    write_counterpart(setup.folder.path(), &broken);
    let checked = run(&["check"]);
    assert_eq!(checked.status.code(), Some(78));
    let message = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(message.contains("two.toml:") && message.contains("token"), "{message}");
}

/// A small disk of its own; needs root, as the test machine has.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"])
            .arg(folder.path())
            .status();
        assert!(mounted.expect("mount").success(), "a small disk can be mounted (root is needed)");
        Self(folder)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_intake_with_503_and_it_resumes_by_itself() {
    let disk = SmallDisk::mount();
    let data = disk.0.path().join("data");
    let mut setup = Setup::new(&[realty("one", json!({ "everyone": { "properties": 1 } }))], Some(&data), "");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let before = setup.submit("before", &inquiry(None, "auto")).await;
    until(&setup, &before, "the first is answered", |view| answered(view, 1)).await;
    // To the last byte: what is under way then meets a write that fails.
    let filler = disk.0.path().join("filler");
    let _ = std::fs::write(&filler, vec![0_u8; 16 << 20]);
    let (status, problem) = setup.try_submit("full", &inquiry(None, "auto")).await.expect("it answers");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    let (status, _) = setup.try_call(Method::GET, "/readyz", None).await.expect("it answers");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    // What was accepted can still be read.
    setup.get(&format!("/v1/inquiries/{before}")).await;
    std::fs::remove_file(&filler).expect("removed");
    let started = Instant::now();
    let after = loop {
        match setup.try_submit("full", &inquiry(None, "auto")).await.expect("it answers") {
            (StatusCode::CREATED, view) => break view["id"].as_str().expect("an identifier").to_owned(),
            (status, problem) => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}"),
        }
        assert!(started.elapsed() < Duration::from_secs(20), "intake does not resume:\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    until(&setup, &after, "the inquiry of after is answered", |view| answered(view, 1)).await;
}
