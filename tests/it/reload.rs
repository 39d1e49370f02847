//! Files that change while the gateway runs: taken up with what they name, at once on SIGHUP, and never by mistake.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::daemon::Setup;
use crate::world::{Played, inquiry};

/// A vendor that is known by its token.
fn vendor(name: &'static str, url: &str) -> Played {
    let file = format!(
        "connector = \"tianyancha\"\n[line]\nkind = \"call\"\nbase_url = \"{url}\"\n[retry.query]\ninitial = \"50ms\"\n\
         longest = \"200ms\"\nattempts = 200\n[settings]\ntoken = {{ file = \"../{name}.token\" }}\n"
    );
    Played { name, file, script: json!({}) }
}

async fn until(setup: &Setup, what: &str, mut done: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !done().await {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "it never came to this: {what}\n{}",
            setup.log()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn names(setup: &Setup) -> Vec<String> {
    let all = setup.get("/v1/counterparts").await;
    let name = |one: &Value| one["name"].as_str().unwrap_or_default().to_owned();
    all["counterparts"].as_array().into_iter().flatten().map(name).collect()
}

/// Tokens that a vendor was shown.
async fn tokens(server: &MockServer) -> Vec<String> {
    let of = |request: &Request| {
        request.headers.get("authorization").map(|value| value.to_str().expect("text").to_owned())
    };
    server.received_requests().await.into_iter().flatten().filter_map(|request| of(&request)).collect()
}

/// With a log that tells what is taken up.
fn telling(setup: &Setup) {
    let text = std::fs::read_to_string(setup.config()).expect("the configuration");
    let told = text.replace("filter = \"warn\"", "filter = \"info\"");
    std::fs::write(setup.config(), told).expect("written");
}

/// In its place, as whoever rotates secrets does it.
fn swap(path: &Path, text: &str) {
    let aside = path.with_extension("new");
    std::fs::write(&aside, text).expect("written");
    std::fs::rename(aside, path).expect("renamed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_is_rotated_is_used_without_a_restart() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(503)).mount(&server).await;
    let mut setup = Setup::new(&[vendor("vendor", &server.uri())], None, "");
    telling(&setup);
    let token = setup.folder.path().join("vendor.token");
    std::fs::write(&token, "first-invented\n").expect("a token");
    setup.start_daemon().await;
    let mut body = inquiry(None, "auto");
    body["parties"][0]["name"] = json!("甲测试有限公司");
    setup.submit("one", &body).await;
    until(&setup, "it is asked with the first", async || {
        tokens(&server).await.iter().any(|shown| shown.contains("first-invented"))
    })
    .await;
    swap(&token, "second-invented");
    until(&setup, "it is asked with the second", async || {
        tokens(&server).await.iter().any(|shown| shown.contains("second-invented"))
    })
    .await;
    assert!(setup.log().contains("were taken up"), "{}", setup.log());
    assert!(!setup.log().contains("invented"), "secrets are not told");
    let seen = tokens(&server).await.len();
    until(&setup, "it is asked again", async || tokens(&server).await.len() > seen + 2).await;
    assert!(
        tokens(&server).await[seen + 1..].iter().all(|shown| shown.contains("second")),
        "the old one is forgotten"
    );
    // One that is gone changes nothing, and one that comes back is taken up though no file of a counterpart changed.
    std::fs::remove_file(&token).expect("removed");
    until(&setup, "that is told", async || setup.log().contains("are not taken up")).await;
    swap(&token, "third-invented");
    until(&setup, "it is asked with the third", async || {
        tokens(&server).await.iter().any(|shown| shown.contains("third-invented"))
    })
    .await;
}

/// What a changed counterpart has under way may take minutes; nobody else waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_that_ends_because_its_file_changed_holds_up_no_other() {
    let (slow, other) = tokio::join!(MockServer::start(), MockServer::start());
    let never = ResponseTemplate::new(503).set_delay(Duration::from_secs(3_600));
    Mock::given(any()).respond_with(never).mount(&slow).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(503)).mount(&other).await;
    let mut played = vendor("slow", &slow.uri());
    played.file = played.file.replace("kind = \"call\"", "kind = \"call\"\ntimeout = \"300s\"");
    let mut setup = Setup::new(&[played], None, "");
    for name in ["slow", "other"] {
        std::fs::write(setup.folder.path().join(format!("{name}.token")), "invented").expect("a token");
    }
    setup.start_daemon().await;
    let mut body = inquiry(None, "auto");
    body["parties"][0]["name"] = json!("甲测试有限公司");
    setup.submit("one", &body).await;
    until(&setup, "a request is under way", async || !tokens(&slow).await.is_empty()).await;
    swap(&setup.folder.path().join("slow.token"), "another-invented");
    crate::world::write_counterpart(setup.folder.path(), &vendor("other", &other.uri()));
    until(&setup, "both are taken up", async || names(&setup).await == ["other", "slow"]).await;
    setup.submit("two", &body).await;
    until(&setup, "the other one is asked", async || !tokens(&other).await.is_empty()).await;
    assert_eq!(tokens(&slow).await.len(), 1, "the first one still waits for its answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sighup_reads_the_files_and_ends_nobody() {
    let mut setup = Setup::new(&[vendor("vendor", "http://127.0.0.1:9")], None, "");
    telling(&setup);
    std::fs::write(setup.folder.path().join("vendor.token"), "invented").expect("a token");
    std::fs::write(setup.folder.path().join("other.token"), "invented").expect("a token");
    setup.start_daemon().await;
    let lines = |setup: &Setup| setup.log().lines().filter(|line| line.contains("SIGHUP")).count();
    setup.signal_daemon("HUP");
    until(&setup, "it says what came of it", async || lines(&setup) == 1).await;
    assert!(setup.log().contains("nothing changed"), "{}", setup.log());
    crate::world::write_counterpart(setup.folder.path(), &vendor("other", "http://127.0.0.1:9"));
    setup.signal_daemon("HUP");
    until(&setup, "the new one is there", async || names(&setup).await == ["other", "vendor"]).await;
    std::fs::write(setup.folder.path().join("counterparts/other.toml"), "connector = 5\n").expect("written");
    setup.signal_daemon("HUP");
    until(&setup, "the wrong one is told", async || setup.log().contains("other.toml:1: `connector`")).await;
    assert_eq!(names(&setup).await, ["other", "vendor"], "it goes on as before");
    assert!(lines(&setup) <= 3, "one line each: {}", setup.log());
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0), "{}", setup.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_folder_stops_nothing_until_a_person_says_so() {
    let mut setup = Setup::new(&[vendor("vendor", "http://127.0.0.1:9")], None, "");
    std::fs::write(setup.folder.path().join("vendor.token"), "invented").expect("a token");
    setup.start_daemon().await;
    let file = setup.folder.path().join("counterparts/vendor.toml");
    std::fs::rename(&file, file.with_extension("toml.bak")).expect("renamed");
    until(&setup, "both are told", async || {
        setup.log().contains("folder is empty") && setup.log().contains("vendor.toml.bak")
    })
    .await;
    assert_eq!(names(&setup).await, ["vendor"]);
    setup.signal_daemon("HUP");
    until(&setup, "now it is gone", async || names(&setup).await.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_is_gone_stops_nothing_and_is_told() {
    let mut setup = Setup::new(&[vendor("vendor", "http://127.0.0.1:9")], None, "");
    std::fs::write(setup.folder.path().join("vendor.token"), "invented").expect("a token");
    setup.start_daemon().await;
    let folder = setup.folder.path().join("counterparts");
    std::fs::rename(&folder, setup.folder.path().join("elsewhere")).expect("renamed");
    until(&setup, "it is told", async || setup.log().contains("folder cannot be read")).await;
    setup.signal_daemon("HUP");
    until(&setup, "SIGHUP is answered", async || setup.log().contains("SIGHUP")).await;
    assert_eq!(names(&setup).await, ["vendor"], "a missing folder says nothing about anybody");
    std::fs::rename(setup.folder.path().join("elsewhere"), &folder).expect("renamed back");
    setup.signal_daemon("TERM");
    assert_eq!(setup.wait_for_end().await, Some(0), "{}", setup.log());
}
