use chakong_contract::ActionKind;
use chakong_contract::order::DocumentKind;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::inquiry::{Mandate, Submission};

/// Most parties of one inquiry.
const MOST_PARTIES: usize = 100;
/// Most identity documents of one party.
const MOST_DOCUMENTS: usize = 20;
/// Most legal documents of one inquiry.
const MOST_LEGAL_DOCUMENTS: usize = 50;

/// One rule that a submission breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// JSON pointer to the place (RFC 6901).
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Finding {
    pub(super) fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// Every rule that a submission breaks by itself, whoever would be asked.
pub fn check(submission: &Submission) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_case(submission, &mut findings);
    check_parties(submission, &mut findings);
    if submission.documents.len() > MOST_LEGAL_DOCUMENTS {
        findings.push(Finding::new("/documents", format!("at most {MOST_LEGAL_DOCUMENTS} documents")));
    }
    for (at, document) in submission.documents.iter().enumerate() {
        if document.content.is_empty() {
            findings.push(Finding::new(format!("/documents/{at}/content"), "the document is empty"));
        }
        if document.format.is_empty() || !document.format.bytes().all(|b| b.is_ascii_alphanumeric()) {
            findings.push(Finding::new(
                format!("/documents/{at}/format"),
                "must be a file extension such as pdf",
            ));
        }
    }
    if let Some((from, until)) = submission.search.transactions
        && until < from
    {
        findings.push(Finding::new("/search/transactions", "the last day lies before the first"));
    }
    if let Some(mandate) = &submission.mandate {
        check_mandate(submission, mandate, &mut findings);
    }
    if !(1..=8760).contains(&submission.deadline_hours.unwrap_or(24)) {
        findings.push(Finding::new("/deadline_hours", "must lie between 1 and 8760"));
    }
    findings
}

fn check_case(submission: &Submission, findings: &mut Vec<Finding>) {
    let officers = &submission.case.officers;
    if officers.is_empty() || officers.len() > 10 {
        findings.push(Finding::new("/case/officers", "1 to 10 officers (法释〔2013〕20号 art. 2)"));
    }
    for (at, officer) in officers.iter().enumerate() {
        for (key, number) in [
            ("work_certificate", &officer.work_certificate),
            ("enforcement_certificate", &officer.enforcement_certificate),
        ] {
            if number.trim().is_empty() {
                let pointer = format!("/case/officers/{at}/{key}");
                let detail = "an officer needs the numbers of both certificates (法释〔2013〕20号 art. 2)";
                findings.push(Finding::new(pointer, detail));
            }
        }
    }
    if submission.case.court_name.trim().is_empty() {
        findings.push(Finding::new("/case/court_name", "the court's name is missing"));
    }
}

fn check_parties(submission: &Submission, findings: &mut Vec<Finding>) {
    let parties = &submission.parties;
    if parties.is_empty() || parties.len() > MOST_PARTIES {
        findings.push(Finding::new(
            "/parties",
            format!("1 to {MOST_PARTIES} parties, and there are {}", parties.len()),
        ));
    }
    for (at, party) in parties.iter().enumerate() {
        let pointer = format!("/parties/{at}");
        if party.reference.is_empty() || party.reference.len() > 100 {
            findings.push(Finding::new(format!("{pointer}/reference"), "must have 1 to 100 bytes"));
        }
        if parties.iter().take(at).any(|other| other.reference == party.reference) {
            findings
                .push(Finding::new(format!("{pointer}/reference"), "another party has the same reference"));
        }
        if party.documents.is_empty() || party.documents.len() > MOST_DOCUMENTS {
            let detail = format!(
                "a party needs 1 to {MOST_DOCUMENTS} identity documents: nobody is looked up by name alone"
            );
            findings.push(Finding::new(format!("{pointer}/documents"), detail));
        }
        for (index, document) in party.documents.iter().enumerate() {
            if party.documents.iter().take(index).any(|other| other == document) {
                findings.push(Finding::new(format!("{pointer}/documents/{index}"), "stands there twice"));
            }
        }
    }
}

fn check_mandate(submission: &Submission, mandate: &Mandate, findings: &mut Vec<Finding>) {
    if !mandate.claim.is_yuan() {
        findings.push(Finding::new("/mandate/claim/currency", "the claim must be in CNY"));
    }
    if mandate.claim.amount <= Decimal::ZERO || mandate.claim.amount.scale() > 2 {
        let detail =
            "must be more than zero, with at most two decimals (财产保全规定 art. 15(3): an exact amount)";
        findings.push(Finding::new("/mandate/claim/amount", detail));
    }
    if mandate.term_days.is_some_and(|days| !(1..=1095).contains(&days)) {
        findings.push(Finding::new(
            "/mandate/term_days",
            "1 to 1095; deposits end after 365 at the latest (民诉法解释 art. 485)",
        ));
    }
    for kind in [DocumentKind::FreezeRuling, DocumentKind::FreezeNotice] {
        if !submission.documents.iter().any(|document| document.kind == kind) {
            let detail =
                format!("a {} needs the {} (法释〔2013〕20号 art. 3)", ActionKind::Freeze, kind.chinese());
            findings.push(Finding::new("/documents", detail));
        }
    }
}
