//! Numbers of the log that no event has. A store that was restored does not know which events it gave after the copy was made, and who
//! read them: its log goes on far behind, in a range that belongs to the new epoch.

use serde::{Deserialize, Serialize};

use super::{StoreError, Stored};

/// Under what the gaps are kept in `store_info`; copies take them along.
pub(super) const GAPS: &str = "log_gaps";
/// Numbers of an epoch. The last of the last epoch has 15 digits or 16, and stays below 2^53: readers of JSON keep all of it.
const PER_EPOCH: i64 = 1_000_000_000;

/// The gaps of a log, oldest first; each by its first and last number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGaps(Vec<(i64, i64)>);

impl LogGaps {
    /// No gap.
    pub(super) const NONE: &'static Self = &Self(Vec::new());

    /// Reads what is kept, if there is something.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn read(bytes: Option<Vec<u8>>) -> Stored<Self> {
        let unreadable = |error: serde_json::Error| StoreError::Unreadable {
            what: "log's gaps",
            detail: error.to_string(),
        };
        bytes.map_or_else(|| Ok(Self::default()), |bytes| serde_json::from_slice(&bytes).map_err(unreadable))
    }

    /// The bytes that are kept.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::json!(self).to_string().into_bytes()
    }

    /// The number behind which events are numbered since the last restoration; 0 where there was none.
    pub(super) fn end(&self) -> i64 {
        self.0.last().map_or(0, |(_, last)| *last)
    }

    /// Begins an epoch in a log that ends with a number.
    pub(super) fn begin(&mut self, last: i64, epoch: i64) {
        let last = last.max(self.end());
        let end = epoch.saturating_mul(PER_EPOCH).max(last.saturating_add(PER_EPOCH));
        self.0.push((last.saturating_add(1), end));
    }

    /// How many numbers somebody who has acknowledged one is behind the last one; those that no event has do not count.
    pub fn lag(&self, last: i64, acknowledged: i64) -> i64 {
        let within = |(first, end): &(i64, i64)| (last.min(*end) - (acknowledged.max(first - 1))).max(0);
        last.saturating_sub(acknowledged).saturating_sub(self.0.iter().map(within).sum()).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_event_has_are_no_lag_and_an_epoch_begins_behind_all_before_it() {
        let mut gaps = LogGaps::default();
        assert_eq!((gaps.end(), gaps.lag(1_000, 950), gaps.lag(1_000, 1_000)), (0, 50, 0));
        gaps.begin(1_000, 7);
        assert_eq!(gaps.end(), 7 * PER_EPOCH);
        for (last, acknowledged, lag) in [
            (gaps.end(), 950, 50),
            (gaps.end(), 1_000, 0),
            (gaps.end(), 1_200, 0),
            (gaps.end() + 3, 1_200, 3),
            (gaps.end() + 3, 990, 13),
            (gaps.end() + 3, gaps.end() + 1, 2),
        ] {
            assert_eq!(gaps.lag(last, acknowledged), lag, "{acknowledged} of {last}");
        }
        let before = gaps.end() + 2 * PER_EPOCH;
        gaps.begin(before, 8);
        assert_eq!(gaps.end(), before + PER_EPOCH, "there were more than an epoch has");
        assert_eq!(gaps.lag(gaps.end() + 1, 999), 1 + 2 * PER_EPOCH + 1);
        assert_eq!(LogGaps::read(Some(gaps.bytes())).expect("its own"), gaps);
        let mut last_of_all = LogGaps::default();
        last_of_all.begin(0, 999_999);
        assert!(last_of_all.end() < 1 << 53, "every reader of JSON keeps it whole");
    }
}
