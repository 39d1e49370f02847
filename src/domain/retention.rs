//! Retention 保存期限: how long what is kept of a case stays after the case was closed. No longer than is needed (个人信息保护法 arts. 19,
//! 47), and as long as the law wants evidence: records of what was provided for three years (网络数据安全管理条例 arts. 12, 15), of
//! personal information too (个人信息保护法 arts. 55–56), network logs for six months (网络安全法 art. 21).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{ChainId, RawId};

/// The shortest term of records: three years.
pub const RECORDS: u32 = 3 * 365 + 1;
/// The shortest term of messages as they travelled, and of archived parcels, whose content stands in the records too: six months.
pub const MESSAGES: u32 = 184;

/// Days after a case was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionTerms {
    /// Messages as they travelled.
    pub messages: u32,
    /// The bytes of receipts that came on their own.
    pub receipts: u32,
    /// The bytes of documents that were submitted.
    pub documents: u32,
    /// Everything else of the case: orders, answers, measures, certificates, claim, parties.
    pub records: u32,
    /// Events, once every consumer has acknowledged them.
    pub events: u32,
    /// Lines of the audit.
    pub acts: u32,
}

impl RetentionTerms {
    /// The longest of the terms: so long the case itself stays, by which the others are counted.
    pub fn of_all_classes(self) -> u32 {
        let Self { messages, receipts, documents, records, events, acts } = self;
        [messages, receipts, documents, records, events, acts].into_iter().max().unwrap_or(records)
    }
}

impl Default for RetentionTerms {
    fn default() -> Self {
        Self {
            messages: RECORDS,
            receipts: RECORDS,
            documents: RECORDS,
            records: 10 * 365 + 3,
            events: RECORDS,
            acts: 10 * 365 + 3,
        }
    }
}

impl RetentionTerms {
    /// The longer of each.
    #[must_use]
    pub fn longer(self, other: Self) -> Self {
        Self {
            messages: self.messages.max(other.messages),
            receipts: self.receipts.max(other.receipts),
            documents: self.documents.max(other.documents),
            records: self.records.max(other.records),
            events: self.events.max(other.events),
            acts: self.acts.max(other.acts),
        }
    }
}

/// The terms of every court.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention {
    /// Of courts that have none of their own.
    pub general: RetentionTerms,
    /// Courts with terms of their own, by code.
    pub courts: BTreeMap<String, RetentionTerms>,
}

impl Retention {
    /// The terms of a chain whose cases are of these courts: the longest of them.
    pub fn of<'c>(&self, courts: impl Iterator<Item = &'c str>) -> RetentionTerms {
        let terms = courts.map(|court| self.courts.get(court).copied().unwrap_or(self.general));
        terms.reduce(RetentionTerms::longer).unwrap_or(self.general)
    }
}

impl Retention {
    /// The longest terms of all courts: for what does not say whose it is.
    pub fn longest(&self) -> RetentionTerms {
        self.courts.values().copied().fold(self.general, RetentionTerms::longer)
    }
}

/// Whether a term of so many days, counted from an instant, is over; by a week more, so that no clock that is set wrongly for
/// some days deletes anything.
pub fn is_over(from: Timestamp, days: u32, now: Timestamp) -> bool {
    let term = SignedDuration::from_hours(24 * (i64::from(days) + 7));
    from.checked_add(term).is_ok_and(|end| end < now)
}

/// What is to be forgotten, its term being over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forget {
    /// Messages, whole.
    Messages(Vec<RawId>),
    /// Events, whole.
    Events(Vec<i64>),
    /// Lines of the audit, whole.
    Acts(Vec<i64>),
    /// The bytes of a chain's documents.
    Documents(ChainId),
    /// The bytes of a chain's receipts.
    Receipts(ChainId),
    /// A chain and everything of it but its events, messages and lines of the audit.
    Chain(ChainId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_term_of_the_courts_of_a_chain_counts() {
        let own = RetentionTerms { messages: 200, records: 9_000, ..RetentionTerms::default() };
        let retention =
            Retention { courts: BTreeMap::from([("T10".to_owned(), own)]), ..Retention::default() };
        assert_eq!(retention.of(["T10"].into_iter()), own);
        let both = retention.of(["T10", "T11"].into_iter());
        assert_eq!((both.messages, both.records), (RECORDS, 9_000));
        assert_eq!(retention.of(std::iter::empty()), RetentionTerms::default());
    }

    #[test]
    fn a_term_is_over_a_week_late() {
        let from: Timestamp = "2026-03-02T08:00:00Z".parse().expect("an instant");
        let after = |days: i64| from.checked_add(SignedDuration::from_hours(24 * days)).expect("an instant");
        assert!(!is_over(from, 200, after(207)));
        assert!(is_over(from, 200, after(208)));
        assert!(!is_over(from, u32::MAX, after(100_000)), "a term without end never is");
    }
}
