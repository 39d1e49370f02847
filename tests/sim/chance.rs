//! Chance: from a seed, or from bytes that somebody chooses.

use rand::RngCore;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// What decides in a world.
pub enum Chance {
    /// All of it follows from one number.
    Seed(Box<StdRng>),
    /// Each byte decides once; what comes after the last one follows from how many there were.
    Bytes {
        /// What is left, the next one last.
        left: Vec<u8>,
        /// State of what decides after the last byte.
        rest: u64,
    },
}

impl Chance {
    pub fn of_seed(seed: u64) -> Self {
        Self::Seed(Box::new(StdRng::seed_from_u64(seed)))
    }

    pub fn of_bytes(bytes: &[u8]) -> Self {
        let rest = u64::try_from(bytes.len()).unwrap_or_default();
        Self::Bytes { left: bytes.iter().rev().copied().collect(), rest }
    }

    /// Whether somebody's bytes are used up.
    pub fn is_used_up(&self) -> bool {
        matches!(self, Self::Bytes { left, .. } if left.is_empty())
    }
}

impl RngCore for Chance {
    fn next_u32(&mut self) -> u32 {
        match self {
            Self::Seed(seed) => seed.next_u32(),
            Self::Bytes { left, rest } => match left.pop() {
                Some(byte) => u32::from_be_bytes([byte; 4]),
                // Numbers of Weyl's sequence, mixed: no two in a row are alike, so that nothing that draws again draws for ever.
                None => {
                    *rest = rest.wrapping_add(0x9E37_79B9_7F4A_7C15);
                    let mixed = (*rest ^ (*rest >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                    u32::try_from(mixed >> 32).unwrap_or_default()
                }
            },
        }
    }

    fn next_u64(&mut self) -> u64 {
        match self {
            Self::Seed(seed) => seed.next_u64(),
            Self::Bytes { .. } => u64::from(self.next_u32()) << 32 | u64::from(self.next_u32()),
        }
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        match self {
            Self::Seed(seed) => seed.fill_bytes(bytes),
            Self::Bytes { .. } => rand::rand_core::impls::fill_bytes_via_next(self, bytes),
        }
    }
}
