//! Registers of companies and their numbers, for comparison.

use crate::id::folded_number;
use crate::placeholder::stated_code;

/// The register of the United Kingdom, under every name that sources have for it and for its parts.
const UNITED_KINGDOM: &[&str] = &[
    "gb",
    "uk",
    "united kingdom",
    "great britain",
    "england wales",
    "england and wales",
    "england",
    "wales",
    "scotland",
    "northern ireland",
];

/// Characters of a number of the United Kingdom.
const UNITED_KINGDOM_WIDTH: usize = 8;

/// Digits of a Chinese registration number 注册号, of today and before 2007.
const CHINESE_WIDTHS: [usize; 2] = [15, 13];

/// A number in the register of companies 注册号 for comparison, whatever blanks, dashes, width and marks it is written with; `None` where
/// none is stated, be it by a placeholder such as 暂无. The number itself must travel as its source wrote it.
pub fn registration_key(number: &str) -> Option<String> {
    key("", number)
}

/// Register and number; `None` where there is no number.
pub(super) fn key(jurisdiction: &str, number: &str) -> Option<String> {
    let number: String =
        folded_number(stated_code(number)?).chars().filter(|c| c.is_alphanumeric()).collect();
    if number.is_empty() {
        return None;
    }
    let jurisdiction = jurisdiction.trim().to_lowercase().replace(['-', '_', '/'], " ");
    let country = jurisdiction.split(' ').next().unwrap_or_default();
    if UNITED_KINGDOM.contains(&jurisdiction.as_str()) || country == "gb" {
        return Some(format!("gb {}", padded(&number)));
    }
    let is_chinese = country == "cn"
        || jurisdiction.is_empty()
            && CHINESE_WIDTHS.contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit());
    Some(if is_chinese { format!("cn {number}") } else { format!("{jurisdiction} {number}") })
}

/// A number of the United Kingdom, which has eight characters: zeros stand before its digits, behind a prefix of letters.
fn padded(number: &str) -> String {
    let digits_from = number.find(|c: char| c.is_ascii_digit()).unwrap_or(number.len());
    let (prefix, digits) = number.split_at(digits_from);
    let width = UNITED_KINGDOM_WIDTH.saturating_sub(prefix.len());
    format!("{prefix}{digits:0>width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_registration_number_are_one_and_what_states_none_is_none() {
        for spelling in [
            "３１０１１５０００４２６１８７",
            "310115 000426187",
            "310115—000426187",
            "（310115）000426187",
            "310115.000426187\u{200b}",
        ] {
            assert_eq!(registration_key(spelling), registration_key("310115000426187"), "{spelling}");
        }
        assert_ne!(registration_key("310115000426187"), registration_key("310115000426178"));
        for none in ["", " ", "-", "——", "暂无", "/", "null", "（）"] {
            assert_eq!(registration_key(none), None, "{none}");
        }
    }

    #[test]
    fn one_register_under_its_names_is_one() {
        for (jurisdiction, number) in [
            ("england-wales", "01234567"),
            ("GB", "1234567"),
            ("GB-EAW", "0123 4567"),
            ("united-kingdom", "01234567"),
        ] {
            assert_eq!(key(jurisdiction, number).as_deref(), Some("gb 01234567"), "{jurisdiction} {number}");
        }
        assert_eq!(key("", "000000000000017"), key("CN", "000000000000017"));
        assert_ne!(key("DE", "HRB 1"), key("FR", "HRB 1"));
        assert_eq!(key("DE", "HRB-1"), key("de", "hrb 1"));
        assert_eq!(key("GB", "暂无"), None);
    }
}
