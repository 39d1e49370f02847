//! Which part of a period is counted.

use chakong_contract::ActionKind;
use chakong_contract::fold::folded;

use super::{InquiryFacts, OrderTally, TermFacts};
use crate::domain::Measure;

/// What is counted; everything where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Cases that this officer handles, by name.
    pub officer: Option<String>,
    /// What this counterpart was asked, and what it holds.
    pub counterpart: Option<String>,
    /// Orders of this kind; measures only with freezes.
    pub action: Option<ActionKind>,
}

impl Part {
    /// Whether an inquiry is counted: it is the officer's, and something was asked that is counted.
    pub(super) fn has_inquiry(&self, facts: &InquiryFacts<'_>) -> bool {
        let is_officers =
            self.officer.as_ref().is_none_or(|officer| folded(officer) == folded(facts.officer));
        let is_all = self.counterpart.is_none() && self.action.is_none();
        is_officers && (is_all || facts.orders.iter().any(|order| self.has_order(order)))
    }

    /// Whether the end of a term is counted.
    pub(super) fn has_term(&self, facts: &TermFacts<'_>) -> bool {
        self.officer.as_ref().is_none_or(|officer| folded(officer) == folded(facts.officer))
            && self.counterpart.as_ref().is_none_or(|name| name == facts.lane)
            && self.action.is_none_or(|action| action == facts.end.action())
    }

    /// Whether orders are counted.
    pub(super) fn has_order(&self, order: &OrderTally) -> bool {
        self.counterpart.as_ref().is_none_or(|name| *name == order.lane)
            && self.action.is_none_or(|action| action == order.action)
    }

    /// Whether a measure is counted.
    pub(super) fn has_measure(&self, measure: &Measure) -> bool {
        self.counterpart.as_ref().is_none_or(|name| *name == measure.counterpart)
            && self.action.is_none_or(|action| action == ActionKind::Freeze)
    }
}
