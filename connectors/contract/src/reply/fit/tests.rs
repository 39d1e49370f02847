use proptest::prelude::*;

use super::*;
use crate::money::Currency;
use crate::order::Original;

fn yuan(cents: i64) -> Money {
    Money::yuan(Decimal::new(cents, 2))
}

fn day(text: &str) -> Date {
    text.parse().expect(text)
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

fn freeze(cents: i64) -> Instruction {
    Instruction::Freeze {
        target: account("4000020011"),
        limit: Some(yuan(cents)),
        from: day("2026-03-02"),
        until: day("2027-03-01"),
    }
}

fn said(account: &str, limit: i64, held: i64, until: &str) -> Holding {
    Holding {
        limit: Some(yuan(limit)),
        from: Some(day("2026-03-02")),
        until: Some(day(until)),
        stated: Stated { account: Some(account.to_owned()), whole: Some(false), ..Stated::default() },
        ..Holding::of(yuan(held))
    }
}

#[test]
fn what_fits_has_no_misfit() {
    let order = freeze(30_000);
    for holding in [
        said("4000020011", 30_000, 30_000, "2027-03-01"),
        said("4000-0200 11", 30_000, 12_000, "2027-03-02"),
        said("4000020011", 30_000, 0, "2026-09-01"),
        Holding::of(yuan(30_000)),
    ] {
        assert_eq!(misfits(&order, &holding), [], "{holding:?}");
    }
}

#[test]
fn each_thing_that_does_not_fit_is_told() {
    let order = freeze(30_000);
    for (holding, want) in [
        (said("4000020012", 30_000, 30_000, "2027-03-01"), Misfit::OtherProperty),
        (said("4000020011", 30_001, 30_000, "2027-03-01"), Misfit::LimitAboveOrder),
        (said("4000020011", 500, 500, "2027-03-01"), Misfit::LimitBelowOrder),
        (said("4000020011", 30_000, 30_001, "2027-03-01"), Misfit::HeldAboveOrder),
        (said("4000020011", 30_000, 30_000, "2001-01-02"), Misfit::TermOver),
        (said("4000020011", 30_000, 30_000, "2026-03-01"), Misfit::TermOver),
        (said("4000020011", 30_000, 30_000, "2032-03-01"), Misfit::TermTooLong),
        (said("4000020011", 30_000, -1, "2027-03-01"), Misfit::ImplausibleAmount),
    ] {
        assert_eq!(misfits(&order, &holding), [want], "{holding:?}");
    }
}

#[test]
fn amounts_beyond_measure_and_of_another_currency_are_told_without_a_panic() {
    let holding = Holding { balance: Some(Money::yuan(Decimal::MAX)), ..Holding::of(yuan(30_000)) };
    assert_eq!(misfits(&freeze(30_000), &holding), [Misfit::ImplausibleAmount]);
    let dollars = Money { currency: "USD".parse::<Currency>().ok(), ..yuan(30_000) };
    assert_eq!(misfits(&freeze(30_000), &Holding::of(dollars)), [Misfit::OtherCurrency]);
}

#[test]
fn a_product_and_a_whole_account_are_other_properties_than_money() {
    let product = Stated { product: Some("F1".into()), ..Stated::default() };
    let whole = Stated { whole: Some(true), ..Stated::default() };
    for stated in [product, whole] {
        let holding = Holding { stated, ..Holding::of(yuan(1)) };
        assert_eq!(misfits(&freeze(30_000), &holding), [Misfit::OtherProperty]);
    }
}

#[test]
fn more_units_or_shares_than_were_ordered_are_told() {
    let product = |quantity: &str| Target::Product {
        account: "4000020011".to_owned(),
        number: "F1".to_owned(),
        name: String::new(),
        class: String::new(),
        unit: "份".to_owned(),
        quantity: Some(quantity.to_owned()),
        sale: String::new(),
        region: String::new(),
        wealth_account: String::new(),
        redemption_account: String::new(),
    };
    let stake = |shares: &str| Target::Equity {
        company: "示例甲有限公司".to_owned(),
        company_code: None,
        registration_number: String::new(),
        subscribed: None,
        percent: None,
        shares: Some(shares.to_owned()),
    };
    let told = |target: Target, units: &str| {
        let (from, until) = (day("2026-03-02"), day("2027-03-01"));
        let order = Instruction::Freeze { target, limit: None, from, until };
        misfits(&order, &Holding { units: Some(units.to_owned()), ..Holding::of(yuan(0)) })
    };
    for (ordered, held, is_more) in [
        ("100", "1000000", true),
        ("100.5", "100.51", true),
        ("100", "100.00", false),
        ("100", "99", false),
        ("1E3", "1000", false),
    ] {
        let want = if is_more { vec![Misfit::UnitsAboveOrder] } else { vec![] };
        assert_eq!(told(product(ordered), held), want, "{ordered} {held}");
        assert_eq!(told(stake(ordered), held), want, "{ordered} {held}");
    }
    assert_eq!(told(account("4000020011"), "1000"), []);
}

#[test]
fn a_term_without_an_end_and_what_was_not_understood_are_told() {
    let doubt = |about, kind| Doubt { about, kind, field: "X".into(), value: "?".into() };
    let with = |doubt| Holding { doubts: vec![doubt], ..Holding::of(yuan(30_000)) };
    let endless = with(doubt(DoubtAbout::Term, DoubtKind::Implausible));
    assert_eq!(misfits(&freeze(30_000), &endless), [Misfit::TermTooLong]);
    let garbled = with(doubt(DoubtAbout::Limit, DoubtKind::Unreadable));
    assert_eq!(misfits(&freeze(30_000), &garbled), [Misfit::NotUnderstood]);
}

#[test]
fn a_release_is_compared_with_its_amount_and_has_no_term() {
    let original = Original {
        number: "F1".parse().expect("a number"),
        case_number: "（2026）示0101执1号".parse().expect("a case"),
        reference: String::new(),
    };
    let release = Instruction::Release { target: account("4000020011"), amount: Some(yuan(200)), original };
    assert_eq!(misfits(&release, &said("4000020011", 200, 200, "2001-01-01")), []);
    assert_eq!(misfits(&release, &said("4000020011", 100, 150, "2001-01-01")), []);
    assert_eq!(misfits(&release, &said("4000020011", 200, 201, "2001-01-01")), [Misfit::HeldAboveOrder]);
}

proptest! {
    #[test]
    fn nothing_above_the_order_ever_fits(limit in 1_i64..1_000_000, held in 0_i64..2_000_000, stated in 0_i64..2_000_000) {
        let holding = said("4000020011", stated, held, "2027-03-01");
        let fits = misfits(&freeze(limit), &holding).is_empty();
        prop_assert_eq!(fits, held <= limit && stated == limit);
    }
}
