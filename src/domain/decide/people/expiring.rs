//! What of persons and keys runs out soon: for the list of the security administrator.

use chakong_contract::Date;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::super::people::{CertificateKind, Person, StoredKey};

/// Days before the end from which something is on the list.
const DAYS_BEFORE: i64 = 30;
/// Days after the end until which it stays there: by then it was renewed, or is not wanted any more.
const DAYS_AFTER: i64 = 90;

/// What runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpiringKind {
    /// 工作证
    WorkCertificate,
    /// 执行公务证
    EnforcementCertificate,
    /// A client certificate 登录证书.
    SignInCertificate,
    /// An API key 密钥.
    Key,
}

/// Something that runs out soon, or ran out a while ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring<'a> {
    /// What it is.
    pub kind: ExpiringKind,
    /// Its number, subject or name.
    pub name: &'a str,
    /// Whose it is; `None` for a system's key.
    pub person: Option<&'a Person>,
    /// Last day, in Shanghai.
    pub until: Date,
    /// Whole days until the last day; negative after it.
    pub days: i64,
}

/// What of active persons and of keys ends within thirty days, or ended within the last ninety, the first to end first.
pub fn expiring<'a>(persons: &'a [Person], keys: &'a [StoredKey], now: Timestamp) -> Vec<Expiring<'a>> {
    let today = day_of(now);
    let mut all = Vec::new();
    let mut put = |kind, name: &'a str, person, until: Date| {
        let days = i64::from((until - today).get_days());
        if (-DAYS_AFTER..=DAYS_BEFORE).contains(&days) {
            all.push(Expiring { kind, name, person, until, days });
        }
    };
    for person in persons.iter().filter(|person| person.is_active()) {
        for certificate in &person.certificates {
            let kind = match certificate.kind {
                CertificateKind::Work => ExpiringKind::WorkCertificate,
                CertificateKind::Enforcement => ExpiringKind::EnforcementCertificate,
            };
            if let Some(until) = certificate.until {
                put(kind, &certificate.number, Some(person), until);
            }
        }
        for one in person.sign_in_certificates.iter().filter(|one| one.revoked.is_none()) {
            put(ExpiringKind::SignInCertificate, &one.subject, Some(person), day_of(one.until));
        }
    }
    for key in keys.iter().filter(|key| key.revoked.is_none()) {
        let person = key.person.and_then(|id| persons.iter().find(|person| person.id == id));
        if let Some(expires) = key.expires.filter(|_| person.is_none_or(Person::is_active)) {
            put(ExpiringKind::Key, &key.name, person, day_of(expires));
        }
    }
    all.sort_by_key(|one| one.days);
    all
}

fn day_of(at: Timestamp) -> Date {
    jiff::tz::Offset::constant(8).to_datetime(at).date()
}
