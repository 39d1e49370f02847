use chakong_contract::Moment;
use chakong_contract::date::shanghai;
use jiff::civil::{Time, Weekday};
use jiff::{Timestamp, ToSpan as _};

use super::super::reader::Section;

/// When a counterpart serves, in Asia/Shanghai. A closed window is not a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Days of the week; Monday first.
    days: [bool; 7],
    /// From this time of day.
    from: Time,
    /// Until this time of day, exclusive; midnight means the end of the day.
    until: Time,
}

impl Default for Window {
    fn default() -> Self {
        Self { days: [true; 7], from: Time::midnight(), until: Time::midnight() }
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Window {
    /// `None` if it is open now, else when it opens next.
    pub fn closed_until(&self, now: Timestamp) -> Option<Timestamp> {
        let wall = Moment::from_timestamp(now).wall();
        let (today, time) = (wall.date(), wall.time());
        let ends = self.until == Time::midnight();
        if self.serves(today.weekday()) && time >= self.from && (ends || time < self.until) {
            return None;
        }
        let first = i64::from(!(self.serves(today.weekday()) && time < self.from));
        (first..=7).find_map(|ahead| {
            let day = today.checked_add(ahead.days()).ok()?;
            let opens = day.to_datetime(self.from).to_zoned(shanghai()).ok()?.timestamp();
            self.serves(day.weekday()).then_some(opens)
        })
    }

    fn serves(&self, day: Weekday) -> bool {
        let at = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
        self.days.get(at).copied().unwrap_or(true)
    }
}

pub(in crate::config) fn read_window(section: &mut Section<'_>) -> Window {
    let mut window = Window::default();
    if let Some(words) = section.value::<Vec<String>>("days") {
        window.days = [false; 7];
        for word in &words {
            match DAYS.iter().position(|day| *day == word.to_ascii_lowercase()) {
                Some(at) => window.days[at] = true,
                None => section.problem("days", format_args!("`{word}` is not one of {}", DAYS.join(", "))),
            }
        }
        if words.is_empty() {
            section.problem("days", "must name at least one day");
        }
    }
    let time = |section: &mut Section<'_>, key| -> Option<Time> {
        let text = section.text(key)?;
        let parsed = if text == "24:00" { Ok(Time::midnight()) } else { text.parse::<Time>().map_err(drop) };
        parsed.map_err(|()| section.problem(key, "must be a time of day such as \"08:30\"")).ok()
    };
    window.from = time(section, "from").unwrap_or(window.from);
    window.until = time(section, "until").unwrap_or(window.until);
    if window.until != Time::midnight() && window.until <= window.from {
        section.problem("until", "must be later than `from`");
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office() -> Window {
        let days = [true, true, true, true, true, false, false];
        let time = |hour| Time::new(hour, 0, 0, 0).expect("time");
        Window { days, from: time(8), until: time(18) }
    }

    #[test]
    fn opens_next_on_a_working_day() {
        let at = |text: &str| text.parse::<Timestamp>().expect("timestamp");
        let next =
            |now: &str| office().closed_until(at(now)).map(|next| Moment::from_timestamp(next).to_string());
        assert_eq!(next("2026-11-24T10:00:00+08:00"), None);
        assert_eq!(next("2026-11-24T07:59:59+08:00").as_deref(), Some("2026-11-24T08:00:00+08:00"));
        assert_eq!(next("2026-11-24T18:00:00+08:00").as_deref(), Some("2026-11-25T08:00:00+08:00"));
        assert_eq!(next("2026-11-27T19:00:00+08:00").as_deref(), Some("2026-11-30T08:00:00+08:00"));
        assert_eq!(Window::default().closed_until(at("2026-11-28T23:59:59+08:00")), None);
    }
}
