//! How a registry that calls the gateway misbehaves.

use serde::Deserialize;

/// The script of the polling registry, beside what it says of the register.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Script {
    /// Polls this often, in milliseconds.
    pub(crate) poll_ms: Option<u64>,
    /// Repeats its lists instead of putting entries into them.
    pub(crate) flat_lists: bool,
    pub(crate) faults: Vec<ScriptedFault>,
}

/// Misbehaviour, for so many times.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptedFault {
    #[serde(rename = "do")]
    pub(crate) kind: ScriptedFaultKind,
    /// The first so many times; always where absent.
    #[serde(default)]
    pub(crate) first: Option<u32>,
}

/// Kinds of misbehaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScriptedFaultKind {
    /// Does not answer.
    Silent,
    /// Hands a result in twice.
    Duplicate,
    /// Hands in a result of a request never made as well.
    UnknownNumber,
    /// Hands in what is no Base64.
    Garbled,
    /// Hands in values in the clear, whatever was agreed.
    Unencoded,
    /// Calls with a wrong password.
    WrongPassword,
    /// Answers a query with an error of its own.
    Error,
    /// Accepts a control, and declines it after.
    RefusedLater,
}

/// What is still due.
#[derive(Debug, Default)]
pub(crate) struct ScriptedFaults(Vec<(ScriptedFaultKind, Option<u32>)>);

impl ScriptedFaults {
    pub(crate) fn of(faults: &[ScriptedFault]) -> Self {
        Self(faults.iter().map(|fault| (fault.kind, fault.first)).collect())
    }

    /// Whether it is due now; uses it up.
    pub(crate) fn due(&mut self, kind: ScriptedFaultKind) -> bool {
        let found = self.0.iter_mut().find(|(known, left)| *known == kind && *left != Some(0));
        found.is_some_and(|(_, left)| {
            *left = left.map(|left| left - 1);
            true
        })
    }
}
