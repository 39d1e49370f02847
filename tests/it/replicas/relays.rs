//! What fails at a relay is told by every replica, whichever works for it.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::fleet::{Fleet, PATIENCE};
use crate::brokers::relay_nats;
use crate::brokers::servers::Broker;
use crate::daemon::OPERATIONS_KEY;
use crate::world::realty;

/// The relay as a replica tells it.
async fn relay(fleet: &Fleet, at: usize) -> Value {
    let list = fleet.ask(at, "/v1/relays").await.unwrap_or_default();
    list["relays"][0].clone()
}

async fn metrics(fleet: &Fleet, at: usize) -> String {
    let url = format!("http://127.0.0.1:{}/metrics", fleet.replicas[at].port);
    let asked = reqwest::Client::new().get(url).bearer_auth(OPERATIONS_KEY).send().await.expect("metrics");
    asked.text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_replica_tells_who_works_for_a_relay_and_what_failed_there_last() {
    let mut nats = Broker::jetstream().await;
    let registry = realty("registry", json!({ "everyone": { "properties": 1 } }));
    let mut fleet = Fleet::with(&[registry], 2, "", &relay_nats(nats.port, "")).await;
    fleet.start().await;
    let started = Instant::now();
    let holder = loop {
        let states = [relay(&fleet, 0).await["state"].clone(), relay(&fleet, 1).await["state"].clone()];
        match states.iter().position(|state| state == "running") {
            Some(at) if states[1 - at] == "elsewhere" => break at,
            _ => assert!(started.elapsed() < PATIENCE, "{states:?}\n{}", fleet.logs()),
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    let other = 1 - holder;
    assert_eq!(relay(&fleet, other).await["last_error"], Value::Null);
    nats.kill();
    let name = fleet.replicas[holder].name.clone();
    let started = Instant::now();
    let told = loop {
        let told = relay(&fleet, other).await;
        if told["last_error"] != Value::Null && told["replica"] == json!(name) {
            break told;
        }
        assert!(started.elapsed() < PATIENCE, "{told:#}\n{}", fleet.logs());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!((&told["state"], &told["last_error"]["replica"]), (&json!("elsewhere"), &json!(name)));
    assert_eq!(told["last_error"]["kind"], "unreachable");
    assert!(told["last_error"]["detail"].as_str().is_some_and(|said| said.contains("NATS")), "{told:#}");
    let metrics = metrics(&fleet, other).await;
    assert!(
        metrics.contains(&format!("chakong_relay_holder{{relay=\"nats\",replica=\"{name}\"}} 1")),
        "{metrics}"
    );
    let failed = format!(
        "chakong_relay_last_failure_seconds{{relay=\"nats\",kind=\"unreachable\",replica=\"{name}\"}}"
    );
    assert!(metrics.contains(&failed), "{metrics}");
    // Whoever takes it over later knows it, too.
    nats.start().await;
    fleet.replicas[holder].kill();
    let started = Instant::now();
    loop {
        let told = relay(&fleet, other).await;
        if told["state"] == "running" {
            assert_eq!(told["last_error"]["replica"], json!(name), "{told:#}");
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{told:#}\n{}", fleet.logs());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
