use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn built_in() -> HolidayCalendar {
    HolidayCalendar::parse(TEXT).expect("holidays.toml")
}

#[test]
fn the_built_in_years_have_the_days_off_that_were_announced() {
    let calendar = built_in();
    // 28 and 33 days in the announcements.
    for (year, off, moved) in [(2025i16, 1 + 8 + 3 + 5 + 3 + 8, 5), (2026, 3 + 9 + 3 + 5 + 3 + 3 + 7, 6)] {
        let days = calendar.years.get(&year).expect("the year");
        assert_eq!((days.off.len(), days.working.len()), (off, moved), "{year}");
        let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        assert!(days.working.iter().all(weekend), "only weekends become working days");
        // A moved day makes up for a weekday off; the law gives 13 days a year, of which those on a weekend are shifted.
        let weekdays_off = days.off.iter().filter(|day| !weekend(day)).count();
        assert!(weekdays_off >= moved, "{year}");
    }
}

#[test]
fn moved_days_and_holidays_are_told_from_weekdays() {
    let calendar = built_in();
    for (day, works) in [
        (date(2026, 2, 14), true),
        (date(2026, 2, 16), false),
        (date(2026, 2, 24), true),
        (date(2026, 10, 8), true),
        (date(2026, 10, 10), true),
        (date(2026, 10, 11), false),
        (date(2025, 1, 27), true),
        (date(2025, 10, 8), false),
        (date(2025, 9, 28), true),
        (date(2025, 9, 27), false),
        // Not covered: weekdays and fixed days only.
        (date(2031, 10, 2), false),
        (date(2031, 10, 6), true),
        (date(2031, 1, 4), false),
    ] {
        assert_eq!(calendar.is_working_day(day), works, "{day}");
    }
}

#[test]
fn clocks_run_over_holidays() {
    let calendar = built_in();
    // Filed on the Friday before the Spring Festival of 2026: the Saturday after is worked, then nine days are off.
    let filed = date(2026, 2, 13);
    assert_eq!(
        FilingClock::StartInquiry.due(filed, &calendar),
        DueDay { on: date(2026, 2, 24), certain: true }
    );
    assert_eq!(FilingClock::ResultOnFile.due(filed, &calendar).on, date(2026, 2, 25));
    // Filed during the holiday.
    assert_eq!(FilingClock::StartInquiry.due(date(2026, 10, 3), &calendar).on, date(2026, 10, 9));
    // Into a year that nobody has announced.
    let due = calendar.add_working_days(date(2026, 12, 31), 1);
    assert_eq!(due, DueDay { on: date(2027, 1, 4), certain: false });
}

#[test]
fn a_term_in_calendar_days_ends_on_a_working_day() {
    let calendar = built_in();
    assert_eq!(
        calendar.add_calendar_days(date(2026, 9, 17), 15).on,
        date(2026, 10, 8),
        "2 October is a holiday"
    );
    assert_eq!(calendar.add_calendar_days(date(2026, 3, 2), 15).on, date(2026, 3, 17));
    assert_eq!(calendar.add_working_days(date(2026, 3, 7), 0).on, date(2026, 3, 9), "a Saturday");
}

#[test]
fn a_courts_own_file_prevails_and_mistakes_in_it_are_told() {
    let own = "[[year]]\nyear = 2027\nsource = \"测试\"\nholidays = [[\"2027-02-05\", \"2027-02-11\"]]\nworking_days = [\"2027-01-30\"]\n";
    let calendar = built_in().with(HolidayCalendar::parse(own).expect("a file"));
    assert!(calendar.covers(2027) && calendar.covers(2025) && calendar.is_working_day(date(2027, 1, 30)));
    assert!(!calendar.is_working_day(date(2027, 2, 8)));
    let entry = |year: i16, holidays: &str, working: &str| {
        let text = format!(
            "[[year]]\nyear = {year}\nsource = \"s\"\nholidays = {holidays}\nworking_days = {working}\n"
        );
        HolidayCalendar::parse(&text).expect_err("a mistake").to_string()
    };
    assert!(entry(2027, "[[\"2028-01-01\"]]", "[]").contains("another year"));
    assert!(entry(2027, "[[\"2027-02-30\"]]", "[]").contains("2027-02-30"));
    assert!(entry(2027, "[[\"2027-02-05\", \"2027-02-01\"]]", "[]").contains("before the first day"));
    assert!(entry(2027, "[[\"2027-01-01\", \"2027-12-31\"]]", "[]").contains("too far"));
    assert!(entry(2027, "[[]]", "[]").contains("write one day"));
    assert!(entry(2027, "[[\"2027-01-02\"]]", "[\"2027-01-02\"]").contains("both"));
    assert!(matches!(HolidayCalendar::parse(&format!("{own}{own}")), Err(HolidayError::Twice(2027))));
    assert!(matches!(HolidayCalendar::parse("year = 1"), Err(HolidayError::Form(_))));
}

#[test]
fn years_that_are_counted_and_not_known_are_missing() {
    let calendar = built_in();
    assert_eq!(calendar.missing(date(2026, 11, 30)), Vec::<i16>::new());
    assert_eq!(calendar.missing(date(2026, 12, 1)), [2027], "its holidays are announced by then");
    assert_eq!(calendar.missing(date(2027, 3, 1)), [2027]);
    assert_eq!(calendar.missing(date(2024, 12, 31)), [2024]);
    assert!(calendar.years().eq([2025, 2026]));
}

#[test]
fn the_calendar_of_dates_ends_without_harm() {
    let calendar = built_in();
    assert!(!calendar.add_working_days(Date::MAX, u16::MAX).certain);
    assert!(!calendar.add_calendar_days(Date::MAX, u16::MAX).certain);
    calendar.add_working_days(Date::MIN, u16::MAX);
}

proptest! {
    #[test]
    fn the_working_days_between_are_as_many_as_were_counted(day in 0i64..730, count in 0u16..300) {
        let calendar = HolidayCalendar::built_in();
        let from = date(2025, 1, 1).saturating_add(Span::new().days(day));
        let due = calendar.add_working_days(from, count);
        prop_assert!(calendar.is_working_day(due.on) && due.on >= from);
        let mut between = 0;
        let mut at = from;
        while at < due.on {
            at = at.tomorrow().expect("a day");
            between += u16::from(calendar.is_working_day(at));
        }
        let rest = u16::from(count == 0 && !calendar.is_working_day(from));
        prop_assert_eq!(between, count + rest);
    }
}
