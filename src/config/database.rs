//! The database server of `[store]`: where one machine is outgrown.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use super::counterpart::read_secret;
use super::named_files::{NamedFiles, Role};
use super::reader::Section;

/// Largest file of certificates in bytes.
const LARGEST_PEM: u64 = 1 << 20;
/// Largest file of a password in bytes.
const LARGEST_PASSWORD: u64 = 4 << 10;

/// A PostgreSQL database.
#[derive(Debug, Clone)]
pub struct Database {
    /// Servers, user, database, password.
    pub server: tokio_postgres::Config,
    /// Whom to trust where the connection is encrypted.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

/// `url`, `password` and `ca_file` of `[store]`.
pub(super) fn read_database(section: &mut Section<'_>, base: &Path) -> Option<Database> {
    let mut files = NamedFiles::below(base);
    let url = section.text("url");
    let password = section.value_by("password", |value| read_secret(value, &mut files));
    let ca_file = section.text("ca_file");
    let Some(url) = url else {
        for key in ["password", "ca_file"] {
            if section.has(key) {
                section.problem(
                    key,
                    "is for a database server; it needs url = \"postgres://USER@HOST/DATABASE\"",
                );
            }
        }
        return None;
    };
    let mut server = match read_url(&url) {
        Ok(server) => server,
        Err(what) => {
            section.problem("url", what);
            return None;
        }
    };
    if let Some(password) = &password {
        server.password(password.expose());
    }
    let tls = match &ca_file {
        Some(name) => match trust(&mut files, name) {
            Ok(tls) => Some(tls),
            Err(what) => {
                section.problem("ca_file", what);
                return None;
            }
        },
        None => None,
    };
    if let Err(what) = set_encryption(&mut server, tls.is_some()) {
        section.problem("url", what);
    }
    Some(Database { server, tls })
}

/// A database by its address, as the command line has it: with the file of its password, and that of the authorities that sign the
/// server's certificate.
///
/// # Errors
/// What is wrong with them, without the address.
pub fn database_at(url: &str, password: Option<&str>, ca_file: Option<&str>) -> Result<Database, String> {
    let mut files = NamedFiles::below(Path::new("."));
    let mut server = read_url(url)?;
    if let Some(name) = password {
        server.password(files.text(name, Role::Credential, LARGEST_PASSWORD)?.trim());
    }
    let tls = ca_file.map(|name| trust(&mut files, name)).transpose()?;
    set_encryption(&mut server, tls.is_some())?;
    Ok(Database { server, tls })
}

/// Whether the connection is encrypted: always, but on this machine and where it is said not to be.
fn set_encryption(server: &mut tokio_postgres::Config, is_trusted: bool) -> Result<(), &'static str> {
    match (is_trusted, server.get_ssl_mode()) {
        (true, SslMode::Disable) => Err("says sslmode=disable, and ca_file wants an encrypted connection"),
        (true, _) => {
            server.ssl_mode(SslMode::Require);
            Ok(())
        }
        (false, SslMode::Require) => Err("says sslmode=require; ca_file says whom to trust"),
        (false, SslMode::Disable) => Ok(()),
        (false, _) if is_local(server) => {
            server.ssl_mode(SslMode::Disable);
            Ok(())
        }
        (false, _) => Err(
            "leads to another machine: give ca_file for an encrypted connection, or write ?sslmode=disable where the network is trusted",
        ),
    }
}

/// The address. What is wrong with it is told without it, because it may hold a password.
fn read_url(url: &str) -> Result<tokio_postgres::Config, String> {
    let hint =
        "must look like \"postgres://USER@HOST:5432/DATABASE\"; several servers as HOST1:5432,HOST2:5432";
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(hint.to_owned());
    }
    let config: tokio_postgres::Config = url.parse().map_err(|_| hint.to_owned())?;
    if config.get_password().is_some() {
        let hint = "holds a password; write it as password = { file = \"PATH\" } or { env = \"NAME\" }";
        return Err(hint.to_owned());
    }
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(format!("names no server; it {hint}"));
    }
    if config.get_user().is_none_or(str::is_empty) || config.get_dbname().is_none_or(str::is_empty) {
        return Err(format!("names no user or no database; it {hint}"));
    }
    if config.get_target_session_attrs() == TargetSessionAttrs::ReadOnly {
        return Err("asks for a server that cannot be written".to_owned());
    }
    Ok(config)
}

/// Whether every server is on this machine.
fn is_local(server: &tokio_postgres::Config) -> bool {
    let is_loopback = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    server.get_hosts().iter().all(is_loopback)
        && server.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

/// Trust in the authorities of a file, and in nobody else.
fn trust(files: &mut NamedFiles, name: &str) -> Result<Arc<rustls::ClientConfig>, String> {
    let path: PathBuf = files.path(name);
    let bytes = files.bytes(name, Role::Credential, LARGEST_PEM)?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let unusable = |_| format!("{} holds a certificate that cannot be read", path.display());
        roots
            .add(certificate.map_err(|_| format!("{} holds no PEM certificate", path.display()))?)
            .map_err(unusable)?;
    }
    if roots.is_empty() {
        return Err(format!("{name} holds no PEM block `BEGIN CERTIFICATE`"));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_what_is_wrong_is_told_without_them() {
        for good in [
            "postgres://chakong@localhost/chakong",
            "postgresql://chakong@db-1.court.local:5432,db-2.court.local:5433/chakong?sslmode=disable",
            "postgres://chakong@%2Frun%2Fpostgresql/chakong",
        ] {
            assert!(read_url(good).is_ok(), "{good}");
        }
        for bad in [
            "mysql://chakong@localhost/chakong",
            "postgres://chakong:secret@localhost/chakong",
            "postgres://localhost/chakong",
            "postgres://chakong@localhost",
            "postgres://chakong@localhost:no/chakong",
            "postgres://chakong@localhost/chakong?what=ever",
            "postgres://chakong@localhost/chakong?target_session_attrs=read-only",
        ] {
            let told = read_url(bad).expect_err(bad);
            assert!(!told.contains("secret"), "{told}");
        }
    }

    #[test]
    fn only_servers_of_this_machine_are_local() {
        let is_local = |url: &str| super::is_local(&url.parse().expect("an address"));
        assert!(is_local("postgres://a@localhost,127.0.0.1,[::1]/b"));
        assert!(is_local("postgres://a@%2Frun/b"));
        assert!(!is_local("postgres://a@localhost,db.court.local/b"));
    }
}
