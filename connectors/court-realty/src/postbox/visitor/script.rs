use serde::Deserialize;

use crate::sandbox::{Everyone, Holder};

/// The script of the visiting registry.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    /// Visits this often, in milliseconds.
    pub(super) poll_ms: Option<u64>,
    pub(super) holders: Vec<Holder>,
    pub(super) everyone: Option<Everyone>,
    /// Repeats its lists instead of putting entries into them.
    pub(super) flat_lists: bool,
    pub(super) faults: Vec<Fault>,
}

/// Misbehaviour, for so many times.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    #[serde(rename = "do")]
    pub(super) kind: Misdeed,
    /// The first so many times; always where absent.
    #[serde(default)]
    pub(super) first: Option<u32>,
}

/// Kinds of misbehaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Misdeed {
    /// Does not answer.
    Silent,
    /// Hands a result in twice.
    Duplicate,
    /// Hands in a result of a request never made as well.
    UnknownNumber,
    /// Hands in what is no Base64.
    Garbled,
    /// Calls with a wrong password.
    WrongPassword,
    /// Answers a query with an error of its own.
    Error,
    /// Accepts a control, and declines it after.
    RefusedLater,
}

/// What is still due.
#[derive(Debug)]
pub(super) struct Misdeeds(Vec<(Misdeed, Option<u32>)>);

impl Misdeeds {
    pub(super) fn of(faults: &[Fault]) -> Self {
        Self(faults.iter().map(|fault| (fault.kind, fault.first)).collect())
    }

    /// Whether it is due now; uses it up.
    pub(super) fn due(&mut self, kind: Misdeed) -> bool {
        let found = self.0.iter_mut().find(|(known, left)| *known == kind && *left != Some(0));
        found.is_some_and(|(_, left)| {
            *left = left.map(|left| left - 1);
            true
        })
    }
}
