use std::fmt;
use std::str::FromStr;

use super::error::{Called, IdError, IdRule, clean};
use super::org_code::{self, OrgCode};
use crate::text::travels_as_text;

const WHAT: Called = Called::new("统一社会信用代码", "unified social credit code");
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A unified social credit code 统一社会信用代码 (GB 32100-2015) with both inner checks: its own check character, and
/// that of the organisation code in characters 9 to 17.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc(String);

impl Uscc {
    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The organisation code inside.
    pub fn org_code(&self) -> Result<OrgCode, IdError> {
        self.0[8..17].parse()
    }
}

fn check_character(first17: &[usize]) -> u8 {
    let sum: usize = first17.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    ALPHABET[(31 - sum % 31) % 31]
}

/// The values of the characters of a code that has the right form: 18 characters of the alphabet, digits in the division
/// (characters 3 to 8, GB/T 2260).
pub(super) fn values(text: &str) -> Result<Vec<usize>, IdError> {
    let got = text.chars().count();
    if got != 18 {
        return Err(IdError::length(WHAT, Called::new("18", "18"), got));
    }
    let mut values = Vec::with_capacity(18);
    for (at, c) in text.chars().enumerate() {
        let value = ALPHABET.iter().position(|known| char::from(*known) == c);
        match value.filter(|_| !(2..8).contains(&at) || c.is_ascii_digit()) {
            Some(value) => values.push(value),
            None => return Err(IdError::character(WHAT, at + 1)),
        }
    }
    Ok(values)
}

impl FromStr for Uscc {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = clean(text);
        let values = values(&text)?;
        if text.as_bytes()[17] != check_character(&values[..17]) {
            return Err(IdError::rule(WHAT, IdRule::CheckDigit));
        }
        if !org_code::check_fits(&text.as_bytes()[8..17]) {
            return Err(IdError::rule(WHAT, IdRule::InnerCheckDigit));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(
    Uscc,
    "Uscc",
    "统一社会信用代码, 18 characters with both check characters (GB 32100-2015)",
    Some("^[0-9A-HJ-NPQRTUWXY]{18}$")
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_composed_codes() {
        for good in ["91000000MADEM00112", "91000000MADEM002XR", "9100000010000018XN"] {
            assert!(good.parse::<Uscc>().is_ok(), "{good}");
        }
    }

    #[test]
    fn tells_the_outer_from_the_inner_check() {
        assert_eq!("91000000MADEM00113".parse::<Uscc>().expect_err("outer").rule, IdRule::CheckDigit);
        // The organisation code's check is broken and the outer check recomputed over it.
        let mut values: Vec<usize> = Vec::new();
        for c in b"91000000MADEM0012" {
            values.push(ALPHABET.iter().position(|known| known == c).expect("in the alphabet"));
        }
        let code = format!("91000000MADEM0012{}", char::from(check_character(&values)));
        assert_eq!(code.parse::<Uscc>().expect_err("inner").rule, IdRule::InnerCheckDigit);
    }

    #[test]
    fn refuses_letters_in_the_division() {
        let first17 = "9144A300MADEM0011";
        let values: Vec<usize> =
            first17.bytes().filter_map(|c| ALPHABET.iter().position(|known| *known == c)).collect();
        let code = format!("{first17}{}", char::from(check_character(&values)));
        assert_eq!(code.parse::<Uscc>().expect_err("a letter").rule, IdRule::Character { at: 5 });
    }

    #[test]
    fn refuses_letters_outside_the_alphabet() {
        let refused = "91000000MADEM001I2".parse::<Uscc>().expect_err("I is not used");
        assert_eq!(refused.rule, IdRule::Character { at: 17 });
    }
}
