//! Client certificates: read from PEM, or as a reverse proxy passes them on in a header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::domain::people::SignInCertificate;

/// Largest certificate as text, in bytes.
const LARGEST: usize = 64 << 10;
/// Longest name that is kept, in characters.
const LONGEST_NAME: usize = 200;

/// A certificate out of PEM, as it is bound to a person now.
///
/// # Errors
/// What is wrong with it.
pub fn of_pem(text: &str, now: Timestamp) -> Result<SignInCertificate, &'static str> {
    let none = "不是PEM格式的证书 is no certificate as PEM (-----BEGIN CERTIFICATE-----)";
    let der = der_of_pem(text).ok_or(none)?;
    of_der(&der, now).ok_or("证书无法读取 is a certificate that cannot be read")
}

/// The fingerprint of the certificate that a header carries: PEM that is escaped as in an address (nginx: `$ssl_client_escaped_cert`),
/// base 64 of DER (Caddy, HAProxy), or the same between colons (RFC 9440). `None` where it is none.
pub fn fingerprint_of_header(value: &str) -> Option<String> {
    let value = value.trim();
    if value.is_empty() || value.len() > LARGEST {
        return None;
    }
    // Base64 has no percent sign.
    let der = match value.contains("BEGIN") || value.contains('%') {
        true => der_of_pem(&unescaped(value)?)?,
        false => STANDARD.decode(value.trim_matches(':')).ok()?,
    };
    Certificate::from_der(&der).ok()?;
    Some(fingerprint(&der))
}

fn der_of_pem(text: &str) -> Option<Vec<u8>> {
    if text.len() > LARGEST {
        return None;
    }
    Some(CertificateDer::from_pem_slice(text.as_bytes()).ok()?.to_vec())
}

fn fingerprint(der: &[u8]) -> String {
    hex::encode(Sha256::digest(der))
}

fn of_der(der: &[u8], now: Timestamp) -> Option<SignInCertificate> {
    let certificate = Certificate::from_der(der).ok()?.tbs_certificate;
    let at = |time: x509_cert::time::Time| {
        let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
        Timestamp::from_second(seconds).ok()
    };
    let name = |name: &dyn std::fmt::Display| {
        let text = name.to_string();
        text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect::<String>()
    };
    Some(SignInCertificate {
        fingerprint: fingerprint(der),
        subject: name(&certificate.subject),
        issuer: name(&certificate.issuer),
        serial: hex::encode(certificate.serial_number.as_bytes()),
        from: at(certificate.validity.not_before)?,
        until: at(certificate.validity.not_after)?,
        bound: now,
        bound_by: String::new(),
        revoked: None,
    })
}

/// A text without the escapes of an address. A plus is itself there, and no space.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by OpenSSL, which says what stands in it: `openssl x509 -noout -fingerprint -sha256 -serial -dates -subject`.
    const PEM: &str = "-----BEGIN CERTIFICATE-----\n\
                       MIIBvzCCAWWgAwIBAgIUZup+P7jYCc0yN8QpLuKHsjRSEpowCgYIKoZIzj0EAwIw\n\
                       NDELMAkGA1UEBhMCQ04xFTATBgNVBAoMDOa1i+ivleazlemZojEOMAwGA1UEAwwF\n\
                       Z2gwMDEwIBcNMjYxMTMwMTc1NDA3WhgPMjEyNjExMDYxNzU0MDdaMDQxCzAJBgNV\n\
                       BAYTAkNOMRUwEwYDVQQKDAzmtYvor5Xms5XpmaIxDjAMBgNVBAMMBWdoMDAxMFkw\n\
                       EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaSNdGLeqZkIzQGlaGedMgakLvLzgZDUR\n\
                       vou2wGxG+1bx63ducFKMLUT38Ue4Fa3BhFcRIzpzX1flrovTCB17vKNTMFEwHQYD\n\
                       VR0OBBYEFAJhKgVx09gyBv8leY1prMJ5FhrSMB8GA1UdIwQYMBaAFAJhKgVx09gy\n\
                       Bv8leY1prMJ5FhrSMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIh\n\
                       AKaHohFb3PNVdDKRWaWNINYUANHsT8xAuMnEST+qk8qCAiAnHGz94SNABbxNyO8e\n\
                       gdVFUfwuPubmBs9H+u3gn7qP+Q==\n\
                       -----END CERTIFICATE-----\n\
                       ";
    const FINGERPRINT: &str = "b1a4d6574134941c9f305ed82e7fd34a19b1d95613d882723c021e577d22fffb";

    fn now() -> Timestamp {
        "2026-12-01T00:00:00Z".parse().expect("a time")
    }

    #[test]
    fn a_certificate_is_read_as_openssl_reads_it() {
        let read = of_pem(PEM, now()).expect("a certificate");
        assert_eq!(read.fingerprint, FINGERPRINT);
        assert_eq!(read.serial, "66ea7e3fb8d809cd3237c4292ee287b23452129a");
        assert_eq!(read.from.to_string(), "2026-11-30T17:54:07Z");
        assert_eq!(read.until.to_string(), "2126-11-06T17:54:07Z");
        assert!(read.subject.contains("CN=gh001") && read.subject.contains("C=CN"), "{}", read.subject);
        for wrong in ["", "CN=gh001", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(of_pem(wrong, now()).is_err(), "{wrong}");
        }
        let key = PEM.replace("CERTIFICATE", "PRIVATE KEY");
        assert!(of_pem(&key, now()).is_err());
    }

    #[test]
    fn a_header_is_read_in_the_forms_in_which_proxies_write_it() {
        let base64: String = PEM.lines().filter(|line| !line.starts_with("-----")).collect();
        let escaped: String = PEM.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let nginx = PEM.replace(' ', "%20").replace('\n', "%0A").replace('+', "%2B");
        for form in [base64.clone(), format!(":{base64}:"), escaped, nginx] {
            assert_eq!(fingerprint_of_header(&form).as_deref(), Some(FINGERPRINT), "{form}");
        }
        let (half, doubled) = (base64[..200].to_owned(), format!("{base64}{base64}"));
        for wrong in ["", "%", "%4", "BEGIN%ZZ", "::", "(null)", &half, &doubled, FINGERPRINT] {
            assert_eq!(fingerprint_of_header(wrong), None, "{wrong}");
        }
    }
}
