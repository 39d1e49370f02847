//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::http::HeaderMap;

use crate::config::Proxies;
use crate::lines::listener::Connection;

/// The address from which a connection was opened.
pub fn peer_of(connection: Option<&Connection>) -> IpAddr {
    connection.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |connection| connection.standing.peer())
}

/// The address that a request comes from. A reverse proxy that is configured says whose request it passes on.
pub fn address_of(proxies: &Proxies, connection: Option<&Connection>, headers: &HeaderMap) -> IpAddr {
    let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    proxies.caller(peer_of(connection), forwarded)
}

/// Keeps back the answer to somebody who was refused. Meanwhile the connection takes no place that others need.
pub async fn keep_back(connection: Option<&Connection>, wait: Duration) {
    if wait.is_zero() {
        return;
    }
    if let Some(connection) = connection {
        connection.standing.slows_down();
    }
    tokio::time::sleep(wait).await;
}
