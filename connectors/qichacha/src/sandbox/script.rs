use serde::Deserialize;

/// What the script of this vendor holds beside the companies. `README.md` shows one in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Clock {
    /// Seconds by which the time of a token may differ from now, either way; 300 by default.
    pub(super) clock_window_s: Option<u64>,
}
