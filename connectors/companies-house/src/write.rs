//! What is asked, from an order.

use chakong_contract::id::folded_number;

/// Characters of a number.
const WIDTH: usize = 8;

/// The number in the register's form: eight characters. At most two letters (`SC`, `NI`, `OC`, `FC`, `IP`) stand before the digits,
/// and a society's may end in a letter (`IP00000R`); the digits of a shorter one are padded with zeros. `None` for a number of
/// another register.
pub(crate) fn company_number(given: &str) -> Option<String> {
    let given = folded_number(given);
    let digits_from = given.find(|c: char| c.is_ascii_digit())?;
    let (prefix, rest) = given.split_at(digits_from);
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if prefix.len() > 2 || !is_plain(&given) || given.len() > WIDTH {
        return None;
    }
    let digits_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, suffix) = rest.split_at(digits_end);
    match given.len() {
        WIDTH => Some(given),
        _ if suffix.len() > 1 => None,
        _ => {
            let width = WIDTH.checked_sub(prefix.len() + suffix.len())?;
            Some(format!("{prefix}{digits:0>width$}{suffix}"))
        }
    }
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
            ("IP00000R", Some("IP00000R")),
            ("SP02024R", Some("SP02024R")),
            ("ip123r", Some("IP00123R")),
            ("RS-00785 3", Some("RS007853")),
            ("R0000017", Some("R0000017")),
            ("SL00911A", Some("SL00911A")),
            ("NP0A00B1", Some("NP0A00B1")),
            ("000000000000017", None),
            ("STRANGER000001", None),
            ("12/34", None),
            ("ABC12345", None),
            ("IP12RR", None),
            ("ABCDEFGH", None),
            ("", None),
            ("号12", None),
            ("０００1234é", None),
        ] {
            assert_eq!(company_number(given).as_deref(), want, "{given}");
        }
    }
}
