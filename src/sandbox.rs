//! Hosts the connectors' simulated counterparts on real lines: HTTP on loopback, files in directories or on a server.
//!
//! The counterparts' own configuration says where: a sandbox stands at the other end of the line that the gateway uses.

mod books;
mod call;
mod parcel;
mod postbox;

pub use books::serve_books;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use chakong_contract::sandbox::{Books, Sandbox};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::config::CounterpartConfig;
use crate::lifecycle::Tasks;

/// A simulated counterpart, shared between its line and its books.
type Shared = Arc<Mutex<Box<dyn Sandbox>>>;

/// Why the counterparts cannot be simulated.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// A script does not fit.
    #[error("{counterpart}: {source}")]
    Script {
        /// The counterpart.
        counterpart: String,
        /// Why.
        #[source]
        source: chakong_contract::sandbox::SandboxError,
    },
    /// The script names a counterpart that is not configured.
    #[error("the script has `{0}`, which is not a configured counterpart")]
    Unknown(String),
    /// The other end of the line cannot be played.
    #[error("{counterpart}: {detail}")]
    Line {
        /// The counterpart.
        counterpart: String,
        /// Why.
        detail: String,
    },
}

/// The simulated counterparts that were started.
#[derive(Debug, Clone, Default)]
pub struct Hosted(Arc<BTreeMap<String, Shared>>);

impl Hosted {
    /// The books of every counterpart by name.
    pub fn books(&self) -> BTreeMap<String, Books> {
        let read = |shared: &Shared| shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner).books();
        self.0.iter().map(|(name, shared)| (name.clone(), read(shared))).collect()
    }
}

/// Starts the counterparts that `scripts` (an object by counterpart name) has a script for. Those that call, or call back, call the
/// gateway's `postbox`.
///
/// # Errors
/// See [`HostError`].
pub async fn host(
    counterparts: &[CounterpartConfig],
    scripts: &BTreeMap<String, Value>,
    postbox: Option<SocketAddr>,
    tasks: &Tasks,
    clock: &Arc<dyn Clock>,
) -> Result<Hosted, HostError> {
    host_on(BTreeMap::new(), counterparts, scripts, postbox, tasks, clock).await
}

/// As [`host`]; counterparts on call lines with a listener here, by name, answer on that. Who binds before the configuration is
/// written knows that nobody else takes the port.
///
/// # Errors
/// See [`HostError`].
pub async fn host_on(
    mut listeners: BTreeMap<String, TcpListener>,
    counterparts: &[CounterpartConfig],
    scripts: &BTreeMap<String, Value>,
    postbox: Option<SocketAddr>,
    tasks: &Tasks,
    clock: &Arc<dyn Clock>,
) -> Result<Hosted, HostError> {
    let mut hosted = BTreeMap::new();
    for (name, script) in scripts {
        let config = counterparts.iter().find(|counterpart| counterpart.name == *name);
        let config = config.ok_or_else(|| HostError::Unknown(name.clone()))?;
        let built = (config.plugin.sandbox)(script, &config.settings);
        let sandbox = built.map_err(|source| HostError::Script { counterpart: name.clone(), source })?;
        let shared: Shared = Arc::new(Mutex::new(sandbox));
        start(config, Arc::clone(&shared), listeners.remove(name), postbox, tasks, clock)
            .await
            .map_err(|detail| HostError::Line { counterpart: name.clone(), detail })?;
        hosted.insert(name.clone(), shared);
    }
    Ok(Hosted(Arc::new(hosted)))
}

async fn start(
    config: &CounterpartConfig,
    shared: Shared,
    listener: Option<TcpListener>,
    postbox: Option<SocketAddr>,
    tasks: &Tasks,
    clock: &Arc<dyn Clock>,
) -> Result<(), String> {
    let (is_called, takes_files) = {
        let mut sandbox = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (sandbox.call().is_some(), sandbox.parcel().is_some())
    };
    if let Some(at) = config.line.called_at() {
        let address = postbox.ok_or("the gateway has no postbox to call")?;
        let polling =
            postbox::poll(address, &at.path, Arc::clone(&shared), Arc::clone(clock), tasks.clone())?;
        tasks.spawn_service("sandbox", polling);
    }
    if let Some(line) = config.line.call().filter(|_| is_called) {
        let (address, base) = loopback_of(&line.base_url)?;
        let listener = match listener {
            Some(listener) => listener,
            None => TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?,
        };
        let served = call::Served { sandbox: shared, base: base.into(), clock: Arc::clone(clock) };
        tasks.spawn_service("sandbox", call::serve(listener, served, tasks.clone()));
    } else if let Some(line) = config.line.parcel().filter(|_| takes_files) {
        let play = parcel::play(line, shared, Arc::clone(clock), tasks.clone())?;
        tasks.spawn_service("sandbox", play);
    } else if config.line.postbox().is_none() {
        return Err("the simulated counterpart does not speak over this line".to_owned());
    }
    Ok(())
}

/// Where a simulated counterpart listens, and the path below which it serves, without a slash at its end. It is never at somebody
/// else's address.
fn loopback_of(base_url: &str) -> Result<(SocketAddr, String), String> {
    let url = reqwest::Url::parse(base_url).map_err(|error| error.to_string())?;
    let address = match (url.host_str(), url.port_or_known_default()) {
        (Some("localhost"), Some(port)) => Some(SocketAddr::from(([127, 0, 0, 1], port))),
        (Some(host), Some(port)) => host.parse().ok().map(|ip| SocketAddr::new(ip, port)),
        _ => None,
    };
    match address {
        Some(address) if address.ip().is_loopback() => {
            Ok((address, url.path().trim_end_matches('/').to_owned()))
        }
        _ => Err(format!("`{base_url}` is not a loopback address such as http://127.0.0.1:9001")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_counterpart_listens_on_loopback_below_the_path_of_its_base_address() {
        let at = |url: &str| loopback_of(url).map(|(address, base)| (address.to_string(), base));
        assert_eq!(at("http://127.0.0.1:9001"), Ok(("127.0.0.1:9001".into(), String::new())));
        assert_eq!(at("http://localhost:9002/api/v1/"), Ok(("127.0.0.1:9002".into(), "/api/v1".into())));
        assert_eq!(at("http://127.0.0.7:80/a"), Ok(("127.0.0.7:80".into(), "/a".into())));
        for elsewhere in ["http://10.0.0.1:9001/api/v1", "https://api.example.cn/api/v1", "http:///x"] {
            assert!(at(elsewhere).is_err(), "{elsewhere}");
        }
    }
}
