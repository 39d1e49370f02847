//! The form in which personal data and messages are stored: one place through which all of it passes. One leading byte says how
//! bytes were packed, so that old rows stay readable.
//!
//! Small messages, which come by the thousand, are kept as they are, because packing them costs more than writing them; larger
//! ones are packed with LZ4, which costs next to nothing, and large ones with zlib, which makes them smaller.

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
/// Smaller blobs cost less to write as they are than to pack.
const WORTH_IT: usize = 2 << 10;
/// From here on zlib is worth its time.
const LARGE: usize = 16 << 10;
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
        WORTH_IT..LARGE => Some(quickly(bytes)),
        LARGE.. => well(bytes).ok(),
    };
    packed.filter(|packed| packed.len() < bytes.len()).unwrap_or_else(|| {
        let mut plain = Vec::with_capacity(bytes.len() + 1);
        plain.push(PLAIN);
        plain.extend_from_slice(bytes);
        plain
    })
}

fn quickly(bytes: &[u8]) -> Vec<u8> {
    const HEAD: usize = 5;
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut packed = vec![0; HEAD + lz4_flex::block::get_maximum_output_size(bytes.len())];
    packed[0] = LZ4;
    packed[1..HEAD].copy_from_slice(&size.to_le_bytes());
    let written = lz4_flex::block::compress_into(bytes, &mut packed[HEAD..]).unwrap_or(usize::MAX);
    packed.truncate(HEAD.saturating_add(written));
    packed
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
        Some((&LZ4, rest)) => {
            let (size, block) = lz4_flex::block::uncompressed_size(rest).map_err(std::io::Error::other)?;
            if size > LARGE {
                return Err(std::io::Error::other("a packed blob is larger than it can be"));
            }
            lz4_flex::decompress(block, size).map_err(std::io::Error::other)
        }
        _ => Err(std::io::Error::other("unknown packing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn comes_back_as_it_was(bytes: Vec<u8>, repeat in 1_usize..400) {
            let bytes = bytes.repeat(repeat);
            proptest::prop_assert_eq!(unpack(&pack(&bytes)).expect("unpacks"), bytes);
        }

        #[test]
        fn nonsense_is_an_error_or_bytes_but_no_panic(kind in 0_u8..4, mut bytes: Vec<u8>) {
            bytes.insert(0, kind);
            let _ = unpack(&bytes);
        }
    }
}
