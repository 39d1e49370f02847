//! Why a text is no identifier, and the form in which texts are looked at.

/// Why a text is not an identifier of its kind. Never contains the text itself. As text it is Chinese first, then English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}有误：{} not a valid {}: {}", .what.chinese, .rule.chinese(), .what.english, .rule.english())]
pub struct IdError {
    /// The kind of identifier.
    pub what: Called,
    /// The rule that the text breaks.
    pub rule: IdRule,
}

/// What people call something, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    /// In Chinese.
    pub chinese: &'static str,
    /// In English.
    pub english: &'static str,
}

impl Called {
    /// The same thing in both languages.
    pub(crate) const fn new(chinese: &'static str, english: &'static str) -> Self {
        Self { chinese, english }
    }
}

/// The rule of form that a text broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdRule {
    /// Wrong number of characters.
    Length {
        /// The lengths allowed.
        want: Called,
        /// The length found, in characters.
        got: usize,
    },
    /// A character that cannot stand there.
    Character {
        /// Its position, counted from 1.
        at: usize,
    },
    /// The check digit does not fit the rest.
    CheckDigit,
    /// The organisation code inside a unified social credit code has a wrong check digit.
    InnerCheckDigit,
    /// The birth date is not a date.
    BirthDate,
    /// Something else about the form.
    Form(Called),
}

impl IdRule {
    fn chinese(&self) -> String {
        match self {
            Self::Length { want, got } => format!("应为{}个字符，现为{got}个", want.chinese),
            Self::Character { at } => format!("第{at}个字符不符"),
            Self::CheckDigit => "校验位不符".to_owned(),
            Self::InnerCheckDigit => "第9至17位的组织机构代码校验位不符".to_owned(),
            Self::BirthDate => "出生日期不存在".to_owned(),
            Self::Form(said) => said.chinese.to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Length { want, got } => format!("it must have {} characters and has {got}", want.english),
            Self::Character { at } => format!("character {at} cannot stand there"),
            Self::CheckDigit => "the check digit is wrong".to_owned(),
            Self::InnerCheckDigit => {
                "the check digit of the organisation code in characters 9 to 17 is wrong".to_owned()
            }
            Self::BirthDate => "the birth date is not a date".to_owned(),
            Self::Form(said) => said.english.to_owned(),
        }
    }
}

impl IdError {
    pub(crate) const fn length(what: Called, want: Called, got: usize) -> Self {
        Self { what, rule: IdRule::Length { want, got } }
    }
    pub(crate) const fn character(what: Called, at: usize) -> Self {
        Self { what, rule: IdRule::Character { at } }
    }
    pub(crate) const fn rule(what: Called, rule: IdRule) -> Self {
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
