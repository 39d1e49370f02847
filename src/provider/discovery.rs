//! What the provider says about itself and its keys, fetched when they are needed and remembered for a while.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::calls::Calls;
use super::keys::Keys;
use super::metadata::Metadata;
use super::refused::Refused;

/// How long it is remembered.
const FRESH: Duration = Duration::from_secs(3600);
/// How long it is remembered that it cannot be had, and that there are no newer keys.
const NOT_AGAIN: Duration = Duration::from_secs(10);

/// Something that was fetched, or why not, and when.
#[derive(Debug)]
struct Remembered<T>(Option<(Instant, Result<Arc<T>, Refused>)>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Remembered<T> {
    /// What is known, unless it is too old; with `anew` also unless it was fetched some seconds ago.
    fn known(&self, anew: bool) -> Option<Result<Arc<T>, Refused>> {
        let (at, known) = self.0.as_ref()?;
        let lasts = if known.is_err() || anew { NOT_AGAIN } else { FRESH };
        (at.elapsed() < lasts).then(|| known.clone())
    }

    fn keep(&mut self, fetched: Result<T, Refused>) -> Result<Arc<T>, Refused> {
        let kept = fetched.map(Arc::new);
        self.0 = Some((Instant::now(), kept.clone()));
        kept
    }
}

/// What is remembered of the provider. Several who sign in at once wait for one fetch.
#[derive(Debug, Default)]
pub(super) struct Discovery {
    metadata: Mutex<Remembered<Metadata>>,
    keys: Mutex<Remembered<Keys>>,
}

impl Discovery {
    pub(super) async fn metadata(&self, calls: &Calls, issuer: &str) -> Result<Arc<Metadata>, Refused> {
        let mut remembered = self.metadata.lock().await;
        if let Some(known) = remembered.known(false) {
            return known;
        }
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let fetched = async {
            let address = Url::parse(&address).map_err(|_| Refused::Answer("issuer"))?;
            Metadata::read(&calls.get(address, "openid-configuration").await?, issuer)
        };
        let fetched = fetched.await;
        remembered.keep(fetched)
    }

    /// The keys; fetched `anew` where a token is signed by one that is not known.
    pub(super) async fn keys(
        &self,
        calls: &Calls,
        metadata: &Metadata,
        anew: bool,
    ) -> Result<Arc<Keys>, Refused> {
        let mut remembered = self.keys.lock().await;
        if let Some(known) = remembered.known(anew) {
            return known;
        }
        let fetched = calls.get(metadata.jwks_uri.clone(), "jwks").await;
        let read = fetched.and_then(|set| Keys::read(&set).ok_or(Refused::Answer("jwks")));
        remembered.keep(read)
    }
}
