//! Logs and metrics.
//!
//! What is logged: identifiers, names of counterparts and keys, states, counts, durations, faults (which hold no
//! personal data). What is never logged: bodies, names of parties, identity and account numbers, queries of addresses.
//! Libraries that would log addresses in full are kept at `info`, whatever the filter says.

mod counterparts;
mod http;
mod relays;
mod store;
mod tracing_setup;

pub use counterparts::{Scrape, render, scrape};
pub use http::HttpMetrics;
pub use tracing_setup::init_tracing;
