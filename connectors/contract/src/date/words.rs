//! Dates as programs write them that were not set up for China: with the name of the month, the year behind, or a clock of twelve hours.

/// Months of the year in English.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Days of the week; which one it is adds nothing.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Letters of a short name.
const SHORT: usize = 3;

/// What a text says: year, month, day and, where it has them, hour, minute and second.
///
/// Reads `Jan  1 1900 12:00AM` (SQL Server), `1/31/1900 12:00:00 AM` and `31/1/1900` (.NET), `31-JAN-1900` (Oracle),
/// `Wed Jan 31 00:00:00 CST 1900` (Java), `1900/1/31 星期三 上午 12:00:00`. `None` for anything else, and where day and month cannot be told
/// apart (`01/02/1900`). The year has four digits.
pub(super) fn numbers(text: &str) -> Option<Vec<i16>> {
    let mut said = Said::default();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        if word.contains(':') {
            said.time(word)?;
        } else {
            word.split(['-', '/', '.']).try_for_each(|piece| said.piece(piece))?;
        }
    }
    let mut numbers = said.date()?;
    if let Some(mut time) = said.time {
        if let Some(is_afternoon) = said.is_afternoon {
            let hour = time.first_mut().filter(|hour| (1..=12).contains(*hour))?;
            *hour = *hour % 12 + if is_afternoon { 12 } else { 0 };
        }
        numbers.extend(time);
    }
    Some(numbers)
}

/// The pieces of a text.
#[derive(Default)]
struct Said {
    month: Option<i16>,
    /// Numbers other than those of the time, and how many digits each has.
    numbers: Vec<(i16, usize)>,
    time: Option<Vec<i16>>,
    is_afternoon: Option<bool>,
}

impl Said {
    fn piece(&mut self, piece: &str) -> Option<()> {
        if piece.bytes().all(|byte| byte.is_ascii_digit()) {
            self.numbers.push((piece.parse().ok()?, piece.len()));
            return (self.numbers.len() <= 3).then_some(());
        }
        let word = piece.to_ascii_lowercase();
        let is_name = |name: &str| name.starts_with(&word) && word.len() >= SHORT;
        if let Some(at) = MONTHS.iter().position(|name| is_name(name)) {
            let month = i16::try_from(at + 1).ok()?;
            return self.month.replace(month).is_none().then_some(());
        }
        match word.as_str() {
            "am" | "上午" => self.is_afternoon = Some(false),
            "pm" | "下午" => self.is_afternoon = Some(true),
            "cst" => {}
            day if DAYS.iter().any(|name| is_name(name)) || is_day_of_the_week(day) => {}
            _ => return None,
        }
        Some(())
    }

    fn time(&mut self, word: &str) -> Option<()> {
        let digits_until = word.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.');
        let (clock, half) = word.split_at(digits_until.unwrap_or(word.len()));
        if !half.is_empty() {
            self.piece(half)?;
        }
        // Fractions of a second stand behind a dot or another colon.
        let clock = clock.split('.').next().unwrap_or_default();
        let time: Option<Vec<i16>> = clock.split(':').take(3).map(|part| part.parse().ok()).collect();
        self.time.replace(time?).is_none().then_some(())
    }

    /// Year, month and day.
    fn date(&self) -> Option<Vec<i16>> {
        let is_year = |(_, digits): &(i16, usize)| *digits == 4;
        let at = self.numbers.iter().position(is_year)?;
        let year = self.numbers.get(at)?.0;
        let others: Vec<i16> =
            self.numbers.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, one)| one.0).collect();
        let (month, day) = match (self.month, others.as_slice(), at) {
            (Some(month), [day], _) => (month, *day),
            (None, [month, day], 0) => (*month, *day),
            (None, [day, month], 2) if *day > 12 => (*month, *day),
            // The day 0 of spreadsheets.
            (None, [month, day], 2) if *day > 12 || day == month || *day == 0 => (*month, *day),
            (None, [0, month], 2) => (*month, 0),
            _ => return None,
        };
        Some(vec![year, month, day])
    }
}

/// 星期三, 周三.
fn is_day_of_the_week(word: &str) -> bool {
    let day = word.strip_prefix("星期").or_else(|| word.strip_prefix('周'));
    day.is_some_and(|day| day.chars().count() == 1 && "一二三四五六日天".contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_from_every_order_that_can_be_told() {
        for (text, want) in [
            ("Jan  1 1900 12:00AM", &[1900, 1, 1, 0, 0][..]),
            ("Mar 17 2015  3:04:05:067PM", &[2015, 3, 17, 15, 4, 5]),
            ("12/30/1899 12:00:00 AM", &[1899, 12, 30, 0, 0, 0]),
            ("30/12/1899", &[1899, 12, 30]),
            ("05/05/2019 12:07 pm", &[2019, 5, 5, 12, 7]),
            ("17-MAR-2015", &[2015, 3, 17]),
            ("17.03.2015", &[2015, 3, 17]),
            ("Tue Mar 17 03:04:05 CST 2015", &[2015, 3, 17, 3, 4, 5]),
            ("Tuesday, March 17, 2015", &[2015, 3, 17]),
            ("2015/3/17 星期二 下午 3:04:05", &[2015, 3, 17, 15, 4, 5]),
            ("2015/3/17 周二 9:08:07.000", &[2015, 3, 17, 9, 8, 7]),
            ("1/0/1900", &[1900, 1, 0]),
            ("00/01/1900", &[1900, 1, 0]),
        ] {
            assert_eq!(numbers(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn what_could_be_two_days_or_is_none_is_not_read() {
        for text in [
            "01/02/2019",
            "01/01/19",
            "17-MAR-15",
            "Mar Apr 2015 1",
            "Mar 2015",
            "1 2 3 2015",
            "2015/3/17 13:04 PM",
            "2015/3/17 0:04 AM",
            "2015/3/17 3:04 3:05",
            "2015/3/17 noon",
            "2015/3/17 星期八",
            "2015/3/17 a:b",
            "99999/1/1",
            "Ma 1 2015",
            "",
        ] {
            assert_eq!(numbers(text), None, "{text}");
        }
    }
}
