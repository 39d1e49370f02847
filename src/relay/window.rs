//! Which event of a page may be sent now, and how far the page is done. Pure.

use std::collections::{BTreeSet, HashMap, VecDeque};

/// A page of events under way.
#[derive(Debug)]
pub(super) struct Window {
    /// Sequence numbers in order, and whether each is acknowledged.
    entries: Vec<(i64, bool)>,
    /// By case: the events that wait behind the one that was handed out, or is ready.
    behind: HashMap<String, VecDeque<usize>>,
    /// The case of each event.
    cases: Vec<String>,
    ready: VecDeque<usize>,
    /// All before it are acknowledged.
    done: usize,
}

impl Window {
    /// A page by sequence number and case, in the order of the log; those in `ahead` were acknowledged before.
    pub(super) fn new(page: impl IntoIterator<Item = (i64, String)>, ahead: &BTreeSet<i64>) -> Self {
        let (mut entries, mut cases) = (Vec::new(), Vec::new());
        let mut behind: HashMap<String, VecDeque<usize>> = HashMap::new();
        let mut ready = VecDeque::new();
        for (at, (seq, case)) in page.into_iter().enumerate() {
            if ahead.contains(&seq) {
                entries.push((seq, true));
                cases.push(case);
                continue;
            }
            entries.push((seq, false));
            match behind.get_mut(&case) {
                Some(waiting) => waiting.push_back(at),
                None => {
                    behind.insert(case.clone(), VecDeque::new());
                    ready.push_back(at);
                }
            }
            cases.push(case);
        }
        let mut window = Self { entries, behind, cases, ready, done: 0 };
        window.advance();
        window
    }

    /// The place of the next event that may be sent: every earlier one of its case is acknowledged.
    pub(super) fn take(&mut self) -> Option<usize> {
        self.ready.pop_front()
    }

    /// The broker has the event at a place, which was taken before.
    pub(super) fn acknowledged(&mut self, at: usize) {
        let Some(entry) = self.entries.get_mut(at) else { return };
        if std::mem::replace(&mut entry.1, true) {
            return;
        }
        let next = self.cases.get(at).and_then(|case| self.behind.get_mut(case)?.pop_front());
        self.ready.extend(next);
        self.advance();
    }

    fn advance(&mut self) {
        while self.entries.get(self.done).is_some_and(|(_, acknowledged)| *acknowledged) {
            self.done += 1;
        }
    }

    /// The numbers behind the cursor that are acknowledged already: they are not sent again while this process lives.
    pub(super) fn ahead(&self) -> BTreeSet<i64> {
        let behind = self.entries.iter().skip(self.done);
        behind.filter(|(_, acknowledged)| *acknowledged).map(|(seq, _)| *seq).collect()
    }

    /// The number up to which everything is acknowledged; `None` while the first event is not.
    pub(super) fn cursor(&self) -> Option<i64> {
        self.done.checked_sub(1).and_then(|last| self.entries.get(last)).map(|(seq, _)| *seq)
    }

    /// Whether all of it is acknowledged.
    #[cfg(test)]
    pub(super) fn is_done(&self) -> bool {
        self.done == self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(cases: &[u8]) -> Window {
        again(cases, &BTreeSet::new())
    }

    fn again(cases: &[u8], ahead: &BTreeSet<i64>) -> Window {
        Window::new(cases.iter().zip(10_i64..).map(|(case, seq)| (seq, case.to_string())), ahead)
    }

    #[test]
    fn what_was_acknowledged_behind_a_gap_is_not_sent_again() {
        let cases = [1, 2, 1, 2, 3];
        let mut window = page(&cases);
        assert_eq!([window.take(), window.take(), window.take()], [Some(0), Some(1), Some(4)]);
        window.acknowledged(1);
        window.acknowledged(4);
        // The first one was refused: it is sent again, and what is behind it in its case.
        let mut window = again(&cases, &window.ahead());
        assert_eq!([window.take(), window.take(), window.take()], [Some(0), Some(3), None]);
        window.acknowledged(0);
        assert_eq!((window.cursor(), window.take()), (Some(11), Some(2)));
        window.acknowledged(3);
        window.acknowledged(2);
        assert!(window.is_done() && window.ahead().is_empty());
    }

    #[test]
    fn the_next_event_of_a_case_waits_for_the_one_before() {
        let mut window = page(&[1, 1, 2]);
        assert_eq!((window.take(), window.take(), window.take()), (Some(0), Some(2), None));
        window.acknowledged(2);
        assert_eq!((window.take(), window.cursor()), (None, None), "a gap is before it");
        window.acknowledged(0);
        assert_eq!((window.take(), window.cursor()), (Some(1), Some(10)));
        window.acknowledged(1);
        assert_eq!((window.is_done(), window.cursor()), (true, Some(12)));
        assert!(page(&[]).is_done());
    }

    proptest! {
        /// The oracle is what a broker has seen: acknowledgements come in any order, and may stop anywhere.
        #[test]
        fn whatever_is_acknowledged_when_nothing_is_out_of_order_and_the_cursor_passes_nothing(
            cases in proptest::collection::vec(0_u8..5, 0..60),
            choices in proptest::collection::vec(any::<prop::sample::Index>(), 0..120),
            most in 1_usize..9,
        ) {
            let mut window = page(&cases);
            let mut under_way: Vec<usize> = Vec::new();
            let mut seen: Vec<usize> = Vec::new();
            for choice in choices {
                while under_way.len() < most {
                    let Some(at) = window.take() else { break };
                    let before = (0..at).filter(|earlier| cases[*earlier] == cases[at]);
                    for earlier in before {
                        prop_assert!(seen.contains(&earlier), "{earlier} before {at}");
                    }
                    under_way.push(at);
                }
                if under_way.is_empty() {
                    break;
                }
                let at = under_way.swap_remove(choice.index(under_way.len()));
                seen.push(at);
                window.acknowledged(at);
                let whole = (0..cases.len()).take_while(|place| seen.contains(place)).count();
                prop_assert_eq!(window.cursor(), (whole > 0).then(|| 9 + whole as i64));
            }
            prop_assert_eq!(window.is_done(), seen.len() == cases.len());
        }
    }
}
