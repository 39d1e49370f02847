//! Persons 人员 as the gateway keeps them.

use std::collections::BTreeSet;
use std::fmt;

use chakong_contract::Date;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::PersonId;
use super::{Courts, Role, SignInCertificate};

/// A person of a court, or of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Identifier.
    pub id: PersonId,
    /// Name 姓名.
    pub name: String,
    /// Staff number 工号, by which the person signs in and is named in the audit.
    pub number: String,
    /// Whose cases the person sees.
    pub courts: Courts,
    /// What the person is there for.
    pub roles: BTreeSet<Role>,
    /// Certificates of office, such as 执行公务证.
    #[serde(default)]
    pub certificates: Vec<OfficialCertificate>,
    /// Telephone; empty where none is known.
    #[serde(default)]
    pub phone: String,
    /// When the person became known.
    pub created: Timestamp,
    /// Since when the person may not sign in any more; `None` while they may.
    #[serde(default)]
    pub disabled: Option<Timestamp>,
    /// Client certificates by which the person signs in.
    #[serde(default)]
    pub sign_in_certificates: Vec<SignInCertificate>,
    /// Password; `None` for a person who signs in by the identity provider or by a certificate alone.
    #[serde(default)]
    pub password: Option<KeptPassword>,
    /// Second factor; `None` until one is set up.
    #[serde(default)]
    pub second_factor: Option<SecondFactor>,
    /// Failed attempts to sign in since the last that succeeded.
    #[serde(default)]
    pub failures: u32,
    /// Until when nobody can sign in as this person, after too many failures.
    #[serde(default)]
    pub locked_until: Option<Timestamp>,
}

impl Person {
    /// Whether the person may sign in at all.
    pub const fn is_active(&self) -> bool {
        self.disabled.is_none()
    }

    /// Whether too many attempts failed a while ago.
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| until > now)
    }

    /// Whether who keeps the persons of these courts keeps this one. For the others there is no such person.
    pub fn is_kept_by(&self, courts: &Courts) -> bool {
        courts.keep(&self.courts, &self.roles)
    }

    /// Whether the person signs in by the certificate of a fingerprint now.
    pub fn has_certificate(&self, fingerprint: &str, now: Timestamp) -> bool {
        self.sign_in_certificates.iter().any(|one| one.fingerprint == fingerprint && one.is_valid(now))
    }

    /// Whether the second factor is set up and proved.
    pub fn has_second_factor(&self) -> bool {
        self.second_factor.as_ref().is_some_and(|factor| factor.is_proved)
    }
}

/// A certificate of office that a person carries (法释〔2013〕20号 art. 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficialCertificate {
    /// What it is: `enforcement` 执行公务证 or `work` 工作证.
    pub kind: CertificateKind,
    /// Its number.
    pub number: String,
    /// First day; null where it is not known.
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day; null where it is not known.
    #[serde(default)]
    pub until: Option<Date>,
}

/// Which certificate of office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKind {
    /// 工作证
    Work,
    /// 执行公务证
    Enforcement,
}

/// A password as it is kept: never itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPassword {
    /// Its argon2id hash with parameters and salt, as a PHC string.
    pub hash: String,
    /// Since when it counts.
    pub since: Timestamp,
    /// Whether somebody else set it, so that it must be changed first.
    #[serde(default)]
    pub is_initial: bool,
    /// Hashes of the ones before it, the newest first: none of them is used again.
    #[serde(default)]
    pub earlier: Vec<String>,
}

impl fmt::Debug for KeptPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptPassword").field("since", &self.since).finish_non_exhaustive()
    }
}

/// A second factor: codes by time (TOTP, RFC 6238).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// The shared secret in base 32.
    pub secret: String,
    /// Whether a code of it was shown once.
    pub is_proved: bool,
    /// The step of the last code that was taken: none is taken twice.
    #[serde(default)]
    pub last_step: u64,
    /// The secret that takes its place once a code of it was shown; `None` where none is to.
    #[serde(default)]
    pub next: Option<String>,
}

impl SecondFactor {
    /// The secret of which a code is still to be shown, if there is one.
    pub fn to_prove(&self) -> Option<&str> {
        let first = (!self.is_proved).then_some(&self.secret);
        self.next.as_ref().or(first).map(String::as_str)
    }
}

impl fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactor").field("is_proved", &self.is_proved).finish_non_exhaustive()
    }
}
