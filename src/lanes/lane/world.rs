//! A lane on a store of its own, with a clock that stands until it is set.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use super::super::context::Context;
use super::Lane;
use crate::clock::Clock;
use crate::config::{Problems, read_counterpart};
use crate::counterparts::Counterparts;
use crate::engine::{CurrentRules, Engine};
use crate::lifecycle::Tasks;
use crate::store::sqlite::Sqlite;

/// A clock that stands.
#[derive(Debug)]
pub(in crate::lanes) struct Standing(Mutex<Timestamp>);

impl Default for Standing {
    fn default() -> Self {
        Self(Mutex::new("2026-03-02T02:00:00Z".parse().expect("a time")))
    }
}

impl Standing {
    pub(in crate::lanes) fn pass(&self, time: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.checked_add(time).expect("a time");
    }
}

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lane and what it works on.
pub(in crate::lanes) struct World {
    pub(in crate::lanes) lane: Arc<Lane>,
    pub(in crate::lanes) clock: Arc<Standing>,
    _folder: TempDir,
}

/// A bank on a parcel line in folders of a folder of the world, with `more` in its `[line]`.
pub(in crate::lanes) fn bank(more: &str) -> String {
    format!(
        "connector = \"court-bank\"\n[line]\nkind = \"parcel\"\noutgoing = \"out\"\nincoming = \"in\"\n{more}\n\
         [settings]\nbank_code = \"E999H110000000004\"\n"
    )
}

impl World {
    /// The lane of the counterpart `name` that a file describes.
    pub(in crate::lanes) async fn open(name: &str, file: &str) -> Self {
        Self::open_beside(name, file, &[]).await
    }

    /// The same beside other counterparts, which have no lanes.
    pub(in crate::lanes) async fn open_beside(name: &str, file: &str, others: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut problems = Problems::default();
        let files = others.iter().copied().chain([(name, file)]);
        let read = |(name, file): (&str, &str)| {
            let path = folder.path().join(format!("{name}.toml"));
            read_counterpart(&path, file, &crate::app::plugins(), &mut problems)
        };
        let configs: Vec<_> = files.filter_map(read).collect();
        assert!(problems.is_empty(), "{problems}");
        let clock = Arc::new(Standing::default());
        let (store, _) = Sqlite::open(&folder.path().join("store")).expect("a store");
        let counterparts = Arc::new(Counterparts::new(configs));
        let rules: Arc<dyn CurrentRules> = Arc::<Counterparts>::clone(&counterparts);
        let dynamic: Arc<dyn Clock> = Arc::<Standing>::clone(&clock);
        let context = Context {
            marks: Arc::default(),
            engine: Engine::new(Arc::clone(&store), Arc::clone(&dynamic), rules),
            store,
            clock: dynamic,
            registry: Arc::default(),
            terms: Arc::default(),
            counterparts: Arc::clone(&counterparts),
            tasks: Tasks::default(),
        };
        let config = counterparts.now().get(name).cloned().expect("the counterpart");
        let lane = Lane::open(config, context, crate::app::delivery_of).await.expect("a lane");
        Self { lane, clock, _folder: folder }
    }
}
