use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chakong_contract::Date;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::super::super::super::lane::world::{World, bank};
use super::*;
use crate::config::ParcelConfig;
use crate::lanes::delivery::Delivery as _;
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

fn config_of(world: &World) -> ParcelConfig {
    world.lane.shared().config.line.parcel().expect("a parcel line").clone()
}

/// Lets `time` pass and looks once; no timer may run meanwhile, so that a wait would show.
async fn look(world: &World, folder: &Arc<Folder>, arrivals: &mut Arrivals, time: Duration) {
    world.clock.pass(time);
    let lane = world.lane.shared();
    let delivery = ParcelDelivery::over(Arc::<Folder>::clone(folder), &config_of(world));
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
async fn a_file_that_is_listed_as_too_large_is_not_fetched() {
    let world = World::open("bank-9", &bank("")).await;
    let folder = Folder::of(&[("a", Lying::default())]);
    // Every file of the folder has five bytes.
    let config = ParcelConfig { largest_file: 4, ..config_of(&world) };
    let delivery = ParcelDelivery::over(Arc::<Folder>::clone(&folder), &config);
    let mut arrivals = Arrivals::default();
    for _ in 0..5 {
        world.clock.pass(HOUR);
        delivery.take_in_arrived(world.lane.shared(), &mut arrivals).await.expect("the folder can be read");
    }
    assert_eq!(folder.done(), [""; 0]);
    let view = world.lane.shared().handle.view(LaneCounts::default());
    assert_eq!(view.files_stuck, 1);
    assert!(view.files_stuck_fault.unwrap_or_default().contains("more than the 4 bytes"));
}

/// A package about one request, which is answered where it cannot be read.
const BROKEN: &str = "KZFKE999H11000000000420260105090000000000000000000100000000A220260105990101200001.zip";
/// Longest that anything may take here.
const PATIENCE: Duration = Duration::from_secs(60);

fn names_in(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// Polls until something holds.
async fn poll_until(delivery: &ParcelDelivery, lane: &LaneContext, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = delivery.poll(lane) => panic!("the lane was not stopped"),
        waited = tokio::time::timeout(PATIENCE, waiting) => waited.expect("it does not come to that"),
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_sent_back_keeps_nothing_from_being_read() {
    let world = World::open("bank-7", &bank("")).await;
    let lane = world.lane.shared();
    let (half_file, poll) = (Duration::ZERO, Duration::from_millis(5));
    let config = ParcelConfig { half_file, poll, ..config_of(&world) };
    std::fs::remove_dir(&config.outgoing).expect("the folder");
    std::fs::write(&config.outgoing, "no folder").expect("a file in its place");
    for name in [BROKEN, "z"] {
        std::fs::write(config.incoming.join(name), "broken").expect("a file");
    }
    poll_until(&ParcelDelivery::new(&config), lane, || names_in(&config.incoming).is_empty()).await;
    let unsent = async || lane.context.store.read(|reads| reads.unsent("bank-7")).await.expect("read").len();
    assert_eq!(unsent().await, 1);
    // The same at a start.
    std::fs::write(config.incoming.join("later"), "broken").expect("a file");
    let successor = ParcelDelivery::new(&config);
    tokio::time::timeout(PATIENCE, successor.recover(lane)).await.expect("the start waits for nothing");
    poll_until(&successor, lane, || names_in(&config.incoming).is_empty()).await;
    std::fs::remove_file(&config.outgoing).expect("the file");
    std::fs::create_dir(&config.outgoing).expect("the folder");
    poll_until(&successor, lane, || !names_in(&config.outgoing).is_empty()).await;
    poll_until(&successor, lane, || !successor.answers_wait.load(Ordering::Relaxed)).await;
    assert_eq!(unsent().await, 0, "it is sent once it can be");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_forward_and_back_deletes_nothing_of_the_archive() {
    const MINUTE: Duration = Duration::from_secs(60);
    let world = World::open("bank-7", &bank("archive = \"old\"")).await;
    let (lane, config) = (world.lane.shared(), config_of(&world));
    let delivery = ParcelDelivery::new(&config);
    let archive = config.archive.clone().expect("an archive");
    let days = ["20260301", "20250101"].map(|day| archive.join(day));
    for day in &days {
        std::fs::create_dir_all(day).expect("a folder");
        std::fs::write(day.join("a.zip"), "a package").expect("a file");
    }
    let there = || days.each_ref().map(|day| day.exists());
    let mut tidying = Tidying::default();
    let run = async |tidying: &mut Tidying, minutes: u32| {
        for _ in 0..minutes {
            delivery.tidy(lane, tidying).await;
            world.clock.pass(MINUTE);
            tokio::time::advance(MINUTE).await;
        }
    };
    run(&mut tidying, 50).await;
    world.clock.pass(config.keep + 24 * HOUR);
    run(&mut tidying, 50).await;
    world.clock.is_set_back(config.keep + 24 * HOUR);
    run(&mut tidying, 50).await;
    assert_eq!(there(), [true, true], "the clock was set");
    run(&mut tidying, 70).await;
    assert_eq!(there(), [true, false], "it has gone on steadily");
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
