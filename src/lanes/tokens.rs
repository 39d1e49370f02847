//! Tokens of conversations under way: whoever calls us with one has it confirmed once.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chakong_contract::Secret;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a token: looking for one tells nothing about the others, however long it takes.
type Digest = [u8; 32];

/// The tokens of one lane that were not asked about yet.
#[derive(Debug, Default)]
pub struct Tokens(Mutex<HashSet<Digest>>);

impl Tokens {
    /// The token of a number that nobody can guess; good until the guard is dropped.
    pub fn draw(&self, number: u128) -> (Secret, Standing<'_>) {
        let token = format!("{number:032x}");
        let digest = Sha256::digest(&token).into();
        self.open().insert(digest);
        (Secret::new(token), Standing { tokens: self, digest })
    }

    /// By what a token is known in the store.
    pub(super) fn digest(token: &Secret) -> Vec<u8> {
        Sha256::digest(token.expose()).to_vec()
    }

    /// Whether a token stands; it does no more afterwards.
    pub fn spend(&self, token: &Secret) -> bool {
        let digest: Digest = Sha256::digest(token.expose()).into();
        self.open().remove(&digest)
    }

    fn open(&self) -> MutexGuard<'_, HashSet<Digest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While it is held, its token stands, unless it was spent.
#[derive(Debug)]
pub struct Standing<'a> {
    tokens: &'a Tokens,
    digest: Digest,
}

impl Drop for Standing<'_> {
    fn drop(&mut self) {
        self.tokens.open().remove(&self.digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_confirmed_once_and_only_while_its_conversation_is_under_way() {
        let tokens = Tokens::default();
        let (first, standing) = tokens.draw(7);
        let (second, other) = tokens.draw(8);
        assert_ne!(first, second);
        assert!(!tokens.spend(&Secret::new("0".repeat(32))));
        assert!(tokens.spend(&first));
        assert!(!tokens.spend(&first), "a second use is refused");
        drop(other);
        assert!(!tokens.spend(&second), "its conversation is over");
        drop(standing);
        assert!(tokens.open().is_empty());
    }
}
