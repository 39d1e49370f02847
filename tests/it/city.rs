//! A city registry that is called and calls back: query, seizure, registration, renewal and release, and what goes wrong.

mod strangers;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chakong::domain::decide::{Act, Approval, Release, ReleaseScope, Renewal};
use chakong::domain::rules::release_reasons::ReleaseReason;
use chakong::domain::{EventType, InquiryId, Measure, MeasureId, MeasureState, OrderState, TaskKind};
use chakong_contract::{ActionKind, Reply};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::daemon::Setup;
use crate::world::database::number_in;
use crate::world::{PASSWORD, Played, World, inquiry, numbered_company, reserved_port};

const PATH: &str = "/court/city";
const UNIT: &str = "000000001002GB00123F00010008";

/// A registry on a call line that calls back; its key is the password, which has the form of one.
fn city(script: Value) -> Played {
    let file = format!(
        "connector = \"court-realty\"\n[settings]\namount_unit = \"yuan\"\nworkflow_seize = \"CF\"\nworkflow_renew = \"XF\"\n\
         workflow_release = \"JF\"\naccount = \"city-990101\"\npassword = {{ file = \"../password\" }}\n\
         callback_key = {{ file = \"../password\" }}\n[retry.query]\ninitial = \"20ms\"\n[retry.control]\ninitial = \"20ms\"\n\
         [line]\nkind = \"call\"\nbase_url = \"http://127.0.0.1:{}\"\ntimeout = \"2s\"\n[line.callbacks]\npath = \"{PATH}\"\n",
        reserved_port()
    );
    Played { name: "city", file, script }
}

fn house(more: Value) -> Value {
    let mut script = json!({
        "case_ms": 100, "call_backs": {},
        "holders": [{ "name": "临汾测试矿业有限公司", "number": "91000000MADEM00112", "properties": [{
            "unit": UNIT, "certificate": "示(2020)示例市不动产权第0012345号",
            "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
        }] }],
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        script[key] = value.clone();
    }
    script
}

/// Renews for the longest term, on papers of its own.
fn renewal(id: MeasureId) -> (Act, [&'static str; 2]) {
    (Act::Renew(id, Renewal::default()), ["renew_ruling", "renew_notice"])
}

fn release(id: MeasureId) -> Act {
    Act::Release(Release { scope: ReleaseScope::Measure(id, None), ground: ReleaseReason::Replaced })
}

async fn the_house(world: &World, inquiry: InquiryId) -> Measure {
    world.measures(inquiry).await.pop().expect("its line")
}

async fn until_noted(world: &World, inquiry: InquiryId, words: &str) -> Measure {
    let what = format!("the measure says {words}");
    world.until(&what, async |world| the_house(world, inquiry).await.note.contains(words)).await;
    the_house(world, inquiry).await
}

/// A world in which a house was found, and its seizure approved.
async fn approved(script: Value) -> (World, InquiryId) {
    let world = World::start(vec![city(script)]).await;
    let submitted = world.submit(&inquiry(Some("1000.00"), "auto")).await;
    world
        .until("it is proposed", async |world| {
            let measures = world.measures(submitted.id).await;
            measures.last().is_some_and(|measure| measure.state == MeasureState::Proposed)
        })
        .await;
    let id = the_house(&world, submitted.id).await.id;
    world.act(Act::Approve(id, Approval::default()), &[]).await.expect("an officer confirms");
    (world, submitted.id)
}

fn problems(world: &World) -> u64 {
    world.board.get("city").expect("a lane").problems.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_house_is_seized_registered_renewed_and_released_by_call_backs_and_its_receipts_are_kept() {
    let backs = json!({ "receipt": true, "notices": true, "twice": true, "stranger": true, "wrong_password_first": 1 });
    let (world, inquiry) = approved(house(json!({ "call_backs": backs }))).await;
    let entered = until_noted(&world, inquiry, "已登簿").await;
    assert_eq!((entered.state, entered.reference.as_str()), (MeasureState::InForce, "YW00000001"));
    let id = entered.id;
    let until = async |count: usize| {
        world
            .until("its receipt is kept", async |world| {
                let receipts = world.store.read(move |reads| reads.receipts_of(id)).await.expect("reads");
                receipts.len() == count
            })
            .await;
    };
    until(1).await;
    let (renew, papers) = renewal(id);
    world.act(renew, &papers).await.expect("it stands");
    world
        .until("the renewal is registered", async |world| {
            the_house(world, inquiry).await.reference == "YW00000002"
        })
        .await;
    let renewed = the_house(&world, inquiry).await;
    assert_eq!(renewed.state, MeasureState::InForce);
    assert!(renewed.until > entered.until, "{renewed:#?}");
    until(2).await;
    world.pause("city", true).await;
    world.act(release(id), &[]).await.expect("it stands");
    assert_eq!(the_house(&world, inquiry).await.state, MeasureState::Releasing);
    world.pause("city", false).await;
    until_noted(&world, inquiry, "已登簿").await;
    until(3).await;
    assert_eq!(the_house(&world, inquiry).await.state, MeasureState::Released);
    let books = world.hosted.books().remove("city").expect("books");
    let acts: Vec<(&str, u32)> =
        books.controls.iter().map(|control| (control.action.as_str(), control.executed)).collect();
    assert_eq!(acts, [("seize", 1), ("renew", 1), ("release", 1)], "{books:?}");
    assert!(problems(&world) >= 2, "a wrong password and a stranger's number are told");
    let receipts = world.store.read(move |reads| reads.receipts_of(id)).await.expect("reads");
    let events = world.events(inquiry).await;
    let told = events.iter().filter(|event| event.kind == EventType::MeasureReceipt).count();
    assert_eq!((told, receipts.len()), (3, 3), "each receipt is kept and told once, though it comes twice");
    let digest = receipts[0].sha256.clone();
    let (receipt, bytes) =
        world.store.read(move |reads| reads.receipt(id, &digest)).await.expect("reads").expect("the receipt");
    let bytes = chakong::store::codec::decode("receipt", bytes.as_stored()).expect("bytes");
    assert_eq!((receipt.title.as_str(), receipt.format.as_str()), ("查封回执", "pdf"));
    assert!(bytes.starts_with(b"%PDF-1.4") && receipt.size == i64::try_from(bytes.len()).expect("small"));
    world.stop().await;
}

#[tokio::test]
async fn a_case_that_is_deleted_before_its_registration_is_no_longer_in_force() {
    let (world, inquiry) = approved(house(json!({ "delete": [1] }))).await;
    let declined = until_noted(&world, inquiry, "登簿前业务被删除").await;
    assert_eq!(declined.state, MeasureState::Refused);
    let control = world.orders(inquiry).await.into_iter().find(chakong::domain::OrderRecord::is_control);
    assert_eq!(control.expect("the seizure").state, OrderState::Refused);
    world.stop().await;
}

#[tokio::test]
async fn a_renewal_that_the_registrar_declines_after_all_takes_its_term_back() {
    let (world, inquiry) = approved(house(json!({ "delete": [2] }))).await;
    let before = until_noted(&world, inquiry, "已登簿").await;
    let id = before.id;
    let (renew, papers) = renewal(id);
    world.act(renew, &papers).await.expect("it stands");
    let after = until_noted(&world, inquiry, "续冻未成").await;
    assert_eq!((after.state, after.from, after.until), (MeasureState::InForce, before.from, before.until));
    assert_eq!(after.reference, before.reference, "it is still named by the number it was registered under");
    world.stop().await;
}

#[tokio::test]
async fn a_release_that_is_declined_leaves_the_measure_standing_for_a_person() {
    let (world, inquiry) = approved(house(json!({ "delete": [2] }))).await;
    let id = until_noted(&world, inquiry, "已登簿").await.id;
    world.act(release(id), &[]).await.expect("it stands");
    let standing = until_noted(&world, inquiry, "解除未成").await;
    assert_eq!(standing.state, MeasureState::InForce, "it stands, and may be released again");
    let chain = standing.chain;
    let tasks = world.store.read(move |reads| reads.tasks_of(chain)).await.expect("reads");
    let answers =
        tasks.iter().filter(|task| task.kind == TaskKind::AnswerRefusal && task.measure == Some(id));
    assert_eq!(answers.count(), 1, "somebody must answer the refusal: {tasks:#?}");
    let events = world.events(inquiry).await;
    let told = |kind| events.iter().filter(|event| event.kind == kind).count();
    assert_eq!((told(EventType::MeasureReleaseRefused), told(EventType::MeasureReleased)), (1, 0));
    world.stop().await;
}

#[tokio::test]
async fn a_case_that_is_refused_gives_its_lock_back_and_an_officer_may_ask_again() {
    let (world, inquiry) = approved(house(json!({ "refuse_first": 1 }))).await;
    let refused = until_noted(&world, inquiry, "正在办理查封登记").await;
    assert_eq!(refused.state, MeasureState::Refused);
    assert!(refused.note.contains("锁定已解除"), "{refused:#?}");
    let id = refused.id;
    world.act(Act::Approve(id, Approval::default()), &[]).await.expect("allowed");
    assert_eq!(until_noted(&world, inquiry, "已登簿").await.state, MeasureState::InForce);
    world.stop().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_holds_the_order_until_the_registry_calls_back() {
    let fault = json!([{ "do": "trickle", "path": "cfjfdj", "first": 1 }]);
    let (world, inquiry) = approved(house(json!({ "faults": fault, "case_ms": 2_500 }))).await;
    let held = async |world: &World| {
        world.orders(inquiry).await.iter().any(|order| order.state == OrderState::Undetermined)
    };
    world.until("nobody knows what became of it", held).await;
    assert_eq!(the_house(&world, inquiry).await.state, MeasureState::Asked, "it counts as asked");
    let entered = until_noted(&world, inquiry, "已登簿").await;
    assert_eq!(entered.state, MeasureState::InForce);
    assert!(world.hosted.books()["city"].controls.iter().all(|control| control.executed == 1));
    world.stop().await;
}

/// Calls back as nobody's registry does.
async fn call(world: &World, method: reqwest::Method, below: &str, body: &Value) -> (StatusCode, Value) {
    let url = format!("http://{}{PATH}{below}", world.postbox);
    let sent =
        reqwest::Client::new().request(method, url).body(body.to_string()).send().await.expect("an answer");
    let (status, text) = (sent.status(), sent.text().await.expect("a body"));
    let body =
        serde_json::from_str::<Value>(&text).map_or(Value::Null, |body| body["head"]["returncode"].clone());
    (status, body)
}

#[tokio::test]
async fn a_stranger_changes_nothing_and_is_told_why() {
    let (world, inquiry) = approved(house(json!({ "case_ms": 600_000 }))).await;
    let accepted = until_noted(&world, inquiry, "尚未登簿").await;
    let number =
        world.orders(inquiry).await.into_iter().find(|order| order.is_control()).expect("a control").number();
    let result = |password: &str, number: &str| {
        json!({ "head": { "username": "city-990101", "password": password },
            "data": { "wwslbh": number, "ywxxList": [{ "bdcdyh": UNIT, "ywh": "YW9", "bz": "" }] } })
    };
    let post = reqwest::Method::POST;
    let own = number.as_str();
    let said = call(&world, post.clone(), "/jsdjbjjg", &result("wrong", own)).await;
    assert_eq!(said, (StatusCode::OK, json!("2000")));
    let said = call(&world, post.clone(), "/jsdjbjjg", &result(PASSWORD, "CK99999999999999999999")).await;
    assert_eq!(said, (StatusCode::OK, json!("1000")), "an unknown number is kept and told");
    let raw = || {
        let sql = "SELECT COUNT(*) FROM raw_messages WHERE lane = 'city' AND name = 'jsdjbjjg'";
        number_in(&world.folder.path().join("data"), sql)
    };
    assert_eq!(
        raw(),
        Some(1),
        "what a stranger handed in is kept as well; what came with a wrong password is not"
    );
    let deleted = json!({ "cxqqdh": own });
    let said = call(&world, post.clone(), "/not-the-key-at-all/updateCjywzt", &deleted).await;
    assert_eq!(said, (StatusCode::OK, json!("2010")));
    assert_eq!(
        call(&world, post.clone(), "/updateCjywzt", &deleted).await.0,
        StatusCode::NOT_FOUND,
        "a key is needed"
    );
    assert_eq!(the_house(&world, inquiry).await, accepted, "nothing of it was taken");
    assert!(problems(&world) >= 2, "{}", problems(&world));
    let said =
        call(&world, reqwest::Method::GET, &format!("/{PASSWORD}/wwztxg?sqslbh={own}"), &Value::Null).await;
    assert_eq!(said, (StatusCode::OK, json!("0000")), "a notice changes nothing");
    assert_eq!(the_house(&world, inquiry).await, accepted);
    let said = call(&world, post, &format!("/{PASSWORD}/updateCjywzt"), &deleted).await;
    assert_eq!(said, (StatusCode::OK, json!("0000")));
    assert_eq!(the_house(&world, inquiry).await.state, MeasureState::Refused);
    world.stop().await;
}

#[tokio::test]
async fn a_registry_without_workflows_is_only_queried() {
    let mut queried = city(house(json!({})));
    queried.file = queried
        .file
        .lines()
        .filter(|line| !line.starts_with("workflow_"))
        .fold(String::new(), |text, line| text + line + "\n");
    let world = World::start(vec![queried]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let done = world.until_complete(submitted.id).await;
    assert!(world.orders(done.id).await.iter().all(|order| order.state == OrderState::Answered));
    let refused = world.submit_as("with-mandate", &inquiry(Some("1000.00"), "auto")).await;
    assert!(refused.is_err(), "nobody could freeze");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_doubled_or_lost_when_it_is_killed_between_case_and_call_back() {
    let script =
        json!({ "case_ms": 300, "call_backs": { "receipt": true }, "everyone": { "properties": 1 } });
    let postbox = format!("[postbox]\nlisten = \"127.0.0.1:{}\"\n", reserved_port());
    let mut setup = Setup::new(&[city(script)], None, &postbox);
    setup.start_sandbox().await;
    // The first time it certainly dies between the two: the cases are there, and nobody takes the call-backs.
    setup.start_daemon().await;
    let mut submitted = submit_two(&setup, 0).await.to_vec();
    let asked = tokio::time::Instant::now();
    while setup.books().await.is_none_or(|books| books["city"].controls.len() < 2) {
        assert!(asked.elapsed() < Duration::from_secs(30), "no case was created\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    setup.kill_daemon();
    tokio::time::sleep(Duration::from_millis(500)).await;
    for life in 0..12_u32 {
        setup.start_daemon().await;
        if life % 2 == 0 {
            submitted.extend(submit_two(&setup, life + 2).await);
        }
        tokio::time::sleep(Duration::from_millis(20 + 37 * u64::from(life))).await;
        setup.kill_daemon();
    }
    setup.start_daemon().await;
    for id in &submitted {
        until_told(&setup, id).await;
    }
    let controls = controls(&setup).await;
    assert!(controls.values().all(|executed| *executed == 1), "a case was made twice: {controls:?}");
    let mut entered = 0;
    for id in &submitted {
        let ledger = setup.get(&format!("/v1/inquiries/{id}/measures")).await;
        for line in ledger["measures"].as_array().expect("lines") {
            let booked = controls.contains_key(line["order"].as_str().expect("it was asked"));
            assert_eq!(
                line["state"] == "in_force",
                booked,
                "the ledger is as the registry's books: {line:#}"
            );
            entered += usize::from(booked);
            assert!(!booked || line["receipts"].as_array().is_some_and(|all| all.len() <= 1), "{line:#}");
        }
    }
    assert!(entered > 0 && entered == controls.len());
}

/// Two cases with a debtor each, whose house is seized without an officer: of a second house of the same debtor one must decide.
async fn submit_two(setup: &Setup, first: u32) -> [String; 2] {
    let one = |number: u32| {
        let mut body = inquiry(Some("1000.00"), "auto");
        body["mandate"]["other_property"] = json!("auto");
        body["case"]["number"] = json!(format!("(2026)晋10执{}号", number + 1));
        body["parties"] = json!([numbered_company(number)]);
        body
    };
    let (before, after) = (one(first), one(first + 1));
    [setup.submit(&format!("{first}"), &before).await, setup.submit(&format!("{}", first + 1), &after).await]
}

/// How often each control was executed, by its number.
async fn controls(setup: &Setup) -> BTreeMap<String, u32> {
    let books = setup.books().await.and_then(|mut books| books.remove("city")).expect("the books");
    books.controls.into_iter().map(|control| (control.number, control.executed)).collect()
}

/// Waits until the seizure of an inquiry is registered, or waits for a person because no case was ever created.
async fn until_told(setup: &Setup, inquiry: &str) {
    let started = tokio::time::Instant::now();
    loop {
        let controls = controls(setup).await;
        let orders = setup.get(&format!("/v1/inquiries/{inquiry}/orders")).await;
        let numbers: Vec<String> = orders["orders"]
            .as_array()
            .expect("orders")
            .iter()
            .filter(|order| order["instruction"]["action"] == "freeze")
            .map(|order| order["number"].as_str().expect("a number").to_owned())
            .collect();
        let mut told = 0;
        for number in &numbers {
            let order = setup.get(&format!("/v1/orders/{number}")).await;
            let words = order["answer"]["reply"]["words"].as_str().unwrap_or_default();
            let held = order["order"]["state"] == "undetermined" && !controls.contains_key(number);
            told += usize::from(held || words.contains("已登簿"));
        }
        if told == 1 {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{orders:#}\n{controls:?}\n{}", setup.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_was_called_back_first_is_not_undone_by_the_answer_that_comes_after() {
    // The registry answers slowly, and its registrar is fast.
    let fault = json!([{ "do": "delay", "ms": 700, "path": "cfjfdj" }]);
    let (world, inquiry) = approved(house(json!({ "faults": fault, "case_ms": 0 }))).await;
    until_noted(&world, inquiry, "已登簿").await;
    let health = world.board.get("city").expect("a lane");
    world.until("the answer came as well", async |_| health.answered.load(Ordering::Relaxed) >= 3).await;
    let after = the_house(&world, inquiry).await;
    assert_eq!(after.reference, "YW00000001", "{after:#?}");
    let control =
        world.orders(inquiry).await.into_iter().find(|order| order.instruction.kind() == ActionKind::Freeze);
    let root = control.expect("the seizure").root;
    let last =
        world.store.read(move |reads| reads.revision(root, None)).await.expect("reads").expect("an answer");
    assert!(
        matches!(&last.answer.reply, Reply::Held(holding) if holding.words.contains("已登簿")),
        "{last:?}"
    );
    world.stop().await;
}
