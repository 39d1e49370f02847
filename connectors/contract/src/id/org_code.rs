use std::fmt;
use std::str::FromStr;

use super::error::{Called, IdError, IdRule, clean};
use crate::signs::is_dash;
use crate::text::travels_as_text;

const WHAT: Called = Called::new("组织机构代码", "organisation code");
const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// An organisation code 组织机构代码 (GB 11714): eight characters and a check character, kept without hyphen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrgCode(String);

impl OrgCode {
    /// The nine characters without hyphen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether nine characters are an organisation code with the right check character.
pub(super) fn check_fits(nine: &[u8]) -> bool {
    let sum: u32 = nine.iter().zip(WEIGHTS).map(|(c, weight)| value(*c) * weight).sum();
    let check = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    };
    nine[8] == check
}

fn value(c: u8) -> u32 {
    u32::from(if c.is_ascii_digit() { c - b'0' } else { c - b'A' + 10 })
}

impl FromStr for OrgCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text: String = clean(text).chars().filter(|c| !is_dash(*c)).collect();
        let got = text.chars().count();
        if got != 9 {
            return Err(IdError::length(WHAT, Called::new("9", "9"), got));
        }
        if let Some(at) = text.chars().position(|c| !c.is_ascii_digit() && !c.is_ascii_uppercase()) {
            return Err(IdError::character(WHAT, at + 1));
        }
        if !check_fits(text.as_bytes()) {
            return Err(IdError::rule(WHAT, IdRule::CheckDigit));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for OrgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(
    OrgCode,
    "OrgCode",
    "组织机构代码, 9 characters without hyphen (GB 11714)",
    Some("^[0-9A-Z]{9}$")
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_composed_codes_and_refuses_a_changed_check() {
        for good in [
            "MADEM001-1",
            "MADEM0011",
            "10000018-X",
            "10000004-0",
            "MADEM001‐1",
            "MADEM001–1",
            "MADEM001—1",
            "10000018－X",
            "10000004−0",
            "10000004‑0",
        ] {
            assert!(good.parse::<OrgCode>().is_ok(), "{good}");
        }
        let refused = "MADEM001-2".parse::<OrgCode>().expect_err("check digit");
        assert_eq!(refused.rule, IdRule::CheckDigit);
    }
}
