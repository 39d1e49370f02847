//! The form in which personal data and messages are stored: one place through which all of it passes. One leading byte says how
//! bytes were packed, so that old rows stay readable.
//!
//! Messages are packed with Zstandard and a dictionary of the words that they are made of, which costs less than writing them as they
//! are; very large ones with zlib. Earlier versions packed small ones with LZ4.

mod zstandard;

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{StoreError, Stored};
use crate::domain::Blob;

const PLAIN: u8 = 0;
const ZLIB: u8 = 1;
const LZ4: u8 = 2;
const LZ4_WITH_WORDS: u8 = 3;
const ZSTANDARD: u8 = 4;
/// The words of [`LZ4_WITH_WORDS`]. What is packed with them cannot be read without them: other words are another packing.
const WORDS: &[u8] = include_bytes!("codec/words.txt");
/// Smaller blobs cost less to write as they are than to pack.
const WORTH_IT: usize = 64;
/// From here on a dictionary is of no use.
const LARGE: usize = 256 << 10;
/// Larger than any blob that was packed with LZ4.
const LARGEST_LZ4: usize = 16 << 10;
/// Largest blob that is unpacked again; nothing larger is ever packed.
const LARGEST: u64 = 1 << 30;

/// Bytes in stored form. Work that is done wherever there is time for it: not on the writer's thread where they are many.
pub fn encode(bytes: &[u8]) -> Blob {
    Blob::stored(pack(bytes))
}

/// A value as JSON in stored form.
///
/// # Errors
/// When the value cannot be serialised.
pub fn encode_json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Stored<Blob> {
    let text = serde_json::to_vec(value).map_err(|error| unreadable(what, &error))?;
    Ok(encode(&text))
}

/// A value as JSON in stored form, as it is: for the writer's thread, which packs nothing that comes with every order.
///
/// # Errors
/// When the value cannot be serialised.
pub fn plain_json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Stored<Blob> {
    let mut text = vec![PLAIN];
    serde_json::to_writer(&mut text, value).map_err(|error| unreadable(what, &error))?;
    Ok(Blob::stored(text))
}

/// Bytes in stored form, as they are.
pub fn plain(bytes: &[u8]) -> Blob {
    let mut stored = Vec::with_capacity(bytes.len() + 1);
    stored.push(PLAIN);
    stored.extend_from_slice(bytes);
    Blob::stored(stored)
}

/// The bytes as they were.
///
/// # Errors
/// [`StoreError::Unreadable`], when they were not made by [`encode`].
pub fn decode(what: &'static str, blob: &[u8]) -> Stored<Vec<u8>> {
    unpack(blob).map_err(|error| unreadable(what, &error))
}

/// A value that was kept as JSON.
///
/// # Errors
/// [`StoreError::Unreadable`].
pub fn decode_json<T: DeserializeOwned>(what: &'static str, blob: &[u8]) -> Stored<T> {
    match blob.split_first() {
        // Small values, which are read by the thousand, are read where they are.
        Some((&PLAIN, text)) => serde_json::from_slice(text).map_err(|error| unreadable(what, &error)),
        _ => serde_json::from_slice(&decode(what, blob)?).map_err(|error| unreadable(what, &error)),
    }
}

fn unreadable(what: &'static str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what, detail: error.to_string() }
}

/// Packs bytes.
fn pack(bytes: &[u8]) -> Vec<u8> {
    let packed = match bytes.len() {
        0..WORTH_IT => None,
        WORTH_IT..LARGE => zstandard::pack(bytes, ZSTANDARD).ok(),
        LARGE.. => well(bytes).ok(),
    };
    packed.filter(|packed| packed.len() < bytes.len()).unwrap_or_else(|| {
        let mut plain = Vec::with_capacity(bytes.len() + 1);
        plain.push(PLAIN);
        plain.extend_from_slice(bytes);
        plain
    })
}

fn well(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(vec![ZLIB], Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Unpacks what [`pack`] made.
fn unpack(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    match packed.split_first() {
        Some((&PLAIN, rest)) => Ok(rest.to_vec()),
        Some((&ZLIB, rest)) => {
            let mut bytes = Vec::new();
            ZlibDecoder::new(rest).take(LARGEST).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        Some((&(LZ4 | LZ4_WITH_WORDS), rest)) => {
            let (size, block) = lz4_flex::block::uncompressed_size(rest).map_err(std::io::Error::other)?;
            if size > LARGEST_LZ4 {
                return Err(std::io::Error::other("a packed blob is larger than it can be"));
            }
            let words = if packed[0] == LZ4 { &[][..] } else { WORDS };
            lz4_flex::block::decompress_with_dict(block, size, words).map_err(std::io::Error::other)
        }
        Some((&ZSTANDARD, rest)) => zstandard::unpack(rest, LARGE),
        _ => Err(std::io::Error::other("unknown packing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words may not change: stores were written with them.
    #[test]
    fn what_was_packed_with_the_words_can_be_read_for_ever() {
        use sha2::Digest as _;
        let digest = hex::encode(sha2::Sha256::digest(WORDS));
        assert_eq!(digest, "1b3daaa9cbc51d479b6b3e7a35996243c2da48ab90f477c4bec333130cba2fea");
        let old = [&[LZ4, 5, 0, 0, 0][..], &lz4_flex::compress(b"bytes")].concat();
        assert_eq!(unpack(&old).expect("an earlier version's"), b"bytes");
        let text = br#""registered_capital_text":"","paid_capital":null,"established":null"#;
        let block = lz4_flex::block::compress_with_dict(text, WORDS);
        let size = u32::try_from(text.len()).expect("small").to_le_bytes();
        let old = [&[LZ4_WITH_WORDS][..], &size, &block].concat();
        assert!(old.len() < text.len() && unpack(&old).expect("an earlier version's") == text);
    }

    #[test]
    fn an_answer_takes_less_than_a_third_of_its_text() {
        let answer = r#"{"reply":{"outcome":"found","assets":[{"asset":{"kind":"account","institution":"测试银行","institution_code":"E999",
            "number":"6200990000000041","class":"个人结算账户","status":"正常","branch":"某支行","branch_code":"0042","currency":"CNY",
            "balance":{"amount":"1731.20","currency":"CNY"},"available":{"amount":"731.20","currency":"CNY"},"opened":"2011-05-17",
            "closed":null,"linked_account":"","sub_accounts":[],"products":[],"encumbrances":[],"transactions":[],"remark":"","doubts":[]},
            "matched_by":"name_and_number"}]},"answered_at":null,"unknown":[],"receipts":[]}"#;
        let answer: String = answer.lines().map(str::trim).collect();
        assert!(
            pack(answer.as_bytes()).len() * 3 < answer.len(),
            "{} of {}",
            pack(answer.as_bytes()).len(),
            answer.len()
        );
    }

    proptest::proptest! {
        #[test]
        fn comes_back_as_it_was(bytes: Vec<u8>, repeat in 1_usize..8_000) {
            let bytes = bytes.repeat(repeat);
            proptest::prop_assert_eq!(unpack(&pack(&bytes)).expect("unpacks"), bytes);
        }

        #[test]
        fn nonsense_is_an_error_or_bytes_but_no_panic(kind in 0_u8..6, mut bytes: Vec<u8>) {
            bytes.insert(0, kind);
            let _ = unpack(&bytes);
        }
    }
}
