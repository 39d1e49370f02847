//! The desk 人工办理: whole inquiries in which one bank has a network and one is served by people.

pub mod people;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::samples::{folder, sample};
use crate::world::{Played, bank, bank_code, calling_bank, inquiry, reserved_port};
use people::{Clerk, Courthouse, PDF, account, desk, filled, scan};

/// An answer to a query that names one account.
fn found(balance: &str) -> Value {
    json!({ "outcome": "found", "fields": { "answered_on": "2026-11-24" }, "rows": [account("4000020011", balance)] })
}

#[tokio::test]
async fn an_inquiry_with_an_electronic_bank_and_one_served_by_people_ends_like_any_other() {
    let mut house = Courthouse::open(true).await;
    let (one, two, elsewhere) = (house.clerk("clerk-1"), house.clerk("clerk-2"), house.clerk("elsewhere"));
    let id = house.submit("whole", &inquiry(Some("1000.00"), "propose")).await;
    let query = house.on_desk(&one, "open").await.remove(0);
    let number = query["number"].as_str().expect("a number").to_owned();
    assert_eq!((&query["action"], &query["order_state"]), (&json!("query"), &json!("queued")), "{query}");

    // Another court's clerk sees nothing of it, by list and by address.
    assert_eq!(elsewhere.get("/v1/desk").await.1["orders"], json!([]));
    let at = |what: &str| format!("/v1/desk/{number}{what}");
    for (method, path) in [("GET", at("")), ("GET", at("/scan")), ("POST", at("/take"))] {
        assert_eq!(elsewhere.call(method, &path, &json!({})).await.0, StatusCode::NOT_FOUND, "{path}");
    }

    // Nobody prints or enters before taking it, and nobody else afterwards.
    assert_eq!(one.post(&at("/notice"), &json!({})).await.0, StatusCode::CONFLICT);
    assert_eq!(one.post(&at("/take"), &json!({})).await.0, StatusCode::OK);
    assert_eq!(two.post(&at("/notice"), &json!({})).await.0, StatusCode::CONFLICT);
    let notice = one.print(&number).await;
    assert!(notice.contains(&number) && notice.contains("示例农村商业银行"), "{notice}");
    assert!(notice.contains("临汾测试矿业有限公司") && notice.contains("91000000MADEM00112"));
    assert_eq!(one.get(&at("")).await.1["order_state"], "awaiting", "it is handed over by the notice");

    // What was done outlives the daemon.
    house.restart().await;
    let shown = one.get(&at("")).await.1;
    assert_eq!((&shown["state"], &shown["progress"]["taken"]["by"]), (&json!("taken"), &json!("clerk-1")));
    assert!(shown["progress"]["notice"]["number"].as_str().is_some_and(|print| print.starts_with("DY")));

    system_is_no_person(&house, &number).await;
    query_is_answered(&one, &two, &number).await;
    house.until_measures("county-bank", "proposed", 1).await;
    freeze_is_held(&house, (&one, &two), &id).await;
    house.stop();
}

/// The key of a system neither enters nor checks where two persons answer for it, whatever roles it has.
async fn system_is_no_person(house: &Courthouse, number: &str) {
    let answer = json!({ "form": found("900.00"), "scan": scan(PDF) });
    for (what, body) in [("answer", answer), ("check", json!({ "agree": true, "version": 1 }))] {
        let path = format!("/v1/desk/{number}/{what}");
        let called = house.setup.try_call(Method::POST, &path, Some(&body)).await;
        let (status, told) = called.expect("the daemon answers");
        assert_eq!(status, StatusCode::FORBIDDEN, "{what}: {told}");
        assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("两名人员")), "{told}");
    }
}

/// Faults are told, the first person does not check, what is sent back is entered once more.
async fn query_is_answered(one: &Clerk, two: &Clerk, number: &str) {
    let at = |what: &str| format!("/v1/desk/{number}{what}");
    let wrong = json!({ "outcome": "found", "rows": [{ "kind": "account", "fields": { "number": "1", "available": "很多" } }] });
    let (status, told) = one.post(&at("/answer"), &json!({ "form": wrong })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let pointers: Vec<&str> = told["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|one| one["pointer"].as_str())
        .collect();
    for pointer in ["/form/rows/0/fields/class", "/form/rows/0/fields/available", "/scan"] {
        assert!(pointers.contains(&pointer), "{pointer}: {told}");
    }
    let page = json!({ "form": found("900.00"), "scan": { "title": "回执.pdf", "content": scan(b"<html>")["content"] } });
    let (status, told) = one.post(&at("/answer"), &page).await;
    assert_eq!(
        (status, &told["findings"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/scan/content"))
    );

    let answer = json!({ "form": found("900.00"), "scan": scan(PDF) });
    let (status, entered) = one.post(&at("/answer"), &answer).await;
    assert_eq!((status, &entered["outcome"]), (StatusCode::OK, &json!("to_check")), "{entered}");
    let version = entered["order"]["version"].clone();
    let agree = |version: &Value| json!({ "agree": true, "version": version });
    assert_eq!(one.post(&at("/check"), &agree(&version)).await.0, StatusCode::FORBIDDEN);
    assert_eq!(two.bytes(&at("/scan")).await, PDF);
    let reasonless = json!({ "agree": false, "version": version });
    assert_eq!(two.post(&at("/check"), &reasonless).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let back = json!({ "agree": false, "version": version, "reason": "余额与回执不符" });
    assert_eq!(two.post(&at("/check"), &back).await.1["outcome"], "sent_back");
    let again = json!({ "form": found("800.00") });
    let (_, entered) = one.post(&at("/answer"), &again).await;
    assert_eq!(entered["outcome"], "to_check", "the scan stays: {entered}");
    assert_eq!(
        two.post(&at("/check"), &agree(&version)).await.0,
        StatusCode::CONFLICT,
        "another was looked at"
    );
    let (_, done) = two.post(&at("/check"), &agree(&entered["order"]["version"])).await;
    assert_eq!(
        (&done["outcome"], &done["order"]["order_state"]),
        (&json!("taken_in"), &json!("answered")),
        "{done}"
    );
    let order = one.get(&format!("/v1/orders/{number}")).await.1;
    assert_eq!(order["answer"]["reply"]["outcome"], "found");
    assert_eq!(order["answer"]["receipts"][0]["format"], "pdf", "the scan is the answer's receipt");
    assert!(
        order["answer"]["provenance"]["connector"].as_str().is_some_and(|name| name.starts_with("desk "))
    );
}

/// The freeze is approved, carried along, entered, checked: event, ledger and certificate are those of any line.
async fn freeze_is_held(house: &Courthouse, (one, two): (&Clerk, &Clerk), inquiry: &str) {
    let approver = house.clerk("approver");
    let proposed = house.measures_of("county-bank").await;
    let measure = proposed[0]["id"].as_str().expect("an identifier").to_owned();
    let approved =
        approver.post(&format!("/v1/measures/{measure}/approve"), &json!({ "reason": "同意冻结" })).await;
    assert_eq!(approved.0, StatusCode::OK, "{}", approved.1);
    let freeze = house.on_desk(one, "open").await.remove(0);
    let number = freeze["number"].as_str().expect("a number").to_owned();
    assert_eq!(freeze["action"], "freeze");
    one.post(&format!("/v1/desk/{number}/take"), &json!({})).await;
    let amount = proposed[0]["limit"]["amount"].as_str().expect("an amount");
    let form = filled(
        "held",
        &[
            ("amount", amount),
            ("until", house.in_a_year().as_str()),
            ("rank", "1"),
            ("stated", "4000020011"),
            ("reference", "农商冻1号"),
        ],
    );
    let answer = json!({ "form": form, "scan": scan(PDF) });
    let (status, told) = one.post(&format!("/v1/desk/{number}/answer"), &answer).await;
    assert_eq!(status, StatusCode::CONFLICT, "nobody carried it: {told}");
    assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("尚未打印协助通知")), "{told}");
    let notice = one.print(&number).await;
    assert!(notice.contains("4000020011") && notice.contains("冻结裁定书"), "{notice}");
    let (_, entered) = one.post(&format!("/v1/desk/{number}/answer"), &answer).await;
    let check = json!({ "agree": true, "version": entered["order"]["version"] });
    let (status, done) = two.post(&format!("/v1/desk/{number}/check"), &check).await;
    assert_eq!((status, &done["outcome"]), (StatusCode::OK, &json!("taken_in")), "{done}");

    let held = house.measures_of("county-bank").await;
    assert_eq!(
        (&held[0]["state"], &held[0]["held"]["amount"]),
        (&json!("in_force"), &json!(amount)),
        "{held:?}"
    );
    assert_eq!(held[0]["reference"], "农商冻1号");
    assert_eq!(held[0]["receipts"][0]["format"], "pdf", "the scan stands with the measure");
    let events = house.events().await;
    let of_measure = |kind: &str| {
        events.iter().filter(|event| event["type"].as_str().is_some_and(|one| one.ends_with(kind))).count()
    };
    assert_eq!(of_measure("measure.placed"), 1, "{events:#?}");
    assert_eq!(of_measure("measure.receipt"), 1);
    let certificate = one.get(&format!("/v1/inquiries/{inquiry}/certificate")).await.1;
    let text = certificate.to_string();
    assert!(text.contains("county-bank") && text.contains(&number), "{text}");
    let acts = one.get(&format!("/v1/inquiries/{inquiry}/acts")).await.1.to_string();
    for act in ["desk_take", "desk_notice", "desk_answer", "desk_send_back", "desk_check"] {
        assert!(acts.contains(act), "{act}: {acts}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_before_a_person_and_a_later_word_is_entered_too() {
    let mut house = Courthouse::open(false).await;
    let one = house.clerk("clerk-1");
    house.submit("fits", &inquiry(Some("1000.00"), "auto")).await;
    let number = house.carry(&one).await;
    let partial = json!({ "outcome": "partial", "fields": { "missing": "未查理财" }, "rows": [account("4000020011", "2000.00")] });
    let (status, done) = one.answer(&number, &partial).await;
    assert_eq!((status, &done["outcome"]), (StatusCode::OK, &json!("taken_in")), "{done}");

    // The freeze: a paper with a limit above the order, then one about another account, then the right one.
    let freeze = house.carry(&one).await;
    let shown = one.get(&format!("/v1/desk/{freeze}")).await.1;
    let limit = shown["instruction"]["limit"]["amount"].as_str().expect("a limit").to_owned();
    let until = house.in_a_year();
    let held = |more: &[(&str, &str)]| {
        let base = [("amount", limit.as_str()), ("until", &until), ("rank", "1"), ("stated", "4000020011")];
        filled("held", &[&base, more].concat())
    };
    let (_, above) = one.answer(&freeze, &held(&[("limit", "5000.00")])).await;
    assert_eq!(
        (&above["outcome"], &above["order"]["order_state"]),
        (&json!("does_not_fit"), &json!("undetermined")),
        "{above}"
    );
    assert!(above["words"].as_str().is_some_and(|words| words.contains("高于请求")), "{above}");
    assert_eq!(house.tasks(&one, "resolve").await, 1);
    let (status, told) = one.post(&format!("/v1/desk/{freeze}/take"), &json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{told}");
    assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("更正反馈须说明理由")), "{told}");
    let correction = json!({ "reason": "限额录入有误" });
    one.post(&format!("/v1/desk/{freeze}/take"), &correction).await;
    let (_, other) = one.answer(&freeze, &held(&[("stated", "4000020099")])).await;
    assert_eq!(other["outcome"], "does_not_fit", "{other}");
    one.post(&format!("/v1/desk/{freeze}/take"), &correction).await;
    let (_, right) = one.answer(&freeze, &held(&[("limit", &limit), ("stated", "4000 0200 11")])).await;
    assert_eq!(
        (&right["outcome"], &right["order"]["order_state"]),
        (&json!("taken_in"), &json!("answered")),
        "{right}"
    );
    assert_eq!(house.tasks(&one, "resolve").await, 0, "a right answer closes it");
    let measures = house.measures_of("county-bank").await;
    assert_eq!((&measures[0]["state"], &measures[0]["held"]["amount"]), (&json!("in_force"), &json!(limit)));
    assert_eq!(measures[0]["receipts"].as_array().map(Vec::len), Some(3), "every paper is kept");
    house.stop();
}

#[tokio::test]
async fn a_refusal_is_told_in_its_words_and_what_is_withdrawn_is_not_carried() {
    let mut house = Courthouse::open(false).await;
    let one = house.clerk("clerk-1");
    house.submit("refused", &inquiry(None, "auto")).await;
    let number = house.carry(&one).await;
    let refused = filled("refused", &[("reason", "document_missing"), ("words", "未带执行公务证")]);
    let (_, done) = one.answer(&number, &refused).await;
    assert_eq!(done["order"]["order_state"], "refused", "{done}");
    let order = one.get(&format!("/v1/orders/{number}")).await.1;
    assert_eq!(order["answer"]["reply"]["words"], "未带执行公务证");

    let mut body = inquiry(None, "auto");
    body["case"]["number"] = json!("(2026)晋10执2号");
    let id = house.submit("withdrawn", &body).await;
    let open = house.on_desk(&one, "open").await.remove(0);
    let number = open["number"].as_str().expect("a number").to_owned();
    one.post(&format!("/v1/desk/{number}/take"), &json!({})).await;
    let cancelled = one.post(&format!("/v1/inquiries/{id}/cancel"), &json!({ "reason": "撤回" })).await;
    assert!(cancelled.0.is_success(), "{}", cancelled.1);
    let (status, told) = one.post(&format!("/v1/desk/{number}/notice"), &json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("已撤回")), "{told}");
    let ended = house.on_desk(&one, "ended").await;
    assert_eq!((&ended[0]["number"], &ended[0]["withdrawn"]), (&json!(number), &json!(true)));
    assert!(one.get("/v1/desk").await.1["orders"].as_array().is_some_and(Vec::is_empty));
    house.stop();
}

#[tokio::test]
async fn orders_of_a_counterpart_that_people_serve_from_now_on_come_to_the_desk_and_wait_while_it_is_paused()
{
    let mut house = Courthouse::beside(bank("county-bank", &bank_code(2), Value::Null)).await;
    let one = house.clerk("clerk-1");
    let pause = |what: &str| format!("/v1/counterparts/county-bank/{what}");
    house.setup.post(&pause("pause"), &json!({ "reason": "改为人工办理" })).await;
    house.submit("turned", &inquiry(None, "auto")).await;
    assert_eq!(one.get("/v1/desk").await.1["orders"], json!([]));
    let file = house.setup.folder.path().join("counterparts/county-bank.toml");
    std::fs::write(file, desk(false)).expect("written");
    house.setup.signal_daemon("HUP");
    let number = house.on_desk(&one, "open").await[0]["number"].as_str().expect("a number").to_owned();
    one.post(&format!("/v1/desk/{number}/take"), &json!({})).await;
    let (status, told) = one.post(&format!("/v1/desk/{number}/notice"), &json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("已暂停")), "{told}");
    house.setup.post(&pause("resume"), &json!({ "reason": "可以办理" })).await;
    one.print(&number).await;
    let (_, done) = one.answer(&number, &json!({ "outcome": "nothing" })).await;
    assert_eq!(done["outcome"], "taken_in", "{done}");
    house.stop();
}

#[tokio::test]
async fn an_order_that_waits_for_its_next_attempt_comes_to_the_desk_and_is_taken_over_with_a_reason_only() {
    // Nobody answers at that address, and the next attempt is hours away.
    let file = format!(
        "connector = \"court-realty\"\n[settings]\namount_unit = \"yuan\"\n[line]\nkind = \"call\"\n\
         base_url = \"http://127.0.0.1:{}\"\ntimeout = \"1s\"\n[retry.query]\ninitial = \"6h\"\nlongest = \"6h\"\n",
        reserved_port()
    );
    let mut house = Courthouse::beside(Played { name: "county-bank", file, script: Value::Null }).await;
    let (one, two) = (house.clerk("clerk-1"), house.clerk("clerk-2"));
    house.submit("later", &inquiry(None, "auto")).await;
    house.until_attempted("county-bank").await;
    let file = house.setup.folder.path().join("counterparts/county-bank.toml");
    std::fs::write(file, desk(false)).expect("written");
    house.setup.signal_daemon("HUP");
    let open = house.on_desk(&one, "open").await.remove(0);
    assert_eq!((&open["counterpart"], &open["order_state"]), (&json!("county-bank"), &json!("queued")));

    let path = format!("/v1/desk/{}/take", open["number"].as_str().expect("a number"));
    let version = open["version"].clone();
    assert_eq!(one.post(&path, &json!({ "version": version })).await.0, StatusCode::OK);
    let late = json!({ "version": version, "reason": "同事外出" });
    assert_eq!(two.post(&path, &late).await.0, StatusCode::CONFLICT, "another was seen");
    let (status, told) = two.post(&path, &json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("须说明理由")), "{told}");
    assert_eq!(two.post(&path, &json!({ "reason": " " })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, over) = two.post(&path, &json!({ "reason": "同事外出" })).await;
    assert_eq!((status, &over["progress"]["taken"]["by"]), (StatusCode::OK, &json!("clerk-2")), "{over}");
    house.stop();
}

#[tokio::test]
async fn nobody_agrees_to_an_answer_that_was_changed_after_they_looked_at_it() {
    let mut house = Courthouse::open(true).await;
    let (one, two) = (house.clerk("clerk-1"), house.clerk("clerk-2"));
    house.submit("looked", &inquiry(None, "auto")).await;
    let number = house.carry(&one).await;
    let at = |what: &str| format!("/v1/desk/{number}{what}");
    assert_eq!(one.answer(&number, &found("5.00")).await.1["outcome"], "to_check");
    let seen = two.get(&at("")).await.1["version"].clone();
    let back = json!({ "agree": false, "version": seen, "reason": "金额看不清" });
    assert_eq!(two.post(&at("/check"), &back).await.0, StatusCode::OK);
    assert_eq!(one.answer(&number, &found("50000.00")).await.1["outcome"], "to_check");
    for stale in [json!({ "agree": true, "version": seen }), back] {
        let (status, told) = two.post(&at("/check"), &stale).await;
        assert_eq!(status, StatusCode::CONFLICT, "{told}");
        assert!(told["detail"].as_str().is_some_and(|words| words.contains("刚被他人处理")), "{told}");
    }
    let now = two.get(&at("")).await.1;
    assert_eq!((&now["state"], &now["order_state"]), (&json!("to_check"), &json!("awaiting")), "{now}");
    let agreed = two.post(&at("/check"), &json!({ "agree": true, "version": now["version"] })).await;
    assert_eq!((agreed.0, &agreed.1["outcome"]), (StatusCode::OK, &json!("taken_in")), "{}", agreed.1);
    house.stop();
}

/// A bank that people served gets a line of its own while a freeze is being carried to it: the freeze is not offered there once more, and
/// its paper is entered all the same.
#[tokio::test]
async fn a_freeze_that_people_carry_is_not_offered_over_a_line_that_its_bank_gets_meanwhile() {
    let mut house = Courthouse::open(false).await;
    let (one, two) = (house.clerk("clerk-1"), house.clerk("clerk-2"));
    house.submit("turned", &inquiry(Some("1000.00"), "auto")).await;
    let query = house.carry(&one).await;
    let partial = json!({ "outcome": "partial", "fields": { "missing": "未查理财" }, "rows": [account("4000020011", "2000.00")] });
    assert_eq!(one.answer(&query, &partial).await.1["outcome"], "taken_in");
    let freeze = house.carry(&one).await;
    let again = one.print(&freeze).await;
    assert!(again.contains("协助通知（补打）") && again.contains("不得重复办理"), "{again}");

    let file = house.setup.folder.path().join("counterparts/county-bank.toml");
    std::fs::write(file, calling_bank("county-bank", 2, Value::Null).file).expect("written");
    house.setup.signal_daemon("HUP");
    house.until_line("county-bank", "postbox").await;
    // It stands on the desk still, is printed no more, and what is entered is always checked.
    let listed = house.on_desk(&one, "taken").await;
    assert_eq!(listed[0]["number"], json!(freeze), "{listed:#?}");
    let (status, told) = one.post(&format!("/v1/desk/{freeze}/notice"), &json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{told}");
    let shown = one.get(&format!("/v1/desk/{freeze}")).await.1;
    assert_eq!(shown["checked"], true, "{shown}");
    let limit = shown["instruction"]["limit"]["amount"].as_str().expect("a limit").to_owned();
    let until = house.in_a_year();
    let held = filled(
        "held",
        &[("amount", &limit), ("limit", &limit), ("until", &until), ("rank", "1"), ("stated", "4000020011")],
    );
    let (_, entered) = one.answer(&freeze, &held).await;
    assert_eq!(entered["outcome"], "to_check", "{entered}");
    let agree = json!({ "agree": true, "version": entered["order"]["version"] });
    let (_, done) = two.post(&format!("/v1/desk/{freeze}/check"), &agree).await;
    assert_eq!(
        (&done["outcome"], &done["order"]["order_state"]),
        (&json!("taken_in"), &json!("answered")),
        "{done}"
    );
    house.until_measures("county-bank", "in_force", 1).await;
    house.stop();
}

#[test]
fn what_is_wrong_with_a_desk_is_told_with_its_line() {
    let text = sample("counterparts/example-desk.toml");
    let wrong = text
        .replace("days = 5", "days = 0\ncourts = [\"T10\", \"T10\"]")
        .replace("acts = \"query,freeze,renew,release\"", "acts = \"query,freeze\"");
    assert_ne!(wrong, text, "the sample has what is changed");
    let gateway = crate::samples::with_own_keys(&sample("chakong.toml"));
    let below = folder(&gateway, &[("example-desk", wrong.clone())]);
    let loaded = chakong::config::load(&below.path().join("chakong.toml"), &chakong::app::plugins());
    let problems = loaded.expect_err("three mistakes");
    for (key, start) in [("line.days", "days = "), ("line.courts", "courts = "), ("settings.acts", "acts = ")]
    {
        let line = wrong.lines().position(|line| line.starts_with(start)).map(|at| at + 1);
        let told = problems.0.iter().find(|problem| problem.message.contains(key));
        assert_eq!(told.and_then(|problem| problem.line), line, "{key}: {problems}");
    }
}
