//! What of a house of several courts stays with each: accounts that money goes to, receipts, counts, and what is done about persons.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use chakong_contract::{Fault, FaultKind};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::Bench;
use super::acts::{document, held};
use super::courts::{bench as two_courts, of_court, submit_as};
use super::harness::{account, key};
use crate::config::Role;
use crate::domain::decide::OrderInput;
use crate::domain::people::Courts;

const FIRST: &str = "(2026)晋10执123号";

/// The measures of an inquiry, with the proposal approved and held as the bank said it.
async fn with_freeze(bench: &Bench, (path, order): (&str, &str), answer: Value) -> String {
    bench.answers(order, account("6200", "600.00"), "aa").await;
    let ledger = bench.get("case", &format!("{path}/measures")).await.json();
    let measure = format!("/v1/measures/{}", ledger["measures"][0]["id"].as_str().expect("a measure"));
    let approved =
        bench.post("approver", &format!("{measure}/approve"), &json!({ "reason": "核对无误" })).await;
    bench.answers(approved.json()["order"].as_str().expect("an order"), answer, "bb").await;
    measure
}

fn deduction(name: &str) -> Value {
    let papers = [document("deduct_ruling", "JVBERi0="), document("deduct_notice", "JVBERi0=")];
    json!({ "reason": "划拨案款", "court_account": name, "documents": papers })
}

#[tokio::test]
async fn deducted_money_goes_to_an_account_of_the_courts_own_and_to_no_other() {
    let bench = Bench::with(|gateway| {
        let main = gateway.court_accounts[0].clone();
        for court in ["T10", "T11"] {
            let key_of = |role: &str, as_role| key(&format!("{role}-{court}"), as_role, Courts::one(court));
            gateway.keys.extend([key_of("approver", Role::Approver), key_of("case", Role::CaseSystem)]);
            let mut own = main.clone();
            (own.name, own.courts) = (format!("account-{court}"), Courts::one(court));
            gateway.court_accounts.push(own);
        }
        gateway.court_accounts.remove(0);
    });
    let (path, orders) = bench.submitted("k", &of_court("T10", FIRST)).await;
    let measure = with_freeze(&bench, (&path, &orders[0]), held("600.00")).await;
    let deduct = format!("{measure}/deduct");
    // Another court's account looks the same as one that nobody has: to its own people, and to those of every court.
    let unknown =
        bench.post("approver-T10", &deduct, &deduction("nobody's")).await.is_problem(422, "invalid");
    for who in ["approver-T10", "approver"] {
        let told = bench.post(who, &deduct, &deduction("account-T11")).await.is_problem(422, "invalid");
        assert_eq!(told["findings"], unknown["findings"], "{who}");
    }
    // The case goes on at another court: the money is that court's from then on.
    let mut joins = of_court("T11", "(2026)晋11执恢7号");
    joins["case"]["continues"] = json!(FIRST);
    assert_eq!(submit_as(&bench, "case", "b", &joins).await.status, StatusCode::CREATED);
    bench.post("approver-T10", &deduct, &deduction("account-T10")).await.is_problem(422, "invalid");
    let done = bench.post("approver-T11", &deduct, &deduction("account-T11")).await;
    assert_eq!((done.status, &done.json()["state"]), (StatusCode::OK, &json!("deducting")), "{}", done.text);
}

#[tokio::test]
async fn an_account_of_nobody_in_particular_takes_no_money_where_persons_are_of_several_courts() {
    let bench = Bench::with(|gateway| {
        gateway.keys.push(key("security", Role::SecurityAdministrator, Courts::All));
    });
    let (path, orders) = bench.submitted("k", &of_court("T10", FIRST)).await;
    let measure = with_freeze(&bench, (&path, &orders[0]), held("600.00")).await;
    for (number, court) in [("gh001", "T10"), ("gh002", "T11")] {
        let person = json!({ "name": "张测试", "number": number, "courts": [court], "roles": ["officer"], "reason": "入职" });
        assert_eq!(bench.post("security", "/v1/people", &person).await.status, StatusCode::CREATED);
    }
    let told = bench.post("approver", &format!("{measure}/deduct"), &deduction("main")).await;
    let told = told.is_problem(422, "invalid");
    assert_eq!(told["findings"][0]["pointer"], "/court_account", "{told}");
}

/// The names of what is in the ZIP file of a print, and the list of receipts.
async fn bundle(bench: &Bench, who: &str, print: &str) -> (BTreeSet<String>, String) {
    let request = Request::get(format!("{print}/receipts"));
    let request = request.header("authorization", format!("Bearer key-of-{who}")).body(Body::empty());
    let response = bench.router.clone().oneshot(request.expect("a request")).await.expect("infallible");
    let bytes = to_bytes(response.into_body(), 16 << 20).await.expect("a body");
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).expect("a ZIP file");
    let names = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
    let mut list = String::new();
    zip.by_name("receipts.csv").expect("a list").read_to_string(&mut list).expect("text");
    (names, list)
}

#[tokio::test]
async fn receipts_of_another_courts_orders_do_not_go_with_a_print_of_the_chain() {
    let bench = two_courts();
    let (path, orders) = bench.submitted("k", &of_court("T10", FIRST)).await;
    let mut answer = held("600.00");
    answer["receipts"] = json!([{ "title": "冻结回执", "format": "pdf", "content": "JVBERi0=" }]);
    with_freeze(&bench, (&path, &orders[0]), answer).await;
    let mut joins = of_court("T11", "(2026)晋11执恢7号");
    joins["case"]["continues"] = json!(FIRST);
    assert_eq!(submit_as(&bench, "case", "b", &joins).await.status, StatusCode::CREATED);
    for (court, sees) in [("T10", true), ("T11", false)] {
        let who = format!("officer-{court}");
        let cases = bench.get(&who, &format!("/v1/cases?court={court}")).await.json();
        let case = cases["cases"][0]["id"].as_str().expect("a case").to_owned();
        let body = json!({ "kind": "measure_list" });
        let printed = bench.post(&who, &format!("/v1/cases/{case}/papers"), &body).await;
        assert_eq!(printed.status, StatusCode::CREATED, "{}", printed.text);
        let (names, list) = bundle(&bench, &who, printed.header("location")).await;
        assert_eq!(names.iter().any(|name| name.starts_with("receipts/")), sees, "{court}: {names:?}");
        assert_eq!(list.contains("冻结回执"), sees, "{court}: {list}");
        assert!(list.contains("其他法院"), "{court} is told that there is more: {list}");
    }
}

#[tokio::test]
async fn the_auditor_of_a_court_sees_what_is_done_about_its_persons_and_keys_and_nobody_elses() {
    let bench = Bench::with(|gateway| {
        gateway.keys.push(key("security", Role::SecurityAdministrator, Courts::All));
        for court in ["T10", "T11"] {
            gateway.keys.push(key(&format!("auditor-{court}"), Role::Auditor, Courts::one(court)));
            gateway.keys.push(key(&format!("officer-{court}"), Role::Officer, Courts::one(court)));
        }
    });
    let person = json!({ "name": "张测试", "number": "gh001", "courts": ["T10"], "roles": ["officer"], "reason": "入职" });
    let added = bench.post("security", "/v1/people", &person).await.json();
    let id = added["person"]["id"].as_str().expect("an identifier");
    let reset = bench.post("security", &format!("/v1/people/{id}/reset"), &json!({ "reason": "遗忘" })).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    let made =
        json!({ "name": "case-system-T10", "courts": ["T10"], "roles": ["case_system"], "reason": "联调" });
    let made = bench.post("security", "/v1/keys", &made).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let acts = async |who: &str| -> Vec<String> {
        let list = bench.get(who, "/v1/acts").await.json();
        let all = list["acts"].as_array().expect("acts").iter();
        all.map(|act| act["act"].as_str().expect("a word").to_owned()).collect()
    };
    let seen = acts("auditor-T10").await;
    for act in ["add_person", "make_key"] {
        assert!(seen.iter().any(|one| one == act), "{act}: {seen:?}");
    }
    assert_eq!(seen.len(), 3, "and the reset: {seen:?}");
    assert_eq!(acts("auditor-T11").await, [""; 0], "another court's persons");
    assert_eq!(acts("officer-T10").await, [""; 0], "who does not audit is not told of colleagues");
}

#[tokio::test]
async fn what_travels_for_other_courts_is_counted_for_none_but_those_who_see_every_court() {
    let bench = two_courts();
    let (_, orders) = bench.submitted("k", &of_court("T10", FIRST)).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let messages = async |who: &str| {
        let list = bench.get(who, "/v1/counterparts/bank-a/messages").await.json();
        let one = &list["messages"][0];
        (one["name"].clone(), one["orders"].as_array().map(Vec::len), one["orders_total"].clone())
    };
    let whole = (json!("test"), Some(1), json!(1));
    assert_eq!(messages("ops").await, whole);
    assert_eq!(messages("officer-T10").await, whole, "all that it is about is the court's own");
    assert_eq!(messages("officer-T11").await, (Value::Null, None, Value::Null), "nothing of another court's");
    for (who, sees) in [("ops", true), ("officer", true), ("officer-T10", false), ("officer-T11", false)] {
        let bank = bench.get(who, "/v1/counterparts/bank-b").await.json();
        assert_eq!(bank["orders"]["waiting"], if sees { json!(1) } else { Value::Null }, "{who}: {bank}");
        assert_eq!(bank["charges_today"].is_null(), !sees, "{who}: {bank}");
        let charges = bench.get(who, "/v1/counterparts/bank-b/charges").await;
        assert_eq!(charges.status, if sees { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{who}");
    }
}

#[tokio::test]
async fn messages_of_other_courts_are_passed_over_and_the_pages_go_on_behind_them() {
    let bench = two_courts();
    let mut own = Vec::new();
    for (nth, court) in ["T10", "T11", "T11", "T10", "T11"].into_iter().enumerate() {
        let number = format!("(2026)晋10执{}号", 200 + nth);
        let (_, orders) = bench.submitted(&format!("k{nth}"), &of_court(court, &number)).await;
        bench.answers(&orders[0], account(&format!("62{nth}"), "1.00"), &format!("d{nth}")).await;
        if court == "T10" {
            own.insert(0, orders[0].clone());
        }
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/counterparts/bank-a/messages?limit=1".to_owned());
    for _ in 0..10 {
        let page = bench.get("officer-T10", &path).await.json();
        let numbers = page["messages"].as_array().expect("messages").iter();
        seen.extend(numbers.map(|one| one["orders"][0].as_str().expect("an order of its own").to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/counterparts/bank-a/messages?limit=1&cursor={next}");
    }
    assert_eq!(seen, own, "each once, the newest first");
    let all = bench.get("ops", "/v1/counterparts/bank-a/messages").await.json();
    assert_eq!(all["messages"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn operations_see_what_went_wrong_and_nothing_of_the_case_and_send_queries_again() {
    let bench = Bench::new();
    let (_, orders) = bench.submitted("k", &of_court("T10", FIRST)).await;
    let fault = Fault::new(FaultKind::Unsupported, "send", "测试甲 110101190001010014");
    let of_bank = |name: &str| format!("/v1/counterparts/{name}/faults");
    assert_eq!(bench.get("ops", &of_bank("bank-a")).await.json(), json!({ "faults": [] }));
    bench.happens(&orders[0], OrderInput::Faulted(fault), "aa").await;
    let told = bench.get("ops", &of_bank("bank-a")).await;
    let one = &told.json()["faults"][0];
    let known = (&one["number"], &one["action"], &one["state"], &one["may_be_sent_again"]);
    assert_eq!(known, (&json!(orders[0]), &json!("query"), &json!("failed"), &json!(true)), "{}", told.text);
    for of_the_case in ["测试甲", "110101190001010014", "123号", "party"] {
        assert!(!told.text.contains(of_the_case), "{of_the_case}: {}", told.text);
    }
    let again = |bank: &str| format!("{}/{}/again", of_bank(bank), orders[0]);
    let why = json!({ "reason": "线路已恢复" });
    bench.post("ops", &again("bank-b"), &why).await.is_problem(404, "not-found");
    bench.post("officer", &again("bank-a"), &why).await.is_problem(403, "forbidden");
    let sent = bench.post("ops", &again("bank-a"), &why).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    let number = sent.json()["number"].as_str().expect("a number").to_owned();
    assert_ne!(number, orders[0]);
    let acts = bench.get("officer", "/v1/acts?act=requery").await.json();
    assert_eq!(
        (&acts["acts"][0]["actor"], &acts["acts"][0]["reason"]),
        (&json!("ops"), &json!("线路已恢复"))
    );
    // What is under way is not sent once more, and a control never from here.
    let open = format!("{}/{number}/again", of_bank("bank-a"));
    bench.post("ops", &open, &why).await.is_problem(409, "not-now");
}
