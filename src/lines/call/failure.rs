//! What an error of the network or of TLS means, in words that tell one cause from another.

use std::error::Error as StdError;
use std::io;

use chakong_contract::fault::{Fault, FaultKind};
use rustls::{AlertDescription, CertificateError, Error as TlsError};

use super::super::unreached::name_of;

const CALL: &str = "call the counterpart";

/// The fault of a request that was not answered. A control that may have arrived has an `unknown` outcome; one that could not
/// be connected has not left.
pub(super) fn fault_of(error: &reqwest::Error, address: &str, is_control: bool) -> Fault {
    if error.is_builder() {
        return Fault::new(FaultKind::Misconfigured, "send the request", "it is not a valid request");
    }
    let told = |kind, words: &str| Fault::new(kind, CALL, format!("{address}: {words}"));
    if let Some(tls) = found::<TlsError>(error)
        && let Some(words) = of_tls(tls)
    {
        return told(FaultKind::Misconfigured, &words);
    }
    if error.is_connect() {
        return told(FaultKind::Transient, &of_connecting(error));
    }
    let words = match found::<io::Error>(error) {
        _ if error.is_timeout() => "no whole answer within the time limit".to_owned(),
        Some(broken) => name_of(broken),
        None if error.is_decode() || error.is_body() => "the answer broke off or is not HTTP".to_owned(),
        None => "the connection was closed before the answer, or the answer is not HTTP".to_owned(),
    };
    let kind = if is_control { FaultKind::OutcomeUnknown } else { FaultKind::Transient };
    told(kind, &words)
}

fn of_connecting(error: &reqwest::Error) -> String {
    if causes(error).any(|cause| cause.to_string().starts_with("dns error")) {
        return "the name is not found".to_owned();
    }
    match found::<io::Error>(error) {
        _ if error.is_timeout() => "no connection within the time limit".to_owned(),
        Some(broken) => name_of(broken),
        None => {
            let last = causes(error).last().map(ToString::to_string).unwrap_or_default();
            format!("it cannot be reached: {last}")
        }
    }
}

/// What a person must mend; `None` for what may pass by itself.
fn of_tls(error: &TlsError) -> Option<String> {
    let words = match error {
        TlsError::InvalidCertificate(wrong) => of_certificate(wrong),
        TlsError::NoCertificatesPresented => "it shows no certificate".to_owned(),
        TlsError::InvalidMessage(_) => {
            "it does not speak TLS there; perhaps the address begins with http:// or has another port"
                .to_owned()
        }
        TlsError::PeerIncompatible(why) => {
            format!("it has no version or cipher of TLS in common with us: {why:?}")
        }
        TlsError::AlertReceived(alert) => match alert {
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied => {
                format!("it does not accept our certificate (`client_certificate_file`): {alert:?}")
            }
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity
            | AlertDescription::UnrecognisedName => format!("it refuses TLS with us: {alert:?}"),
            _ => return None,
        },
        _ => return None,
    };
    Some(words)
}

fn of_certificate(wrong: &CertificateError) -> String {
    let day = |time: &rustls::pki_types::UnixTime| {
        let second = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        jiff::Timestamp::from_second(second)
            .map_or_else(|_| "a day far off".to_owned(), |time| time.to_string())
    };
    match wrong {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("its certificate expired at {}", day(not_after))
        }
        CertificateError::Expired => "its certificate expired".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("its certificate is not valid before {}; look at this machine's clock too", day(not_before))
        }
        CertificateError::NotValidYet => "its certificate is not valid yet; look at this machine's clock too".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = presented.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", ");
            let names = if names.is_empty() { "no name".to_owned() } else { names };
            format!("its certificate is for {names} and not for {}", expected.to_str())
        }
        CertificateError::NotValidForName => "its certificate is for another name".to_owned(),
        CertificateError::UnknownIssuer => {
            "its certificate comes from an unknown authority; name the authority, or the certificate itself, by `ca_file`"
                .to_owned()
        }
        CertificateError::Revoked => "its certificate was revoked".to_owned(),
        CertificateError::Other(_) => {
            "its certificate is one of an authority or has a wrong form; if it is right, name it by `ca_file`".to_owned()
        }
        other => format!("its certificate cannot be used: {other}"),
    }
}

/// A name as it stands in a certificate; the library gives `DnsName("a.example.cn")`.
fn bare(name: &str) -> &str {
    let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(name).trim_matches('"')
}

/// The error and its causes.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn StdError + 'static) = *error;
        // An error of the network hides the one it was made of: its source is that one's source.
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

/// The last cause of a type.
fn found<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    causes(error).filter_map(|cause| cause.downcast_ref::<T>()).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_certificate_is_told_apart() {
        let at =
            |seconds| rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        let wrong = [
            CertificateError::ExpiredContext { time: at(2), not_after: at(951_782_400) },
            CertificateError::NotValidYetContext { time: at(2), not_before: at(4_102_444_800) },
            CertificateError::UnknownIssuer,
            CertificateError::Revoked,
            CertificateError::BadSignature,
        ];
        let words: std::collections::BTreeSet<String> = wrong.iter().map(of_certificate).collect();
        assert_eq!(words.len(), wrong.len());
        assert!(of_certificate(&wrong[0]).contains("expired at 2000-02-29T00:00:00Z"));
        assert!(of_certificate(&wrong[1]).contains("2100-01-01"));
    }

    #[test]
    fn an_error_inside_an_error_of_the_network_is_found() {
        let inner = io::Error::other(TlsError::NoCertificatesPresented);
        let outer = io::Error::new(io::ErrorKind::InvalidData, inner);
        assert_eq!(found::<TlsError>(&outer), Some(&TlsError::NoCertificatesPresented));
        assert!(found::<io::Error>(&outer).is_some_and(|last| last.kind() == io::ErrorKind::Other));
        assert_eq!(of_tls(&TlsError::DecryptError), None, "what may pass by itself");
    }
}
