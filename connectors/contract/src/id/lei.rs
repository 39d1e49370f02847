use std::fmt;
use std::str::FromStr;

use super::error::{Called, IdError, IdRule, clean};
use crate::text::travels_as_text;

const WHAT: Called = Called::new("法人机构识别编码", "legal entity identifier");

/// A legal entity identifier (ISO 17442): 20 characters whose number modulo 97 is 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lei(String);

impl Lei {
    /// The 20 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Lei {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = clean(text);
        let got = text.chars().count();
        if got != 20 {
            return Err(IdError::length(WHAT, Called::new("20", "20"), got));
        }
        if let Some(at) = text.chars().position(|c| !c.is_ascii_digit() && !c.is_ascii_uppercase()) {
            return Err(IdError::character(WHAT, at + 1));
        }
        let remainder = text.chars().filter_map(|c| c.to_digit(36)).fold(0, |remainder, value| {
            if value < 10 { (remainder * 10 + value) % 97 } else { (remainder * 100 + value) % 97 }
        });
        if remainder != 1 {
            return Err(IdError::rule(WHAT, IdRule::CheckDigit));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Lei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(
    Lei,
    "Lei",
    "Legal entity identifier, 20 characters (ISO 17442)",
    Some("^[0-9A-Z]{18}[0-9]{2}$")
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_modulo_97() {
        assert!("836800FXO82WAQQSJI94".parse::<Lei>().is_ok());
        let refused = "836800FXO82WAQQSJI95".parse::<Lei>().expect_err("check digits");
        assert_eq!(refused.rule, IdRule::CheckDigit);
    }
}
