use chakong_contract::Moment;
use chakong_contract::id::{ResidentId, UnitNumber, Uscc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::act::{Happened, NO_SUCH_SEIZURE, RegisterAct};
use super::book::Register;
use super::holdings::Property;
use super::population::Population;
use super::query::RegisterQuery;
use super::queue::{Entry, Kind, Queue};
use super::script::Script;
use super::writer::Style;
use crate::shared::wire::{AmountUnit, Answered};

const NAME: &str = "甲某";
const NUMBER: &str = "110101190001010014";
const UNIT: &str = "000000001002GB00123F00010008";
const OTHER: &str = "000000001002GB00123F00010009";

fn at(text: &str) -> Moment {
    text.parse().expect("a moment")
}

fn monday() -> Moment {
    at("2026-01-05T10:00:00+08:00")
}

fn days_later(days: i32) -> Moment {
    let wall = monday().wall().checked_add(jiff::Span::new().days(days)).expect("a day");
    Moment::from_wall(wall)
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NoLine {}

fn register(script: &Value) -> Register {
    let (script, NoLine {}) = Script::part(script).expect("a script");
    Register::of(script)
}

fn earlier(court: &str, document: &str, until: &str) -> Value {
    json!({ "authority": court, "document": document, "type": "1", "from": "2024/03/01", "until": until,
        "registered": "2024/03/01" })
}

/// A home with these seizures of others and other keys of the script.
fn home(seizures: &Value, more: &Value) -> Register {
    let home = |unit: &str| json!({ "unit": unit, "certificate": format!("证{unit}"), "seizures": seizures });
    let holder = json!({ "name": NAME, "number": NUMBER, "properties": [home(UNIT), home(OTHER)] });
    let mut script = json!({ "holders": [holder] });
    for (key, value) in more.as_object().into_iter().flatten() {
        script[key] = value.clone();
    }
    register(&script)
}

fn act(request: &str, unit: &str) -> RegisterAct {
    RegisterAct {
        request: request.to_owned(),
        name: NAME.to_owned(),
        number: NUMBER.to_owned(),
        unit: unit.to_owned(),
        court: "示例市示例区人民法院".to_owned(),
        document: format!("裁{request}"),
        from: "2026/01/05".to_owned(),
        until: "2029/01/04".to_owned(),
        ..RegisterAct::default()
    }
}

fn of_seizure(request: &str, unit: &str, id: &str) -> RegisterAct {
    RegisterAct { seizure: id.to_owned(), until: "2032/01/04".to_owned(), ..act(request, unit) }
}

fn answered(register: &Register) -> Answered {
    register.answer(
        &RegisterQuery::exactly(NAME, NUMBER),
        Style { holder_rows: true, ..Style::default() },
        monday(),
    )
}

/// Records of a list, as JSON.
fn rows(list: Option<&Vec<Box<serde_json::value::RawValue>>>) -> Vec<Value> {
    list.into_iter().flatten().map(|row| serde_json::from_str(row.get()).expect("a record")).collect()
}

/// Codes of the seizures of a unit as a query shows them.
fn codes(register: &Register, unit: &str) -> Vec<String> {
    let rows = rows(answered(register).seizures.as_ref());
    let of_unit = rows.into_iter().filter(|row| row["bdcdyh"] == unit);
    of_unit.map(|row| row["cflx"].as_str().expect("a code").to_owned()).collect()
}

#[test]
fn what_a_seizure_becomes_is_the_table_of_the_protocol() {
    let becomes = |register: &mut Register, request: &str, unit: &str, business: &str| {
        let act = RegisterAct { business: business.to_owned(), ..act(request, unit) };
        let outcome = register.seize(&act, monday()).expect("seized");
        (outcome.kind.expect("a kind").code(), outcome.place, outcome.position)
    };
    let mut titled = home(&json!([]), &json!({}));
    assert_eq!(becomes(&mut titled, "1", UNIT, "YW1"), ("1", 1, 1), "a title, and no other");
    assert_eq!(becomes(&mut titled, "2", UNIT, ""), ("2", 2, 2), "a title, behind another");
    assert_eq!(
        becomes(&mut titled, "3", UNIT, "CF00000001"),
        ("5", 3, 1),
        "it stands on a seizure: a renewal"
    );
    let unbuilt = json!({ "unit": UNIT, "untitled": true, "prenotices": [{ "type": "1" }] });
    let holder = json!({ "name": NAME, "number": NUMBER, "properties": [unbuilt] });
    let mut untitled =
        register(&json!({ "holders": [holder], "titled": [{ "unit": UNIT, "after_polls": 1 }] }));
    assert_eq!(becomes(&mut untitled, "4", UNIT, ""), ("3", 1, 1));
    assert_eq!(becomes(&mut untitled, "5", UNIT, ""), ("4", 2, 2));
    assert!(answered(&untitled).buildings.is_none(), "there is no title");
    untitled.tick(monday());
    assert_eq!(codes(&untitled, UNIT), ["3", "4"]);
    untitled.tick(monday());
    assert_eq!(codes(&untitled, UNIT), ["1", "2"], "with the title they turn over by themselves");
    assert_eq!(answered(&untitled).buildings.map(|list| list.len()), Some(1));
}

#[test]
fn a_place_is_one_more_than_the_largest_that_stands_and_given_out_again() {
    let mut register = home(&json!([earlier("甲院", "甲1", "")]), &json!({}));
    let place = |register: &mut Register, request: &str| {
        register.seize(&act(request, UNIT), monday()).expect("seized").place
    };
    assert_eq!((place(&mut register, "1"), place(&mut register, "2")), (2, 3));
    register.release(&of_seizure("3", UNIT, "CF00000002"), monday()).expect("the last is lifted");
    assert_eq!(place(&mut register, "4"), 3);
    let renewed = register.renew(&of_seizure("5", UNIT, "CF00000001"), monday()).expect("renewed");
    assert_eq!((renewed.place, renewed.until.as_str()), (2, "2032/01/04"));
    assert_eq!(register.renew(&of_seizure("6", UNIT, "CF00000099"), monday()), Err(NO_SUCH_SEIZURE));
    let mut records = home(&json!([]), &json!({ "renewals_as_records": true }));
    place(&mut records, "1");
    assert_eq!(records.renew(&of_seizure("2", UNIT, "CF00000001"), monday()).map(|one| one.place), Ok(2));
    assert_eq!(codes(&records, UNIT), ["1", "5"]);
    records.tick(at("2030-01-05T10:00:00+08:00"));
    assert_eq!(codes(&records, UNIT), ["1", "5"], "the renewal keeps it");
    records.release(&of_seizure("3", UNIT, "CF00000001"), monday()).expect("released");
    assert!(codes(&records, UNIT).is_empty());
}

#[test]
fn the_first_that_waits_becomes_effective_when_what_stood_before_it_is_lifted_or_lapses() {
    let lift = json!({ "lifted": [{ "unit": UNIT, "document": "甲1", "after_polls": 2 }] });
    let mut register = home(&json!([earlier("甲院", "甲1", "2026/01/20")]), &lift);
    assert!(register.tick(monday()).is_empty(), "nobody waits: the polls do not count yet");
    for unit in [UNIT, OTHER] {
        let first = register.seize(&act(&format!("1{unit}"), unit), monday()).expect("seized");
        assert!(first.words().contains("轮候第1位") && first.from.is_empty(), "{first:?}");
        register.seize(&act(&format!("2{unit}"), unit), monday()).expect("seized");
    }
    let rounds: Vec<usize> = (0..4).map(|_| register.tick(monday()).len()).collect();
    assert_eq!(rounds, [0, 0, 1, 0], "after two rounds, once");
    assert_eq!(codes(&register, UNIT), ["1", "2"]);
    assert_eq!(codes(&register, OTHER), ["1", "2", "2"]);
    let lapsed = register.tick(days_later(16));
    let [Happened::Effective(outcome)] = lapsed.as_slice() else { panic!("{lapsed:?}") };
    assert_eq!((outcome.unit.as_str(), outcome.position), (OTHER, 1));
    assert_eq!((outcome.from.as_str(), outcome.until.as_str()), ("2026/01/21", "2029/01/20"));
    let mut stays = home(&json!([earlier("甲院", "甲1", "2026/01/20")]), &json!({ "traps": ["kinds_stay"] }));
    stays.seize(&act("1", UNIT), monday()).expect("seized");
    assert!(stays.tick(days_later(16)).is_empty());
    assert_eq!(codes(&stays, UNIT), ["2"], "the clerk did not change it");
    let asked = json!({ "waiting_terms": "as_asked" });
    let mut asked = home(&json!([earlier("甲院", "甲1", "2026/01/20")]), &asked);
    asked.seize(&act("1", UNIT), monday()).expect("seized");
    let told = asked.tick(days_later(16));
    assert!(matches!(told.as_slice(), [Happened::Effective(one)] if one.until == "2029/01/04"), "{told:?}");
}

#[test]
fn people_decide_in_office_hours_in_order_and_may_decline() {
    let script = json!({ "office_hours": "08:00-18:00 Mon-Fri",
        "manual_review": { "takes_polls": 1, "takes_minutes": 30, "at_once": 1, "declines": 1 } });
    let mut register = home(&json!([]), &script);
    let first = register.seize(&act("1", UNIT), monday()).expect("accepted");
    assert_eq!((first.kind, first.id.as_str(), first.words().as_str()), (None, "CF00000001", ""));
    let again = RegisterAct { document: "裁1".to_owned(), ..act("2", UNIT) };
    assert!(register.seize(&again, monday()).is_err(), "the unit is locked under this document");
    register.seize(&act("3", UNIT), monday()).expect("accepted");
    assert!(register.renew(&of_seizure("4", UNIT, "CF00000001"), monday()).is_err(), "not decided yet");
    assert!(register.tick(at("2026-01-05T10:29:00+08:00")).is_empty(), "too early");
    assert!(register.tick(at("2026-01-05T18:30:00+08:00")).is_empty(), "nobody works");
    let declined = register.tick(at("2026-01-06T08:00:00+08:00"));
    let [Happened::Declined(outcome, why)] = declined.as_slice() else { panic!("one at once: {declined:?}") };
    assert!(outcome.request == "1" && why.contains("不予受理"));
    let entered = register.tick(at("2026-01-06T08:01:00+08:00"));
    let [Happened::Entered(outcome)] = entered.as_slice() else { panic!("{entered:?}") };
    assert_eq!((outcome.request.as_str(), outcome.kind), ("3", Some(Kind::Seizure)));
    assert!(register.cases.is_empty() && register.holdings().len() == 1);
}

#[test]
fn what_is_declined_at_once_leaves_nothing_behind() {
    let mut register = home(&json!([]), &json!({}));
    register.seize(&act("1", UNIT), monday()).expect("seized");
    register.decline("0");
    register.seize(&act("2", UNIT), monday()).expect("seized");
    register.decline("1");
    assert_eq!(codes(&register, UNIT), ["1", "2"], "of another request nothing is taken back");
    register.decline("2");
    assert_eq!(codes(&register, UNIT), ["1"]);
    register.release(&of_seizure("3", UNIT, "CF00000001"), monday()).expect("released");
    register.decline("3");
    assert_eq!(codes(&register, UNIT), ["1"], "a release that is declined leaves it standing");
}

#[test]
fn a_population_is_valid_and_the_same_for_one_seed() {
    let script = |seed: u64| json!({ "seed": seed, "population": { "people": 60, "companies": 10, "properties": 4, "developer_units": 300 } });
    let drawn = register(&script(7));
    let shown = |register: &Register| format!("{:?}", register.estates);
    assert_eq!(shown(&drawn), shown(&register(&script(7))));
    assert_ne!(shown(&drawn), shown(&register(&script(8))));
    let mut kinds = std::collections::BTreeSet::new();
    for estate in &drawn.estates {
        let property = &estate.property;
        assert!(property.unit.parse::<UnitNumber>().is_ok(), "{property:?}");
        assert!(estate.number.parse::<ResidentId>().is_ok() || estate.number.parse::<Uscc>().is_ok());
        kinds.insert(property.kind.clone());
        let effective = Queue::of(property, drawn.basis(estate));
        let effective = effective.entries.iter().filter(|entry| entry.is_effective()).count();
        assert_eq!(effective, usize::from(!property.seizures.is_empty()), "{property:?}");
    }
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    let of = |what: &dyn Fn(&Property) -> bool| {
        drawn.estates.iter().filter(|estate| what(&estate.property)).count()
    };
    assert!(of(&|one| !one.co_holders.is_empty()) > 10 && of(&|one| !one.mortgages.is_empty()) > 10);
    assert!(of(&|one| one.seizures.len() > 1) > 10 && of(&|one| one.untitled) > 0);
    let shared = drawn.estates.iter().find(|estate| !estate.property.co_holders.is_empty()).expect("one");
    let other = &shared.property.co_holders[0];
    let found = drawn.estates_of(&RegisterQuery::exactly(&other.name, &other.number));
    assert!(found.iter().any(|estate| estate.property.unit == shared.property.unit), "found by both owners");
    let developer = Population::company(0).expect("a developer");
    let asked = RegisterQuery { name: &developer.name, number: "", is_either: true };
    let answer = drawn.answer(&asked, Style::default(), monday());
    assert_eq!(answer.buildings.map(|list| list.len()), Some(300));
}

#[test]
fn anybody_may_be_drawn_but_not_under_an_old_number() {
    let anybody = register(&json!({ "seed": 1, "population": { "anybody": true } }));
    assert!(!answered(&anybody).is_empty());
    let old = RegisterQuery::exactly(NAME, "110101000101001");
    assert!(anybody.answer(&old, Style::default(), monday()).is_empty());
}

#[test]
fn traps_are_sprung_as_scripted() {
    let seizures = json!([earlier("甲院", "甲1", "2025/01/20"),
        { "authority": "乙院", "document": "乙1", "type": "1", "registered": "2024/03/02" },
        { "authority": "乙院", "document": "乙2", "type": "5", "registered": "2025/03/02" }]);
    let home = json!({ "unit": UNIT, "registered": "2020/01/01", "co_ownership": "1", "co_holders": [{ "name": "乙某" }],
        "mortgages": [{ "amount": 850_000 }], "seizures": seizures });
    let with = |trap: &str| {
        let holder = json!({ "name": NAME, "number": NUMBER, "properties": [home.clone()] });
        let register = register(&json!({ "holders": [holder], "traps": [trap] }));
        let all = answered(&register);
        (rows(all.buildings.as_ref()), rows(all.mortgages.as_ref()), rows(all.seizures.as_ref()))
    };
    let owners = |title: &Value| title["qlrxxList"].as_array().expect("rows").len();
    assert_eq!((owners(&with("local_codes").0[0]), owners(&with("missing_co_owner").0[0])), (2, 1));
    assert_eq!(with("unit_not_found").0[0]["bdcdyh"], "notFound1");
    assert_eq!(with("wrong_dates").0[0]["djsj"], "2024/02/30");
    assert_eq!(with("mixed_dates").0[0]["djsj"], "2020-01-01 00:00:00");
    let amount = |trap: &str| with(trap).1[0]["bdbzzqse"].as_str().expect("an amount").to_owned();
    assert_eq!((amount("other_unit"), amount("amounts_in_words")), ("85".to_owned(), "850000元".to_owned()));
    let kinds = |trap: &str| -> Vec<String> {
        with(trap).2.iter().map(|row| row["cflx"].as_str().expect("a code").to_owned()).collect()
    };
    assert_eq!((kinds("local_codes"), kinds("renewal_as_waiting")), (owned(["11", "5"]), owned(["1", "2"])));
    let history = with("sends_history").2;
    assert!(history.len() == 3 && history[0]["jfdjsj"] == "2026/01/05" && history[0]["qszt"] == "2");
    let equal = json!({ "holders": [{ "name": NAME, "number": NUMBER, "properties": [home] }], "traps": ["equal_seizure_numbers"] });
    let mut equal = register(&equal);
    let numbers = ["1", "2"].map(|request| equal.seize(&act(request, UNIT), monday()).expect("seized").id);
    assert_eq!(numbers[0], numbers[1]);
    let style = Style { amounts: AmountUnit::TenThousandYuan, ..Style::default() };
    let asked = equal.answer(&RegisterQuery::exactly(NAME, NUMBER), style, monday());
    assert_eq!(rows(asked.mortgages.as_ref())[0]["bdbzzqse"], "85");
}

fn owned<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

/// Something that is done to the register.
#[derive(Debug, Clone)]
enum Deed {
    Seize { other: bool, on_seizure: bool },
    Renew(usize),
    Release(usize),
    Decline(usize),
    Days(i32),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (any::<bool>(), any::<bool>()).prop_map(|(other, on_seizure)| Deed::Seize { other, on_seizure }),
        1 => (0usize..8).prop_map(Deed::Renew),
        2 => (0usize..8).prop_map(Deed::Release),
        1 => (0usize..8).prop_map(Deed::Decline),
        2 => (0i32..800).prop_map(Deed::Days),
    ]
}

/// Whatever happened: at most one holds a unit, and one does where others wait; places rise in the order of registration.
fn check(register: &Register) -> Result<(), TestCaseError> {
    for queue in register.queues.values() {
        let standing: Vec<&Entry> = queue.entries.iter().filter(|entry| entry.stands()).collect();
        let effective = standing.iter().filter(|entry| entry.is_effective()).count();
        prop_assert!(effective <= 1, "{:?}", queue);
        prop_assert!(standing.is_empty() || effective == 1, "{:?}", queue);
        let places: Vec<u32> = standing.iter().map(|entry| entry.place).collect();
        prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", queue);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn at_most_one_seizure_holds_a_unit_whatever_is_done(
        deeds in prop::collection::vec(deed(), 1..40), untitled: bool, records: bool, reviewed: bool, earlier_ones in 0usize..3,
    ) {
        let kinds = if untitled { ["3", "4", "4"] } else { ["1", "2", "2"] };
        let seizures: Vec<Value> = (0..earlier_ones)
            .map(|at| json!({ "authority": format!("院{at}"), "document": format!("早{at}"), "type": kinds[at], "until": "2027/01/01" }))
            .collect();
        let home = |unit: &str| json!({ "unit": unit, "untitled": untitled, "seizures": seizures });
        let holder = json!({ "name": NAME, "number": NUMBER, "properties": [home(UNIT), home(OTHER)] });
        let mut script = json!({ "holders": [holder], "renewals_as_records": records,
            "lifted": [{ "unit": UNIT, "document": "早0", "after_polls": 3 }], "titled": [{ "unit": UNIT, "after_polls": 9 }] });
        if reviewed {
            script["manual_review"] = json!({ "takes_polls": 2, "declines": 1 });
        }
        let mut register = register(&script);
        let (mut today, mut requests) = (0, Vec::<(String, &str, String)>::new());
        for (at, deed) in deeds.into_iter().enumerate() {
            let (now, request) = (days_later(today), format!("r{at}"));
            match deed {
                Deed::Seize { other, on_seizure } => {
                    let unit = if other { OTHER } else { UNIT };
                    let business = if on_seizure { "CF00000001" } else { "" };
                    let act = RegisterAct { business: business.to_owned(), until: String::new(), from: String::new(), ..act(&request, unit) };
                    let outcome = register.seize(&act, now).expect("a title or none, it is taken");
                    requests.push((request, unit, outcome.id));
                }
                Deed::Renew(which) | Deed::Release(which) | Deed::Decline(which) => {
                    let Some((of, unit, id)) = requests.get(which).cloned() else { continue };
                    let _ = match deed {
                        Deed::Renew(_) => register.renew(&of_seizure(&request, unit, &id), now).map(drop),
                        Deed::Release(_) => register.release(&of_seizure(&request, unit, &id), now).map(drop),
                        _ => {
                            register.decline(&of);
                            Ok(())
                        }
                    };
                }
                Deed::Days(days) => today += days,
            }
            register.tick(days_later(today));
            check(&register)?;
        }
    }
}
