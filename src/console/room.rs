//! Room for pages: how many are made at once, and how many of them for one person.

use axum::http::StatusCode;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::failure::Failure;
use super::visitor::Visitor;
use crate::api::{Place, Shares};
use crate::config::ServerConfig;

/// Requests for pages that are worked on at once.
const MOST_AT_ONCE: usize = 256;
/// Requests of one person, with those whose form still arrives.
const MOST_OF_ONE: usize = 64;

/// Places of requests that are worked on, and what each person has of them.
#[derive(Debug)]
pub struct Room {
    places: Semaphore,
    shares: Shares,
}

impl Room {
    /// All of it free.
    pub fn of(server: &ServerConfig) -> Self {
        Self { places: Semaphore::new(MOST_AT_ONCE), shares: Shares::of_pages(server, MOST_OF_ONE) }
    }

    /// A place for one more page.
    ///
    /// # Errors
    /// When there is none.
    pub fn place(&self) -> Result<SemaphorePermit<'_>, Failure> {
        let detail = "正在打开的页面过多，请稍后再试 too many pages are made; come again";
        self.places.try_acquire().map_err(|_| Failure::new(StatusCode::SERVICE_UNAVAILABLE, detail))
    }

    /// A place among those of one person, in whatever session.
    ///
    /// # Errors
    /// When they have as many as they may.
    pub fn share(&self, visitor: &Visitor) -> Result<Place, Failure> {
        let detail = "您同时打开的页面过多，请稍后再试 too many of your pages are made at once; come again";
        let none = |_| Failure::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        self.shares.place(&visitor.identity.name, false).map_err(none)
    }
}
