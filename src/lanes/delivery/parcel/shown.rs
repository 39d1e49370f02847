//! How a file is named in the log.

use sha2::{Digest as _, Sha256};

/// Longest name that is written as it stands.
const LONGEST: usize = 128;
/// Hexadecimal digits of a digest that tell one file of a folder from another.
const DIGITS: usize = 16;
/// Digits one behind the other that may be a person's identity number or an account.
const PERSONAL: std::ops::RangeInclusive<usize> = 15..=19;

/// A name as the log may hold it: names of the protocols are made of kinds, codes of organisations and numbers of requests. One that may
/// hold personal data, as `张某.zip`, is told by the beginning of its SHA-256 digest; `sha256sum` over the names of the folder finds it.
pub(super) fn shown(name: &str) -> String {
    let is_plain =
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let runs = name.split(|c: char| !c.is_ascii_digit());
    let is_personal = runs.map(str::len).any(|digits| PERSONAL.contains(&digits));
    if is_plain && !is_personal && name.len() <= LONGEST {
        return name.to_owned();
    }
    let digest = hex::encode(Sha256::digest(name));
    format!("(name with SHA-256 {}…)", digest.get(..DIGITS).unwrap_or(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_protocols_are_written_and_others_told_by_their_digest() {
        for plain in [
            "KZFKE999H11000000000120260105090000000000000000000100000000A220260105990101200001.zip",
            "cxfke999h110000000001202601050900000000000000000001.zip",
            "b0001.txt",
            "a-link.zip",
            "half_1.zip.tmp",
        ] {
            assert_eq!(shown(plain), plain);
        }
        for other in [
            "张某.zip",
            "000000190001010013.zip",
            "acct-6222020000000000.txt",
            "a b.zip",
            "x\n.zip",
            &"n".repeat(200),
        ] {
            let shown = shown(other);
            assert!(shown.starts_with("(name with SHA-256 ") && !shown.contains(other), "{shown}");
        }
        assert_eq!(shown("张某.zip"), shown("张某.zip"));
        assert_ne!(shown("张某.zip"), shown("李某.zip"));
    }
}
