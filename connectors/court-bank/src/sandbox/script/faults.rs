//! How the simulated bank misbehaves.

use std::time::Duration;

use serde::Deserialize;

/// A scripted misbehaviour.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptedFault {
    /// What.
    #[serde(rename = "do")]
    pub(crate) kind: ScriptedFaultKind,
    /// On what.
    #[serde(default)]
    pub(crate) on: On,
    /// Only the first so many: query packages and control requests.
    pub(crate) first: Option<u64>,
    /// How much later, for `late`; how long what is wrong lies there, for `half_file`, `wrong_name`, `nothing_for_error`.
    #[serde(default)]
    pub(crate) after_ms: u64,
}

/// On what a fault is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum On {
    /// Query packages.
    Query,
    /// Control requests.
    Control,
    /// Both.
    #[default]
    Any,
}

/// Kinds of misbehaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScriptedFaultKind {
    /// Acts and says nothing.
    #[serde(alias = "not_fed_back")]
    Silent,
    /// Returns the requests unacted.
    Return,
    /// Hands over half a package.
    TruncatedZip,
    /// Hands over a result that unpacks to far more than it is.
    ZipBomb,
    /// Adds a file whose name leaves the directory.
    PathTrick,
    /// Names the package with another bank's code.
    WrongBankCode,
    /// Answers a request that was never made, in addition.
    UnknownNumber,
    /// Hands over the same twice, under two names; over the web service two calls of the same content.
    #[serde(alias = "feeds_twice")]
    Duplicate,
    /// Over the web service: hands over what is not Base64.
    GarbledBase64,
    /// Polls the postbox with a wrong password; `first` counts polling rounds.
    WrongPassword,
    /// Writes an amount that is none into one entry.
    BadEntry,
    /// Declares a document type with entities.
    Entities,
    /// Writes GBK under a prolog that says UTF-8.
    Gbk,
    /// States a wrong MD5 of the receipt.
    WrongMd5,
    /// Writes amounts with thousands separators.
    CommaAmounts,
    /// Leaves balances blank.
    BlankAmounts,
    /// Says that its own system failed.
    InternalError,
    /// Answers later.
    Late,
    /// Leaves half a package, and the whole one under the same name `after_ms` later; over the web service half a document.
    HalfFile,
    /// Gives a package a name that is none of the protocol's; over the web service, feeds back by another operation. With
    /// `after_ms` it is done properly afterwards.
    WrongName,
    /// Says of a customer that there is no account, for its own system failed. With `after_ms` the truth comes afterwards.
    NothingForError,
    /// Sends a receipt of five mebibytes.
    LargeDocuments,
    /// Told that its feedback failed, feeds the same back again, with the same fault.
    Stubborn,
}

/// The faults due for one query package or control request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Due {
    kinds: Vec<ScriptedFaultKind>,
    /// How much later than usual.
    pub(crate) later: Duration,
    /// How much later what is wrong at first is said properly.
    pub(crate) amended: Option<Duration>,
}

impl Due {
    /// Whether this is due.
    pub(crate) fn is(&self, kind: ScriptedFaultKind) -> bool {
        self.kinds.contains(&kind)
    }
}

/// Counts what was already done of each fault.
#[derive(Debug, Default)]
pub(crate) struct ScriptedFaults {
    each: Vec<(ScriptedFault, u64)>,
}

impl ScriptedFaults {
    /// Nothing was done yet.
    pub(crate) fn new(script: &[ScriptedFault]) -> Self {
        Self { each: script.iter().map(|fault| (fault.clone(), 0)).collect() }
    }

    /// What is due now.
    pub(crate) fn due(&mut self, on: On) -> Due {
        self.due_where(|fault| {
            fault.kind != ScriptedFaultKind::WrongPassword && (fault.on == On::Any || fault.on == on)
        })
    }

    /// What is due when the court says that feedback failed: nothing, but of a stubborn bank what was due at first.
    pub(crate) fn due_again(&mut self, on: On) -> Due {
        let is_stubborn = self.each.iter().any(|(fault, _)| fault.kind == ScriptedFaultKind::Stubborn);
        if is_stubborn { self.due(on) } else { Due::default() }
    }

    /// What is due of one kind now, whatever it is done on.
    pub(crate) fn due_of(&mut self, kind: ScriptedFaultKind) -> Due {
        self.due_where(|fault| fault.kind == kind)
    }

    fn due_where(&mut self, applies: impl Fn(&ScriptedFault) -> bool) -> Due {
        let mut due = Due::default();
        for (fault, done) in &mut self.each {
            if applies(fault) && fault.first.is_none_or(|first| *done < first) {
                *done += 1;
                due.kinds.push(fault.kind);
                let after = Duration::from_millis(fault.after_ms);
                match fault.kind {
                    ScriptedFaultKind::Late => due.later += after,
                    ScriptedFaultKind::HalfFile => due.amended = Some(after),
                    ScriptedFaultKind::WrongName | ScriptedFaultKind::NothingForError if !after.is_zero() => {
                        due.amended = Some(after);
                    }
                    _ => {}
                }
            }
        }
        due
    }
}
