use chakong_contract::asset::PropertyKind;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn account() -> Target {
    Target::Account {
        number: "6200000000000001".to_owned(),
        sub_account: None,
        class: "活期".to_owned(),
        branch: String::new(),
        branch_code: String::new(),
        whole: false,
    }
}

fn product(class: &str, name: &str) -> Target {
    let json =
        serde_json::json!({"kind": "product", "account": "1", "number": "2", "name": name, "class": class});
    serde_json::from_value(json).expect("a product")
}

fn home() -> Target {
    Target::Property {
        property_kind: PropertyKind::Building,
        unit_number: None,
        certificate: "测（2026）不动产权第1号".to_owned(),
        location: String::new(),
        business_number: String::new(),
    }
}

#[test]
fn the_file_is_read_and_names_every_nature() {
    let data: Data = toml::from_str(TEXT).expect("terms.toml");
    for nature in
        [Nature::Deposit, Nature::Movable, Nature::RealEstate, Nature::OtherRight, Nature::ListedStateShares]
    {
        assert_eq!(data.term.iter().filter(|row| row.nature == nature).count(), 1, "{nature:?}");
    }
    assert!(data.reminders.days_before.is_sorted_by(|a, b| a > b), "earliest first");
    assert!(data.deposit_words.words.iter().all(|word| folded(word) == *word));
}

#[test]
fn each_kind_of_property_has_its_years() {
    let months = |target: &Target| longest(target).months;
    assert_eq!(months(&account()), 12);
    assert_eq!(months(&product("理财产品", "稳健一号")), 36);
    assert_eq!(months(&product("结构性存款", "")), 12, "a deposit by its class");
    assert_eq!(months(&product("", "三年期大额存单")), 12, "a deposit by its name");
    assert_eq!(months(&home()), 36);
    assert_eq!(Nature::Movable.longest().months, 24);
    let shares = Nature::ListedStateShares.longest();
    assert_eq!((shares.months, shares.renewal_months), (12, 6));
    assert!(shares.basis.contains("28号"));
}

#[test]
fn a_year_is_a_year_by_the_calendar() {
    let year = Nature::Deposit.longest();
    for (from, by_law, ordered) in [
        (date(2026, 3, 10), date(2027, 3, 10), date(2027, 3, 9)),
        // 366 days lie between.
        (date(2027, 3, 1), date(2028, 3, 1), date(2028, 2, 29)),
        // The year after has no 29th.
        (date(2028, 2, 29), date(2029, 2, 28), date(2029, 2, 27)),
        (date(2026, 12, 31), date(2027, 12, 31), date(2027, 12, 30)),
    ] {
        assert_eq!((year.last_day_by_law(from), year.last_day_ordered(from)), (by_law, ordered), "{from}");
    }
    assert_eq!(Nature::RealEstate.longest().last_day_by_law(date(2025, 7, 31)), date(2028, 7, 31));
}

#[test]
fn a_renewal_of_state_shares_has_six_months() {
    let term = Nature::ListedStateShares.longest();
    assert_eq!(
        term.renewed_last_day(date(2026, 8, 30)),
        date(2027, 2, 27),
        "31 August to 28 February, less a day"
    );
    assert_eq!(Nature::Deposit.longest().renewed_last_day(date(2026, 3, 9)), date(2027, 3, 9));
}

#[test]
fn a_holiday_prolongs_nothing() {
    // The National Day holiday of 2026, a Thursday.
    let last = Nature::Deposit.longest().last_day_by_law(date(2025, 10, 1));
    assert_eq!((last, lapses_on(last)), (date(2026, 10, 1), date(2026, 10, 2)));
}

#[test]
fn the_earlier_end_counts_and_the_difference_is_told() {
    let law = date(2027, 5, 4);
    assert_eq!(ends(law, None), (law, None));
    assert_eq!(ends(law, Some(law)), (law, None));
    let (day, difference) = ends(law, Some(date(2032, 5, 4)));
    assert_eq!((day, difference.map(|d| (d.said, d.days))), (law, Some((date(2032, 5, 4), 1827))));
    let (day, difference) = ends(law, Some(date(2027, 4, 4)));
    assert_eq!((day, difference.map(|d| d.days)), (date(2027, 4, 4), Some(-30)));
}

#[test]
fn the_end_is_announced_four_times_unless_the_measure_is_younger() {
    let (first, last) = (date(2026, 1, 5), date(2027, 1, 4));
    let all: Vec<(Date, u16)> = reminders(first, last).iter().map(|r| (r.on, r.days_before)).collect();
    assert_eq!(
        all,
        [(date(2026, 12, 5), 30), (date(2026, 12, 20), 15), (date(2026, 12, 28), 7), (date(2027, 1, 3), 1)]
    );
    assert_eq!(reminders(date(2026, 12, 21), last).len(), 2);
    let due = |today| reminder_due(first, last, today).map(|r| r.days_before);
    assert_eq!(due(date(2026, 12, 4)), None);
    assert_eq!(due(date(2026, 12, 22)), Some(15), "a look that was missed is made up for");
    assert_eq!(due(date(2027, 1, 4)), Some(1));
    assert_eq!(due(date(2027, 1, 5)), None, "it has lapsed");
}

proptest! {
    #[test]
    fn no_day_is_too_early_or_too_late(year in -9999i16..=9999, day in 1i16..=365, said in -9999i16..=9999) {
        let from = Date::new(year, 1, 1).expect("a year").saturating_add(Span::new().days(day));
        let said = Date::new(said, 6, 30).expect("a date");
        for nature in [Nature::Deposit, Nature::RealEstate, Nature::ListedStateShares] {
            let term = nature.longest();
            let law = term.last_day_by_law(from);
            prop_assert!(law >= from && term.last_day_ordered(from) <= law);
            let (end, difference) = ends(law, Some(said));
            prop_assert!(end <= law && end <= said);
            prop_assert_eq!(difference.is_some(), said != law);
            prop_assert!(reminders(from, end).iter().all(|r| r.on >= from && r.on < end));
            lapses_on(end);
            term.renewed_last_day(end);
        }
    }
}
