use std::fmt;
use std::str::FromStr;

use super::error::{Called, IdError, clean};
use crate::text::travels_as_text;

const WHAT: Called = Called::new("银行代码", "bank code");

/// A bank code 银行代码 of the court–bank line: 17 characters, a letter, 3 digits, a letter, 12 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BankCode(String);

impl BankCode {
    /// The 17 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BankCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = clean(text);
        let got = text.chars().count();
        if got != 17 {
            return Err(IdError::length(WHAT, Called::new("17", "17"), got));
        }
        let wrong = text.chars().enumerate().find(|(at, c)| match at {
            0 | 4 => !c.is_ascii_uppercase(),
            _ => !c.is_ascii_digit(),
        });
        match wrong {
            Some((at, _)) => Err(IdError::character(WHAT, at + 1)),
            None => Ok(Self(text)),
        }
    }
}

impl fmt::Display for BankCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(BankCode, "BankCode", "银行代码, 17 characters", Some("^[A-Z][0-9]{3}[A-Z][0-9]{12}$"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_seventeen_characters_of_its_form() {
        assert!("E999H110000000001".parse::<BankCode>().is_ok());
        assert!("E999H11000000000".parse::<BankCode>().is_err());
        assert!("99999110000000001".parse::<BankCode>().is_err());
    }
}
