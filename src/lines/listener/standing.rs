use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::config::ListenerConfig;

/// Bytes that must move within a time limit for the peer not to count as one that waits.
const WINDOW: u64 = 16 << 10;

/// Milliseconds after which a connection is no newcomer any more.
const FRESH: u64 = 1000;

/// Requests that may come in one go before the connection gives way to others.
const MOST_IN_ONE_GO: u64 = 4;

/// Who gives way to others, first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Yields {
    /// Nobody knows who it is, and it lets us wait.
    Stranger,
    /// It sent many requests in one go, whoever it is.
    Greedy,
    /// Somebody who is known, between two requests.
    KnownAtRest,
    /// It came a moment ago.
    Newcomer,
    /// Somebody who is known, and lets us wait.
    Known,
    /// A stranger who is answered.
    AtWork,
}

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Stage {
    /// A head is expected: the first one, or one that has begun.
    Head,
    /// Nothing was asked since the last answer.
    Idle,
    /// More of a body is expected.
    Body,
    /// The request is worked on, or its answer leaves.
    Work,
    /// The answer is kept back, because the password was wrong.
    Slowed,
}

/// How a connection stands: where it comes from, whether its peer is known, and what it waits for since when.
#[derive(Debug)]
pub struct Standing {
    peer: IpAddr,
    base: Instant,
    known: AtomicBool,
    over: CancellationToken,
    stage: AtomicU8,
    /// When the stage began, or when the last window of bytes began to move; milliseconds after `base`.
    since: AtomicU64,
    moved: AtomicU64,
    /// When the body of this request began to be waited for, and one more; 0 for not yet.
    body_since: AtomicU64,
    /// When the peer ceased to take what is written, and one more; 0 while it takes it.
    blocked_since: AtomicU64,
    written: AtomicU64,
    answered: AtomicBool,
    /// Requests that came in one go.
    in_one_go: AtomicU64,
}

impl Standing {
    /// A connection that was just opened.
    pub fn new(peer: IpAddr) -> Self {
        Self {
            peer,
            base: Instant::now(),
            known: AtomicBool::new(false),
            over: CancellationToken::new(),
            stage: AtomicU8::new(Stage::Head as u8),
            since: AtomicU64::new(0),
            moved: AtomicU64::new(0),
            body_since: AtomicU64::new(0),
            blocked_since: AtomicU64::new(0),
            written: AtomicU64::new(0),
            answered: AtomicBool::new(false),
            in_one_go: AtomicU64::new(0),
        }
    }

    /// The address it comes from.
    pub const fn peer(&self) -> IpAddr {
        self.peer
    }

    /// The peer proved who it is.
    pub fn is_known(&self) {
        self.known.store(true, Ordering::Relaxed);
    }

    /// The answer is kept back from now on, until the request was answered.
    pub fn slows_down(&self) {
        self.enter(Stage::Slowed);
    }

    /// Ends it.
    pub fn end(&self) {
        self.over.cancel();
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    pub(super) async fn ended(&self) {
        self.over.cancelled().await;
    }

    fn now(&self) -> u64 {
        u64::try_from(self.base.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn stage(&self) -> Stage {
        let stages = [Stage::Head, Stage::Idle, Stage::Body, Stage::Work, Stage::Slowed];
        let now = self.stage.load(Ordering::Relaxed);
        stages.into_iter().find(|stage| *stage as u8 == now).unwrap_or(Stage::Work)
    }

    fn enter(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Relaxed);
        self.since.store(self.now(), Ordering::Relaxed);
        self.moved.store(0, Ordering::Relaxed);
    }

    /// A request came and is worked on.
    pub(super) fn works(&self) {
        self.body_since.store(0, Ordering::Relaxed);
        self.answered.store(false, Ordering::Relaxed);
        self.in_one_go.fetch_add(1, Ordering::Relaxed);
        self.enter(Stage::Work);
    }

    /// More of the body is waited for.
    pub(super) fn waits_for_body(&self) {
        if self.stage() == Stage::Work {
            self.enter(Stage::Body);
        }
        if self.body_since.load(Ordering::Relaxed) == 0 {
            self.body_since.store(self.now().saturating_add(1), Ordering::Relaxed);
        }
    }

    /// The body is there, or nobody wants the rest of it.
    pub(super) fn has_body(&self) {
        self.body_since.store(0, Ordering::Relaxed);
        if self.stage() == Stage::Body {
            self.enter(Stage::Work);
        }
    }

    /// The whole answer was handed to the connection.
    pub(super) fn has_answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Bytes came.
    pub(super) fn heard(&self, bytes: usize) {
        match self.stage() {
            Stage::Idle => {
                self.in_one_go.store(0, Ordering::Relaxed);
                self.enter(Stage::Head);
            }
            Stage::Body => {
                let moved =
                    self.moved.fetch_add(bytes as u64, Ordering::Relaxed).saturating_add(bytes as u64);
                if moved >= WINDOW {
                    self.enter(Stage::Body);
                }
            }
            Stage::Head | Stage::Work | Stage::Slowed => {}
        }
    }

    /// The peer takes no more for now.
    pub(super) fn is_blocked(&self) {
        if self.blocked_since.load(Ordering::Relaxed) == 0 {
            self.written.store(0, Ordering::Relaxed);
            self.blocked_since.store(self.now().saturating_add(1), Ordering::Relaxed);
        }
    }

    /// The peer took bytes.
    pub(super) fn wrote(&self, bytes: usize) {
        if self.blocked_since.load(Ordering::Relaxed) != 0 {
            let written =
                self.written.fetch_add(bytes as u64, Ordering::Relaxed).saturating_add(bytes as u64);
            if written >= WINDOW {
                self.written.store(0, Ordering::Relaxed);
                self.blocked_since.store(self.now().saturating_add(1), Ordering::Relaxed);
            }
        }
    }

    /// Everything that was to be written was taken.
    pub(super) fn is_flushed(&self) {
        self.blocked_since.store(0, Ordering::Relaxed);
        if self.answered.swap(false, Ordering::Relaxed) {
            self.enter(Stage::Idle);
        }
    }

    /// Since when it waits for its peer, if it does.
    fn waits_since(&self) -> Option<u64> {
        match self.blocked_since.load(Ordering::Relaxed) {
            0 if self.stage() == Stage::Work => None,
            0 => Some(self.since.load(Ordering::Relaxed)),
            blocked => Some(blocked.saturating_sub(1)),
        }
    }

    /// What goes first when there are too many: a smaller value before a larger one. `None` for one that works for somebody known.
    pub(super) fn rank(&self) -> Option<(Yields, Instant)> {
        let known = self.known.load(Ordering::Relaxed);
        let waits = self.waits_since();
        let since = waits.unwrap_or_else(|| self.since.load(Ordering::Relaxed));
        let is_greedy = self.in_one_go.load(Ordering::Relaxed) > MOST_IN_ONE_GO;
        let yields = match (known, waits) {
            _ if is_greedy => Yields::Greedy,
            (true, None) => return None,
            (true, Some(_)) if self.stage() == Stage::Idle => Yields::KnownAtRest,
            (true, Some(_)) => Yields::Known,
            (false, None) => Yields::AtWork,
            // Who has only just come has not had the time to say who it is.
            (false, Some(_)) if self.now() < FRESH => Yields::Newcomer,
            (false, Some(_)) => Yields::Stranger,
        };
        Some((yields, self.base + std::time::Duration::from_millis(since)))
    }

    /// Whether it waits longer than it may.
    pub(super) fn is_overdue(&self, config: &ListenerConfig) -> bool {
        let past = |since: u64, most: std::time::Duration| {
            u128::from(self.now().saturating_sub(since)) > most.as_millis()
        };
        let (blocked, body) =
            (self.blocked_since.load(Ordering::Relaxed), self.body_since.load(Ordering::Relaxed));
        if blocked != 0 && past(blocked - 1, config.write_timeout) {
            return true;
        }
        let since = self.since.load(Ordering::Relaxed);
        match self.stage() {
            Stage::Head => past(since, config.head_timeout),
            Stage::Idle => past(since, config.idle_timeout),
            Stage::Body => {
                past(since, config.head_timeout) || body != 0 && past(body - 1, config.body_timeout)
            }
            Stage::Work | Stage::Slowed => false,
        }
    }

    /// Whether nobody known is served by it now.
    pub(super) fn is_waiting_stranger(&self) -> bool {
        !self.known.load(Ordering::Relaxed) && self.waits_since().is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use super::*;

    fn standing() -> Standing {
        Standing::new(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    async fn pass(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    fn config() -> ListenerConfig {
        ListenerConfig {
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(100),
            write_timeout: Duration::from_secs(20),
            ..ListenerConfig::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_wait_has_an_end_and_work_has_none() {
        let (config, one) = (config(), standing());
        pass(9).await;
        one.heard(5);
        assert!(!one.is_overdue(&config));
        pass(2).await;
        assert!(one.is_overdue(&config), "half a head, however it trickles");
        one.works();
        pass(1000).await;
        assert!(!one.is_overdue(&config));
        one.has_answered();
        one.is_flushed();
        pass(59).await;
        assert!(!one.is_overdue(&config), "between requests");
        pass(2).await;
        assert!(one.is_overdue(&config));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_must_move_and_must_end() {
        let (config, one) = (config(), standing());
        one.works();
        one.waits_for_body();
        for _ in 0..11 {
            pass(9).await;
            assert!(!one.is_overdue(&config));
            one.heard(16 << 10);
        }
        pass(2).await;
        assert!(one.is_overdue(&config), "it takes too long in all");
        let one = standing();
        one.works();
        one.waits_for_body();
        for _ in 0..11 {
            pass(1).await;
            one.heard(1);
        }
        assert!(one.is_overdue(&config), "a trickle is no progress");
        one.has_body();
        assert!(!one.is_overdue(&config));
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_let_go_though_more_is_asked() {
        let (config, one) = (config(), standing());
        one.works();
        one.is_blocked();
        pass(15).await;
        one.wrote(100);
        one.works();
        one.is_blocked();
        pass(6).await;
        assert!(one.is_overdue(&config));
        one.is_flushed();
        assert!(!one.is_overdue(&config));
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_go_before_those_who_are_known_and_older_waits_before_newer() {
        let (first, second, known, newcomer) = (standing(), standing(), standing(), standing());
        known.is_known();
        known.works();
        assert_eq!(known.rank(), None, "it is worked for");
        known.has_answered();
        known.is_flushed();
        pass(1).await;
        second.works();
        second.waits_for_body();
        let newcomer = Standing { base: Instant::now(), ..newcomer };
        let greedy = standing();
        greedy.is_known();
        (0..9).for_each(|_| greedy.works());
        assert!(second.rank() < greedy.rank() && greedy.rank() < known.rank());
        let mut all = [&newcomer, &known, &second, &first].map(Standing::rank);
        all.sort_unstable();
        assert_eq!(all, [first.rank(), second.rank(), known.rank(), newcomer.rank()]);
        assert!(first.is_waiting_stranger() && !known.is_waiting_stranger());
    }
}
