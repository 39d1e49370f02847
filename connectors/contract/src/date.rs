//! Dates and moments in Asia/Shanghai, and the forms in which counterparts write them.

mod absent;
mod words;
mod zone;

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::fmt::temporal::Pieces;

pub use self::zone::{shanghai, zone};

use self::absent::{EARLIEST_YEAR, is_absent, is_no_day, is_zero_text, meant};
use self::zone::EIGHT_HOURS;
use crate::placeholder::is_placeholder;
use crate::text::travels_as_text;

/// A calendar date in Asia/Shanghai. "No end" is `None` in the field that holds it, never a far year.
pub type Date = civil::Date;

/// A wall-clock moment in Asia/Shanghai; travels as RFC 3339 with `+08:00`, that of summers with another offset too: the wall clock is
/// what counts.
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
        with_offset(text).ok_or(DateError)
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
#[error("日期无法识别 not a date in any known form")]
pub struct DateError;

/// Reads a date and time in every form of the protocol pages: `yyyy/MM/dd HH:mm:ss`, `yyyy-MM-dd`, `yyyyMMdd`,
/// `yyyyMMddHHmmss`, ISO 8601 with or without offset, `yyyy年M月d日`, missing parts, one-digit months, fractions; and as programs write it
/// that were not set up for China, where day and month can be told apart: `Jan 31 1900 12:00AM`, `31/01/1900`, `31-JAN-1900`.
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
    if let Some(moment) = moment_of(text) {
        return stated(moment);
    }
    let numbers = split_numbers(text).filter(|numbers| has_year_first(numbers));
    let numbers = numbers.or_else(|| words::numbers(text)).ok_or(DateError)?;
    let part = |at: usize, default: i16| numbers.get(at).copied().unwrap_or(default);
    let small = |at: usize, default: i16| i8::try_from(part(at, default)).map_err(|_| DateError);
    let (year, month, day) = (part(0, 0), small(1, 1)?, small(2, 1)?);
    if is_no_day(year, month, day) {
        return Ok(None);
    }
    let wall = civil::DateTime::new(year, month, day, small(3, 0)?, small(4, 0)?, small(5, 0)?, 0);
    stated(Moment(wall.map_err(|_| DateError)?))
}

/// Whether numbers begin with a year: `31/01/1900` ends with it.
fn has_year_first(numbers: &[i16]) -> bool {
    numbers.get(2).is_none_or(|day| *day < 1000)
}

/// Whether an offset may stand behind a day, without which a text is no instant.
fn has_offset(text: &str) -> bool {
    const SHORTEST_DAY: usize = 8;
    text.bytes().skip(SHORTEST_DAY).any(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'))
}

/// The moment of an instant: RFC 3339, as Go writes it (`0001-01-01 00:00:00 +0000 UTC`), or the milliseconds of
/// `/Date(1426608000000+0800)/`, which older .NET services write.
fn moment_of(text: &str) -> Option<Moment> {
    if let Some(inside) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        let end = inside.rfind(['+', '-']).filter(|at| *at > 0).unwrap_or(inside.len());
        let instant = jiff::Timestamp::from_millisecond(inside.get(..end)?.parse().ok()?);
        return instant.ok().map(Moment::from_timestamp);
    }
    if !has_offset(text) {
        return None;
    }
    let named = [" CST", " UTC"].into_iter().find_map(|zone| text.strip_suffix(zone));
    with_offset(&named.unwrap_or(text).replacen(" +", "+", 1))
}

/// The moment of a text with an offset. One with +08:00 says the wall clock of Shanghai, whatever the offset there was in the summers of
/// that time; one that lies beyond what can be calculated with, such as `9999-12-31T23:59:59Z`, is read by its own wall clock.
fn with_offset(text: &str) -> Option<Moment> {
    let pieces = Pieces::parse(text).ok()?;
    let (wall, offset) = (pieces.date().to_datetime(pieces.time()?), pieces.to_numeric_offset()?);
    if offset == EIGHT_HOURS {
        return Some(Moment(wall));
    }
    Some(offset.to_timestamp(wall).map_or(Moment(wall), Moment::from_timestamp))
}

/// Reads a date as [`read_moment`] does and drops the time of day.
///
/// # Errors
/// [`DateError`] as for [`read_moment`].
pub fn read_date(text: &str) -> Result<Option<Date>, DateError> {
    read_moment(text).map(|moment| moment.map(Moment::date))
}

/// Reads milliseconds since 1970 that mean a midnight in Shanghai, as data vendors send them. Seconds that passed through a middle system
/// are known by their size, or by not being whole minutes as milliseconds. `None` for what means no date, as for [`read_moment`].
pub fn read_millis(millis: i64) -> Option<Moment> {
    let of_this_century = (1_000_000_000..10_000_000_000).contains(&millis);
    let is_second = of_this_century || (millis.abs() <= LAST_SECOND && millis % MINUTE != 0);
    let instant = if is_second {
        jiff::Timestamp::from_second(millis)
    } else {
        jiff::Timestamp::from_millisecond(millis)
    };
    instant.ok().and_then(|instant| stated(Moment::from_timestamp(instant)).ok().flatten())
}

/// The last second of the year 9999. As milliseconds it lies in 1978: no register has days of those years to the second.
const LAST_SECOND: i64 = 253_402_300_799;
/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// An end that has come: the closing of an account, the end of a company. `None` for a day that has not surely come.
pub fn end_that_has_come(end: Option<Date>, spoken: Option<Date>) -> Option<Date> {
    end.filter(|end| has_surely_come(*end, spoken))
}

/// A day that lies behind every answer that this edition reads: for a message that is read on its own, of which neither the order nor
/// the day is known. In the gateway's work the batch or the request number says the day.
const BEHIND_US: Date = Date::constant(2026, 1, 1);

/// Ends before this day stand in no record of today: they are made of a day that means none, by a zone or a calendar of the past.
const EARLIEST_END: Date = Date::constant(1949, 10, 1);

/// Whether the day of an end has come for sure: not in a past of which no end is told, and not after the one on which the counterpart spoke or, where that is not known, so long
/// past that it lies behind every answer. By any other day nothing that stands may be hidden.
pub fn has_surely_come(day: Date, spoken: Option<Date>) -> bool {
    day >= EARLIEST_END && day <= spoken.unwrap_or(BEHIND_US)
}

/// A moment that was read; `None` where it stands for no date.
fn stated(moment: Moment) -> Result<Option<Moment>, DateError> {
    let moment = Moment(meant(moment.wall()));
    match moment.date() {
        day if is_absent(day) => Ok(None),
        day if day.year() < EARLIEST_YEAR => Err(DateError),
        _ => Ok(Some(moment)),
    }
}

/// The runs of digits of a date text; a run of 8 or 14 digits is cut into its parts. `None` for a text that has anything else.
fn split_numbers(text: &str) -> Option<Vec<i16>> {
    let known = |c: char| c.is_ascii_digit() || " -/:.T年月日时分秒".contains(c);
    if !text.chars().all(known) {
        return None;
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
            _ => return None,
        };
        let mut rest = run;
        for width in cut {
            let (piece, tail) = if *width == 0 { (rest, "") } else { rest.split_at(*width) };
            numbers.push(piece.parse().ok()?);
            rest = tail;
        }
    }
    (1..=6).contains(&numbers.len()).then_some(numbers)
}

#[cfg(test)]
mod tests;
