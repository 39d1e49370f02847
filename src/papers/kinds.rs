//! What each kind of paper says of a case.

mod assets;
mod ledger;
mod letters;
mod notice;
mod summary;

use chakong_contract::order::Officer;
use jiff::civil::Date;

pub use notice::order_notice;

use super::record::{CaseRecord, Issue};
use super::{Document, words};
use crate::domain::{PartyId, PrintKind};

/// What of a case a paper is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The whole case.
    Case,
    /// A party.
    Party(PartyId),
    /// A counterpart.
    Counterpart(String),
}

/// A paper that can be printed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printable {
    /// Kind.
    pub kind: PrintKind,
    /// What it is about.
    pub about: About,
}

/// Everything that can be printed of a case on a day.
pub fn printable(record: &CaseRecord, today: Date) -> Vec<Printable> {
    let mut all = Vec::new();
    let mut add = |kind: PrintKind, about: About| all.push(Printable { kind, about });
    for party in record.searched_parties() {
        add(PrintKind::SearchSummary, About::Party(party.id));
    }
    if !record.measures.is_empty() {
        add(PrintKind::MeasureList, About::Case);
    }
    if !ledger::ending(record, today).is_empty() {
        add(PrintKind::RenewalReminder, About::Case);
    }
    if !ledger::excess(record).is_empty() {
        add(PrintKind::ExcessReleaseList, About::Case);
    }
    for party in &record.parties {
        if !ledger::in_force(record, party.id).is_empty() {
            add(PrintKind::FreezeNotice, About::Party(party.id));
        }
    }
    for counterpart in letters::silent(record) {
        add(PrintKind::AnswerReminder, About::Counterpart(counterpart));
    }
    all
}

/// What a paper says; `None` where the case has nothing for it.
pub fn document(what: &Printable, record: &CaseRecord, issue: &Issue<'_>) -> Option<Document> {
    match (what.kind, &what.about) {
        (PrintKind::SearchSummary, About::Party(party)) => summary::search_summary(record, *party, issue),
        (PrintKind::FreezeNotice, About::Party(party)) => ledger::freeze_notice(record, *party, issue),
        (PrintKind::MeasureList, About::Case) => ledger::measure_list(record, issue),
        (PrintKind::RenewalReminder, About::Case) => ledger::renewal_reminder(record, issue),
        (PrintKind::ExcessReleaseList, About::Case) => ledger::excess_release_list(record, issue),
        (PrintKind::AnswerReminder, About::Counterpart(name)) => {
            letters::answer_reminder(record, name, issue)
        }
        _ => None,
    }
}

/// A document with its head and foot, which says nothing yet.
fn begun(kind: PrintKind, record: &CaseRecord, issue: &Issue<'_>) -> Document {
    Document {
        court: record.court().to_owned(),
        title: kind.chinese(),
        case_number: record.case.number.as_str().to_owned(),
        number: issue.number.clone(),
        addressee: String::new(),
        facts: Vec::new(),
        opening: Vec::new(),
        tables: Vec::new(),
        closing: Vec::new(),
        signatures: Vec::new(),
        sealed_on: String::new(),
        printed_at: words::time(issue.at),
        printed_by: issue.by.clone(),
    }
}

/// The officers of a case with their certificates.
fn officers(record: &CaseRecord) -> String {
    named_officers(record.officers())
}

fn named_officers(officers: &[Officer]) -> String {
    let one = |officer: &Officer| {
        format!(
            "{}（工作证{}，执行公务证{}）",
            officer.name, officer.work_certificate, officer.enforcement_certificate
        )
    };
    officers.iter().map(one).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
pub(super) mod tests;
