//! Dates as the register writes them: the midnight of a place, in UTC.

use chakong_contract::Date;
use chakong_contract::date::read_date;
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::Offset;

/// Offsets from UTC in minutes by country, the usual one first, then that of summer and those of its other parts. Countries that are not here lie
/// between UTC−12 and UTC+12 and are read by the midnight alone.
const OFFSETS: &[(&str, &[i32])] = &[
    ("AE", &[240]),
    ("AU", &[600, 660, 570, 630, 480, 525]),
    ("BR", &[-180, -240, -120]),
    ("CA", &[-300, -240, -480, -420, -360, -180, -210, -150]),
    ("CN", &[480]),
    ("FJ", &[720, 780]),
    ("GB", &[0, 60]),
    ("HK", &[480]),
    ("ID", &[420, 480, 540]),
    ("IN", &[330]),
    ("JP", &[540]),
    ("KI", &[720, 780, 840]),
    ("KR", &[540]),
    ("MO", &[480]),
    ("MY", &[480]),
    ("NZ", &[720, 780]),
    ("PH", &[480]),
    ("RU", &[180, 240, 120, 300, 360, 420, 480, 540, 600, 660, 720]),
    ("SA", &[180]),
    ("SG", &[480]),
    ("TH", &[420]),
    ("TO", &[780]),
    ("TW", &[480]),
    ("US", &[-300, -240, -360, -420, -480, -540, -600]),
    ("VN", &[420]),
    ("WS", &[780, 840]),
];

/// The last hour that the midnight of a place west of UTC can have; from the next half on it is one of a place in the east.
const WESTERN: Time = Time::constant(12, 0, 0, 0);

/// The date that is meant; none, and the text kept, where it cannot be read.
pub(super) fn day(field: &str, value: &Scalar, jurisdiction: &str, gathered: &mut Gathered) -> Option<Date> {
    match local(&value.text(), jurisdiction) {
        Some(local) => read_date(&local.to_string()).ok().flatten(),
        None => gathered.date(field, value),
    }
}

/// The date at the place of a jurisdiction; `None` for a text that is not an instant.
fn local(text: &str, jurisdiction: &str) -> Option<Date> {
    let instant: Timestamp = text.parse().ok()?;
    if !text.ends_with(['Z', 'z']) {
        // The register states the place's own offset: its wall clock is written there.
        return text.get(..10)?.parse().ok();
    }
    let at = |minutes: i32| {
        let offset = Offset::from_seconds(minutes.checked_mul(60)?).ok()?;
        Some(offset.to_datetime(instant))
    };
    let utc = at(0)?;
    if utc.time() == Time::midnight() {
        // Some offices write a date without a zone so.
        return Some(utc.date());
    }
    let country = jurisdiction.get(..2).unwrap_or_default().to_ascii_uppercase();
    let known = OFFSETS.iter().find(|(known, _)| *known == country).map(|(_, offsets)| *offsets);
    if let Some(offsets) = known {
        let midnight =
            offsets.iter().filter_map(|minutes| at(*minutes)).find(|wall| wall.time() == Time::midnight());
        return midnight.or_else(|| at(*offsets.first()?)).map(|wall| wall.date());
    }
    let is_midnight_somewhere = utc.second() == 0 && utc.minute() % 15 == 0;
    if is_midnight_somewhere && utc.time() > WESTERN { utc.date().tomorrow().ok() } else { Some(utc.date()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::field;

    #[test]
    fn a_midnight_is_that_of_its_place() {
        for (text, jurisdiction, want) in [
            ("1999-08-31T16:00:00Z", "CN", "1999-09-01"),
            ("1999-08-31T15:00:00Z", "JP", "1999-09-01"),
            ("1999-08-31T12:00:00Z", "NZ", "1999-09-01"),
            ("1999-12-31T11:00:00Z", "NZ", "2000-01-01"),
            ("1999-08-31T14:00:00Z", "AU", "1999-09-01"),
            ("1999-08-31T18:30:00Z", "IN", "1999-09-01"),
            ("1999-09-01T04:00:00Z", "US-DE", "1999-09-01"),
            ("1999-09-01T07:00:00Z", "US-CA", "1999-09-01"),
            ("1999-09-01T00:00:00Z", "US-NY", "1999-09-01"),
            ("1999-08-31T22:00:00Z", "DE", "1999-09-01"),
            ("1999-09-01T00:00:00Z", "FR", "1999-09-01"),
            ("1999-08-31T23:00:00Z", "GB", "1999-09-01"),
            ("1999-09-01T00:00:00+12:00", "FJ", "1999-09-01"),
            ("1999-09-01T00:00:00-10:00", "US-HI", "1999-09-01"),
        ] {
            assert_eq!(
                local(text, jurisdiction).map(|day| day.to_string()).as_deref(),
                Some(want),
                "{text} {jurisdiction}"
            );
        }
        assert_eq!(local("1999-09-01", "CN"), None, "a date has no zone");
    }

    #[test]
    fn a_day_that_stands_for_none_is_none() {
        let mut gathered = Gathered::default();
        for text in ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "1900-01-01", ""]
        {
            assert_eq!(day(field::CREATION_DATE, &text.into(), "DE", &mut gathered), None, "{text}");
        }
        assert_eq!(gathered.unknown, []);
        assert_eq!(day(field::CREATION_DATE, &"soon".into(), "DE", &mut gathered), None);
        assert_eq!(gathered.unknown.len(), 1);
    }
}
