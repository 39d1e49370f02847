//! Where the simulated bank is in its rounds at the postbox.

use std::collections::HashSet;
use std::time::Duration;

use chakong_contract::Moment;
use chakong_toolkit::polling::Rounds;

use super::received::Received;
use crate::wire::soap::Operation;

/// Something the bank has to do in a round.
#[derive(Debug, Clone)]
pub(super) enum PendingCall {
    /// Asks for orders that wait.
    Orders {
        /// Whether controls are wanted.
        control: bool,
    },
    /// Fetches documents: by key for queries, by request number for controls.
    Documents {
        /// Which of the two.
        operation: Operation,
        /// Key or number.
        key: String,
    },
    /// Fetches officers' certificates of a request.
    Certificates(String),
    /// Acts on what was fetched; this is no call.
    Act {
        /// On controls or on queries.
        control: bool,
    },
    /// Feeds back.
    Feed(Feed),
}

/// A feedback as it is handed in.
#[derive(Debug, Clone)]
pub(super) struct Feed {
    /// By which operation.
    pub(super) operation: Operation,
    /// The document, sealed.
    pub(super) document: String,
    /// The requests it speaks about.
    pub(super) numbers: Vec<String>,
}

/// A polling round, and what goes on from one to the next.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Whether the password is wrong in this round.
    pub(super) wrong_password: bool,
    /// What is still to be done in it.
    pub(super) calls: Rounds<PendingCall>,
    /// What was fetched in it.
    pub(super) fetched: Received,
    /// Feedback that is handed in later.
    later: Vec<(Moment, Feed)>,
    /// Requests whose feedback was taken.
    pub(super) settled: HashSet<String>,
}

impl Round {
    /// Keeps feedback for later.
    pub(super) fn keep(&mut self, feed: Feed, now: Moment, after: Duration) {
        let due = now.wall().checked_add(after).map_or(now, Moment::from_wall);
        self.later.push((due, feed));
    }

    /// Takes the feedback whose time has come to the calls.
    pub(super) fn take_due(&mut self, now: Moment) {
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.later).into_iter().partition(|(due, _)| *due <= now);
        self.later = later;
        due.into_iter().for_each(|(_, feed)| self.calls.push(PendingCall::Feed(feed)));
    }

    /// Whether feedback about a request is on its way.
    pub(super) fn will_feed(&self, number: &str) -> bool {
        let pending = self.calls.pending().filter_map(|call| match call {
            PendingCall::Feed(feed) => Some(feed),
            _ => None,
        });
        let mut feeds = self.later.iter().map(|(_, feed)| feed).chain(pending);
        feeds.any(|feed| feed.numbers.iter().any(|of_feed| of_feed == number))
    }

    /// How long the bank rests: until the next round, or until feedback is due.
    pub(super) fn rest(&self, poll: Duration, now: Moment) -> Duration {
        let next = self.later.iter().map(|(due, _)| due.wall().duration_since(now.wall()));
        let next = next.filter_map(|wait| Duration::try_from(wait).ok()).min();
        next.map_or(poll, |next| next.clamp(Duration::from_millis(1), poll))
    }
}
