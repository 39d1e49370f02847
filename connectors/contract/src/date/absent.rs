//! Dates that stand for "no date": zero days of the systems behind a counterpart, and far years that mean "no end".

use jiff::civil::{self, date};

/// From this year on a date means "no end" on the wire: 2099-12-31 as 2999, 3994, 3999, 5000 and 9999 were all seen. No
/// deposit freeze, seizure, mortgage or land-use term that runs today ends as late (70 years, 民法典 arts. 359 and
/// 城镇国有土地使用权出让和转让暂行条例 art. 12).
pub(super) const NO_END_FROM: i16 = 2099;

/// Before this year no counterpart's date is believed.
pub(super) const EARLIEST_YEAR: i16 = 1000;

/// The days that systems write for an empty date field.
const ZERO_DAYS: &[civil::Date] = &[
    // The earliest day of MySQL.
    date(1000, 1, 1),
    // The first day of the calendar of today.
    date(1582, 10, 15),
    // Windows file times.
    date(1601, 1, 1),
    // The earliest day of SQL Server's datetime.
    date(1753, 1, 1),
    // Modified Julian day 0.
    date(1858, 11, 17),
    // Day 0 of Delphi, OLE automation and spreadsheets.
    date(1899, 12, 30),
    // Day 0 of spreadsheets that count from 1900; also 1900-01-01 shifted by a zone.
    date(1899, 12, 31),
    // Day 1 of spreadsheets, and the default of many databases.
    date(1900, 1, 1),
    // Day 0 of spreadsheets that count from 1904.
    date(1904, 1, 1),
    // Second 0 of Unix.
    date(1970, 1, 1),
];

/// Whether a date means that there is none.
pub(super) fn is_absent(day: civil::Date) -> bool {
    // Year 1 is the default of .NET and Java; a zone may shift it into year 0.
    day.year() <= 1 || day.year() >= NO_END_FROM || ZERO_DAYS.contains(&day)
}

/// What calculating libraries make of the day 0000-00-00, read leniently: day 0 of month 0 is one month and one day earlier.
const CALCULATED: [&str; 2] = ["0002-11-30", "-0001-11-30"];

/// What is no day of any calendar and stands for none: day 0 of spreadsheets, and the highest value of a field of eight digits.
const NO_DAYS: [&str; 2] = ["19000100", "99999999"];

/// Whether a text is a day that is not even a date and stands for none: `0000-00-00`, `00000000`, `1900-01-00`, `99999999`, `0`.
pub(super) fn is_zero_text(text: &str) -> bool {
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let is_zero = !date.is_empty() && date.chars().all(|c| c == '0' || "-/.年月日".contains(c));
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    (is_zero && !digits.is_empty()) || NO_DAYS.contains(&digits.as_str()) || CALCULATED.contains(&date)
}
