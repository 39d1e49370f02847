//! Which event may be sent now, which the broker does not take, and how far everything is done. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

/// Most events that are held back; no more are read then.
pub(super) const MOST_HELD: usize = 100_000;

/// An event as a broker tells it from others: what has the same court and type goes the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'e> {
    /// Sequence number.
    pub(super) seq: i64,
    /// Canonical number of its case.
    pub(super) case: &'e str,
    /// Code of its court.
    pub(super) court: &'e str,
    /// Its type.
    pub(super) kind: &'static str,
}

/// An event that was read and is not acknowledged.
#[derive(Debug)]
struct Open {
    case: Arc<str>,
    court: Arc<str>,
    kind: &'static str,
}

/// The events that were read and are not acknowledged. Those of a case go one behind the other. A way that the broker takes nothing
/// by is not tried again until the next round; it holds back the cases that have something to send by it, and no others.
#[derive(Debug)]
pub(super) struct Window {
    /// The last that was read.
    read: i64,
    /// Whatever of this round stands up to here was tried, or cannot be.
    passed: i64,
    open: BTreeMap<i64, Open>,
    /// By case, in order: the first of each may be sent.
    cases: HashMap<Arc<str>, VecDeque<i64>>,
    /// How many there are of each court.
    courts: BTreeMap<Arc<str>, u64>,
    /// Ways that the broker takes nothing by in this round.
    refused: BTreeSet<(Arc<str>, &'static str)>,
    most: usize,
}

impl Window {
    /// Nothing was read behind a number.
    pub(super) fn behind(seq: i64) -> Self {
        Self {
            read: seq,
            passed: seq,
            open: BTreeMap::new(),
            cases: HashMap::new(),
            courts: BTreeMap::new(),
            refused: BTreeSet::new(),
            most: MOST_HELD,
        }
    }

    /// The number up to which everything is acknowledged.
    pub(super) fn cursor(&self) -> i64 {
        self.open.first_key_value().map_or(self.read, |(seq, _)| seq - 1)
    }

    /// Whether everything that was read is acknowledged.
    pub(super) fn is_done(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether so much is held back that no more is read.
    pub(super) fn is_full(&self) -> bool {
        self.open.len() >= self.most
    }

    /// How many events of each court are not acknowledged.
    pub(super) fn held_back(&self) -> BTreeMap<String, u64> {
        self.courts.iter().map(|(court, count)| (court.to_string(), *count)).collect()
    }

    /// The number behind which to read: before the first event that may be sent and was not tried in this round, or at the end of what
    /// was read. `None` where nothing is to be read in this round.
    pub(super) fn next(&self) -> Option<i64> {
        let waiting = self.open.range(self.passed.saturating_add(1)..);
        let first = waiting.map(|(seq, _)| *seq).find(|seq| self.may_go(*seq));
        first.map_or_else(|| (!self.is_full()).then_some(self.read), |seq| Some(seq - 1))
    }

    /// Takes up a page that was read behind [`Self::next`]. Gives those of it that may be sent at once, in order.
    pub(super) fn take_up<'e>(&mut self, page: impl IntoIterator<Item = Head<'e>>) -> VecDeque<i64> {
        let mut ready = VecDeque::new();
        for head in page {
            if head.seq > self.read {
                self.add(head);
                self.read = head.seq;
            }
            self.passed = self.passed.max(head.seq);
            if self.may_go(head.seq) {
                ready.push_back(head.seq);
            }
        }
        ready
    }

    fn add(&mut self, head: Head<'_>) {
        let case =
            self.cases.get_key_value(head.case).map_or_else(|| head.case.into(), |(key, _)| Arc::clone(key));
        let court = self
            .courts
            .get_key_value(head.court)
            .map_or_else(|| head.court.into(), |(key, _)| Arc::clone(key));
        self.cases.entry(Arc::clone(&case)).or_default().push_back(head.seq);
        *self.courts.entry(Arc::clone(&court)).or_default() += 1;
        self.open.insert(head.seq, Open { case, court, kind: head.kind });
    }

    /// Whether it is open, the first of its case, and goes a way by which the broker takes something.
    pub(super) fn may_go(&self, seq: i64) -> bool {
        self.open.get(&seq).is_some_and(|open| {
            let is_first = self.cases.get(&open.case).is_some_and(|case| case.front() == Some(&seq));
            is_first
                && (self.refused.is_empty() || !self.refused.contains(&(Arc::clone(&open.court), open.kind)))
        })
    }

    /// The broker has it. The next one of its case, if that was read.
    pub(super) fn acknowledged(&mut self, seq: i64) -> Option<i64> {
        let open = self.open.remove(&seq)?;
        if let Some(count) = self.courts.get_mut(&open.court) {
            *count -= 1;
            if *count == 0 {
                self.courts.remove(&open.court);
            }
        }
        let case = self.cases.get_mut(&open.case)?;
        case.pop_front();
        let next = case.front().copied();
        if next.is_none() {
            self.cases.remove(&open.case);
        }
        next
    }

    /// The broker does not take it: nothing more goes that way in this round.
    pub(super) fn refused(&mut self, seq: i64) {
        if let Some(open) = self.open.get(&seq) {
            self.refused.insert((Arc::clone(&open.court), open.kind));
        }
    }

    /// Begins a round: everything may be tried again.
    pub(super) fn begin_round(&mut self) {
        self.refused.clear();
        self.passed = self.cursor();
    }

    /// Nothing more of this round is to be tried.
    pub(super) fn end_round(&mut self) {
        self.passed = self.read;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A log of these cases, from number 10 on: each court has two cases.
    fn log(cases: &[u8]) -> Vec<(i64, String, String)> {
        let named = cases.iter().zip(10_i64..);
        named.map(|(case, seq)| (seq, case.to_string(), (case / 2).to_string())).collect()
    }

    fn heads(log: &[(i64, String, String)]) -> impl Iterator<Item = Head<'_>> {
        log.iter().map(|(seq, case, court)| Head { seq: *seq, case, court, kind: "some" })
    }

    fn taken_up(cases: &[u8]) -> (Window, VecDeque<i64>) {
        let mut window = Window::behind(9);
        let ready = window.take_up(heads(&log(cases)));
        (window, ready)
    }

    #[test]
    fn the_next_event_of_a_case_waits_for_the_one_before() {
        let (mut window, ready) = taken_up(&[1, 1, 2]);
        assert_eq!(ready, [10, 12]);
        assert_eq!((window.acknowledged(12), window.cursor()), (None, 9), "a gap is before it");
        assert_eq!((window.acknowledged(10), window.cursor()), (Some(11), 10));
        assert_eq!((window.acknowledged(11), window.cursor(), window.is_done()), (None, 12, true));
        assert_eq!(window.acknowledged(11), None, "once");
        assert!(taken_up(&[]).0.is_done());
    }

    #[test]
    fn what_is_refused_holds_back_its_way_and_nothing_else_until_the_next_round() {
        // Cases 2 and 3 are of one court, 4 of another.
        let (mut window, ready) = taken_up(&[2, 4, 2, 3, 4]);
        assert_eq!(ready, [10, 11, 13]);
        window.refused(10);
        assert!(!window.may_go(13), "the same way");
        assert_eq!(window.acknowledged(11), Some(14));
        assert_eq!(window.acknowledged(14), None);
        assert_eq!((window.cursor(), window.next()), (9, Some(14)), "it reads on behind the page");
        assert_eq!(window.held_back(), BTreeMap::from([("1".to_owned(), 3)]));
        window.begin_round();
        assert_eq!(window.next(), Some(9));
        // What was acknowledged is read again and not sent again.
        assert_eq!(window.take_up(heads(&log(&[2, 4, 2, 3, 4]))), [10, 13]);
        assert_eq!((window.acknowledged(10), window.cursor()), (Some(12), 11));
    }

    #[test]
    fn so_much_is_held_back_and_then_no_more_is_read() {
        let (mut window, _) = taken_up(&[2, 2, 2]);
        window.most = 3;
        window.refused(10);
        assert_eq!((window.is_full(), window.next()), (true, None));
        window.begin_round();
        assert_eq!(window.next(), Some(9), "those that are held back are tried again");
    }

    proptest! {
        /// The oracle is what a broker has seen: it acknowledges in any order, refuses some courts for some rounds, and everything has
        /// arrived once in the end.
        #[test]
        fn whatever_is_acknowledged_when_nothing_is_out_of_order_and_the_cursor_passes_nothing(
            cases in proptest::collection::vec(0_u8..8, 0..60),
            choices in proptest::collection::vec(any::<prop::sample::Index>(), 1..60),
            rounds in proptest::collection::vec(proptest::collection::btree_set(0_u8..4, 0..4), 0..4),
            page in 1_usize..9,
        ) {
            let log = log(&cases);
            let mut window = Window::behind(9);
            let (mut seen, mut choices): (Vec<i64>, _) = (Vec::new(), choices.iter().cycle());
            // In the last round nothing is refused.
            for refusing in rounds.into_iter().chain([BTreeSet::new()]) {
                window.begin_round();
                while let Some(from) = window.next() {
                    let rows: Vec<_> = log.iter().filter(|row| row.0 > from).take(page).cloned().collect();
                    if rows.is_empty() {
                        break;
                    }
                    let last = rows.last().map_or(0, |row| row.0);
                    let mut under_way = window.take_up(heads(&rows));
                    while !under_way.is_empty() {
                        let at = choices.next().expect("they go round").index(under_way.len());
                        let Some(seq) = under_way.remove(at).filter(|seq| window.may_go(*seq)) else { continue };
                        let case = |seq: i64| cases[usize::try_from(seq - 10).expect("a place")];
                        for earlier in (10..seq).filter(|earlier| case(*earlier) == case(seq)) {
                            prop_assert!(seen.contains(&earlier), "{earlier} before {seq}");
                        }
                        if refusing.contains(&(case(seq) / 2)) {
                            window.refused(seq);
                            continue;
                        }
                        prop_assert!(!seen.contains(&seq), "{seq} once");
                        seen.push(seq);
                        under_way.extend(window.acknowledged(seq).filter(|next| *next <= last));
                        let whole = (10..=window.read).take_while(|seq| seen.contains(seq)).count();
                        prop_assert_eq!(window.cursor(), 9 + i64::try_from(whole).expect("few"));
                    }
                }
                let others = (10_i64..).zip(&cases).filter(|(_, case)| !refusing.contains(&(*case / 2)));
                for (seq, _) in others {
                    prop_assert!(seen.contains(&seq), "{seq} is of no court that is refused");
                }
            }
            prop_assert_eq!((seen.len(), window.is_done()), (cases.len(), true));
        }
    }
}
