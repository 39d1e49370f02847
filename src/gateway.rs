//! The gateway as its API, its pages and its commands see it: handles to the parts, nothing of its own.

mod moves;

use std::net::IpAddr;
use std::sync::Arc;

use chakong_contract::connector::{Connector, Plugin};

use crate::clock::Clock;
use crate::config::{ApiKey, CertificateConfig, NamedAccount, ServerConfig};
use crate::counterparts::Counterparts;
use crate::domain::progress::ProgressSettings;
use crate::engine::Engine;
use crate::lanes::{Guesses, LaneRegistry, OpenLine, RecentTerms};
use crate::lifecycle::Tasks;
use crate::papers::Printer;
use crate::people::People;
use crate::provider::Provider;
use crate::queue::EventLog;
use crate::relay::Relays;
use crate::store::Store;
pub use moves::{LastMove, PlannedMove, StoreMoves};

/// Makes the form into which any paper's answer is entered, for an institution by its name.
pub type PaperForm = fn(&str) -> Option<(Plugin, Arc<dyn Connector>)>;

/// Handles to the parts.
#[derive(Debug)]
pub struct Gateway {
    /// The log of results, to be read.
    pub log: EventLog,
    /// Store, to be read.
    pub store: Arc<dyn Store>,
    /// The engine, which takes whatever happens.
    pub engine: Engine,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Counterparts as configured now.
    pub counterparts: Arc<Counterparts>,
    /// Health of the lanes.
    pub registry: Arc<LaneRegistry>,
    /// Terms and documents read lately.
    pub terms: Arc<RecentTerms>,
    /// Opens the line of a counterpart that has no lane now.
    pub open_line: OpenLine,
    /// The form into which any paper's answer is entered, for an institution by its name.
    pub paper_form: PaperForm,
    /// Connectors.
    pub plugins: Vec<Plugin>,
    /// Relays and intakes, to be looked at.
    pub relays: Relays,
    /// API keys of the configuration; the store has more.
    pub keys: Vec<ApiKey>,
    /// Wrong keys that were shown to the API, by the network that they came from.
    pub wrong_keys: Guesses<IpAddr>,
    /// Persons, sessions, keys of the store, looks.
    pub people: People,
    /// The court's identity provider, by which persons sign in; `None` without one.
    pub provider: Option<Provider>,
    /// Client certificates by which persons sign in; `None` where none is taken.
    pub certificate: Option<CertificateConfig>,
    /// Accounts of the court that deducted money may go to.
    pub court_accounts: Vec<NamedAccount>,
    /// What the parties of a case may be shown.
    pub progress: ProgressSettings,
    /// Makes PDF of papers.
    pub printer: Printer,
    /// Limits of the HTTP API.
    pub server: ServerConfig,
    /// Intake stops while fewer bytes than this are free on the store's disk.
    pub min_free: u64,
    /// Where the store is, and moves of it.
    pub moves: StoreMoves,
    /// Tasks and whether they are to stop.
    pub tasks: Tasks,
}

impl Gateway {
    /// Names of the keys of the configuration.
    pub fn key_names(&self) -> Vec<String> {
        self.keys.iter().map(|key| key.name.clone()).collect()
    }

    /// Whether there is room on the store's disk, and in its write-ahead log, for more inquiries.
    pub fn has_space(&self) -> bool {
        self.store.free_bytes().is_none_or(|free| free >= self.min_free)
            && self.store.health().has_room_in_wal()
    }
}
