//! An engine on a store under test, by a clock that a test sets.

use std::sync::{Arc, Mutex};

use chakong::clock::Clock;
use chakong::domain::abilities::Rules;
use chakong::engine::{CurrentRules, Engine};
use chakong::store::Store;
use jiff::{SignedDuration, Timestamp};

/// A clock that stands until it is set.
#[derive(Debug)]
pub struct SetClock(Mutex<Timestamp>);

impl SetClock {
    pub fn at(now: Timestamp) -> Arc<Self> {
        Arc::new(Self(Mutex::new(now)))
    }

    /// Sets it forward, or back.
    pub fn set_by(&self, difference: SignedDuration) {
        let mut now = self.0.lock().expect("nobody panicked");
        *now = now.checked_add(difference).expect("an instant");
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panicked")
    }
}

#[derive(Debug)]
struct NoRules;

impl CurrentRules for NoRules {
    fn rules(&self) -> Arc<Rules> {
        Arc::default()
    }
}

/// So many days.
pub fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

pub fn engine(store: &Arc<dyn Store>, clock: &Arc<SetClock>) -> Engine {
    Engine::new(Arc::clone(store), Arc::<SetClock>::clone(clock), Arc::new(NoRules))
}
