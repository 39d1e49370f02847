//! What becomes of a control that a person decides about.

use rust_decimal::Decimal;

/// How a control is resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolution {
    /// The counterpart did it: so much is held, or was released or deducted, in the currency of the order; absent means as
    /// ordered.
    Done(Option<Decimal>),
    /// The counterpart did not do it. What was booked of it is taken back.
    NotDone,
    /// Send it again, within what the claim leaves by now: under the same number where the counterpart acts on a number once, else under a
    /// new one.
    SendAgain,
    /// Do not pursue it any further; a late answer is still taken.
    GiveUp,
    /// It has not left, and shall not: its measure is as it was before. A freeze of the property waits for an approver from then on.
    Withdraw,
}

impl Resolution {
    /// The word, as in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::NotDone => "not_done",
            Self::SendAgain => "send_again",
            Self::GiveUp => "give_up",
            Self::Withdraw => "withdraw",
        }
    }
}
