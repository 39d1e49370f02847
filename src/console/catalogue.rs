//! Every act that a page offers: who may do it, which endpoint it is, what is entered.

mod claim;
mod entering;
mod measure;
mod other;

use chakong_contract::order::DocumentKind;

use super::grounds::SETTLED;
use super::lang::Lang;
use super::words::Word;
use crate::api::may;

/// An act.
#[derive(Debug)]
pub struct ActKind {
    /// Its word in addresses.
    pub slug: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// And in English.
    pub en: &'static str,
    /// The row of the matrix that says who may do it, as the endpoint has it (a constant of [`may`]).
    pub may: u8,
    /// The endpoint; each `{}` stands for a part of what the act is about (`case~party`).
    pub api: &'static str,
    /// Where the last part of what it is about stands in the request; empty for nowhere.
    pub subject_at: &'static str,
    /// Whether it is `PUT`.
    pub is_put: bool,
    /// Whether it takes something from somebody or gives it back.
    pub is_grave: bool,
    /// What the request holds before anything is entered, as JSON.
    pub base: &'static str,
    /// What is entered.
    pub fields: &'static [Field],
    /// What is said when it was done.
    pub done: (&'static str, &'static str),
    /// What it is about.
    pub about: (&'static str, &'static str),
    /// The page of the navigation that it belongs to.
    pub page: &'static str,
    /// Where the page of what it is about is.
    pub at: &'static str,
}

/// What is entered into a field.
#[derive(Debug, Clone, Copy)]
pub enum Input {
    /// A line.
    Text,
    /// Names, separated by commas.
    Names,
    /// An amount in yuan.
    Money,
    /// An amount in the currency of the account that the act is about.
    Amount,
    /// A number of days.
    Count,
    /// An instant, in Beijing time.
    Instant,
    /// Why.
    Reason,
    /// Yes or not.
    Flag,
    /// One of these.
    Choice(&'static [(&'static str, Word)]),
    /// An account of the court.
    CourtAccount,
    /// A counterpart, by its name or its code.
    Counterpart,
    /// A party of the case that the act is about.
    Party,
    /// A day.
    Date,
    /// A place in a queue of measures.
    Rank,
    /// An amount in the currency that another field names.
    AmountIn(&'static str),
    /// What was on the page, as JSON; nobody enters it.
    Seen,
    /// What tells this form from any other that was shown; nobody enters it. What such a form orders is ordered once.
    Once,
    /// A legal document.
    Paper(DocumentKind),
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// And in English.
    pub en: &'static str,
    /// Its place in the request; empty for documents.
    pub pointer: &'static str,
    /// What is entered.
    pub input: Input,
    /// Whether something must be.
    pub is_required: bool,
}

const fn field(
    name: &'static str,
    words: (&'static str, &'static str),
    pointer: &'static str,
    input: Input,
) -> Field {
    Field { name, zh: words.0, en: words.1, pointer, input, is_required: false }
}

const fn needed(
    name: &'static str,
    words: (&'static str, &'static str),
    pointer: &'static str,
    input: Input,
) -> Field {
    Field { name, zh: words.0, en: words.1, pointer, input, is_required: true }
}

const fn paper(kind: DocumentKind) -> Field {
    field("documents", ("", ""), "", Input::Paper(kind))
}

/// A paper without which the act is refused.
const fn needed_paper(kind: DocumentKind) -> Field {
    needed("documents", ("", ""), "", Input::Paper(kind))
}

const REASON: Field = needed("reason", ("理由", "Reason"), "/reason", Input::Reason);
const SEEN: Field = field("seen", ("", ""), "/seen", Input::Seen);
const ONCE: Field = field("once", ("", ""), "", Input::Once);
const NUMBER: Field = field("paper_number", ("文书案号", "Number of the documents"), "", Input::Text);

/// What acts on a measure have in common.
const MEASURE: ActKind = ActKind {
    slug: "",
    zh: "",
    en: "",
    may: may::CONTROL,
    api: "",
    subject_at: "",
    is_put: false,
    is_grave: false,
    base: "{}",
    fields: &[],
    done: ("", ""),
    about: ("控制措施", "Measure"),
    page: "cases",
    at: "/console/measures",
};

/// Every act.
fn all() -> impl Iterator<Item = &'static ActKind> {
    [measure::ACTS, claim::ACTS, entering::ACTS, other::ACTS].into_iter().flatten()
}

/// The act of a word.
pub fn find(slug: &str) -> Option<&'static ActKind> {
    all().find(|kind| kind.slug == slug)
}

/// What is said of the first of two approvals.
pub const FIRST_APPROVAL: (&str, &str) =
    ("第一审批已作出，待另一名审批人审批。", "Approved by you; another approver must approve it too.");

/// What is said of what was done and is no act of the table.
const OTHERWISE_DONE: &[(&str, &str, &str)] = &[
    ("approved-first", FIRST_APPROVAL.0, FIRST_APPROVAL.1),
    (
        SETTLED,
        "解除指令已排队发送。所选事由已了结全案执行标的，此后不再冻结任何财产；仍在控的措施见冻结台账。",
        "The release is on its way. Its ground settled the claim of the whole case: nothing more is frozen. What still stands is in the ledger.",
    ),
    ("desk-to-check", "反馈已录入，等待他人复核。", "The answer is entered and waits for another person."),
    ("desk-sent-back", "已退回录入人。", "It is sent back to whoever entered it."),
    (
        "desk-unfit",
        "反馈已留存，但与请求不符，须在待办中核实。",
        "The answer is kept and does not fit the order: decide in the tasks.",
    ),
    ("desk-repeated", "与已收到的反馈相同。", "The same was taken in before."),
    ("desk-done", "反馈已入账。", "The answer is taken in."),
    ("password", "密码已修改。", "The password is changed."),
    ("factor", "动态口令已绑定。", "The second factor is set up."),
    ("session", "会话已结束。", "The session is over."),
    ("person", "人员信息已变更。", "The person is changed."),
    ("disabled", "已停用，其会话随即结束。", "Disabled; the sessions are over."),
    ("enabled", "已启用。", "Enabled."),
    (
        "no-factor",
        "动态口令已解除绑定，下次登录须重新绑定。",
        "The second factor is gone; another is set up at the next sign-in.",
    ),
    ("revoked", "密钥已吊销。", "The key is revoked."),
    (
        "added",
        "人员已新增，以统一身份认证或证书登录。",
        "The person is added, and signs in by the identity provider or by a certificate.",
    ),
    ("certificate", "登录证书已绑定。", "The certificate is bound."),
    (
        "no-certificate",
        "登录证书已撤销，其会话已结束。",
        "The certificate is revoked, and the sessions are over.",
    ),
];

/// What was just done, as the address of a page says it.
pub fn notice_of(here: &str, lang: Lang) -> &'static str {
    let query = here.split_once('?').map_or("", |(_, query)| query);
    let Some(done) = query.split('&').find_map(|part| part.strip_prefix("done=")) else { return "" };
    let otherwise = OTHERWISE_DONE.iter().find(|(slug, ..)| *slug == done);
    let words = find(done).map(|kind| kind.done).or(otherwise.map(|(_, zh, en)| (*zh, *en)));
    words.map_or("", |(zh, en)| lang.t(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::matrix::{permission, permission_of};

    /// A place of the matrix without the names of its parts.
    fn bare(place: &str) -> String {
        let parts = place.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        parts.collect::<Vec<_>>().join("/")
    }

    #[test]
    fn an_act_is_offered_to_those_whom_its_endpoint_lets() {
        let places = crate::people::matrix::MATRIX.iter().flat_map(|row| row.places);
        let places: Vec<&str> = places.copied().collect();
        for kind in all() {
            let method = if kind.is_put { "PUT" } else { "POST" };
            let wanted = format!("{method} {}", kind.api);
            let place = places.iter().find(|place| bare(place) == wanted);
            let row = place.and_then(|place| permission_of(place));
            assert!(row.is_some(), "{}: {wanted} is no endpoint", kind.slug);
            assert_eq!(permission(kind.may), row, "{}", kind.slug);
        }
    }
}
