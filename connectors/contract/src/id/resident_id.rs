use std::fmt;
use std::str::FromStr;

use super::error::{Called, IdError, IdRule, clean};
use crate::date::Date;
use crate::text::travels_as_text;

const WHAT: Called = Called::new("居民身份证号码", "resident identity number");
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [u8; 11] = *b"10X98765432";

/// A resident identity number 居民身份证号码 in its 18-digit form (GB 11643-1999, check by ISO 7064 MOD 11-2).
///
/// The 15-digit form that was issued until 1999 is accepted and converted; [`ResidentId::old_form`] gives it back,
/// because accounts opened before 2013 may still stand under it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResidentId(String);

impl ResidentId {
    /// The 18-digit form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 15-digit form, where one can exist: births from 1900 to 1999.
    pub fn old_form(&self) -> Option<String> {
        (&self.0[6..8] == "19").then(|| format!("{}{}", &self.0[..6], &self.0[8..17]))
    }

    /// The birth date that the number states.
    pub fn birth_date(&self) -> Option<Date> {
        birth_date(&self.0)
    }
}

/// Years in which somebody can be born who stands in a case or in a register.
const BIRTH_YEARS: std::ops::RangeInclusive<i16> = 1800..=2100;

fn birth_date(digits: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let year = number(6..10).filter(|year| BIRTH_YEARS.contains(year))?;
    Date::new(year, number(10..12)?.try_into().ok()?, number(12..14)?.try_into().ok()?).ok()
}

fn check_digit(first17: &[u8]) -> char {
    let sum: u32 = first17.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize] as char
}

impl FromStr for ResidentId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = clean(text);
        let digits = match text.chars().count() {
            18 => 17,
            15 => 15,
            got => return Err(IdError::length(WHAT, Called::new("18（旧式15）", "18 (or the old 15)"), got)),
        };
        if let Some(at) = text.chars().take(digits).position(|c| !c.is_ascii_digit()) {
            return Err(IdError::character(WHAT, at + 1));
        }
        let full = if digits == 15 {
            let first17 = format!("{}19{}", &text[..6], &text[6..]);
            let check = check_digit(first17.as_bytes());
            format!("{first17}{check}")
        } else {
            text
        };
        if birth_date(&full).is_none() {
            return Err(IdError::rule(WHAT, IdRule::BirthDate));
        }
        if !full.ends_with(check_digit(&full.as_bytes()[..17])) {
            return Err(IdError::rule(WHAT, IdRule::CheckDigit));
        }
        Ok(Self(full))
    }
}

impl fmt::Display for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(
    ResidentId,
    "ResidentId",
    "居民身份证号码, 18 digits with check digit (GB 11643-1999); the old 15-digit form is accepted and converted",
    Some("^[0-9]{17}[0-9X]$")
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_the_old_form_and_back() {
        let full: ResidentId = "110101190001010014".parse().expect("valid");
        let old = full.old_form().expect("born in the 1900s");
        assert_eq!(old, "110101000101001");
        assert_eq!(old.parse::<ResidentId>().expect("valid old form"), full);
    }

    #[test]
    fn refuses_wrong_check_date_length_and_character() {
        let rule = |text: &str| text.parse::<ResidentId>().expect_err("invalid").rule;
        assert_eq!(rule("110101190001010015"), IdRule::CheckDigit);
        assert_eq!(rule("110101190002300014"), IdRule::BirthDate);
        // The check digits of both are right.
        for century in ["110101000001010018", "11010117991231001X"] {
            let first17 = &century[..17];
            let number = format!("{first17}{}", check_digit(first17.as_bytes()));
            assert_eq!(rule(&number), IdRule::BirthDate, "{number}");
        }
        assert!(
            matches!(rule("1101011900010100"), IdRule::Length { want, got: 16 } if want.english == "18 (or the old 15)")
        );
        assert_eq!(rule("11010119000101001é"), IdRule::CheckDigit);
        assert_eq!(rule("1101011900X1010014"), IdRule::Character { at: 11 });
    }

    #[test]
    fn accepts_lower_case_x_blanks_and_full_width() {
        assert_eq!("11010119000101009x".parse::<ResidentId>().expect("ok").as_str(), "11010119000101009X");
        assert!("１１０１０１ 19000101 009X".parse::<ResidentId>().is_ok());
    }
}
