//! Compression of stored blobs: one leading byte says how, so that old rows stay readable.

use std::cell::RefCell;
use std::io::Read as _;
use std::sync::Arc;

use flate2::read::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};

const PLAIN: u8 = 0;
const ZLIB: u8 = 1;
/// Smaller blobs gain nothing.
const WORTH_IT: usize = 256;
/// Largest blob that is unpacked again; nothing larger is ever packed.
const LARGEST: u64 = 1 << 30;

thread_local! {
    /// A compressor's tables are far larger than what it mostly packs: they are made once.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), true));
}

/// Bytes packed for the store, wherever there is time for it: not on the writer's thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(pub(super) Arc<[u8]>);

impl Packed {
    /// Packs bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(pack(bytes).into())
    }

    /// The bytes as they were.
    ///
    /// # Errors
    /// When they were not packed by this.
    pub fn unpack(&self) -> std::io::Result<Vec<u8>> {
        unpack(&self.0)
    }
}

/// Packs bytes.
pub(super) fn pack(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() >= WORTH_IT
        && let Some(packed) = COMPRESSOR.with_borrow_mut(|compressor| compress(compressor, bytes))
        && packed.len() < bytes.len()
    {
        return packed;
    }
    let mut packed = Vec::with_capacity(bytes.len() + 1);
    packed.push(PLAIN);
    packed.extend_from_slice(bytes);
    packed
}

/// `None` when the bytes do not shrink.
fn compress(compressor: &mut Compress, bytes: &[u8]) -> Option<Vec<u8>> {
    compressor.reset();
    let mut packed = Vec::with_capacity(bytes.len());
    packed.push(ZLIB);
    match compressor.compress_vec(bytes, &mut packed, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => Some(packed),
        _ => None,
    }
}

/// Unpacks what [`pack`] made.
pub(super) fn unpack(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    match packed.split_first() {
        Some((&PLAIN, rest)) => Ok(rest.to_vec()),
        Some((&ZLIB, rest)) => {
            let mut bytes = Vec::new();
            ZlibDecoder::new(rest).take(LARGEST).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        _ => Err(std::io::Error::other("unknown packing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn comes_back_as_it_was(bytes: Vec<u8>, repeat in 1_usize..200) {
            let bytes = bytes.repeat(repeat);
            proptest::prop_assert_eq!(unpack(&pack(&bytes)).expect("unpacks"), bytes);
        }

        #[test]
        fn nonsense_is_an_error_or_bytes_but_no_panic(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
        }
    }
}
