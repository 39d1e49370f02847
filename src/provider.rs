//! The court's identity provider (OpenID Connect Core 1.0): authorization code flow with PKCE (RFC 7636).
//!
//! [`Provider::begin`] sends a browser to the provider; [`Provider::finish`] takes what the browser brings back, and says whom the
//! provider names. What is known between the two is sealed into a cookie of the browser ([`Sealed`]), so that no stranger fills a
//! store and any process of a fleet goes on. Nothing is fetched before somebody signs in: a provider that is down stops no start.

mod calls;
mod claims;
mod discovery;
mod id_token;
mod keys;
mod metadata;
mod refused;
mod seal;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use quick_cache::sync::Cache;
use reqwest::Url;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::config::ProviderConfig;
use calls::Calls;
use claims::{has_second_factor, name_in};
use discovery::Discovery;
use id_token::{Expected, verify};
use metadata::Metadata;

pub use refused::Refused;
pub use seal::{Asked, Known, LASTS, Sealed};

/// Path of this gateway to which the provider sends browsers back.
pub const RETURN_PATH: &str = "/console/sign-in/provider/return";
/// Path of this gateway to which the provider sends browsers that signed out.
const LEFT_PATH: &str = "/console/sign-in";
/// Sign-ins that are remembered, so that none counts twice.
const RECENT: usize = 10_000;
/// Most characters of what a browser brings back.
const LONGEST: usize = 4_096;

/// The identity provider.
#[derive(Debug)]
pub struct Provider {
    config: ProviderConfig,
    calls: Calls,
    discovery: Discovery,
    sealed: Sealed,
    used: Cache<String, ()>,
}

/// What a browser brings back from the provider.
#[derive(Debug, Clone, Default)]
pub struct Returned {
    /// The code that is exchanged for tokens.
    pub code: String,
    /// The state that went along.
    pub state: String,
    /// Why the provider refused; empty where it did not.
    pub error: String,
    /// Which provider it was (RFC 9207); empty where it does not say.
    pub issuer: String,
}

impl Provider {
    /// The provider that is configured. Its file of authorities is read when it is first called.
    pub fn new(config: ProviderConfig) -> Self {
        let calls = Calls::new(config.ca_file.clone(), config.timeout);
        let sealed = Sealed::new(&config.client_secret);
        Self { config, calls, discovery: Discovery::default(), sealed, used: Cache::new(RECENT) }
    }

    /// Words of the button by which somebody signs in, in Chinese and in English.
    pub fn button(&self) -> (&str, &str) {
        (&self.config.button.0, &self.config.button.1)
    }

    /// What is sealed into cookies.
    pub const fn sealed(&self) -> &Sealed {
        &self.sealed
    }

    /// Begins a sign-in that leads to the page `next`: the address to which the browser goes, and what its cookie holds. The three
    /// numbers are random, and nobody else knows them.
    ///
    /// # Errors
    /// Why the provider cannot be asked.
    pub async fn begin(
        &self,
        next: &str,
        [state, nonce, verifier]: [String; 3],
        now: Timestamp,
    ) -> Result<(String, String), Refused> {
        let metadata = self.discovery.metadata(&self.calls, &self.config.issuer).await?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut address = metadata.authorization_endpoint.clone();
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", &self.redirect())
            .append_pair("scope", &self.config.scopes.join(" "))
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if !self.config.acr_values.is_empty() {
            address.query_pairs_mut().append_pair("acr_values", &self.config.acr_values);
        }
        let asked = Asked { state, nonce, verifier, next: next.to_owned(), until: now + LASTS };
        let sealed = self.sealed.close(&asked).ok_or(Refused::Lost)?;
        Ok((address.into(), sealed))
    }

    /// Takes what a browser brings back, beside the cookie that it was given; whom the provider names.
    ///
    /// # Errors
    /// Why nobody is named.
    pub async fn finish(
        &self,
        cookie: Option<&str>,
        returned: &Returned,
        now: Timestamp,
    ) -> Result<Known, Refused> {
        let asked: Asked = cookie.and_then(|cookie| self.sealed.open(cookie)).ok_or(Refused::Lost)?;
        if asked.until < now {
            return Err(Refused::Lost);
        }
        let is_same = aws_lc_rs::constant_time::verify_slices_are_equal;
        if is_same(asked.state.as_bytes(), returned.state.as_bytes()).is_err() {
            return Err(Refused::State);
        }
        if self.used.get(&asked.state).is_some() {
            return Err(Refused::Again);
        }
        self.used.insert(asked.state.clone(), ());
        if !returned.issuer.is_empty() && returned.issuer != self.config.issuer {
            return Err(Refused::Issuer);
        }
        if !returned.error.is_empty() {
            return Err(Refused::declined(&returned.error));
        }
        if returned.code.is_empty() || returned.code.len() > LONGEST {
            return Err(Refused::Code);
        }
        let metadata = self.discovery.metadata(&self.calls, &self.config.issuer).await?;
        if returned.issuer.is_empty() && metadata.names_itself {
            return Err(Refused::Issuer);
        }
        let (name, second_factor) = self.named(&metadata, &asked, &returned.code, now).await?;
        let Asked { state, next, until, .. } = asked;
        Ok(Known { name, second_factor, state, next, until })
    }

    /// Exchanges a code, and reads whom the ID token names.
    async fn named(
        &self,
        metadata: &Metadata,
        asked: &Asked,
        code: &str,
        now: Timestamp,
    ) -> Result<(String, bool), Refused> {
        let redirect = self.redirect();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect),
            ("code_verifier", &asked.verifier),
        ];
        let by = (self.config.client_id.as_str(), self.config.client_secret.expose());
        let tokens = self.calls.exchange(metadata, by, &form).await?;
        let expected = Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce: &asked.nonce,
            now,
        };
        let keys = self.discovery.keys(&self.calls, metadata, false).await?;
        let claims = match verify(&tokens.id_token, &keys, &expected) {
            // The provider may have new keys.
            Err(Refused::UnknownKey) => {
                let keys = self.discovery.keys(&self.calls, metadata, true).await?;
                verify(&tokens.id_token, &keys, &expected)?
            }
            verified => verified?,
        };
        let second =
            self.config.second_factor || has_second_factor(&claims, &self.config.second_factor_values);
        if let Some(name) = name_in(&claims, &self.config.claim) {
            return Ok((name, second));
        }
        let more = self.calls.user_info(metadata, &tokens.access_token).await?;
        // Nobody else's (section 5.3.2).
        let is_theirs = more.as_ref().is_some_and(|more| more.get("sub") == claims.get("sub"));
        let name = more.filter(|_| is_theirs).and_then(|more| name_in(&more, &self.config.claim));
        Ok((name.ok_or_else(|| Refused::Claim(self.config.claim.clone()))?, second))
    }

    /// The identifier of the session that a sign-in begins: one for each state, so that none begins two.
    pub fn session_of(state: &str) -> Uuid {
        let digest = Sha256::digest(format!("session {state}").as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, digit)| *byte = digit);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Where a browser goes that signed out here, so that it is signed out at the provider as well (RP-Initiated Logout 1.0); `None`
    /// where the provider has no such place, or cannot be asked now.
    pub async fn end_address(&self) -> Option<String> {
        let metadata = self.discovery.metadata(&self.calls, &self.config.issuer).await.ok()?;
        let mut address: Url = metadata.end_session_endpoint.clone()?;
        let back = format!("{}{LEFT_PATH}", self.config.console_url);
        address
            .query_pairs_mut()
            .append_pair("client_id", &self.config.client_id)
            .append_pair("post_logout_redirect_uri", &back);
        Some(address.into())
    }

    fn redirect(&self) -> String {
        format!("{}{RETURN_PATH}", self.config.console_url)
    }
}

#[cfg(test)]
mod tests;
