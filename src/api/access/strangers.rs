//! Requests of those who are not known: who signs in, and who shows a wrong key. They have places of their own: however many they are,
//! those who are known are served. Who guesses keys is slowed down and told; a right key is never kept waiting.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use tokio::sync::OwnedSemaphorePermit;

use super::Door;
use crate::api::peer::{address_of, keep_back};
use crate::api::problem::{Problem, ProblemKind};
use crate::api::route::route_of;
use crate::config::Proxies;
use crate::domain::actor;
use crate::lanes::{Guessing, network_of};
use crate::lines::listener::Connection;

/// The part of all requests that those of strangers may be.
const PART: usize = 4;
/// Most of them, however many requests may be worked on.
const MOST: usize = 128;

/// How many requests of strangers are worked on at once.
pub(super) fn places(most_requests: usize) -> usize {
    (most_requests / PART).clamp(1, MOST)
}

/// There is no place for one more stranger.
pub(super) fn too_many() -> Problem {
    let detail = "too many callers who are not known are answered; come again";
    Problem::new(ProblemKind::Overloaded, detail)
}

/// The place of a request to sign in while it is read. Whoever waits for a turn, or for the answer to a wrong password, needs none.
#[derive(Debug, Clone)]
pub struct PlaceToSignIn {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl PlaceToSignIn {
    /// A place, if one is free.
    pub(super) fn of(door: &Door) -> Option<Self> {
        Arc::clone(&door.sign_ins).try_acquire_owned().ok().map(|permit| Self { _permit: Arc::new(permit) })
    }
}

/// A wrong key, as far as it matters.
pub(super) struct WrongKey {
    connection: Connection,
    from: IpAddr,
    route: String,
}

impl WrongKey {
    /// The wrong key of a request that came over a connection.
    pub(super) fn of(request: &Request, proxies: &Proxies) -> Option<Self> {
        let connection = request.extensions().get::<Connection>()?.clone();
        let from = address_of(proxies, Some(&connection), request.headers());
        Some(Self { connection, from, route: route_of(request).to_owned() })
    }

    /// Keeps its answer back, the longer the more of them came from there; tells who guesses in log and audit.
    ///
    /// # Errors
    /// When too many strangers are answered already.
    pub(super) async fn slow_down(self, door: &Door) -> Result<(), Problem> {
        let _place = door.strangers.try_acquire().map_err(|_| too_many())?;
        let Self { connection, from, route } = self;
        let slowed = door.gateway.wrong_keys.note([network_of(from)], from);
        tracing::warn!(route, %from, "a request with a wrong key was refused");
        if let Some(times) = slowed.told {
            tracing::error!(route, %from, times, "somebody tries to guess a key");
            let guessing =
                Guessing { actor: actor::API, act: "guess_key", subject: "", from, path: &route, times };
            let kept = door.gateway.engine.audit(guessing.entry(door.gateway.clock.now())).await;
            if let Err(error) = kept {
                tracing::error!(%error, "the attempt could not be written into the audit");
            }
        }
        keep_back(Some(&connection), slowed.wait).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_have_a_part_of_the_places_and_never_none() {
        assert_eq!([1, 4, 100, 512, 100_000].map(places), [1, 1, 25, 128, 128]);
    }
}
