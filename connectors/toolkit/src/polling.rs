//! The rounds of a simulated counterpart that calls the gateway: it calls, reads the response, goes on to its next call, and
//! rests when nothing is left to do.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use chakong_contract::sandbox::PollStep;
use chakong_contract::{HttpRequest, HttpResponse, Moment};

/// Where a counterpart is in its rounds.
#[derive(Debug)]
pub struct Rounds<C> {
    pending: VecDeque<C>,
    under_way: Option<C>,
    begun: bool,
    paused: bool,
}

impl<C> Default for Rounds<C> {
    fn default() -> Self {
        Self { pending: VecDeque::new(), under_way: None, begun: false, paused: false }
    }
}

impl<C> Rounds<C> {
    /// Adds a call after those that are pending.
    pub fn push(&mut self, call: C) {
        self.pending.push_back(call);
    }

    /// Adds calls before those that are pending, in their order.
    pub fn push_first(&mut self, calls: impl IntoIterator<Item = C, IntoIter: DoubleEndedIterator>) {
        calls.into_iter().rev().for_each(|call| self.pending.push_front(call));
    }

    /// Drops every call that is pending.
    pub fn clear(&mut self) {
        self.pending.clear();
    }

    /// Rests before the next call, though some are pending.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// The calls that are pending, in their order.
    pub fn pending(&self) -> impl Iterator<Item = &C> {
        self.pending.iter()
    }

    /// The call whose response is awaited.
    pub fn under_way(&self) -> Option<&C> {
        self.under_way.as_ref()
    }
}

/// A simulated counterpart that calls the gateway in rounds.
pub trait PollingClient: fmt::Debug {
    /// Something that it has to do in a round, most often a call.
    type Pending;

    /// Where it is in its rounds.
    fn rounds(&mut self) -> &mut Rounds<Self::Pending>;

    /// Begins a round: adds what is to be done in it. False where there is no round now, e.g. at night.
    fn begin(&mut self, now: Moment) -> bool;

    /// The request of a call; `None` for a step that is no call and is done with this.
    fn request(&mut self, pending: &Self::Pending, now: Moment) -> Option<HttpRequest>;

    /// Reads the response to a call.
    fn on_response(&mut self, pending: Self::Pending, response: &HttpResponse, now: Moment);

    /// The gateway could not be reached: the counterpart comes again in its next round.
    fn on_unreachable(&mut self, pending: Self::Pending) {
        let _ = pending;
        self.rounds().clear();
    }

    /// How long it rests between rounds.
    fn rest(&self, now: Moment) -> Duration;
}

/// What a counterpart does next, given the response to its last call; see
/// [`PostboxSandbox::next`](chakong_contract::sandbox::PostboxSandbox::next).
pub fn next<P: PollingClient>(client: &mut P, response: Option<&HttpResponse>, now: Moment) -> PollStep {
    match (client.rounds().under_way.take(), response) {
        (Some(call), Some(response)) => client.on_response(call, response, now),
        (Some(call), None) => client.on_unreachable(call),
        (None, _) => {}
    }
    loop {
        if std::mem::take(&mut client.rounds().paused) {
            return PollStep::Rest(client.rest(now));
        }
        if let Some(pending) = client.rounds().pending.pop_front() {
            if let Some(request) = client.request(&pending, now) {
                client.rounds().under_way = Some(pending);
                return PollStep::Call(request);
            }
        } else if client.rounds().begun {
            client.rounds().begun = false;
            return PollStep::Rest(client.rest(now));
        } else if client.begin(now) {
            client.rounds().begun = true;
        } else {
            return PollStep::Rest(client.rest(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks, acts on what it was given, and hands it in; refused, it hands in again after a rest.
    #[derive(Debug, Default)]
    struct Client {
        rounds: Rounds<&'static str>,
        open: bool,
        done: Vec<&'static str>,
    }

    impl PollingClient for Client {
        type Pending = &'static str;

        fn rounds(&mut self) -> &mut Rounds<&'static str> {
            &mut self.rounds
        }

        fn begin(&mut self, _: Moment) -> bool {
            if self.open {
                self.rounds.push("ask");
            }
            self.open
        }

        fn request(&mut self, pending: &&'static str, _: Moment) -> Option<HttpRequest> {
            if *pending == "act" {
                self.done.push("act");
                return None;
            }
            Some(HttpRequest::get(*pending))
        }

        fn on_response(&mut self, pending: &'static str, response: &HttpResponse, _: Moment) {
            match (pending, response.status) {
                ("ask", 200) => self.rounds.push_first(["act", "hand in"]),
                ("hand in", 503) => {
                    self.rounds.push_first([pending]);
                    self.rounds.pause();
                }
                _ => self.done.push(pending),
            }
        }

        fn rest(&self, _: Moment) -> Duration {
            Duration::from_secs(7)
        }
    }

    fn now() -> Moment {
        "2026-01-05T10:00:00+08:00".parse().expect("a moment")
    }

    fn step(client: &mut Client, response: Option<u16>) -> Option<String> {
        let response = response.map(|status| HttpResponse { status, headers: Vec::new(), body: Vec::new() });
        match next(client, response.as_ref(), now()) {
            PollStep::Call(request) => Some(request.path),
            PollStep::Rest(rest) => {
                assert_eq!(rest, Duration::from_secs(7));
                None
            }
        }
    }

    #[test]
    fn a_round_goes_on_until_nothing_is_left_and_rests() {
        let mut client = Client { open: true, ..Client::default() };
        assert_eq!(step(&mut client, None).as_deref(), Some("ask"));
        assert_eq!(step(&mut client, Some(200)).as_deref(), Some("hand in"));
        assert_eq!(step(&mut client, Some(200)), None);
        assert_eq!(client.done, ["act", "hand in"]);
        assert_eq!(step(&mut client, None).as_deref(), Some("ask"), "another round");
    }

    #[test]
    fn what_was_refused_waits_a_rest_and_what_is_unreachable_waits_for_the_next_round() {
        let mut client = Client { open: true, ..Client::default() };
        assert_eq!(step(&mut client, None).as_deref(), Some("ask"));
        assert_eq!(step(&mut client, Some(200)).as_deref(), Some("hand in"));
        assert_eq!(step(&mut client, Some(503)), None, "it does not try again at once");
        assert_eq!(step(&mut client, None).as_deref(), Some("hand in"));
        assert_eq!(step(&mut client, None), None, "nobody answered");
        assert_eq!(client.rounds.pending().count(), 0);
    }

    #[test]
    fn at_night_there_is_no_round() {
        let mut client = Client::default();
        assert_eq!((step(&mut client, None), client.done.len()), (None, 0));
    }
}
