//! The conformance suite, and what forms of every kind say.

#[path = "conformance/rows.rs"]
mod rows;

use std::collections::BTreeMap;

use chakong_contract::asset::{Asset, MatchedBy};
use chakong_contract::form::{Filled, FilledRow};
use chakong_contract::manifest::{SettingValue, Settings};
use chakong_contract::order::{CourtAccount, Original, Target};
use chakong_contract::reply::{Misfit, misfits};
use chakong_contract::{
    ActionKind, Connector, IdentityDocument, Instruction, Money, Order, RefusalReason, Reply,
};
use chakong_desk::plugin;
use chakong_testkit::{Subject, conformance, sample};
use serde_json::json;

const NUMBER: &str = "110101190001010014";

fn settings(assets: &str, acts: &str) -> Settings {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    Settings::default()
        .with("institution", text("示例农村商业银行"))
        .with("institution_code", text("E999H110000000009"))
        .with("assets", text(assets))
        .with("acts", text(acts))
}

fn desk(assets: &str) -> std::sync::Arc<dyn Connector> {
    (plugin().build)(&settings(assets, "query,freeze,renew,release,deduct")).expect("good settings")
}

fn person() -> IdentityDocument {
    IdentityDocument::ResidentId(NUMBER.parse().expect("a number"))
}

fn order(number: &str, instruction: Instruction) -> Order {
    sample::order(&plugin().manifest, number, "示例甲", person(), instruction)
}

fn query() -> Order {
    order("TESTQUERY1", Instruction::Query { transactions: None })
}

fn yuan(text: &str) -> Money {
    Money::yuan(text.parse().expect("an amount"))
}

fn account() -> Target {
    Target::Account {
        number: "4000020011".to_owned(),
        sub_account: None,
        class: "个人活期储蓄".to_owned(),
        branch: String::new(),
        branch_code: String::new(),
        whole: false,
    }
}

fn freeze(target: Target, limit: Option<Money>) -> Instruction {
    let (from, until) = ("2026-01-05".parse().expect("a day"), "2027-01-04".parse().expect("a day"));
    Instruction::Freeze { target, limit, from, until }
}

fn original() -> Original {
    let (number, case) = ("TESTFREEZE1".parse().expect("a number"), "（2026）京0101执1号");
    Original { number, case_number: case.parse().expect("a case number"), reference: String::new() }
}

fn controls() -> Vec<Order> {
    let Instruction::Freeze { target, limit, from, until } = freeze(account(), Some(yuan("1000.00"))) else {
        panic!("a freeze")
    };
    let into = CourtAccount {
        holder: "示例市示例区人民法院".to_owned(),
        number: "9000000001".to_owned(),
        bank: "示例银行".to_owned(),
        bank_number: String::new(),
        class: String::new(),
    };
    let renew = Instruction::Renew { target, limit, from, until, original: original() };
    let release = Instruction::Release { target: account(), amount: Some(yuan("400")), original: original() };
    let deduct = Instruction::Deduct { target: account(), amount: yuan("600"), original: original(), into };
    vec![
        order("TESTFREEZE1", freeze(account(), Some(yuan("1000.00")))),
        order("TESTRENEW1", renew),
        order("TESTRELEASE1", release),
        order("TESTDEDUCT1", deduct),
    ]
}

#[test]
fn conforms() {
    let row = json!({ "kind": "account", "fields": {
        "number": "4000020011", "class": "个人活期储蓄", "currency": "人民币", "available": "1,000.00",
        "matched": "name_and_number",
    } });
    let script = json!({ "owners": [{ "number": person().number(), "rows": [row] }] });
    let samples = std::iter::once(query()).chain(controls()).collect();
    let settings = settings("account,security", "query,freeze,renew,release,deduct");
    conformance(&Subject { plugin: plugin(), settings, script, samples });
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn filled(outcome: &str, pairs: &[(&str, &str)]) -> Filled {
    Filled { outcome: outcome.to_owned(), fields: fields(pairs), rows: Vec::new() }
}

fn found(rows: &[(&str, &[(&str, &str)])]) -> Filled {
    let row = |(kind, pairs): &(&str, &[(&str, &str)])| FilledRow {
        kind: (*kind).to_owned(),
        fields: fields(&[pairs, &[("matched", "name_and_number")][..]].concat()),
    };
    Filled { rows: rows.iter().map(row).collect(), ..filled("found", &[]) }
}

fn read(connector: &dyn Connector, order: &Order, filled: &Filled) -> Result<Reply, Vec<String>> {
    let form = connector.form().expect("a form");
    let read = form.read(order, filled).map(|answer| answer.reply);
    read.map_err(|problems| problems.into_iter().map(|problem| problem.pointer).collect())
}

const ACCOUNT: &[(&str, &str)] = &[
    ("number", "4000020011"),
    ("class", "个人活期储蓄"),
    ("currency", "CNY"),
    ("available", "1000"),
    ("right", "freeze"),
    ("right_holder", "示例市另一人民法院"),
    ("right_amount", "50"),
];

#[test]
fn every_kind_of_property_is_read_as_what_it_is() {
    let desk = desk("account,security,property,vehicle,equity");
    let rows: &[(&str, &[(&str, &str)])] = &[
        (
            "security",
            &[
                ("account", "4000 020011"),
                ("number", "000000"),
                ("name", "示例股份"),
                ("unit", "股"),
                ("quantity", "100.50"),
            ],
        ),
        ("account", ACCOUNT),
        (
            "property",
            &[
                ("property_kind", "building"),
                ("certificate", "示第1号"),
                ("location", "示例路1号"),
                ("unit_number", "000000001002GB00123F00010008"),
                ("co_ownership", "joint"),
                ("co_owners", "示例乙、示例丙"),
                ("area", "88.5"),
                ("area_unit", "square_metre"),
            ],
        ),
        ("vehicle", &[("plate", "示A00001")]),
        ("equity", &[("company", "示例有限公司"), ("percent", "35")]),
    ];
    let Reply::Found { assets } = read(&*desk, &query(), &found(rows)).expect("it fits") else {
        panic!("found")
    };
    assert!(assets.iter().all(|one| one.matched_by == MatchedBy::NameAndNumber));
    let kinds: Vec<&Asset> = assets.iter().map(|one| &one.asset).collect();
    let [Asset::Account(account), Asset::Property(property), Asset::Vehicle(vehicle), Asset::Equity(stake)] =
        kinds.as_slice()
    else {
        panic!("one account for both rows: {assets:?}")
    };
    assert_eq!((account.class.as_str(), account.available), ("个人活期储蓄", Some(yuan("1000"))));
    assert_eq!(account.products[0].quantity.as_deref(), Some("100.5"));
    assert_eq!(account.encumbrances[0].amount, Some(yuan("50")));
    assert_eq!(account.institution_code, "E999H110000000009");
    assert_eq!(property.holders.len(), 3);
    assert!(property.unit_number.is_some() && property.registry == "示例农村商业银行");
    assert_eq!((vehicle.plate.as_str(), vehicle.owner.as_str()), ("示A00001", "示例甲"));
    assert_eq!((stake.company.as_str(), stake.percent.as_deref()), ("示例有限公司", Some("35")));
}

#[test]
fn nothing_partial_and_refused_are_three_things() {
    let desk = desk("account");
    assert_eq!(read(&*desk, &query(), &filled("nothing", &[])), Ok(Reply::Nothing));
    let partial = Filled {
        rows: found(&[("account", ACCOUNT)]).rows,
        ..filled("partial", &[("missing", "未查理财")])
    };
    let Ok(Reply::Partial { assets, missing }) = read(&*desk, &query(), &partial) else { panic!("partial") };
    assert_eq!((assets.len(), missing), (1, vec!["未查理财".to_owned()]));
    let refused = filled("refused", &[("reason", "document_missing"), ("words", "缺协助查询通知书")]);
    let Ok(Reply::Refused(refusal)) = read(&*desk, &query(), &refused) else { panic!("refused") };
    assert_eq!(
        (refusal.reason, refusal.words.as_str()),
        (RefusalReason::DocumentMissing, "缺协助查询通知书")
    );
}

#[test]
fn what_is_held_is_whole_in_part_or_waits() {
    let desk = desk("account,security");
    let order = &controls()[0];
    let base = [("until", "2027-01-04"), ("stated", "4000020011"), ("rank", "1")];
    let held = |more: &[(&str, &str)]| read(&*desk, order, &filled("held", &[&base, more].concat()));
    let Ok(Reply::Held(holding)) = held(&[("amount", "1000"), ("limit", "1000"), ("reference", "A1")]) else {
        panic!("held")
    };
    assert_eq!(
        (holding.held, holding.limit, holding.reference.as_str()),
        (yuan("1000"), Some(yuan("1000")), "A1")
    );
    assert!(
        matches!(held(&[("amount", "400.50")]), Ok(Reply::PartlyHeld(part)) if part.held == yuan("400.50"))
    );
    let waits = held(&[("amount", "0"), ("rank", "2")]);
    assert!(matches!(waits, Ok(Reply::PartlyHeld(part)) if part.rank.is_some_and(|rank| rank.place == 2)));
    let declined = filled("not_held", &[("reason", "target_ended"), ("words", "已销户")]);
    assert!(matches!(read(&*desk, order, &declined), Ok(Reply::NotHeld(_))));
    let product = Target::Product {
        account: "4000020012".to_owned(),
        number: "000000".to_owned(),
        name: "示例股份".to_owned(),
        class: String::new(),
        unit: "股".to_owned(),
        quantity: Some("100".to_owned()),
        sale: String::new(),
        region: String::new(),
        wealth_account: String::new(),
        redemption_account: String::new(),
    };
    let units = order_of(product);
    let security = [("until", "2027-01-04"), ("stated", "4000020012"), ("rank", "1")];
    let part =
        read(&*desk, &units, &filled("held", &[&security[..], &[("amount", "0"), ("units", "40")]].concat()));
    assert!(matches!(part, Ok(Reply::PartlyHeld(part)) if part.units.as_deref() == Some("40")));
    let all = filled("held", &[&security[..], &[("amount", "0"), ("units", "100"), ("rank", "2")]].concat());
    assert_eq!(read(&*desk, &units, &all), Err(vec!["/fields/units".to_owned()]));
}

#[test]
fn a_freeze_that_waits_is_not_entered_with_the_amount_that_was_ordered() {
    let desk = desk("account");
    let [freeze, renew, release, deduct] = controls().try_into().expect("four");
    let entered = |order: &Order, amount: &str, rank: &str| {
        let fields = [("amount", amount), ("rank", rank), ("until", "2027-01-04"), ("stated", "4000020011")];
        read(&*desk, order, &filled("held", &fields))
    };
    for order in [&freeze, &renew] {
        for whole in ["1000", "1,000.00", "1200"] {
            assert_eq!(entered(order, whole, "2"), Err(vec!["/fields/amount".to_owned()]), "{whole}");
        }
        let Ok(Reply::PartlyHeld(part)) = entered(order, "999.99", "2") else { panic!("held in part") };
        assert_eq!((part.held, part.rank.map(|rank| rank.place)), (yuan("999.99"), Some(2)));
        assert!(matches!(entered(order, "1000", "1"), Ok(Reply::Held(_))));
    }
    assert_eq!(entered(&freeze, "1000", ""), Err(vec!["/fields/rank".to_owned()]));
    assert!(entered(&renew, "1000", "").is_ok(), "a renewal keeps its place");

    // No number of the order stands in the form before a person has read the paper.
    let form = desk.form().expect("a form");
    for order in [&freeze, &renew, &release, &deduct] {
        let sheet = form.sheet(order);
        let done = &sheet.outcomes[0];
        let filled_in = done.fields.iter().filter(|field| !field.initial.is_empty());
        assert_eq!(filled_in.count(), 0, "{done:?}");
    }
}

fn order_of(target: Target) -> Order {
    order("TESTFREEZE2", freeze(target, Some(yuan("1000.00"))))
}

#[test]
fn a_paper_about_another_account_or_above_the_order_is_told_as_such() {
    let desk = desk("account");
    let order = &controls()[0];
    let said = |more: &[(&str, &str)]| {
        let base = [("amount", "1000"), ("until", "2027-01-04"), ("rank", "1"), ("stated", "4000020011")];
        let reply = read(&*desk, order, &filled("held", &[&base, more].concat())).expect("it can be entered");
        let (Reply::Held(holding) | Reply::PartlyHeld(holding)) = reply else { panic!("{reply:?}") };
        misfits(&order.instruction, &holding)
    };
    assert_eq!(said(&[("stated", "4000 0200 11")]), []);
    assert_eq!(said(&[("stated", "4000020099")]), [Misfit::OtherProperty]);
    assert_eq!(said(&[("limit", "1000.01")]), [Misfit::LimitAboveOrder]);

    // A paper that names no account is no word about this one, and one about another is none about its release or deduction.
    let [freeze, renew, release, deduct] = controls().try_into().expect("four");
    for (order, outcome) in [(freeze, "held"), (renew, "held"), (release, "released"), (deduct, "deducted")] {
        let held = [("until", "2027-01-04"), ("rank", "1")];
        let base = if outcome == "held" { &held[..] } else { &[] };
        let entered = |stated: &str| {
            let fields = [base, &[("amount", "400"), ("stated", stated)]].concat();
            read(&*desk, &order, &filled(outcome, &fields))
        };
        assert_eq!(entered(""), Err(vec!["/fields/stated".to_owned()]), "{outcome}");
        assert!(entered("4000 0200 11").is_ok(), "{outcome}");
        let refused = outcome != "held";
        assert_eq!(entered("4000020099").is_err(), refused, "{outcome}");
    }
}

#[test]
fn releases_and_deductions_say_how_much() {
    let desk = desk("account");
    let [_, _, release, deduct] = controls().try_into().expect("four");
    let stated = ("stated", "4000020011");
    let part =
        read(&*desk, &release, &filled("released", &[stated, ("amount", "300"), ("words", "部分解除")]));
    assert_eq!(part, Ok(Reply::Released { amount: Some(yuan("300")), words: "部分解除".to_owned() }));
    let silent = read(&*desk, &release, &filled("released", &[stated]));
    assert_eq!(silent, Ok(Reply::Released { amount: None, words: String::new() }));
    let taken = read(&*desk, &deduct, &filled("deducted", &[stated, ("amount", "600")]));
    assert_eq!(taken, Ok(Reply::Deducted { amount: Some(yuan("600")) }));
    assert_eq!(read(&*desk, &deduct, &filled("deducted", &[stated])), Err(vec!["/fields/amount".to_owned()]));
}

#[test]
fn what_cannot_be_right_is_told_at_its_field() {
    let desk = desk("account,property,equity");
    let told =
        |row: (&str, &[(&str, &str)])| read(&*desk, &query(), &found(&[row])).expect_err("it is wrong");
    let account = |more: &[(&str, &str)]| told(("account", &[ACCOUNT, more].concat()));
    assert_eq!(account(&[("currency", "示例币")]), ["/rows/0/fields/currency"]);
    assert_eq!(account(&[("available", "很多")]), ["/rows/0/fields/available"]);
    assert_eq!(account(&[("right", "")]), ["/rows/0/fields/right"]);
    let property: &[(&str, &str)] =
        &[("property_kind", "building"), ("certificate", "示第1号"), ("location", "示例路1号")];
    assert_eq!(
        told(("property", &[property, &[("unit_number", "12")]].concat())),
        ["/rows/0/fields/unit_number"]
    );
    assert_eq!(told(("property", &[property, &[("area", "1")]].concat())), ["/rows/0/fields/area_unit"]);
    let company: &[(&str, &str)] = &[("company", "示例有限公司")];
    let code = [company, &[("company_code", "91000000123456789X")]].concat();
    assert_eq!(told(("equity", &code)), ["/rows/0/fields/company_code"]);
    assert_eq!(told(("equity", &[company, &[("percent", "101")]].concat())), ["/rows/0/fields/percent"]);
    assert_eq!(told(("vehicle", &[("plate", "示A00001")])), ["/rows/0/kind"]);
    assert_eq!(read(&*desk, &query(), &filled("held", &[])), Err(vec!["/outcome".to_owned()]));
}

#[test]
fn settings_that_contradict_themselves_are_told() {
    let keys = |assets: &str, acts: &str| -> Vec<String> {
        let built = (plugin().build)(&settings(assets, acts));
        built.err().into_iter().flatten().map(|problem| problem.key).collect()
    };
    assert_eq!(keys("account", "query"), Vec::<String>::new());
    assert_eq!(keys("vehicle", "query,freeze,release"), ["acts"]);
    assert_eq!(keys("account", "query,freeze"), ["acts"]);
    assert_eq!(keys("account", "query,renew"), ["acts"]);
    assert_eq!(keys("gold", "query"), ["assets"]);
    assert_eq!(keys("none", "query"), ["assets"]);
    let only_queries = (plugin().build)(&settings("account", "")).expect("queries only");
    assert!(only_queries.supports(ActionKind::Query) && !only_queries.supports(ActionKind::Freeze));
    assert!(only_queries.check(&order_of(account())).is_ok());
    let vehicles = (plugin().build)(&settings("vehicle", "query")).expect("vehicles");
    assert!(vehicles.check(&order_of(account())).is_err(), "it keeps no accounts");
}
