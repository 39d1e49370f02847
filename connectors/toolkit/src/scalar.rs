//! A wire value that comes as text in one version and as a number in another.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use chakong_contract::date::{self, Date, DateError, Moment};
use chakong_contract::placeholder::stated_code;

/// Numbers from nine digits on are milliseconds.
const SHORTEST_MILLIS: u64 = 100_000_000;

/// Whole numbers that are a day as eight digits.
const EARLIEST_DIGITS: i64 = 10_000_101;
const LATEST_DIGITS: i64 = 99_991_231;

/// A JSON value that is a text, a number, a flag or null; which of them differs by version and by counterpart.
///
/// An empty list or object is null. Any other is refused, so that the entry that holds it can be told as unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// Number.
    Number(serde_json::Number),
    /// Yes or no.
    Flag(bool),
    /// Null, or not there with `#[serde(default)]`.
    #[default]
    Null,
}

impl Scalar {
    /// The value as text without surrounding blanks; empty for null.
    pub fn text(&self) -> String {
        self.as_text().into_owned()
    }

    /// The value as text without surrounding blanks, where looking at it is enough; empty for null.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => text.trim().into(),
            Self::Number(number) => {
                whole(number).map_or_else(|| number.to_string(), |whole| whole.to_string()).into()
            }
            Self::Flag(true) => "true".into(),
            Self::Flag(false) => "false".into(),
            Self::Null => "".into(),
        }
    }

    /// The value as text without marks such as `<em>`, which vendors set around what matched.
    pub fn plain(&self) -> String {
        crate::marks::without_marks(&self.as_text()).trim().to_owned()
    }

    /// Whether there is no text but blanks.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Null => true,
            Self::Number(_) | Self::Flag(_) => false,
        }
    }

    /// A whole number, also from text, and from a floating-point number without a fraction (`1426608000000.0`, `1.4E12`).
    pub fn integer(&self) -> Option<i64> {
        if let Self::Number(number) = self
            && let Some(whole) = number.as_i64()
        {
            return Some(whole);
        }
        let text = self.as_text();
        text.parse().ok().or_else(|| {
            let number = chakong_contract::money::read_amount(&text).ok()??.normalize();
            // Separators are for amounts; a number that has them is none here.
            if number.scale() > 0 || text.contains(',') { None } else { i64::try_from(number).ok() }
        })
    }

    /// The code or number that the value states; `None` for a blank and for what stands in place of a code, such as `暂无`.
    pub fn code(&self) -> Option<String> {
        stated_code(&self.as_text()).map(str::to_owned)
    }

    /// The code of a fixed length that the value states, without marks, and without counting blanks and dashes; `None` for anything that cannot be such a code, as
    /// one that is masked.
    pub fn code_of(&self, length: usize) -> Option<String> {
        stated_code(&self.plain()).map(str::to_owned).filter(|code| {
            let folded = chakong_contract::id::folded_number(code);
            folded.len() == length && folded.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    }

    /// The text of a date as it stands; empty for a day that stands for none, such as `0001-01-01`.
    pub fn day_text(&self) -> String {
        if self.date() == Ok(None) { String::new() } else { self.text() }
    }

    /// A date: a date text in any form of [`date::read_date`], or milliseconds as of [`date::read_millis`], also as a
    /// floating-point number. Digits are milliseconds from nine on, except fourteen that can be read as `yyyyMMddHHmmss`.
    ///
    /// # Errors
    /// [`DateError`] for anything else; [`Scalar::text`] still gives the text.
    pub fn date(&self) -> Result<Option<Date>, DateError> {
        let text = self.as_text();
        let written = date::read_date(&text);
        if begins_with_a_year(&text) {
            return written;
        }
        match self.integer().or_else(|| whole_millis(&text)) {
            Some(_) if text.len() == 14 && written.is_ok() => written,
            // A day that passed through a floating-point number: `20150318.0`, `2.0150318E7`.
            Some(whole @ EARLIEST_DIGITS..=LATEST_DIGITS) if text.contains(['.', 'e', 'E']) => {
                date::read_date(&whole.to_string())
            }
            Some(millis) if text.len() >= 9 || millis.unsigned_abs() >= SHORTEST_MILLIS => {
                Ok(date::read_millis(millis).map(Moment::date))
            }
            _ => written,
        }
    }
}

/// A floating-point number without a fraction: a code that passed through one, `1.0`, is `1`.
fn whole(number: &serde_json::Number) -> Option<i64> {
    /// Up to here every whole number is one of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|_| number.is_f64())?;
    let is_whole = float.fract() == 0.0 && float.abs() < EXACT;
    is_whole.then(|| format!("{float:.0}").parse().ok()).flatten()
}

/// Whether a text begins as `2017-` or `2017/`, as no number does.
fn begins_with_a_year(text: &str) -> bool {
    let year = text.as_bytes().split_at_checked(4);
    year.is_some_and(|(year, rest)| year.iter().all(u8::is_ascii_digit) && matches!(rest, [b'-' | b'/', ..]))
}

/// The whole milliseconds of a number that has a fraction of one, and is too large for a day that is written as digits.
fn whole_millis(text: &str) -> Option<i64> {
    let number = chakong_contract::money::read_amount(text).ok()??;
    let whole = i64::try_from(number.trunc()).ok().filter(|_| !text.contains(','))?;
    (whole.unsigned_abs() >= SHORTEST_MILLIS).then_some(whole)
}

/// Reads a scalar as it comes. What serde derives for untagged enums buffers every value and tries one variant after the
/// other, which is most of the work of reading an answer.
impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

struct AnyScalar;

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false or null")
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(serde_json::Number::from_f64(number).map_or(Scalar::Null, Scalar::Number))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_none<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Scalar, A::Error> {
        match entries.next_element::<IgnoredAny>()? {
            None => Ok(Scalar::Null),
            Some(_) => Err(A::Error::custom("a list stands in place of a value")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Scalar, A::Error> {
        match members.next_entry::<IgnoredAny, IgnoredAny>()? {
            None => Ok(Scalar::Null),
            Some(_) => Err(A::Error::custom("an object stands in place of a value")),
        }
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Null } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(json: &str) -> Scalar {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn text_and_number_are_the_same() {
        for json in [
            "1492617600000",
            "\"1492617600000\"",
            "\"2017-04-20\"",
            "\"2017-04-20 00:00:00.0\"",
            "20170420",
            "\"2017/4/20\"",
            "20170420120000",
        ] {
            let date = scalar(json).date().expect(json).expect(json);
            assert_eq!(date.to_string(), "2017-04-20", "{json}");
        }
        assert_eq!((scalar("7").integer(), scalar("\" 7 \"").integer()), (Some(7), Some(7)));
    }

    #[test]
    fn milliseconds_may_be_floating_point() {
        for json in [
            "1577808000000.0",
            "1577808000000.5",
            "\"1577808000123.456\"",
            "\"1577808000000.0\"",
            "1.577808E12",
            "\"1.577808E12\"",
            "\"1577808000000.00\"",
        ] {
            let date = scalar(json).date().expect(json).expect(json);
            assert_eq!(date.to_string(), "2020-01-01", "{json}");
        }
        for (json, want) in [("12.0", Some(12)), ("\"3E2\"", Some(300)), ("1.5", None), ("\"1,000\"", None)] {
            assert_eq!(scalar(json).integer(), want, "{json}");
        }
        for absent in
            ["-62135596800000", "-62135596800000.0", "0", "\"0001-01-01T00:00:00Z\"", "\"1900-01-01\""]
        {
            assert_eq!(scalar(absent).date(), Ok(None), "{absent}");
        }
    }

    #[test]
    fn a_day_of_eight_digits_may_be_floating_point() {
        for json in [
            "20180922.0",
            "\"20180922.0\"",
            "2.0180922E7",
            "\"20180922.00\"",
            "\"2.0180922e+7\"",
            "\"20180922\"",
        ] {
            let date = scalar(json).date().expect(json).expect(json);
            assert_eq!(date.to_string(), "2018-09-22", "{json}");
        }
        assert_eq!(scalar("20181322.0").date(), Err(DateError), "there is no such month");
        assert_eq!(scalar("99991231.0").date(), Ok(None), "no end");
    }

    #[test]
    fn what_stands_for_a_code_is_none() {
        for json in ["\"暂无\"", "\"null\"", "\" \"", "\"/\"", "0", "null"] {
            assert_eq!(scalar(json).code(), None, "{json}");
        }
        assert_eq!(scalar("4403").code().as_deref(), Some("4403"));
        assert_eq!(scalar("\"<em>MADEM004</em>3\"").code_of(9).as_deref(), Some("MADEM0043"));
        for (json, text) in [("\"0001-01-01\"", ""), ("\"2016-08-31\"", "2016-08-31"), ("\"soon\"", "soon")] {
            assert_eq!(scalar(json).day_text(), text, "{json}");
        }
        assert_eq!(scalar("\"MADEM001-1\"").code_of(9).as_deref(), Some("MADEM001-1"));
        for json in ["\"9100****0112\"", "\"91000000MADEM0011\"", "\"正在更新中的统一社会信用代码请稍候\""]
        {
            assert_eq!(scalar(json).code_of(18), None, "{json}");
        }
    }

    #[test]
    fn no_end_is_none_and_nonsense_is_an_error() {
        // The second has fourteen digits and is no `yyyyMMddHHmmss`.
        for no_end in ["253402185600000", "95617555200000", "\"64029024000000\"", "\"9999-12-31\""] {
            assert_eq!(scalar(no_end).date(), Ok(None), "{no_end}");
        }
        assert_eq!(scalar("null").date(), Ok(None));
        assert_eq!(scalar("\"长期\"").date(), Err(DateError));
        assert_eq!(scalar("-86400000").date().expect("a date").expect("a date").to_string(), "1969-12-31");
    }

    #[test]
    fn an_empty_list_or_object_is_nothing_and_any_other_is_refused() {
        for nothing in ["[]", "{}"] {
            assert_eq!(scalar(nothing), Scalar::Null, "{nothing}");
        }
        for refused in ["[1]", "[null]", "{\"a\":1}"] {
            assert!(serde_json::from_str::<Scalar>(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_code_that_passed_through_a_floating_point_number_is_the_code() {
        for (json, text) in
            [("1.0", "1"), ("-3.0", "-3"), ("4400318.0", "4400318"), ("2E2", "200"), ("1.5", "1.5")]
        {
            assert_eq!(scalar(json).text(), text, "{json}");
        }
        assert_eq!(scalar("1.5E300").text(), "1.5e+300", "as it was told");
        assert_eq!(scalar("\"1.0\"").text(), "1.0", "a text is what was written");
    }
}
