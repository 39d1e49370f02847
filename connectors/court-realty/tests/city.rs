//! Controls and call-backs of the city registries' line, over the connector's own sandbox.

use std::sync::Arc;

use chakong_contract::asset::{Asset, EncumbranceKind, PropertyKind};
use chakong_contract::connector::{Attachment, ReadContent, is_sub_path};
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::order::{Original, Target};
use chakong_contract::reply::Holding;
use chakong_contract::sandbox::Sandbox;
use chakong_contract::{
    ActionKind, Answer, CallKind, CallResult, Connector, EntryResult, FaultKind, HttpResponse,
    IdentityDocument, InboundRequest, Instruction, Order, RefusalReason, Reply, Secret,
};
use chakong_court_realty::plugin;
use chakong_testkit::{drive, sample};
use proptest::prelude::*;
use serde_json::{Value, json};

const NUMBER: &str = "110101190001010014";
const NAME: &str = "甲某";
const UNIT: &str = "000000001002GB00123F00010008";
const KEY: &str = "not-a-secret-key";

fn text(text: &str) -> SettingValue {
    SettingValue::Text(text.to_owned())
}

fn settings() -> Settings {
    Settings::default()
        .with("amount_unit", text("yuan"))
        .with("workflow_seize", text("CF-EXAMPLE"))
        .with("workflow_renew", text("XF-EXAMPLE"))
        .with("workflow_release", text("JF-EXAMPLE"))
        .with("account", text("city-990101"))
        .with("password", SettingValue::Secret(Secret::new("not-a-secret")))
        .with("callback_key", SettingValue::Secret(Secret::new(KEY)))
}

fn connector() -> Arc<dyn Connector> {
    (plugin().build)(&settings()).expect("settings")
}

fn target(unit: &str) -> Target {
    Target::Property {
        property_kind: PropertyKind::Building,
        unit_number: unit.parse().ok(),
        certificate: "示(2020)示例市不动产权第0012345号".into(),
        location: "示例市示例区示例路1号1幢8室".into(),
        business_number: "XM00009".into(),
    }
}

fn order(number: &str, instruction: Instruction) -> Order {
    let document = IdentityDocument::ResidentId(NUMBER.parse().expect("a number"));
    sample::order(&plugin().manifest, number, NAME, document, instruction)
}

fn seizure(number: &str) -> Order {
    let (from, until) = ("2026-01-05".parse().expect("a date"), "2029-01-04".parse().expect("a date"));
    order(number, Instruction::Freeze { target: target(UNIT), limit: None, from, until })
}

fn original(reference: &str) -> Original {
    let seizure = seizure("TESTFREEZE1");
    let (number, case_number) = (seizure.number.clone(), seizure.case.number.clone());
    Original { number, case_number, reference: reference.into() }
}

fn release(reference: &str) -> Order {
    let release = Instruction::Release { target: target(UNIT), amount: None, original: original(reference) };
    order("TESTRELEASE1", release)
}

fn script(more: Value) -> Value {
    let home = json!({
        "unit": UNIT, "certificate": "示(2020)示例市不动产权第0012345号",
        "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
    });
    let mut script = json!({ "holders": [{ "name": NAME, "number": NUMBER, "properties": [home] }] });
    for (key, value) in more.as_object().into_iter().flatten() {
        script[key] = value.clone();
    }
    script
}

fn city(more: Value) -> Box<dyn Sandbox> {
    (plugin().sandbox)(&script(more), &settings()).expect("a script")
}

fn talk(city: &mut dyn Sandbox, order: &Order) -> drive::Talk {
    drive::converse(&*connector(), city, &drive::batch(vec![order.clone()])).expect("an end")
}

fn answer(talk: &drive::Talk) -> &Answer {
    match talk.reads() {
        [read] => match &read.content {
            ReadContent::Answer(answer) => answer,
            other => panic!("{other:?}"),
        },
        _ => panic!("{:?}", talk.end),
    }
}

fn holding(reply: &Reply) -> &Holding {
    if let Reply::Held(holding) = reply { holding } else { panic!("{reply:?}") }
}

fn beans(talk: &drive::Talk) -> Vec<&str> {
    talk.requests.iter().filter_map(|request| request.path.rsplit('/').next()).collect()
}

#[test]
fn a_seizure_locks_first_and_a_release_unlocks_last() {
    let mut city = city(json!({}));
    let seized = talk(&mut *city, &seizure("TESTFREEZE1"));
    assert_eq!(beans(&seized), ["bdcdysd", "cfjfdj"]);
    assert!(seized.requests[0].repeatable && !seized.requests[1].repeatable, "a case is created once");
    let held = holding(&answer(&seized).reply);
    assert_eq!((held.reference.as_str(), held.held.amount.is_zero()), ("XM00000001", true));
    assert!(held.words.contains("尚未登簿") && held.words.contains("受理编号"), "{held:?}");
    let released = talk(&mut *city, &release("XM00000001"));
    assert_eq!(beans(&released), ["cfjfdj", "bdcdysdjs"]);
    let case: Value = serde_json::from_slice(&released.requests[0].body).expect("JSON");
    let entry = &case["data"]["cfxx"][0];
    assert_eq!((&entry["bdcqzh"], &entry["zsxmid"]), (&json!("（2026）京0101执1号"), &json!("XM00000001")));
    assert_eq!(
        answer(&released).reply.outcome(),
        "accepted",
        "the gateway, which knows the order, calls it released"
    );
    let acts: Vec<_> = city.books().controls.into_iter().map(|one| (one.action, one.executed)).collect();
    assert_eq!(acts, [("seize".to_owned(), 1), ("release".to_owned(), 1)]);
}

#[test]
fn a_seizure_behind_another_courts_waits_in_the_register_and_takes_its_place_when_that_is_lifted() {
    let mut script = script(json!({ "lifted": [{ "unit": UNIT, "after_polls": 3 }] }));
    script["holders"][0]["properties"][0]["seizures"] = json!([{ "authority": "示例市另区人民法院",
        "document": "（2024）示0102执7号", "type": "1", "from": "2024/03/01", "registered": "2024/03/01" }]);
    let mut city = (plugin().sandbox)(&script, &settings()).expect("a script");
    assert_eq!(answer(&talk(&mut *city, &seizure("TESTFREEZE1"))).reply.outcome(), "accepted");
    let query = order("TESTQUERY1", Instruction::Query { transactions: None });
    let mut kinds = Vec::new();
    for _ in 0..4 {
        let found = talk(&mut *city, &query);
        let Asset::Property(property) = &answer(&found).reply.assets()[0].asset else { panic!("{found:?}") };
        let ours = property.encumbrances.iter().find(|one| one.reference == "YW00000001");
        kinds.push(ours.map(|one| one.kind));
    }
    assert!(kinds.contains(&Some(EncumbranceKind::WaitingSeizure)), "{kinds:?}");
    assert_eq!(kinds.last(), Some(&Some(EncumbranceKind::Seizure)), "{kinds:?}");
    assert_eq!(city.books().holdings.len(), 1);
    assert_eq!(answer(&talk(&mut *city, &release("YW00000001"))).reply.outcome(), "accepted");
    talk(&mut *city, &query);
    assert!(city.books().holdings.is_empty(), "released in the register as well");
}

#[test]
fn a_certificate_is_locked_where_there_is_no_unit_number() {
    let (from, until) = ("2026-01-05".parse().expect("a date"), "2029-01-04".parse().expect("a date"));
    let by_certificate =
        order("TESTFREEZE1", Instruction::Freeze { target: target(""), limit: None, from, until });
    let talk = talk(&mut *city(json!({})), &by_certificate);
    assert_eq!(beans(&talk), ["bdczssd", "cfjfdj"]);
    assert_eq!(answer(&talk).reply.outcome(), "accepted");
}

#[test]
fn a_case_that_is_refused_has_its_lock_lifted_and_the_reply_says_so() {
    let mut city = city(json!({ "refuse_first": 1 }));
    let refused = talk(&mut *city, &seizure("TESTFREEZE1"));
    assert_eq!(beans(&refused), ["bdcdysd", "cfjfdj", "bdcdysdjs"]);
    let Reply::NotHeld(refusal) = &answer(&refused).reply else { panic!("{:?}", refused.end) };
    assert_eq!(refusal.reason, RefusalReason::Declined);
    assert!(
        refusal.words.starts_with("正在办理查封登记") && refusal.words.contains("锁定已解除"),
        "{refusal:?}"
    );
    let again = talk(&mut *city, &seizure("TESTFREEZE2"));
    assert_eq!(answer(&again).reply.outcome(), "accepted");
    assert_eq!(city.books().controls.len(), 1, "the refused one was never made");
}

#[test]
fn a_lock_that_cannot_be_lifted_is_told_and_one_that_was_there_before_stays() {
    let fault = json!([{ "do": "status", "status": 503, "path": "bdcdysdjs", "first": 1 }]);
    let mut stuck = city(json!({ "refuse_first": 1, "faults": fault }));
    let talked = talk(&mut *stuck, &seizure("TESTFREEZE1"));
    let drive::End::Failed(fault) = &talked.end else { panic!("{:?}", talked.end) };
    assert_eq!(
        fault.kind,
        FaultKind::Transient,
        "lifting it may be tried again; the gateway kept how far it came"
    );
    let mut city = city(json!({ "refuse_first": 1 }));
    // Somebody locked it under the same number before.
    let lock = &talk(&mut *self::city(json!({})), &seizure("TESTFREEZE9")).requests[0];
    let Some(served) = city.call() else { panic!("it is called") };
    drive::serve(served, lock, sample::made()).expect("locked");
    let refused = talk(&mut *city, &seizure("TESTFREEZE1"));
    assert_eq!(beans(&refused), ["bdcdysd", "cfjfdj"], "what was there before is left alone");
    let Reply::NotHeld(refusal) = &answer(&refused).reply else { panic!("{:?}", refused.end) };
    assert!(refusal.words.contains("未动"), "{refusal:?}");
}

#[test]
fn a_release_that_was_taken_is_not_given_up_for_a_lock_that_stays() {
    for fault in [
        json!({ "do": "status", "status": 503, "path": "bdcdysdjs" }),
        json!({ "do": "error_code", "code": 0, "path": "bdcdysdjs" }),
        json!({ "do": "html", "path": "bdcdysdjs" }),
    ] {
        let mut city = city(json!({ "faults": [fault] }));
        talk(&mut *city, &seizure("TESTFREEZE1"));
        let released = talk(&mut *city, &release("XM00000001"));
        let told = answer(&released);
        assert_eq!(told.reply.outcome(), "accepted", "{fault}");
        assert_eq!(
            told.unknown.first().map(|one| one.field.as_str()),
            Some("bdcdysdjs"),
            "it is told: {told:?}"
        );
    }
}

#[test]
fn nobody_knows_what_became_of_a_case_whose_answer_is_not_clear() {
    for fault in [
        json!({ "do": "status", "status": 500, "path": "cfjfdj" }),
        json!({ "do": "html", "path": "cfjfdj" }),
        json!({ "do": "error_code", "code": 0, "path": "cfjfdj" }),
        json!({ "do": "truncated", "path": "cfjfdj" }),
    ] {
        let mut city = city(json!({ "faults": [fault] }));
        for order in [seizure("TESTFREEZE1"), release("XM00000001")] {
            let drive::End::Failed(fault) = talk(&mut *city, &order).end else { panic!("{fault}") };
            assert_eq!(fault.kind, FaultKind::OutcomeUnknown);
        }
    }
    // The registry certainly made no case: tried again later, or a person acts; the lock of a person's case is lifted.
    let turned_away = json!([{ "do": "status", "status": 401, "path": "cfjfdj" }]);
    let talked = talk(&mut *city(json!({ "faults": turned_away })), &seizure("TESTFREEZE1"));
    assert_eq!(beans(&talked), ["bdcdysd", "cfjfdj", "bdcdysdjs"]);
    let drive::End::Failed(fault) = talked.end else { panic!("it failed") };
    assert_eq!(fault.kind, FaultKind::Unauthorised);
}

#[test]
fn what_the_law_or_the_registry_has_no_room_for_is_refused_before_it_is_sent() {
    let connector = connector();
    let refused = |order: &Order| connector.check(order).expect_err("refused").detail;
    let freeze = |from: &str, until: &str| {
        let (from, until) = (from.parse().expect("a date"), until.parse().expect("a date"));
        order("TEST1", Instruction::Freeze { target: target(UNIT), limit: None, from, until })
    };
    assert!(connector.check(&freeze("2026-01-05", "2029-01-04")).is_ok());
    assert!(refused(&freeze("2026-01-05", "2029-01-05")).contains("three years"));
    assert!(refused(&freeze("2026-01-05", "2026-01-04")).contains("three years"));
    let mut long = freeze("2026-01-05", "2029-01-04");
    long.documents[0].number = "（2026）京0101执1号".repeat(4);
    assert!(refused(&long).contains("50 characters"));
    assert!(refused(&release("")).contains("no number of the seizure"));
    let bare = (plugin().build)(&Settings::default().with("amount_unit", text("yuan"))).expect("settings");
    assert!(
        !bare.supports(ActionKind::Freeze)
            && bare.supports(ActionKind::Query)
            && connector.supports(ActionKind::Release)
    );
    let fault = bare.check(&freeze("2026-01-05", "2029-01-04")).expect_err("no workflows");
    assert!(fault.detail.contains("未配置"), "{fault}");
    assert!(bare.postbox().is_none(), "nobody calls back without an account");
}

#[test]
fn half_of_what_belongs_together_is_a_problem_of_the_settings() {
    let of = |settings: Settings| (plugin().build)(&settings).expect_err("a problem")[0].key.clone();
    let base = || Settings::default().with("amount_unit", text("yuan"));
    assert_eq!(of(base().with("workflow_seize", text("CF"))), "workflow_renew");
    assert_eq!(of(base().with("account", text("city"))), "password");
    assert_eq!(of(base().with("password", SettingValue::Secret(Secret::new("x")))), "account");
    assert_eq!(of(base().with("callback_key", SettingValue::Secret(Secret::new("short")))), "callback_key");
    assert_eq!(
        of(base().with("callback_key", SettingValue::Secret(Secret::new("a/b/c/d/e/f/g/h/i")))),
        "callback_key"
    );
}

fn call(method: &str, path: &str, body: Value) -> InboundRequest {
    InboundRequest {
        method: method.to_owned(),
        path: format!("/court/city{path}"),
        query: vec![("sqslbh".to_owned(), "CK20260105000000000001".to_owned())],
        headers: Vec::new(),
        body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
    }
}

fn result() -> Value {
    json!({
        "head": { "username": "city-990101", "password": "not-a-secret", "regioncode": "990101", "size": "", "page": 1 },
        "data": { "wwslbh": "CK20260105000000000001", "ywxxList": [{ "bdcdyh": UNIT, "ywh": "YW1", "bz": null, "more": 1 }] },
    })
}

fn code(answer: &HttpResponse) -> (u16, Value) {
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    (answer.status, body["head"]["returncode"].clone())
}

#[test]
fn call_backs_are_heard_with_who_calls_and_the_password_is_not_kept() {
    let connector = connector();
    let postbox = connector.postbox().expect("call-backs");
    let parsed = postbox.parse(&call("POST", "/jsdjbjjg", result())).expect("a call");
    assert_eq!((parsed.account.as_str(), parsed.password.expose()), ("city-990101", "not-a-secret"));
    let CallKind::HandIn(reading) = &parsed.kind else { panic!("{parsed:?}") };
    let ReadContent::Answer(entered) = &reading.reads[0].content else { panic!("{reading:?}") };
    assert_eq!(holding(&entered.reply).reference, "YW1");
    let kept = String::from_utf8(postbox.redact(&call("POST", "/jsdjbjjg", result()))).expect("text");
    assert!(kept.contains("YW1") && !kept.contains("not-a-secret"), "{kept}");
    let again = connector.read(&chakong_contract::Message::new("", kept.into_bytes()));
    assert_eq!(again.reads, reading.reads, "what is kept can be read again");
    let deleted =
        call("POST", &format!("/{KEY}/updateCjywzt"), json!({ "cxqqdh": "CK20260105000000000001" }));
    let parsed = postbox.parse(&deleted).expect("a call");
    assert_eq!(
        (parsed.account.as_str(), parsed.password.expose()),
        ("", KEY),
        "known by the key in the address"
    );
    let changed = postbox.parse(&call("GET", &format!("/{KEY}/wwztxg"), Value::Null)).expect("a call");
    let CallKind::HandIn(reading) = &changed.kind else { panic!("{changed:?}") };
    let notice = |content: &ReadContent| matches!(content, ReadContent::Attachment(beside) if matches!(**beside, Attachment::Notice(_)));
    assert!(notice(&reading.reads[0].content), "{reading:?}");
}

#[test]
fn call_backs_are_answered_with_the_protocols_codes() {
    let connector = connector();
    let postbox = connector.postbox().expect("call-backs");
    let named = postbox.parse(&call("POST", "/jsdjbjjg", result())).expect("a call");
    let keyed =
        call("POST", "/wrong-key-0000000/updateCjywzt", json!({ "cxqqdh": "CK20260105000000000001" }));
    let keyed = postbox.parse(&keyed).expect("a call");
    let number = "CK20260105000000000001".parse().ok();
    let of = |taken: EntryResult| {
        code(&postbox.respond(&named, &CallResult::Entries(vec![(number.clone(), taken)])))
    };
    assert_eq!(of(EntryResult::Accepted), (200, json!("0000")));
    assert_eq!(of(EntryResult::Duplicate), (200, json!("0000")));
    assert_eq!(of(EntryResult::Unknown), (200, json!("1000")));
    assert_eq!(code(&postbox.respond(&named, &CallResult::TurnedAway)), (200, json!("2000")));
    assert_eq!(code(&postbox.respond(&keyed, &CallResult::TurnedAway)), (200, json!("2010")));
    assert_eq!(code(&postbox.respond(&named, &CallResult::Unavailable)), (503, json!("1000")));
    let refused = |call: &InboundRequest| code(&postbox.parse(call).expect_err("refused"));
    assert_eq!(refused(&call("GET", "/jsdjbjjg", Value::Null)), (405, json!("1000")));
    assert_eq!(refused(&call("POST", "/jsdjbjjg", json!([1]))), (400, json!("1000")));
    assert_eq!(refused(&call("POST", "/jsdjbjjg", json!({ "data": {} }))), (200, json!("2000")));
    assert_eq!(refused(&call("POST", "/elsewhere", json!({}))), (404, json!("1000")));
    let serves = |below: &str| postbox.sub_paths().iter().any(|place| is_sub_path(place, below));
    for below in ["/jsdjbjjg", "/accept_receipt_info", "/some-key/updateCjywzt", "/some-key/wwztxg"] {
        assert!(serves(below), "{below}");
    }
    for below in
        ["", "/", "/updateCjywzt", "//updateCjywzt", "/a/b/wwztxg", "/a/jsdjbjjg", "/other", "jsdjbjjg"]
    {
        assert!(!serves(below), "{below}");
    }
}

proptest! {
    #[test]
    fn any_answers_and_calls_are_survived(bytes: Vec<u8>, message in ".{0,40}", number: i64, status in 100u16..600) {
        let connector = connector();
        let postbox = connector.postbox().expect("call-backs");
        let request = |body: Vec<u8>| InboundRequest { body, ..call("POST", "/jsdjbjjg", Value::Null) };
        prop_assert!(postbox.parse(&request(bytes.clone())).is_err());
        let odd = json!({ "head": { "username": number, "password": message }, "data": { "wwslbh": message, "ywxxList": [{ "ywh": number }],
            "wsnr": message } });
        let _ = postbox.parse(&request(odd.to_string().into_bytes()));
        let Some(speaks) = connector.call() else { panic!("it calls")  };
        let odd = json!({ "code": number, "message": message, "data": [{ "proid": number }] }).to_string();
        for (body, order) in [(bytes.clone(), seizure("TEST1")), (odd.clone().into_bytes(), seizure("TEST1")), (odd.into_bytes(), release("XM1"))] {
            let talk = drive::talk(speaks, &drive::batch(vec![order]), |_, _, _| {
                Some(HttpResponse { status, ..HttpResponse::json(200, body.clone()) })
            });
            prop_assert!(talk.expect("an end").requests.len() <= 3);
        }
    }
}
