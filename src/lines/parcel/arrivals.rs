use std::collections::HashMap;
use std::time::Duration;

use chakong_contract::fault::Fault;
use jiff::Timestamp;

use super::{Depot, Listed, MOST_FILES, unnamed};

/// Longest wait until a file that could not be taken in is tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The wait is this part of the time that the file has rested.
const PART: u32 = 8;
/// Most files of one look that were tried before: they keep no new one waiting for long, however slow the server is.
const MOST_AGAIN: usize = 50;
/// How often a file that stays is told again.
const TELL: Duration = Duration::from_secs(3600);

/// Keeps an eye on the incoming folder: which files have come to rest, since when, and which of them stay although they
/// were to be taken in. Those are tried again ever less often and behind all others, so that they hide none.
#[derive(Debug, Default)]
pub struct Arrivals {
    seen: HashMap<String, Seen>,
    /// Files of the last look whose names cannot be used, with why, and when that was told.
    unnamed: Option<(usize, Fault, Timestamp)>,
}

#[derive(Debug)]
struct Seen {
    size: u64,
    changed: u64,
    since: Timestamp,
    /// How often it was to be taken in as it is, and when for the last time.
    tried: u32,
    last: Timestamp,
    /// Whether its content is durable, so that it is only to be put away.
    is_kept: bool,
    /// Why it could not be, and when that was told.
    hindered: Option<(Fault, Timestamp)>,
}

impl Seen {
    /// Whether it may be tried again.
    fn is_due(&self, now: Timestamp) -> bool {
        let wait = (self.rests(now) / PART).min(LONGEST_WAIT);
        self.tried == 0 || now.duration_since(self.last).unsigned_abs() >= wait
    }

    fn rests(&self, now: Timestamp) -> Duration {
        now.duration_since(self.since).unsigned_abs()
    }
}

/// A file that did not change between two looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The file, as it was seen.
    pub listed: Listed,
    /// How long it has been seen as it is.
    pub rests: Duration,
    /// Whether its content is durable: it was read before, and could not be put away.
    pub is_kept: bool,
}

impl Arrivals {
    /// Files whose size and time did not change since the last look and that may be tried: first those that never were, each
    /// sort in the order of their names.
    ///
    /// # Errors
    /// A fault when the folder cannot be read.
    pub async fn look(&mut self, depot: &dyn Depot, now: Timestamp) -> Result<Vec<Arrived>, Fault> {
        Ok(self.compare(depot.list().await?, now))
    }

    /// Forgets a file that was put away.
    pub fn forget(&mut self, name: &str) {
        self.seen.remove(name);
    }

    /// Notes that a file's content is durable. It need not be read again, unless it changes.
    pub fn kept(&mut self, name: &str) {
        if let Some(seen) = self.seen.get_mut(name) {
            seen.is_kept = true;
        }
    }

    /// Notes that a file that arrived was not tried after all.
    pub fn untried(&mut self, name: &str) {
        if let Some(seen) = self.seen.get_mut(name) {
            seen.tried = seen.tried.saturating_sub(1);
        }
    }

    /// Notes that a file could be read, although it stays for another reason.
    pub fn unhindered(&mut self, name: &str) {
        if let Some(seen) = self.seen.get_mut(name) {
            seen.hindered = None;
        }
    }

    /// Notes why a file could not be read or put away. Whether it is to be told: the first time, when the cause is another,
    /// and every hour.
    pub fn hindered(&mut self, name: &str, fault: &Fault, now: Timestamp) -> bool {
        let Some(seen) = self.seen.get_mut(name) else { return true };
        let is_told = seen
            .hindered
            .as_ref()
            .is_some_and(|(known, told)| known == fault && now.duration_since(*told).unsigned_abs() < TELL);
        if !is_told {
            seen.hindered = Some((fault.clone(), now));
        }
        !is_told
    }

    /// Notes how many files of the folder have names that cannot be used. The fault is given where it is to be told: the first time, when
    /// they are more or fewer, and every hour.
    pub fn unnamed(&mut self, count: usize, folder: &str, now: Timestamp) -> Option<Fault> {
        if count == 0 {
            self.unnamed = None;
            return None;
        }
        let is_told = self.unnamed.as_ref().is_some_and(|(known, _, told)| {
            *known == count && now.duration_since(*told).unsigned_abs() < TELL
        });
        if is_told {
            return None;
        }
        let fault = unnamed(folder, count);
        self.unnamed = Some((count, fault.clone(), now));
        Some(fault)
    }

    /// How many files lie in the folder and cannot be read or put away, with the cause for one of them.
    pub fn stuck(&self) -> (usize, Option<&Fault>) {
        let faults = || self.seen.values().filter_map(|seen| seen.hindered.as_ref()).map(|(fault, _)| fault);
        let unnamed = self.unnamed.as_ref();
        let first = faults().next().or(unnamed.map(|(_, fault, _)| fault));
        (faults().count() + unnamed.map_or(0, |(count, ..)| *count), first)
    }

    fn compare(&mut self, listed: Vec<Listed>, now: Timestamp) -> Vec<Arrived> {
        let mut seen = HashMap::with_capacity(listed.len());
        let mut resting = Vec::new();
        for Listed { name, size, changed } in listed {
            let before = self.seen.remove(&name).filter(|seen| (seen.size, seen.changed) == (size, changed));
            if let Some(seen) = before.as_ref().filter(|seen| seen.is_due(now)) {
                resting.push((seen.tried, name.clone()));
            }
            let new =
                || Seen { size, changed, since: now, tried: 0, last: now, is_kept: false, hindered: None };
            seen.insert(name, before.unwrap_or_else(new));
        }
        self.seen = seen;
        resting.sort_unstable();
        let new = resting.partition_point(|(tried, _)| *tried == 0);
        resting.truncate(MOST_FILES.min(new + MOST_AGAIN));
        resting.into_iter().filter_map(|(_, name)| self.arrive(name, now)).collect()
    }

    fn arrive(&mut self, name: String, now: Timestamp) -> Option<Arrived> {
        let seen = self.seen.get_mut(&name)?;
        (seen.tried, seen.last) = (seen.tried.saturating_add(1), now);
        let listed = Listed { name, size: seen.size, changed: seen.changed };
        Some(Arrived { listed, rests: seen.rests(now), is_kept: seen.is_kept })
    }
}

#[cfg(test)]
mod tests {
    use chakong_contract::FaultKind;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn file(name: &str, size: u64) -> Listed {
        Listed { name: name.to_owned(), size, changed: size }
    }

    fn names(arrived: Vec<Arrived>) -> Vec<(String, u64)> {
        arrived.into_iter().map(|file| (file.listed.name, file.rests.as_secs())).collect()
    }

    #[test]
    fn a_file_arrives_once_it_rests_and_not_while_it_grows() {
        let mut arrivals = Arrivals::default();
        assert!(arrivals.compare(vec![file("b", 1), file("a", 1)], at(0)).is_empty());
        let second = arrivals.compare(vec![file("b", 1), file("a", 2)], at(10));
        assert_eq!(names(second), [("b".to_owned(), 10)]);
        let third = arrivals.compare(vec![file("b", 1), file("a", 2)], at(15));
        assert_eq!(names(third), [("a".to_owned(), 5), ("b".to_owned(), 15)]);
        arrivals.forget("b");
        assert_eq!(names(arrivals.compare(vec![file("b", 1)], at(20))), [], "the same name may come again");
        assert!(arrivals.compare(Vec::new(), at(30)).is_empty() && arrivals.seen.is_empty());
    }

    #[test]
    fn files_that_stay_hide_none_and_are_tried_ever_less_often() {
        let mut arrivals = Arrivals::default();
        let mut folder: Vec<Listed> = (0..3 * MOST_FILES).map(|at| file(&format!("a{at:05}"), 1)).collect();
        arrivals.compare(folder.clone(), at(0));
        let tried: usize = (1..=3).map(|second| arrivals.compare(folder.clone(), at(second)).len()).sum();
        assert_eq!(tried, 3 * MOST_FILES, "each of them in turn");
        folder.push(file("z", 7));
        arrivals.compare(folder.clone(), at(4));
        let arrived = arrivals.compare(folder.clone(), at(5));
        assert_eq!(arrived[0].listed.name, "z", "what was never tried goes first");
        // Over an hour, looking every second: the one that stays is tried about once a minute.
        let tried = (6..3606).filter(|second| {
            arrivals.compare(vec![file("z", 7)], at(*second)).iter().any(|file| file.listed.name == "z")
        });
        let tried = tried.count();
        assert!((55..110).contains(&tried), "{tried}");
    }

    #[test]
    fn a_new_file_waits_for_few_of_those_that_stay() {
        let mut arrivals = Arrivals::default();
        let mut folder: Vec<Listed> = (0..300).map(|at| file(&format!("a{at:05}"), 1)).collect();
        arrivals.compare(folder.clone(), at(0));
        assert_eq!(arrivals.compare(folder.clone(), at(1)).len(), 300, "all of them are new");
        folder.push(file("z", 7));
        assert_eq!(arrivals.compare(folder.clone(), at(100)).len(), MOST_AGAIN);
        let arrived = names(arrivals.compare(folder.clone(), at(101)));
        assert_eq!((arrived[0].0.as_str(), arrived.len()), ("z", 1 + MOST_AGAIN));
        arrivals.untried("z");
        let arrived = names(arrivals.compare(folder, at(102)));
        assert_eq!(arrived[0].0, "z", "it did not come to its turn");
    }

    #[test]
    fn what_hinders_a_file_is_told_once_an_hour_and_when_it_is_another() {
        let mut arrivals = Arrivals::default();
        arrivals.compare(vec![file("a", 1), file("b", 1)], at(0));
        let fault = |detail: &str| Fault::new(FaultKind::Misconfigured, "read a file", detail);
        let denied = fault("permission denied");
        assert!(arrivals.hindered("a", &denied, at(1)));
        assert!(!arrivals.hindered("a", &denied, at(60)));
        assert_eq!(arrivals.stuck(), (1, Some(&denied)));
        assert!(arrivals.hindered("a", &fault("gone"), at(61)));
        assert!(arrivals.hindered("a", &fault("gone"), at(3700)));
        assert!(arrivals.hindered("b", &denied, at(3701)));
        assert_eq!(arrivals.stuck().0, 2);
        arrivals.compare(vec![file("a", 2), file("b", 1)], at(3800));
        assert_eq!(arrivals.stuck().0, 1, "a file that was written anew is another");
        arrivals.unhindered("b");
        assert_eq!(arrivals.stuck(), (0, None));
    }

    #[test]
    fn files_whose_names_cannot_be_used_are_stuck_and_told_once_an_hour_and_when_they_are_others() {
        let mut arrivals = Arrivals::default();
        assert_eq!(arrivals.unnamed(0, "/in", at(0)), None);
        let fault = arrivals.unnamed(2, "/in", at(1)).expect("told");
        assert!(fault.detail.starts_with("/in has 2 files"), "{fault}");
        assert_eq!(arrivals.unnamed(2, "/in", at(60)), None);
        assert_eq!(arrivals.stuck(), (2, Some(&fault)));
        arrivals.compare(vec![file("a", 1)], at(61));
        let denied = Fault::new(FaultKind::Misconfigured, "read a file", "permission denied");
        assert!(arrivals.hindered("a", &denied, at(62)));
        assert_eq!(arrivals.stuck(), (3, Some(&denied)));
        assert!(
            arrivals.unnamed(3, "/in", at(63)).is_some() && arrivals.unnamed(3, "/in", at(3700)).is_some()
        );
        assert_eq!(arrivals.unnamed(0, "/in", at(3701)), None);
        assert_eq!(arrivals.stuck().0, 1);
    }

    #[test]
    fn a_file_that_was_kept_is_known_until_it_changes() {
        let mut arrivals = Arrivals::default();
        let look = |arrivals: &mut Arrivals, size, second| {
            let arrived = arrivals.compare(vec![file("a", size)], at(second));
            arrived.first().map(|file| file.is_kept)
        };
        assert_eq!(look(&mut arrivals, 3, 0), None);
        assert_eq!(look(&mut arrivals, 3, 1), Some(false));
        arrivals.kept("a");
        assert_eq!(look(&mut arrivals, 3, 2), Some(true));
        assert_eq!(look(&mut arrivals, 4, 3), None);
        assert_eq!(look(&mut arrivals, 4, 4), Some(false), "what was written anew is read anew");
    }
}
