//! Tasks that ask for something to be given back say how much of what.

use serde_json::{Value, json};

use super::acts::{because, document, held, sent, with_proposal, yuan};
use super::harness::Bench;

async fn task(bench: &Bench, kind: &str) -> Value {
    let list = bench.get("officer", &format!("/v1/tasks?kind={kind}")).await.json();
    assert_eq!(list["tasks"].as_array().map(Vec::len), Some(1), "{kind}: {list}");
    list["tasks"][0].clone()
}

#[tokio::test]
async fn a_task_for_papers_names_the_part_and_one_of_an_excess_each_measure_with_its_part() {
    let (bench, path, _, measure) = with_proposal().await;
    let approved = bench.post("approver", &format!("{measure}/approve"), &because("核对无误")).await.json();
    let order = approved["order"].as_str().expect("order");
    sent(&bench, order).await;
    bench.answers(order, held("600.00"), "cc").await;
    let case = bench.get("officer", &path).await.json()["links"]["case"].as_str().expect("a case").to_owned();
    let lower = json!({ "change": { "kind": "lower", "amount": yuan("300.00") }, "reason": "部分履行",
        "documents": [document("claim_paper", "JVBERi0=")] });
    let lowered = bench.call_json("approver", "PUT", &format!("{case}/claim"), &lower).await;
    assert_eq!(lowered.status, 200, "{}", lowered.text);
    let papers = task(&bench, "bring_papers").await;
    let about = (&papers["to_release"], &papers["property"]["state"], &papers["excess"]);
    assert_eq!(about, (&yuan("300.00"), &json!("in_force"), &json!([])), "{papers}");
    let excess = task(&bench, "release_excess").await;
    assert_eq!((&excess["measure"], &excess["to_release"]), (&Value::Null, &Value::Null));
    let parts = excess["excess"].as_array().expect("parts");
    assert_eq!((parts.len(), &parts[0]["amount"]), (1, &yuan("300.00")), "{excess}");
    assert!(measure.ends_with(&format!("/{}", parts[0]["measure"].as_str().expect("an identifier"))));
}
