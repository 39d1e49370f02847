//! Account and identity numbers are whole for those whose role is of the case, and their ends for everybody else, on every place.

use super::Bench;
use super::harness::{account, key, submission};
use crate::config::Role;
use crate::domain::people::Courts;
use crate::people::{MATRIX, Shows};

const ACCOUNT: &str = "6222020000001234";
const PERSON: &str = "110101190001010014";

/// A case with a proposed freeze of an account, of which a counterpart writes in its own words.
async fn bench() -> (Bench, String, String) {
    let bench = Bench::with(|gateway| {
        gateway.keys.push(key("auditor", Role::Auditor, Courts::All));
        gateway.keys.push(key("head", Role::Supervisor, Courts::All));
        gateway.keys.push(key("own-head", Role::Supervisor, Courts::one("T10")));
    });
    let mut body = submission();
    body["parties"][0]["reference"] = PERSON.into();
    let (path, orders) = bench.submitted("a", &body).await;
    let mut answer = account(ACCOUNT, "500.00");
    answer["reply"]["assets"][0]["asset"]["remark"] = format!("{PERSON} 转入 {ACCOUNT}").into();
    bench.answers(&orders[0], answer, "d1").await;
    (bench, path, orders[0].clone())
}

/// The places that tell of cases, of what stands in this one.
fn places(inquiry: &str, order: &str) -> Vec<String> {
    let rows = MATRIX.iter().filter(|row| row.shows == Shows::Cases);
    let read = rows.flat_map(|row| row.places).filter_map(|place| place.strip_prefix("GET "));
    let known = read.filter(|path| !path.starts_with("/v1/results") && !path.starts_with("/v1/desk/"));
    let named = known.map(|path| {
        path.replace("/v1/inquiries/{id}", inquiry)
            .replace("/v1/orders/{number}", &format!("/v1/orders/{order}"))
            .replace("/v1/cases/{id}", "/v1/cases/%EF%BC%882026%EF%BC%89%E6%99%8B10%E6%89%A7123%E5%8F%B7")
    });
    named.filter(|path| !path.contains('{')).collect()
}

#[tokio::test]
async fn numbers_are_whole_for_who_is_of_the_case_and_their_ends_for_everybody_else_on_every_place() {
    let (bench, inquiry, order) = bench().await;
    let measures = bench.get("officer", "/v1/measures").await.json();
    let id = measures["measures"][0]["id"].as_str().expect("a measure").to_owned();
    let places = [places(&inquiry, &order), vec![format!("/v1/measures/{id}")]].concat();
    let of = |path: &str, word: &str| path.ends_with(word);
    for who in ["case", "officer", "approver"] {
        for path in places.iter().filter(|path| who == "officer" || !of(path, "/desk")) {
            let shown = bench.get(who, path).await;
            if ["/assets", "/measures", order.as_str(), id.as_str()].iter().any(|word| of(path, word)) {
                assert!(shown.text.contains(ACCOUNT), "{who} {path}: {}", shown.text);
            }
        }
    }
    for who in ["auditor", "head", "own-head"] {
        let mut ends = 0;
        for path in &places {
            let shown = bench.get(who, &format!("{path}?reason=x")).await;
            for whole in [ACCOUNT, PERSON] {
                assert!(!shown.text.contains(whole), "{who} {path}: {}", shown.text);
            }
            ends += usize::from(shown.text.contains("****1234"));
        }
        assert!(ends >= 4, "{who}: {ends}");
    }
}

#[tokio::test]
async fn what_is_masked_still_leads_on_and_keeps_its_amounts() {
    let (bench, _, order) = bench().await;
    let (whole, masked) =
        (bench.get("officer", "/v1/measures").await, bench.get("auditor", "/v1/measures?reason=x").await);
    let (whole, masked) = (&whole.json()["measures"][0], &masked.json()["measures"][0]);
    assert_eq!(
        (&masked["target"]["number"], &whole["target"]["number"]),
        (&"****1234".into(), &ACCOUNT.into())
    );
    for field in ["id", "inquiry", "case_number", "counterpart", "institution", "available", "limit", "state"]
    {
        assert_eq!((field, &masked[field]), (field, &whole[field]));
    }
    let answer = bench.get("auditor", &format!("/v1/orders/{order}?reason=x")).await.json();
    assert_eq!(answer["order"]["number"], order);
    assert_eq!(answer["answer"]["reply"]["assets"][0]["asset"]["remark"], "****0014 转入 ****1234");
}

#[tokio::test]
async fn assets_that_end_alike_stay_two_where_they_are_masked() {
    let (bench, inquiry, _) = bench().await;
    let second = bench.get("officer", &format!("{inquiry}/orders")).await.json();
    let second = second["orders"][1]["number"].as_str().expect("a second bank").to_owned();
    bench.answers(&second, account("6222029999991234", "1.00"), "d2").await;
    let shown = bench.get("auditor", &format!("{inquiry}/assets?reason=x")).await.json();
    let keys: Vec<&str> = shown["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .map(|asset| asset["key"].as_str().expect("a key"))
        .collect();
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1]);
    assert!(keys.iter().all(|key| !key.contains("1234") || key.len() == 32), "{keys:?}");
}
