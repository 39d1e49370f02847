use chakong_contract::Moment;
use chakong_toolkit::script::part;
use jiff::civil::{Time, Weekday};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::holdings::{Everyone, Holder};
use super::population::Population;
use super::queue::WaitingTerms;

/// What a script says of the register. The line's own keys stand beside these in the same object. `README.md` shows one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Script {
    pub(crate) holders: Vec<Holder>,
    pub(crate) everyone: Option<Everyone>,
    pub(crate) seed: u64,
    pub(crate) population: Option<Population>,
    pub(crate) office_hours: Option<OfficeHours>,
    pub(crate) manual_review: Option<Review>,
    /// Seizures of others that are lifted.
    pub(crate) lifted: Vec<Scripted>,
    /// Units whose title is registered.
    pub(crate) titled: Vec<Scripted>,
    pub(crate) waiting_terms: WaitingTerms,
    /// A renewal is a record of its own, and not a new end of what it renews.
    pub(crate) renewals_as_records: bool,
    /// Hands a result in again when a case is entered and when a waiting seizure becomes effective. Those known do not.
    pub(crate) tells_what_follows: bool,
    #[serde(rename = "traps")]
    pub(crate) quirks: Vec<Quirk>,
}

const KEYS: [&str; 12] = [
    "holders",
    "everyone",
    "seed",
    "population",
    "office_hours",
    "manual_review",
    "lifted",
    "titled",
    "waiting_terms",
    "renewals_as_records",
    "tells_what_follows",
    "traps",
];

impl Script {
    /// Parts a script into the register's and the line's own.
    ///
    /// # Errors
    /// When a key of either is unknown or has another form.
    pub(crate) fn part<T: DeserializeOwned>(script: &Value) -> Result<(Self, T), serde_json::Error> {
        part(script, &KEYS)
    }
}

/// A person looks at each case before it is entered: accepted first, entered or declined later.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Review {
    /// After so many of the registry's rounds, or of the calls that it answered.
    pub(crate) takes_polls: u32,
    /// After so many minutes as well.
    pub(crate) takes_minutes: u32,
    /// Most cases decided in one round; all that are ready without.
    pub(crate) at_once: Option<usize>,
    /// The first so many are declined.
    pub(crate) declines: u32,
}

/// Something that happens to a unit by itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Scripted {
    pub(crate) unit: String,
    /// Document number of the seizure; the one that holds the unit without.
    pub(crate) document: String,
    /// After so many polls: of a seizure that is lifted since one over this line waits behind it, of a title since the beginning.
    pub(crate) after_polls: u32,
    /// At this time, whoever waits.
    pub(crate) at: Option<Moment>,
}

/// What a register does that trips up its readers (protocol section 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Quirk {
    /// Every case has the number of the first, whatever the unit.
    EqualSeizureNumbers,
    /// Of several properties in one request only the last is entered; all are answered as if they were.
    BooksOnlyLast,
    /// Only the first owner of co-owned property is listed.
    MissingCoOwner,
    /// A literal in place of each unit number.
    UnitNotFound,
    /// Dates in three forms by turns.
    MixedDates,
    /// Days that no calendar has.
    WrongDates,
    /// The local code 11 for a seizure.
    LocalCodes,
    /// A renewal has the code of a waiting seizure.
    RenewalAsWaiting,
    /// Amounts in the other unit than agreed.
    OtherUnit,
    /// Amounts with their unit behind them.
    AmountsInWords,
    /// A clerk has to change the kind of a waiting seizure when it becomes effective, and does not.
    KindsStay,
    /// Lifted and lapsed seizures are sent as well, with the day of their end.
    SendsHistory,
}

/// When people work: `08:00-18:00 Mon-Fri`, Asia/Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct OfficeHours {
    from: Time,
    until: Time,
    first: Weekday,
    last: Weekday,
}

impl OfficeHours {
    /// Whether people work.
    pub(crate) fn are_now(self, now: Moment) -> bool {
        let wall = now.wall();
        let day = |weekday: Weekday| weekday.to_monday_zero_offset();
        (self.from..self.until).contains(&wall.time())
            && (day(self.first)..=day(self.last)).contains(&day(wall.date().weekday()))
    }
}

const WEEK: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Monday),
    ("Tue", Weekday::Tuesday),
    ("Wed", Weekday::Wednesday),
    ("Thu", Weekday::Thursday),
    ("Fri", Weekday::Friday),
    ("Sat", Weekday::Saturday),
    ("Sun", Weekday::Sunday),
];

impl TryFrom<String> for OfficeHours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not hours such as 08:00-18:00 Mon-Fri");
        let parsed = || {
            let (hours, days) = text.split_once(' ')?;
            let (from, until) = hours.split_once('-')?;
            let (first, last) = days.split_once('-')?;
            let time = |text: &str| text.parse::<Time>().ok();
            let day = |text: &str| WEEK.iter().find(|(name, _)| *name == text).map(|(_, day)| *day);
            Some(Self { from: time(from)?, until: time(until)?, first: day(first)?, last: day(last)? })
        };
        parsed().ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().expect("a moment")
    }

    #[test]
    fn people_work_by_the_hours_of_the_script() {
        let hours = OfficeHours::try_from("08:00-18:00 Mon-Fri".to_owned()).expect("hours");
        assert!(hours.are_now(at("2026-01-05T08:00:00+08:00")), "a Monday");
        assert!(
            !hours.are_now(at("2026-01-05T18:00:00+08:00"))
                && !hours.are_now(at("2026-01-05T07:59:59+08:00"))
        );
        assert!(!hours.are_now(at("2026-01-10T10:00:00+08:00")), "a Saturday");
        for bad in ["", "08:00-18:00", "8-18 Mon-Fri", "08:00-18:00 Mo-Fr"] {
            assert!(OfficeHours::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_of_nobody_are_refused_wherever_they_stand() {
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Line {
            poll_ms: u64,
        }
        let part = |script: &str| {
            let parted = Script::part::<Line>(&serde_json::from_str(script).expect("JSON"));
            parted.map(|(script, line)| (script.seed, line.poll_ms)).map_err(|error| error.to_string())
        };
        assert_eq!(part(r#"{"seed": 7, "poll_ms": 20}"#), Ok((7, 20)));
        assert!(part(r#"{"sead": 7}"#).is_err_and(|why| why.contains("sead")));
        assert!(part(r#"{"population": {"peeple": 1}}"#).is_err_and(|why| why.contains("peeple")));
        assert!(part("3").is_err());
    }
}
