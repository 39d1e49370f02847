//! Dates and moments in Asia/Shanghai, and the forms in which counterparts write them.

mod absent;

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{Offset, TimeZone};

use self::absent::{EARLIEST_YEAR, is_absent, is_zero_text};
use crate::placeholder::is_placeholder;
use crate::text::travels_as_text;

/// A calendar date in Asia/Shanghai. "No end" is `None` in the field that holds it, never a far year.
pub type Date = civil::Date;

/// The fixed offset of Asia/Shanghai since 1991: UTC+8, no summer time.
pub fn shanghai() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// A wall-clock moment in Asia/Shanghai; travels as RFC 3339 with `+08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(civil::DateTime);

impl Moment {
    /// A moment from its wall-clock reading in Asia/Shanghai.
    pub const fn from_wall(wall: civil::DateTime) -> Self {
        Self(wall)
    }

    /// The moment of an instant.
    pub fn from_timestamp(instant: jiff::Timestamp) -> Self {
        Self(instant.to_zoned(shanghai()).datetime())
    }

    /// The wall-clock reading in Asia/Shanghai.
    pub const fn wall(self) -> civil::DateTime {
        self.0
    }

    /// Seconds since 1970 in UTC.
    pub fn unix_seconds(self) -> i64 {
        self.0.to_zoned(shanghai()).map_or(0, |zoned| zoned.timestamp().as_second())
    }

    /// The calendar date in Asia/Shanghai.
    pub fn date(self) -> Date {
        self.0.date()
    }
}

impl FromStr for Moment {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        text.parse::<jiff::Timestamp>().map(Self::from_timestamp).map_err(|_| DateError)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+08:00", self.0)
    }
}

travels_as_text!(Moment, "Moment", "RFC 3339 date and time with the offset +08:00 (Asia/Shanghai)", None);

/// A text that is no date in any form known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date in any known form")]
pub struct DateError;

/// Reads a date and time in every form of the protocol pages: `yyyy/MM/dd HH:mm:ss`, `yyyy-MM-dd`, `yyyyMMdd`,
/// `yyyyMMddHHmmss`, ISO 8601 with or without offset, `yyyy年M月d日`, missing parts, one-digit months, fractions.
///
/// `None` for a blank, for a placeholder such as `-`, `null` or `暂无`, and for a date that systems write where there is none: the
/// zero days of spreadsheets, databases, Unix, Delphi and .NET, and a year from 2099 on, which means "no end".
///
/// # Errors
/// [`DateError`] for anything else. The text is not repeated.
pub fn read_moment(text: &str) -> Result<Option<Moment>, DateError> {
    let text = text.trim();
    if text.is_empty() || is_placeholder(text) || is_zero_text(text) {
        return Ok(None);
    }
    if text.len() > 40 {
        return Err(DateError);
    }
    if let Some(instant) = instant_of(text) {
        return stated(Moment::from_timestamp(instant));
    }
    let numbers = split_numbers(without_offset(text))?;
    let part = |at: usize, default: i16| numbers.get(at).copied().unwrap_or(default);
    let small = |at: usize, default: i16| i8::try_from(part(at, default)).map_err(|_| DateError);
    let wall = civil::DateTime::new(
        part(0, 0),
        small(1, 1)?,
        small(2, 1)?,
        small(3, 0)?,
        small(4, 0)?,
        small(5, 0)?,
        0,
    );
    stated(Moment(wall.map_err(|_| DateError)?))
}

/// The wall clock of an instant that lies beyond what can be calculated with, such as `9999-12-31T23:59:59Z`.
fn without_offset(text: &str) -> &str {
    let Some(time) = text.find('T') else { return text };
    let offset = text.get(time..).and_then(|after| after.find(['Z', '+', '-']));
    offset.and_then(|at| text.get(..time + at)).unwrap_or(text)
}

/// Whether an offset may stand behind a day, without which a text is no instant.
fn has_offset(text: &str) -> bool {
    const SHORTEST_DAY: usize = 8;
    text.bytes().skip(SHORTEST_DAY).any(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'))
}

/// An instant: RFC 3339, or the milliseconds of `/Date(1426608000000+0800)/`, which older .NET services write.
fn instant_of(text: &str) -> Option<jiff::Timestamp> {
    let Some(inside) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) else {
        return has_offset(text).then(|| text.parse().ok()).flatten();
    };
    let end = inside.rfind(['+', '-']).filter(|at| *at > 0).unwrap_or(inside.len());
    jiff::Timestamp::from_millisecond(inside.get(..end)?.parse().ok()?).ok()
}

/// Reads a date as [`read_moment`] does and drops the time of day.
///
/// # Errors
/// [`DateError`] as for [`read_moment`].
pub fn read_date(text: &str) -> Result<Option<Date>, DateError> {
    read_moment(text).map(|moment| moment.map(Moment::date))
}

/// Reads milliseconds since 1970 that mean a midnight in UTC+8, as data vendors send them. Values too small to be
/// milliseconds of this century are seconds that passed through a middle system. `None` for what means no date, as for
/// [`read_moment`].
pub fn read_millis(millis: i64) -> Option<Moment> {
    let instant = if (1_000_000_000..10_000_000_000).contains(&millis) {
        jiff::Timestamp::from_second(millis)
    } else {
        jiff::Timestamp::from_millisecond(millis)
    };
    instant.ok().and_then(|instant| stated(Moment::from_timestamp(instant)).ok().flatten())
}

/// An end that has come: the closing of an account, the end of a company. `None` for a day that has not surely come.
pub fn end_that_has_come(end: Option<Date>, spoken: Option<Date>) -> Option<Date> {
    end.filter(|end| has_surely_come(*end, spoken))
}

/// A day that lies behind every answer that this edition reads: for a message that is read on its own, of which neither the order nor
/// the day is known. In the gateway's work the batch or the request number says the day.
const BEHIND_US: Date = Date::constant(2026, 1, 1);

/// Whether a day has come for sure: not after the one on which the counterpart spoke or, where that is not known, so long
/// past that it lies behind every answer. By any other day nothing that stands may be hidden.
pub fn has_surely_come(day: Date, spoken: Option<Date>) -> bool {
    day <= spoken.unwrap_or(BEHIND_US)
}

/// A moment that was read; `None` where it stands for no date.
fn stated(moment: Moment) -> Result<Option<Moment>, DateError> {
    match moment.date() {
        day if is_absent(day) => Ok(None),
        day if day.year() < EARLIEST_YEAR => Err(DateError),
        _ => Ok(Some(moment)),
    }
}

/// The runs of digits of a date text; a run of 8 or 14 digits is cut into its parts.
fn split_numbers(text: &str) -> Result<Vec<i16>, DateError> {
    let known = |c: char| c.is_ascii_digit() || " -/:.T年月日时分秒".contains(c);
    if !text.chars().all(known) {
        return Err(DateError);
    }
    let text = text.rsplit_once('.').filter(|(head, _)| head.contains(':')).map_or(text, |(head, _)| head);
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let mut numbers = Vec::with_capacity(6);
    for run in runs {
        let cut: &[usize] = match (numbers.is_empty(), run.len()) {
            (true, 14) => &[4, 2, 2, 2, 2, 2],
            (true, 8) => &[4, 2, 2],
            (true, 6) => &[4, 2],
            (false, 6) => &[2, 2, 2],
            (_, 1..=4) => &[0],
            _ => return Err(DateError),
        };
        let mut rest = run;
        for width in cut {
            let (piece, tail) = if *width == 0 { (rest, "") } else { rest.split_at(*width) };
            numbers.push(piece.parse().map_err(|_| DateError)?);
            rest = tail;
        }
    }
    if numbers.is_empty() || numbers.len() > 6 { Err(DateError) } else { Ok(numbers) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_seen() {
        for text in [
            "2026/01/05 15:20:11",
            "2026-01-05 15:20:11",
            "20260105152011",
            "20260105 152011",
            "2026-01-05T15:20:11+08:00",
            "2026-01-05T07:20:11Z",
            "2026/1/5 15:20:11.0",
            "2026年1月5日 15:20:11",
        ] {
            let read = read_moment(text).expect(text).expect(text);
            assert_eq!(read.to_string(), "2026-01-05T15:20:11+08:00", "{text}");
            assert_eq!(read.unix_seconds(), 1_767_597_611, "{text}");
        }
        for text in ["2026/01/05", "20260105", "2026-1-5", "2026.01.05", "2026年01月05日"] {
            assert_eq!(read_date(text).expect(text).expect(text).to_string(), "2026-01-05", "{text}");
        }
    }

    #[test]
    fn blank_and_no_end_are_none_and_nonsense_is_an_error() {
        assert_eq!(read_moment(" "), Ok(None));
        assert_eq!(read_date("9999-12-31"), Ok(None));
        for bad in [
            "tomorrow",
            "2026/13/01",
            "2026-02-30",
            "12",
            "2026/01/05 25:00:00",
            "１２",
            "0026-03-04",
            "0026-03-04T00:00:00Z",
            "/Date(soon)/",
        ] {
            assert_eq!(read_moment(bad), Err(DateError), "{bad}");
        }
    }

    #[test]
    fn zero_days_and_far_years_are_no_dates() {
        for text in [
            "1900-01-01 00:00:00.0",
            "1900/1/1",
            "19000101",
            "1900-01-00",
            "1899-12-30T00:00:00",
            "18991231",
            "1904-01-01",
            "1970/01/01 08:00:00",
            "1970-01-01T00:00:00Z",
            "1969-12-31T16:00:00Z",
            "1753-01-01",
            "1000-01-01",
            "1582/10/15 00:00:00",
            "1601/01/01 00:00:00",
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00Z",
            "0001/01/01 0:00:00",
            "00010101000000",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "00000000",
            "0000年00月00日",
            "/Date(-62135596800000)/",
            "/Date(-62135596800000+0800)/",
            "9999-12-31T23:59:59Z",
            "9999-12-31T00:00:00+08:00",
            "2099-12-31",
            "2099/06/30 23:59:59",
            "21991231",
            "null",
            "——",
            "暂无",
            "无",
            "0002-11-30 00:00:00",
            "-0001-11-30",
        ] {
            assert_eq!(read_moment(text), Ok(None), "{text}");
        }
        for (text, want) in [
            ("1900-01-02", "1900-01-02"),
            ("1970-01-02", "1970-01-02"),
            ("2098-12-31", "2098-12-31"),
            ("1694-07-27", "1694-07-27"),
            ("/Date(1577808000000+0800)/", "2020-01-01"),
            ("/Date(1577808000000)/", "2020-01-01"),
        ] {
            assert_eq!(read_date(text).expect(text).expect(text).to_string(), want, "{text}");
        }
    }

    #[test]
    fn an_end_after_the_day_of_speaking_has_not_come() {
        let day = |text: &str| text.parse::<Date>().ok();
        let (end, before, after) = (day("2031-05-06"), day("2026-01-05"), day("2031-05-07"));
        assert_eq!(end_that_has_come(end, before), None);
        assert_eq!(end_that_has_come(end, end), end);
        assert_eq!(end_that_has_come(end, after), end);
        assert_eq!(end_that_has_come(end, None), None, "without a day of speaking it has not surely come");
        assert_eq!(
            end_that_has_come(day("2019-05-06"), None),
            day("2019-05-06"),
            "it lies behind every answer"
        );
    }

    #[test]
    fn millis_are_midnights_in_shanghai() {
        let date = |millis| read_millis(millis).map(|moment| moment.date().to_string());
        assert_eq!(date(1_492_617_600_000).as_deref(), Some("2017-04-20"));
        assert_eq!(date(1_522_583_552).as_deref(), Some("2018-04-01"));
        assert_eq!(date(-86_400_000).as_deref(), Some("1969-12-31"));
        let nothing =
            [253_402_185_600_000, 95_617_555_200_000, 64_029_024_000_000, i64::MAX, -62_135_596_800_000, 0];
        for no_end in nothing {
            assert_eq!(date(no_end), None, "{no_end}");
        }
    }
}
