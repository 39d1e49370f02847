//! What a day may be: measured by the day in the number of the request, since a connector has no clock.

use chakong_contract::Date;
use chakong_contract::date::read_date;

/// Days around a request within which its answer comes; an order is long overdue by then.
const FARTHEST: i32 = 400;

/// The day in a request number: eight digits after two characters.
pub(super) fn request_day(number: &str) -> Option<Date> {
    let day = number.trim().get(2..10).filter(|day| day.bytes().all(|byte| byte.is_ascii_digit()))?;
    read_date(day).ok().flatten()
}

/// Whether a day lies so far from that of the request that no answer to it can mean it.
pub(super) fn is_far(day: Date, number: &str) -> bool {
    request_day(number)
        .and_then(|asked| day.since(asked).ok())
        .is_some_and(|span| span.get_days().abs() > FARTHEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_measured_by_that_of_the_request() {
        let day = |text: &str| text.parse::<Date>().expect(text);
        for number in ["A220270311990101200001", "CK20270311000000000042", " CK20270311731904000000000007"] {
            assert_eq!(request_day(number), Some(day("2027-03-11")), "{number}");
            assert!(!is_far(day("2027-03-11"), number) && !is_far(day("2028-01-15"), number));
            assert!(is_far(day("2041-06-01"), number) && is_far(day("2019-06-01"), number));
        }
        for foreign in ["", "A2", "A2202703", "A2自2027031", "A220271311990101200001"] {
            assert_eq!(request_day(foreign), None, "{foreign}");
            assert!(!is_far(day("2041-06-01"), foreign), "{foreign}");
        }
    }
}
