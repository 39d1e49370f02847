//! Working days, and the statutory clocks that count them.
//!
//! The day from which a clock runs is not counted (民诉法 art. 85). These days are for acts that are due. The term of a
//! freeze is another thing, and no holiday prolongs it: see [`super::terms`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chakong_contract::Date;
use jiff::civil::Weekday;
use jiff::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most working days that a clock may count: some forty years.
pub const MOST_WORKING_DAYS: u16 = 10_000;
/// Most days of one period off.
const LONGEST_PERIOD: i32 = 31;

/// The last instant of a day in China.
pub fn end_of(day: Date) -> Option<Timestamp> {
    let zoned = day.tomorrow().ok()?.to_zoned(chakong_contract::date::shanghai()).ok()?;
    zoned.timestamp().checked_sub(Span::new().seconds(1)).ok()
}

/// Holidays and moved working days of some years.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HolidayCalendar {
    years: BTreeMap<i16, YearDays>,
    always: BTreeSet<(i8, i8)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct YearDays {
    off: BTreeSet<Date>,
    working: BTreeSet<Date>,
}

/// Why a holiday file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolidayError {
    /// It is not the TOML that is expected.
    #[error("节假日文件格式有误 the holiday file cannot be read: {0}")]
    Form(String),
    /// A date cannot stand where it stands.
    #[error("{year} 年节假日数据有误：{date} {why} (in the holiday file's entry of {year})")]
    Date {
        /// The entry's year.
        year: i16,
        /// The date as written.
        date: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A year stands there twice.
    #[error("{0} 年重复出现 the year stands twice in the holiday file; keep one entry")]
    Twice(i16),
}

/// A day that a clock runs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DueDay {
    /// The day.
    pub on: Date,
    /// Whether the holidays of every year on the way are known. If not, weekdays were counted there.
    pub certain: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    always: Vec<String>,
    #[serde(default)]
    year: Vec<YearEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct YearEntry {
    year: i16,
    #[allow(dead_code, reason = "a reader of the file wants to know where its days come from")]
    source: String,
    holidays: Vec<Vec<String>>,
    working_days: Vec<String>,
}

const TEXT: &str = include_str!("holidays.toml");

static BUILT_IN: LazyLock<HolidayCalendar> =
    LazyLock::new(|| HolidayCalendar::parse(TEXT).unwrap_or_default());

/// What is wrong with the built-in file.
pub(super) fn check_data() -> Result<(), String> {
    HolidayCalendar::parse(TEXT).map(|_| ()).map_err(|error| error.to_string())
}

impl HolidayCalendar {
    /// The years that are built in: 2025 and 2026. Were the file broken, every answer would be uncertain; a test reads it.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads a holiday file.
    ///
    /// # Errors
    /// [`HolidayError`] with the year and the date that is wrong.
    pub fn parse(text: &str) -> Result<Self, HolidayError> {
        let file: File = toml::from_str(text).map_err(|error| HolidayError::Form(error.to_string()))?;
        let mut calendar = Self::default();
        for day in &file.always {
            // A leap year, so that 29 February could stand there.
            let date = date_of(2000, &format!("2000-{day}"))?;
            calendar.always.insert((date.month(), date.day()));
        }
        for entry in &file.year {
            if calendar.years.insert(entry.year, entry.days()?).is_some() {
                return Err(HolidayError::Twice(entry.year));
            }
        }
        Ok(calendar)
    }

    /// This calendar with the years of another one, which prevail: a court's own file over what is built in.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.years.extend(other.years);
        self.always.extend(other.always);
        self
    }

    /// Whether the holidays of a year are known.
    pub fn covers(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// The years whose holidays are known, in order.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.keys().copied()
    }

    /// The years that are counted today and whose holidays are not known: this one, and from December on the next, whose holidays
    /// are announced by then.
    pub fn missing(&self, today: Date) -> Vec<i16> {
        let next = today.year().saturating_add(i16::from(today.month() == 12));
        (today.year()..=next).filter(|year| !self.covers(*year)).collect()
    }

    /// Whether people work on a day. For a year that is not covered, weekdays and fixed holidays decide.
    pub fn is_working_day(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.years.get(&day.year()) {
            Some(days) => days.working.contains(&day) || (!weekend && !days.off.contains(&day)),
            None => !weekend && !self.always.contains(&(day.month(), day.day())),
        }
    }

    /// The day so many working days after a day, which is itself not counted. Zero gives the day if people work on it, else
    /// the next working day. More than [`MOST_WORKING_DAYS`] count as that many.
    pub fn add_working_days(&self, from: Date, count: u16) -> DueDay {
        let mut certain = self.covers(from.year());
        let mut left = count.min(MOST_WORKING_DAYS);
        let mut on = from;
        while left > 0 || !self.is_working_day(on) {
            // The calendar of dates ends; so does the clock.
            let Ok(next) = on.tomorrow() else { return DueDay { on, certain: false } };
            on = next;
            certain &= self.covers(on.year());
            if left > 0 && self.is_working_day(on) {
                left -= 1;
            }
        }
        DueDay { on, certain }
    }

    /// The last day of a term of calendar days that an act is due in, moved to the next working day where it is a holiday
    /// (民诉法 art. 85): objections, answers. Not for the term of a measure.
    pub fn add_calendar_days(&self, from: Date, count: u16) -> DueDay {
        let last = from.saturating_add(Span::new().days(i64::from(count)));
        self.add_working_days(last, 0)
    }
}

impl YearEntry {
    fn days(&self) -> Result<YearDays, HolidayError> {
        let mut days = YearDays::default();
        for period in &self.holidays {
            let (first, last) = match period.as_slice() {
                [only] => (only, only),
                [first, last] => (first, last),
                _ => {
                    return Err(self.wrong(
                        &period.join(" "),
                        "应写一天或首末两天 write one day, or the first and the last",
                    ));
                }
            };
            let (from, until) = (date_of(self.year, first)?, date_of(self.year, last)?);
            let length = from.until(until).map_or(-1, |span| span.get_days());
            if !(0..LONGEST_PERIOD).contains(&length) {
                return Err(
                    self.wrong(last, "早于首日或假期过长 is before the first day, or too far after it")
                );
            }
            let all = (0..=length).map(|day| from.saturating_add(Span::new().days(day)));
            days.off.extend(all);
        }
        for text in &self.working_days {
            let day = date_of(self.year, text)?;
            if days.off.contains(&day) {
                return Err(self.wrong(text, "既是假日又是工作日 is both a holiday and a working day"));
            }
            days.working.insert(day);
        }
        Ok(days)
    }

    fn wrong(&self, date: &str, why: &'static str) -> HolidayError {
        HolidayError::Date { year: self.year, date: date.to_owned(), why }
    }
}

fn date_of(year: i16, text: &str) -> Result<Date, HolidayError> {
    let wrong = |why| HolidayError::Date { year, date: text.to_owned(), why };
    let date: Date = text.parse().map_err(|_| wrong("不是日期 is no date; write year-month-day"))?;
    if date.year() == year { Ok(date) } else { Err(wrong("不属于该年 is of another year")) }
}

/// A statutory clock that runs from the filing of a case 立案.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilingClock {
    /// 启动网络查控: within two working days.
    StartInquiry,
    /// 查控结果入卷: within three working days.
    ResultOnFile,
}

impl FilingClock {
    /// Both clocks.
    pub const ALL: [Self; 2] = [Self::StartInquiry, Self::ResultOnFile];

    /// Working days that the clock runs.
    pub const fn working_days(self) -> u16 {
        match self {
            Self::StartInquiry => 2,
            Self::ResultOnFile => 3,
        }
    }

    /// The Chinese name.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::StartInquiry => "启动网络查控",
            Self::ResultOnFile => "查控结果入卷",
        }
    }

    /// The day on which the act is due at the latest.
    pub fn due(self, filed: Date, calendar: &HolidayCalendar) -> DueDay {
        calendar.add_working_days(filed, self.working_days())
    }
}

#[cfg(test)]
mod tests;
