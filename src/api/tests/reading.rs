use chakong_contract::connector::{Attachment, Read, ReadContent};
use chakong_contract::reply::Receipt;
use chakong_contract::{Asset, Company, EntryResult};
use serde_json::{Value, json};

use super::harness::account;
use super::{Bench, submission};
use crate::domain::decide::ReceiptFile;
use crate::domain::{RawDirection, RawMessage};
use crate::engine::{Entry, HandedIn};
use crate::store::codec::encode;

#[tokio::test]
async fn inquiries_are_found_by_case_number_and_in_pages() {
    let bench = Bench::new();
    for key in ["a", "b", "c"] {
        bench.submitted(key, &submission()).await;
    }
    let mut other = submission();
    other["case"]["number"] = json!("（2026）晋10执9号");
    bench.submitted("d", &other).await;
    let encoded = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    for number in ["(2026)晋10执123号", "〔2026〕晋10执123号", "（2026）晋10执123号"] {
        let list =
            bench.get("officer", &format!("/v1/inquiries?case_number={}", encoded(number))).await.json();
        assert_eq!(list["inquiries"].as_array().map(Vec::len), Some(3), "{number}");
    }
    bench.get("officer", "/v1/inquiries?case_number=x").await.is_problem(400, "malformed-request");
    let mut seen: Vec<Value> = Vec::new();
    let mut path = "/v1/inquiries?limit=3&state=open".to_owned();
    loop {
        let page = bench.get("officer", &path).await.json();
        seen.extend(page["inquiries"].as_array().expect("list").iter().map(|inquiry| inquiry["id"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/inquiries?limit=3&state=open&cursor={next}");
    }
    seen.dedup();
    assert_eq!(seen.len(), 4, "each once");
    let none = bench.get("officer", "/v1/inquiries?state=cancelled").await.json();
    assert_eq!(none, json!({ "inquiries": [], "next": null }));
    for bad in
        ["limit=0", "limit=201", "cursor=17", "cursor=01890a5d-ac96-774b-bcce-b302099a8057", "state=odd"]
    {
        bench.get("officer", &format!("/v1/inquiries?{bad}")).await.is_problem(400, "malformed-request");
    }
}

#[tokio::test]
async fn one_asset_from_two_banks_is_one_asset_with_two_sources() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "300.00"), "aa").await;
    bench.answers(&orders[1], account("6200", "300.00"), "bb").await;
    let list = bench.get("case", &format!("{path}/assets")).await.json();
    let assets = list["assets"].as_array().expect("assets");
    assert_eq!(assets.len(), 1, "{list}");
    assert_eq!(assets[0]["asset"]["number"], "6200");
    let mut sources: Vec<&str> = assets[0]["sources"]
        .as_array()
        .expect("sources")
        .iter()
        .filter_map(|s| s["raw_digest"].as_str())
        .collect();
    sources.sort_unstable();
    assert_eq!(sources, ["aa", "bb"]);
    assert_eq!(assets[0]["sources"][0]["matched_by"], "name_and_number");
    bench.answers(&orders[1], account("6201", "5.00"), "cc").await;
    let list = bench.get("case", &format!("{path}/assets")).await.json();
    assert_eq!(list["assets"].as_array().map(Vec::len), Some(2), "only latest revisions count");
}

#[tokio::test]
async fn a_company_in_two_registers_is_one_asset_and_two_of_one_number_and_several_identifiers_are_two() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let company = |lei: Value, number: &str, jurisdiction: &str| {
        json!({ "kind": "company", "name": "EXAMPLE TRADING LIMITED", "code": null, "org_code": null, "lei": lei,
            "registration_number": number, "jurisdiction": jurisdiction, "status": null, "status_text": "",
            "legal_representative": "", "company_type": "", "registered_capital": null, "registered_capital_text": "",
            "paid_capital": null, "established": null, "term_from": null, "term_until": null, "authority": "",
            "address": "", "scope": "" })
    };
    let found = |companies: &[Value]| {
        let assets = companies.iter().map(|asset| json!({ "asset": asset, "matched_by": "name_only" }));
        json!({ "reply": { "outcome": "found", "assets": assets.collect::<Vec<_>>() }, "answered_at": null })
    };
    let by_lei = [
        company("9999EXAMPLE000000123".into(), "01234567", "GB"),
        company("9999EXAMPLE000000220".into(), "01234567", "GB"),
    ];
    bench.answers(&orders[0], found(&by_lei), "aa").await;
    let in_register =
        [company(Value::Null, "1234567", "england-wales"), company(Value::Null, "07654321", "england-wales")];
    bench.answers(&orders[1], found(&in_register), "bb").await;
    let list = bench.get("case", &format!("{path}/assets")).await.json();
    let sources: Vec<usize> = list["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .filter_map(|asset| asset["sources"].as_array().map(Vec::len))
        .collect();
    assert_eq!(sources.iter().sum::<usize>(), 4, "{list}");
    assert_eq!(
        sources.len(),
        3,
        "one in both registers, its namesake, and the one of another identifier: {list}"
    );
}

#[tokio::test]
async fn one_company_from_two_sources_is_one_company_with_its_contradictions() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let company = |status: &str, text: &str| {
        let asset = serde_json::to_value(Asset::Company(Company {
            name: "示例甲有限公司".to_owned(),
            code: "91000000MADEM00112".parse().ok(),
            ..Company::default()
        }));
        let mut asset = asset.expect("JSON");
        (asset["status"], asset["status_text"]) = (json!(status), json!(text));
        let found = json!([{ "asset": asset, "matched_by": "number" }]);
        json!({ "reply": { "outcome": "found", "assets": found }, "answered_at": null })
    };
    assert_eq!(bench.get("case", &format!("{path}/companies")).await.json(), json!({ "companies": [] }));
    bench.answers(&orders[0], company("active", "存续"), "aa").await;
    bench.answers(&orders[1], company("deregistered", "注销"), "bb").await;
    let list = bench.get("case", &format!("{path}/companies")).await.json();
    assert_eq!(list["companies"].as_array().map(Vec::len), Some(1), "{list}");
    let company = &list["companies"][0];
    assert_eq!(company["names"], json!([{ "value": "示例甲有限公司", "sources": [0, 1] }]));
    assert_eq!(company["contradictions"][0]["field"], "statuses");
    let sources = company["sources"].as_array().expect("sources");
    let asked: Vec<&str> = sources.iter().filter_map(|source| source["order"].as_str()).collect();
    assert!(orders.iter().all(|order| asked.contains(&order.as_str())), "{asked:?}");
    assert_eq!(company["sources"][0]["party"], "party-1");
}

#[tokio::test]
async fn orders_come_in_pages() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let first = bench.get("case", &format!("{path}/orders?limit=1")).await.json();
    assert_eq!(first["orders"][0]["number"], orders[0]);
    let next = first["next"].as_str().expect("a cursor is text");
    let last = bench.get("case", &format!("{path}/orders?limit=1&cursor={next}")).await.json();
    assert_eq!((&last["orders"][0]["number"], &last["next"]), (&json!(orders[1]), &Value::Null));
    for bad in ["limit=0", "limit=2001", "cursor=lower", "after=1"] {
        bench.get("case", &format!("{path}/orders?{bad}")).await.is_problem(400, "malformed-request");
    }
}

#[tokio::test]
async fn an_order_shows_its_answer_and_every_revision() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let order = format!("/v1/orders/{}", orders[0]);
    let before = bench.get("case", &order).await.json();
    assert_eq!((&before["answer"], &before["revisions"]), (&Value::Null, &json!(0)));
    assert_eq!((&before["order"]["party"], &before["order"]["state"]), (&json!("party-1"), &json!("queued")));
    assert_eq!(before["order"]["document"], "resident_id");
    bench.answers(&orders[0], account("6200", "300.00"), "aa").await;
    bench.answers(&orders[0], account("6200", "200.00"), "bb").await;
    let now = bench.get("case", &order).await.json();
    assert_eq!((&now["revisions"], &now["answer"]["revision"]), (&json!(2), &json!(2)));
    assert_eq!(now["answer"]["receipts"][0]["content"], "JVBERi0=", "receipts byte for byte");
    let first = bench.get("case", &format!("{order}?revision=1")).await.json();
    assert_eq!(first["answer"]["provenance"]["raw_digest"], "aa");
    assert_eq!(first["answer"]["differences"], Value::Null);
    bench.get("case", &format!("{order}?revision=3")).await.is_problem(404, "not-found");
    bench.get("case", "/v1/orders/CK20260105000000009999").await.is_problem(404, "not-found");
    let view = bench.get("case", &path).await.json();
    assert_eq!((&view["orders"]["answered"], &view["orders"]["queued"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn the_certificate_says_who_was_asked_and_who_was_not() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let certificate = bench.get("case", &format!("{path}/certificate")).await.json();
    assert_eq!((&certificate["number"], &certificate["triage"]), (&json!(0), &json!("undetermined")));
    assert_eq!(certificate["questions"]["pending"], 2, "nobody has answered: nothing is known yet");
    bench.get("case", &format!("{path}/certificates/1")).await.is_problem(404, "not-found");
    assert_eq!(certificate["not_asked"][0]["counterpart"], "vendor", "it cannot look persons up");
    for order in &orders {
        bench.answers(order, json!({ "reply": { "outcome": "nothing" }, "answered_at": null }), "aa").await;
    }
    let certificate = bench.get("case", &format!("{path}/certificate")).await.json();
    let questions = &certificate["questions"];
    assert_eq!(
        (&certificate["number"], &questions["answered"], &questions["total"]),
        (&json!(1), &json!(2), &json!(2))
    );
    assert_eq!(certificate["triage"], "nothing_found");
    assert_eq!(certificate["coverage"]["claimed"]["amount"], "1000.00");
    let reply = bench.get("case", &format!("{path}/certificates/1")).await;
    let issued = reply.json();
    assert_eq!(issued["certificate"], certificate, "as it was issued");
    let (_, text) = reply.text.split_once("\"certificate\":").expect("the document");
    let text = text.strip_suffix('}').expect("it comes last");
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(text));
    assert_eq!(issued["sha256"], digest, "whoever reads it can check the digest");
    let view = bench.get("case", &path).await.json();
    assert_eq!((&view["state"], &view["certificates"]), (&json!("completed"), &json!(1)));
    let missing = "/v1/inquiries/01890a5d-ac96-774b-bcce-b302099a8057";
    for below in ["", "/orders", "/assets", "/companies", "/measures", "/certificate", "/acts"] {
        bench.get("case", &format!("{missing}{below}")).await.is_problem(404, "not-found");
    }
}

/// A receipt that a bank hands in on its own about an order.
fn handed_in(bench: &Bench, number: &str) -> HandedIn {
    let receipt = Receipt {
        title: "冻结回执".into(),
        format: "PDF".into(),
        content: b"%PDF-1.4 invented".as_slice().into(),
    };
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&receipt.content));
    let file = ReceiptFile::of(&receipt, digest, encode(&receipt.content));
    let content = ReadContent::Attachment(Box::new(Attachment::Receipt(receipt)));
    let read = Read { number: Some(number.parse().expect("a number")), content };
    let raw = RawMessage {
        lane: "bank-a".into(),
        batch: None,
        direction: RawDirection::In,
        name: "receipt".into(),
        at: bench.gateway.clock.now(),
        bytes: encode(b"said"),
    };
    let entries = vec![Entry { read, receipt: Some(file) }];
    HandedIn { entries, raw, digest: "cc".into(), connector: "court-bank/0.1.0".into() }
}

#[tokio::test]
async fn a_receipt_stands_with_its_measure_and_is_given_byte_for_byte() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let ledger = bench.get("officer", &format!("{path}/measures")).await.json();
    assert_eq!(ledger["measures"][0]["receipts"], json!([]), "nothing came on its own yet");
    let measure = format!("/v1/measures/{}", ledger["measures"][0]["id"].as_str().expect("id"));
    let approved =
        bench.post("approver", &format!("{measure}/approve"), &json!({ "reason": "核对无误" })).await.json();
    let handed_in = handed_in(&bench, approved["order"].as_str().expect("an order"));
    for taken in [EntryResult::Accepted, EntryResult::Duplicate] {
        let verdicts = bench.gateway.engine.receive(handed_in.clone()).await.expect("written");
        assert_eq!(
            verdicts.entries.iter().map(|(_, taken)| taken).collect::<Vec<_>>(),
            [&taken],
            "it is kept once"
        );
        assert!(verdicts.answered.is_empty(), "a receipt is no answer");
    }
    let shown = bench.get("case", &measure).await.json();
    let [one] = shown["receipts"].as_array().expect("a list").as_slice() else { panic!("{shown}") };
    assert_eq!(
        (&one["title"], &one["size"], &one["order"]),
        (&json!("冻结回执"), &json!(17), &approved["order"])
    );
    let digest = one["sha256"].as_str().expect("a digest");
    let got = bench.get("case", &format!("{measure}/receipts/{digest}")).await;
    assert_eq!((got.text.as_str(), got.header("content-type")), ("%PDF-1.4 invented", "application/pdf"));
    assert_eq!(
        (got.header("x-content-type-options"), got.header("content-disposition")),
        ("nosniff", "attachment")
    );
    for missing in
        [format!("{measure}/receipts/{}", "0".repeat(64)), format!("/v1/measures/99/receipts/{digest}")]
    {
        bench.get("case", &missing).await.is_problem(404, "not-found");
    }
    let results = bench.get("case", "/v1/results?consumer=c").await.json();
    let told = results["events"]
        .as_array()
        .expect("events")
        .iter()
        .find(|event| event["type"] == "chakong.measure.receipt");
    let told = told.expect("it is told");
    assert_eq!(
        (&told["data"]["receipt"]["sha256"], &told["data"]["measure"]["state"]),
        (&json!(digest), &json!("asked"))
    );
}
