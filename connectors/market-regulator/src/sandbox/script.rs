use chakong_toolkit::call_fault::CallFault;
use serde::Deserialize;

/// The script of the simulated authority. `README.md` shows one in full. Amounts are yuan.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    pub(super) delay_ms: u64,
    pub(super) companies: Vec<Company>,
    pub(super) everyone: Option<Everyone>,
    pub(super) reviews: u32,
    pub(super) opinion: String,
    pub(super) faults: Vec<CallFault>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Company {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) registration_number: String,
    /// Code of the status; 1 存续 by default.
    pub(super) status: String,
    pub(super) holders: Vec<Holder>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Holder {
    pub(super) name: String,
    pub(super) number: String,
    pub(super) subscribed: u64,
    pub(super) paid: u64,
    pub(super) percent: String,
    pub(super) shares: String,
    pub(super) since: String,
    pub(super) freezes: Vec<Freeze>,
}

/// A freeze of another court.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Freeze {
    pub(super) court: String,
    pub(super) notice: String,
    pub(super) ruling: String,
    pub(super) amount: u64,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) published: String,
    /// 1 stands (by default), 2 released, 3 lapsed.
    pub(super) state: String,
}

/// Anybody not listed holds something as well.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Everyone {
    pub(super) stakes: u32,
}
