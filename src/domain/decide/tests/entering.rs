//! Measures that a person enters: only what stands, on a paper, and each freeze once.

use chakong_contract::order::Target;
use chakong_contract::{ActionKind, DocumentKind, Instruction, Money};
use rust_decimal::Decimal;

use super::super::super::{Coverage, MeasureState};
use super::super::counting::room;
use super::super::{Act, EnteredMeasure, Rejected};
use super::books::Bank;
use super::world::{World, auto};

const CASE: &str = "(2026)晋10执1号";

/// A case with a freeze of 60 000 of a claim of 100 000.
fn world() -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", 60_000)]))]);
    world.submit(CASE, None, Some(auto(100_000))).expect("accepted");
    world.run();
    world
}

/// What a paper says of another account.
fn on_paper(world: &World) -> EnteredMeasure {
    let known = world.measure_at("a");
    EnteredMeasure {
        party: known.debtor,
        counterpart: "a".to_owned(),
        institution: "a".to_owned(),
        target: account("622200009"),
        listed_state_shares: false,
        currency: None,
        rate: None,
        limit: 20_000.into(),
        held: 15_000.into(),
        from: "2026-02-02".parse().ok(),
        until: "2026-09-30".parse().expect("a day"),
        rank: None,
        reference: String::new(),
        original_number: "PAPER0007".to_owned(),
        original_case: CASE.parse().expect("a number"),
    }
}

fn account(number: &str) -> Target {
    Target::Account {
        number: number.to_owned(),
        sub_account: None,
        class: String::new(),
        branch: String::new(),
        branch_code: String::new(),
        whole: false,
    }
}

fn enter(world: &mut World, entered: EnteredMeasure) -> Result<(), Rejected> {
    let paper = [DocumentKind::FreezeNotice];
    world.act_with(Act::Enter(Box::new(entered)), &paper).map(drop)
}

#[test]
fn what_stands_on_a_paper_is_entered_and_counts() {
    let mut world = world();
    let entered = on_paper(&world);
    enter(&mut world, entered).expect("it stands");
    let held: Decimal = world.measures(MeasureState::InForce).iter().map(|one| one.held).sum();
    assert_eq!(held, Decimal::from(75_000));
}

#[test]
fn a_freeze_that_is_there_already_is_not_entered_again_whatever_is_said_of_it() {
    let mut world = world();
    let ours = world.measure_at("a").clone();
    let same = EnteredMeasure {
        target: ours.target.clone(),
        original_number: ours.original_number.clone(),
        ..on_paper(&world)
    };
    let elsewhere = EnteredMeasure { target: account("622200008"), ..same.clone() };
    let small = EnteredMeasure { original_number: ours.original_number.to_lowercase(), ..same.clone() };
    let more = EnteredMeasure { limit: 90_000.into(), held: 90_000.into(), ..same.clone() };
    for again in [same, elsewhere, small, more] {
        let refused = enter(&mut world, again);
        let Err(Rejected::NotNow(words)) = refused else { panic!("{refused:?}") };
        assert!(words.contains("60000"), "what stands is told: {words}");
    }
    let entered = on_paper(&world);
    enter(&mut world, entered.clone()).expect("another freeze");
    let twice = enter(&mut world, EnteredMeasure { limit: 30_000.into(), ..entered });
    assert!(matches!(twice, Err(Rejected::NotNow(_))), "{twice:?}");
    assert_eq!(world.orders_of(ActionKind::Release), 0, "and nothing is released for it");
}

#[test]
fn what_cannot_stand_is_refused_by_its_place() {
    let mut world = world();
    let good = on_paper(&world);
    let day = |text: &str| text.parse().expect("a day");
    let beyond = Decimal::from(1_000_000_000_000_001_u64);
    let cases = [
        (EnteredMeasure { target: account("  "), ..good.clone() }, "/target"),
        (EnteredMeasure { target: account(""), ..good.clone() }, "/target"),
        (EnteredMeasure { limit: beyond, ..good.clone() }, "/limit/amount"),
        (EnteredMeasure { held: 20_001.into(), ..good.clone() }, "/held/amount"),
        (EnteredMeasure { held: Decimal::NEGATIVE_ONE, ..good.clone() }, "/held/amount"),
        (EnteredMeasure { from: Some(day("2026-03-03")), ..good.clone() }, "/from"),
        (EnteredMeasure { until: day("2026-03-01"), ..good.clone() }, "/until"),
        (
            EnteredMeasure {
                original_case: "(2024)晋10民他5号".parse().expect("a number"), ..good.clone()
            },
            "/original_case",
        ),
        (
            EnteredMeasure {
                original_case: "(2025)晋10执异3号".parse().expect("a number"), ..good.clone()
            },
            "/original_case",
        ),
    ];
    for (wrong, pointer) in cases {
        let refused = enter(&mut world, wrong);
        let Err(Rejected::Findings(findings)) = refused else { panic!("{pointer}: {refused:?}") };
        let pointers: Vec<&str> = findings.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(pointers, [pointer]);
    }
    let over_by_law = EnteredMeasure { from: Some(day("2024-05-01")), ..good.clone() };
    let refused = enter(&mut world, over_by_law);
    assert!(matches!(refused, Err(Rejected::NotAllowed(_))), "a deposit is frozen for a year: {refused:?}");
    let refused = world.act(Act::Enter(Box::new(good)));
    let Err(Rejected::Findings(findings)) = refused else { panic!("{refused:?}") };
    assert_eq!(findings[0].pointer, "/documents", "without a paper");
    assert_eq!(world.file.measures.len(), 1);
}

#[test]
fn a_deposit_without_its_first_day_ends_a_year_from_today_at_the_latest_whatever_the_paper_says() {
    let mut world = world();
    let last = EnteredMeasure { from: None, until: "2035-12-31".parse().expect("a day"), ..on_paper(&world) };
    enter(&mut world, last).expect("it stands");
    let entered = world.file.ledger().find(|one| one.original_number == "PAPER0007").expect("entered");
    // Entered on 2026-03-02; a year for deposits (民诉法解释 art. 485), whose first day does not count (民法典 art. 201).
    assert_eq!(entered.until.map(|day| day.to_string()).as_deref(), Some("2027-03-02"));
    assert_eq!(entered.until_said.map(|day| day.to_string()).as_deref(), Some("2035-12-31"));
}

#[test]
fn a_freeze_of_a_case_that_is_none_of_the_chain_is_refused_until_this_case_continues_it() {
    let mut world = world();
    let other = "（2025）晋10执4711号";
    let of_other = EnteredMeasure { original_case: other.parse().expect("a number"), ..on_paper(&world) };
    let refused = enter(&mut world, of_other.clone());
    let Err(Rejected::Findings(findings)) = refused else { panic!("{refused:?}") };
    let pointers: Vec<&str> = findings.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(pointers, ["/original_case"]);
    assert!(
        findings[0].detail.contains("case.continues") && findings[0].detail.contains(other),
        "{findings:?}"
    );
    world.submit(CASE, Some(other), Some(auto(100_000))).expect("it continues it");
    enter(&mut world, of_other).expect("a case of the chain");
}

#[test]
fn the_longest_term_of_state_shares_of_a_listed_company_is_a_year_and_a_renewal_is_half_of_it() {
    let day = |text: &str| text.parse().expect("a day");
    let stake = || Target::Equity {
        company: "临汾测试股份有限公司".to_owned(),
        company_code: None,
        registration_number: "140000000000001".to_owned(),
        subscribed: Some(Money::yuan(1_000_000.into())),
        percent: None,
        shares: None,
    };
    for (listed_state_shares, ends, renewed) in
        [(true, "2027-02-02", "2027-08-02"), (false, "2029-02-02", "2032-02-02")]
    {
        let mut world = world();
        let entered = EnteredMeasure {
            target: stake(),
            listed_state_shares,
            limit: Decimal::ZERO,
            held: Decimal::ZERO,
            from: Some(day("2026-02-02")),
            until: day("2035-12-31"),
            ..on_paper(&world)
        };
        enter(&mut world, entered).expect("entered");
        let id = *world.file.measures.keys().next_back().expect("it");
        assert_eq!(world.file.measures[&id].until, Some(day(ends)));
        world.renew(id).expect("renewed");
        let order = world.file.measures[&id].control.expect("a renewal");
        let Instruction::Renew { until, .. } = world.file.orders[&order].instruction else {
            panic!("a renewal")
        };
        assert_eq!(until, day(renewed));
    }
    let mut world = world();
    let account = EnteredMeasure { listed_state_shares: true, ..on_paper(&world) };
    let Err(Rejected::Findings(findings)) = enter(&mut world, account) else {
        panic!("an account is no stake")
    };
    assert_eq!(findings[0].pointer, "/listed_state_shares");
}

#[test]
fn a_home_or_a_stake_is_entered_without_an_amount_and_covers_nothing() {
    let home = || Target::Property {
        property_kind: chakong_contract::asset::PropertyKind::Building,
        unit_number: None,
        certificate: "测（2025）不动产权第0000412号".to_owned(),
        location: "测试市测试路412号".to_owned(),
        business_number: String::new(),
    };
    let stake = || Target::Equity {
        company: "临汾测试商贸有限公司".to_owned(),
        company_code: None,
        registration_number: "140000000000412".to_owned(),
        subscribed: None,
        percent: Some("30".to_owned()),
        shares: None,
    };
    for target in [home(), stake()] {
        let mut world = world();
        let until = "2028-02-01".parse().expect("a day");
        let of = |limit: u32, held: u32, world: &World| EnteredMeasure {
            target: target.clone(),
            limit: limit.into(),
            held: held.into(),
            until,
            ..on_paper(world)
        };
        for (limit, held) in [(40_000, 40_000), (40_000, 0), (1, 0)] {
            let entered = of(limit, held, &world);
            let Err(Rejected::Findings(findings)) = enter(&mut world, entered) else {
                panic!("{limit} {held}")
            };
            assert_eq!(findings.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), ["/limit"]);
            assert!(findings[0].detail.contains("/value"), "{findings:?}");
        }
        let entered = of(0, 0, &world);
        enter(&mut world, entered).expect("it stands");
        // As an earlier edition kept it.
        let id = *world.file.measures.keys().next_back().expect("it");
        let kept = world.file.measures.get_mut(&id).expect("it");
        (kept.limit, kept.held) = (40_000.into(), 40_000.into());
        let coverage = Coverage::of(world.claim(), world.file.ledger());
        assert_eq!(
            (coverage.held, coverage.shortfall),
            (Money::yuan(60_000.into()), Money::yuan(40_000.into()))
        );
        let more = room(world.claim(), world.file.ledger());
        assert_eq!(more, Decimal::from(40_000), "as much as the claim leaves open beside the money");
    }
}
