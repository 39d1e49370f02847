//! Dates and moments in Asia/Shanghai, and the forms in which counterparts write them.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{Offset, TimeZone};

use crate::text::travels_as_text;

/// A calendar date in Asia/Shanghai. "No end" is `None` in the field that holds it, never a far year.
pub type Date = civil::Date;

/// From this year on a date means "no end" on the wire (9999, 5000, 3999 and 3994 were all seen).
const NO_END_FROM: i16 = 2900;

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
/// Blank is `None`; so is a "no end" sentinel (a year from 2900 on).
///
/// # Errors
/// [`DateError`] for anything else. The text is not repeated.
pub fn read_moment(text: &str) -> Result<Option<Moment>, DateError> {
    let text = text.trim();
    if text.is_empty() || text == "-" {
        return Ok(None);
    }
    if text.len() > 40 {
        return Err(DateError);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Ok(bounded(Moment::from_timestamp(instant)));
    }
    let numbers = split_numbers(text)?;
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
    wall.map(|wall| bounded(Moment(wall))).map_err(|_| DateError)
}

/// Reads a date as [`read_moment`] does and drops the time of day.
///
/// # Errors
/// [`DateError`] as for [`read_moment`].
pub fn read_date(text: &str) -> Result<Option<Date>, DateError> {
    read_moment(text).map(|moment| moment.map(Moment::date))
}

/// Reads milliseconds since 1970 that mean a midnight in UTC+8, as data vendors send them. Values too small to be
/// milliseconds of this century are seconds that passed through a middle system. "No end" sentinels are `None`.
pub fn read_millis(millis: i64) -> Option<Moment> {
    let instant = if (1_000_000_000..10_000_000_000).contains(&millis) {
        jiff::Timestamp::from_second(millis)
    } else {
        jiff::Timestamp::from_millisecond(millis)
    };
    instant.ok().and_then(|instant| bounded(Moment::from_timestamp(instant)))
}

fn bounded(moment: Moment) -> Option<Moment> {
    (moment.0.year() < NO_END_FROM).then_some(moment)
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
    if numbers.is_empty() || numbers.len() > 6 || numbers[0] < 1000 { Err(DateError) } else { Ok(numbers) }
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
        for bad in ["tomorrow", "2026/13/01", "2026-02-30", "12", "2026/01/05 25:00:00", "１２"] {
            assert_eq!(read_moment(bad), Err(DateError), "{bad}");
        }
    }

    #[test]
    fn millis_are_midnights_in_shanghai() {
        let date = |millis| read_millis(millis).map(|moment| moment.date().to_string());
        assert_eq!(date(1_492_617_600_000).as_deref(), Some("2017-04-20"));
        assert_eq!(date(1_522_583_552).as_deref(), Some("2018-04-01"));
        assert_eq!(date(-86_400_000).as_deref(), Some("1969-12-31"));
        for no_end in [253_402_185_600_000, 95_617_555_200_000, 64_029_024_000_000, i64::MAX] {
            assert_eq!(date(no_end), None, "{no_end}");
        }
    }
}
