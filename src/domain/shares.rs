//! Shares 额度份额 of courts in the requests that a counterpart takes in a day. A court with a share uses what is its own and nothing else;
//! what is not given to a court belongs to the others together. A court that has used its share waits till the next day.

use std::collections::{BTreeMap, BTreeSet};

/// Requests that were sent to a counterpart on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuotaUsed {
    /// All of them.
    pub requests: u64,
    /// Those that were counted to a court, by its code.
    pub courts: BTreeMap<String, u64>,
}

/// To what a request is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Counted {
    /// To nothing: the counterpart has no quota.
    #[default]
    Not,
    /// To the day's quota.
    Quota,
    /// To the day's quota, and of it to the court of this code.
    Court(String),
}

/// Courts whose orders may leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OpenCourts {
    /// Every court.
    #[default]
    All,
    /// Every court but these.
    But(BTreeSet<String>),
    /// These courts.
    Only(BTreeSet<String>),
}

impl OpenCourts {
    /// Whether orders of a court may leave.
    pub fn has(&self, court: &str) -> bool {
        match self {
            Self::All => true,
            Self::But(courts) => !courts.contains(court),
            Self::Only(courts) => courts.contains(court),
        }
    }
}

/// Requests a day that belong to each court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    courts: BTreeMap<String, u64>,
    others: u64,
}

impl Shares {
    /// Shares of a day's quota, by code of the court; `None` where they are more than the quota.
    pub fn of(per_day: u64, courts: BTreeMap<String, u64>) -> Option<Self> {
        let given = courts.values().try_fold(0_u64, |all, share| all.checked_add(*share))?;
        Some(Self { courts, others: per_day.checked_sub(given)? })
    }

    /// Each court that has a share, with the requests a day that it may use.
    pub fn courts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.courts.iter().map(|(court, most)| (court.as_str(), *most))
    }

    /// Requests a day that the other courts may use together.
    pub const fn others(&self) -> u64 {
        self.others
    }

    /// Requests left to a court; to one without a share, those left to all such courts together.
    pub fn left(&self, court: &str, used: &QuotaUsed) -> u64 {
        match self.courts.get(court) {
            Some(most) => most.saturating_sub(used.courts.get(court).copied().unwrap_or_default()),
            None => self.left_to_others(used),
        }
    }

    /// Requests left to the courts without a share together.
    pub fn left_to_others(&self, used: &QuotaUsed) -> u64 {
        let of_others = used.courts.iter().filter(|(court, _)| !self.courts.contains_key(*court));
        self.others.saturating_sub(of_others.map(|(_, requests)| requests).sum())
    }

    /// Courts that have something left.
    pub fn open(&self, used: &QuotaUsed) -> OpenCourts {
        let (open, spent): (BTreeSet<String>, BTreeSet<String>) =
            self.courts.keys().cloned().partition(|court| self.left(court, used) > 0);
        match self.left_to_others(used) {
            0 => OpenCourts::Only(open),
            _ if spent.is_empty() => OpenCourts::All,
            _ => OpenCourts::But(spent),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Codes of courts: the first three have a share.
    const COURTS: [&str; 6] = ["a", "b", "c", "d", "e", ""];

    fn shares(per_day: u64, of: &[u64]) -> Option<Shares> {
        Shares::of(per_day, COURTS.iter().map(|court| (*court).to_owned()).zip(of.iter().copied()).collect())
    }

    #[test]
    fn more_than_the_quota_cannot_be_given_away() {
        assert_eq!(shares(10, &[6, 5]), None);
        assert_eq!(shares(10, &[u64::MAX, u64::MAX]), None);
        assert_eq!(shares(10, &[6, 4]).map(|shares| shares.others()), Some(0));
    }

    proptest! {
        /// Requests leave in any order of courts, each while its court is open. The books are kept apart, request by request.
        #[test]
        fn nobody_uses_anothers_share_and_nobody_is_kept_from_the_own_one(
            of in prop::collection::vec(0_u64..8, 3),
            others in 0_u64..8,
            wishes in prop::collection::vec(0_usize..6, 0..60),
        ) {
            let per_day = of.iter().sum::<u64>() + others;
            let shares = shares(per_day, &of).expect("they fit");
            let (mut used, mut left) = (QuotaUsed::default(), [of[0], of[1], of[2], others]);
            for wish in wishes {
                let (court, pot) = (COURTS[wish], wish.min(3));
                let open = shares.open(&used);
                prop_assert_eq!(open.has(court), left[pot] > 0, "{} {:?}", court, open);
                prop_assert_eq!(shares.left(court, &used), left[pot]);
                if open.has(court) {
                    left[pot] -= 1;
                    used.requests += 1;
                    *used.courts.entry(court.to_owned()).or_default() += 1;
                }
                prop_assert!(used.requests <= per_day);
            }
        }
    }
}
