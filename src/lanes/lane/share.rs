//! Courts that have used their share of the day's quota are passed over; the others go on.

use super::ahead::Ahead;
use super::held_off::earlier;
use super::{Lane, Next};
use crate::domain::OpenCourts;

impl Lane {
    /// Forgets what was read ahead of courts that have used their share meanwhile: it waits in the store.
    pub(super) fn pass_over_used(&self, ahead: &mut Ahead) {
        let courts = self.shared.handle.admission.open_courts();
        if courts != OpenCourts::All {
            ahead.ready.retain(|due| courts.has(&due.record.court));
        }
    }

    /// Nothing may leave now: until when that is so.
    pub(super) fn wait(&self, ahead: &Ahead) -> Next {
        if !ahead.are_kept {
            return Next::Wait(ahead.next);
        }
        let blocked = self.shared.handle.admission.share_used();
        self.shared.handle.waits_for(Some(blocked));
        Next::Wait(earlier(ahead.next, blocked.until))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use chakong_contract::fault::RetryAfter;

    use super::super::world::{World, bank};
    use super::*;
    use crate::clock::Clock as _;
    use crate::domain::decide::allowed_at;
    use crate::lanes::LaneState;

    async fn with_shares(limits: &str) -> World {
        World::open("bank-5", &format!("{}[limits]\n{limits}", bank(""))).await
    }

    fn sent(world: &World) -> u64 {
        world.lane.shared.handle.sent.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn a_court_that_has_used_its_share_waits_till_the_next_day_and_another_goes_on() {
        let one = "per_day = 3\nbatch = 1\n[[limits.shares]]\ncourt = \"9910\"\npercent = 34\n";
        let world = with_shares(one).await;
        for case in 1..=3 {
            world.submit_of("9910", case).await;
        }
        world.submit_of("9920", 4).await;
        let mut ahead = Ahead::default();
        for message in 1..=2 {
            assert!(matches!(world.lane.step(&mut ahead).await, Next::Again));
            assert_eq!(sent(&world), message);
        }
        let midnight = allowed_at(RetryAfter::Tomorrow, world.clock.now());
        let next = world.lane.step(&mut ahead).await;
        assert!(matches!(next, Next::Wait(until) if until == midnight), "the other court had its turn");
        assert_eq!(sent(&world), 2);
        let view = world.lane.shared.handle.view(Default::default());
        assert_eq!((view.state, view.waits_until), (LaneState::QuotaSpent, midnight));
        assert_eq!(view.quota_left, Some(1), "which belongs to the others");
        let why = |court| world.lane.shared.handle.withheld(court).to_string();
        assert!(why("9910").contains("份额") && !why("9920").contains("份额"), "{}", why("9910"));
        world.clock.pass(Duration::from_hours(24));
        ahead.forget();
        assert!(matches!(world.lane.step(&mut ahead).await, Next::Again));
        assert_eq!(sent(&world), 3);
    }

    #[tokio::test]
    async fn what_one_court_sends_together_is_one_request_of_its_share() {
        let one = "per_day = 9\n[[limits.shares]]\ncourt = \"9910\"\nrequests = 1\n";
        let world = with_shares(one).await;
        for (court, case) in [("9910", 1), ("9920", 2), ("9910", 3)] {
            world.submit_of(court, case).await;
        }
        let mut ahead = Ahead::default();
        assert!(matches!(world.lane.step(&mut ahead).await, Next::Again));
        assert_eq!(ahead.ready.iter().map(|due| due.record.court.as_str()).collect::<Vec<_>>(), ["9920"]);
        assert!(matches!(world.lane.step(&mut ahead).await, Next::Again));
        assert_eq!(sent(&world), 2);
        assert!(matches!(world.lane.step(&mut ahead).await, Next::Wait(None)), "nothing is left");
    }
}
