mod address;
mod parcel;

use std::path::PathBuf;
use std::time::Duration;

use chakong_contract::connector::Plugin;
use chakong_contract::manifest::LineKind;

use super::super::named_files::{NamedFiles, Role};
use super::super::reader::Section;
use super::super::values::within;

pub use parcel::{ParcelConfig, SftpConfig, SftpLogin};

/// Largest file of certificates in bytes.
const LARGEST_PEM: u64 = 1 << 20;

/// Section `[line]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineConfig {
    /// We call.
    Call(CallConfig),
    /// Files both ways.
    Parcel(Box<ParcelConfig>),
    /// The counterpart calls us.
    Postbox(PostboxConfig),
}

impl LineConfig {
    /// The kind.
    pub const fn kind(&self) -> LineKind {
        match self {
            Self::Call(_) => LineKind::Call,
            Self::Parcel(_) => LineKind::Parcel,
            Self::Postbox(_) => LineKind::Postbox,
        }
    }

    /// The call line, if it is one.
    pub const fn call(&self) -> Option<&CallConfig> {
        match self {
            Self::Call(line) => Some(line),
            Self::Parcel(_) | Self::Postbox(_) => None,
        }
    }

    /// The parcel line, if it is one.
    pub fn parcel(&self) -> Option<&ParcelConfig> {
        match self {
            Self::Parcel(line) => Some(line),
            Self::Call(_) | Self::Postbox(_) => None,
        }
    }

    /// The postbox line, if it is one.
    pub const fn postbox(&self) -> Option<&PostboxConfig> {
        match self {
            Self::Postbox(line) => Some(line),
            Self::Call(_) | Self::Parcel(_) => None,
        }
    }

    /// Where the counterpart calls us: on a postbox line always, on a call line where it calls back.
    pub const fn called_at(&self) -> Option<&CalledAt> {
        match self {
            Self::Postbox(line) => Some(&line.at),
            Self::Call(line) => line.callbacks.as_ref(),
            Self::Parcel(_) => None,
        }
    }
}

/// A call line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallConfig {
    /// Base address, `http://` or `https://`, without a slash at the end.
    pub base_url: String,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Longest time from the first byte sent to the last byte received.
    pub timeout: Duration,
    /// Largest answer in bytes.
    pub largest_answer: usize,
    /// Proxy address.
    pub proxy: Option<String>,
    /// PEM file with the authorities that sign the counterpart's certificate.
    pub ca_file: Option<PathBuf>,
    /// PEM file with our certificate and key.
    pub client_certificate_file: Option<PathBuf>,
    /// Where the counterpart calls back with what became of orders, if it does.
    pub callbacks: Option<CalledAt>,
}

/// Where on the gateway's postbox a counterpart calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledAt {
    /// Path. Counterparts that share it are told apart by the accounts they call with.
    pub path: String,
    /// Largest call in bytes; of counterparts that share a path the largest of theirs counts.
    pub largest_call: usize,
}

/// A postbox line: the counterpart calls the gateway's postbox, asks what there is and hands in its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostboxConfig {
    /// Where it calls.
    pub at: CalledAt,
    /// Most orders in one answer.
    pub most_offered: usize,
}

pub(super) fn read_line(
    section: &mut Section<'_>,
    files: &mut NamedFiles,
    plugin: Option<&Plugin>,
) -> Option<LineConfig> {
    let kind: String = section.required("kind", "\"call\", \"parcel\" or \"postbox\"")?;
    let line = match kind.as_str() {
        "call" => read_call(section, files).map(LineConfig::Call),
        "parcel" => parcel::read_parcel(section, files).map(|line| LineConfig::Parcel(Box::new(line))),
        "postbox" => read_postbox(section).map(LineConfig::Postbox),
        other => {
            section.problem("kind", format_args!("`{other}` is not a line; known: call, parcel, postbox"));
            let _ = section.entries();
            None
        }
    }?;
    if let Some(plugin) = plugin
        && !plugin.manifest.lines.contains(&line.kind())
    {
        let known: Vec<&str> = plugin.manifest.lines.iter().map(|line| line.word()).collect();
        section.problem(
            "kind",
            format_args!("connector {} speaks only: {}", plugin.manifest.id, known.join(", ")),
        );
        return None;
    }
    Some(line)
}

fn read_call(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<CallConfig> {
    let url: Option<String> = section.required("base_url", "e.g. base_url = \"https://open.example.cn\"");
    let base_url = url.and_then(|url| match address::base_url(&url) {
        Ok(url) => Some(url),
        Err(message) => {
            section.problem("base_url", message);
            None
        }
    });
    let proxy = section.text("proxy");
    if let Some(Err(message)) = proxy.as_deref().map(address::proxy) {
        section.problem("proxy", message);
    }
    let bounded = |section: &mut Section<'_>, key, default: u64| {
        let value = section.or(key, Duration::from_secs(default));
        if let Err(message) = within(value, Duration::from_millis(10), Duration::from_secs(3600)) {
            section.problem(key, message);
        }
        value
    };
    let largest = section.or("largest_answer_mib", 16_u64);
    if let Err(message) = within(largest, 1, 1024) {
        section.problem("largest_answer_mib", message);
    }
    let mut pem = |section: &mut Section<'_>, key, wanted: &str| {
        let name = section.text(key)?;
        match files.bytes(&name, Role::Credential, LARGEST_PEM) {
            Ok(bytes) if holds(&bytes, wanted) => {}
            Ok(_) => section.problem(key, format_args!("{name} holds no PEM block `BEGIN {wanted}`")),
            Err(message) => section.problem(key, message),
        }
        Some(files.path(&name))
    };
    let ca_file = pem(section, "ca_file", "CERTIFICATE");
    let client_certificate_file = pem(section, "client_certificate_file", "CERTIFICATE");
    Some(CallConfig {
        connect_timeout: bounded(section, "connect_timeout", 5),
        timeout: bounded(section, "timeout", 30),
        largest_answer: usize::try_from(largest << 20).unwrap_or(usize::MAX),
        proxy,
        ca_file,
        client_certificate_file,
        callbacks: section.section("callbacks", read_called_at).flatten(),
        base_url: base_url?,
    })
}

/// Whether a PEM block of a kind stands there.
fn holds(bytes: &[u8], wanted: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(&format!("-----BEGIN {wanted}-----"))
}

fn read_postbox(section: &mut Section<'_>) -> Option<PostboxConfig> {
    let at = read_called_at(section);
    let most = section.or("most_offered", 200_u32);
    if let Err(message) = within(most, 1, 2000) {
        section.problem("most_offered", message);
    }
    Some(PostboxConfig { at: at?, most_offered: usize::try_from(most).unwrap_or(1) })
}

/// Where the counterpart calls: of a postbox line, or of `[line.callbacks]`.
fn read_called_at(section: &mut Section<'_>) -> Option<CalledAt> {
    let path: Option<String> = section
        .required("path", "e.g. path = \"/ckwWebService/SyyhConvertData\", where the counterpart calls");
    let usable = |path: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b);
        path.starts_with('/') && path.len() <= 200 && path.bytes().all(plain)
    };
    if path.as_ref().is_some_and(|path| !usable(path)) {
        section.problem("path", "must begin with / and hold only letters, digits and /-_.~");
    }
    let largest = section.or("largest_call_mib", 64_u64);
    if let Err(message) = within(largest, 1, 256) {
        section.problem("largest_call_mib", message);
    }
    Some(CalledAt {
        path: path?,
        largest_call: usize::try_from(largest.min(256) << 20).unwrap_or(usize::MAX),
    })
}
