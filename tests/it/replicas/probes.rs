//! Looks whether a counterpart is there, at the replica that works for it and at another.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::fleet::Fleet;
use crate::daemon::OPERATIONS_KEY;
use crate::world::realty;

async fn probe(port: u16) -> (StatusCode, Value) {
    let client = Client::builder().no_proxy().build().expect("a client");
    let url = format!("http://127.0.0.1:{port}/v1/counterparts/realty/probe");
    let answer = client.post(url).bearer_auth(OPERATIONS_KEY).send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_line_is_probed_within_its_limits_by_the_replica_that_works_for_it_alone() {
    let mut realty = realty("realty", json!({ "everyone": { "properties": 1 } }));
    realty.file.push_str("[limits]\nper_day = 2\n");
    let mut fleet = Fleet::new(&[realty], 2, "").await;
    // The lane stays where it is.
    for replica in &fleet.replicas {
        let text = std::fs::read_to_string(&replica.config).expect("a configuration");
        let text = text.replace("hold = \"1s\"", "hold = \"60s\"");
        std::fs::write(&replica.config, text).expect("a configuration");
    }
    fleet.start().await;
    let at = fleet.holder(0).await;
    let (here, there) = (&fleet.replicas[at], &fleet.replicas[1 - at]);
    for _ in 0..2 {
        let (status, problem) = probe(there.port).await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("urn:chakong:problem:not-now")));
        assert!(problem["detail"].as_str().is_some_and(|said| said.contains(&here.name)), "{problem}");
    }
    // Nothing of its quota was spent by those.
    for reachable in [true, true, false] {
        let (status, probed) = probe(here.port).await;
        assert_eq!((status, &probed["reachable"]), (StatusCode::OK, &json!(reachable)), "{probed}");
    }
}
