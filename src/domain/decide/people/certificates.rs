//! Client certificates: bound to a person, and revoked.

use jiff::Timestamp;

use super::super::super::people::{Person, SignInCertificate};
use super::super::super::{Finding, PersonId};
use super::super::{Decided, Rejected};

/// Most client certificates of a person, with those that were revoked; the oldest of these make room.
const MOST: usize = 20;

/// Nobody gives themselves a way in, or takes away the only one by mistake.
fn by_another(person: &Person, by: Option<PersonId>) -> Decided<()> {
    let why = "不得变更本人的登录证书 nobody changes their own certificates to sign in: another security administrator does";
    if by == Some(person.id) { Err(Rejected::Forbidden(why.into())) } else { Ok(()) }
}

/// Binds a client certificate to a person; `others` are everybody else who is known.
///
/// # Errors
/// [`Rejected::Findings`] where it is over, or signs somebody in already; [`Rejected::Forbidden`] for one's own.
pub fn bind_certificate<'a>(
    person: &Person,
    certificate: SignInCertificate,
    by: Option<PersonId>,
    mut others: impl Iterator<Item = &'a Person>,
) -> Decided<Person> {
    by_another(person, by)?;
    let finding = |detail: &str| Err(Rejected::Findings(vec![Finding::new("/certificate", detail)]));
    let stands =
        |one: &SignInCertificate| one.fingerprint == certificate.fingerprint && one.revoked.is_none();
    if certificate.until <= certificate.bound {
        return finding("证书已过期 the certificate has expired");
    }
    if person.sign_in_certificates.iter().any(stands) {
        return finding("证书已绑定该人员 the certificate is bound to this person already");
    }
    if others.any(|other| other.sign_in_certificates.iter().any(stands)) {
        return finding("证书已绑定他人 the certificate is bound to somebody else; revoke it there first");
    }
    let mut after = person.clone();
    if after.sign_in_certificates.len() >= MOST {
        let Some(at) = after.sign_in_certificates.iter().position(|one| one.revoked.is_some()) else {
            return finding("登录证书过多，请先撤销 too many certificates: revoke some first");
        };
        after.sign_in_certificates.remove(at);
    }
    after.sign_in_certificates.push(certificate);
    Ok(after)
}

/// Revokes the binding of a client certificate, for good.
///
/// # Errors
/// [`Rejected::Unknown`] where none of this fingerprint stands; [`Rejected::Forbidden`] for one's own.
pub fn revoke_certificate(
    person: &Person,
    fingerprint: &str,
    by: Option<PersonId>,
    now: Timestamp,
) -> Decided<Person> {
    by_another(person, by)?;
    let mut after = person.clone();
    let mut bound = after.sign_in_certificates.iter_mut();
    let bound = bound.find(|one| one.fingerprint == fingerprint && one.revoked.is_none());
    bound.ok_or(Rejected::Unknown("certificate"))?.revoked = Some(now);
    Ok(after)
}
