//! Statistics of a period.

use serde_json::{Value, json};

use super::harness::{Bench, account};
use super::submission;
use crate::domain::{Change, IdKind, Measure, MeasureId, MeasureState};

async fn bench_with_answers() -> Bench {
    let bench = Bench::new();
    let mut body = submission();
    body["case"]["filed_on"] = json!("2026-01-05");
    let (_, orders) = bench.submitted("k", &body).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let mut other = submission();
    other["case"]["number"] = json!("(2026)晋10执124号");
    other["case"]["court_name"] = json!("=cmd|' /C calc'!A0");
    other["case"]["court_code"] = json!("T11");
    bench.submitted("l", &other).await;
    bench
}

async fn rows(bench: &Bench, by: &str) -> Vec<Value> {
    let reply =
        bench.get("officer", &format!("/v1/statistics?from=2026-01-01&until=2026-01-31&by={by}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["rows"].as_array().expect("rows").clone()
}

#[tokio::test]
async fn figures_come_by_month_court_officer_counterpart_and_action() {
    let bench = bench_with_answers().await;
    let month = rows(&bench, "month").await;
    assert_eq!((month.len(), &month[0]["key"]), (1, &json!("2026-01")));
    let figures = (&month[0]["cases"], &month[0]["inquiries"], &month[0]["parties"], &month[0]["hits"]);
    assert_eq!(figures, (&json!(2), &json!(2), &json!(2), &json!(1)));
    assert_eq!((&month[0]["answered_in_time"], &month[0]["queries_answered"]), (&json!(1), &json!(1)));
    assert_eq!(month[0]["claimed"]["amount"], "2000.00");
    let courts = rows(&bench, "court").await;
    let keys: Vec<&str> = courts.iter().map(|row| row["key"].as_str().expect("key")).collect();
    assert_eq!(keys, ["T10", "T11"]);
    assert_eq!((&courts[0]["pending"], &courts[0]["cases"]), (&json!(1), &json!(1)));
    assert_eq!(rows(&bench, "officer").await[0]["name"], "承办人甲");
    let counterparts = rows(&bench, "counterpart").await;
    assert_eq!((&counterparts[0]["key"], &counterparts[0]["rank"]), (&json!("bank-a"), &json!(1)));
    assert_eq!(counterparts[0]["name"], "测试银行");
    assert_eq!(rows(&bench, "action").await[0]["key"], "query");
    let other = bench.get("officer", "/v1/statistics?from=2025-12-01&until=2025-12-31").await.json();
    assert_eq!((&other["rows"], &other["total"]["cases"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn a_court_an_officer_a_counterpart_and_an_action_are_counted_alone() {
    let bench = bench_with_answers().await;
    let total = async |query: &str| {
        let reply =
            bench.get("officer", &format!("/v1/statistics?from=2026-01-01&until=2026-01-31&{query}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()["total"].clone()
    };
    let cases = async |query: &str| total(query).await["cases"].clone();
    assert_eq!((cases("court=T11").await, cases("court=T99").await), (json!(1), json!(0)));
    let officer = "%E6%89%BF%E5%8A%9E%E4%BA%BA%E7%94%B2";
    assert_eq!(
        (cases(&format!("officer={officer}")).await, cases("officer=nobody").await),
        (json!(2), json!(0))
    );
    let (bank, all) = (total("counterpart=bank-a").await, total("").await);
    assert_eq!((&bank["hits"], &bank["pending"]), (&json!(1), &json!(1)));
    assert_ne!(bank["orders"], all["orders"], "only what it was asked");
    assert_eq!(total("action=renew").await["inquiries"], json!(0));
    bench.get("officer", "/v1/statistics?action=poem").await.is_problem(400, "malformed-request");
}

#[tokio::test]
async fn a_court_named_like_a_formula_is_text_in_a_spreadsheet() {
    let bench = bench_with_answers().await;
    let csv = bench.get("officer", "/v1/statistics?by=court&format=csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.text.starts_with("\u{feff}法院,案件数,"), "{}", csv.text);
    assert!(csv.text.contains("\r\n'=cmd|' /C calc'!A0,1,"), "{}", csv.text);
    assert!(
        csv.text.trim_end().rsplit("\r\n").next().expect("a line").starts_with("合计,2,2,"),
        "{}",
        csv.text
    );
}

#[tokio::test]
async fn a_period_that_is_no_period_is_refused() {
    let bench = Bench::new();
    for query in [
        "from=2026-02-01&until=2026-01-01",
        "from=2024-01-01&until=2026-01-01",
        "from=yesterday",
        "by=mood",
        "format=pdf",
        "of=all",
    ] {
        bench.get("officer", &format!("/v1/statistics?{query}")).await.is_problem(400, "malformed-request");
    }
    assert_eq!(
        bench.get("officer", "/v1/statistics?from=2025-01-06&until=2026-01-05").await.status,
        200,
        "a year"
    );
    bench.get("ops", "/v1/statistics").await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_freeze_that_lapsed_counts_on_its_last_day_however_long_ago_its_inquiry_was_accepted() {
    let (bench, _, _, measure) = super::acts::with_proposal().await;
    let first = measure.rsplit('/').next().and_then(|id| id.parse().ok()).map(MeasureId::new);
    let written = bench.gateway.store.transact(move |tx| {
        let first = tx.measure(first.expect("a number"))?.expect("a measure");
        let id = MeasureId::new(tx.next(IdKind::Measure));
        let until = Some("2027-01-06".parse().expect("a day"));
        let lapsed = Measure { id, state: MeasureState::Lapsed, until, ..first };
        tx.write(&[Change::NewMeasure(Box::new(lapsed))])
    });
    written.await.expect("written");
    let total = async |who: &str, query: &str| {
        let reply = bench.get(who, &format!("/v1/statistics?{query}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    };
    let month = "from=2027-01-01&until=2027-01-31";
    for by in ["month", "court", "officer", "counterpart", "action"] {
        let told = total("officer", &format!("{month}&by={by}")).await;
        assert_eq!((&told["total"]["inquiries"], &told["total"]["lapsed"]), (&json!(0), &json!(1)), "{told}");
        assert_eq!((told["rows"].as_array().map(Vec::len), &told["rows"][0]["lapsed"]), (Some(1), &json!(1)));
    }
    for none in [
        "from=2027-01-01&until=2027-01-05",
        "from=2027-01-07&until=2027-01-31",
        "from=2026-01-01&until=2026-01-31",
    ] {
        assert_eq!(total("officer", none).await["total"]["lapsed"], json!(0), "{none}");
    }
    for (part, count) in [("court=T10", 1), ("court=T11", 0), ("counterpart=bank-b", 0), ("action=query", 0)]
    {
        assert_eq!(
            total("officer", &format!("{month}&{part}")).await["total"]["lapsed"],
            json!(count),
            "{part}"
        );
    }
}
