//! What a browser keeps between two steps of a sign-in: sealed (AES-256-GCM), so that it can neither be read nor made by anybody else.
//! The key follows from the client's secret, which every process of a fleet has.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chakong_contract::Secret;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// How long a sign-in may take from its beginning.
pub const LASTS: Duration = Duration::from_secs(600);
/// Largest cookie that is looked at.
const LARGEST: usize = 8_192;

/// A sign-in that was begun: the provider was asked.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Comes back with the browser.
    pub(super) state: String,
    /// Stands in the ID token.
    pub(super) nonce: String,
    /// Proves at the provider that the code is exchanged by whoever asked for it.
    pub(super) verifier: String,
    /// The page to which the sign-in leads.
    pub(super) next: String,
    /// Until when it counts.
    pub(super) until: Timestamp,
}

/// A sign-in of which the provider said who it is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// 工号.
    pub name: String,
    /// Whether the provider vouches for a second factor.
    pub second_factor: bool,
    /// What names the sign-in.
    pub state: String,
    /// The page to which it leads.
    pub next: String,
    /// Until when it counts.
    pub until: Timestamp,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("until", &self.until).finish_non_exhaustive()
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Seals and opens.
pub struct Sealed(Option<RandomizedNonceKey>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl Sealed {
    /// With the key that follows from a secret.
    pub(super) fn new(secret: &Secret) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        let key = hmac::sign(&key, b"chakong sign-in cookie");
        Self(RandomizedNonceKey::new(&AES_256_GCM, key.as_ref()).ok())
    }

    /// Seals a value for a cookie; `None` where that is not possible, which is a defect.
    pub fn close<T: Serialize>(&self, value: &T) -> Option<String> {
        let mut bytes = serde_json::to_vec(value).ok()?;
        let nonce = self.0.as_ref()?.seal_in_place_append_tag(Aad::empty(), &mut bytes).ok()?;
        let mut all = nonce.as_ref().to_vec();
        all.extend(bytes);
        Some(URL_SAFE_NO_PAD.encode(all))
    }

    /// Opens what was sealed as a value of this kind; `None` for anything else.
    pub fn open<T: DeserializeOwned>(&self, text: &str) -> Option<T> {
        if text.len() > LARGEST {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.0.as_ref()?.open_in_place(nonce, Aad::empty(), rest).ok()?;
        serde_json::from_slice(opened).ok()
    }
}
