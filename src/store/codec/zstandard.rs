//! Zstandard with a dictionary. The dictionary was trained (`zstd --train`, 16 KiB) on the messages and answers in `fixtures`, JSON
//! without its blanks, and the words of our own records were put behind it. What is packed with it cannot be read without it: another
//! dictionary is another packing.

use std::io;
use std::sync::{LazyLock, Mutex, PoisonError};

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CParameter, compress_bound};

const DICTIONARY: &[u8] = include_bytes!("dictionary");
/// As fast as writing what it saves; higher levels take several times as long for a tenth.
const LEVEL: i32 = 3;
/// Most packers, and unpackers, that are kept while nobody uses them.
const MOST_IDLE: usize = 8;

/// The dictionary as it is used; that it can be is tested.
static PACKING: LazyLock<Option<EncoderDictionary<'static>>> =
    LazyLock::new(|| EncoderDictionary::try_copy(DICTIONARY, LEVEL).ok());
static UNPACKING: LazyLock<Option<DecoderDictionary<'static>>> =
    LazyLock::new(|| DecoderDictionary::try_copy(DICTIONARY).ok());

static PACKERS: Idle<Compressor<'static>> = Idle::new();
static UNPACKERS: Idle<Decompressor<'static>> = Idle::new();

/// Bytes packed, behind a byte that says how.
pub(super) fn pack(bytes: &[u8], kind: u8) -> io::Result<Vec<u8>> {
    PACKERS.with(packer, |packer| {
        let mut packed = vec![0; 1 + compress_bound(bytes.len())];
        let Some((head, room)) = packed.split_first_mut() else { return Err(unusable()) };
        *head = kind;
        let written = packer.compress_to_buffer(bytes, room)?;
        packed.truncate(written + 1);
        Ok(packed)
    })
}

/// The bytes, of which there are no more than `most`.
pub(super) fn unpack(packed: &[u8], most: usize) -> io::Result<Vec<u8>> {
    UNPACKERS.with(unpacker, |unpacker| unpacker.decompress(packed, most))
}

fn packer() -> io::Result<Compressor<'static>> {
    let mut packer = Compressor::with_prepared_dictionary(PACKING.as_ref().ok_or_else(unusable)?)?;
    // There is only one, and a row has its own kind.
    packer.set_parameter(CParameter::DictIdFlag(false))?;
    Ok(packer)
}

fn unpacker() -> io::Result<Decompressor<'static>> {
    Decompressor::with_prepared_dictionary(UNPACKING.as_ref().ok_or_else(unusable)?)
}

fn unusable() -> io::Error {
    io::Error::other("the dictionary cannot be used")
}

/// What takes long to make, kept for the next who needs it.
struct Idle<T>(Mutex<Vec<T>>);

impl<T> Idle<T> {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn with<R>(
        &self,
        make: impl FnOnce() -> io::Result<T>,
        work: impl FnOnce(&mut T) -> io::Result<R>,
    ) -> io::Result<R> {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut one = idle.map_or_else(make, Ok)?;
        let worked = work(&mut one)?;
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(one);
        }
        Ok(worked)
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn the_dictionary_can_be_used_and_never_changes() {
        let digest = hex::encode(sha2::Sha256::digest(DICTIONARY));
        assert_eq!(digest, "f9bfcf35b871e8aa65123d8611d795bc4ad394458fdaa83cdd7d090b546e1d78");
        assert!(PACKING.is_some() && UNPACKING.is_some());
    }

    #[test]
    fn what_claims_to_be_larger_than_it_may_be_is_refused() {
        let packed = pack(&[7; 5_000], 4).expect("packed");
        assert_eq!(unpack(&packed[1..], 5_000).expect("unpacked"), [7; 5_000]);
        assert!(unpack(&packed[1..], 4_999).is_err());
        assert!(unpack(&packed[1..packed.len() - 1], 5_000).is_err(), "cut short");
    }
}
