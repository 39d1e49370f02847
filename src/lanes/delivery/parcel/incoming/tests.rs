use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chakong_contract::Date;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::super::super::super::lane::world::{World, bank};
use super::*;
use crate::lines::leaving::MayLeave;
use crate::lines::parcel::Depot;
use crate::store::LaneCounts;

/// A file, and what is wrong with it now.
#[derive(Debug, Clone, Default)]
struct Lying {
    unreadable: Option<Fault>,
    immovable: Option<Fault>,
}

/// An incoming folder in memory, with what was done to it.
#[derive(Debug, Default)]
struct Folder {
    files: Mutex<BTreeMap<String, Lying>>,
    done: Mutex<Vec<String>>,
    unnamed: AtomicUsize,
}

impl Folder {
    fn of(files: &[(&str, Lying)]) -> Arc<Self> {
        let files = files.iter().map(|(name, lying)| ((*name).to_owned(), lying.clone())).collect();
        Arc::new(Self { files: Mutex::new(files), ..Self::default() })
    }

    fn note(&self, what: &str, name: &str) -> Lying {
        self.done.lock().expect("notes").push(format!("{what} {name}"));
        self.files.lock().expect("files").get(name).cloned().unwrap_or_default()
    }

    /// What was done since this was asked last.
    fn done(&self) -> Vec<String> {
        std::mem::take(&mut *self.done.lock().expect("notes"))
    }

    fn mend(&self, name: &str) {
        self.files.lock().expect("files").insert(name.to_owned(), Lying::default());
    }
}

impl Depot for Folder {
    fn prepare(&self) -> BoxFuture<'_, Result<(), Fault>> {
        async { Ok(()) }.boxed()
    }

    fn hand_over<'a>(&'a self, _: &'a [Message], _: &'a MayLeave) -> BoxFuture<'a, Result<(), Fault>> {
        async { Ok(()) }.boxed()
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Listed>, Fault>> {
        let files = self.files.lock().expect("files");
        let listed = files.keys().map(|name| Listed { name: name.clone(), size: 5, changed: 1 }).collect();
        async { Ok(listed) }.boxed()
    }

    fn unnamed(&self) -> usize {
        self.unnamed.load(Ordering::Relaxed)
    }

    fn fetch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Fault>> {
        let lying = self.note("fetch", name);
        async { lying.unreadable.map_or(Ok(b"bytes".to_vec()), Err) }.boxed()
    }

    fn put_away<'a>(&'a self, file: &'a Listed, _: Date) -> BoxFuture<'a, Result<(), Fault>> {
        let lying = self.note("put away", &file.name);
        if lying.immovable.is_none() {
            self.files.lock().expect("files").remove(&file.name);
        }
        async { lying.immovable.map_or(Ok(()), Err) }.boxed()
    }

    fn tidy(&self, _: Date) -> BoxFuture<'_, Result<usize, Fault>> {
        async { Ok(0) }.boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Fault>> {
        async { Ok(()) }.boxed()
    }
}

fn fault(kind: FaultKind, detail: &str) -> Option<Fault> {
    Some(Fault::new(kind, "use a file", detail))
}

/// Lets `time` pass and looks once; no timer may run meanwhile, so that a wait would show.
async fn look(world: &World, folder: &Arc<Folder>, arrivals: &mut Arrivals, time: Duration) {
    world.clock.pass(time);
    let lane = world.lane.shared();
    let config = lane.config.line.parcel().expect("a parcel line").clone();
    let delivery = ParcelDelivery { depot: Arc::<Folder>::clone(folder), config };
    let before = tokio::time::Instant::now();
    let looked = delivery.take_in_arrived(lane, arrivals).await;
    assert_eq!(looked, Ok(()));
    assert_eq!(before.elapsed(), Duration::ZERO, "no file waits for another");
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_read_delays_no_other_and_is_shown_until_it_can_be() {
    let world = World::open("bank-7", &bank("")).await;
    let denied = Lying { unreadable: fault(FaultKind::Misconfigured, "permission denied"), immovable: None };
    let folder = Folder::of(&[("a", denied.clone()), ("b", denied), ("c", Lying::default())]);
    let mut arrivals = Arrivals::default();
    look(&world, &folder, &mut arrivals, Duration::ZERO).await;
    assert_eq!(folder.done(), [""; 0], "nothing has come to rest yet");
    look(&world, &folder, &mut arrivals, HOUR).await;
    assert_eq!(folder.done(), ["fetch a", "fetch b", "fetch c", "put away c"]);
    let view = world.lane.shared().handle.view(LaneCounts::default());
    assert_eq!(view.files_stuck, 2);
    let words = view.files_stuck_fault.unwrap_or_default();
    assert!(words.contains("permission denied"), "{words}");
    // Each of the two, and the one that is no feedback of a bank.
    assert_eq!(view.problems, 3);
    look(&world, &folder, &mut arrivals, Duration::from_secs(1)).await;
    assert_eq!(folder.done(), [""; 0], "they are left alone for a while");
    look(&world, &folder, &mut arrivals, Duration::from_secs(60)).await;
    assert_eq!(folder.done(), ["fetch a", "fetch b"]);
    assert_eq!(world.lane.shared().handle.view(LaneCounts::default()).problems, 3, "told once an hour");
    folder.mend("a");
    folder.mend("b");
    look(&world, &folder, &mut arrivals, Duration::from_secs(61)).await;
    let view = world.lane.shared().handle.view(LaneCounts::default());
    assert_eq!((view.files_stuck, view.files_stuck_fault), (0, None));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_put_away_is_read_and_kept_once() {
    let world = World::open("bank-8", &bank("")).await;
    let stays = Lying { unreadable: None, immovable: fault(FaultKind::Transient, "the folder is read-only") };
    let folder = Folder::of(&[("a", stays)]);
    let mut arrivals = Arrivals::default();
    look(&world, &folder, &mut arrivals, Duration::ZERO).await;
    look(&world, &folder, &mut arrivals, HOUR).await;
    assert_eq!(folder.done(), ["fetch a", "put away a"]);
    look(&world, &folder, &mut arrivals, HOUR).await;
    assert_eq!(folder.done(), ["put away a"]);
    assert_eq!(world.lane.shared().handle.view(LaneCounts::default()).files_stuck, 1);
    folder.mend("a");
    look(&world, &folder, &mut arrivals, HOUR).await;
    assert_eq!(folder.done(), ["put away a"]);
    assert_eq!(world.lane.shared().handle.view(LaneCounts::default()).files_stuck, 0);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_too_large_is_put_away_unread_only_where_there_is_an_archive() {
    let large = Lying { unreadable: fault(FaultKind::Malformed, "too large"), immovable: None };
    for (more, expected, stuck) in
        [("", &["fetch a"][..], 1), ("archive = \"old\"", &["fetch a", "put away a"], 0)]
    {
        let world = World::open("bank-9", &bank(more)).await;
        let folder = Folder::of(&[("a", large.clone())]);
        let mut arrivals = Arrivals::default();
        look(&world, &folder, &mut arrivals, Duration::ZERO).await;
        look(&world, &folder, &mut arrivals, HOUR).await;
        assert_eq!(folder.done(), expected);
        let view = world.lane.shared().handle.view(LaneCounts::default());
        assert_eq!((view.files_stuck, view.problems), (stuck, 1), "{more:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn files_whose_names_cannot_be_used_are_told_and_keep_no_other() {
    let world = World::open("bank-7", &bank("")).await;
    let folder = Folder::of(&[("a", Lying::default())]);
    folder.unnamed.store(2, Ordering::Relaxed);
    let mut arrivals = Arrivals::default();
    let view = || world.lane.shared().handle.view(LaneCounts::default());
    look(&world, &folder, &mut arrivals, Duration::ZERO).await;
    assert_eq!((view().files_stuck, view().problems), (2, 1));
    assert!(view().files_stuck_fault.unwrap_or_default().contains("2 files"));
    look(&world, &folder, &mut arrivals, HOUR).await;
    assert_eq!(folder.done(), ["fetch a", "put away a"]);
    let told = view().problems;
    look(&world, &folder, &mut arrivals, Duration::from_secs(60)).await;
    assert_eq!(view().problems, told, "once an hour");
    folder.unnamed.store(0, Ordering::Relaxed);
    look(&world, &folder, &mut arrivals, HOUR).await;
    assert_eq!((view().files_stuck, view().files_stuck_fault), (0, None));
}
