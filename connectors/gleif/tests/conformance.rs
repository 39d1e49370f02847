//! Fixtures, the conformance suite, and properties over the connector's own sandbox.

use chakong_contract::asset::{Asset, MatchedBy, ParentLevel};
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::{Company, IdentityDocument, Message, Order, Reply};
use chakong_gleif::plugin;
use chakong_testkit::{Subject, check_fixtures, conformance, drive, fixture_folder, sample};
use proptest::prelude::*;
use serde_json::{Value, json};

const LEI: &str = "9999EXAMPLE000000123";
const PARENT: &str = "9999EXAMPLE000000220";
const ULTIMATE: &str = "9999EXAMPLE000000317";
const CODE: &str = "91000000MADEM00112";
const NAME: &str = "示例甲供应链管理有限公司";

fn lei() -> IdentityDocument {
    IdentityDocument::Lei(LEI.parse().expect("an identifier"))
}

fn order(document: IdentityDocument) -> Order {
    sample::query(&plugin().manifest, NAME, document)
}

fn script() -> Value {
    json!({ "entities": [
        { "lei": LEI, "name": NAME, "registered_as": CODE, "jurisdiction": "CN", "created": "2015-03-17T16:00:00Z",
          "previous_names": ["示例甲商贸有限公司"], "other_names": ["Example Jia Supply Chain Co., Ltd."],
          "direct": { "parent": PARENT }, "ultimate": { "parent": ULTIMATE } },
        { "lei": PARENT, "name": "Example Holding, Inc.", "registered_as": "0000017", "jurisdiction": "US-DE" },
        { "lei": ULTIMATE, "name": "Example Ultimate plc", "jurisdiction": "GB", "direct": { "exception": "NO_KNOWN_PERSON" } },
    ] })
}

fn ask(script: &Value, settings: &Settings, order: &Order) -> drive::Talk {
    drive::ask(&plugin(), settings, script, order)
}

fn reply(script: &Value, order: &Order) -> Reply {
    drive::reply(&plugin(), &Settings::default(), script, order)
}

fn companies(reply: &Reply) -> Vec<(&Company, MatchedBy)> {
    let mut companies = Vec::new();
    for found in reply.assets() {
        let Asset::Company(company) = &found.asset else { panic!("{found:?}") };
        companies.push((company, found.matched_by));
    }
    companies
}

#[test]
fn fixtures() {
    check_fixtures(&plugin(), &Settings::default(), &fixture_folder(env!("CARGO_MANIFEST_DIR"), "gleif"));
}

#[test]
fn conforms() {
    let (plugin, settings) = (plugin(), Settings::default());
    conformance(&Subject { plugin, settings, script: script(), samples: vec![order(lei())] });
}

#[test]
fn every_identity_finds_the_same_record_with_its_parents() {
    let documents = [
        lei(),
        IdentityDocument::Uscc(CODE.parse().expect("a code")),
        IdentityDocument::OrgCode("MADEM0011".parse().expect("a code")),
        IdentityDocument::BusinessLicence("000000000000017".parse().expect("a number")),
    ];
    let matches = documents.map(|document| {
        let reply = reply(&script(), &order(document));
        let [(company, matched_by)] = companies(&reply)[..] else { panic!("{reply:?}") };
        assert_eq!(company.established.expect("a date").to_string(), "2015-03-18", "midnight in UTC+8");
        let parents: Vec<_> =
            company.parents.iter().map(|parent| (parent.level, parent.name.as_str())).collect();
        assert_eq!(
            parents,
            [(ParentLevel::Direct, "Example Holding, Inc."), (ParentLevel::Ultimate, "Example Ultimate plc")]
        );
        assert!(company.parents.iter().all(|parent| parent.words.ends_with("ACTIVE；PUBLISHED")));
        matched_by
    });
    use MatchedBy::{NameAndNumber, NameOnly};
    assert_eq!(
        matches,
        [NameAndNumber, NameAndNumber, NameAndNumber, NameOnly],
        "the register has no licence number"
    );
}

#[test]
fn a_name_with_a_comma_is_searched_as_text() {
    let licence = IdentityDocument::BusinessLicence("0000017".parse().expect("a number"));
    let mut order = order(licence);
    order.name = "Example Holding, Inc.".parse().expect("a name");
    let wrong_number = Order {
        document: IdentityDocument::BusinessLicence("0000018".parse().expect("a number")),
        ..order.clone()
    };
    assert_eq!(companies(&reply(&script(), &order))[0].1, MatchedBy::NameAndNumber);
    let talk = ask(&script(), &Settings::default(), &wrong_number);
    assert_eq!(talk.requests[1].query[0], ("filter[fulltext]".to_owned(), "Example Holding Inc.".to_owned()));
    assert_eq!(reply(&script(), &wrong_number), Reply::Nothing, "another number is another company");
}

#[test]
fn lists_are_switched_by_the_setting_and_pages_bounded() {
    let with = |key, value| Settings::default().with(key, value);
    let requests = |lists: &str| {
        ask(&script(), &with("lists", SettingValue::Text(lists.to_owned())), &order(lei())).requests.len()
    };
    assert_eq!((requests("none"), requests("parents"), requests("parents,relationships")), (1, 3, 5));
    let same: Vec<Value> = (0..450)
        .map(|at| json!({ "lei": format!("{at:020}"), "name": NAME, "jurisdiction": "HK" }))
        .collect();
    let licence = IdentityDocument::BusinessLicence("1".parse().expect("a number"));
    let talk =
        ask(&json!({ "entities": same }), &with("max_pages", SettingValue::Integer(2)), &order(licence));
    let json = serde_json::to_value(talk.reads()).expect("JSON");
    let reply = &json[0]["answer"]["reply"];
    assert_eq!((talk.requests.len(), &reply["outcome"]), (3, &json!("partial")));
    assert_eq!(reply["assets"].as_array().map(Vec::len), Some(20));
    assert_eq!(reply["missing"].as_array().map(Vec::len), Some(2), "{}", reply["missing"]);
}

/// What is read of a record that is changed at some places.
fn changed(changes: &[(&str, Value)]) -> Company {
    let mut document = json!({ "data": { "type": "lei-records", "attributes": {
        "lei": LEI,
        "entity": { "legalName": { "name": NAME }, "jurisdiction": "CN", "status": "ACTIVE" },
        "registration": { "status": "ISSUED" },
    } } });
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        document.pointer_mut(parent).expect(pointer)[key] = value.clone();
    }
    let connector = (plugin().build)(&Settings::default()).expect("settings");
    let body = format!("\u{feff}{document}");
    let reading = connector.read(&Message::new("", body.into_bytes()));
    let json = serde_json::to_value(&reading.reads).expect("JSON");
    serde_json::from_value(json[0]["answer"]["reply"]["assets"][0]["asset"].clone()).expect("a company")
}

#[test]
fn null_is_as_good_as_nothing_and_a_byte_order_mark_too() {
    let entity = "/data/attributes/entity";
    for member in ["legalAddress", "registeredAt", "legalForm", "otherNames", "expiration", "eventGroups"] {
        let company = changed(&[(&format!("{entity}/{member}"), Value::Null)]);
        assert_eq!(company.name, NAME, "{member}");
    }
    let company =
        changed(&[("/data/attributes/registration", Value::Null), ("/data/relationships", Value::Null)]);
    assert_eq!((company.name.as_str(), company.status_text.as_str()), (NAME, "ACTIVE"));
}

#[test]
fn an_end_is_read_from_the_events() {
    let events = |kind: &str, status: &str| {
        json!([{ "groupType": "STANDALONE", "events": [
            { "type": "CHANGE_LEGAL_NAME", "status": "COMPLETED", "effectiveDate": "2011-01-01T00:00:00Z" },
            { "type": kind, "status": status, "effectiveDate": "2023-04-05T00:00:00Z" },
        ] }])
    };
    let read = |word: &str, kind, status| {
        let entity = "/data/attributes/entity";
        changed(&[
            (&format!("{entity}/status"), word.into()),
            (&format!("{entity}/eventGroups"), events(kind, status)),
            (&format!("{entity}/expiration"), json!({ "date": null, "reason": null })),
        ])
    };
    use chakong_contract::asset::CompanyStatus::{Active, Deregistered, Liquidating};
    let ended = read("INACTIVE", "DISSOLUTION", "COMPLETED");
    assert_eq!(ended.status, Some(Deregistered));
    assert!(ended.status_text.contains("DISSOLUTION COMPLETED 2023-04-05"), "{}", ended.status_text);
    assert_eq!(read("INACTIVE", "DISSOLUTION", "WITHDRAWN_CANCELLED").status, None);
    assert_eq!(read("ACTIVE", "LIQUIDATION", "IN_PROGRESS").status, Some(Liquidating));
    assert_eq!(read("ACTIVE", "DISSOLUTION", "IN_PROGRESS").status, Some(Active));
    assert_eq!(read("INACTIVE", "ABSORPTION", "COMPLETED").status, None, "merged, not dissolved");
    for (kind, status, want, contradicts) in [
        ("ABSORPTION", "COMPLETED", None, true),
        ("MERGERS_AND_ACQUISITIONS", "COMPLETED", None, true),
        ("MERGERS_AND_ACQUISITIONS", "IN_PROGRESS", Some(Active), false),
        ("INSOLVENCY", "IN_PROGRESS", Some(Liquidating), false),
        ("VOLUNTARY_ARRANGEMENT", "IN_PROGRESS", Some(Active), false),
    ] {
        let read = read("ACTIVE", kind, status);
        assert_eq!((read.status, read.status_text.contains("矛盾")), (want, contradicts), "{kind} {status}");
        assert!(read.status_text.contains(&format!("{kind} {status} 2023-04-05")), "{}", read.status_text);
    }
}

#[test]
fn mail_routing_numbers_and_the_code_that_fails_its_check_are_read() {
    let company = changed(&[
        ("/data/attributes/entity/registeredAs", "91000000MADEM00114".into()),
        (
            "/data/attributes/entity/legalAddress",
            json!({
                "mailRouting": "P.O. Box 7", "addressLines": ["Example Street 12"], "addressNumber": "12",
                "addressNumberWithinBuilding": "3F", "city": "Example", "country": "CN",
            }),
        ),
    ]);
    assert_eq!(company.address, "P.O. Box 7, 3F, Example Street 12, Example, CN");
    assert_eq!(company.unverified_code.map(|code| code.to_string()).as_deref(), Some("91000000MADEM00114"));
    let placeholder = changed(&[("/data/attributes/entity/registeredAs", "暂无".into())]);
    assert_eq!((placeholder.code, placeholder.registration_number.as_str()), (None, ""));
}

#[test]
fn punctuation_and_latin_letters_do_not_part_number_and_name() {
    let script = json!({ "entities": [{ "lei": LEI, "name": "示例控股株式会社", "transliterated_names": ["Jirei Holdings K.K."],
        "registered_as": "0100-01-000017", "jurisdiction": "JP" }] });
    let matched = |number: &str, name: &str| {
        let mut order = order(IdentityDocument::BusinessLicence(number.parse().expect("a number")));
        order.name = name.parse().expect("a name");
        companies(&reply(&script, &order)).first().map(|(_, matched_by)| *matched_by)
    };
    assert_eq!(matched("010001000017", "示例控股株式会社"), Some(MatchedBy::NameAndNumber));
    assert_eq!(matched("0100-01-000017", "JIREI Holdings K.K."), Some(MatchedBy::NameAndNumber));
    assert_eq!(matched("010001000018", "Jirei Holdings K.K."), None, "another number is another company");
}

#[test]
fn every_name_of_a_record_finds_it_and_names_in_latin_letters_by_the_text() {
    let script = json!({ "entities": [
        { "lei": LEI, "name": "示例甲供应链管理有限公司", "jurisdiction": "CN", "transliterated_names": ["SHI LI JIA GONG YING LIAN"],
          "other_names": ["Example Jia Supply Chain"], "previous_names": ["示例甲商贸有限公司"] },
        { "lei": PARENT, "name": "ΠΑΡΑΔΕΙΓΜΑ ΑΕ", "jurisdiction": "GR", "transliterated_names": ["PARADEIGMA AE"] },
        { "lei": ULTIMATE, "name": "Shi Li Jia Gong Ying Lian Two", "jurisdiction": "HK" },
    ] });
    let found = |name: &str| {
        let mut order =
            order(IdentityDocument::BusinessLicence("440000000000019".parse().expect("a number")));
        order.name = name.parse().expect("a name");
        let filters: Vec<String> = ask(&script, &Settings::default(), &order)
            .requests
            .iter()
            .map(|one| one.query[0].0.clone())
            .collect();
        let reply = reply(&script, &order);
        let found: Vec<String> = companies(&reply)
            .iter()
            .map(|(company, _)| company.lei.as_ref().expect("an identifier").to_string())
            .collect();
        (found.join(" "), filters.len())
    };
    // By number, by names, and where these bring nothing by text.
    assert_eq!(found("示例甲供应链管理有限公司"), (LEI.to_owned(), 2));
    assert_eq!(found("Example Jia SUPPLY CHAIN"), (LEI.to_owned(), 2));
    assert_eq!(found("示例甲商贸有限公司"), (LEI.to_owned(), 2), "a former name");
    assert_eq!(found("Shi Li Jia Gong Ying Lian"), (LEI.to_owned(), 3), "and not the one of a like name");
    assert_eq!(found("Paradeigma AE"), (PARENT.to_owned(), 3));
    assert_eq!(found("Paradeigma"), (String::new(), 3), "a part of a name is no name");
    assert_eq!(found("示例乙供应链管理有限公司"), (String::new(), 2), "Chinese is no transliteration");
}

#[test]
fn an_end_beside_an_active_status_is_told_and_dissolution_goes_first() {
    use chakong_contract::asset::CompanyStatus::{Active, Deregistered, Liquidating};
    let entity = "/data/attributes/entity";
    let read = |expiration: Value, events: Value| {
        let company = changed(&[
            (&format!("{entity}/expiration"), expiration),
            (&format!("{entity}/eventGroups"), events),
        ]);
        (company.status, company.status_text.contains("矛盾"))
    };
    let event = |kind: &str, status: &str, day: &str| json!([{ "events": [{ "type": kind, "status": status, "effectiveDate": day }] }]);
    let none = || json!([]);
    assert_eq!(
        read(json!(null), event("DISSOLUTION", "COMPLETED", "2019-08-31T16:00:00Z")),
        (Some(Deregistered), true)
    );
    assert_eq!(
        read(json!({ "date": "2021-02-03T16:00:00Z", "reason": "DISSOLVED" }), none()),
        (Some(Deregistered), true)
    );
    assert_eq!(read(json!({ "date": null, "reason": "DISSOLVED" }), none()), (Some(Deregistered), true));
    assert_eq!(
        read(json!({ "date": "2020-02-03", "reason": "CORPORATE_ACTION" }), none()),
        (None, true),
        "merged"
    );
    assert_eq!(
        read(json!({ "date": "2020-02-03", "reason": null }), none()),
        (None, true),
        "nobody says how"
    );
    assert_eq!(
        read(json!({ "date": "2061-02-03", "reason": "DISSOLVED" }), none()),
        (Some(Active), false),
        "still to come"
    );
    assert_eq!(
        read(json!({ "date": "9999-12-31", "reason": null }), none()),
        (Some(Active), false),
        "no end"
    );
    assert_eq!(
        read(json!(null), event("DISSOLUTION", "WITHDRAWN_CANCELLED", "2019-08-31")),
        (Some(Active), false)
    );
    assert_eq!(read(json!(null), event("BANKRUPTCY", "COMPLETED", "2019-08-31")), (Some(Liquidating), false));
}

#[test]
fn children_are_listed_where_they_are_asked_for() {
    let settings = Settings::default().with("lists", SettingValue::Text("children".to_owned()));
    let order = order(IdentityDocument::Lei(PARENT.parse().expect("an identifier")));
    let talk = ask(&script(), &settings, &order);
    assert_eq!(talk.requests.len(), 2);
    let reply = drive::reply(&plugin(), &settings, &script(), &order);
    let [(company, _)] = companies(&reply)[..] else { panic!("{reply:?}") };
    let names: Vec<&str> = company.subsidiaries.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, [NAME]);
    assert_eq!(company.subsidiaries[0].registration_number, CODE);
}

#[test]
fn anybody_exists_for_load_tests() {
    let script = json!({ "everyone": { "jurisdiction": "CN" } });
    let code = IdentityDocument::Uscc(CODE.parse().expect("a code"));
    let answer = reply(&script, &order(code));
    let [(company, MatchedBy::Number)] = companies(&answer)[..] else { panic!("{answer:?}") };
    assert_eq!(company.parents.len(), 2, "{company:?}");
    assert_eq!(company.code.as_ref().map(ToString::to_string).as_deref(), Some(CODE));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_the_sandbox_writes_the_connector_reads(
        name in "[\u{4e00}-\u{9fa5}A-Za-z]{2,40}",
        previous in prop::collection::vec("[A-Z]{3,20}", 0..5),
        year in 1950i16..2020, month in 1i8..=12,
        status in prop::sample::select(vec!["ACTIVE", "INACTIVE", "NULL"]),
        exception in prop::sample::select(vec!["NON_PUBLIC", "NO_LEI", "NATURAL_PERSONS", "DISCOLSURE_DETRIMENTAL"]),
    ) {
        let script = json!({ "entities": [{ "lei": LEI, "name": name, "previous_names": previous, "status": status,
            "created": format!("{year}-{month:02}-01T16:00:00Z"), "direct": { "exception": exception } }] });
        let mut order = order(lei());
        order.name = name.parse().expect("a name");
        let answer = reply(&script, &order);
        let [(company, MatchedBy::NameAndNumber)] = companies(&answer)[..] else { panic!("{answer:?}") };
        prop_assert_eq!(&company.name, &name);
        prop_assert_eq!(&company.former_names, &previous);
        prop_assert_eq!(company.status.is_some(), status == "ACTIVE");
        prop_assert!(company.status_text.starts_with(status));
        prop_assert_eq!(company.established.expect("a date").to_string(), format!("{year}-{month:02}-02"));
        prop_assert_eq!(&company.parents[0].words, exception);
    }

    #[test]
    fn any_json_in_the_document_is_survived(text in ".{0,200}", number: i64) {
        let connector = (plugin().build)(&Settings::default()).expect("settings");
        for data in [
            json!([{ "attributes": { "lei": text, "entity": { "legalName": { "name": number }, "creationDate": text } } }]),
            json!({ "attributes": { "lei": number, "entity": { "otherNames": [{ "name": text, "type": number }], "status": text } } }),
            json!([number, text, null, {}]),
            json!([]),
        ] {
            let reading = connector.read(&Message::new("", json!({ "data": data }).to_string().into_bytes()));
            prop_assert_eq!(reading.reads.len() + reading.problems.len(), 1);
        }
    }
}
