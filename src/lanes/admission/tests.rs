use super::*;
use crate::lanes::lane::world::{Standing, World, bank};

/// The limits of a bank, with a breaker that two failures open.
async fn limits() -> (World, Admission) {
    let file = format!("{}[breaker]\nfailures = 2\nopen = \"10s\"\n", bank(""));
    let world = World::open("bank-5", &file).await;
    let clock: Arc<dyn Clock> = Arc::<Standing>::clone(&world.clock);
    let admission = Admission::new(Arc::clone(&world.lane.shared().config), clock, QuotaUsed::default());
    (world, admission)
}

fn fault(kind: FaultKind, seconds: Option<u64>) -> Fault {
    let after = seconds.map(|seconds| RetryAfter::Delay(Duration::from_secs(seconds)));
    Fault::new(kind, "ask", "invented").retry_after(after)
}

#[tokio::test]
async fn queries_wait_for_as_long_as_the_counterpart_asks_and_controls_do_not() {
    let (world, admission) = limits().await;
    let until = world.clock.now().checked_add(Duration::from_secs(45)).ok();
    for (kind, gate) in [
        (FaultKind::RateLimited, Gate::HoldOff),
        (FaultKind::Transient, Gate::HoldOff),
        (FaultKind::QuotaSpent, Gate::Spent),
    ] {
        admission.failed(&fault(kind, Some(45)));
        assert_eq!(admission.admit(false, "").map(drop), Err(Blocked { gate, until }), "{kind:?}");
        assert!(admission.admit(true, "").is_ok(), "{kind:?}");
        // What a counterpart answers meanwhile does not take back what it asked for.
        admission.succeeded();
        assert!(admission.admit(false, "").is_err(), "{kind:?}");
        if kind == FaultKind::Transient {
            admission.lift_hold_off();
            assert!(admission.admit(false, "").is_ok(), "a person lifted it");
        }
    }
    world.clock.pass(Duration::from_secs(45));
    assert!(admission.admit(false, "").is_ok());
}

#[tokio::test]
async fn being_put_off_counts_neither_for_nor_against_the_breaker() {
    let (_world, admission) = limits().await;
    let (down, busy) = (fault(FaultKind::Transient, None), fault(FaultKind::RateLimited, None));
    admission.failed(&down);
    for put_off in [&busy, &fault(FaultKind::Transient, Some(3)), &busy, &busy] {
        admission.failed(put_off);
        assert_eq!(admission.breaker(), BreakerState::Closed);
    }
    admission.failed(&down);
    assert_eq!(admission.breaker(), BreakerState::Open, "the failure before still counts");
}

#[tokio::test]
async fn a_probe_that_is_put_off_is_made_again_when_the_time_has_come() {
    let (world, admission) = limits().await;
    let down = fault(FaultKind::Transient, None);
    admission.failed(&down);
    admission.failed(&down);
    world.clock.pass(Duration::from_secs(10));
    let probe = admission.admit(false, "").expect("the probe");
    admission.failed(&fault(FaultKind::RateLimited, Some(5)));
    drop(probe);
    world.clock.pass(Duration::from_secs(5));
    assert!(
        admission.admit(false, "").is_ok(),
        "the probe again, and not only after the breaker's longest time"
    );
}

#[tokio::test(start_paused = true)]
async fn a_conversation_ends_rather_than_wait_long_for_a_counterpart_that_asks_for_time() {
    let (_world, admission) = limits().await;
    admission.failed(&fault(FaultKind::RateLimited, Some(300)));
    let ended = admission.pass(false, "").await.expect_err("it ends");
    assert_eq!(ended.kind, FaultKind::RateLimited);
    assert!(ended.retry_after.is_some());
    assert_eq!(admission.pass(true, "").await, Ok(()), "one about controls goes on");
}

#[tokio::test]
async fn the_rate_is_counted_by_the_clock_that_is_given() {
    let file = format!("{}[limits]\nper_second = 0.5\nburst = 2\n", bank(""));
    let world = World::open("bank-6", &file).await;
    let clock: Arc<dyn Clock> = Arc::<Standing>::clone(&world.clock);
    let admission = Admission::new(Arc::clone(&world.lane.shared().config), clock, QuotaUsed::default());
    let all_at_once = [0; 4].map(|_| admission.admit(false, "").map(drop));
    let until = world.clock.now().checked_add(Duration::from_secs(2)).ok();
    let blocked = Err(Blocked { gate: Gate::Rate, until });
    assert_eq!(all_at_once, [Ok(()), Ok(()), blocked, blocked]);
    world.clock.pass(Duration::from_millis(1999));
    assert!(admission.admit(false, "").is_err(), "not yet, however long the test took");
    world.clock.pass(Duration::from_millis(1));
    assert!(admission.admit(false, "").is_ok() && admission.admit(false, "").is_err());
}

#[tokio::test]
async fn looks_that_a_person_asks_for_are_requests_like_any_other() {
    let limits =
        "[limits]\nper_second = 0.5\nburst = 2\nconcurrency = 1\nper_day = 3\n[breaker]\nfailures = 1\n";
    let file = format!("{}{limits}", bank(""));
    let world = World::open("bank-7", &file).await;
    let clock: Arc<dyn Clock> = Arc::<Standing>::clone(&world.clock);
    let admission = Admission::new(Arc::clone(&world.lane.shared().config), clock, QuotaUsed::default());
    admission.failed(&fault(FaultKind::Transient, None));
    assert!(admission.admit(false, "").is_err(), "the breaker is open");
    let refused = |looked: Result<OwnedSemaphorePermit, Fault>| looked.expect_err("a limit").detail;
    let under_way = admission.admit_look().expect("a person may look");
    assert!(refused(admission.admit_look()).contains("concurrency"));
    drop(under_way);
    assert!(admission.admit_look().is_ok());
    assert!(refused(admission.admit_look()).contains("per_second"));
    world.clock.pass(Duration::from_secs(2));
    assert!(admission.admit_look().is_ok());
    assert!(refused(admission.admit_look()).contains("per_day"));
    assert_eq!(admission.quota_left(), Some(0));
}

/// Conversations of several requests go on at the same moment, each on a thread of its own.
#[tokio::test]
async fn conversations_that_go_on_at_once_never_spend_more_than_the_quota() {
    const PER_DAY: u64 = 500;
    let file = format!("{}[limits]\nper_day = {PER_DAY}\n", bank(""));
    let world = World::open("bank-8", &file).await;
    for _ in 0..20 {
        let clock: Arc<dyn Clock> = Arc::<Standing>::clone(&world.clock);
        let admission = Admission::new(Arc::clone(&world.lane.shared().config), clock, QuotaUsed::default());
        let goes_on = || {
            let passes =
                || futures_util::FutureExt::now_or_never(admission.pass(false, "9910")).expect("no wait");
            (0..PER_DAY).filter(|_| passes().is_ok()).count()
        };
        let passed: usize = std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(goes_on)).collect();
            all.into_iter().map(|one| one.join().expect("a thread")).sum()
        });
        assert_eq!(passed as u64, PER_DAY);
    }
}

#[tokio::test]
async fn what_is_kept_back_counts_as_under_way_until_it_is_given_back() {
    let (_world, admission) = limits().await;
    assert!(admission.keep_back(0).is_none());
    let kept_back = admission.keep_back(3).expect("three of four");
    assert_eq!(admission.in_flight(), 3);
    let own = admission.admit(false, "").expect("one is left");
    let blocked = Blocked { gate: Gate::Concurrency, until: None };
    assert_eq!(admission.admit(false, "").map(drop), Err(blocked));
    assert!(admission.keep_back(1).is_none(), "none is left");
    drop(kept_back);
    let all = admission.keep_back(9);
    assert_eq!(admission.in_flight(), 4, "as many as there are");
    drop((own, all));
    assert_eq!(admission.in_flight(), 0);
}
