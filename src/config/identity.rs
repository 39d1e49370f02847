//! Sections `[sign_in.provider]` and `[sign_in.certificate]`: signing in by the court's identity provider, and by client certificates.

use std::path::PathBuf;
use std::time::Duration;

use chakong_contract::Secret;
use reqwest::Url;

use super::counterpart::read_secret;
use super::named_files::{NamedFiles, Role};
use super::reader::Section;

/// Largest PEM file.
const LARGEST_PEM: u64 = 1 << 20;
/// Most scopes, and most values that stand for a second factor.
const MOST: usize = 20;

/// The court's identity provider (OpenID Connect).
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Its issuer identifier, below which its configuration is found.
    pub issuer: String,
    /// Under which name it knows this gateway.
    pub client_id: String,
    /// With which secret.
    pub client_secret: Secret,
    /// Address of this gateway as browsers see it, without a path.
    pub console_url: String,
    /// What is asked for; `openid` among it.
    pub scopes: Vec<String>,
    /// The claim that is the person's 工号.
    pub claim: String,
    /// Which level of authentication is asked for (`acr_values`); empty for none.
    pub acr_values: String,
    /// Whether the provider always asks for a second factor itself.
    pub second_factor: bool,
    /// Values of `amr` or `acr` by which it says that it did.
    pub second_factor_values: Vec<String>,
    /// Words of the button, in Chinese and in English.
    pub button: (String, String),
    /// PEM file with the authorities that sign its certificate; the machine's without it.
    pub ca_file: Option<PathBuf>,
    /// Longest time for one of its answers.
    pub timeout: Duration,
}

/// Client certificates, as a reverse proxy passes them on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateConfig {
    /// The header, in lower case.
    pub header: String,
    /// Whether a certificate counts as a second factor.
    pub second_factor: bool,
    /// Words of the button, in Chinese and in English.
    pub button: (String, String),
}

pub(super) fn read_provider(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<ProviderConfig> {
    let issuer: Option<String> =
        section.required("issuer", "the provider's issuer, e.g. issuer = \"https://id.court.example\"");
    let client_id: Option<String> = section.required("client_id", "the name of this gateway at the provider");
    if !section.has("client_secret") {
        section.problem("client_secret", "is missing: use { file = \"PATH\" } or { env = \"NAME\" }");
    }
    let client_secret = section.value_by("client_secret", |value| read_secret(value, files));
    let console_url: Option<String> = section
        .required("console_url", "the gateway as browsers see it, e.g. \"https://chakong.court.example\"");
    check_address(section, "issuer", issuer.as_deref(), true);
    check_address(section, "console_url", console_url.as_deref(), false);
    let mut scopes = words(section, "scopes", &["openid"]);
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    let claim = plain(section, "claim", "preferred_username");
    let timeout = section.or("timeout", Duration::from_secs(10));
    if !(1..=60).contains(&timeout.as_secs()) {
        section.problem("timeout", "must lie between 1 and 60 seconds");
    }
    let read = (
        plain(section, "acr_values", ""),
        section.or("second_factor", false),
        words(section, "second_factor_values", &["mfa"]),
        button(section, ("统一身份认证登录", "Sign in with the court's account")),
        pem(section, files),
    );
    let (acr_values, second_factor, second_factor_values, button, ca_file) = read;
    Some(ProviderConfig {
        issuer: issuer?,
        client_id: client_id?,
        client_secret: client_secret?,
        console_url: console_url?.trim_end_matches('/').to_owned(),
        scopes,
        claim,
        acr_values,
        second_factor,
        second_factor_values,
        button,
        ca_file,
        timeout,
    })
}

pub(super) fn read_certificate(section: &mut Section<'_>) -> Option<CertificateConfig> {
    let hint =
        "the header in which the proxy passes the client's certificate on, e.g. \"x-client-certificate\"";
    let header: Option<String> = section.required("header", hint);
    let header = header.map(|header| header.to_ascii_lowercase());
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if header.as_deref().is_some_and(|header| header.is_empty() || !header.bytes().all(is_name)) {
        section.problem("header", "must be the name of a header: letters, digits and hyphens");
    }
    let second_factor = section.or("second_factor", false);
    let button = button(section, ("证书登录", "Sign in with a certificate"));
    Some(CertificateConfig { header: header?, second_factor, button })
}

/// An address that is spoken to over TLS, but on this machine.
fn check_address(section: &mut Section<'_>, key: &'static str, text: Option<&str>, may_have_path: bool) {
    let Some(text) = text else { return };
    let Ok(url) = Url::parse(text) else {
        section.problem(key, "must be an address that begins with https://");
        return;
    };
    if !(url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url)) {
        section.problem(key, "must begin with https://; http:// is for this machine alone");
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        section.problem(key, "must be an address without user, query and fragment");
    }
    if !may_have_path && url.path() != "/" {
        section.problem(key, "must be scheme, host and port alone");
    }
}

/// Whether an address leads to this machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn plain(section: &mut Section<'_>, key: &'static str, default: &str) -> String {
    let text = section.text(key).unwrap_or_else(|| default.to_owned());
    if text.len() > 200 || text.chars().any(char::is_control) || (text.is_empty() && !default.is_empty()) {
        section.problem(key, "must have 1 to 200 characters, none of control");
    }
    text
}

fn words(section: &mut Section<'_>, key: &'static str, default: &[&str]) -> Vec<String> {
    let all = section.value::<Vec<String>>(key);
    let all = all.unwrap_or_else(|| default.iter().map(|word| (*word).to_owned()).collect());
    let is_word = |word: &String| {
        (1..=200).contains(&word.len()) && word.bytes().all(|byte| (0x21..0x7f).contains(&byte))
    };
    if all.len() > MOST || !all.iter().all(is_word) {
        section.problem(key, format_args!("must name at most {MOST} words without spaces"));
    }
    all
}

fn button(section: &mut Section<'_>, (zh, en): (&str, &str)) -> (String, String) {
    (plain(section, "button_zh", zh), plain(section, "button_en", en))
}

fn pem(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<PathBuf> {
    let name = section.text("ca_file")?;
    match files.bytes(&name, Role::Credential, LARGEST_PEM) {
        Ok(bytes) if String::from_utf8_lossy(&bytes).contains("-----BEGIN CERTIFICATE-----") => {}
        Ok(_) => section.problem("ca_file", format_args!("{name} holds no PEM block `BEGIN CERTIFICATE`")),
        Err(message) => section.problem("ca_file", message),
    }
    Some(files.path(&name))
}
