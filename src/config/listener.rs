//! What the API and the postbox bear of those who connect to them.

use std::net::SocketAddr;
use std::time::Duration;

use super::reader::Section;
use super::values::within;

/// Limits of one listener.
#[derive(Debug, Clone)]
pub struct ListenerConfig {
    /// Connections at once; beyond them the one that has waited longest gives way to a new one.
    pub most_connections: usize,
    /// Connections at once from one address.
    pub most_connections_per_address: usize,
    /// Longest time for the head of a request, and for the next 16 KiB of a body.
    pub head_timeout: Duration,
    /// Longest time between two requests on one connection.
    pub idle_timeout: Duration,
    /// Longest time for a whole body.
    pub body_timeout: Duration,
    /// Longest time in which the peer takes nothing, or less than 16 KiB, of what is written.
    pub write_timeout: Duration,
    /// Bytes that the bodies of all requests may take together.
    pub most_body_bytes: usize,
}

impl Default for ListenerConfig {
    fn default() -> Self {
        Self {
            most_connections: 512,
            most_connections_per_address: 384,
            head_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(120),
            write_timeout: Duration::from_secs(30),
            most_body_bytes: 256 << 20,
        }
    }
}

/// The limits, which stand beside the address.
pub(super) fn read_listener(section: &mut Section<'_>) -> ListenerConfig {
    let default = ListenerConfig::default();
    let count = |section: &mut Section<'_>, key, default: usize| {
        let value = section.or(key, u32::try_from(default).unwrap_or(u32::MAX));
        if let Err(message) = within(value, 8, 30_000) {
            section.problem(key, message);
        }
        usize::try_from(value).unwrap_or(default)
    };
    let most_connections = count(section, "most_connections", default.most_connections);
    let per_address = count(section, "most_connections_per_address", default.most_connections_per_address);
    let time = |section: &mut Section<'_>, key, default| {
        let value = section.or(key, default);
        if let Err(message) = within(value, Duration::from_millis(100), Duration::from_secs(3600)) {
            section.problem(key, message);
        }
        value
    };
    let head_timeout = time(section, "head_timeout", default.head_timeout);
    let idle_timeout = time(section, "idle_timeout", default.idle_timeout);
    let body_timeout = time(section, "body_timeout", default.body_timeout);
    let write_timeout = time(section, "write_timeout", default.write_timeout);
    let bodies = section.or("most_body_mib", 256_u64);
    if let Err(message) = within(bodies, 16, 65_536) {
        section.problem("most_body_mib", message);
    }
    ListenerConfig {
        most_connections,
        most_connections_per_address: per_address,
        head_timeout,
        idle_timeout,
        body_timeout,
        write_timeout,
        most_body_bytes: usize::try_from(bodies.min(65_536) << 20).unwrap_or(default.most_body_bytes),
    }
}

/// Section `[postbox]`.
#[derive(Debug, Clone)]
pub struct PostboxServer {
    /// Address that counterparts call.
    pub listen: SocketAddr,
    /// What it bears of them.
    pub listener: ListenerConfig,
}
