//! Money: decimal amounts with an ISO 4217 currency, never floating point.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::travels_as_text;

/// An amount in a currency. For Chinese yuan the unit is 元; a wire that counts in 万元 is converted by its connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Decimal amount in the currency's main unit, as text: `"3340000.00"`.
    #[serde(with = "rust_decimal::serde::str")]
    #[schemars(with = "String")]
    pub amount: Decimal,
    /// ISO 4217 letters, or null where the source named none or one that is not known.
    #[serde(default)]
    pub currency: Option<Currency>,
}

impl Money {
    /// An amount of Chinese yuan.
    pub const fn yuan(amount: Decimal) -> Self {
        Self { amount, currency: Some(Currency::CNY) }
    }

    /// Whether the currency is known to be Chinese yuan.
    pub fn is_yuan(&self) -> bool {
        self.currency == Some(Currency::CNY)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.currency {
            Some(currency) => write!(f, "{} {currency}", self.amount),
            None => write!(f, "{} (currency unknown)", self.amount),
        }
    }
}

/// An ISO 4217 currency code: three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// The text is not three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a currency is three letters of ISO 4217, such as CNY")]
pub struct CurrencyError;

/// Numeric and Chinese spellings that counterparts use, by letters. Anything else stays unknown.
const SPELLINGS: &[(&str, &str, &[&str])] = &[
    ("CNY", "156", &["人民币", "人民币元", "RMB"]),
    ("USD", "840", &["美元"]),
    ("EUR", "978", &["欧元"]),
    ("HKD", "344", &["港元", "港币"]),
    ("MOP", "446", &["澳门元", "澳门币"]),
    ("TWD", "901", &["新台币", "台币"]),
    ("JPY", "392", &["日元"]),
    ("GBP", "826", &["英镑"]),
    ("AUD", "036", &["澳元", "澳大利亚元"]),
    ("CAD", "124", &["加元", "加拿大元"]),
    ("CHF", "756", &["瑞士法郎"]),
    ("SGD", "702", &["新加坡元"]),
    ("KRW", "410", &["韩元"]),
    ("RUB", "643", &["卢布", "俄罗斯卢布"]),
    ("THB", "764", &["泰铢"]),
];

impl Currency {
    /// Chinese yuan 人民币.
    pub const CNY: Self = Self(*b"CNY");

    /// Reads what counterparts write: ISO letters, ISO numbers or a Chinese name. `None` when it is not known.
    pub fn from_wire(text: &str) -> Option<Self> {
        let text = text.trim();
        SPELLINGS
            .iter()
            .find(|(letters, number, names)| {
                text.eq_ignore_ascii_case(letters) || text == *number || names.contains(&text)
            })
            .and_then(|(letters, ..)| letters.parse().ok())
    }

    /// ISO 4217 number, for wires that use it; `None` for a currency outside the table.
    pub fn number(&self) -> Option<&'static str> {
        SPELLINGS.iter().find(|(letters, ..)| letters.as_bytes() == self.0).map(|(_, number, _)| *number)
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| CurrencyError)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(CurrencyError) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

travels_as_text!(Currency, "Currency", "ISO 4217 letters", Some("^[A-Z]{3}$"));

/// A text that is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount: digits with an optional decimal point and thousands separators are expected")]
pub struct AmountError;

/// Reads an amount as counterparts write it: `100.00`, `1,000.00`, full-width digits, a leading sign; blank is `None`.
///
/// # Errors
/// [`AmountError`] for anything else. The text is not repeated.
pub fn read_amount(text: &str) -> Result<Option<Decimal>, AmountError> {
    let text = crate::id::clean(text);
    let text = text.trim_start_matches(['¥', '￥']);
    if text.is_empty() {
        return Ok(None);
    }
    if let Some((whole, _)) = text.split_once(',') {
        let groups_fit =
            text.split('.').next().unwrap_or_default().split(',').skip(1).all(|group| group.len() == 3);
        if !groups_fit || whole.trim_start_matches(['-', '+']).len() > 3 {
            return Err(AmountError);
        }
    }
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    Decimal::from_str_exact(&plain).map(Some).map_err(|_| AmountError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_amounts_as_they_come() {
        let read = |text| read_amount(text).expect(text).map(|amount| amount.to_string());
        assert_eq!(read("1,000.00").as_deref(), Some("1000.00"));
        assert_eq!(read("12,345,678.90").as_deref(), Some("12345678.90"));
        assert_eq!(read("  "), None);
        assert_eq!(read("-5,988,085.63").as_deref(), Some("-5988085.63"));
        assert_eq!(read("１００.50").as_deref(), Some("100.50"));
        for bad in ["abc", "1,00.00", "1000,000", "1.2.3", "1e5", "--1"] {
            assert_eq!(read_amount(bad), Err(AmountError), "{bad}");
        }
    }

    #[test]
    fn currencies_are_read_from_letters_numbers_and_names() {
        assert_eq!(Currency::from_wire("156"), Some(Currency::CNY));
        assert_eq!(Currency::from_wire("人民币"), Some(Currency::CNY));
        assert_eq!(Currency::from_wire("usd").map(|c| c.to_string()).as_deref(), Some("USD"));
        assert_eq!(Currency::from_wire("999"), None);
    }

    #[test]
    fn money_is_text_in_json() {
        let money = Money::yuan(Decimal::new(334_000_000, 2));
        let json = serde_json::to_string(&money).expect("serialises");
        assert_eq!(json, r#"{"amount":"3340000.00","currency":"CNY"}"#);
        assert!(serde_json::from_str::<Money>(r#"{"amount":1.5,"currency":"CNY"}"#).is_err());
    }
}
