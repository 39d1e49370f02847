//! What each key may have under way at once, so that no key takes the places of the others.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api::problem::{Problem, ProblemKind};
use crate::config::{ApiKey, ServerConfig};
use crate::lines::listener::Bodies;

/// The part of the room for bodies that one key may take.
const PART: usize = 2;

/// What every key may have under way; the keys are those of the configuration, so that there are never more entries.
#[derive(Debug, Clone)]
pub struct Shares(Arc<HashMap<String, OfKey>>);

#[derive(Debug)]
struct OfKey {
    requests: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    bodies: Bodies,
}

/// A place among the requests of a key, and its share of the room for bodies; an extension of the request. A stream keeps it to its
/// end.
#[derive(Debug, Clone)]
pub struct Place {
    _permit: Arc<OwnedSemaphorePermit>,
    bodies: Bodies,
}

impl Place {
    /// The key's share of the room for bodies.
    pub const fn bodies(&self) -> &Bodies {
        &self.bodies
    }
}

impl Shares {
    /// The shares of these keys.
    pub fn new(keys: &[ApiKey], server: &ServerConfig) -> Self {
        let of_key = |key: &ApiKey| {
            // However few connections there can be, one key does not have all of them.
            let most = server.listener.most_connections;
            let share = OfKey {
                requests: Arc::new(Semaphore::new(server.most_requests_per_key.min(most / 2))),
                waiting: Arc::new(Semaphore::new(server.most_waiting_per_key.min(most / 4))),
                bodies: Bodies::of(server.listener.most_body_bytes / PART),
            };
            (key.name.clone(), share)
        };
        Self(Arc::new(keys.iter().map(of_key).collect()))
    }

    /// A place for one more request of a key.
    ///
    /// # Errors
    /// When it has as many under way as it may.
    pub(super) fn place(&self, key: &str, is_patient: bool) -> Result<Place, Problem> {
        let detail = match is_patient {
            true => "this key has too many long polls and streams open; end some of them",
            false => "too many requests of this key are worked on; come again",
        };
        let none = || Problem::new(ProblemKind::Overloaded, detail);
        let share = self.0.get(key).ok_or_else(none)?;
        let places = if is_patient { &share.waiting } else { &share.requests };
        let permit = Arc::clone(places).try_acquire_owned().map_err(|_| none())?;
        Ok(Place { _permit: Arc::new(permit), bodies: share.bodies.clone() })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_one_key_has_under_way_is_no_matter_of_another() {
        let key = |name: &str| ApiKey { name: name.to_owned(), roles: BTreeSet::new(), digest: [0; 32] };
        let server =
            ServerConfig { most_requests_per_key: 2, most_waiting_per_key: 1, ..ServerConfig::default() };
        let shares = Shares::new(&[key("a"), key("b")], &server);
        let held = [shares.place("a", false), shares.place("a", false), shares.place("a", true)];
        assert!(held.iter().all(Result::is_ok));
        assert!(shares.place("a", false).is_err() && shares.place("a", true).is_err());
        assert!(shares.place("b", false).is_ok() && shares.place("b", true).is_ok());
        drop(held);
        assert!(shares.place("a", false).is_ok() && shares.place("a", true).is_ok());
    }
}
