//! Numbers for comparison.

use super::error::clean;
use crate::script::is_format;
use crate::signs::is_dash;

/// An account, product, contract or registration number for comparison: upper case, half width, without blanks, dashes and
/// invisible characters. The number itself must travel as the counterpart wrote it.
pub fn folded_number(number: &str) -> String {
    let number = clean(number);
    match number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => number,
        false => number.chars().filter(|c| !is_dash(*c) && !is_format(*c)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one() {
        for spelling in [
            "6229-9900 0000-0019",
            "６２２９９９００００００００１９",
            " 6229 9900\u{a0}0000 0019",
            "6229–9900—0000‐0019\u{200b}",
        ] {
            assert_eq!(folded_number(spelling), "6229990000000019", "{spelling}");
        }
        assert_eq!(folded_number("ab-01"), "AB01");
        assert_ne!(folded_number("001"), folded_number("01"), "a zero is a digit");
    }
}
