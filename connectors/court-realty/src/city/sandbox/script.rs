use chakong_toolkit::call_fault::CallFault;
use serde::Deserialize;

/// The script of the simulated registry, beside what it says of the register. `README.md` shows one in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Script {
    pub(crate) delay_ms: u64,
    /// As registries do whose answer has no rows of holders.
    pub(crate) without_holder_rows: bool,
    pub(crate) faults: Vec<CallFault>,
    /// How long a registrar takes for a case, in milliseconds.
    pub(crate) case_ms: u64,
    /// So many cases are refused at their creation.
    pub(crate) refuse_first: u32,
    /// Cases that are deleted before they are registered, by number in the order of their creation, from 1.
    pub(crate) delete: Vec<u32>,
    /// What is called back; nothing where absent.
    pub(crate) call_backs: Option<CallBacks>,
}

/// How the registry calls back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CallBacks {
    /// Hands a receipt in after a case was registered.
    pub(crate) receipt: bool,
    /// Says that the state of an application changed.
    pub(crate) notices: bool,
    /// Says everything about a case twice.
    pub(crate) twice: bool,
    /// Speaks once of a request that was never made.
    pub(crate) stranger: bool,
    /// So many times with a wrong password.
    pub(crate) wrong_password_first: u32,
}
