//! A SOAP client that is not ours calls the postbox as a bank does.

use std::process::Command;

use chakong::inquiry::OrderState;
use serde_json::json;

use crate::tidy::root;
use crate::world::{PASSWORD, POSTBOX, World, calling_bank, inquiry};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_not_ours_fetches_documents_and_feeds_back() {
    let python = root().join("target/zeep-venv/bin/python");
    assert!(python.is_file(), "{} is missing: run ./tests/run, which makes it", python.display());
    // The simulated bank itself rests; zeep plays it.
    let world =
        World::start(vec![calling_bank("bank-1", 1, json!({ "poll_ms": 3_600_000, "customers": [] }))]).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let url = format!("http://{}{POSTBOX}?wsdl", world.postbox);
    let script = root().join("tests/it/postbox_client.py");
    let mut command = Command::new(python);
    command.arg(script).args([&url, "YH000001", PASSWORD]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a task");
    let output = output.expect("python runs");
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{failed}");
    let done = world.until_complete(submitted.id).await;
    for order in world.orders(done.id).await {
        assert_eq!(order.state, OrderState::Answered);
        assert!(said.contains(order.number().as_str()), "{said}");
    }
    world.stop().await;
}
