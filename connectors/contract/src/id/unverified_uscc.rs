use std::fmt;
use std::str::FromStr;

use super::error::{Called, IdError, IdRule, clean};
use super::uscc::{self, Uscc};
use crate::text::travels_as_text;

const WHAT: Called =
    Called::new("校验位不符的统一社会信用代码", "unified social credit code that fails its check");

/// A unified social credit code that has the right form and a wrong check character. Registers issued such codes, as in Xiamen before
/// 2016: the company is known under it and under no other. Nobody can tell it from a mistyped one, so that it is asked for
/// only on an officer's word, and shown as a source tells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnverifiedUscc(String);

impl UnverifiedUscc {
    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnverifiedUscc {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = clean(text);
        uscc::values(&text)?;
        if text.parse::<Uscc>().is_ok() {
            let rule = IdRule::Form(Called::new(
                "其校验位相符，请按统一社会信用代码填写",
                "its check characters are right; state it as a unified social credit code",
            ));
            return Err(IdError::rule(WHAT, rule));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for UnverifiedUscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(
    UnverifiedUscc,
    "UnverifiedUscc",
    "统一社会信用代码 of the right form whose check character is wrong, on an officer's word",
    Some("^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$")
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_code_of_the_right_form_that_fails_its_check_is_one() {
        assert_eq!(
            "９１０００000 MADEM00114".parse::<UnverifiedUscc>().expect("a code").as_str(),
            "91000000MADEM00114"
        );
        for bad in
            ["91000000MADEM00112", "91000000MADEM0011", "9100000XMADEM00113", "91000000MADEM001I3", "暂无"]
        {
            assert!(bad.parse::<UnverifiedUscc>().is_err(), "{bad}");
        }
    }
}
