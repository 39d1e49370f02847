//! Returned requests 回退 (protocol section 8).

use chakong_contract::{Refusal, RefusalReason};

use super::values::joined;
use crate::wire::{ReturnRow, code};

/// Why the bank returned a request: the remark tells more than the reason; a return that says nothing known is declined.
pub(super) fn refusal(row: &ReturnRow) -> Refusal {
    let reason = match code::reason(&[row.remark.as_str(), row.reason.as_str()]) {
        RefusalReason::Other if row.remark.trim().is_empty() && row.reason.trim().is_empty() => {
            RefusalReason::Other
        }
        RefusalReason::Other => RefusalReason::Declined,
        known => known,
    };
    Refusal { reason, words: joined(&row.reason, &row.remark) }
}
