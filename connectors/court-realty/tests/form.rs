//! The form dialect: fixtures, the conformance suite, and every form of an answer, over the connector's own sandbox.

use chakong_contract::asset::MatchedBy;
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::{Answer, FaultKind, HttpResponse, IdentityDocument, Order, Reply, Secret};
use chakong_court_realty::form_plugin as plugin;
use chakong_testkit::drive::{self, End, Talk};
use chakong_testkit::{Subject, check_fixtures, conformance, fixture_folder, sample};
use serde_json::{Value, json};

const NUMBER: &str = "110101190001010014";
const NAME: &str = "甲某";
const PASSWORD: &str = "not&a=secret 密";

fn settings(leaves: &str) -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("amount_unit", text("yuan"))
        .with("account", text("court-990101"))
        .with("password", SettingValue::Secret(Secret::new(PASSWORD)))
        .with("leaves", text(leaves))
}

fn query() -> Order {
    sample::query(&plugin().manifest, NAME, IdentityDocument::ResidentId(NUMBER.parse().expect("a number")))
}

fn script(more: &Value) -> Value {
    let home = json!({
        "unit": "000000001002GB00123F00010008", "certificate": "示(2020)示例市不动产权第0012345号",
        "location": "示例市示例区示例路1号1幢8室", "area": "118.07", "usage": "11", "registered": "2020/01/01",
        "co_ownership": "2", "share": "60%", "co_holders": [{ "name": "乙某", "number": "11010119000101009X", "share": "40%" }],
        "mortgages": [{ "mortgagee": "示例银行", "amount": 1_500_000, "from": "2020/01/01", "until": "2040/01/01" }],
    });
    let mut script = json!({ "holders": [{ "name": NAME, "number": NUMBER, "properties": [home] }] });
    for (key, value) in more.as_object().into_iter().flatten() {
        script[key] = value.clone();
    }
    script
}

fn talk(leaves: &str, script: &Value) -> Talk {
    let (plugin, settings) = (plugin(), settings(leaves));
    let connector = (plugin.build)(&settings).expect("settings");
    let mut sandbox = (plugin.sandbox)(script, &settings).expect("a script");
    drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![query()])).expect("an end")
}

fn answer(talk: &Talk) -> &Answer {
    match talk.reads() {
        [read] => match &read.content {
            ReadContent::Answer(answer) => answer,
            other => panic!("{other:?}"),
        },
        _ => panic!("{:?}", talk.end),
    }
}

/// What is made of a body.
fn ended(body: &str) -> End {
    let connector = (plugin().build)(&settings("plain")).expect("settings");
    let Some(call) = connector.call() else { panic!("a call line") };
    let talk = drive::talk(call, &drive::batch(vec![query()]), |_, _, _| Some(HttpResponse::json(200, body)));
    talk.expect("an end").end
}

#[test]
fn fixtures() {
    let folder = fixture_folder(env!("CARGO_MANIFEST_DIR"), "court-realty-form");
    check_fixtures(&plugin(), &settings("plain"), &folder);
}

#[test]
fn conforms() {
    for leaves in ["plain", "sealed"] {
        conformance(&Subject {
            plugin: plugin(),
            settings: settings(leaves),
            script: script(&json!({})),
            samples: vec![query()],
        });
    }
}

#[test]
fn every_form_of_an_answer_is_read_alike() {
    let first = talk("plain", &script(&json!({})));
    let Reply::Found { assets } = &answer(&first).reply else { panic!("{:?}", answer(&first)) };
    assert_eq!(assets[0].matched_by, MatchedBy::NameAndNumber, "holders stand in the answer");
    for form in ["plain", "base64", "sealed", "encoded"] {
        for flat in [false, true] {
            let other = talk("sealed", &script(&json!({ "answers": form, "flat_lists": flat })));
            assert_eq!(answer(&other), answer(&first), "{form}, flat: {flat}");
        }
    }
}

#[test]
fn the_password_leaves_and_is_never_kept() {
    let talk = talk("plain", &script(&json!({})));
    let [request] = talk.requests.as_slice() else { panic!("one request") };
    let kept = String::from_utf8(request.to_bytes()).expect("text");
    assert!(kept.contains("username=court-990101&password=%28secret%29"), "{kept}");
    assert!(!kept.contains("not%26a") && !format!("{request:?}").contains("not&a"));
    let sent = String::from_utf8(request.body_to_send().into_owned()).expect("text");
    assert!(sent.ends_with("&password=not%26a%3Dsecret+%E5%AF%86"), "{sent}");
    let mut wrong = settings("plain");
    wrong = wrong.with("password", SettingValue::Secret(Secret::new("another")));
    let connector = (plugin().build)(&wrong).expect("settings");
    let mut sandbox = (plugin().sandbox)(&script(&json!({})), &settings("plain")).expect("a script");
    let talk = drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![query()])).expect("an end");
    let End::Failed(fault) = talk.end else { panic!("{:?}", talk.end) };
    assert_eq!(fault.kind, FaultKind::Unauthorised);
}

#[test]
fn refusals_errors_and_strange_answers_are_told_apart() {
    let away = talk(
        "plain",
        &script(&json!({ "faults": [{ "do": "error_code", "code": 1 }], "answers": "sealed" })),
    );
    let Reply::Refused(refusal) = &answer(&away).reply else { panic!("{:?}", answer(&away)) };
    assert_eq!(refusal.words, "请求的法院不存在");
    let kind = |body: &str| match ended(body) {
        End::Failed(fault) => fault.kind,
        End::Read(reading) => panic!("{reading:?}"),
    };
    let result = |number: &str, rest: &str| {
        format!(
            "<Message><Data><BDCFKLIST><BDCCXJG><BDHM>{number}</BDHM>{rest}</BDCCXJG></BDCFKLIST></Data></Message>"
        )
    };
    let own = query().number;
    assert_eq!(kind(&result("FC99999999999999999999", "<RESULT>0100</RESULT>")), FaultKind::Malformed);
    assert_eq!(
        kind(&result(own.as_str(), "<RESULT>2040</RESULT><MESSAGE>甲某出错</MESSAGE>")),
        FaultKind::Transient
    );
    assert_eq!(kind(&result(own.as_str(), "<RESULT>7777</RESULT>")), FaultKind::Malformed);
    assert_eq!(kind("<Message ErrorMSG=\"用户名或密码错误\"/>"), FaultKind::Unauthorised);
    assert_eq!(kind("<Message><Data/></Message>"), FaultKind::Malformed);
    for strange in ["", "系统异常", "{\"code\":1}", "%", "PA==", "<a><b></a>"] {
        assert_eq!(kind(strange), FaultKind::Malformed, "{strange}");
    }
    for nothing in ["<RESULT>0100</RESULT>", "<RESULT>0000</RESULT>", "<RESULT>0000</RESULT><FDCQLIST/>"] {
        let End::Read(reading) = ended(&result("", nothing)) else { panic!("{nothing}") };
        let ReadContent::Answer(answer) = &reading.reads[0].content else { panic!("{reading:?}") };
        assert_eq!(answer.reply, Reply::Nothing, "{nothing}");
    }
}
