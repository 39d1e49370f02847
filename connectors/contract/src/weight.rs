//! What a message may take while it is read. Text is small where it is empty: `<row/>` is six bytes and becomes a row of hundreds. So
//! parts are weighed while a message is read, and one that has too many of them for its size is refused before they are built.

use std::fmt;

use serde::Deserialize;
use serde::de::Error as _;

/// Bytes that the parts of any message may take.
const FREE: usize = 32 << 20;
/// Bytes that they may take beyond that for each byte of the message.
const MULTIPLE: usize = 24;
/// Bytes that they may take at most.
const MOST: usize = 256 << 20;
/// What an object of JSON takes at most, as values or as a record.
const OBJECT: usize = 2 << 10;
/// What a list takes at most, with what is said of it where none belongs.
const LIST: usize = 512;
/// What any other value takes at most.
const VALUE: usize = 384;

/// What the parts of one message may still take.
#[derive(Debug)]
pub struct Weight {
    left: usize,
}

/// A message has too many parts for its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooHeavy;

impl TooHeavy {
    /// What is wrong.
    pub const WORDS: &'static str = "it has too many parts for its size";
}

impl fmt::Display for TooHeavy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::WORDS)
    }
}

impl std::error::Error for TooHeavy {}

impl Weight {
    /// For a message of so many bytes, as it is unpacked: 32 MiB and 24 times its size, 256 MiB at most.
    pub const fn of(bytes: usize) -> Self {
        let allowed = FREE.saturating_add(bytes.saturating_mul(MULTIPLE));
        Self { left: if allowed < MOST { allowed } else { MOST } }
    }

    /// Takes what a part takes in memory, in bytes.
    ///
    /// # Errors
    /// When the message may not have it.
    pub const fn take(&mut self, bytes: usize) -> Result<(), TooHeavy> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(TooHeavy),
        }
    }
}

/// Reads JSON of which every part was weighed before.
///
/// # Errors
/// When it is no JSON of this form, or has too many parts for its size.
pub fn json<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, serde_json::Error> {
    weigh_json(bytes).map_err(serde_json::Error::custom)?;
    serde_json::from_slice(bytes)
}

/// Weighs what looks like JSON. What is none is refused by whoever reads it.
fn weigh_json(bytes: &[u8]) -> Result<(), TooHeavy> {
    if bytes.len() <= FREE / OBJECT {
        // Were every byte an object, they would not weigh too much.
        return Ok(());
    }
    let mut weight = Weight::of(bytes.len());
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' => weight.take(OBJECT)?,
            b'[' => weight.take(LIST)?,
            b',' => weight.take(VALUE)?,
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_says_something_is_read_and_what_is_empty_a_million_times_is_not() {
        for heavy in ["{},".repeat(1_000_000), "{\"a\":0},".repeat(700_000), "{\"a\":[{}]},".repeat(500_000)]
        {
            let heavy = format!("[{}0]", heavy);
            let error = json::<Value>(heavy.as_bytes()).expect_err("too heavy");
            assert!(error.to_string().contains(TooHeavy::WORDS), "{error}");
        }
        let full =
            format!("[{}0]", "{\"name\":\"{{{{[[[[,,,,\\\"{{{{\",\"number\":\"0123456789\"},".repeat(16_000));
        assert!(json::<Value>(full.as_bytes()).is_ok());
        assert!(json::<Value>(b"{").is_err_and(|error| error.is_eof()));
    }

    #[test]
    fn however_large_a_message_is_its_parts_take_no_more_than_the_most() {
        let mut weight = Weight::of(usize::MAX);
        assert_eq!(weight.take(MOST), Ok(()));
        assert_eq!(weight.take(1), Err(TooHeavy));
        assert_eq!(Weight::of(0).take(FREE + 1), Err(TooHeavy));
    }
}
