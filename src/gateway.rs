//! The gateway as its API, its pages and its commands see it: handles to the parts, nothing of its own.

use std::sync::Arc;

use chakong_contract::connector::Plugin;

use crate::clock::Clock;
use crate::config::{ApiKey, NamedAccount, ServerConfig};
use crate::counterparts::Counterparts;
use crate::lanes::{Board, Submissions};
use crate::lifecycle::Tasks;
use crate::store::Store;

/// Handles to the parts.
#[derive(Debug)]
pub struct Gateway {
    /// Name of this installation; the CloudEvents source.
    pub instance: String,
    /// Store.
    pub store: Arc<dyn Store>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Counterparts as configured now.
    pub counterparts: Arc<Counterparts>,
    /// Health of the lanes.
    pub board: Arc<Board>,
    /// Submissions read lately.
    pub submissions: Arc<Submissions>,
    /// Connectors.
    pub plugins: Vec<Plugin>,
    /// API keys.
    pub keys: Vec<ApiKey>,
    /// Accounts of the court that deducted money may go to.
    pub court_accounts: Vec<NamedAccount>,
    /// Limits of the HTTP API.
    pub server: ServerConfig,
    /// Intake stops while fewer bytes than this are free on the store's disk.
    pub min_free: u64,
    /// Tasks and whether they are to stop.
    pub tasks: Tasks,
}

impl Gateway {
    /// Whether there is room on the store's disk for more inquiries.
    pub fn has_space(&self) -> bool {
        self.store.free_bytes().is_none_or(|free| free >= self.min_free)
    }
}
