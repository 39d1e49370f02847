//! API keys: what one must be.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::super::people::{Courts, Role, is_consumer_name};
use super::super::super::{Finding, PersonId};

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its name; of a system's key the name in audit lines.
    pub name: String,
    /// The person to whom it belongs; `None` for a system's.
    pub person: Option<PersonId>,
    /// What it may do.
    pub roles: BTreeSet<Role>,
    /// Whose cases it sees.
    pub courts: Courts,
    /// The consumer of results as which alone it reads; `None` for any.
    pub consumer: Option<String>,
    /// Until when it can be used; `None` without an end.
    pub expires: Option<Timestamp>,
}

/// Every rule that a new key breaks by itself. Who makes keys at run time is one person, and could approve alone what another of their
/// keys submitted: a system's key is no approver.
pub fn check_key(new: &NewKey, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut finding = |pointer: &str, detail: &str| findings.push(Finding::new(pointer, detail));
    if !(1..=64).contains(&new.name.trim().chars().count()) || new.name.chars().any(char::is_control) {
        finding("/name", "应有 1 至 64 个字符，不含控制字符 must have 1 to 64 characters, none of control");
    }
    if new.roles.is_empty() {
        finding("/roles", "须选择角色 a key needs a role");
    }
    if let Some(conflict) = Role::conflict(&new.roles) {
        finding("/roles", &conflict.to_string());
    }
    if new.person.is_none() && new.roles.contains(&Role::Approver) {
        let detail = "审批须由人员办理：系统密钥不得授予审批人角色 persons approve: a system's key that is made here is no approver; \
                      one of the configuration file may be";
        finding("/roles", detail);
    }
    if let Courts::Some(codes) = &new.courts
        && (codes.is_empty() || codes.iter().any(|code| code.trim().is_empty()))
    {
        finding(
            "/courts",
            "须填写法院代码，全部法院的留空 name the courts by their codes, or null for every court",
        );
    }
    if new.consumer.as_deref().is_some_and(|name| !is_consumer_name(name)) {
        finding(
            "/consumer",
            "应为 1 至 64 个 a-z、0-9、- 和 _ 字符 has 1 to 64 of the characters a-z, 0-9, - and _",
        );
    }
    if new.consumer.is_some() && !new.roles.contains(&Role::CaseSystem) {
        finding(
            "/consumer",
            "仅办案系统的密钥可读取结果 belongs to a key of the role case_system, which reads results",
        );
    }
    if new.expires.is_some_and(|expires| expires <= now) {
        finding("/expires_at", "日期已过 lies in the past");
    }
    findings
}
