//! How far the clock of a process is from the database's. Leases are reckoned by the database's clock alone, whatever a process's says;
//! but times that are written, deadlines, windows and days of quotas are reckoned by the clock of the process that works.

use jiff::{SignedDuration, Timestamp};

/// A clock that is further from the database's is wrong.
pub const MOST_APART: SignedDuration = SignedDuration::from_secs(5);
/// A clock that was wrong is right again when it is no further than this: at the edge it does not change again and again.
const RIGHT_AGAIN: SignedDuration = SignedDuration::from_secs(2);
/// A look that took longer says too little.
const QUICK: SignedDuration = SignedDuration::from_secs(2);

/// How far a clock is ahead of the database's, as last seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Apart {
    /// Behind where it is negative.
    pub(super) ahead: SignedDuration,
    /// Whether that is too far.
    pub(super) is_wrong: bool,
}

impl Apart {
    /// With one look more: what the clock said before and after the database told its time, in microseconds since 1970.
    pub(super) fn seen(self, before: Timestamp, there: i64, after: Timestamp) -> Self {
        let took = after.duration_since(before);
        if took.is_negative() || took > QUICK {
            return self;
        }
        let middle = before.as_microsecond() + i64::try_from(took.as_micros() / 2).unwrap_or_default();
        let ahead = SignedDuration::from_micros(middle.saturating_sub(there));
        // The database told its time somewhere in between.
        let at_least = ahead.abs() - took / 2;
        let is_wrong = at_least > if self.is_wrong { RIGHT_AGAIN } else { MOST_APART };
        Self { ahead, is_wrong }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THERE: i64 = 1_700_000_000_000_000;

    fn at(ahead_ms: i64) -> Timestamp {
        Timestamp::from_microsecond(THERE + ahead_ms * 1000).expect("a time")
    }

    fn seen(apart: Apart, ahead_ms: i64) -> Apart {
        apart.seen(at(ahead_ms), THERE, at(ahead_ms))
    }

    #[test]
    fn a_clock_is_wrong_from_five_seconds_on_and_right_again_within_two() {
        let mut apart = Apart::default();
        for (ahead_ms, is_wrong) in [
            (0, false),
            (4_900, false),
            (-4_900, false),
            (5_100, true),
            (4_900, true),
            (-2_100, true),
            (1_900, false),
        ] {
            apart = seen(apart, ahead_ms);
            assert_eq!((apart.ahead.as_millis(), apart.is_wrong), (ahead_ms.into(), is_wrong));
        }
        assert!(seen(apart, -3_600_000).is_wrong);
    }

    #[test]
    fn what_the_look_itself_took_is_not_taken_for_a_wrong_clock() {
        let apart = Apart::default().seen(at(4_800), THERE, at(5_800));
        assert_eq!((apart.ahead.as_millis(), apart.is_wrong), (5_300, false));
        let known = seen(Apart::default(), 300);
        assert_eq!(known.seen(at(0), THERE, at(9_000)), known, "too slow");
        assert_eq!(known.seen(at(9_000), THERE, at(0)), known, "it was set in between");
    }
}
