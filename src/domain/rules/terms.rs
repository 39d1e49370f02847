//! How long a measure stands, and when its end is announced.
//!
//! Terms are counted by the calendar: a year is a year, with or without a leap day. The day on which the term begins is
//! not counted (民诉法 art. 85, 民诉法解释 art. 125), and the term ends on the day of the same date (民法典 art. 202; the
//! month's last day where there is none). A freeze of 2026-03-10 stands by law until 2027-03-10 at the latest. An order names
//! both its ends, and both count, so the longest one that is ordered ends a day earlier: see [`Term::last_day_ordered`].
//!
//! A holiday never prolongs a term: art. 85 is about acts that are due, and counterparts end a measure on its date.

use std::sync::LazyLock;

use chakong_contract::Date;
use chakong_contract::fold::folded;
use chakong_contract::order::Target;
use jiff::{Span, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a property is, as far as its longest term goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// 银行存款
    Deposit,
    /// 动产
    Movable,
    /// 不动产
    RealEstate,
    /// 其他财产权: products, equity, listed shares without the restriction below.
    OtherRight,
    /// 上市公司国有股、社会法人股. No message says so: a person does, and the measure remembers it.
    ListedStateShares,
}

impl Nature {
    /// The nature of a target. Products that are deposits by their name count as deposits, the shorter term.
    pub fn of(target: &Target) -> Self {
        match target {
            Target::Account { .. } => Self::Deposit,
            Target::Product { name, class, .. } => {
                let text = format!("{}|{}", folded(class), folded(name));
                let is_deposit = DATA.deposit_words.words.iter().any(|word| text.contains(word));
                if is_deposit { Self::Deposit } else { Self::OtherRight }
            }
            Target::Property { .. } => Self::RealEstate,
            Target::Equity { .. } => Self::OtherRight,
        }
    }

    /// The longest term of a measure on such property.
    pub fn longest(self) -> Term {
        let found = DATA.term.iter().find(|row| row.nature == self);
        // A test proves that each nature has a row. Without one the shortest term of the law would hold.
        found.map_or(SHORTEST, |row| Term {
            months: row.months,
            renewal_months: row.renewal_months.unwrap_or(row.months),
            basis: &row.basis,
        })
    }
}

/// The longest term of a measure, by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Months of the first term.
    pub months: u8,
    /// Months of each renewal.
    pub renewal_months: u8,
    /// Legal reference.
    pub basis: &'static str,
}

const SHORTEST: Term =
    Term { months: 12, renewal_months: 6, basis: "民诉法解释（2022）第四百八十五条" };

impl Term {
    /// The last day on which a measure that took effect on this day can stand by law.
    pub fn last_day_by_law(&self, effective: Date) -> Date {
        effective.saturating_add(Span::new().months(self.months))
    }

    /// The latest last day that an order may name beside its first day, as both ends count.
    pub fn last_day_ordered(&self, first: Date) -> Date {
        yesterday(self.last_day_by_law(first))
    }

    /// The latest last day of a renewal whose first day is the day after the earlier term's last one. Both ends count.
    pub fn renewed_last_day(&self, earlier_last_day: Date) -> Date {
        let first = earlier_last_day.tomorrow().unwrap_or(Date::MAX);
        yesterday(first.saturating_add(Span::new().months(self.renewal_months)))
    }
}

fn yesterday(day: Date) -> Date {
    // The greatest date is one that was cut: there is no day to give back.
    if day == Date::MAX { day } else { day.yesterday().unwrap_or(day) }
}

/// The longest term of a measure on a target, as far as the target tells. A measure knows more: `Measure::longest_term`.
pub fn longest(target: &Target) -> Term {
    Nature::of(target).longest()
}

/// A counterpart's last day that is not the law's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TermDifference {
    /// Last day by law or order.
    pub by_law: Date,
    /// Last day that the counterpart named.
    pub said: Date,
    /// Days from the law's to the counterpart's: negative where the counterpart ends earlier.
    pub days: i32,
}

/// When a measure ends: on the earlier of the law's last day and the counterpart's. Their difference, if they differ.
pub fn ends(by_law: Date, said: Option<Date>) -> (Date, Option<TermDifference>) {
    let Some(said) = said.filter(|said| *said != by_law) else { return (by_law, None) };
    let days = by_law.until((Unit::Day, said)).map_or(0, |span| span.get_days());
    (by_law.min(said), Some(TermDifference { by_law, said, days }))
}

/// An announcement of a measure's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reminder {
    /// The day on which it is due.
    pub on: Date,
    /// Days from then to the last day.
    pub days_before: u16,
}

/// The announcements of a measure's end, earliest first. Ones before the measure's first day are left out.
pub fn reminders(first_day: Date, last_day: Date) -> Vec<Reminder> {
    let day = |days: &u16| {
        let on = last_day.checked_sub(Span::new().days(i64::from(*days))).ok()?;
        (on >= first_day).then_some(Reminder { on, days_before: *days })
    };
    DATA.reminders.days_before.iter().filter_map(day).collect()
}

/// The announcement that is to be made today or was to be made since the last look: the closest to the end.
pub fn reminder_due(first_day: Date, last_day: Date, today: Date) -> Option<Reminder> {
    if today > last_day {
        return None;
    }
    reminders(first_day, last_day).into_iter().rev().find(|reminder| reminder.on <= today)
}

/// The first day on which a measure no longer stands 已届满.
pub fn lapses_on(last_day: Date) -> Date {
    last_day.tomorrow().unwrap_or(Date::MAX)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    nature: Nature,
    months: u8,
    renewal_months: Option<u8>,
    basis: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    term: Vec<Row>,
    deposit_words: Words,
    reminders: Days,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    days_before: Vec<u16>,
}

const TEXT: &str = include_str!("terms.toml");

/// Empty where the file is broken, which [`check_data`] tells and a test excludes.
static DATA: LazyLock<Data> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// What is wrong with the file.
pub(super) fn check_data() -> Result<(), String> {
    toml::from_str::<Data>(TEXT).map(|_| ()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
