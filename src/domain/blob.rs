//! Bytes in the form in which a store keeps them.

use std::sync::Arc;

/// Bytes in the form in which a store keeps them: packed, and where so configured encrypted. Made and opened by
/// `store::codec` only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Blob(Arc<[u8]>);

impl Blob {
    /// Wraps bytes that are in stored form already.
    pub fn stored(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The stored form.
    pub fn as_stored(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}
