use chakong_contract::manifest::SettingValue;
use chakong_contract::{Reply, Secret};
use serde_json::{Value, json};

use super::*;
use crate::postbox::feedback;
use crate::postbox::wire::controls::{ControlResult, control_feedback, control_results};
use crate::postbox::wire::names::FEED_CONTROLS;
use crate::postbox::wire::{acknowledgement::acknowledgement, offers::offers};
use crate::shared::wire::point_to_point::request::{Card, Paper, Property, cards, papers};

const UNITS: [&str; 2] = ["000000001002GB00123F00010008", "000000001002GB00123F00010009"];

fn settings() -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("amount_unit", text("yuan"))
        .with("account", text("IP000001"))
        .with("password", SettingValue::Secret(Secret::new("not-a-secret")))
}

/// A request for two properties, as other courts' software sends it.
fn request() -> Request {
    let property = |unit: &str| Property {
        unit: unit.to_owned(),
        measure: "11".to_owned(),
        ruling: "裁1".to_owned(),
        from: "2026/01/05".to_owned(),
        until: "2029/01/04".to_owned(),
        ..Property::default()
    };
    Request {
        number: "TWO1".to_owned(),
        name: "甲某".to_owned(),
        document_number: "110101190001010014".to_owned(),
        properties: UNITS.map(property).into(),
        ..Request::default()
    }
}

/// What a registry hands in about it, and its books.
fn handed_in(traps: &Value) -> (String, Books) {
    let home = |unit: &str| json!({ "unit": unit });
    let holder = json!({ "name": "甲某", "number": "110101190001010014", "properties": UNITS.map(home) });
    let script = json!({ "holders": [holder], "traps": traps });
    let mut sandbox = build(&script, &settings()).expect("a script");
    let caller = sandbox.postbox().expect("it polls");
    let now = "2026-01-05T10:00:00+08:00".parse().expect("a moment");
    let (mut answer, mut handed_in) = (None, None);
    while let PollStep::Call(call) = caller.next(answer.as_ref(), now) {
        let call = SERVICE.read_call(std::str::from_utf8(&call.body).expect("text")).expect("a call");
        let document = match call.operation {
            CONTROLS => offers(true, "", &[request()]),
            PAPERS => papers("TWO1", &[Paper { content: "eA==".to_owned(), ..Paper::default() }]),
            CARDS => cards("TWO1", &[Card { work_certificate: "GZ1".to_owned(), ..Card::default() }]),
            FEED_CONTROLS => {
                handed_in = call.arguments.get(1).cloned();
                acknowledgement(true, &[])
            }
            _ => offers(false, "", &[]),
        };
        let body = SERVICE.write_answer(call.operation, &document.seal(Leaves::Sealed));
        answer = Some(HttpResponse { status: 200, headers: Vec::new(), body });
    }
    (handed_in.expect("a result"), sandbox.books())
}

#[test]
fn of_several_properties_a_known_registry_answers_for_all_and_books_only_the_last() {
    let results = |sealed: &str| control_results(&Element::open(sealed, Leaves::Sealed).expect("a document"));
    let (right, books) = handed_in(&json!([]));
    let controls = results(&right).remove(0).controls;
    assert_eq!((controls.len(), books.holdings.len(), books.controls[0].executed), (2, 2, 2));
    assert_ne!(controls[0].seizure, controls[1].seizure);
    let (wrong, books) = handed_in(&json!(["books_only_last"]));
    let controls = results(&wrong).remove(0).controls;
    assert!(controls.iter().all(|control| control.state == "1"), "{controls:?}");
    assert_eq!(controls[0].seizure, controls[1].seizure, "one number for both");
    let booked: Vec<&str> = books.holdings.iter().map(|holding| holding.target.as_str()).collect();
    assert_eq!(booked, [UNITS[1]]);
}

#[test]
fn one_number_for_several_units_is_noted_and_the_measure_stands() {
    let registry = super::super::manifest::check(&settings()).expect("settings");
    let (wrong, _) = handed_in(&json!(["books_only_last"]));
    let reading = feedback::read(&registry, FEED_CONTROLS, &wrong);
    let [read] = reading.reads.as_slice() else { panic!("{reading:?}") };
    let chakong_contract::connector::ReadContent::Answer(answer) = &read.content else { panic!("{read:?}") };
    assert!(matches!(answer.reply, Reply::Held(_)) && answer.unknown.len() == 1, "{answer:?}");
    let (right, _) = handed_in(&json!([]));
    let reading = feedback::read(&registry, FEED_CONTROLS, &right);
    let chakong_contract::connector::ReadContent::Answer(answer) = &reading.reads[0].content else {
        panic!("{reading:?}")
    };
    assert!(answer.unknown.is_empty(), "{answer:?}");
}

#[test]
fn a_value_that_cannot_be_opened_breaks_its_result_alone() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use chakong_contract::connector::ReadContent;

    let registry = super::super::manifest::check(&settings()).expect("settings");
    let (right, _) = handed_in(&json!([]));
    let first = control_results(&Element::open(&right, Leaves::Sealed).expect("a document")).remove(0);
    let second = ControlResult { number: "TWO2".to_owned(), message: "甲".to_owned(), ..first.clone() };
    let text = control_feedback(&[first, second]).text_with(Leaves::Sealed);
    for bad in ["在册", &STANDARD.encode(b"\xff\xff0")] {
        let sealed = |number: &str| format!("<CXQQDH>{}</CXQQDH><RESULT>", STANDARD.encode(number));
        let spoilt = text.replacen(
            &sealed("TWO2"),
            &sealed("TWO2").replace("<RESULT>", &format!("<X>{bad}</X><RESULT>")),
            1,
        );
        assert_ne!(spoilt, text);
        let reading = feedback::read(&registry, FEED_CONTROLS, &STANDARD.encode(spoilt));
        let [good, broken] = reading.reads.as_slice() else { panic!("{reading:?}") };
        assert!(matches!(good.content, ReadContent::Answer(_)), "{good:?}");
        let ReadContent::Fault(fault) = &broken.content else { panic!("{broken:?}") };
        assert!(fault.detail.contains("leaves = \"plain\""), "{fault}");
    }
    let reading = feedback::read(
        &registry,
        FEED_CONTROLS,
        &STANDARD.encode(text.replace(&STANDARD.encode("TWO2"), "甲")),
    );
    assert_eq!((reading.reads.len(), reading.problems.len()), (1, 1), "{reading:?}");
}
