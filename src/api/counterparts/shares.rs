//! Shares 额度份额 of courts in the day's quota of a counterpart.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::config::CounterpartConfig;
use crate::domain::people::Courts;
use crate::store::{Reads, Stored};

/// The share of a court in the requests that a counterpart takes in a day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct ShareView {
    /// Code of the court; null for all courts together that have no share of their own.
    court: Option<String>,
    /// Requests a day.
    per_day: u64,
    /// Those that are left today. Where none are, orders of the court wait till the next day (Asia/Shanghai).
    left: u64,
}

/// The shares of the courts that somebody sees, by code, and at the end what the others have together.
pub(super) fn of(
    reads: &mut dyn Reads,
    config: &CounterpartConfig,
    seen: &Courts,
    today: Date,
) -> Stored<Vec<ShareView>> {
    let Some(shares) = &config.limits.shares else { return Ok(Vec::new()) };
    // What every process sent counts, and is in the store.
    let used = reads.quota_used(&config.name, today)?;
    let own = shares.courts().filter(|(court, _)| seen.cover(court)).map(|(court, per_day)| ShareView {
        court: Some(court.to_owned()),
        per_day,
        left: shares.left(court, &used),
    });
    let others = ShareView { court: None, per_day: shares.others(), left: shares.left_to_others(&used) };
    Ok(own.chain([others]).collect())
}
