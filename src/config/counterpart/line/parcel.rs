//! A parcel line: files both ways, through a shared directory or on an SFTP server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::Secret;
use chakong_contract::manifest::LineKind;
use russh::keys::{PrivateKey, PublicKey};

use super::super::super::named_files::{NamedFiles, Role};
use super::super::super::reader::Section;
use super::super::super::values::within;
use super::super::settings::read_secret;
use super::{LineConfig, LineReader, LineSection};

/// Largest key file in bytes.
const LARGEST_KEY: u64 = 64 << 10;

/// The line in the list of lines.
pub(super) const READER: LineReader = LineReader {
    kind: LineKind::Parcel,
    read: |section, files| read_parcel(section, files).map(LineConfig::new),
};

/// A parcel line: in a directory of this machine, or on an SFTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelConfig {
    /// Folder the counterpart takes our files from.
    pub outgoing: PathBuf,
    /// Folder the counterpart leaves its files in.
    pub incoming: PathBuf,
    /// Folder for files that were read, with a folder for each day; `None` deletes them, their bytes are in the store.
    pub archive: Option<PathBuf>,
    /// How long archived files stay.
    pub keep: Duration,
    /// How often the incoming folder is looked into.
    pub poll: Duration,
    /// How long a file that is visibly not whole may stay as it is before it is read all the same.
    pub half_file: Duration,
    /// Largest file in bytes.
    pub largest_file: u64,
    /// The server; `None` for directories of this machine.
    pub sftp: Option<SftpConfig>,
}

impl LineSection for ParcelConfig {
    fn kind(&self) -> LineKind {
        LineKind::Parcel
    }
}

/// Section `[line.sftp]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpConfig {
    /// Name or address of the server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// User name.
    pub user: String,
    /// How we show who we are.
    pub login: SftpLogin,
    /// The server's keys: one that shows any other key is not spoken to.
    pub host_keys: Vec<PublicKey>,
    /// Longest time to connect and log in.
    pub connect_timeout: Duration,
    /// Longest time for one answer of the server.
    pub timeout: Duration,
}

/// How we show an SFTP server who we are: by one of the two, or by both where the server asks for both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpLogin {
    /// A key.
    pub key: Option<Arc<PrivateKey>>,
    /// A password.
    pub password: Option<Secret>,
}

fn read_parcel(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<ParcelConfig> {
    let is_remote = section.has("sftp");
    let sftp = section.section("sftp", |section| read_sftp(section, files));
    let outgoing: Option<String> =
        section.required("outgoing", "the folder the counterpart takes our files from");
    let incoming: Option<String> =
        section.required("incoming", "the folder the counterpart leaves its files in");
    let archive = section.text("archive");
    let poll = section.or("poll", Duration::from_secs(10));
    if let Err(message) = within(poll, Duration::from_millis(10), Duration::from_secs(86400)) {
        section.problem("poll", message);
    }
    let half_file = section.or("half_file", Duration::from_secs(600));
    if let Err(message) = within(half_file, Duration::ZERO, Duration::from_secs(7 * 86400)) {
        section.problem("half_file", message);
    }
    let largest = section.or("largest_file_mib", 256_u64);
    if let Err(message) = within(largest, 1, 4096) {
        section.problem("largest_file_mib", message);
    }
    // On a server a relative path begins where the login lands; here in the folder of the counterpart's file.
    let place = |path: String| match is_remote {
        true => PathBuf::from(path),
        false => std::path::absolute(files.path(&path)).unwrap_or_else(|_| files.path(&path)),
    };
    let [outgoing, incoming] = [outgoing, incoming].map(|path| path.map(place));
    let archive = archive.map(place);
    let plain = |path: &Option<PathBuf>| path.as_deref().map(super::super::super::named_files::plain);
    if outgoing.is_some() && plain(&outgoing) == plain(&incoming) {
        section.problem("incoming", "must be another folder than `outgoing`");
    }
    if archive.is_some() && [&incoming, &outgoing].iter().any(|other| plain(other) == plain(&archive)) {
        section.problem("archive", "must be another folder than `incoming` and `outgoing`");
    }
    Some(ParcelConfig {
        archive,
        keep: section.or("keep", Duration::from_secs(30 * 86400)),
        poll,
        half_file,
        largest_file: largest.min(4096) << 20,
        sftp: if is_remote { Some(sftp??) } else { None },
        outgoing: outgoing?,
        incoming: incoming?,
    })
}

fn read_sftp(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<SftpConfig> {
    let host: Option<String> = section.required("host", "name or address of the server");
    let port = section.or("port", 22_u32);
    let port = u16::try_from(port).ok().filter(|port| *port > 0);
    if port.is_none() {
        section.problem("port", "must lie between 1 and 65535");
    }
    let user: Option<String> = section.required("user", "the user name on the server");
    let host_keys = read_host_keys(section, host.as_deref().unwrap_or("HOST"), port.unwrap_or(22));
    let login = read_login(section, files);
    let bounded = |section: &mut Section<'_>, key, default: u64| {
        let value = section.or(key, Duration::from_secs(default));
        // The server's answers are waited for in whole seconds.
        if let Err(message) = within(value, Duration::from_secs(1), Duration::from_secs(3600)) {
            section.problem(key, message);
        }
        value
    };
    Some(SftpConfig {
        connect_timeout: bounded(section, "connect_timeout", 15),
        timeout: bounded(section, "timeout", 60),
        host: host?,
        port: port?,
        user: user?,
        login: login?,
        host_keys,
    })
}

fn read_host_keys(section: &mut Section<'_>, host: &str, port: u16) -> Vec<PublicKey> {
    let how = format!(
        "get it with `ssh-keyscan -t ed25519,ecdsa -p {port} {host}` and write it here without the host's name, as \
         \"ssh-ed25519 AAAA…\", after its operator confirmed by another way the fingerprint that `ssh-keyscan … | ssh-keygen -lf -` shows"
    );
    let Some(texts) = section.required::<Vec<String>>("host_keys", &format!("the server's keys; {how}"))
    else {
        return Vec::new();
    };
    if texts.is_empty() || texts.len() > 10 {
        section.problem("host_keys", format_args!("must name 1 to 10 keys; {how}"));
    }
    let mut keys = Vec::new();
    for text in texts.iter().take(10) {
        match PublicKey::from_openssh(text) {
            Ok(key) if key.algorithm().is_rsa() || key.algorithm().is_dsa() => section.problem(
                "host_keys",
                "RSA and DSA keys are not supported; name the server's ed25519 or ecdsa key",
            ),
            Ok(key) => keys.push(key),
            Err(_) => {
                section.problem("host_keys", format_args!("this is not a public key of OpenSSH; {how}"))
            }
        }
    }
    keys
}

fn read_login(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<SftpLogin> {
    let password = section.value_by("password", |value| read_secret(value, files));
    let passphrase = section.value_by("key_passphrase", |value| read_secret(value, files));
    let key_file = section.text("key_file");
    if !section.has("password") && !section.has("key_file") {
        section.problem("password", "is missing: give `password` or `key_file`");
    }
    let key = match key_file.map(|path| read_key(&path, files, passphrase.as_ref())) {
        Some(Ok(key)) => Some(Arc::new(key)),
        Some(Err(message)) => {
            section.problem("key_file", message);
            None
        }
        None => None,
    };
    (key.is_some() || password.is_some()).then_some(SftpLogin { key, password })
}

fn read_key(name: &str, files: &mut NamedFiles, passphrase: Option<&Secret>) -> Result<PrivateKey, String> {
    let text = files.text(name, Role::Credential, LARGEST_KEY)?;
    let key = russh::keys::decode_secret_key(&text, passphrase.map(Secret::expose)).map_err(|_| {
        "is not a private key that can be read: make one with `ssh-keygen -t ed25519`; the passphrase of a locked one is \
         `key_passphrase`"
            .to_owned()
    })?;
    if key.algorithm().is_rsa() || key.algorithm().is_dsa() {
        return Err("RSA and DSA keys are not supported; make one with `ssh-keygen -t ed25519`".to_owned());
    }
    Ok(key)
}
