//! A replica that is cut off from the database lives, and so do its last requests: whoever has its lanes then leaves room for them.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::fleet::{Fleet, PATIENCE};
use super::gate::Gate;
use crate::world::{inquiry, realty};

/// The first answer comes so late: long after the lease of two seconds is over.
const LATE: Duration = Duration::from_secs(15);

/// Copies the file of a counterpart into another folder, where it is called through a gate, one request at a time.
async fn gated(from: &Path, to: &Path, name: &str, keeps: Duration, timeout: &str) -> Gate {
    std::fs::create_dir_all(to).expect("a folder");
    let file = format!("{name}.toml");
    let text = std::fs::read_to_string(from.join(&file)).expect("its file");
    let (before, rest) = text.split_once("http://127.0.0.1:").expect("its address");
    let (port, after) = rest.split_once("\"\ntimeout = \"1s\"").expect("an address, and a time limit");
    let (gate, own) = Gate::before(name, port.parse().expect("a port"), keeps).await;
    let text = format!(
        "{before}http://127.0.0.1:{own}\"\ntimeout = \"{timeout}\"{after}[limits]\nconcurrency = 1\n"
    );
    std::fs::write(to.join(file), text).expect("a file");
    gate
}

async fn until(fleet: &Fleet, what: &str, is: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < deadline, "it never came to this: {what}\n{}", fleet.logs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counterpart_never_sees_a_replica_that_was_cut_off_and_its_successor_at_once() {
    let owns = || json!({ "everyone": { "properties": 1 } });
    let mut fleet = Fleet::new(&[realty("slow", owns()), realty("quick", owns())], 2, "").await;
    let folder = fleet.setup.folder.path();
    let (from, to) = (folder.join("counterparts"), folder.join("gated"));
    let slow = gated(&from, &to, "slow", LATE, "20s").await;
    // A request to this one may take a minute; none is under way.
    let quick = gated(&from, &to, "quick", Duration::ZERO, "60s").await;
    fleet.counterparts_in("gated");
    // The lanes stay where they are.
    for replica in &fleet.replicas {
        let text = std::fs::read_to_string(&replica.config).expect("a configuration");
        let text = text.replace("hold = \"1s\"", "hold = \"60s\"");
        std::fs::write(&replica.config, text).expect("a configuration");
    }
    fleet.setup.start_sandbox().await;
    fleet.replicas[0].spawn();
    fleet.until_ready(0).await;
    let all_at = |name: &'static str| {
        move |spread: &[(String, Option<String>)]| spread.iter().all(|one| one.1.as_deref() == Some(name))
    };
    fleet.until_spread(0, "it has both", all_at("r0")).await;
    fleet.replicas[1].spawn();
    fleet.until_ready(1).await;
    fleet.setup.submit("one", &inquiry(None, "auto")).await;
    until(&fleet, "both are asked, and one has answered", || slow.came().0 == 1 && quick.came().0 >= 1).await;
    let view = async |name: &str| {
        let list = fleet.ask(1, "/v1/orders?limit=20").await.unwrap_or_default();
        let orders = list["orders"].as_array().cloned().unwrap_or_default();
        orders.iter().filter(|order| order["counterpart"] == name && order["state"] == "answered").count()
    };
    let started = Instant::now();
    while view("quick").await == 0 {
        assert!(started.elapsed() < PATIENCE, "{}", fleet.logs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let asked = quick.came().0;
    fleet.replicas[0].line.hold(true);
    fleet.until_spread(1, "the other has both", all_at("r1")).await;
    until(&fleet, "it leaves room", || fleet.replicas[1].log().contains("may have requests under way")).await;
    // What sends to replicas that are ready may not have noticed yet that one is not: the same submission again is the same inquiry.
    let (body, limit) = (inquiry(None, "auto"), Instant::now() + PATIENCE);
    let id = loop {
        match fleet.setup.try_submit("two", &body).await {
            Some((status, view)) if status.is_success() => {
                break view["id"].as_str().expect("an id").to_owned();
            }
            answer => assert!(Instant::now() < limit, "{answer:?}\n{}", fleet.logs()),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    until(&fleet, "nothing of that one is under way", || quick.came().0 > asked).await;
    assert_eq!(slow.came(), (1, 1), "the first is still under way, and alone");
    let (deadline, path) = (Instant::now() + PATIENCE, format!("/v1/inquiries/{id}"));
    while fleet.ask(1, &path).await.is_none_or(|view| view["state"] != "completed") {
        assert!(Instant::now() < deadline, "it does not go on:\n{}", fleet.logs());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (came, most) = slow.came();
    assert!(came >= 3 && most == 1, "{came} came, {most} at once");
    fleet.replicas[0].line.hold(false);
    fleet.until_ready(0).await;
}
