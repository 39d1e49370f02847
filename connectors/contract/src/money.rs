//! Money: decimal amounts with an ISO 4217 currency, never floating point.

mod residue;

pub use residue::without_residue;

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::travels_as_text;

/// Most digits of a decimal on either side of the point.
const MOST_DIGITS: u32 = 28;

/// The largest amount that a counterpart can mean, 10¹⁵: more than all deposits of the country are in yuan.
const MOST_PLAUSIBLE: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);

/// An amount in a currency. For Chinese yuan the unit is 元; a wire that counts in 万元 is converted by its connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Decimal amount in the currency's main unit, as text: `"3340000.00"`.
    #[serde(with = "plain")]
    #[schemars(regex(pattern = r"^-?[0-9]+(\.[0-9]+)?$"), with = "String")]
    pub amount: Decimal,
    /// ISO 4217 letters, or null where the source named none or one that is not known.
    #[serde(default)]
    pub currency: Option<Currency>,
}

/// A number that is no amount, such as a rate: plain decimal text in JSON, as amounts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlainDecimal(#[serde(with = "plain")] pub Decimal);

/// The amount; a zero without a sign: what two equal amounts leave is nothing, never less than nothing.
pub fn unsigned_zero(amount: Decimal) -> Decimal {
    if amount.is_zero() { amount.abs() } else { amount }
}

/// Amounts in JSON: plain decimal text, without exponents, signs of plus or separators, so that nobody reads another number.
mod plain {
    use rust_decimal::Decimal;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&crate::money::unsigned_zero(*amount))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        read(&std::borrow::Cow::<'de, str>::deserialize(deserializer)?)
    }

    fn read<E: serde::de::Error>(text: &str) -> Result<Decimal, E> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_plain =
            [whole, part].iter().all(|one| !one.is_empty() && one.bytes().all(|b| b.is_ascii_digit()));
        let read = text.parse().ok().filter(|_| is_plain);
        read.ok_or_else(|| {
            E::custom(
                "金额、汇率应为数字，如 1000.00，不用科学记数法 an amount or a rate is plain decimal text such as \"1000.00\", without an exponent",
            )
        })
    }
}

impl Money {
    /// An amount of Chinese yuan.
    pub const fn yuan(amount: Decimal) -> Self {
        Self { amount, currency: Some(Currency::CNY) }
    }

    /// Whether the amount is one that a counterpart can mean: at most 10¹⁵ of the unit, either way.
    pub fn is_plausible(&self) -> bool {
        self.amount.abs() <= MOST_PLAUSIBLE
    }

    /// Whether the amount is a whole number of the currency's smallest units: no fraction of a fen.
    pub fn is_whole_units(&self) -> bool {
        self.amount.normalize().scale() <= self.currency.map_or(2, |currency| currency.decimals())
    }

    /// The amount without what is finer than the currency's smallest unit.
    #[must_use]
    pub fn to_whole_units(self) -> Self {
        let decimals = self.currency.map_or(2, |currency| currency.decimals());
        let amount = self.amount.round_dp_with_strategy(decimals, RoundingStrategy::ToZero);
        Self { amount, ..self }
    }

    /// The amount in whole units of its currency, where it is off by no more than calculating in binary fractions leaves over; whoever
    /// takes it says that it was rounded. `None` for an amount that needs no rounding or bears none.
    pub fn without_residue(&self) -> Option<Self> {
        let decimals = self.currency.map_or(2, |currency| currency.decimals());
        without_residue(self.amount, decimals).map(|amount| Self { amount, ..*self })
    }

    /// Whether the currency is known to be Chinese yuan.
    pub fn is_yuan(&self) -> bool {
        self.currency == Some(Currency::CNY)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = unsigned_zero(self.amount);
        match self.currency {
            Some(currency) => write!(f, "{amount} {currency}"),
            None => write!(f, "{amount} (currency unknown)"),
        }
    }
}

/// An ISO 4217 currency code: three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// The text is not three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("币种应为三个字母（ISO 4217），如 CNY a currency is three letters of ISO 4217, such as CNY")]
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
        let text = crate::id::error::clean(text);
        SPELLINGS
            .iter()
            .find(|(letters, number, names)| {
                text == *letters || text == *number || names.contains(&text.as_str())
            })
            .and_then(|(letters, ..)| letters.parse().ok())
    }

    /// Decimals of the currency's smallest unit (ISO 4217 "minor unit"): 2 for yuan, 0 for yen.
    pub fn decimals(&self) -> u32 {
        const NONE: [&[u8; 3]; 8] = [b"JPY", b"KRW", b"VND", b"CLP", b"ISK", b"PYG", b"UGX", b"XAF"];
        const THREE: [&[u8; 3]; 7] = [b"BHD", b"IQD", b"JOD", b"KWD", b"LYD", b"OMR", b"TND"];
        match &self.0 {
            code if NONE.contains(&code) => 0,
            code if THREE.contains(&code) => 3,
            _ => 2,
        }
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
#[error(
    "not an amount: digits with an optional decimal point, thousands separators or an exponent are expected"
)]
pub struct AmountError;

/// Reads an amount as counterparts write it: `100.00`, `1,000.00`, full-width digits, a leading sign, and scientific
/// notation as Java and .NET print large numbers (`1.0E7`, `1E+16`). Blank is `None`, as is a placeholder such as `-` or `null`. Decimals
/// beyond the 28th, as programs write them of binary fractions, are rounded; see [`without_residue`] for what else they leave over.
///
/// # Errors
/// [`AmountError`] for anything else. The text is not repeated.
pub fn read_amount(text: &str) -> Result<Option<Decimal>, AmountError> {
    let text = crate::id::error::clean(text);
    let text = text.trim_start_matches(['¥', '￥']);
    if text.is_empty() || crate::placeholder::is_placeholder(text) {
        return Ok(None);
    }
    let read = match text.split_once('E') {
        Some((number, exponent)) => scientific(number, exponent)?,
        None => plain(text)?,
    };
    Ok(Some(unsigned_zero(read)))
}

/// An amount without an exponent.
fn plain(text: &str) -> Result<Decimal, AmountError> {
    if let Some((whole, _)) = text.split_once(',') {
        let groups_fit =
            text.split('.').next().unwrap_or_default().split(',').skip(1).all(|group| group.len() == 3);
        if !groups_fit || whole.trim_start_matches(['-', '+']).len() > 3 {
            return Err(AmountError);
        }
    }
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    // An underscore parts digits in programs, and nothing in an amount.
    if plain.contains('_') {
        return Err(AmountError);
    }
    match Decimal::from_str_exact(&plain) {
        Err(rust_decimal::Error::Underflow) => plain.parse().map_err(|_| AmountError),
        read => read.map_err(|_| AmountError),
    }
}

/// A number with a power of ten, exactly; one that does not fit a decimal is no amount.
fn scientific(number: &str, exponent: &str) -> Result<Decimal, AmountError> {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    let exponent: i32 = exponent.parse().map_err(|_| AmountError)?;
    if !number.chars().all(is_number) || exponent.unsigned_abs() > MOST_DIGITS {
        return Err(AmountError);
    }
    let mut amount = plain(number)?.normalize();
    // Shift the point first, which loses nothing; then add zeros, or refuse to drop digits.
    let scale = i64::from(amount.scale()) - i64::from(exponent);
    let (scale, zeros) = (scale.max(0), (-scale).max(0));
    let beyond = u32::try_from(scale - i64::from(MOST_DIGITS)).unwrap_or(0);
    if beyond > 0 {
        // The last decimals of a number far below every unit.
        let most = amount.scale().saturating_sub(beyond);
        return scientific_part(amount, most, exponent);
    }
    amount.set_scale(u32::try_from(scale).map_err(|_| AmountError)?).map_err(|_| AmountError)?;
    let factor = (0..zeros).try_fold(Decimal::ONE, |factor, _| factor.checked_mul(Decimal::TEN));
    factor.and_then(|factor| amount.checked_mul(factor)).map(|amount| amount.normalize()).ok_or(AmountError)
}

/// The first decimals of a number, shifted; what lies beyond the 28th is rounded.
fn scientific_part(amount: Decimal, decimals: u32, exponent: i32) -> Result<Decimal, AmountError> {
    let mut part = amount.round_dp(decimals);
    let scale = i64::from(part.scale()) - i64::from(exponent);
    part.set_scale(u32::try_from(scale).map_err(|_| AmountError)?).map_err(|_| AmountError)?;
    Ok(part.normalize())
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
        for bad in [
            "abc", "1_000.00", "1,00.00", "1000,000", "1.2.3", "--1", "E5", "1E", "1E5.0", "1,000E3", "1E29",
            "NAN",
        ] {
            assert_eq!(read_amount(bad), Err(AmountError), "{bad}");
        }
    }

    #[test]
    fn a_zero_is_told_without_a_sign() {
        let nothing = Money::yuan(-Decimal::new(0, 2));
        assert!(nothing.amount.is_sign_negative(), "as a difference may leave it");
        assert_eq!(nothing.to_string(), "0.00 CNY");
        let told = serde_json::to_value(nothing).expect("JSON");
        assert_eq!(told["amount"], "0.00");
        assert_eq!(Money::yuan(Decimal::new(-5, 2)).to_string(), "-0.05 CNY");
    }

    #[test]
    fn reads_scientific_notation_exactly() {
        let read = |text| read_amount(text).expect(text).map(|amount| amount.to_string());
        for (text, want) in [
            ("1.23456789E8", "123456789"),
            ("4.0e7", "40000000"),
            ("9.9999999999E9", "9999999999.9"),
            ("1E+16", "10000000000000000"),
            ("-2.5E7", "-25000000"),
            ("6.0E-3", "0.006"),
            ("0.0E0", "0"),
            ("１.５Ｅ７", "15000000"),
            ("1.2345678912E7", "12345678.912"),
        ] {
            assert_eq!(read(text).as_deref(), Some(want), "{text}");
        }
        for bad in ["1E28888888888", "1E-29", "9.9E28", "1.5E99999999"] {
            assert_eq!(read_amount(bad), Err(AmountError), "{bad}");
        }
        assert_eq!(read_amount("null"), Ok(None));
        assert_eq!(read_amount("--"), Ok(None));
    }

    proptest::proptest! {
        #[test]
        fn any_double_of_java_is_read_as_its_plain_form(cents in 0_i64..100_000_000_000_000) {
            // `{:E}` of Rust is the shortest form that Java prints too, but for `.0` behind a whole mantissa.
            let double = cents as f64 / 100.0;
            let java = format!("{double:E}");
            let java = if java.contains('.') { java } else { java.replace('E', ".0E") };
            let plain = read_amount(&format!("{double}"));
            proptest::prop_assert_eq!(read_amount(&java), plain);
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,40}", number in "[-+0-9.,eE]{0,40}") {
            let _ = read_amount(&text);
            let _ = read_amount(&number);
        }
    }

    #[test]
    fn currencies_are_read_from_letters_numbers_and_names() {
        assert_eq!(Currency::from_wire("156"), Some(Currency::CNY));
        assert_eq!(Currency::from_wire("人民币"), Some(Currency::CNY));
        assert_eq!(Currency::from_wire("１５６"), Some(Currency::CNY));
        assert_eq!(Currency::from_wire("usd").map(|c| c.to_string()).as_deref(), Some("USD"));
        assert_eq!(Currency::from_wire("999"), None);
    }

    #[test]
    fn an_amount_beyond_all_measure_is_not_plausible() {
        let most: Decimal = "1000000000000000".parse().expect("a number");
        assert!(Money::yuan(most).is_plausible() && Money::yuan(-most).is_plausible());
        assert!(
            !Money::yuan(most + Decimal::new(1, 2)).is_plausible()
                && !Money::yuan(Decimal::MAX).is_plausible()
        );
    }

    #[test]
    fn a_fraction_of_a_fen_is_no_whole_amount() {
        let money = |amount: &str, currency: &str| Money {
            amount: amount.parse().expect("a number"),
            currency: currency.parse().ok(),
        };
        for (amount, currency, is_whole) in [
            ("599.99", "CNY", true),
            ("599.990", "CNY", true),
            ("599.999", "CNY", false),
            ("100.00", "JPY", true),
            ("100.5", "JPY", false),
            ("1.234", "KWD", true),
            ("1.234", "", false),
        ] {
            assert_eq!(money(amount, currency).is_whole_units(), is_whole, "{amount} {currency}");
        }
        assert_eq!(money("599.999", "CNY").to_whole_units().amount, Decimal::new(59_999, 2));
    }

    #[test]
    fn money_is_text_in_json() {
        let money = Money::yuan(Decimal::new(334_000_000, 2));
        let json = serde_json::to_string(&money).expect("serialises");
        assert_eq!(json, r#"{"amount":"3340000.00","currency":"CNY"}"#);
        assert!(serde_json::from_str::<Money>(r#"{"amount":1.5,"currency":"CNY"}"#).is_err());
    }
}
