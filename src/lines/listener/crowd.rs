use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::standing::Standing;
use crate::config::ListenerConfig;

/// How often it is said that there are too many connections.
const TELL: Duration = Duration::from_secs(60);

/// Everybody who is connected to one listener. Owned by the one who lets them in.
#[derive(Debug)]
pub(super) struct Crowd {
    listener: &'static str,
    most: usize,
    most_of_one: usize,
    all: Vec<Arc<Standing>>,
    /// Connections that went for others since the last time that it was said.
    gone: u64,
    refused: u64,
    told: Option<Instant>,
}

impl Crowd {
    pub(super) const fn new(listener: &'static str, config: &ListenerConfig) -> Self {
        let (most, most_of_one) = (config.most_connections, config.most_connections_per_address);
        Self { listener, most, most_of_one, all: Vec::new(), gone: 0, refused: 0, told: None }
    }

    /// Lets somebody in, where need be in the place of the one who has waited longest. `false` where everybody is worked for.
    pub(super) fn admit(&mut self, newcomer: &Arc<Standing>) -> bool {
        self.all.retain(|one| !one.is_over());
        let of_one = self.all.iter().filter(|one| one.peer() == newcomer.peer()).count();
        let room = if of_one >= self.most_of_one {
            self.make_room(Some(newcomer.peer()))
        } else if self.all.len() >= self.most {
            self.make_room(None)
        } else {
            true
        };
        if room {
            self.all.push(Arc::clone(newcomer));
        } else {
            self.refused += 1;
        }
        self.tell(newcomer.peer());
        room
    }

    /// Ends one connection that waits: of an address, or of the address that has most of them.
    fn make_room(&mut self, of: Option<IpAddr>) -> bool {
        let mut counts: HashMap<IpAddr, usize> = HashMap::new();
        for one in &self.all {
            *counts.entry(one.peer()).or_default() += 1;
        }
        let candidates = self.all.iter().filter(|one| of.is_none_or(|peer| one.peer() == peer));
        let ranked = candidates.filter_map(|one| {
            let (yields, since) = one.rank()?;
            let crowded = std::cmp::Reverse(counts.get(&one.peer()).copied().unwrap_or_default());
            Some(((yields, crowded, since), one))
        });
        let Some((_, first)) = ranked.min_by_key(|(rank, _)| *rank) else { return false };
        first.end();
        self.gone += 1;
        true
    }

    fn tell(&mut self, peer: IpAddr) {
        let is_due = self.told.is_none_or(|told| told.elapsed() >= TELL);
        if (self.gone, self.refused) == (0, 0) || !is_due {
            return;
        }
        let (listener, connections, ended, refused) =
            (self.listener, self.all.len(), self.gone, self.refused);
        tracing::warn!(
            listener, connections, ended, refused, last = %peer,
            "there are too many connections; those that waited longest were ended"
        );
        (self.gone, self.refused, self.told) = (0, 0, Some(Instant::now()));
    }

    /// A connection could not be taken, e.g. because there is no descriptor for it. One that waits gives its own.
    pub(super) fn cannot_take(&mut self, error: &std::io::Error) {
        self.all.retain(|one| !one.is_over());
        self.make_room(None);
        if self.told.is_none_or(|told| told.elapsed() >= TELL) {
            tracing::error!(listener = self.listener, %error, "a connection could not be taken");
            self.told = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> Arc<Standing> {
        Arc::new(Standing::new(IpAddr::from([192, 0, 2, last])))
    }

    fn crowd(most: usize, most_of_one: usize) -> Crowd {
        let config = ListenerConfig {
            most_connections: most,
            most_connections_per_address: most_of_one,
            ..ListenerConfig::default()
        };
        Crowd::new("test", &config)
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_longest_goes_and_who_is_worked_for_stays() {
        let mut crowd = crowd(3, 3);
        let all: Vec<_> = (0..3).map(|_| from(1)).collect();
        for one in &all {
            assert!(crowd.admit(one));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        all[0].works();
        assert!(crowd.admit(&from(2)));
        let over: Vec<_> = all.iter().map(|one| one.is_over()).collect();
        assert_eq!(over, [false, true, false]);
        all[2].works();
        crowd.all.last().expect("the newcomer").works();
        crowd.all.iter().for_each(|one| one.is_known());
        assert!(!crowd.admit(&from(3)), "everybody is known and worked for");
        all[0].end();
        assert!(crowd.admit(&from(3)), "one has gone by itself");
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_with_many_gives_way_before_one_with_few() {
        let mut crowd = crowd(10, 4);
        let few = from(1);
        assert!(crowd.admit(&few));
        for at in 0..100_u8 {
            assert!(crowd.admit(&from(2 + at % 3)), "{at}");
            tokio::time::advance(Duration::from_secs(2)).await;
        }
        assert!(!few.is_over(), "it has waited longest, and takes one place only");
        let most = (2..5).map(|at| crowd.all.iter().filter(|one| one.peer() == from(at).peer()).count());
        assert!(crowd.all.iter().filter(|one| !one.is_over()).count() <= 10);
        assert!(most.max().is_some_and(|most| most <= 5));
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_are_known_go_last() {
        let mut crowd = crowd(2, 2);
        let (known, stranger) = (from(1), from(2));
        known.is_known();
        assert!(crowd.admit(&known));
        tokio::time::advance(Duration::from_secs(9)).await;
        assert!(crowd.admit(&stranger));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(crowd.admit(&from(3)));
        assert!(!known.is_over() && stranger.is_over());
    }
}
