//! Sessions 会话 and API keys 密钥 as the gateway keeps them: digests, never what is shown to the door.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::PersonId;
use super::{Courts, Person, Role};

/// A person who has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// SHA-256 of the cookie.
    pub digest: Vec<u8>,
    /// Public identifier, by which it is listed and ended.
    pub id: Uuid,
    /// Who.
    pub person: PersonId,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// From which address it began.
    pub from: String,
    /// What the browser called itself, shortened.
    pub agent: String,
    /// How the person showed who they are.
    #[serde(default)]
    pub method: SignInMethod,
}

/// How a person showed who they are when they signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// By 工号 and password, and the code of the second factor where one is set up.
    #[default]
    Password,
    /// By the court's identity provider.
    Provider {
        /// Whether the provider vouches for a second factor.
        second_factor: bool,
    },
    /// By a client certificate.
    Certificate {
        /// Whether the certificate counts as a second factor.
        second_factor: bool,
    },
}

impl SignInMethod {
    /// The word used in audit, API and pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Provider { .. } => "provider",
            Self::Certificate { .. } => "certificate",
        }
    }

    /// Whether a second factor was shown with it, so that no code is asked for.
    pub const fn has_second_factor(self) -> bool {
        match self {
            Self::Password => false,
            Self::Provider { second_factor } | Self::Certificate { second_factor } => second_factor,
        }
    }
}

/// A key of a person or a system, made by the security administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredKey {
    /// Identifier.
    pub id: Uuid,
    /// Its name; of a system's key the name in audit lines.
    pub name: String,
    /// The person to whom it belongs; `None` for a system's.
    pub person: Option<PersonId>,
    /// What it may do; of a person's key no more than the person.
    pub roles: BTreeSet<Role>,
    /// Whose cases it sees; of a person's key no more than the person.
    pub courts: Courts,
    /// The consumer of results as which alone it reads; `None` for any.
    #[serde(default)]
    pub consumer: Option<String>,
    /// SHA-256 of the key.
    pub digest: Vec<u8>,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// Until when it can be used; `None` without an end.
    pub expires: Option<Timestamp>,
    /// When it was revoked; `None` while it stands.
    pub revoked: Option<Timestamp>,
}

/// Whether a consumer of results may be called so: 1 to 64 of a-z, 0-9, - and _.
pub fn is_consumer_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(is_plain)
}

impl StoredKey {
    /// Whether it can be used.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| expires > now)
    }
}

impl StoredKey {
    /// Whether who keeps the persons and keys of these courts keeps this key: a person's with the person, a system's by its courts.
    pub fn is_kept_by(&self, owner: Option<&Person>, courts: &Courts) -> bool {
        match (self.person, owner) {
            (None, _) => courts.keep(&self.courts, &self.roles),
            (Some(_), Some(owner)) => owner.is_kept_by(courts),
            (Some(_), None) => courts.are_all(),
        }
    }
}

/// What somebody looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookKind {
    /// A case with its parties and ledger 案件.
    Case,
    /// An inquiry 查控申请.
    Inquiry,
    /// The list of assets found 财产.
    Assets,
    /// The list of companies 企业.
    Companies,
    /// Measures 控制措施.
    Measures,
    /// An order with its answer 反馈.
    Answer,
    /// A receipt or document as it came 回执与原始报文.
    Raw,
    /// A certificate 查控完整性证明.
    Certificate,
    /// Something on paper 打印.
    Print,
    /// The list of what is to be done 待办.
    Tasks,
    /// The list of what people carry along 人工办理.
    Desk,
}

impl LookKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Case,
        Self::Inquiry,
        Self::Assets,
        Self::Companies,
        Self::Measures,
        Self::Answer,
        Self::Raw,
        Self::Certificate,
        Self::Print,
        Self::Tasks,
        Self::Desk,
    ];

    /// The word used in the store, in lists and in exports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Inquiry => "inquiry",
            Self::Assets => "assets",
            Self::Companies => "companies",
            Self::Measures => "measures",
            Self::Answer => "answer",
            Self::Raw => "raw",
            Self::Certificate => "certificate",
            Self::Print => "print",
            Self::Tasks => "tasks",
            Self::Desk => "desk",
        }
    }
}

/// A look 查看: who saw what of a case, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// Who: 工号 of the person, or name of the key.
    pub actor: String,
    /// What was looked at.
    pub kind: LookKind,
    /// Of what: identifier of the inquiry, case, order or measure.
    pub subject: String,
    /// Case number; empty where none is known.
    pub case_number: String,
    /// Code of the court whose case it is.
    pub court: String,
    /// Why; empty where the role is of the case and none was given.
    pub reason: String,
    /// Whether it was out of working hours (before 07:00 or after 20:00 in Shanghai, or on a day off).
    pub out_of_hours: bool,
    /// How many records it showed: 1, or the rows of a list that belongs to no case.
    #[serde(default = "one")]
    pub shown: u64,
    /// Codes of the courts of who looked, where the look belongs to no court's case, `*` for all; empty otherwise.
    #[serde(default)]
    pub courts: Vec<String>,
    /// Marks of the persons and organisations that it is about: keyed hashes of their numbers, or of what somebody looked for. The same
    /// mark is the same person. Of persons' looks alone; empty for lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
}

/// What a look shows that is not a list.
const fn one() -> u64 {
    1
}

impl Look {
    /// Whether an auditor of these courts sees it: it is a look at one of their cases, or at a list by somebody who sees theirs.
    pub fn is_of(&self, courts: &Courts) -> bool {
        let sees_some = courts.codes().is_none_or(|codes| !codes.is_empty());
        let sees_theirs = |code: &String| (code == "*" && sees_some) || courts.cover(code);
        courts.cover(&self.court) || self.court.is_empty() && self.courts.iter().any(sees_theirs)
    }
}
