//! Roles: what a person or a key is there for.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the holder of a key, or a person, is there for. What each may do is the matrix in `people::matrix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 办案系统: submits inquiries, reads results.
    CaseSystem,
    /// 查控员: submits, reads, re-queries, cancels.
    Officer,
    /// 审批人: approves, rejects and releases measures, resolves undetermined orders.
    Approver,
    /// 指挥中心负责人: reads everything of the courts, and how the counterparts are.
    Supervisor,
    /// 运维: health of connectors, pause, resume, probe.
    Operations,
    /// 安全管理员: persons, keys, sessions.
    SecurityAdministrator,
    /// 审计员: acts and looks.
    Auditor,
}

/// Two roles that one person or key cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}与{}不得由同一人兼任 one person or key cannot be `{}` and `{}`: administrators exclude each other and run no inquiries",
    .0.chinese(), .1.chinese(), .0.word(), .1.word()
)]
pub struct RoleConflict(pub Role, pub Role);

impl Role {
    /// Every role with its word in the configuration.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::CaseSystem, "case_system"),
        (Self::Officer, "officer"),
        (Self::Approver, "approver"),
        (Self::Supervisor, "supervisor"),
        (Self::Operations, "operations"),
        (Self::SecurityAdministrator, "security_administrator"),
        (Self::Auditor, "auditor"),
    ];

    /// The word used in configuration, API and errors.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, word)| word)
    }

    /// The role of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(role, _)| *role)
    }

    /// The word that court staff read.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::CaseSystem => "办案系统",
            Self::Officer => "查控员",
            Self::Approver => "审批人",
            Self::Supervisor => "指挥中心负责人",
            Self::Operations => "运维",
            Self::SecurityAdministrator => "安全管理员",
            Self::Auditor => "审计员",
        }
    }

    /// Whether it is one of the three administrators 三员: system, security, audit.
    pub const fn is_administrator(self) -> bool {
        matches!(self, Self::Operations | Self::SecurityAdministrator | Self::Auditor)
    }

    /// Whether its holders act on what every court uses, such as counterparts and the store, whatever courts they are of.
    pub const fn is_of_every_court(self) -> bool {
        matches!(self, Self::Operations)
    }

    /// Whether its holders work on cases, so that looking at one needs no reason.
    pub const fn is_of_the_case(self) -> bool {
        matches!(self, Self::CaseSystem | Self::Officer | Self::Approver)
    }

    /// Two of these roles that exclude each other, if there are any: an administrator has no other role.
    pub fn conflict(roles: &BTreeSet<Self>) -> Option<RoleConflict> {
        let administrator = roles.iter().copied().find(|role| role.is_administrator())?;
        let other = roles.iter().copied().find(|role| *role != administrator)?;
        Some(RoleConflict(administrator, other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_administrators_exclude_each_other_and_run_no_inquiries() {
        for (one, _) in Role::ALL {
            assert_eq!(Role::conflict(&[one].into()), None, "{one:?} alone");
            for (other, _) in Role::ALL.into_iter().filter(|(other, _)| *other != one) {
                let administrators = [Role::Operations, Role::SecurityAdministrator, Role::Auditor];
                let excluded = administrators.contains(&one) || administrators.contains(&other);
                assert_eq!(Role::conflict(&[one, other].into()).is_some(), excluded, "{one:?} {other:?}");
            }
        }
        let three = [Role::CaseSystem, Role::Officer, Role::Approver, Role::Supervisor];
        assert_eq!(Role::conflict(&three.into()), None);
    }

    #[test]
    fn words_lead_back_to_their_role_in_configuration_and_json() {
        for (role, word) in Role::ALL {
            assert_eq!((role.word(), Role::of_word(word)), (word, Some(role)));
            assert_eq!(serde_json::to_string(&role).expect("JSON"), format!("\"{word}\""));
        }
        assert_eq!(Role::of_word("root"), None);
    }
}
