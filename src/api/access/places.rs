//! What each key may have under way at once, so that no key takes the places of the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api::problem::{Problem, ProblemKind};
use crate::config::ServerConfig;
use crate::lines::listener::Bodies;

/// The part of the room for bodies that one key may take.
const PART: usize = 2;

/// What every key and person may have under way. Only who was let in has an entry.
#[derive(Debug, Clone)]
pub struct Shares(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    of_key: Mutex<HashMap<String, OfKey>>,
    most_requests: usize,
    most_waiting: usize,
    most_bytes: usize,
}

/// Entries beyond which those of whom nothing is under way go.
const MANY: usize = 10_000;

#[derive(Debug, Clone)]
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
    /// What each may have under way by the settings of the server.
    pub fn new(server: &ServerConfig) -> Self {
        Self::with(server, server.most_requests_per_key)
    }

    /// What each person may have under way of pages: so many requests, and no more than a key.
    pub fn of_pages(server: &ServerConfig, most_requests: usize) -> Self {
        Self::with(server, most_requests.min(server.most_requests_per_key))
    }

    fn with(server: &ServerConfig, most_requests: usize) -> Self {
        // However few connections there can be, one key does not have all of them.
        let most = server.listener.most_connections;
        Self(Arc::new(Inner {
            of_key: Mutex::default(),
            most_requests: most_requests.min(most / 2),
            most_waiting: server.most_waiting_per_key.min(most / 4),
            most_bytes: server.listener.most_body_bytes / PART,
        }))
    }

    fn of(&self, key: &str) -> OfKey {
        let inner = &self.0;
        let mut known = inner.of_key.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MANY {
            known.retain(|_, share| {
                let is_idle = share.requests.available_permits() == inner.most_requests
                    && share.waiting.available_permits() == inner.most_waiting;
                !is_idle
            });
        }
        let fresh = || OfKey {
            requests: Arc::new(Semaphore::new(inner.most_requests)),
            waiting: Arc::new(Semaphore::new(inner.most_waiting)),
            bodies: Bodies::of(inner.most_bytes),
        };
        known.entry(key.to_owned()).or_insert_with(fresh).clone()
    }

    /// A place for one more request of a key.
    ///
    /// # Errors
    /// When it has as many under way as it may.
    pub fn place(&self, key: &str, is_patient: bool) -> Result<Place, Problem> {
        let detail = match is_patient {
            true => "this key has too many long polls and streams open; end some of them",
            false => "too many requests of this key are worked on; come again",
        };
        let none = || Problem::new(ProblemKind::Overloaded, detail);
        let share = self.of(key);
        let places = if is_patient { &share.waiting } else { &share.requests };
        let permit = Arc::clone(places).try_acquire_owned().map_err(|_| none())?;
        Ok(Place { _permit: Arc::new(permit), bodies: share.bodies.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_key_has_under_way_is_no_matter_of_another() {
        let server =
            ServerConfig { most_requests_per_key: 2, most_waiting_per_key: 1, ..ServerConfig::default() };
        let shares = Shares::new(&server);
        let held = [shares.place("a", false), shares.place("a", false), shares.place("a", true)];
        assert!(held.iter().all(Result::is_ok));
        assert!(shares.place("a", false).is_err() && shares.place("a", true).is_err());
        assert!(shares.place("b", false).is_ok() && shares.place("b", true).is_ok());
        drop(held);
        assert!(shares.place("a", false).is_ok() && shares.place("a", true).is_ok());
    }
}
