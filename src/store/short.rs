//! Short forms of what nearly every row holds. What earlier versions wrote at length is read as well.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chakong_contract::Instruction;

use super::Stored;
use super::codec::{decode_json, plain, plain_json};
use crate::domain::Blob;

/// Nothing, in stored form: the query that most orders are.
const USUAL_QUERY: &[u8] = &[0];
/// Characters of a SHA-256 in hexadecimal, and in the form that is kept.
const HEXADECIMAL: usize = 64;
const SHORT: usize = 43;

/// An instruction in stored form.
///
/// # Errors
/// When it cannot be serialised.
pub(super) fn instruction(of: &Instruction) -> Stored<Blob> {
    match of {
        Instruction::Query { transactions: None } => Ok(plain(&[])),
        other => plain_json("instruction", other),
    }
}

/// An instruction of its stored form.
///
/// # Errors
/// [`super::StoreError::Unreadable`].
pub(super) fn read_instruction(stored: &[u8]) -> Stored<Instruction> {
    match stored {
        USUAL_QUERY => Ok(Instruction::Query { transactions: None }),
        other => decode_json("instruction", other),
    }
}

/// A digest in hexadecimal as it is kept: in Base64. Another text is kept as it is.
pub(super) fn digest(hexadecimal: &str) -> String {
    let is_lower = hexadecimal.bytes().all(|letter| matches!(letter, b'0'..=b'9' | b'a'..=b'f'));
    match hex::decode(hexadecimal) {
        Ok(bytes) if is_lower && hexadecimal.len() == HEXADECIMAL => STANDARD_NO_PAD.encode(bytes),
        _ => hexadecimal.to_owned(),
    }
}

/// A digest in hexadecimal, of what is kept of it.
pub(super) fn read_digest(kept: &str) -> String {
    match STANDARD_NO_PAD.decode(kept) {
        Ok(bytes) if kept.len() == SHORT => hex::encode(bytes),
        _ => kept.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn a_digest_is_kept_in_two_thirds_and_what_is_none_as_it_is() {
        let hexadecimal = hex::encode(Sha256::digest(b"a message"));
        let kept = digest(&hexadecimal);
        assert_eq!((kept.len(), read_digest(&kept)), (SHORT, hexadecimal.clone()));
        for other in ["", "ab", &hexadecimal[1..], &hexadecimal.to_uppercase()] {
            assert_eq!((digest(other).as_str(), read_digest(other).as_str()), (other, other));
        }
        assert_eq!(read_digest(&hexadecimal), hexadecimal, "as earlier versions kept it");
    }

    #[test]
    fn the_usual_query_is_kept_as_nothing_and_read_however_it_was_kept() {
        let usual = Instruction::Query { transactions: None };
        assert_eq!(instruction(&usual).expect("stored").as_stored(), USUAL_QUERY);
        assert_eq!(read_instruction(&[b"\0", &br#"{"action":"query"}"#[..]].concat()).expect("read"), usual);
        for other in [
            json!({ "action": "query" }),
            json!({ "action": "query", "transactions": ["2026-01-01", "2026-02-01"] }),
        ] {
            let other: Instruction = serde_json::from_value(other).expect("an instruction");
            let stored = instruction(&other).expect("stored");
            assert_eq!(read_instruction(stored.as_stored()).expect("read"), other);
        }
    }
}
