//! Reading answers of the API for people: texts, amounts, times.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

use super::lang::Lang;

/// What stands at a place, as text; empty where nothing does.
pub fn text(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(yes)) => yes.to_string(),
        _ => String::new(),
    }
}

/// A number at a place; zero where there is none.
pub fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

/// A list at a place; empty where there is none.
pub fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether something stands at a place.
pub fn is_there(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).is_some_and(|found| !found.is_null())
}

/// An amount of money at a place, with its digits in groups; the currency is named where it is not yuan.
pub fn money(value: &Value, pointer: &str) -> String {
    let amount = text(value, &format!("{pointer}/amount"));
    if amount.is_empty() {
        return amount;
    }
    let currency = text(value, &format!("{pointer}/currency"));
    match currency.as_str() {
        "CNY" | "" => grouped(&amount),
        other => format!("{} {other}", grouped(&amount)),
    }
}

/// An amount that is worth showing: nothing where it is zero.
pub fn some(value: &Value, pointer: &str) -> String {
    let zero = text(value, &format!("{pointer}/amount")).parse::<f64>().is_ok_and(|amount| amount == 0.0);
    if zero { String::new() } else { money(value, pointer) }
}

/// An amount as it is shown everywhere: digits in groups of three before the point, and two or more behind it. What is no amount stays.
pub fn grouped(amount: &str) -> String {
    let (whole, fraction) = amount.split_once('.').map_or((amount, ""), |(whole, rest)| (whole, rest));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole.trim_start_matches('-')) || !are_digits(fraction) {
        return amount.to_owned();
    }
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{out}.{fraction:0<2}")
}

/// The instant at a place.
pub fn instant(value: &Value, pointer: &str) -> Option<Timestamp> {
    value.pointer(pointer)?.as_str()?.parse().ok()
}

/// An instant in Beijing time, to the minute.
pub fn beijing(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).strftime("%Y-%m-%d %H:%M").to_string()
}

/// An instant in Beijing time, to the second.
pub fn beijing_to_the_second(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The instant at a place in Beijing time; empty where there is none.
pub fn time(value: &Value, pointer: &str) -> String {
    instant(value, pointer).map(beijing).unwrap_or_default()
}

/// How long it is from one instant to another, in the largest unit that says enough.
pub fn how_long(from: Timestamp, to: Timestamp, lang: Lang) -> String {
    let seconds = to.duration_since(from).as_secs().unsigned_abs();
    let (count, zh, en) = match seconds {
        0..120 => (seconds, "秒", "s"),
        120..7200 => (seconds / 60, "分钟", "min"),
        7200..172_800 => (seconds / 3600, "小时", "h"),
        _ => (seconds / 86_400, "天", "d"),
    };
    format!("{count} {}", lang.t(zh, en))
}

/// How long ago, or in how long, an instant is; empty where there is none.
pub fn ago(at: Option<Timestamp>, now: Timestamp, lang: Lang) -> String {
    let Some(at) = at else { return String::new() };
    let length = how_long(at, now, lang);
    match (at <= now, lang) {
        (true, Lang::Zh) => format!("{length}前"),
        (true, Lang::En) => format!("{length} ago"),
        (false, Lang::Zh) => format!("{length}后"),
        (false, Lang::En) => format!("in {length}"),
    }
}

/// Milliseconds in words.
pub fn milliseconds(value: &Value, pointer: &str) -> String {
    let Some(ms) = value.pointer(pointer).and_then(Value::as_f64) else { return String::new() };
    if ms < 1000.0 { format!("{ms:.0} ms") } else { format!("{:.1} s", ms / 1000.0) }
}

/// A share from 0 to 1 in percent.
pub fn percent(value: &Value, pointer: &str) -> String {
    let share = value.pointer(pointer).and_then(Value::as_f64);
    share.map(|share| format!("{:.1}%", share * 100.0)).unwrap_or_default()
}

/// Bytes in words.
pub fn bytes(count: u64) -> String {
    match count {
        0..1024 => format!("{count} B"),
        1024..1_048_576 => format!("{} KB", count >> 10),
        1_048_576..1_073_741_824 => format!("{} MB", count >> 20),
        _ => format!("{} GB", count >> 30),
    }
}

/// At most so many characters.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_times_are_beijings() {
        assert_eq!(grouped("33670000.00"), "33,670,000.00");
        assert_eq!(grouped("-5988085.63"), "-5,988,085.63");
        for (amount, shown) in [("900000", "900,000.00"), ("900000.00", "900,000.00"), ("0", "0.00")] {
            assert_eq!(grouped(amount), shown, "one form for money");
        }
        assert_eq!((grouped("70.5"), grouped("0.125")), ("70.50".to_owned(), "0.125".to_owned()));
        assert_eq!((grouped(""), grouped("很多")), (String::new(), "很多".to_owned()));
        let value = serde_json::json!({ "m": { "amount": "1234.50", "currency": "USD" }, "at": "2026-01-05T16:30:00Z" });
        assert_eq!(money(&value, "/m"), "1,234.50 USD");
        assert_eq!(time(&value, "/at"), "2026-01-06 00:30");
        assert_eq!(money(&value, "/none"), "");
        let now = "2026-01-05T16:40:00Z".parse().expect("an instant");
        assert_eq!(ago(instant(&value, "/at"), now, Lang::Zh), "10 分钟前");
    }
}
