//! TLS for connections that no HTTP client makes: the same trust as on call lines.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::call::trust::{Wrong, only};

/// What a client trusts: the authorities of a PEM file, or the machine's without one; and the certificate with key by which it shows
/// who it is, if there is one. The files are read now.
///
/// # Errors
/// What is wrong with a file, with its name.
pub fn client_config(authorities: Option<&Path>, identity: Option<&Path>) -> Result<ClientConfig, String> {
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let shown = |path: Option<&Path>| path.map(|path| path.display().to_string()).unwrap_or_default();
    let own = identity.map(read).transpose()?;
    if let Some(path) = authorities {
        return only(&read(path)?, own.as_deref()).map_err(|wrong| match wrong {
            Wrong::Authorities(what) => format!("{} {what}", path.display()),
            Wrong::Identity(what) => format!("{} {what}", shown(identity)),
        });
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err("this machine has no certificates of authorities; name them by `ca_file`".to_owned());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots);
    let Some(pem) = own else { return Ok(builder.with_no_client_auth()) };
    let none = |_| format!("{} holds no PEM certificate and key", shown(identity));
    let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>().map_err(none)?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(none)?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|error| format!("{} cannot be used: {error}", shown(identity)))
}
