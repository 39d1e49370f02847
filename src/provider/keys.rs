//! The provider's public keys (JSON Web Key Set, RFC 7517). Keys of other kinds are passed over.

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde_json::Value;

/// Most keys that are looked at.
const MOST: usize = 100;

/// Ways of signing that are taken: by public keys alone. With a shared secret, or without any, whoever knows the secret, or anybody,
/// could name anybody.
const TAKEN: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Whether a way of signing is taken.
pub(super) fn is_taken(algorithm: Algorithm) -> bool {
    TAKEN.contains(&algorithm)
}

/// The keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(Vec<(Option<String>, DecodingKey)>);

impl Keys {
    /// Out of a set as the provider publishes it.
    pub(super) fn read(set: &Value) -> Option<Self> {
        let all = set.get("keys")?.as_array()?;
        let one = |value: &Value| {
            let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
            let is_public = !matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_));
            let signs = jwk.common.public_key_use != Some(PublicKeyUse::Encryption);
            let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| is_public && signs)?;
            Some((jwk.common.key_id, key))
        };
        Some(Self(all.iter().take(MOST).filter_map(one).collect()))
    }

    /// The keys by which a token with this header may be signed.
    pub(super) fn of<'a>(&'a self, header: &'a Header) -> impl Iterator<Item = &'a DecodingKey> {
        let fits = |kid: &Option<String>| header.kid.is_none() || *kid == header.kid;
        let family = header.alg.family();
        let fitting = self.0.iter().filter(move |(kid, key)| fits(kid) && key.family() == family);
        fitting.map(|(_, key)| key)
    }
}
