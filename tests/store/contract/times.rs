//! Times of events, where the clocks of those who write them differ.

use chakong::domain::{Change, EventDraft, EventType};
use chakong::queue::{EventLog, Position, Wanted};
use chakong::store::MOST_APART;

use crate::samples::{a_case, at, event, keep};
use crate::worlds::World;

/// Three processes write in turn, each as far from the others as a clock may be at most.
pub async fn reading_from_a_time_on_finds_every_event_of_it_whatever_clock_it_was_written_by(
    world: impl World,
) {
    const COUNT: i64 = 300;
    let store = world.store();
    let inquiry = a_case(&store, 1).await.inquiry().id;
    let most = MOST_APART.as_secs();
    let time = |nth: i64| at(nth + [0, -most, most][usize::try_from(nth % 3).expect("one of three")]);
    for nth in 0..COUNT {
        let draft = EventDraft { at: time(nth), ..event(inquiry, EventType::OrderFailed) };
        keep(&store, vec![Change::NewEvent(draft)]).await;
    }
    let log = EventLog::new(store, "test");
    for nth in (0..COUNT).step_by(7) {
        let since = Position::Since(time(nth));
        let page = log.page(&since, &Wanted::default(), usize::MAX >> 1).await.expect("a page");
        let found: Vec<_> = page.events.iter().map(|event| event.time).collect();
        let wanted = (0..COUNT).filter(|other| time(*other) >= time(nth)).count();
        let there = found.iter().filter(|at| **at >= time(nth)).count();
        assert_eq!(there, wanted, "from {} on", time(nth));
        let oldest = found.iter().min().expect("an event");
        assert!(*oldest >= at(nth - 60 - 4 * most), "hardly more than the minute before: {oldest}");
    }
}
