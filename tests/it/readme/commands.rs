//! What the first page shows is typed as it stands there: commands by the environment, and calls of a case system.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::part;
use crate::daemon::{KEY, Setup};
use crate::tidy::root;
use crate::world::{Played, bank, bank_code, inquiry, realty};

async fn gateway(played: Played) -> Setup {
    let mut setup = Setup::new(&[played], None, "");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    setup
}

/// Runs a command that finds the gateway by its environment, and gives what it printed.
fn run(setup: &Setup, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.args(arguments).current_dir(setup.folder.path());
    command.env("CHAKONG_URL", format!("http://127.0.0.1:{}", setup.port)).env("CHAKONG_KEY", KEY);
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    let said = String::from_utf8(stdout).expect("UTF-8");
    assert!(status.success(), "{arguments:?}: {status}\n{said}\n{}", String::from_utf8_lossy(&stderr));
    said
}

/// The identifiers of the events that `results` prints.
fn results(setup: &Setup) -> Vec<String> {
    let said = run(setup, &["results"]);
    let event = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(event["specversion"], "1.0", "a CloudEvent: {line}");
        event["id"].as_str().expect("an identifier").to_owned()
    };
    said.lines().map(event).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_find_the_gateway_by_the_environment_and_results_are_printed_once() {
    let setup = gateway(realty("realty", json!({ "everyone": { "properties": 1 } }))).await;
    let file = setup.folder.path().join("inquiry.json");
    std::fs::write(file, inquiry(None, "auto").to_string()).expect("a file");
    let said = run(&setup, &["submit", "inquiry.json", "--wait"]);
    let id = said.lines().next().expect("the identifier");
    assert!(said.contains("不动产 property") && said.contains("1 answered"), "what came of it: {said}");
    assert!(run(&setup, &["watch", id]).contains("不动产 property"));
    let orders = run(&setup, &["requery", id, "--reason", "重新核对"]);
    assert_eq!(orders.lines().count(), 1, "the order that asks again: {orders}");
    run(&setup, &["watch", id]);
    let mut seen = BTreeSet::new();
    loop {
        let events = results(&setup);
        if events.is_empty() {
            break;
        }
        for event in events {
            assert!(seen.insert(event), "what was printed is acknowledged");
        }
    }
    assert!(seen.len() > 2, "{seen:?}");
    assert!(results(&setup).is_empty(), "there is nothing new");
}

/// The body of the call on the page that a word stands in.
fn body(word: &str) -> Value {
    let calls = part("## Use it from a case system", "### Over a broker");
    let mut bodies = calls.split("-d '").skip(1).filter_map(|rest| rest.split('\'').next());
    let body = bodies.find(|body| body.contains(word)).unwrap_or_else(|| panic!("no call with {word}"));
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{body}: {error}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_calls_of_a_case_system_are_taken_as_they_stand_on_the_page() {
    let setup = gateway(bank("bank-1", &bank_code(1), json!({}))).await;
    let case = std::fs::read_to_string(root().join("fixtures/cases/linfen.json")).expect("the case");
    let case: Value = serde_json::from_str(&case).expect("JSON");
    let (status, view) = setup.try_submit("case-4711", &case).await.expect("it answers");
    assert_eq!(status, StatusCode::CREATED, "{view}");
    let number = case["case"]["number"].as_str().expect("a number");
    let path = format!("/v1/cases/{number}/claim");
    let (status, claim) =
        setup.try_call(Method::PUT, &path, Some(&body("\"part_payment\""))).await.expect("it answers");
    assert!(status.is_success(), "{status} {claim}");
    let claim = setup.get(&path).await;
    assert!(claim.to_string().contains("\"33660000.00\""), "10,000.00 less than before: {claim}");
    let mut ack = body("\"case-system\"");
    assert!(ack["seq"].is_u64(), "{ack}");
    let page = setup.get("/v1/results?consumer=case-system&wait=30").await;
    ack["seq"] = page["next"].clone();
    assert_eq!(setup.post("/v1/results/ack", &ack).await["acknowledged"], page["next"]);
}
