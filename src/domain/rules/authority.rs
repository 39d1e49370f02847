//! Who may be looked up and what may be done: purpose × type code × role × action, with the documents that show it.
//!
//! A network measure reaches only those who owe in a case (法释〔2013〕20号 art. 7). The rules stand in `authority.toml`. What
//! they do not allow is refused with the reason and the way that is open.

use std::fmt;
use std::sync::LazyLock;

pub use chakong_contract::PartyRole as Role;
use chakong_contract::{ActionKind, DocumentKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod table;
#[cfg(test)]
mod tests;

use table::{Rules, TypeCode};

/// What must accompany an act that is permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Documents: those of the action first, then those that show the authority over the party. Each once.
    pub documents: &'static [DocumentKind],
    /// Legal references.
    pub basis: &'static str,
}

impl Requirement {
    /// The documents that are not among these. A freeze's papers do not stand in for a renewal's.
    pub fn missing(&self, present: &[DocumentKind]) -> Vec<DocumentKind> {
        self.documents.iter().copied().filter(|kind| !present.contains(kind)).collect()
    }
}

/// What stands against an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeniedReason {
    /// The purpose is none that the law knows.
    UnknownPurpose,
    /// The type code stands in no rule.
    UnknownTypeCode,
    /// The type code belongs to cases of another purpose, or of none.
    TypeCode,
    /// The role belongs to another purpose.
    Role,
    /// The action is not permitted in such a case.
    Action,
    /// The rules could not be read; nothing is permitted.
    RulesUnreadable,
}

/// A refusal, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Denied {
    /// What stands against it.
    pub reason: DeniedReason,
    /// What stands against it and what to do, Chinese first.
    pub message: String,
    /// Legal reference; empty where the rule has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.basis.is_empty() { Ok(()) } else { write!(f, " ({})", self.basis) }
    }
}

impl std::error::Error for Denied {}

const TEXT: &str = include_str!("authority.toml");

static RULES: LazyLock<Result<Rules, String>> = LazyLock::new(|| Rules::read(TEXT));

/// What is wrong with the file of rules.
pub(super) fn check_data() -> Result<(), String> {
    RULES.as_ref().map(|_| ()).map_err(Clone::clone)
}

/// Whether an action may be taken against a party of this role in a case of this type, for this purpose, and with which
/// documents. `purpose` is `enforcement` or `preservation`; `type_code` is the case number's 类型代字.
///
/// # Errors
/// [`Denied`] says what stands against it and what to do.
pub fn permitted(
    purpose: &str,
    type_code: &str,
    role: Role,
    action: ActionKind,
) -> Result<Requirement, Denied> {
    let rules = RULES.as_ref().map_err(|error| {
        denied(
            DeniedReason::RulesUnreadable,
            format!("权限规则无法读取 the rules of authority cannot be read: {error}"),
            "",
        )
    })?;
    let wanted = rules.purpose(purpose).ok_or_else(|| {
        denied(
            DeniedReason::UnknownPurpose,
            "查控目的应为 enforcement（执行）或 preservation（保全） the purpose must be one of these two"
                .to_owned(),
            "",
        )
    })?;
    let case = rules.type_code(type_code.trim()).ok_or_else(|| unknown_type_code(type_code))?;
    if case.purpose != wanted.purpose {
        return Err(of_another_purpose(rules, case, type_code, &wanted.word));
    }
    let party = rules.role(role).ok_or_else(|| {
        denied(DeniedReason::Role, format!("没有关于{}的规则 no rule names this role", role.chinese()), "")
    })?;
    if party.purpose != wanted.purpose {
        let message = format!(
            "{}不能作为{}的查控对象：请核对当事人身份与查控目的 a party of this role cannot be looked up for this purpose: check role and purpose",
            party.word, wanted.word
        );
        return Err(denied(DeniedReason::Role, message, &party.basis));
    }
    let word = rules.action(action).map_or("", |row| row.word.as_str());
    for (actions, what, otherwise, basis) in [
        (&wanted.actions, &wanted.word, &wanted.otherwise, &wanted.basis),
        (&case.actions, &case.word, &case.otherwise, &case.basis),
        (&party.actions, &party.word, &party.otherwise, &party.basis),
    ] {
        if !actions.contains(&action) {
            let message = format!("{what}不得{word} {action} is not permitted here：{otherwise}");
            return Err(denied(DeniedReason::Action, message, basis));
        }
    }
    rules.requirement(case, party, action).ok_or_else(|| {
        denied(DeniedReason::Action, format!("没有关于{action}的规则 no rule names this action"), "")
    })
}

/// Whether measures are ordered in cases of this type at all, for either purpose.
///
/// # Errors
/// [`Denied`] says what stands against it.
pub fn freezes(type_code: &str) -> Result<(), Denied> {
    let case = RULES.as_ref().ok().and_then(|rules| rules.type_code(type_code.trim()));
    let case = case.ok_or_else(|| unknown_type_code(type_code))?;
    if case.actions.contains(&ActionKind::Freeze) {
        return Ok(());
    }
    let message = format!("{}不得采取控制措施 nothing is frozen in a case of this type", case.word);
    Err(denied(DeniedReason::TypeCode, message, &case.basis))
}

fn denied(reason: DeniedReason, message: String, basis: &str) -> Denied {
    Denied { reason, message, basis: basis.to_owned() }
}

/// The code is repeated without what is no letter: it comes from outside and ends in messages.
fn unknown_type_code(type_code: &str) -> Denied {
    let code: String = type_code.chars().filter(|c| c.is_alphanumeric()).take(8).collect();
    let message = format!(
        "案号类型代字「{code}」不在查控规则内：请以执、执恢（执行）或执保、财保（保全）案号提交 no rule knows this type code: submit it under a number of enforcement or preservation"
    );
    denied(DeniedReason::UnknownTypeCode, message, "法释〔2013〕20号第七条")
}

fn of_another_purpose(rules: &Rules, case: &TypeCode, type_code: &str, wanted: &str) -> Denied {
    let own = rules.purpose(&case.purpose).map_or("", |purpose| purpose.word.as_str());
    let otherwise = if case.otherwise.is_empty() {
        format!(
            "请以「{own}」为目的提交，或改用相应案号 submit it with the purpose {}, or under the right number",
            case.purpose
        )
    } else {
        case.otherwise.clone()
    };
    let message = format!(
        "案号类型代字「{}」（{}）不是{wanted}案件 a case of this type is no case of this purpose：{otherwise}",
        type_code.trim(),
        case.word
    );
    denied(DeniedReason::TypeCode, message, &case.basis)
}
