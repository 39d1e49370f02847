//! Dates as the register writes them: the midnight of a place, in UTC.

use chakong_contract::Date;
use chakong_contract::date::{read_date, zone};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::zones::ZONES;

/// The last hour that the midnight of a place west of UTC can have; from the next half on it is one of a place in the east.
const WESTERN: Time = Time::constant(12, 0, 0, 0);
/// Offsets with which an instant of UTC is written.
const OF_UTC: &[&str] = &["Z", "z", "+00:00", "-00:00", "+0000", "-0000", "+00", "-00"];

/// The date that is meant; none, and the text kept, where it cannot be read.
pub(super) fn day(field: &str, value: &Scalar, jurisdiction: &str, gathered: &mut Gathered) -> Option<Date> {
    match local(&value.text(), jurisdiction) {
        Some(local) => read_date(&local.to_string()).ok().flatten(),
        None => gathered.date(field, value),
    }
}

/// The date of a text that may be a date or an instant; none where it is neither.
pub(super) fn local_day(text: &str, jurisdiction: &str) -> Option<Date> {
    local(text, jurisdiction).or_else(|| read_date(text).ok().flatten())
}

/// The date at the place of a jurisdiction; `None` for a text that is not an instant.
fn local(text: &str, jurisdiction: &str) -> Option<Date> {
    let text = text.trim();
    let instant: Timestamp = text.parse().ok()?;
    if !OF_UTC.iter().any(|utc| text.ends_with(utc)) {
        // The register states the place's own offset: its wall clock is written there.
        return text.get(..10)?.parse().ok();
    }
    let utc = TimeZone::UTC.to_datetime(instant);
    if utc.time() == Time::midnight() {
        // Some offices write a date without a zone so.
        return Some(utc.date());
    }
    let zones = zones(jurisdiction);
    if let Some(main) = zones.first() {
        // Of a country with several zones the one in which a day begins at the instant is meant.
        let place = zones.iter().find(|zone| begins_a_day(instant, zone)).unwrap_or(main);
        return Some(place.to_datetime(instant).date());
    }
    let is_midnight_somewhere = utc.second() == 0 && utc.minute() % 15 == 0;
    if is_midnight_somewhere && utc.time() > WESTERN { utc.date().tomorrow().ok() } else { Some(utc.date()) }
}

/// The zones of a country, the main one first. None for a country that is not known.
fn zones(jurisdiction: &str) -> Vec<TimeZone> {
    let country = jurisdiction.trim().get(..2).unwrap_or_default().to_ascii_uppercase();
    let names = ZONES.iter().find(|(known, _)| *known == country).map_or(&[][..], |(_, names)| names);
    names.iter().filter_map(|name| zone(name)).collect()
}

/// Whether a day of the place begins at an instant: at midnight, or where the clock skips it, at the first moment of the day.
fn begins_a_day(instant: Timestamp, zone: &TimeZone) -> bool {
    let there = instant.to_zoned(zone.clone());
    there.start_of_day().is_ok_and(|start| start.timestamp() == instant)
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
            // Written with the offset of UTC in figures.
            ("1999-08-31T16:00:00+00:00", "CN", "1999-09-01"),
            ("1999-08-31T15:00:00.000+00:00", "KR", "1999-09-01"),
            ("1999-08-31T16:00:00-00:00", "CN-44", "1999-09-01"),
            ("1999-09-01T04:00:00+00:00", "US-DE", "1999-09-01"),
            // Of the past the clock of that time counts: China's summer time of 1986 to 1991, Hong Kong's until 1979.
            ("1988-06-30T15:00:00Z", "CN", "1988-07-01"),
            ("1991-07-14T15:00:00Z", "CN", "1991-07-15"),
            ("1991-12-31T16:00:00Z", "CN", "1992-01-01"),
            ("1992-06-30T16:00:00Z", "CN", "1992-07-01"),
            ("1975-06-30T15:00:00Z", "HK", "1975-07-01"),
            ("1985-06-30T14:00:00Z", "RU", "1985-07-01"),
            ("1970-07-01T23:00:00Z", "GB", "1970-07-02"),
            ("1981-12-31T16:30:00Z", "SG", "1982-01-01"),
            // Of another office, an hour beside: still the day of the place.
            ("1988-06-30T16:00:00Z", "CN", "1988-07-01"),
            // Midnight does not exist where the clock is put forward at midnight.
            ("2013-10-20T03:00:00Z", "BR", "2013-10-20"),
            ("2016-03-17T22:00:00Z", "JO", "2016-03-18"),
            // Places of which no table of offsets was kept.
            ("2011-12-31T18:15:00Z", "NP", "2012-01-01"),
            ("2012-12-31T10:00:00Z", "WS", "2013-01-01"),
            ("2005-05-31T20:30:00Z", "IR", "2005-06-01"),
            ("2020-05-04T17:00:00Z", "MN", "2020-05-05"),
            ("2003-07-14T22:00:00Z", "ZA", "2003-07-15"),
            ("2003-07-15T03:00:00Z", "AR", "2003-07-15"),
            ("2003-07-14T20:00:00Z", "MU", "2003-07-15"),
            ("2015-04-30T18:00:00Z", "BD", "2015-05-01"),
            // A country that nobody knows: from noon on it is a midnight in the east.
            ("2015-04-30T18:00:00Z", "", "2015-05-01"),
            ("2015-05-01T05:00:00Z", "ZZ", "2015-05-01"),
            // In the middle of a day.
            ("2015-04-30T03:17:12Z", "CN", "2015-04-30"),
            ("2015-04-30T17:17:12Z", "CN", "2015-05-01"),
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
    fn every_country_has_a_zone_that_the_tables_know() {
        for (country, names) in ZONES {
            assert!(country.len() == 2 && !names.is_empty(), "{country}");
            assert!(names.iter().all(|name| zone(name).is_some()), "{country} {names:?}");
        }
        assert!(ZONES.is_sorted_by(|one, other| one.0 < other.0), "each country once");
        assert!(ZONES.len() > 245);
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
