//! Whom a call line with a `ca_file` trusts: the authorities in it, and each certificate in it by itself.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::certificate::validity;

/// TLS that trusts what stands in a PEM file, and shows our own certificate where there is one.
///
/// # Errors
/// What is wrong with a file; read after its name.
pub(in crate::lines) fn only(authorities: &[u8], identity: Option<&[u8]>) -> Result<ClientConfig, Wrong> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Named::read(authorities, &provider).map_err(Wrong::Authorities)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Wrong::Identity(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let Some(pem) = identity else { return Ok(config.with_no_client_auth()) };
    let none = |_| Wrong::Identity("holds no PEM certificate and key".to_owned());
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(none)?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(none)?;
    let unfit = |error: Error| Wrong::Identity(format!("cannot be used: {error}"));
    config.with_client_auth_cert(chain, key).map_err(unfit)
}

/// Which of the files is wrong, and how.
#[derive(Debug)]
pub(in crate::lines) enum Wrong {
    Authorities(String),
    Identity(String),
}

/// Certificates that were named. A server that shows one of them is who it should be, for it has the key that belongs to it;
/// whatever names stand in it, and also where it calls itself an authority, as those do that people sign for themselves. Any
/// other is verified by its chain and its name.
#[derive(Debug)]
struct Named {
    certificates: Vec<CertificateDer<'static>>,
    chains: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Named {
    fn read(pem: &[u8], provider: &Arc<CryptoProvider>) -> Result<Self, String> {
        let read = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let certificates = read.ok().filter(|read| !read.is_empty()).ok_or("holds no PEM certificate")?;
        let mut roots = RootCertStore::empty();
        let (usable, _) = roots.add_parsable_certificates(certificates.iter().cloned());
        let chains = match usable {
            0 => None,
            _ => {
                let built =
                    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
                Some(built.build().map_err(|error| format!("cannot be used: {error}"))?)
            }
        };
        Ok(Self { certificates, chains, provider: Arc::clone(provider) })
    }
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if !self.certificates.iter().any(|named| named == shown) {
            return match &self.chains {
                Some(chains) => chains.verify_server_cert(shown, intermediates, name, ocsp, now),
                None => Err(CertificateError::UnknownIssuer.into()),
            };
        }
        let (from, until) = validity(shown).ok_or(CertificateError::BadEncoding)?;
        let at = |second: i64| {
            UnixTime::since_unix_epoch(std::time::Duration::from_secs(second.try_into().unwrap_or_default()))
        };
        match now.as_secs().try_into().unwrap_or(i64::MAX) {
            second if second < from => {
                Err(CertificateError::NotValidYetContext { time: now, not_before: at(from) }.into())
            }
            second if second > until => {
                Err(CertificateError::ExpiredContext { time: now, not_after: at(until) }.into())
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, shown, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, shown, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
