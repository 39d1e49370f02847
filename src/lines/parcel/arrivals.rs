use std::collections::HashMap;
use std::time::Duration;

use chakong_contract::fault::Fault;
use jiff::Timestamp;

use super::{Depot, Listed};

/// Keeps an eye on the incoming folder: which files have come to rest, and since when.
#[derive(Debug, Default)]
pub struct Arrivals {
    seen: HashMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    size: u64,
    changed: u64,
    since: Timestamp,
}

/// A file that did not change between two looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The file, as it was seen.
    pub listed: Listed,
    /// How long it has been seen as it is.
    pub rests: Duration,
}

impl Arrivals {
    /// Files whose size and time did not change since the last look, in the order of their names.
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

    fn compare(&mut self, listed: Vec<Listed>, now: Timestamp) -> Vec<Arrived> {
        let mut seen = HashMap::with_capacity(listed.len());
        let mut arrived = Vec::new();
        for Listed { name, size, changed } in listed {
            let before = self.seen.remove(&name).filter(|seen| (seen.size, seen.changed) == (size, changed));
            let since = before.as_ref().map_or(now, |seen| seen.since);
            if before.is_some() {
                let rests = now.duration_since(since).unsigned_abs();
                arrived.push(Arrived { listed: Listed { name: name.clone(), size, changed }, rests });
            }
            seen.insert(name, Seen { size, changed, since });
        }
        self.seen = seen;
        arrived.sort_by(|a, b| a.listed.name.cmp(&b.listed.name));
        arrived
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn file(name: &str, size: u64) -> Listed {
        Listed { name: name.to_owned(), size, changed: size }
    }

    #[test]
    fn a_file_arrives_once_it_rests_and_not_while_it_grows() {
        let mut arrivals = Arrivals::default();
        let names = |arrived: Vec<Arrived>| {
            arrived.into_iter().map(|file| (file.listed.name, file.rests.as_secs())).collect::<Vec<_>>()
        };
        assert!(arrivals.compare(vec![file("b", 1), file("a", 1)], at(0)).is_empty());
        let second = arrivals.compare(vec![file("b", 1), file("a", 2)], at(10));
        assert_eq!(names(second), [("b".to_owned(), 10)]);
        let third = arrivals.compare(vec![file("b", 1), file("a", 2)], at(15));
        assert_eq!(names(third), [("a".to_owned(), 5), ("b".to_owned(), 15)]);
        arrivals.forget("b");
        assert_eq!(names(arrivals.compare(vec![file("b", 1)], at(20))), [], "the same name may come again");
        assert!(arrivals.compare(Vec::new(), at(30)).is_empty() && arrivals.seen.is_empty());
    }
}
