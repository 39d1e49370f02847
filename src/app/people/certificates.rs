//! Certificates of persons by the command line.

use std::path::Path;

use super::{PeopleDesk, PeopleError, by};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::people::{CertificateKind, Person};
use crate::people::certificate::of_pem;

/// Certificates of a person as a list has them: kind, number or subject, last day.
pub(super) fn listed(person: &Person) -> Vec<String> {
    let of_office = person.certificates.iter().map(|one| {
        let kind = match one.kind {
            CertificateKind::Work => "工作证 work",
            CertificateKind::Enforcement => "执行公务证 enforcement",
        };
        let until = one.until.map_or_else(String::new, |until| format!(" 至 until {until}"));
        format!("{kind} {}{until}", one.number)
    });
    let to_sign_in =
        person.sign_in_certificates.iter().filter(|one| one.revoked.is_none()).map(|one| {
            format!("登录证书 sign-in {} {} 至 until {}", one.subject, one.fingerprint, one.until)
        });
    of_office.chain(to_sign_in).collect()
}

impl PeopleDesk {
    /// Binds the client certificate of a PEM file to a person; gives its fingerprint.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn bind_certificate(
        &self,
        number: &str,
        file: &Path,
        reason: &str,
    ) -> Result<String, PeopleError> {
        let person = self.find(number).await?;
        let named = || file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|error| PeopleError::File(named(), error))?;
        let read = of_pem(&text, SystemClock.now());
        let read = read.map_err(|what| PeopleError::Refused(format!("{}: {what}", named())))?;
        let fingerprint = read.fingerprint.clone();
        self.engine.bind_certificate(by(reason), person.id, read).await?;
        Ok(fingerprint)
    }

    /// Revokes the binding of a client certificate; the person's sessions end.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn revoke_certificate(
        &self,
        number: &str,
        fingerprint: &str,
        reason: &str,
    ) -> Result<(), PeopleError> {
        let person = self.find(number).await?;
        let fingerprint = fingerprint.trim().to_ascii_lowercase();
        self.engine.revoke_certificate(by(reason), person.id, fingerprint).await?;
        Ok(())
    }
}
