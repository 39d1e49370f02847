//! Courts as tenants: what belongs to another court does not exist.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::harness::{account, key, submission};
use super::{Bench, Reply};
use crate::config::Role;
use crate::domain::people::Courts;

/// Two courts, each with a key of every role that works on cases, and what belongs to the first.
struct TwoCourts {
    bench: Bench,
    /// The parts of paths that name what belongs to court T10.
    names: Vec<(&'static str, String)>,
}

pub(super) fn bench() -> Bench {
    Bench::with(|gateway| {
        for court in ["T10", "T11"] {
            let roles = [
                ("case", Role::CaseSystem),
                ("officer", Role::Officer),
                ("approver", Role::Approver),
                ("head", Role::Supervisor),
            ];
            let keys = roles.map(|(name, role)| key(&format!("{name}-{court}"), role, Courts::one(court)));
            gateway.keys.extend(keys);
        }
    })
}

/// An inquiry about a case of a court.
pub(super) fn of_court(court: &str, number: &str) -> Value {
    let mut body = submission();
    body["case"]["court_code"] = json!(court);
    body["case"]["number"] = json!(number);
    body
}

pub(super) async fn submit_as(bench: &Bench, who: &str, key: &str, body: &Value) -> Reply {
    let request = Request::post("/v1/inquiries")
        .header("authorization", format!("Bearer key-of-{who}"))
        .header("idempotency-key", key);
    bench.send(request.body(Body::from(body.to_string())).expect("request")).await
}

async fn two_courts() -> TwoCourts {
    let bench = bench();
    let (path, orders) = bench.submitted("k", &of_court("T10", "(2026)晋10执123号")).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let measures = bench.get("case", &format!("{path}/measures")).await.json();
    let case = bench.get("case", &path).await.json()["links"]["case"].as_str().expect("case").to_owned();
    let tasks = bench.get("case", "/v1/tasks").await.json();
    let printed = bench.post("case", &format!("{case}/papers"), &json!({ "kind": "measure_list" })).await;
    let documents = bench.get("case", &format!("{case}/documents")).await.json();
    let names = vec![
        ("inquiry", path.rsplit('/').next().expect("id").to_owned()),
        ("case", case.rsplit('/').next().expect("id").to_owned()),
        ("order", orders[0].clone()),
        ("measure", measures["measures"][0]["id"].as_str().expect("a measure").to_owned()),
        ("task", tasks["tasks"][0]["id"].as_str().expect("a task").to_owned()),
        ("print", printed.json()["number"].as_str().expect("a number").to_owned()),
        ("document", documents["documents"][0]["id"].as_str().expect("a document").to_owned()),
    ];
    TwoCourts { bench, names }
}

impl TwoCourts {
    /// The path of a route with what belongs to T10.
    fn path(&self, route: &str) -> String {
        let of = |kind: &str| self.names.iter().find(|(known, _)| *known == kind).map(|(_, id)| id.as_str());
        let named = |part: &str, kind: &str, path: &str| path.replace(part, of(kind).unwrap_or_default());
        let kind = match route.split('/').nth(2) {
            Some("inquiries") => "inquiry",
            Some("cases") => "case",
            Some("tasks") => "task",
            _ => "measure",
        };
        let path = route.replace("{reference}", "party-1").replace("{sha256}", &"0".repeat(64));
        let path = path.replace("{revision}", "1");
        let path = if kind == "inquiry" { path.replace("{number}", "1") } else { path };
        let path = if route.starts_with("/v1/papers/") { named("{number}", "print", &path) } else { path };
        let path = named("{document}", "document", &path);
        named("{number}", "order", &named("{id}", kind, &path))
    }

    async fn call(&self, who: &str, method: &str, path: &str, body: &Value) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer key-of-{who}"))
            .header("content-type", "application/json");
        self.bench.send(request.body(Body::from(body.to_string())).expect("request")).await
    }
}

/// A body that every act about something takes as far as it is looked for.
fn body_of(route: &str) -> Value {
    let mut body = json!({ "reason": "试一下" });
    match route.rsplit('/').next() {
        Some("claim") => body["mode"] = json!("propose"),
        Some("resolve") => body["decision"] = json!("give_up"),
        Some("papers") => return json!({ "kind": "measure_list" }),
        Some("notice") => body = json!({}),
        Some("answer") => body = json!({ "form": { "outcome": "nothing" } }),
        Some("check") => body = json!({ "agree": true, "version": 1 }),
        Some("release") => {
            body["ground"] = json!("settled");
            body["documents"] = json!([]);
            // The currency of another court's measure is not told either.
            if route.contains("/measures/") {
                body["amount"] = json!({ "amount": "1.00", "currency": "USD" });
            }
        }
        _ => {}
    }
    body
}

/// Routes that name nothing that belongs to a court, or that list: told apart from those that the test below walks.
fn names_something(route: &str) -> bool {
    let of_a_court = [
        "/v1/inquiries/{",
        "/v1/cases/{",
        "/v1/orders/{",
        "/v1/measures/{",
        "/v1/tasks/{",
        "/v1/papers/{",
        "/v1/desk/{",
    ];
    of_a_court.iter().any(|start| route.contains(start))
}

#[tokio::test]
async fn by_address_another_courts_things_do_not_exist_on_any_route() {
    let courts = two_courts().await;
    let document: Value = serde_json::from_str(&crate::api::openapi()).expect("JSON");
    let (mut walked, mut hidden) = (0, 0);
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys().map(|method| method.to_uppercase()) {
            let route = format!("{method} {path}");
            if !names_something(&route) {
                continue;
            }
            walked += 1;
            let roles = crate::people::matrix::permission_of(&route).expect("a row").roles;
            let who = if roles.contains(&Role::Officer) { "officer" } else { "approver" };
            let (own, other) = (format!("{who}-T10"), format!("{who}-T11"));
            let (address, nowhere, body) = (courts.path(path), nowhere(path), body_of(path));
            let told = async |address: &str| {
                let reply = courts.call(&other, &method, address, &body).await;
                let problem = reply.json();
                (reply.status, problem["type"].clone(), problem["detail"].clone())
            };
            let (theirs, nobodys) = (told(&address).await, told(&nowhere).await);
            assert_eq!(theirs, nobodys, "{route}: as if it did not exist");
            assert!(theirs.0.is_client_error() && theirs.0 != StatusCode::FORBIDDEN, "{route}: {theirs:?}");
            hidden += usize::from(theirs.0 == StatusCode::NOT_FOUND);
            let has_none = ["/receipts/", "/certificates/", "/desk/"].iter().any(|part| path.contains(part));
            if method == "GET" && !has_none {
                let reply = courts.call(&own, &method, &address, &json!({})).await;
                assert_eq!(reply.status, StatusCode::OK, "{route} of the own court: {}", reply.text);
            }
        }
    }
    // What is wrong with a body is told before anything is looked for, to everybody alike.
    assert!(walked >= 30 && hidden + 6 >= walked, "{hidden} of {walked} routes looked for it");
}

/// The same route with names of what nobody has.
fn nowhere(path: &str) -> String {
    let id = if path.contains("inquiries") { "01890a5d-ac96-774b-bcce-b302099a8057" } else { "999999" };
    let number = match path {
        path if path.contains("inquiries") => "1",
        path if path.contains("papers") => "DY20260105999999999999999999",
        _ => "CK20260105999999999999999999",
    };
    path.replace("{id}", id)
        .replace("{number}", number)
        .replace("{document}", "999999")
        .replace("{reference}", "party-1")
        .replace("{sha256}", &"0".repeat(64))
        .replace("{revision}", "1")
}

#[tokio::test]
async fn an_act_on_a_chain_stands_under_the_case_by_which_its_actor_came() {
    let bench = bench();
    let (path, orders) = bench.submitted("first", &of_court("T10", "(2026)晋10执123号")).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    let mut body = of_court("T11", "(2026)晋11执9号");
    body["case"]["continues"] = json!("(2026)晋10执123号");
    body["case"]["filed_on"] = json!("2026-01-05");
    bench.submitted("second", &body).await;
    let case = bench.get("case", &path).await.json()["links"]["case"].as_str().expect("case").to_owned();
    let paper = json!({ "kind": "claim_paper", "title": "收款凭证", "format": "pdf", "content": "JVBERi0=" });
    let lower = json!({ "change": { "kind": "lower", "amount": { "amount": "900.00", "currency": "CNY" } },
        "reason": "部分履行", "documents": [paper] });
    let request = Request::put(format!("{case}/claim"))
        .header("authorization", "Bearer key-of-approver-T10")
        .header("content-type", "application/json");
    let lowered = bench.send(request.body(Body::from(lower.to_string())).expect("request")).await;
    assert_eq!(lowered.status, StatusCode::OK, "{}", lowered.text);
    let acts = async |who: &str, act: &str| {
        let acts = bench.get(who, &format!("/v1/acts?act={act}")).await.json();
        let all = acts["acts"].as_array().expect("acts").iter();
        all.map(|act| act["subject"].as_str().expect("a subject").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(acts("officer-T10", "update_claim").await, ["（2026）晋10执123号"]);
    assert!(acts("officer-T11", "update_claim").await.is_empty(), "another court's act");
    // The results of T11's case: T10 sees the chain's list, and what it does there stands under its own number.
    let tasks = bench.get("officer-T10", "/v1/tasks?kind=file_results").await.json();
    let task = tasks["tasks"][0]["id"].as_str().expect("a task").to_owned();
    assert_eq!(tasks["tasks"][0]["case_number"], "（2026）晋11执9号", "the case whose results they are");
    let done = bench
        .post("officer-T10", &format!("/v1/tasks/{task}/complete"), &json!({ "reason": "已入卷" }))
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(acts("officer-T10", "complete_task").await, ["（2026）晋10执123号"]);
}

#[tokio::test]
async fn lists_omit_what_belongs_to_another_court() {
    let courts = two_courts().await;
    let lists = [
        ("/v1/inquiries", "inquiries"),
        ("/v1/cases", "cases"),
        ("/v1/orders", "orders"),
        ("/v1/measures", "measures"),
        ("/v1/tasks", "tasks"),
        ("/v1/acts", "acts"),
        ("/v1/inquiries?case_number=(2026)晋10执123号", "inquiries"),
        ("/v1/cases?number=(2026)晋10执123号", "cases"),
        ("/v1/cases?court=T10", "cases"),
        ("/v1/measures?court=T10", "measures"),
        ("/v1/tasks?court=T10", "tasks"),
        ("/v1/acts?actor=case", "acts"),
    ];
    for (path, list) in lists {
        let path: String =
            path.chars().map(|c| if c.is_ascii() { c.to_string() } else { escaped(c) }).collect();
        for who in ["officer", "approver", "head", "case"] {
            let count = async |court: &str| {
                let reply = courts.bench.get(&format!("{who}-{court}"), &path).await.json();
                reply[list].as_array().expect(list).len()
            };
            assert!(count("T10").await > 0, "{who} {path}: the own court sees it");
            assert_eq!(count("T11").await, 0, "{who} {path}");
        }
    }
    let searched = async |who: &str| {
        let found = courts.bench.post(who, "/v1/cases/search", &json!({ "party": "测试甲" })).await.json();
        found["cases"].as_array().map(Vec::len)
    };
    assert_eq!((searched("officer-T10").await, searched("officer-T11").await), (Some(1), Some(0)));
    let subject = &courts.names[0].1;
    let acts = courts.bench.get("officer-T11", &format!("/v1/acts?subject={subject}")).await.json();
    assert_eq!(acts["acts"], json!([]), "not even where the subject is known");
}

fn escaped(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn a_consumer_is_bound_to_the_courts_of_its_key() {
    let bench = bench();
    for (court, number) in [("T10", "(2026)晋10执123号"), ("T11", "(2026)晋11执123号")] {
        let reply = submit_as(&bench, &format!("case-{court}"), "k", &of_court(court, number)).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    }
    let read = async |who: &str| bench.get(who, "/v1/results?consumer=enforcement").await.json();
    let numbers = |page: &Value| -> Vec<String> {
        let events = page["events"].as_array().expect("events").iter();
        events.map(|event| event["data"]["case_number"].as_str().expect("number").to_owned()).collect()
    };
    let (first, second, all) = (read("case-T10").await, read("case-T11").await, read("case").await);
    assert_eq!(numbers(&first), ["（2026）晋10执123号"]);
    assert_eq!(numbers(&second), ["（2026）晋11执123号"]);
    assert_eq!(numbers(&all).len(), 2);
    let last = second["next"].clone();
    let ack = json!({ "consumer": "enforcement", "seq": last });
    assert_eq!(bench.post("case-T11", "/v1/results/ack", &ack).await.json()["acknowledged"], last);
    assert_eq!(numbers(&read("case-T11").await), [""; 0], "it has what it acknowledged");
    assert_eq!(numbers(&read("case-T10").await).len(), 1, "of the same name, and another court's");
    let seen = async |who: &str| {
        let list = bench.get(who, "/v1/consumers").await.json();
        list["consumers"].as_array().expect("list").iter().map(|one| one["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(seen("case-T11").await, [json!("enforcement")]);
    assert_eq!(seen("case-T10").await, [json!(null); 0]);
    assert_eq!(seen("ops").await, [json!("T11:enforcement")]);
    let remove =
        Request::delete("/v1/consumers/enforcement").header("authorization", "Bearer key-of-case-T10");
    bench.send(remove.body(Body::empty()).expect("request")).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn nobody_submits_about_another_courts_case_or_joins_it_by_naming_it() {
    let bench = bench();
    let pointer = |reply: &Reply| reply.is_problem(422, "invalid")["findings"][0]["pointer"].clone();
    let own = of_court("T10", "(2026)晋10执123号");
    assert_eq!(submit_as(&bench, "case-T10", "a", &own).await.status, StatusCode::CREATED);
    assert_eq!(pointer(&submit_as(&bench, "case-T11", "b", &own).await), "/case/court_code");
    let claimed = of_court("T11", "(2026)晋10执123号");
    assert_eq!(pointer(&submit_as(&bench, "case-T11", "c", &claimed).await), "/case/court_code");
    assert_eq!(
        pointer(&submit_as(&bench, "case", "d", &claimed).await),
        "/case/court_code",
        "not even a desk"
    );
    let mut joins = of_court("T11", "(2026)晋11执恢7号");
    joins["case"]["continues"] = json!("(2026)晋10执123号");
    assert_eq!(pointer(&submit_as(&bench, "case-T11", "e", &joins).await), "/case/continues");
    assert_eq!(
        submit_as(&bench, "case", "f", &joins).await.status,
        StatusCode::CREATED,
        "a desk of both may"
    );
    let again = submit_as(&bench, "case-T11", "g", &joins).await;
    assert_eq!(again.status, StatusCode::CREATED, "and the court goes on from there: {}", again.text);
    let numbers = async |who: &str| {
        let list = bench.get(who, "/v1/inquiries").await.json();
        list["inquiries"].as_array().expect("list").len()
    };
    assert_eq!((numbers("case-T10").await, numbers("case-T11").await), (1, 2), "each sees its own inquiries");
}

#[tokio::test]
async fn a_case_that_was_known_by_its_number_belongs_to_the_court_that_submits_it() {
    let bench = bench();
    let mut first = of_court("T10", "(2026)晋10执恢9号");
    first["case"]["continues"] = json!("(2025)晋10执88号");
    assert_eq!(submit_as(&bench, "case-T10", "a", &first).await.status, StatusCode::CREATED);
    let path = format!(
        "/v1/cases/{}",
        escaped('（')
            + "2025"
            + &escaped('）')
            + &escaped('晋')
            + "10"
            + &escaped('执')
            + "88"
            + &escaped('号')
    );
    assert_eq!(bench.get("officer-T10", &path).await.json()["court_code"], "", "known by its number alone");
    bench.get("officer-T11", &path).await.is_problem(404, "not-found");
    let second = of_court("T10", "(2025)晋10执88号");
    assert_eq!(submit_as(&bench, "case-T10", "b", &second).await.status, StatusCode::CREATED);
    assert_eq!(bench.get("officer-T10", &path).await.json()["court_code"], "T10");
}

#[tokio::test]
async fn me_tells_who_calls_and_what_they_may() {
    let bench = bench();
    let me = bench.get("officer-T10", "/v1/me").await.json();
    assert_eq!(
        (&me["name"], &me["courts"], &me["person"]),
        (&json!("officer-T10"), &json!(["T10"]), &json!(null))
    );
    assert_eq!(me["roles"], json!(["officer"]));
    let may = me["may"].as_array().expect("acts");
    assert!(may.contains(&json!("requery")) && !may.contains(&json!("control")), "{me}");
    assert_eq!(bench.get("ops", "/v1/me").await.json()["courts"], json!(null));
}

#[tokio::test]
async fn a_print_of_another_courts_case_of_the_same_chain_does_not_exist() {
    let bench = bench();
    let own = of_court("T10", "(2026)晋10执123号");
    assert_eq!(submit_as(&bench, "case-T10", "a", &own).await.status, StatusCode::CREATED);
    let mut joins = of_court("T11", "(2026)晋11执恢7号");
    joins["case"]["continues"] = json!("(2026)晋10执123号");
    assert_eq!(submit_as(&bench, "case", "b", &joins).await.status, StatusCode::CREATED);
    let id = |list: Value| list["cases"][0]["id"].as_str().expect("a case").to_owned();
    let first = id(bench.get("officer-T10", "/v1/cases?court=T10").await.json());
    let second = id(bench.get("officer-T11", "/v1/cases?court=T11").await.json());
    let summary = json!({ "kind": "search_summary", "party": "party-1" });
    let printed = bench.post("officer-T10", &format!("/v1/cases/{first}/papers"), &summary).await;
    assert_eq!(printed.status, StatusCode::CREATED, "{}", printed.text);
    let location = printed.header("location").to_owned();
    assert_eq!(bench.get("officer-T10", &location).await.status, StatusCode::OK);
    for path in [location.clone(), format!("{location}/receipts")] {
        bench.get("officer-T11", &path).await.is_problem(404, "not-found");
    }
    let prints = async |who: &str, case: &str| {
        let list = bench.get(who, &format!("/v1/cases/{case}/papers")).await.json();
        list["printed"].as_array().expect("prints").len()
    };
    assert_eq!((prints("officer-T10", &first).await, prints("officer-T11", &second).await), (1, 0));
}
