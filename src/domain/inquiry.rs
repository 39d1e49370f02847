//! Inquiries 查控申请 as the gateway keeps them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CaseId, ChainId, InquiryId, Mandate};

/// State of an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InquiryState {
    /// Some orders are still open.
    Open,
    /// Every order came to an end; the certificate was issued. A late reply issues it again.
    Completed,
    /// Withdrawn.
    Cancelled,
}

/// An inquiry 查控申请: one submission about a case. Its terms and documents are read only where they are needed.
#[derive(Debug, Clone, PartialEq)]
pub struct Inquiry {
    /// Row number.
    pub id: InquiryId,
    /// Public identifier.
    pub uid: Uuid,
    /// The chain that its case belongs to.
    pub chain: ChainId,
    /// Its case.
    pub case: CaseId,
    /// Canonical case number.
    pub case_number: String,
    /// Code of the court whose case it is; empty where it is not known.
    pub court: String,
    /// Name of the API key or person that submitted it.
    pub submitted_by: String,
    /// State.
    pub state: InquiryState,
    /// When it was accepted.
    pub created: Timestamp,
    /// When counterparts should have answered.
    pub deadline: Timestamp,
    /// Orders that have not come to an end.
    pub open_orders: i64,
    /// How often the certificate was issued.
    pub completions: u32,
    /// The mandate, as it was stated; the claim of the chain is what counts.
    pub mandate: Option<Mandate>,
}

impl Inquiry {
    /// Opens it again for further orders.
    pub fn expect_orders(&mut self, orders: i64) {
        self.open_orders += orders;
        if self.state == InquiryState::Completed && orders > 0 {
            self.state = InquiryState::Open;
        }
    }
}
