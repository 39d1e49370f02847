//! The figures of a group, as they are shown.

use chakong_contract::Money;
use schemars::JsonSchema;
use serde::Serialize;

/// What was counted. Shares are percentages with one decimal; null where there is nothing to share.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Figures {
    /// Cases.
    pub cases: u64,
    /// Inquiries.
    pub inquiries: u64,
    /// Parties that were looked up.
    pub parties: u64,
    /// Orders, those of re-queries too.
    pub orders: u64,
    /// Answered within 24 hours of being sent (法〔2018〕64号).
    pub answered_in_time: u64,
    /// Answered later.
    pub answered_late: u64,
    /// Sent, and without an answer when their time was over.
    pub never_answered: u64,
    /// That never left, because they could not be sent: no counterpart is to blame, and they are not due.
    pub not_sent: u64,
    /// Still under way.
    pub pending: u64,
    /// Withdrawn before they were sent.
    pub withdrawn: u64,
    /// Answered within 24 hours, of those that were due.
    pub in_time_percent: Option<f64>,
    /// Queries that were answered: each question once, however often it was asked again.
    pub queries_answered: u64,
    /// Of these, those whose newest answer names property worth something.
    pub hits: u64,
    /// Of the queries that were answered, those that found property 命中率.
    pub hit_percent: Option<f64>,
    /// How many properties their newest answers name.
    pub assets_found: u64,
    /// Cases' chains with a claim, but for claims that were withdrawn.
    pub claims: u64,
    /// Of these, those of whose claim the whole amount is held or was deducted, whether the debt has ended or not.
    pub claims_covered: u64,
    /// Chains whose claim is covered in full, of those with a claim 足额率.
    pub covered_percent: Option<f64>,
    /// The claims together.
    pub claimed: Money,
    /// Held now, in yuan.
    pub frozen: Money,
    /// Taken to the court's account, in yuan.
    pub deducted: Money,
    /// Cases that were filed in the period, of which the days below are known.
    pub cases_filed: u64,
    /// Days from the filing of a case to the first query; half of the cases took no longer.
    pub days_to_first_query: Option<f64>,
    /// Days from the filing of a case to the first freeze; half of the cases took no longer.
    pub days_to_first_freeze: Option<f64>,
    /// Hours from the acceptance of an inquiry to its first query; half of the inquiries took no longer.
    pub hours_to_first_query: Option<f64>,
    /// Hours from the acceptance of an inquiry to its first freeze; half of the inquiries took no longer.
    pub hours_to_first_freeze: Option<f64>,
    /// Renewals that took effect in the period and before the measure ended, whenever its inquiry was accepted.
    pub renewed_in_time: u64,
    /// Measures whose last day lies in the period and that ended because nobody renewed them, whenever their inquiries were accepted; none is
    /// the goal.
    pub lapsed: u64,
}
