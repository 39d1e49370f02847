//! Fixtures of both dialects, the conformance suite, and a stake's life over the simulated authority.

use chakong_contract::asset::{Asset, EncumbranceKind, EquityFreezeState, MatchedBy};
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::order::{Original, Target};
use chakong_contract::reply::Holding;
use chakong_contract::sandbox::Sandbox;
use chakong_contract::{
    Connector, EquityStake, FaultKind, IdentityDocument, Instruction, Message, Money, Order, PartyKind,
    Plugin, Reply, Secret, Transferee,
};
use chakong_market_regulator::{parameter_plugin, plugin};
use chakong_testkit::{Subject, check_fixtures, conformance, drive, fixture_folder, sample};
use proptest::prelude::*;
use serde_json::{Value, json};

const COMPANY: &str = "示例甲供应链管理有限公司";
const CODE: &str = "91000000MADEM00112";
const HOLDER: &str = "乙某";
const NUMBER: &str = "110101190001010014";

fn settings() -> Settings {
    Settings::default().with("token", SettingValue::Secret(Secret::new("invented-token")))
}

fn day(text: &str) -> chakong_contract::Date {
    text.parse().unwrap_or_else(|_| panic!("{text} is no day"))
}

fn yuan(amount: i64) -> Money {
    Money::yuan(amount.into())
}

fn stake(subscribed: Option<i64>) -> Target {
    Target::Equity {
        company: COMPANY.to_owned(),
        company_code: CODE.parse().ok(),
        registration_number: String::new(),
        subscribed: subscribed.map(yuan),
        percent: None,
        shares: None,
    }
}

fn original(number: &str, reference: &str) -> Original {
    Original {
        number: number.parse().expect("a number"),
        case_number: "（2026）京0101执1号".parse().expect("a case number"),
        reference: reference.to_owned(),
    }
}

fn freeze(limit: Option<i64>) -> Instruction {
    let (from, until) = (day("2026-01-05"), day("2029-01-04"));
    Instruction::Freeze { target: stake(None), limit: limit.map(yuan), from, until }
}

fn renew(original: Original) -> Instruction {
    let (from, until) = (day("2028-12-01"), day("2031-11-30"));
    Instruction::Renew { target: stake(None), limit: Some(yuan(3_500_000)), from, until, original }
}

fn release(original: Original) -> Instruction {
    Instruction::Release { target: stake(None), amount: Some(yuan(3_500_000)), original }
}

fn transfer() -> Instruction {
    let to = Transferee {
        name: "示例丙投资有限公司".parse().expect("a name"),
        kind: PartyKind::Organisation,
        document: IdentityDocument::Uscc("91000000MADEM002XR".parse().expect("a code")),
    };
    Instruction::Transfer { target: stake(Some(3_500_000)), to }
}

fn order(plugin: &Plugin, number: &str, instruction: Instruction) -> Order {
    let document = IdentityDocument::ResidentId(NUMBER.parse().expect("a number"));
    sample::order(&plugin.manifest, number, HOLDER, document, instruction)
}

fn script(freezes: &Value) -> Value {
    json!({ "companies": [{ "name": COMPANY, "code": CODE, "registration_number": "000000000000017", "holders": [
        { "name": "示例乙投资有限公司", "number": "91000000MADEM0038R", "subscribed": 6_500_000, "percent": "65" },
        { "name": HOLDER, "number": NUMBER, "subscribed": 3_500_000, "paid": 3_446_200, "percent": "35",
          "since": "2015-03-18", "freezes": freezes },
    ] }] })
}

fn earlier() -> Value {
    json!([{ "court": "示例市另区人民法院", "notice": "(2023)示0102执7号", "ruling": "（2023）示0102执7号之一",
        "amount": 1_000_000, "from": "2023-06-01", "until": "2026-05-31", "published": "2023-06-02" }])
}

#[test]
fn fixtures_of_the_json_line() {
    check_fixtures(&plugin(), &settings(), &fixture_folder(env!("CARGO_MANIFEST_DIR"), "market-regulator"));
}

#[test]
fn fixtures_of_the_parameter_string() {
    let folder = fixture_folder(env!("CARGO_MANIFEST_DIR"), "market-regulator-parameters");
    check_fixtures(&parameter_plugin(), &Settings::default(), &folder);
}

fn samples(plugin: &Plugin, reference: &str) -> Vec<Order> {
    vec![
        order(plugin, "TESTFREEZE1", freeze(Some(3_500_000))),
        order(plugin, "TESTRENEW1", renew(original("TESTFREEZE1", reference))),
        order(plugin, "TESTRELEASE1", release(original("TESTFREEZE1", reference))),
        order(plugin, "TESTTRANSFER1", transfer()),
    ]
}

#[test]
fn the_json_line_conforms() {
    let plugin = plugin();
    let query = order(&plugin, "TESTQUERY1", Instruction::Query { transactions: None });
    let samples = std::iter::once(query).chain(samples(&plugin, "")).collect();
    conformance(&Subject { plugin, settings: settings(), script: script(&json!([])), samples });
}

#[test]
fn the_parameter_string_conforms() {
    let plugin = parameter_plugin();
    let samples = samples(&plugin, "F000001");
    conformance(&Subject { plugin, settings: Settings::default(), script: script(&json!([])), samples });
}

/// A connector and the authority behind it.
struct Line {
    plugin: Plugin,
    connector: std::sync::Arc<dyn Connector>,
    authority: Box<dyn Sandbox>,
    orders: u32,
}

impl Line {
    fn new(script: &Value) -> Self {
        let plugin = plugin();
        let connector = (plugin.build)(&settings()).expect("settings");
        let authority = (plugin.sandbox)(script, &settings()).expect("a script");
        Self { plugin, connector, authority, orders: 0 }
    }

    /// Orders something on a day; gives the number and the reply.
    fn on(&mut self, today: &str, instruction: Instruction) -> (String, Reply) {
        self.orders += 1;
        let number = format!("TEST{:04}", self.orders);
        let order = order(&self.plugin, &number, instruction);
        let made = format!("{today}T09:00:00+08:00").parse().expect("a moment");
        let batch = chakong_contract::Batch { made, ..drive::batch(vec![order]) };
        let talk = drive::converse(&*self.connector, &mut *self.authority, &batch).expect("an end");
        match talk.reads() {
            [read] => match &read.content {
                ReadContent::Answer(answer) => (number, answer.reply.clone()),
                ReadContent::Continuation(_) | ReadContent::Attachment(_) => panic!("{read:?}"),
                ReadContent::Fault(fault) => panic!("{fault}"),
            },
            _ => panic!("{:?}", talk.end),
        }
    }

    fn stake(&mut self, today: &str) -> EquityStake {
        match self.on(today, Instruction::Query { transactions: None }).1.assets() {
            [found] => {
                assert_eq!(found.matched_by, MatchedBy::NameAndNumber);
                match &found.asset {
                    Asset::Equity(stake) => stake.clone(),
                    other => panic!("{other:?}"),
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

fn holding(reply: &Reply) -> &Holding {
    match reply {
        Reply::Held(holding) | Reply::PartlyHeld(holding) => holding,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_freeze_takes_effect_at_publication_and_waits_behind_an_earlier_one_until_that_ends() {
    let mut line = Line::new(&script(&earlier()));
    let (number, reply) = line.on("2026-01-05", freeze(Some(3_500_000)));
    assert_eq!(reply.outcome(), "partly_held", "it waits");
    let waiting = holding(&reply);
    assert_eq!((waiting.held.amount, waiting.uncovered), (0.into(), Some(yuan(3_500_000))));
    assert_eq!(
        (waiting.from, waiting.rank.map(|rank| (rank.place, rank.derived))),
        (Some(day("2026-01-05")), Some((2, false)))
    );
    let [before] = waiting.earlier.as_slice() else { panic!("{:?}", waiting.earlier) };
    assert_eq!(
        (before.holder.as_str(), before.document.as_str()),
        ("示例市另区人民法院", "（2023）示0102执7号")
    );
    let stake = line.stake("2026-05-31");
    let kinds: Vec<_> =
        stake.encumbrances.iter().map(|one| (one.kind, one.rank.map(|rank| rank.place))).collect();
    assert_eq!(kinds, [(EncumbranceKind::Freeze, Some(1)), (EncumbranceKind::WaitingSeizure, Some(2))]);
    assert_eq!(stake.percent.as_deref(), Some("35"));
    // The term of the first passes without a renewal: the second takes effect by itself.
    let stake = line.stake("2026-06-01");
    let states: Vec<_> = stake.freezes.iter().map(|freeze| freeze.state).collect();
    assert_eq!(states, [EquityFreezeState::Lapsed, EquityFreezeState::InForce]);
    assert_eq!(stake.encumbrances.len(), 1, "what ended burdens nothing");
    let (_, renewed) = line.on("2028-12-01", renew(original(&number, "")));
    assert_eq!(holding(&renewed).rank.map(|rank| rank.place), Some(1));
    assert_eq!((renewed.outcome(), holding(&renewed).until), ("held", Some(day("2031-11-30"))));
    assert_eq!(holding(&renewed).from, Some(day("2026-01-05")), "a renewal keeps its place");
    let (_, released) = line.on("2029-01-05", release(original(&number, "")));
    assert_eq!(released, Reply::Released { amount: Some(yuan(3_500_000)), words: String::new() });
    assert!(line.stake("2029-01-05").encumbrances.is_empty());
    let (_, again) = line.on("2029-01-06", release(original(&number, "")));
    assert!(matches!(&again, Reply::NotHeld(refusal) if refusal.words.contains("已解除")), "{again:?}");
}

#[test]
fn who_was_published_first_ranks_first_and_a_transfer_ends_the_courts_own_freezes() {
    let mut line = Line::new(&script(&json!([])));
    let (first, _) = line.on("2026-01-05", freeze(Some(1_000_000)));
    let (_, second) = line.on("2026-01-05", freeze(Some(2_000_000)));
    assert_eq!(holding(&second).rank.map(|rank| rank.place), Some(2));
    assert_eq!(line.on("2026-01-06", release(original(&first, ""))).1.outcome(), "released");
    let standing = line.stake("2026-01-06").encumbrances;
    assert_eq!(standing.iter().map(|one| one.rank.map(|rank| rank.place)).collect::<Vec<_>>(), [Some(1)]);
    let (_, gone) = line.on("2026-02-01", transfer());
    assert_eq!(gone, Reply::Transferred { on: Some(day("2026-02-01")) });
    assert_eq!(line.on("2026-02-02", Instruction::Query { transactions: None }).1, Reply::Nothing);
    let (_, late) = line.on("2026-02-02", freeze(Some(1)));
    assert!(matches!(late, Reply::NotHeld(_)), "no holder any more");
}

#[test]
fn ratio_and_number_of_shares_are_frozen_without_an_amount() {
    let mut line = Line::new(&script(&json!([])));
    let by = |percent: Option<&str>, shares: Option<&str>| {
        let Target::Equity { company, company_code, registration_number, .. } = stake(None) else {
            panic!("a stake")
        };
        let target = Target::Equity {
            company,
            company_code,
            registration_number,
            subscribed: None,
            percent: percent.map(str::to_owned),
            shares: shares.map(str::to_owned),
        };
        let (from, until) = (day("2026-01-05"), day("2027-01-04"));
        Instruction::Freeze { target, limit: None, from, until }
    };
    let (_, ratio) = line.on("2026-01-05", by(Some("35"), None));
    assert_eq!((holding(&ratio).held.amount, holding(&ratio).limit), (0.into(), None));
    assert_eq!(holding(&ratio).words, "比例 35%");
    assert_eq!(ratio.outcome(), "held");
    let mut line = Line::new(&script(&json!([])));
    let (_, shares) = line.on("2026-01-05", by(None, Some("3500000")));
    assert_eq!(holding(&shares).units.as_deref(), Some("3500000"));
    let order = order(&plugin(), "TEST1", by(None, None));
    let connector = (plugin().build)(&settings()).expect("settings");
    assert_eq!(connector.check(&order).expect_err("how much?").kind, FaultKind::Unsupported);
    let parameters = (parameter_plugin().build)(&Settings::default()).expect("settings");
    let order = self::order(&parameter_plugin(), "TEST1", by(None, Some("3500000")));
    assert_eq!(parameters.check(&order).expect_err("no shares there").kind, FaultKind::Unsupported);
}

#[test]
fn a_term_of_more_than_three_years_is_never_asked_for() {
    let connector = (plugin().build)(&settings()).expect("settings");
    let with = |until: &str| {
        let (from, limit) = (day("2026-01-05"), Some(yuan(1)));
        let instruction = Instruction::Freeze { target: stake(None), limit, from, until: day(until) };
        connector.check(&order(&plugin(), "TEST1", instruction))
    };
    assert_eq!(with("2029-01-05"), Ok(()));
    assert!(with("2029-01-06").is_err() && with("2026-01-04").is_err());
}

#[test]
fn what_is_under_review_is_looked_up_and_an_opinion_turns_it_away() {
    let mut reviewed = script(&json!([]));
    reviewed["reviews"] = json!(3);
    let mut line = Line::new(&reviewed);
    assert_eq!(line.on("2026-01-05", freeze(Some(1_000_000))).1.outcome(), "held");
    let books = line.authority.books();
    assert_eq!((books.controls.len(), books.controls[0].executed, books.controls[0].arrived), (1, 1, 1));
    reviewed["opinion"] = json!("协助执行通知书未加盖院印");
    let mut line = Line::new(&reviewed);
    let (_, reply) = line.on("2026-01-05", freeze(Some(1_000_000)));
    assert!(
        matches!(&reply, Reply::NotHeld(refusal) if refusal.words == "协助执行通知书未加盖院印"),
        "{reply:?}"
    );
}

#[test]
fn a_renewal_or_release_by_parameters_needs_the_authoritys_record_and_gbk() {
    let connector = (parameter_plugin().build)(&Settings::default()).expect("settings");
    let fault = |instruction: Instruction| {
        let order = order(&parameter_plugin(), "TEST1", instruction);
        connector.check(&order).err().map(|fault| fault.detail)
    };
    assert!(
        fault(renew(original("TEST1", ""))).is_some_and(|why| why.contains("number of the earlier freeze"))
    );
    assert_eq!(fault(release(original("TEST1", "F000001"))), None);
    let document = IdentityDocument::ResidentId(NUMBER.parse().expect("a number"));
    // The second has two bytes in GB 18030, which a decoder of GBK reads as another character.
    for name in ["𠮷某", "㭎某", "某\u{E863}"] {
        let document = document.clone();
        let outside = sample::order(&parameter_plugin().manifest, "TEST1", name, document, freeze(Some(1)));
        assert!(connector.check(&outside).expect_err("outside GBK").detail.contains("GBK"), "{name}");
    }
}

#[test]
fn large_amounts_placeholders_and_spellings_are_read() {
    let connector = (plugin().build)(&settings()).expect("settings");
    let holding = json!({ "ENTNAME": COMPANY, "INV": HOLDER, "UNISCID": "暂无", "REGNO": "-", "SUBCONAM": "1.25E4",
        "SHARENUM": "2.5E7", "ACCONAM": "null", "REGCAPCUR": "156", "CONDATE": "1900-01-01" });
    let body = format!("\u{feff}{}", json!({ "code": "0", "HOLDINGS": [holding] }));
    let reading = connector.read(&Message::new("", body.into_bytes()));
    let read = serde_json::to_value(&reading).expect("JSON");
    let answer = &read["reads"][0]["answer"];
    let stake = &answer["reply"]["assets"][0]["asset"];
    assert_eq!(
        (&stake["subscribed"]["amount"], &stake["shares"]),
        (&json!("125000000"), &json!("25000000")),
        "{read}"
    );
    for nothing in ["company_code", "paid", "since"] {
        assert_eq!(stake[nothing], Value::Null, "{nothing}");
    }
    assert_eq!(answer["unknown"], Value::Null, "{answer}");
}

#[test]
fn anybody_holds_something_for_load_tests_and_another_number_is_anothers() {
    let reply = drive::reply(
        &plugin(),
        &settings(),
        &json!({ "everyone": { "stakes": 2 } }),
        &order(&plugin(), "TEST1", Instruction::Query { transactions: None }),
    );
    assert_eq!(reply.assets().len(), 2);
    let connector = (plugin().build)(&settings()).expect("settings");
    let wrong = (plugin().build)(&Settings::default()).expect_err("a token is needed");
    assert_eq!(wrong[0].key, "token");
    let strange = json!({ "code": "0", "HOLDINGS": [{ "ENTNAME": COMPANY, "INV": HOLDER, "SUBCONAM": "viel", "REGSTATE": "9" }] });
    let reading = connector.read(&Message::new("", strange.to_string().into_bytes()));
    let read = serde_json::to_value(&reading).expect("JSON");
    assert_eq!(read["reads"][0]["answer"]["unknown"].as_array().map(Vec::len), Some(2), "{read}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn never_more_is_asked_for_or_held_than_was_ordered(fen in 100u64..100_000_000_000) {
        let mut line = Line::new(&script(&json!([])));
        let limit = Money::yuan(rust_decimal_of(fen));
        let (from, until) = (day("2026-01-05"), day("2027-01-04"));
        let instruction = Instruction::Freeze { target: stake(None), limit: Some(limit), from, until };
        let (_, reply) = line.on("2026-01-05", instruction);
        let held = holding(&reply).held;
        prop_assert!(held.amount <= limit.amount && limit.amount - held.amount < 1.into(), "{held} of {limit}");
        prop_assert_eq!(holding(&reply).uncovered.is_none(), held == limit);
    }

    #[test]
    fn any_json_in_the_envelope_is_survived(text in ".{0,200}", number: i64) {
        for plugin in [plugin(), parameter_plugin()] {
            let connector = (plugin.build)(&settings()).expect("settings");
            for body in [
                json!({ "code": "0", "HOLDINGS": [{ "SUBCONAM": number, "INV": text, "FREEZES": [number, text, { "FROAM": text, "ORDER": number }] }] }),
                json!({ "code": number, "message": text }),
                json!({ "code": 0, "FROZSTATE": 1, "PUBLICDATE": text, "FROAM": number, "EARLIER": [text] }),
                json!({ "code": "0", "THAWDATE": number, "FROAM": text }),
                json!({ "result": text, "djid": number }),
            ] {
                let reading = connector.read(&Message::new("", body.to_string().into_bytes()));
                prop_assert_eq!(reading.reads.len() + reading.problems.len(), 1);
            }
        }
    }
}

/// Fen as yuan.
fn rust_decimal_of(fen: u64) -> rust_decimal::Decimal {
    rust_decimal::Decimal::from(fen) / rust_decimal::Decimal::from(100)
}
