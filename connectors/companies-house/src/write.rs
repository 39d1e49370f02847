//! What is asked, from an order.

/// The number in the register's form: eight characters, padded with zeros after a prefix of letters (`SC`, `NI`, `OC`, `FC`).
/// `None` for a number of another register.
pub(crate) fn company_number(given: &str) -> Option<String> {
    let digits_from = given.find(|c: char| c.is_ascii_digit())?;
    let (prefix, digits) = given.split_at(digits_from);
    let fits = prefix.len() <= 2
        && prefix.chars().all(|c| c.is_ascii_uppercase())
        && digits.chars().all(|c| c.is_ascii_digit())
        && prefix.len() + digits.len() <= 8;
    let width = 8_usize.checked_sub(prefix.len())?;
    fits.then(|| format!("{prefix}{digits:0>width$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_padded_and_those_of_other_registers_told_apart() {
        for (given, want) in [
            ("12345", Some("00012345")),
            ("SC1234", Some("SC001234")),
            ("00012345", Some("00012345")),
            ("000000000000017", None),
            ("STRANGER000001", None),
            ("12/34", None),
            ("ABC12345", None),
            ("", None),
            ("号12", None),
        ] {
            assert_eq!(company_number(given).as_deref(), want, "{given}");
        }
    }
}
