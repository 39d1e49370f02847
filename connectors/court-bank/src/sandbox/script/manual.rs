//! People at the bank, who take days.

use std::time::Duration;

use chakong_contract::Moment;
use jiff::civil::{DateTime, Weekday};
use serde::Deserialize;

use super::faults::On;
use super::population::Dice;

/// Requests that people at the bank answer: on working days, between nine and five, some days later.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ManualProcessing {
    /// Of a hundred queries.
    pub(crate) queries_percent: u32,
    /// Of a hundred controls.
    pub(crate) controls_percent: u32,
    /// How many working days later.
    pub(crate) days: u32,
}

impl ManualProcessing {
    /// How long a request waits for people; not at all where the bank's system answers it.
    pub(crate) fn wait(&self, number: &str, on: On, now: Moment) -> Duration {
        let mut dice = Dice::of(format!("desk/{number}"));
        let percent = if on == On::Control { self.controls_percent } else { self.queries_percent };
        if dice.below(100) >= u64::from(percent) {
            return Duration::ZERO;
        }
        let minute = Duration::from_secs(60 * dice.below(8 * 60));
        let opens = after_working_days(now.wall(), self.days);
        let opens = Moment::from_wall(opens.checked_add(minute).unwrap_or(opens));
        Duration::from_secs(u64::try_from(opens.unix_seconds() - now.unix_seconds()).unwrap_or_default())
    }
}

/// Nine o'clock on the day that is so many working days later; at least the next one.
fn after_working_days(from: DateTime, days: u32) -> DateTime {
    let mut date = from.date();
    let mut left = days.max(1);
    while left > 0 {
        date = date.tomorrow().unwrap_or(date);
        if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
        if date == jiff::civil::Date::MAX {
            break;
        }
    }
    date.at(9, 0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_work_on_working_days() {
        let manual = ManualProcessing { queries_percent: 0, controls_percent: 100, days: 2 };
        // A Friday afternoon.
        let now: Moment = "2026-01-09T15:00:00+08:00".parse().expect("a moment");
        assert_eq!(manual.wait("A1", On::Query, now), Duration::ZERO);
        for number in ["A1", "A2", "A3"] {
            let opens = now.wall().checked_add(manual.wait(number, On::Control, now)).expect("a moment");
            assert_eq!(opens.date().to_string(), "2026-01-13", "a Tuesday");
            assert!((9..17).contains(&opens.hour()), "{opens}");
        }
        assert_ne!(manual.wait("A1", On::Control, now), manual.wait("A2", On::Control, now));
    }
}
