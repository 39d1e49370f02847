//! Shares of courts in a counterpart's quota, from outside.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::daemon::Setup;
use crate::process::{answered, until};
use crate::world::{inquiry, of_another_case, realty};

/// A query of a court about a case of its own.
fn of(court: &str) -> Value {
    let mut body = of_another_case(inquiry(None, "auto"));
    body["case"]["court_code"] = json!(court);
    body
}

async fn queries(setup: &Setup) -> u64 {
    setup.books().await.expect("books")["registry"].queries
}

/// One court asks more than its share allows, before the other: the other is answered all the same, also after a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_court_that_has_used_its_share_waits_and_others_go_on_also_after_a_restart() {
    let mut registry = realty("registry", json!({ "everyone": { "properties": 1 } }));
    let shares = "[limits]\nper_day = 10\nbatch = 1\n[[limits.shares]]\ncourt = \"9910\"\npercent = 20\n";
    registry.file = registry.file.replace("[settings]", &format!("{shares}[settings]"));
    let mut setup = Setup::new(&[registry], None, "");
    setup.start_sandbox().await;
    setup.start_daemon().await;
    let mut own = Vec::new();
    for number in 0..5 {
        own.push(setup.submit(&format!("own-{number}"), &of("9910")).await);
    }
    let other = setup.submit("other-1", &of("9920")).await;
    until(&setup, &other, "the other court is answered", |view| answered(view, 1)).await;
    for id in &own[..2] {
        until(&setup, id, "within its share", |view| answered(view, 1)).await;
    }
    assert_eq!(queries(&setup).await, 3);
    let preview = setup.post("/v1/inquiries/preview", &of("9910")).await;
    let load = &preview["counterparts"][0];
    assert_eq!((&load["quota_left"], &load["share_left"]), (&json!(7), &json!(0)), "{preview}");
    let seen = setup.get("/v1/counterparts/registry").await;
    let expected =
        json!([{ "court": "9910", "per_day": 2, "left": 0 }, { "court": null, "per_day": 8, "left": 7 }]);
    assert_eq!(seen["shares"], expected, "{seen}");
    // What waits is the court's alone: the lane says why, and until when.
    let started = Instant::now();
    loop {
        let seen = setup.get("/v1/counterparts/registry").await;
        if seen["health"]["state"] == "quota_spent" && seen["health"]["waits_until"].is_string() {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{seen}");
    }

    setup.signal_daemon("TERM");
    setup.wait_for_end().await;
    setup.start_daemon().await;
    for number in 2..5 {
        let other = setup.submit(&format!("other-{number}"), &of("9920")).await;
        until(&setup, &other, "the other court is answered", |view| answered(view, 1)).await;
    }
    assert_eq!(queries(&setup).await, 6, "nothing of the first court went");
    let seen = setup.get("/v1/counterparts/registry").await;
    assert_eq!(seen["shares"][0]["left"], 0, "{seen}");
    assert_eq!(seen["orders"]["waiting"], 3, "{seen}");
}
