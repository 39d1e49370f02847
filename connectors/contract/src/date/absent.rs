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
    // The earliest day of MySQL, and it in the calendar of that time, by which Java calculates.
    date(1000, 1, 1),
    date(1000, 1, 6),
    // The first day of the calendar of today.
    date(1582, 10, 15),
    // Windows file times.
    date(1601, 1, 1),
    // The earliest day of SQL Server's datetime.
    date(1753, 1, 1),
    // Day 0 of MUMPS.
    date(1840, 12, 31),
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

/// What PostgreSQL writes for the end of time and for its beginning.
const ENDLESS: [&str; 2] = ["infinity", "-infinity"];

/// Highest value of a field of eight digits.
const HIGHEST: &str = "99999999";

/// Whether a text stands for no day and is not even a date: `0000-00-00`, `00000000`, `99999999`, `0`.
pub(super) fn is_zero_text(text: &str) -> bool {
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let is_zero = !date.is_empty() && date.chars().all(|c| c == '0' || "-/.年月日".contains(c));
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    (is_zero && !digits.is_empty())
        || digits == HIGHEST
        || CALCULATED.contains(&date)
        || ENDLESS.contains(&text)
}

/// Whether numbers stand for no day and are those of none: day 0 of spreadsheets, `1900/1/0`.
pub(super) fn is_no_day(year: i16, month: i8, day: i8) -> bool {
    (year, month, day) == (1900, 1, 0)
}

/// Until then some tables of zones have for Shanghai an offset that is up to six minutes more than eight hours, its local mean time: UTC+8:05:43,
/// +8:05:52 or +8:05:57, until 1901 or 1928.
const LOCAL_MEAN_TIME_UNTIL: i16 = 1928;
/// From then on the minutes are missing up to midnight.
const SHORT_OF_MIDNIGHT: civil::Time = civil::time(23, 54, 0, 0);

/// The moment that is meant: a midnight that was written by one table of zones and read by another falls some minutes short.
pub(super) fn meant(wall: civil::DateTime) -> civil::DateTime {
    let is_short = wall.year() < LOCAL_MEAN_TIME_UNTIL && wall.time() >= SHORT_OF_MIDNIGHT;
    let next = wall.date().tomorrow().ok().filter(|_| is_short);
    next.map_or(wall, |day| day.to_datetime(civil::Time::midnight()))
}
