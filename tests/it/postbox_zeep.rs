//! A SOAP client that is not ours calls the postbox as a bank does.

use std::process::Command;

use chakong::domain::OrderState;
use chakong_contract::Asset;
use serde_json::{Value, json};

use crate::tidy::root;
use crate::world::{PASSWORD, POSTBOX, World, calling_bank, inquiry};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_not_ours_fetches_documents_and_feeds_back() {
    let python = root().join("target/zeep-venv/bin/python");
    assert!(python.is_file(), "{} is missing: run ./tests/run, which makes it", python.display());
    // Nobody plays the first bank but zeep.
    let world = World::start(vec![
        calling_bank("bank-1", 1, Value::Null),
        calling_bank("bank-2", 2, json!({ "poll_ms": 20, "everyone": { "accounts": 1, "balance": "1.00" } })),
    ])
    .await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let url = format!("http://{}{POSTBOX}?wsdl", world.postbox);
    let script = root().join("tests/it/postbox_client.py");
    let mut command = Command::new(python);
    command.arg(script).args([&url, "YH000001", "YH000002", PASSWORD]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a task");
    let output = output.expect("python runs");
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{failed}");
    let done = world.until_complete(submitted.id).await;
    let orders = world.orders(done.id).await;
    let fed = orders.iter().find(|order| order.lane == "bank-1").expect("the order that zeep answered").id;
    let last =
        world.store.read(move |reads| reads.revision(fed, None)).await.expect("reads").expect("an answer");
    let Asset::Account(account) = &last.answer.reply.assets()[0].asset else { panic!("{last:?}") };
    let serials: Vec<&str> = account.transactions.iter().map(|one| one.serial.as_str()).collect();
    assert_eq!(
        (serials, last.number),
        (vec!["000001", "000002"], 3),
        "each addition is a revision: {account:?}"
    );
    for order in orders {
        assert_eq!(order.state, OrderState::Answered);
        assert_eq!(said.contains(order.number().as_str()), order.lane == "bank-1", "{said}");
    }
    world.stop().await;
}
