//! Which pages there are, and whose role may open them.

use axum::response::{IntoResponse as _, Redirect, Response};

use super::failure::Failure;
use super::lang::Lang;
use super::visitor::Visitor;
use crate::api::may;

/// A page of the navigation: its word, where it is, what it is called, and the row of the matrix that says who may open it.
const PAGES: &[(&str, &str, &str, &str, u8)] = &[
    ("tasks", "/console/tasks", "待办", "Tasks", may::READ),
    ("cases", "/console/cases", "案件", "Cases", may::READ),
    ("new", "/console/new", "新建查控", "New inquiry", may::SUBMIT),
    ("approvals", "/console/approvals", "审批", "Approvals", may::CONTROL),
    ("papers", "/console/papers", "打印", "Print", may::READ),
    ("statistics", "/console/statistics", "统计", "Statistics", may::READ),
    ("desk", "/console/desk", "人工办理", "Desk", may::DESK_READ),
    ("counterparts", "/console/counterparts", "协助单位", "Counterparts", may::WATCH),
    ("expiring", "/console/expiring", "待办", "Tasks", may::PEOPLE),
    ("people", "/console/people", "人员", "People", may::PEOPLE),
    ("keys", "/console/keys", "密钥", "Keys", may::KEYS),
    ("audit", "/console/audit", "审计", "Audit", may::ACTS),
    ("system", "/console/system", "系统", "System", may::CONSUMERS),
];

/// An entry of the navigation.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it leads.
    pub href: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Whether the page that is shown is this one, or below it.
    pub is_current: bool,
}

/// The pages that a visitor may open.
pub fn entries(visitor: &Visitor, current: &str) -> Vec<Entry> {
    let mine = PAGES.iter().filter(|(.., may)| visitor.may(*may));
    let entry = |(word, href, zh, en, _): &(&str, &'static str, &'static str, &'static str, u8)| Entry {
        href,
        label: Lang::t(visitor.lang, zh, en),
        is_current: *word == current,
    };
    mine.map(entry).collect()
}

/// `GET /console`: the first page that a visitor may open; of an auditor, who has nothing to do in cases, the audit.
pub async fn home(visitor: Visitor) -> Result<Response, Failure> {
    let is_own = |word: &str| word == "audit" || !visitor.may(may::LOOKS);
    let first = PAGES.iter().find(|(word, .., may)| is_own(word) && visitor.may(*may));
    let (_, href, ..) = first.ok_or_else(Failure::nothing_here)?;
    Ok(Redirect::to(href).into_response())
}
