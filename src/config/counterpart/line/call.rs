//! A call line: we call over HTTP, and may be called back.

use std::path::PathBuf;
use std::time::Duration;

use chakong_contract::manifest::LineKind;

use super::super::super::named_files::{NamedFiles, Role};
use super::super::super::reader::Section;
use super::super::super::values::within;
use super::called::{CalledAt, read_called_at};
use super::{LineConfig, LineReader, LineSection, address};

/// Largest file of certificates in bytes.
const LARGEST_PEM: u64 = 1 << 20;

/// The line in the list of lines.
pub(super) const READER: LineReader = LineReader {
    kind: LineKind::Call,
    read: |section, files| read_call(section, files).map(LineConfig::new),
};

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

impl LineSection for CallConfig {
    fn kind(&self) -> LineKind {
        LineKind::Call
    }

    fn called_at(&self) -> Option<&CalledAt> {
        self.callbacks.as_ref()
    }
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
