//! Why a text is no identifier, and the form in which texts are looked at.

/// Why a text is not an identifier of its kind. Never contains the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}: {rule}")]
pub struct IdError {
    /// The kind of identifier, as a person would call it.
    pub what: &'static str,
    /// The rule that the text breaks.
    pub rule: IdRule,
}

/// The rule of form that a text broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdRule {
    /// Wrong number of characters.
    #[error("it must have {want} characters and has {got}")]
    Length {
        /// The lengths allowed, as text.
        want: &'static str,
        /// The length found, in characters.
        got: usize,
    },
    /// A character that cannot stand there.
    #[error("character {at} cannot stand there")]
    Character {
        /// Its position, counted from 1.
        at: usize,
    },
    /// The check digit does not fit the rest.
    #[error("the check digit is wrong")]
    CheckDigit,
    /// The organisation code inside a unified social credit code has a wrong check digit.
    #[error("the check digit of the organisation code in characters 9 to 17 is wrong")]
    InnerCheckDigit,
    /// The birth date is not a date.
    #[error("the birth date is not a date")]
    BirthDate,
    /// Something else about the form.
    #[error("{0}")]
    Form(&'static str),
}

impl IdError {
    pub(crate) const fn length(what: &'static str, want: &'static str, got: usize) -> Self {
        Self { what, rule: IdRule::Length { want, got } }
    }
    pub(crate) const fn character(what: &'static str, at: usize) -> Self {
        Self { what, rule: IdRule::Character { at } }
    }
    pub(crate) const fn rule(what: &'static str, rule: IdRule) -> Self {
        Self { what, rule }
    }
}

/// Upper-case ASCII text without the blanks people type around and inside numbers; full-width forms folded.
pub(crate) fn clean(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_lowercase()) {
        return text.to_owned();
    }
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .flat_map(char::to_uppercase)
        .collect()
}
