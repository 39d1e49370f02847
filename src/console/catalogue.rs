//! Every act that a page offers: who may do it, which endpoint it is, what is entered.

mod claim;
mod measure;
mod other;

use chakong_contract::order::DocumentKind;

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
    /// A number of days.
    Count,
    /// Why.
    Reason,
    /// Yes or not.
    Flag,
    /// One of these.
    Choice(&'static [(&'static str, Word)]),
    /// An account of the court.
    CourtAccount,
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

const REASON: Field = needed("reason", ("理由", "Reason"), "/reason", Input::Reason);
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

/// The act of a word.
pub fn find(slug: &str) -> Option<&'static ActKind> {
    let all = [measure::ACTS, claim::ACTS, other::ACTS];
    all.into_iter().flatten().find(|kind| kind.slug == slug)
}

/// What was just done, as the address of a page says it.
pub fn notice_of(here: &str, lang: Lang) -> &'static str {
    let query = here.split_once('?').map_or("", |(_, query)| query);
    let done = query.split('&').find_map(|part| part.strip_prefix("done="));
    done.and_then(find).map_or("", |kind| lang.t(kind.done.0, kind.done.1))
}
