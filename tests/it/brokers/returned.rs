//! Messages that RabbitMQ gives back among others that it takes.

use serde_json::{Value, json};

use super::compared::compare;
use super::servers::{Broker, client};
use super::{QUEUE, all_told, log_of, of_case, rabbit_received, relay_rabbit, setup, until};

/// Cases from this one on are of the court that has no queue.
const ELSEWHERE: usize = 500;
/// Cases of each court.
const CASES: usize = 60;

/// Of the court without a queue.
fn is_elsewhere(event: &Value) -> bool {
    let case = event["data"]["case_number"].as_str().expect("a case");
    let number = case.split_once("执").and_then(|(_, rest)| rest.strip_suffix("号")).expect("a number");
    number.parse::<usize>().expect("a number") >= 1000 + ELSEWHERE
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_returned_among_hundreds_that_are_taken_is_never_counted_as_delivered() {
    let mut rabbit = Broker::rabbitmq("").await;
    let own = format!("{QUEUE}keys = [\"9910.#\"]\n");
    let mut setup = setup(&relay_rabbit(rabbit.port, &own));
    setup.start_sandbox().await;
    setup.start_daemon().await;
    until(&setup, "rabbitmq", "it runs", |relay| relay["state"] == "running").await;
    // What comes meanwhile goes at once when the broker is there again, the courts side by side.
    rabbit.kill();
    for at in 0..CASES {
        setup.submit(&format!("here-{at}"), &of_case(at)).await;
        let mut elsewhere = of_case(ELSEWHERE + at);
        elsewhere["case"]["court_code"] = json!("9920");
        setup.submit(&format!("elsewhere-{at}"), &elsewhere).await;
    }
    all_told(&setup, &[]).await;
    rabbit.start().await;
    let log = log_of(&setup).await;
    let (waiting, others): (Vec<Value>, Vec<Value>) = log.iter().cloned().partition(is_elsewhere);
    assert!(
        waiting.len() >= CASES * 3 && others.len() >= CASES * 3,
        "{} and {}",
        waiting.len(),
        others.len()
    );
    let held = json!([{ "court": "9920", "events": waiting.len() }]);
    let is_told = |relay: &Value| relay["delivered"] == others.len() && relay["held_back"] == held;
    until(&setup, "rabbitmq", "all of the one court are sent, and all of the other held back", is_told).await;
    assert_eq!(compare(&rabbit_received(rabbit.port, "court").await, &others), 0, "none twice");
    client(&["rabbit-bind", &rabbit.port.to_string(), "late", "chakong.results", "9920.#"]).await;
    all_told(&setup, &["rabbitmq"]).await;
    assert_eq!(compare(&rabbit_received(rabbit.port, "late").await, &waiting), 0, "none is lost");
}
