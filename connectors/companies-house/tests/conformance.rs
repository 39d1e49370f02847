//! Fixtures, the conformance suite, and properties over the connector's own sandbox.

use chakong_companies_house::plugin;
use chakong_contract::asset::{Asset, MatchedBy};
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::{
    Company, FaultKind, HttpResponse, IdentityDocument, Input, Message, Order, Reply, RetryAfter, Secret,
    Step,
};
use chakong_testkit::{Subject, check_fixtures, conformance, drive, fixture_folder, sample};
use proptest::prelude::*;
use serde_json::{Value, json};

const NUMBER: &str = "00012345";
const NAME: &str = "EXAMPLE TRADING LIMITED";

fn settings() -> Settings {
    Settings::default().with("api_key", SettingValue::Secret(Secret::new("invented-key-0001")))
}

fn order(number: &str) -> Order {
    let number = IdentityDocument::BusinessLicence(number.parse().expect("a number"));
    sample::query(&plugin().manifest, NAME, number)
}

fn script() -> Value {
    json!({ "companies": [{
        "number": NUMBER, "name": NAME, "created": "2001-02-03", "previous_names": ["EXAMPLE IMPORTS LIMITED"],
        "control": [
            { "name": "Example Holdings plc", "company": true, "natures": ["ownership-of-shares-75-to-100-percent"] },
            { "name": "Mr Former Example", "natures": ["voting-rights-25-to-50-percent"], "ceased": "2020-01-01" },
        ],
        "charges": [{ "code": "000123450001", "holder": "Example Bank plc", "created": "2019-05-01" },
                    { "code": "000123450002", "holder": "Example Bank plc", "status": "fully-satisfied" }],
        "filings": (0..120).map(|at| json!({ "date": "2020-01-01", "category": "accounts", "description": format!("a{at}") })).collect::<Vec<_>>(),
    }] })
}

fn ask(script: &Value, settings: &Settings, order: &Order) -> drive::Talk {
    drive::ask(&plugin(), settings, script, order)
}

fn reply(script: &Value, order: &Order) -> Reply {
    drive::reply(&plugin(), &settings(), script, order)
}

fn company(reply: &Reply) -> (&Company, MatchedBy) {
    match reply.assets() {
        [found] => match &found.asset {
            Asset::Company(company) => (company, found.matched_by),
            other => panic!("{other:?}"),
        },
        _ => panic!("{reply:?}"),
    }
}

#[test]
fn fixtures() {
    check_fixtures(&plugin(), &settings(), &fixture_folder(env!("CARGO_MANIFEST_DIR"), "companies-house"));
}

#[test]
fn conforms() {
    let (plugin, settings) = (plugin(), settings());
    conformance(&Subject { plugin, settings, script: script(), samples: vec![order(NUMBER)] });
}

#[test]
fn numbers_are_padded_and_lists_read_to_their_end() {
    let reply = reply(&script(), &order("12345"));
    let (company, matched_by) = company(&reply);
    assert_eq!(matched_by, MatchedBy::NameAndNumber);
    assert_eq!(company.shareholders.len(), 1, "who has ceased controls no more");
    assert_eq!(company.shareholders[0].control, ["ownership-of-shares-75-to-100-percent"]);
    assert_eq!((company.encumbrances.len(), company.changes.len()), (1, 120), "a satisfied charge is none");
}

#[test]
fn a_number_of_another_register_makes_a_candidate_of_the_name() {
    let found = reply(&script(), &order("91000000MADEM00112"));
    assert_eq!(company(&found).1, MatchedBy::NameOnly);
    assert_eq!(reply(&script(), &order("00012346")), Reply::Nothing, "a number of the register is final");
}

#[test]
fn the_window_is_obeyed_before_and_after_its_end() {
    let mut script = script();
    let end = RetryAfter::At("2026-01-05T01:05:00Z".parse().expect("an instant"));
    for (limit, sent) in [(1, 1), (3, 3), (0, 1)] {
        script["window_limit"] = limit.into();
        let talk = ask(&script, &settings(), &order(NUMBER));
        let drive::End::Failed(fault) = talk.end else { panic!("{:?}", talk.end) };
        assert_eq!(
            (fault.kind, fault.retry_after, talk.requests.len()),
            (FaultKind::RateLimited, Some(end), sent)
        );
    }
    script["window_limit"] = 5.into();
    assert_eq!(
        reply(&script, &order(NUMBER)).outcome(),
        "found",
        "the last request of a window may be the last needed"
    );
}

#[test]
fn a_reset_without_sense_is_no_time() {
    let connector = (plugin().build)(&settings()).expect("settings");
    let Some(call) = connector.call() else { panic!("a call connector") };
    for reset in ["soon", "-99999999999999999", "99999999999999999999"] {
        let mut dialogue = call.open(&drive::batch(vec![order(NUMBER)]), None).expect("a dialogue");
        assert!(matches!(dialogue.next(Input::Start), Step::Send(_)));
        let headers = vec![("x-ratelimit-reset".to_owned(), reset.to_owned())];
        let step = dialogue.next(Input::Response(HttpResponse { status: 429, headers, body: Vec::new() }));
        let Step::Failed(fault) = step else { panic!("{step:?}") };
        assert_eq!((fault.kind, fault.retry_after), (FaultKind::RateLimited, None), "{reset}");
    }
}

#[test]
fn lists_are_switched_and_anybody_exists_for_load_tests() {
    let short = settings().with("lists", SettingValue::Text("none".to_owned()));
    assert_eq!(ask(&script(), &short, &order(NUMBER)).requests.len(), 1);
    let everyone = json!({ "everyone": { "filings": 3 } });
    let reply = reply(&everyone, &order("SC1"));
    let (company, matched_by) = company(&reply);
    assert_eq!((company.registration_number.as_str(), company.changes.len()), ("SC000001", 3));
    assert_eq!(matched_by, MatchedBy::Number);
}

#[test]
fn a_society_is_found_by_its_number_whatever_letter_it_ends_in() {
    for (stated, number) in
        [("IP12345R", "IP12345R"), ("sp 9r", "SP00009R"), ("SL00007A", "SL00007A"), ("R0000451", "R0000451")]
    {
        let script = json!({ "companies": [{ "number": number, "name": NAME }] });
        let talk = ask(&script, &settings(), &order(stated));
        assert_eq!(talk.requests[0].path, format!("/company/{number}"), "{stated}");
        let reply = reply(&script, &order(stated));
        let (company, matched_by) = company(&reply);
        assert_eq!((company.registration_number.as_str(), matched_by), (number, MatchedBy::NameAndNumber));
    }
}

#[test]
fn a_name_that_nobody_bears_ends_as_nothing_beyond_the_last_page() {
    let like: Vec<Value> = (0..500)
        .map(|at| json!({ "number": format!("{at:08}"), "name": format!("EXAMPLE TRADING {at} LIMITED") }))
        .collect();
    let foreign = order("91000000MADEM00112");
    for limit in [100, 300] {
        let script = json!({ "companies": like, "search_limit": limit });
        let talk = ask(&script, &settings(), &foreign);
        assert_eq!(talk.requests.len() as u64, limit / 100 + 1, "the last one is beyond the end");
        assert_eq!(reply(&script, &foreign), Reply::Nothing);
    }
}

#[test]
fn more_companies_of_one_name_than_are_looked_at_are_told() {
    let of_one_name = |many: u32| {
        let companies = (0..many).map(|at| json!({ "number": format!("{at:08}"), "name": NAME }));
        json!({ "companies": companies.collect::<Vec<_>>() })
    };
    let foreign = order("91000000MADEM00112");
    for (many, outcome) in [(5, "found"), (6, "partial"), (130, "partial")] {
        let reply = reply(&of_one_name(many), &foreign);
        assert_eq!((reply.outcome(), reply.assets().len()), (outcome, 5), "{many}");
    }
    let Reply::Partial { missing, .. } = reply(&of_one_name(130), &foreign) else { panic!("partial") };
    assert!(missing[0].contains("100家以上"), "{missing:?}");
}

#[test]
fn companies_of_one_name_are_found_wherever_the_register_lists_them() {
    let among = |places: &[usize], many: usize| {
        let companies = (0..many).map(|at| match places.contains(&at) {
            true => json!({ "number": format!("{at:08}"), "name": "Example Trading limited" }),
            false => json!({ "number": format!("{at:08}"), "name": format!("EXAMPLE TRADING {at} LIMITED") }),
        });
        json!({ "companies": companies.collect::<Vec<_>>() })
    };
    let foreign = order("91000000MADEM00112");
    let short = short_lists();
    let found = |script: &Value, settings: &Settings| {
        let talk = ask(script, settings, &foreign);
        let searches = talk.requests.iter().filter(|one| one.path == "/search/companies").count();
        let reply = drive::reply(&plugin(), settings, script, &foreign);
        (searches, reply.outcome(), reply.assets().len())
    };
    assert_eq!(found(&among(&[3, 250], 420), &short), (5, "found", 2), "the second one on the third page");
    assert_eq!(found(&among(&[0, 99, 100, 419], 420), &short), (5, "found", 4));
    assert_eq!(
        found(&among(&[0, 5, 120, 180, 199, 230, 300], 420), &short),
        (3, "partial", 5),
        "six are enough to tell"
    );
    let bounded = short_lists().with("max_pages", SettingValue::Integer(2));
    assert_eq!(
        found(&among(&[3, 250], 420), &bounded),
        (2, "partial", 1),
        "what lies beyond the bound is told"
    );
    let mut ends = among(&[3, 250], 420);
    ends["search_limit"] = 300.into();
    assert_eq!(found(&ends, &short), (4, "found", 2), "the register says where its list ends");
}

fn short_lists() -> Settings {
    settings().with("lists", SettingValue::Text("none".to_owned()))
}

#[test]
fn details_of_status_charges_and_holders_are_read() {
    let script = json!({ "companies": [{
        "number": NUMBER, "name": NAME, "status_detail": "active-proposal-to-strike-off",
        "control": [{ "name": "Example Holdings plc", "company": true, "registration": "07654321" },
                    { "name": "Mr Example", "ceased": "9999-12-31" }],
        "charges": [{ "code": "1", "holder": "Example Bank plc", "words": "All assets", "floating": true }],
    }] });
    let reply = reply(&script, &order(NUMBER));
    let (company, _) = company(&reply);
    assert_eq!(company.status_text, "active；active-proposal-to-strike-off");
    assert_eq!(company.shareholders[0].registration_number, "07654321");
    assert_eq!(company.shareholders.len(), 2, "a day that means no end ends nothing");
    let words = "outstanding；All assets；contains_floating_charge；floating_charge_covers_all";
    assert_eq!(company.encumbrances[0].words, words);
}

#[test]
fn null_and_a_byte_order_mark_spoil_no_profile() {
    let connector = (plugin().build)(&settings()).expect("settings");
    let profile = json!({
        "company_name": NAME, "company_number": NUMBER, "registered_office_address": null,
        "previous_company_names": null, "sic_codes": null, "company_status_detail": null,
        "date_of_creation": "1900-01-01",
    });
    let reading = connector.read(&Message::new("", format!("\u{feff}{profile}").into_bytes()));
    let json = serde_json::to_value(&reading.reads).expect("JSON");
    let asset = &json[0]["answer"]["reply"]["assets"][0]["asset"];
    assert_eq!((asset["name"].as_str(), &asset["established"]), (Some(NAME), &Value::Null));
    let address = json!({ "company_name": NAME, "company_number": NUMBER,
        "registered_office_address": { "po_box": "PO Box 9", "locality": "Example" } });
    let reading = connector.read(&Message::new("", address.to_string().into_bytes()));
    let json = serde_json::to_value(&reading.reads).expect("JSON");
    assert_eq!(json[0]["answer"]["reply"]["assets"][0]["asset"]["address"], "PO Box 9, Example");
    let list = connector.read(&Message::new("", br#"{"items":null,"total_count":0}"#.to_vec()));
    assert_eq!(list.problems.len(), 0, "an empty list");
}

prop_compose! {
    fn controller()(name in "[A-Z][a-z]{2,20} [A-Z][a-z]{2,20}", company: bool, band in 0usize..3) -> Value {
        let band = ["25-to-50", "50-to-75", "75-to-100"][band];
        json!({ "name": name, "company": company, "natures": [format!("ownership-of-shares-{band}-percent")] })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_the_sandbox_writes_the_connector_reads(
        control in prop::collection::vec(controller(), 0..230),
        days in prop::collection::vec(1u8..=28, 0..150),
        name in "[A-Z]{2,20} LIMITED",
    ) {
        let filings: Vec<Value> = days.iter().map(|day| json!({ "date": format!("2020-02-{day:02}"), "category": "officers" })).collect();
        let script = json!({ "companies": [{ "number": NUMBER, "name": name, "control": control, "filings": filings }] });
        let mut order = order(NUMBER);
        order.name = name.parse().expect("a name");
        let reply = reply(&script, &order);
        let (company, matched_by) = company(&reply);
        prop_assert_eq!((reply.outcome(), matched_by), ("found", MatchedBy::NameAndNumber));
        prop_assert_eq!(company.shareholders.len(), control.len());
        for (one, want) in company.shareholders.iter().zip(&control) {
            prop_assert_eq!(one.name.as_str(), want["name"].as_str().expect("text"));
            prop_assert_eq!(one.is_company, want["company"].as_bool());
            prop_assert_eq!(one.control[0].as_str(), want["natures"][0].as_str().expect("text"));
        }
        let read: Vec<i8> = company.changes.iter().map(|change| change.date.expect("a date").day()).collect();
        prop_assert_eq!(read, days.iter().map(|day| i8::try_from(*day).expect("a day")).collect::<Vec<_>>());
    }

    #[test]
    fn any_json_is_survived(text in ".{0,200}", number: i64) {
        let connector = (plugin().build)(&settings()).expect("settings");
        for body in [
            json!({ "company_number": number, "company_name": text, "date_of_creation": text, "has_charges": text }),
            json!({ "items": [{ "natures_of_control": [text, number], "kind": text, "name": number }, number, null], "total_results": text }),
            json!({ "items": [{ "category": number, "date": text, "description_values": { "x": [text] } }], "total_count": number }),
            json!({ "items": [{ "charge_number": number, "status": text, "persons_entitled": [{}] }] }),
            json!({ "items": [{ "title": text, "company_number": number }] }),
            json!({ "items": text }),
        ] {
            let reading = connector.read(&Message::new("", body.to_string().into_bytes()));
            prop_assert_eq!(reading.reads.len() + reading.problems.len(), 1);
        }
    }
}
