//! Sessions 会话 and API keys 密钥 as the gateway keeps them: digests, never what is shown to the door.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::PersonId;
use super::{Courts, Role};

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

impl StoredKey {
    /// Whether it can be used.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| expires > now)
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
}

impl LookKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Case,
        Self::Inquiry,
        Self::Assets,
        Self::Companies,
        Self::Measures,
        Self::Answer,
        Self::Raw,
        Self::Certificate,
        Self::Print,
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
}
