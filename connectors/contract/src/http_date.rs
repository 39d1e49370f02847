//! Dates of HTTP headers: the three forms that a recipient must read (RFC 9110 section 5.6.7).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

/// Two digits of a year below this are of this century, as RFC 9110 means it for dates that lie near.
const NEXT_CENTURY: i16 = 70;

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` (RFC 850) and `Sun Nov  6 08:49:37 1994` (asctime).
/// The name of the day is not compared. `None` for anything else.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    usual(text).or_else(|| rfc_850(text)).or_else(|| asctime(text))
}

fn usual(text: &str) -> Option<Timestamp> {
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(text).ok()
}

fn rfc_850(text: &str) -> Option<Timestamp> {
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ').filter(|part| !part.is_empty());
    let (date, time, zone) = (parts.next()?, parts.next()?, parts.next()?);
    let mut date = date.split('-');
    let (day, month, year) = (date.next()?, date.next()?, date.next()?);
    let is_whole = zone == "GMT" && parts.next().is_none() && date.next().is_none() && year.len() == 2;
    let year: i16 = year.parse().ok().filter(|_| is_whole)?;
    let century = if year < NEXT_CENTURY { 2000 } else { 1900 };
    instant(century + year, month, day, time)
}

fn asctime(text: &str) -> Option<Timestamp> {
    let mut parts = text.split(' ').filter(|part| !part.is_empty()).skip(1);
    let (month, day, time) = (parts.next()?, parts.next()?, parts.next()?);
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    if parts.next().is_some() { None } else { instant(year, month, day, time) }
}

fn instant(year: i16, month: &str, day: &str, time: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = i8::try_from(MONTHS.iter().position(|known| *known == month)? + 1).ok()?;
    let mut time = time.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    let at = DateTime::new(year, month, day.parse().ok()?, hour, minute, second, 0).ok()?;
    TimeZone::UTC.to_timestamp(at).ok().filter(|_| time.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_are_one_instant() {
        let at: Timestamp = "2031-02-03T04:05:06Z".parse().expect("an instant");
        for text in
            ["Mon, 03 Feb 2031 04:05:06 GMT", "Monday, 03-Feb-31 04:05:06 GMT", "Mon Feb  3 04:05:06 2031"]
        {
            assert_eq!(read(text), Some(at), "{text}");
        }
        let before = "1994-11-06T08:49:37Z".parse().ok();
        assert_eq!(read("Sunday, 06-Nov-94 08:49:37 GMT"), before);
    }

    #[test]
    fn the_name_of_the_day_is_not_compared() {
        let at: Timestamp = "2031-02-03T04:05:06Z".parse().expect("an instant");
        for text in
            ["Thu, 03 Feb 2031 04:05:06 GMT", "Sunday, 03-Feb-31 04:05:06 GMT", "Sat Feb  3 04:05:06 2031"]
        {
            assert_eq!(read(text), Some(at), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "soon",
            "Monday, 03-Feb-31 04:05:06",
            "Monday, 03-Feb-31 04:05:06 CET",
            "Monday, 31-Feb-31 04:05:06 GMT",
            "Mon Foo  3 04:05:06 2031",
            "Mon Feb  3 04:05 2031",
            "Mon Feb  3 04:05:06 31",
            "Mon Feb  3 24:05:06 2031",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
