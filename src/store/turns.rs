//! Turns 轮次: whose order goes next in a lane. Priority is a head start in time; within a priority courts take turns, so that a court
//! with one query does not wait behind another's thousand.

/// The next order of a court.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Stored code of its priority.
    pub(super) priority: i64,
    /// Its turn, in microseconds: when it was made, and the handicap of its priority.
    pub(super) turn: i64,
    /// Its row.
    pub(super) id: i64,
}

/// How many orders of each court went already, by priority.
#[derive(Debug, Default)]
pub(super) struct Turns {
    served: std::collections::HashMap<(usize, i64), u64>,
}

impl Turns {
    /// The court whose order goes next: of the priority whose turn it is, the court that went least; of those the one that waits
    /// longest. `None` where nothing waits.
    pub(super) fn next(&mut self, heads: &[Option<Head>]) -> Option<usize> {
        let waiting = || heads.iter().enumerate().filter_map(|(court, head)| Some((court, (*head)?)));
        let (_, first) = waiting().min_by_key(|(_, head)| (head.turn, head.id))?;
        let same = waiting().filter(|(_, head)| head.priority == first.priority);
        let went = |court: usize| self.served.get(&(court, first.priority)).copied().unwrap_or_default();
        let (court, _) = same.min_by_key(|(court, head)| (went(*court), head.turn, head.id))?;
        *self.served.entry((court, first.priority)).or_default() += 1;
        Some(court)
    }
}

/// The orders of courts, each court's in its own order, as they go: at most so many.
pub(super) fn in_turn(courts: &[Vec<Head>], limit: usize) -> Vec<i64> {
    let (mut places, mut turns, mut ids) = (vec![0; courts.len()], Turns::default(), Vec::new());
    while ids.len() < limit {
        let heads: Vec<Option<Head>> =
            courts.iter().zip(&places).map(|(court, place)| court.get(*place).copied()).collect();
        let Some(court) = turns.next(&heads) else { break };
        if let (Some(Some(head)), Some(place)) = (heads.get(court), places.get_mut(court)) {
            ids.push(head.id);
            *place += 1;
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: i64 = 4;
    const RELEASE: i64 = 0;

    fn heads(priority: i64, turn: i64, ids: std::ops::Range<i64>) -> Vec<Head> {
        ids.map(|id| Head { priority, turn, id }).collect()
    }

    #[test]
    fn a_court_with_one_query_does_not_wait_behind_anothers_thousand() {
        let courts = [heads(QUERY, 10, 0..1000), heads(QUERY, 90, 2000..2001)];
        let ids = in_turn(&courts, 1001);
        assert_eq!(ids.iter().position(|id| *id == 2000), Some(1));
        assert_eq!(ids.len(), 1001, "nothing is left out");
    }

    #[test]
    fn a_priority_goes_before_another_court_whoever_it_belongs_to() {
        let releases = heads(RELEASE, 5, 0..3);
        let courts = [releases, heads(QUERY, 10, 10..13)];
        assert_eq!(in_turn(&courts, 6), [0, 1, 2, 10, 11, 12]);
    }

    #[test]
    fn one_court_alone_goes_in_its_own_order() {
        assert_eq!(in_turn(&[heads(QUERY, 1, 3..7)], 2), [3, 4]);
        assert!(in_turn(&[], 2).is_empty() && in_turn(&[Vec::new()], 2).is_empty());
    }
}
