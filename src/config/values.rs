//! Values of settings, read from TOML with a message that says what to write.

use std::net::SocketAddr;
use std::time::Duration;

use chakong_contract::Date;
use toml::de::DeValue;

/// A type that a setting can have. The error reads after the setting's name.
pub(super) trait FromValue: Sized {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String>;
}

fn expected<T>(what: &str, value: &DeValue<'_>) -> Result<T, String> {
    Err(format!("must be {what}, not {}", value.type_str()))
}

impl FromValue for String {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        match value.as_str() {
            Some(text) if text.len() <= 4096 => Ok(text.to_owned()),
            Some(_) => Err("may have at most 4096 bytes".into()),
            None => expected("text in quotes", value),
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        value.as_bool().map_or_else(|| expected("true or false", value), Ok)
    }
}

impl FromValue for i64 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        let number = value.as_integer().and_then(|n| Self::from_str_radix(n.as_str(), n.radix()).ok());
        number.map_or_else(|| expected("a whole number", value), Ok)
    }
}

impl FromValue for f64 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        let text = value.as_float().map(|f| f.as_str()).or_else(|| value.as_integer().map(|n| n.as_str()));
        let number = text.and_then(|text| text.parse().ok()).filter(|number: &Self| number.is_finite());
        number.map_or_else(|| expected("a number", value), Ok)
    }
}

impl FromValue for u64 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        Self::try_from(i64::from_value(value)?).map_err(|_| "cannot be negative".to_owned())
    }
}

impl FromValue for u32 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        Self::try_from(u64::from_value(value)?).map_err(|_| "is too large".to_owned())
    }
}

impl FromValue for Duration {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        let hint = "must be a length of time such as \"30s\", \"10m\", \"24h\" or \"30d\"";
        let text = value.as_str().ok_or(hint)?;
        let (text, days) = match text.strip_suffix('d') {
            Some(days) => (format!("{days}h"), true),
            None => (text.to_owned(), false),
        };
        let parsed: jiff::SignedDuration = text.parse().map_err(|_| hint)?;
        let parsed = Self::try_from(parsed).map_err(|_| hint)?;
        Ok(if days { parsed.saturating_mul(24) } else { parsed })
    }
}

impl FromValue for Date {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        let hint = "must be a date such as 2026-12-31 or \"2026-12-31\"";
        let text = match value {
            DeValue::Datetime(date) => date.to_string(),
            other => other.as_str().ok_or(hint)?.to_owned(),
        };
        text.parse().map_err(|_| hint.to_owned())
    }
}

impl FromValue for SocketAddr {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        let text = value.as_str().unwrap_or_default();
        text.parse().map_err(|_| "must be an address with a port, such as \"127.0.0.1:8080\"".to_owned())
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: &DeValue<'_>) -> Result<Self, String> {
        match value.as_array() {
            Some(array) => array.iter().map(|item| T::from_value(item.get_ref())).collect(),
            None => expected("a list in brackets", value),
        }
    }
}

/// A value within bounds.
pub(super) fn within<T: PartialOrd + std::fmt::Debug + Copy>(value: T, low: T, high: T) -> Result<T, String> {
    if value >= low && value <= high {
        Ok(value)
    } else {
        Err(format!("must lie between {low:?} and {high:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        let read = |text: &str| Duration::from_value(&DeValue::String(text.into()));
        assert_eq!(read("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(read("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(read("24h"), Ok(Duration::from_secs(86400)));
        assert_eq!(read("30d"), Ok(Duration::from_secs(30 * 86400)));
        for bad in ["", "30", "-5s", "soon"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
