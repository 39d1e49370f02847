//! Papers: what can be printed, prints that are kept, batches.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::harness::{Bench, Reply, account, key};
use super::submission;
use crate::config::{PapersConfig, Role};
use crate::domain::people::Courts;
use crate::papers::Printer;

async fn case_with_answer(bench: &Bench, key: &str, number: &str) -> String {
    let mut body = submission();
    body["case"]["number"] = json!(number);
    body["parties"][0]["name"] = json!("测试甲·阿不都");
    let (path, orders) = bench.submitted(key, &body).await;
    bench.answers(&orders[0], account("6200998877665544", "600.00"), key).await;
    let view = bench.get("officer", &path).await.json();
    view["links"]["case"].as_str().expect("a case").to_owned()
}

async fn print(bench: &Bench, case: &str, body: Value) -> Reply {
    bench.post("officer", &format!("{case}/papers"), &body).await
}

#[tokio::test]
async fn a_print_has_a_number_is_kept_and_is_the_same_whenever_it_is_fetched() {
    let bench = Bench::new();
    let case = case_with_answer(&bench, "k", "(2026)晋10执123号").await;
    let list = bench.get("officer", &format!("{case}/papers")).await.json();
    let kinds: Vec<&str> = list["printable"]
        .as_array()
        .expect("papers")
        .iter()
        .map(|one| one["kind"].as_str().expect("kind"))
        .collect();
    assert_eq!(kinds, ["search_summary", "measure_list"], "{list}");
    let notice = json!({ "kind": "assistance_notice", "counterpart": "bank-b" });
    let told = print(&bench, &case, notice).await.is_problem(422, "invalid");
    assert_eq!(told["findings"][0]["pointer"], "/kind", "an order leaves by the desk alone: {told}");
    assert_eq!(list["printable"][0]["formats"], json!(["html", "xlsx"]), "no renderer: {list}");

    let printed = print(&bench, &case, json!({ "kind": "search_summary", "party": "party-1" })).await;
    assert_eq!(printed.status, 201, "{}", printed.text);
    let (location, view) = (printed.header("location").to_owned(), printed.json());
    let page = bench.get("approver", &location).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    for expected in [
        "财产查询反馈汇总表",
        "测试甲·阿不都",
        "6200998877665544",
        "测试银行",
        view["number"].as_str().expect("number"),
        "officer",
    ] {
        assert!(page.text.contains(expected), "{expected}");
    }
    assert_eq!(view["sha256"], hex::encode(Sha256::digest(page.text.as_bytes())));
    // More comes in; what was printed stays as it was.
    let orders = bench.get("officer", "/v1/orders").await.json();
    let open = orders["orders"].as_array().expect("orders").iter().find(|one| one["counterpart"] == "bank-b");
    bench
        .answers(
            open.expect("an order")["number"].as_str().expect("number"),
            account("6300", "5.00"),
            "later",
        )
        .await;
    assert_eq!(bench.get("approver", &location).await.text, page.text);
    let again = print(&bench, &case, json!({ "kind": "search_summary", "party": "party-1" })).await.json();
    assert_ne!((&again["number"], &again["sha256"]), (&view["number"], &view["sha256"]));

    let list = bench.get("officer", &format!("{case}/papers")).await.json();
    assert_eq!(list["printed"].as_array().expect("prints").len(), 2);
    assert_eq!(
        (&list["printed"][0]["number"], &list["printed"][0]["printed_by"]),
        (&view["number"], &json!("officer"))
    );
    let acts = bench.get("officer", "/v1/acts?act=print").await.json();
    assert_eq!(acts["acts"].as_array().expect("acts").len(), 2, "who printed what is in the audit: {acts}");
    assert_eq!(acts["acts"][0]["subject"], "（2026）晋10执123号");
}

#[tokio::test]
async fn a_table_comes_as_a_workbook_and_pdf_wants_a_renderer() {
    let bench = Bench::new();
    let case = case_with_answer(&bench, "k", "(2026)晋10执123号").await;
    let book = print(&bench, &case, json!({ "kind": "measure_list", "format": "xlsx" })).await;
    assert_eq!(book.status, 201, "{}", book.text);
    let bytes = bytes_at(&bench, book.header("location")).await;
    assert!(bytes.starts_with(b"PK"));
    assert_eq!(book.json()["sha256"], hex::encode(Sha256::digest(&bytes)));
    let pdf = print(&bench, &case, json!({ "kind": "measure_list", "format": "pdf" })).await;
    let told = pdf.is_problem(409, "not-now");
    assert!(told["detail"].as_str().expect("detail").contains("没有配置PDF打印程序"), "{told}");
    let list = bench.get("officer", &format!("{case}/papers")).await.json();
    assert_eq!(list["printed"].as_array().expect("prints").len(), 1, "what was not made is not kept");
}

/// The bytes of an answer that is no text.
async fn bytes_at(bench: &Bench, path: &str) -> axum::body::Bytes {
    let request = Request::get(path).header("authorization", "Bearer key-of-officer");
    let request = request.body(Body::empty()).expect("request");
    let response = tower::ServiceExt::oneshot(bench.router.clone(), request).await.expect("infallible");
    axum::body::to_bytes(response.into_body(), 16 << 20).await.expect("body")
}

#[tokio::test]
async fn a_pdf_that_chromium_made_is_kept_and_its_number_always_gives_the_same_bytes() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path().to_owned();
    let bench = Bench::with(move |gateway| {
        let renderer = std::path::PathBuf::from("/usr/bin/chromium");
        assert!(renderer.is_file(), "the tests print with Debian's chromium; install it");
        let limit = std::time::Duration::from_secs(300);
        let config = PapersConfig { renderer: Some(renderer), time_limit: limit, ..PapersConfig::default() };
        gateway.printer = Printer::new(config, folder);
    });
    let case = case_with_answer(&bench, "k", "(2026)晋10执123号").await;
    let body = json!({ "kind": "search_summary", "party": "party-1", "format": "pdf" });
    let printed = print(&bench, &case, body).await;
    assert_eq!(printed.status, 201, "{}", printed.text);
    let (first, again) = (
        bytes_at(&bench, printed.header("location")).await,
        bytes_at(&bench, printed.header("location")).await,
    );
    assert!(first.starts_with(b"%PDF-") && first == again);
    assert_eq!(printed.json()["sha256"], hex::encode(Sha256::digest(&first)));
    let list = bench.get("officer", &format!("{case}/papers")).await.json();
    assert_eq!(list["printable"][0]["formats"], json!(["html", "pdf", "xlsx"]));
}

#[tokio::test]
async fn what_cannot_be_printed_says_why() {
    let bench = Bench::new();
    let case = case_with_answer(&bench, "k", "(2026)晋10执123号").await;
    for (body, pointer) in [
        (json!({ "kind": "search_summary" }), "/party"),
        (json!({ "kind": "measure_list", "party": "party-1" }), "/party"),
        (json!({ "kind": "answer_reminder" }), "/counterpart"),
        (json!({ "kind": "freeze_notice", "party": "party-1", "format": "xlsx" }), "/format"),
    ] {
        let problem = print(&bench, &case, body).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], pointer);
    }
    let stranger = json!({ "kind": "search_summary", "party": "nobody" });
    print(&bench, &case, stranger).await.is_problem(404, "not-found");
    let notice = json!({ "kind": "freeze_notice", "party": "party-1" });
    print(&bench, &case, notice).await.is_problem(409, "not-now");
    let silent = json!({ "kind": "answer_reminder", "counterpart": "bank-b" });
    print(&bench, &case, silent).await.is_problem(409, "not-now");
    print(&bench, "/v1/cases/999", json!({ "kind": "measure_list" })).await.is_problem(404, "not-found");
    print(&bench, &case, json!({ "kind": "poem" })).await.is_problem(400, "malformed-body");
    for number in ["DY20260105000000000000000001", "CK1", "DY20260105", "..", "DY2026010500000000000000000x"]
    {
        bench.get("officer", &format!("/v1/papers/{number}")).await.is_problem(404, "not-found");
    }
    bench.get("ops", &format!("{case}/papers")).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_batch_is_one_page_of_several_cases_each_paper_kept_under_its_number() {
    let bench = Bench::new();
    let first = case_with_answer(&bench, "k", "(2026)晋10执123号").await;
    case_with_answer(&bench, "l", "(2026)晋10执124号").await;
    let id = first.rsplit('/').next().expect("an id");
    let body = json!({ "cases": [id, "(2026)晋10执124号"] });
    let batch = bench.post("officer", "/v1/papers/batch", &body).await;
    assert_eq!(batch.status, 201, "{}", batch.text);
    let numbers: Vec<String> = batch.header("x-print-numbers").split(',').map(str::to_owned).collect();
    assert_eq!((numbers.len(), batch.text.matches("<article>").count()), (2, 2));
    for (number, case) in numbers.iter().zip(["晋10执123号", "晋10执124号"]) {
        let own = bench.get("officer", &format!("/v1/papers/{number}")).await;
        assert!(own.text.contains(number.as_str()) && own.text.contains(case));
        assert!(batch.text.contains(number.as_str()));
    }
    for (body, pointer) in [
        (json!({ "cases": [] }), "/cases"),
        (json!({ "cases": [id, "999"] }), "/cases/1"),
        (json!({ "cases": [id], "format": "xlsx" }), "/format"),
        (json!({ "cases": [id], "kinds": ["assistance_notice"] }), "/kinds/0"),
        (json!({ "cases": [id], "kinds": ["freeze_notice"] }), "/cases"),
        (json!({ "cases": vec![id; 51] }), "/cases"),
    ] {
        let problem = bench.post("officer", "/v1/papers/batch", &body).await.is_problem(422, "invalid");
        assert_eq!(problem["findings"][0]["pointer"], pointer);
    }
    let pdf = json!({ "cases": [id], "format": "pdf" });
    bench.post("officer", "/v1/papers/batch", &pdf).await.is_problem(409, "not-now");
}

#[tokio::test]
async fn what_is_printed_and_what_is_shown_of_it_is_on_record_and_wants_a_reason_of_others() {
    let bench = Bench::with(|gateway| {
        let keys = [("auditor", Role::Auditor), ("head", Role::Supervisor)];
        gateway.keys.extend(keys.map(|(name, role)| key(name, role, Courts::All)));
    });
    let case = case_with_answer(&bench, "k", "(2026)晋10执123号").await;
    let printed = print(&bench, &case, json!({ "kind": "measure_list" })).await;
    let location = printed.header("location").to_owned();
    assert_eq!(bench.get("officer", &location).await.status, 200);
    assert_eq!(bench.get("officer", &format!("{location}/receipts")).await.status, 200);
    let id = case.rsplit('/').next().expect("an id");
    let batch = bench.post("approver", "/v1/papers/batch", &json!({ "cases": [id] })).await;
    assert_eq!(batch.status, 201, "{}", batch.text);
    bench.get("auditor", &format!("{case}/papers")).await.is_problem(403, "reason-wanted");
    bench.get("auditor", &location).await.is_problem(403, "reason-wanted");
    bench.post("head", "/v1/papers/batch", &json!({ "cases": [id] })).await.is_problem(403, "reason-wanted");
    for path in ["/v1/papers/batch".to_owned(), format!("{case}/papers")] {
        // An auditor reads what was issued, and issues nothing.
        bench.post("auditor", &path, &json!({ "cases": [id] })).await.is_problem(403, "forbidden");
    }
    let told = bench.get("auditor", &format!("{location}?reason=check")).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let looks = async |who: &str| -> Vec<(String, String, String)> {
        let found = bench.get("auditor", &format!("/v1/looks?actor={who}")).await.json();
        let text = |look: &Value, field: &str| look[field].as_str().expect(field).to_owned();
        let looks = found["looks"].as_array().expect("looks").iter();
        looks.map(|look| (text(look, "kind"), text(look, "subject"), text(look, "case_number"))).collect()
    };
    let number = location.rsplit('/').next().expect("a number");
    let case_number = "（2026）晋10执123号";
    let look = |kind: &str, subject: &str| (kind.to_owned(), subject.to_owned(), case_number.to_owned());
    let officers = looks("officer").await;
    for expected in [look("print", id), look("print", number), look("raw", number)] {
        assert!(officers.contains(&expected), "{expected:?}: {officers:?}");
    }
    assert_eq!(looks("approver").await, [look("print", id)], "each case of a batch");
    assert_eq!(looks("auditor").await, [look("print", number)]);
}

#[tokio::test]
async fn receipts_go_with_a_print_byte_for_byte_as_they_had_come_when_it_was_made() {
    let bench = Bench::new();
    let (path, orders) = bench.submitted("k", &submission()).await;
    let view = bench.get("officer", &path).await.json();
    let case = view["links"]["case"].as_str().expect("a case").to_owned();
    let sealed: Vec<u8> = (0..=255).collect();
    let receipt = json!({ "title": "回单.pdf", "format": "PDF", "content": STANDARD.encode(&sealed) });
    let mut answer = account("6200", "600.00");
    answer["receipts"] = json!([receipt]);
    bench.answers(&orders[0], answer, "aa").await;
    let summary = json!({ "kind": "search_summary", "party": "party-1" });
    let first = print(&bench, &case, summary.clone()).await.header("location").to_owned();
    let files = async |location: &str| -> BTreeMap<String, Vec<u8>> {
        let bytes = bytes_at(&bench, &format!("{location}/receipts")).await;
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).expect("a ZIP file");
        let mut files = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).expect("a file");
            let file_name = file.name().expect("a name").into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("bytes");
            files.insert(file_name, bytes);
        }
        files
    };
    let found = files(&first).await;
    assert_eq!(found.get("receipts/001-bank-a.pdf"), Some(&sealed), "{:?}", found.keys());
    let list = String::from_utf8(found["receipts.csv"].clone()).expect("text");
    assert!(list.contains("回单.pdf") && list.contains(&hex::encode(Sha256::digest(&sealed))), "{list}");
    let number = first.rsplit('/').next().expect("a number");
    assert_eq!(found[&format!("{number}.html")], bytes_at(&bench, &first).await.to_vec());
    let notice = json!({ "kind": "measure_list" });
    let measures = print(&bench, &case, notice).await.header("location").to_owned();
    assert_eq!(files(&measures).await.len(), 2, "no receipt is about a measure");
    bench
        .get("officer", "/v1/papers/DY20260105000000000000000001/receipts")
        .await
        .is_problem(404, "not-found");
}
