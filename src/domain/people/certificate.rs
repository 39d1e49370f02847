//! Client certificates by which a person signs in.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A client certificate that is bound to a person. It is known by its fingerprint, so that no other certificate of the same name or
/// number passes for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignInCertificate {
    /// SHA-256 of the certificate in DER: 64 hexadecimal digits, lower case.
    pub fingerprint: String,
    /// Whom it names (RFC 4514).
    pub subject: String,
    /// Who issued it (RFC 4514).
    pub issuer: String,
    /// Its serial number in hexadecimal.
    pub serial: String,
    /// When its validity begins.
    pub from: Timestamp,
    /// When its validity ends.
    pub until: Timestamp,
    /// When it was bound.
    pub bound: Timestamp,
    /// Who bound it.
    pub bound_by: String,
    /// When the binding was revoked; null while it stands.
    #[serde(default)]
    pub revoked: Option<Timestamp>,
}

impl SignInCertificate {
    /// Whether it signs in: bound still, begun, and not over.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.from <= now && now < self.until
    }
}
