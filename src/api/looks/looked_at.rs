//! On which routes something is looked at.

use crate::domain::people::LookKind;

/// What is looked at on which route.
pub(super) const LOOKED_AT: [(&str, LookKind); 25] = [
    ("/v1/cases/{id}", LookKind::Case),
    ("/v1/cases/{id}/claim", LookKind::Case),
    ("/v1/inquiries/{id}", LookKind::Inquiry),
    ("/v1/inquiries/{id}/orders", LookKind::Inquiry),
    ("/v1/inquiries/{id}/assets", LookKind::Assets),
    ("/v1/inquiries/{id}/companies", LookKind::Companies),
    ("/v1/inquiries/{id}/measures", LookKind::Measures),
    ("/v1/inquiries/{id}/certificate", LookKind::Certificate),
    ("/v1/inquiries/{id}/certificates/{number}", LookKind::Certificate),
    ("/v1/orders", LookKind::Inquiry),
    ("/v1/orders/{number}", LookKind::Answer),
    ("/v1/orders/{number}/raw", LookKind::Raw),
    ("/v1/orders/{number}/raw/{revision}", LookKind::Raw),
    ("/v1/measures", LookKind::Measures),
    ("/v1/measures/{id}", LookKind::Measures),
    ("/v1/measures/{id}/receipts/{sha256}", LookKind::Raw),
    ("/v1/tasks", LookKind::Tasks),
    ("/v1/desk", LookKind::Desk),
    ("/v1/cases/{id}/documents", LookKind::Case),
    ("/v1/cases/{id}/documents/{document}", LookKind::Raw),
    ("/v1/cases/{id}/papers", LookKind::Print),
    ("/v1/papers/{number}", LookKind::Print),
    ("/v1/papers/{number}/receipts", LookKind::Raw),
    ("/v1/desk/{number}", LookKind::Answer),
    ("/v1/desk/{number}/scan", LookKind::Raw),
];

/// Where the rows of a list stand in its answer: what it shows of many cases counts row by row. A page of what is to be done, or to be
/// carried along, names no property, and is one thing.
pub(super) const ROWS_OF: [(&str, &str); 2] = [("/v1/orders", "orders"), ("/v1/measures", "measures")];
