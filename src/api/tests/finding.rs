//! Orders, measures and tasks, as they are looked for by what they belong to.

use serde_json::{Value, json};

use super::harness::account;
use super::{Bench, submission};

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn numbers(bench: &Bench, query: &str) -> Vec<String> {
    let page = bench.get("officer", &format!("/v1/orders?{query}")).await.json();
    let rows = page["orders"].as_array().unwrap_or_else(|| panic!("{query}: {page}"));
    rows.iter().map(|order| order["number"].as_str().expect("a number").to_owned()).collect()
}

#[tokio::test]
async fn orders_are_found_by_case_inquiry_party_measure_and_time() {
    let bench = Bench::new();
    let (_, asked) = bench.submitted("a", &submission()).await;
    let mut other = submission();
    other["case"]["number"] = json!("(2026)晋10执9号");
    other["parties"][0]["reference"] = json!("party-9");
    let (second, others) = bench.submitted("b", &other).await;
    let newest_first = |orders: &[String]| orders.iter().rev().cloned().collect::<Vec<_>>();
    let case = format!("case_number={}", encoded("〔2026〕晋10执123号"));
    assert_eq!(numbers(&bench, &case).await, newest_first(&asked));
    let court = submission()["case"]["court_code"].as_str().expect("a court").to_owned();
    assert_eq!(numbers(&bench, &format!("{case}&court={court}")).await, newest_first(&asked));
    assert!(numbers(&bench, &format!("{case}&court=T99")).await.is_empty(), "of another court");
    for (court, expected) in [(court.as_str(), 2), ("T99", 0)] {
        let page = bench.get("officer", &format!("/v1/inquiries?court={court}")).await.json();
        assert_eq!(page["inquiries"].as_array().map(Vec::len), Some(expected), "{court}: {page}");
    }
    let uid = |path: &str| path.rsplit('/').next().expect("an identifier").to_owned();
    let inquiry = format!("inquiry={}", uid(&second));
    assert_eq!(numbers(&bench, &inquiry).await, newest_first(&others));
    assert_eq!(numbers(&bench, &format!("{inquiry}&party=party-9")).await, newest_first(&others));
    assert_eq!(numbers(&bench, &format!("{case}&party=party-1")).await, newest_first(&asked));
    let nobody: Vec<String> = Vec::new();
    for none in [
        format!("{case}&party=party-9"),
        format!("{case}&{inquiry}"),
        "inquiry=01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        "case_number=%282026%29%E6%99%8B10%E6%89%A78%E5%8F%B7".to_owned(),
    ] {
        assert_eq!(numbers(&bench, &none).await, nobody, "{none}");
    }
    bench.answers(&asked[0], account("6200", "600.00"), "aa").await;
    let measures = bench.get("officer", &format!("/v1/measures?{case}")).await.json();
    let measure = measures["measures"][0]["id"].as_str().expect("a measure").to_owned();
    assert_eq!(measures["measures"].as_array().map(Vec::len), Some(1));
    assert_eq!(numbers(&bench, &format!("measure={measure}")).await, nobody, "it is only proposed");
    let created = bench.get("officer", &format!("/v1/orders/{}", asked[0])).await.json();
    let created = created["order"]["created_at"].as_str().expect("a time").to_owned();
    assert_eq!(numbers(&bench, &format!("created_from={created}")).await.len(), 4);
    assert_eq!(numbers(&bench, &format!("created_before={created}")).await, nobody);
    for bad in ["party=party-1", "inquiry=x", "measure=x", "created_from=monday", "case_number=x"] {
        bench.get("officer", &format!("/v1/orders?{bad}")).await.is_problem(400, "malformed-request");
    }
}

#[tokio::test]
async fn measures_and_tasks_of_a_case_are_found_by_its_number() {
    let bench = Bench::new();
    let (_, asked) = bench.submitted("a", &submission()).await;
    bench.answers(&asked[0], account("6200", "600.00"), "aa").await;
    for (list, path) in [("measures", "/v1/measures"), ("tasks", "/v1/tasks")] {
        let of = |number: &str| format!("{path}?case_number={}", encoded(number));
        let found = bench.get("officer", &of("（2026）晋10执123号")).await.json();
        assert_eq!(found[list].as_array().map(Vec::len), Some(1), "{found}");
        let none = bench.get("officer", &of("(2026)晋10执124号")).await.json();
        assert_eq!((&none[list], &none["next"]), (&json!([]), &Value::Null));
        bench.get("officer", &of("x")).await.is_problem(400, "malformed-request");
    }
}
