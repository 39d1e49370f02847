//! How a broker is reached: addresses, TLS, credentials.

use std::path::PathBuf;
use std::time::Duration;

use chakong_contract::Secret;
use reqwest::Url;

use super::super::counterpart::read_secret;
use super::super::named_files::{NamedFiles, Role};
use super::super::reader::Section;
use super::seconds;

/// Largest PEM file.
const LARGEST_PEM: u64 = 1 << 20;
/// Most servers of one broker.
const MOST_SERVERS: usize = 16;

/// A server of a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether it is spoken to over TLS.
    pub is_tls: bool,
}

impl std::fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// How we show who we are.
#[derive(Debug, Clone)]
pub enum BrokerLogin {
    /// Not at all, or by the certificate alone.
    None,
    /// By a user and a password.
    Password(String, Secret),
    /// By a token.
    Token(Secret),
    /// By the seed of an nkey.
    Nkey(Secret),
    /// By what stands in a credentials file: a JWT and its seed.
    Credentials(Secret),
}

/// How a broker is reached.
#[derive(Debug, Clone)]
pub struct BrokerAccess {
    /// Its servers, tried in turn.
    pub servers: Vec<ServerAddress>,
    /// PEM file with the authorities that sign the servers' certificates; the machine's without it.
    pub ca_file: Option<PathBuf>,
    /// PEM file with our certificate and key.
    pub client_certificate_file: Option<PathBuf>,
    /// How we show who we are.
    pub login: BrokerLogin,
    /// Longest time to connect.
    pub connect_timeout: Duration,
}

/// A family of brokers: its schemes with and without TLS, and their ports.
#[derive(Debug, Clone, Copy)]
pub(super) struct Family {
    pub(super) plain: (&'static str, u16),
    pub(super) tls: (&'static str, u16),
    /// Settings of credentials that it knows beside user and password.
    pub(super) logins: &'static [&'static str],
}

pub(super) fn read_access(
    section: &mut Section<'_>,
    files: &mut NamedFiles,
    family: Family,
) -> Option<BrokerAccess> {
    let example = format!("e.g. servers = [\"{}://broker.example.cn\"]", family.plain.0);
    let texts: Option<Vec<String>> = section.required("servers", &example);
    let mut servers = Vec::new();
    for text in texts.iter().flatten() {
        match address(text, family) {
            Ok(server) => servers.push(server),
            Err(message) => section.problem("servers", message),
        }
    }
    if texts.as_ref().is_some_and(|texts| texts.is_empty() || texts.len() > MOST_SERVERS) {
        section.problem("servers", format_args!("must name 1 to {MOST_SERVERS} servers"));
    }
    let is_tls = servers.iter().any(|server| server.is_tls);
    if is_tls && servers.iter().any(|server| !server.is_tls) {
        section.problem("servers", "mixes servers with and without TLS; write all of them one way");
    }
    let ca_file = pem(section, files, "ca_file");
    let client_certificate_file = pem(section, files, "client_certificate_file");
    for key in ["ca_file", "client_certificate_file"] {
        if section.has(key) && !is_tls && !servers.is_empty() {
            section.problem(key, format_args!("means nothing without TLS: write {}://…", family.tls.0));
        }
    }
    let login = read_login(section, files, family);
    let connect_timeout = seconds(section, "connect_timeout", 5);
    texts?;
    Some(BrokerAccess { servers, ca_file, client_certificate_file, login: login?, connect_timeout })
}

fn address(text: &str, family: Family) -> Result<ServerAddress, String> {
    let ((plain, plain_port), (tls, tls_port)) = (family.plain, family.tls);
    let hint = format!("must be an address that begins with {plain}:// or {tls}://");
    let url = Url::parse(text).map_err(|error| format!("{hint} ({error})"))?;
    let is_tls = url.scheme() == tls;
    if !is_tls && url.scheme() != plain {
        return Err(hint);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("may not hold a user and a password, which would be seen in files and logs; use `user` and `password`".into());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err("must be scheme, host and port alone".into());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(hint)?;
    let port = url.port().unwrap_or(if is_tls { tls_port } else { plain_port });
    Ok(ServerAddress { host: host.to_owned(), port, is_tls })
}

fn pem(section: &mut Section<'_>, files: &mut NamedFiles, key: &'static str) -> Option<PathBuf> {
    let name = section.text(key)?;
    match files.bytes(&name, Role::Credential, LARGEST_PEM) {
        Ok(bytes) if String::from_utf8_lossy(&bytes).contains("-----BEGIN CERTIFICATE-----") => {}
        Ok(_) => section.problem(key, format_args!("{name} holds no PEM block `BEGIN CERTIFICATE`")),
        Err(message) => section.problem(key, message),
    }
    Some(files.path(&name))
}

fn read_login(section: &mut Section<'_>, files: &mut NamedFiles, family: Family) -> Option<BrokerLogin> {
    let mut given: Vec<&'static str> = Vec::new();
    let mut secret = |section: &mut Section<'_>, key: &'static str| {
        if section.has(key) {
            given.push(key);
        }
        section.value_by(key, |value| read_secret(value, files))
    };
    let password = secret(section, "password");
    let mut other = None;
    for key in family.logins {
        if let Some(secret) = secret(section, key) {
            other = Some(match *key {
                "token" => BrokerLogin::Token(secret),
                "nkey" => BrokerLogin::Nkey(secret),
                _ => BrokerLogin::Credentials(secret),
            });
        }
    }
    let user = section.text("user");
    if let [first, second, ..] = given.as_slice() {
        section.problem(second, format_args!("stands beside `{first}`; give one of them"));
        return None;
    }
    match (user, given.first()) {
        (None, None) => Some(BrokerLogin::None),
        (Some(user), Some(&"password")) => Some(BrokerLogin::Password(user, password?)),
        (None, Some(&"password")) => {
            section.problem("user", "is missing beside `password`");
            None
        }
        (Some(_), None) => {
            section.problem(
                "password",
                "is missing beside `user`; use { file = \"PATH\" } or { env = \"NAME\" }",
            );
            None
        }
        (Some(_), Some(_)) => {
            section
                .problem("user", "belongs to `password`; the other credentials name their user themselves");
            None
        }
        (None, Some(_)) => other,
    }
}
