//! What was found about a property holds for the freezes of it that a person enters, under whatever name the institution is known.

use chakong_contract::asset::{Encumbrance, EncumbranceKind, FoundAsset, MatchedBy, PropertyKind};
use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Asset, DocumentKind, Money, Reply};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::super::rules::exemptions::Level;
use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{Change, Mandate, MeasureId, MeasureState, Mode, OrderId, Origin, PropertyFinding};
use super::super::candidate::property_keys;
use super::super::{Act, EnteredMeasure, Rejected, ReleaseScope};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "（2026）晋10执403号";
const HOUSE: &str = "000000001002GB00123F00010008";

fn asked(number: &str) -> (World, OrderId) {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 50_000)]))]);
    world.submit(number, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    (world, query)
}

/// The answer to a query, of an account of such a class, with a freeze of the case on it or without.
fn shown(world: &mut World, query: OrderId, class: &str, lists: bool) -> Reply {
    let mut reply = world.carry_out(query);
    let Reply::Found { assets, .. } = &mut reply else { panic!("{reply:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    class.clone_into(&mut account.class);
    account.encumbrances = Vec::from_iter(lists.then(|| Encumbrance {
        kind: EncumbranceKind::Freeze,
        holder: "临汾市测试中级人民法院".to_owned(),
        document: format!("{CASE}之一"),
        amount: Some(Money::yuan(50_000.into())),
        from: None,
        until: None,
        rank: None,
        reference: String::new(),
        words: String::new(),
    }));
    reply
}

/// A freeze that a paper tells of, without the class of its account.
fn on_paper(world: &World, institution: &str) -> EnteredMeasure {
    EnteredMeasure {
        party: world.file.parties[0].id,
        counterpart: "a".to_owned(),
        institution: institution.to_owned(),
        target: Target::Account {
            number: "622200001".to_owned(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        },
        listed_state_shares: false,
        currency: None,
        rate: None,
        limit: 50_000.into(),
        held: 50_000.into(),
        from: "2026-02-02".parse().ok(),
        until: "2026-12-30".parse().expect("a day"),
        rank: None,
        reference: String::new(),
        original_number: "PAPER0403".to_owned(),
        original_case: CASE.parse().expect("a number"),
    }
}

fn enter(world: &mut World, entered: EnteredMeasure) -> MeasureId {
    let act = Act::Enter(Box::new(entered));
    world.act_with(act, &[DocumentKind::FreezeNotice]).expect("entered").measures[0]
}

#[test]
fn a_freeze_that_was_recognised_on_exempt_money_and_is_entered_is_not_deducted_from() {
    for (class, level) in [("商品房预售资金监管账户", Level::FreezeOnly), ("住房公积金", Level::NoMeasure)]
    {
        let (mut world, query) = asked(CASE);
        let reply = shown(&mut world, query, class, true);
        world.hear(query, reply);
        let known = world.file.ledger().find(|one| one.origin == Origin::Recognised).expect("it").clone();
        assert_eq!(known.exemption.level, level);
        let entered = on_paper(&world, "a");
        let id = enter(&mut world, entered);
        assert_eq!(id, known.id);
        let measure = &world.file.measures[&id];
        assert_eq!(measure.exemption, known.exemption, "{class}");
        assert_eq!((measure.available, &measure.said), (known.available, &known.said));
        let taken = world.deduct(id, Some(1_000.into()));
        assert!(matches!(taken, Err(Rejected::NotAllowed(_))), "{class}: {taken:?}");
    }
}

#[test]
fn a_freeze_that_is_entered_on_an_account_known_to_be_exempt_is_not_deducted_from_whichever_came_first() {
    for is_entered_first in [true, false] {
        let (mut world, query) = asked(CASE);
        let reply = shown(&mut world, query, "住房公积金", false);
        let entered = on_paper(&world, "a");
        let id = if is_entered_first {
            let id = enter(&mut world, entered);
            world.hear(query, reply);
            id
        } else {
            world.hear(query, reply);
            enter(&mut world, entered)
        };
        assert_eq!(world.file.measures[&id].exemption.level, Level::NoMeasure, "{is_entered_first}");
        let taken = world.deduct(id, Some(1_000.into()));
        assert!(matches!(taken, Err(Rejected::NotAllowed(_))), "{taken:?}");
    }
}

fn findings(world: &World) -> Vec<PropertyFinding> {
    let found = world.changes.iter().filter_map(|change| match change {
        Change::SavePropertyFinding(finding) => Some(finding.clone()),
        _ => None,
    });
    found.collect()
}

/// A freeze that a person entered is given back because the property is a third party's.
fn give_back(world: &mut World, id: MeasureId, amount: Option<u32>) {
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::ThirdPartyProperty).expect("ordered");
    let release = world.file.measures[&id].control.expect("the release");
    let amount = amount.map(|amount| Money::yuan(amount.into()));
    world.hear(release, Reply::Released { amount, words: String::new() });
    assert_eq!(world.file.measures[&id].state, MeasureState::Released);
}

#[test]
fn a_third_partys_account_that_was_entered_without_its_institution_is_left_alone_by_every_case() {
    let (mut world, query) = asked(CASE);
    let entered = on_paper(&world, "");
    let id = enter(&mut world, entered);
    give_back(&mut world, id, Some(50_000));
    let reply = shown(&mut world, query, "一般存款账户", false);
    world.hear(query, reply.clone());
    world.run();
    assert_eq!((world.orders_of(ActionKind::Freeze), world.held_and_taken()), (0, Decimal::ZERO));
    let found = world.file.ledger().find(|one| one.id != id).expect("what the bank showed");
    assert_eq!(found.state, MeasureState::Skipped);
    let known: Vec<PropertyFinding> = findings(&world);
    let keys = property_keys(&reply);
    assert!(known.iter().any(|one| keys.contains(&one.property) && one.actor == "approver"), "{known:?}");
    // What the store would find for the answer of another case.
    let (mut other, query) = asked("（2026）晋10执404号");
    let known = known.into_iter().filter(|one| keys.contains(&one.property));
    other.file.findings = known.map(|one| (one.property.clone(), one)).collect();
    let reply = shown(&mut other, query, "一般存款账户", false);
    other.hear(query, reply);
    other.run();
    assert_eq!(other.held_and_taken(), Decimal::ZERO);
}

/// A case with a claim, a house of its party that a person entered, and the answer that shows this house.
fn with_a_house() -> (World, OrderId, MeasureId, Reply) {
    let mut world = World::new(vec![("a", Bank::with(&[]))]);
    world.submit(CASE, None, Some(auto(50_000))).expect("accepted");
    let query = world.queued()[0];
    let target = Target::Property {
        property_kind: PropertyKind::Building,
        unit_number: HOUSE.parse().ok(),
        certificate: String::new(),
        location: String::new(),
        business_number: String::new(),
    };
    let (limit, held) = (Decimal::ZERO, Decimal::ZERO);
    let entered = EnteredMeasure { target, limit, held, ..on_paper(&world, "测试不动产登记中心") };
    let id = enter(&mut world, entered);
    let house = json!({
        "kind": "property", "property_kind": "building", "unit_number": HOUSE, "certificates": [], "location": "测试市测试路7号",
        "holders": [{ "name": "临汾测试矿业有限公司", "co_ownership": "sole" }], "area": null, "area_unit": null, "usage": "住宅",
        "right_nature": "市场化商品房", "registered": "2020-02-02", "registry": "测试不动产登记中心",
    });
    let asset = serde_json::from_value(house).expect("a property");
    let reply = Reply::Found { assets: vec![FoundAsset { asset, matched_by: MatchedBy::Number }] };
    (world, query, id, reply)
}

#[test]
fn a_third_partys_house_that_was_entered_with_its_registry_is_known_by_its_unit_number() {
    let (mut world, query, id, reply) = with_a_house();
    give_back(&mut world, id, None);
    assert!(property_keys(&reply).contains(&findings(&world)[0].property), "other cases are told");
    world.hear(query, reply);
    assert!(world.measures(MeasureState::Proposed).is_empty());
    let found = world.file.ledger().find(|one| one.id != id).expect("what the registry showed");
    assert_eq!(found.state, MeasureState::Skipped);
}

#[test]
fn a_house_that_was_entered_is_neither_proposed_nor_approved_once_more() {
    let (mut world, query, id, reply) = with_a_house();
    world.hear(query, reply);
    world.run();
    assert_eq!((world.orders_of(ActionKind::Freeze), world.measures(MeasureState::Proposed).len()), (0, 0));
    assert!(world.file.measures[&id].state.stands());
    let found = world.file.ledger().find(|one| one.id != id).map(|one| (one.id, one.state));
    if let Some((found, state)) = found {
        assert_eq!(state, MeasureState::Candidate);
        let approved = world.approve(found);
        assert!(matches!(&approved, Err(Rejected::NotNow(why)) if why.contains("在控")), "{approved:?}");
    }
}

#[test]
fn what_waits_to_be_asked_of_a_third_partys_account_is_not_asked_when_a_freeze_of_it_is_given_back() {
    for ground in [ReleaseReason::ThirdPartyProperty, ReleaseReason::WrongPerson] {
        let mut world = World::new(vec![("a", Bank::with(&[("622200001", 90_000)]))]);
        let propose = Mandate { mode: Mode::Propose, ..auto(90_000) };
        world.submit(CASE, None, Some(propose)).expect("accepted");
        world.run();
        let entered = on_paper(&world, "");
        let id = enter(&mut world, entered);
        assert_eq!(world.measures(MeasureState::Proposed)[0].limit, Decimal::from(40_000));
        world.release(ReleaseScope::Measure(id, None), ground).expect("ordered");
        assert!(world.measures(MeasureState::Proposed).is_empty(), "{ground:?}");
        assert_eq!(world.measures(MeasureState::Skipped)[0].note, ground.in_words());
    }
}
