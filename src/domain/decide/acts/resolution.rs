//! What becomes of a control that a person decides about.

use rust_decimal::Decimal;

/// How a control is resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolution {
    /// The counterpart did it: so much is held, or was released or deducted, in the currency of the order; absent means as
    /// ordered.
    Done(Option<Decimal>),
    /// The counterpart did not do it.
    NotDone,
    /// Send it again: under the same number where the counterpart acts on a number once, else under a new one.
    SendAgain,
    /// Do not pursue it any further; a late answer is still taken.
    GiveUp,
    /// It has not left, and shall not: its measure is as it was before. A freeze of the property waits for an approver from then on.
    Withdraw,
}
