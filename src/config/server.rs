use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::database::{Database, read_database};
use super::listener::{ListenerConfig, PostboxServer, read_listener};
use super::proxies::{Proxies, read_proxies};
use super::reader::Section;
use super::values::within;

/// Name of this installation: a part of the source of every CloudEvent, which is a URI (RFC 3986).
pub(super) fn read_instance(root: &mut Section<'_>) -> String {
    let instance = root.text("instance").unwrap_or_else(|| "chakong".to_owned());
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(1..=64).contains(&instance.len()) || !instance.bytes().all(is_part) {
        root.problem("instance", "must have 1 to 64 letters, digits and -._~, for it is a part of a URI");
    }
    instance
}

/// Section `[server]`.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Address of the HTTP API.
    pub listen: SocketAddr,
    /// Largest request body in bytes.
    pub largest_body: usize,
    /// Longest time for one request; long polls have their own.
    pub request_timeout: Duration,
    /// Longest time that a shutdown waits for what is under way.
    pub grace: Duration,
    /// How long requests are still taken after readiness went down.
    pub drain: Duration,
    /// Name of this process among those that share a store; `None` for that of the machine.
    pub replica: Option<String>,
    /// Requests that are worked on at once; more are told to come again.
    pub most_requests: usize,
    /// Requests of one key that are worked on at once.
    pub most_requests_per_key: usize,
    /// Long polls and streams of one key at once.
    pub most_waiting_per_key: usize,
    /// What the API bears of those who connect.
    pub listener: ListenerConfig,
    /// Reverse proxies, whose word about a request is taken.
    pub proxies: Proxies,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            largest_body: 8 << 20,
            request_timeout: Duration::from_secs(30),
            grace: Duration::from_secs(20),
            drain: Duration::ZERO,
            replica: None,
            most_requests: 1024,
            most_requests_per_key: 256,
            most_waiting_per_key: 32,
            listener: ListenerConfig::default(),
            proxies: Proxies::default(),
        }
    }
}

pub(super) fn read_server(section: &mut Section<'_>) -> ServerConfig {
    let default = ServerConfig::default();
    let largest = section.or("largest_body_mib", 8_u64);
    if let Err(message) = within(largest, 1, 256) {
        section.problem("largest_body_mib", message);
    }
    let count = |section: &mut Section<'_>, key, default: u32| {
        let most = section.or(key, default);
        if let Err(message) = within(most, 1, 100_000) {
            section.problem(key, message);
        }
        usize::try_from(most).unwrap_or(usize::MAX)
    };
    let most_requests = count(section, "most_requests", 1024);
    let most_requests_per_key = count(section, "most_requests_per_key", 256);
    let most_waiting_per_key = count(section, "most_waiting_per_key", 32);
    ServerConfig {
        listen: section.or("listen", default.listen),
        largest_body: usize::try_from(largest.min(256) << 20).unwrap_or(default.largest_body),
        request_timeout: section.or("request_timeout", default.request_timeout),
        grace: section.or("grace", default.grace),
        drain: section.or("drain", default.drain),
        replica: read_replica(section),
        most_requests,
        most_requests_per_key,
        most_waiting_per_key,
        listener: read_listener(section),
        proxies: read_proxies(section),
    }
}

/// The name of a process: shown to operations.
fn read_replica(section: &mut Section<'_>) -> Option<String> {
    let name = section.text("replica")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if !(1..=40).contains(&name.len()) || !name.bytes().all(is_plain) {
        section.problem("replica", "must have 1 to 40 letters, digits and -._");
    }
    Some(name)
}

/// Address of the postbox where the section does not say it.
const POSTBOX: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8090);

/// Section `[postbox]`.
pub(super) fn read_postbox(section: &mut Section<'_>) -> PostboxServer {
    PostboxServer { listen: section.or("listen", POSTBOX), listener: read_listener(section) }
}

/// Section `[store]`.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Folder of the embedded store, and of what is kept beside any store.
    pub directory: PathBuf,
    /// The database server, instead of the embedded store.
    pub database: Option<Database>,
    /// Intake stops while fewer bytes than this are free.
    pub min_free: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { directory: "chakong-data".into(), database: None, min_free: 64 << 20 }
    }
}

pub(super) fn read_store(section: &mut Section<'_>, base: &Path) -> StoreConfig {
    let directory = section.text("directory").unwrap_or_else(|| "chakong-data".to_owned());
    let min_free = section.or("min_free_mib", 64_u64).min(1 << 40) << 20;
    let database = read_database(section, base);
    StoreConfig { directory: base.join(directory), database, min_free }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Section `[log]`.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Form.
    pub format: LogFormat,
    /// `tracing` filter, e.g. `info` or `info,chakong=debug`.
    pub filter: String,
    /// Names in the filter that are those of no part of the program: what is said of them changes nothing.
    pub unknown_targets: Vec<String>,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into(), unknown_targets: Vec::new() }
    }
}

pub(super) fn read_log(section: &mut Section<'_>) -> LogConfig {
    let format = match section.text("format").as_deref() {
        None | Some("text") => LogFormat::Text,
        Some("json") => LogFormat::Json,
        Some(_) => {
            section.problem("format", "must be \"text\" or \"json\"");
            LogFormat::Text
        }
    };
    let filter = section.text("filter").unwrap_or_else(|| "info".to_owned());
    if let Err(what) = check_filter(&filter) {
        section.problem("filter", what);
    }
    LogConfig { format, unknown_targets: super::log_targets::unknown(&filter), filter }
}

/// The library takes any word for the name of a module, so that a misspelt level would silence the log.
fn check_filter(filter: &str) -> Result<(), String> {
    let is_level = |word: &str| {
        let levels = ["off", "error", "warn", "info", "debug", "trace"];
        levels.iter().any(|level| word.eq_ignore_ascii_case(level))
    };
    for part in filter.split(',').map(str::trim) {
        let (target, level) =
            part.rsplit_once('=').map_or((None, part), |(target, level)| (Some(target), level));
        if !is_level(level.trim()) {
            return Err(format!(
                "`{part}` is not a level: off, error, warn, info, debug or trace, as in \"info\" or \"info,chakong=debug\""
            ));
        }
        if target.is_some_and(|target| target.trim().is_empty()) {
            return Err(format!("`{part}` names no module before its level"));
        }
    }
    tracing_subscriber::EnvFilter::try_new(filter)
        .map(drop)
        .map_err(|error| format!("is not a filter such as \"info\": {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_level_is_no_filter() {
        for good in
            ["info", "WARN", "info,chakong=debug", "off,chakong::lanes=trace", "warn,chakong[span]=info"]
        {
            assert_eq!(check_filter(good), Ok(()), "{good}");
        }
        for bad in ["", "inf", "verbose", "info,", "chakong", "chakong=loud", "=info", "info;debug", "5x"] {
            assert!(check_filter(bad).is_err(), "{bad}");
        }
    }
}
