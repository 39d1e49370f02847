//! The deterministic simulation: from one seed a whole world without input or output, and what must be so in it.
//!
//! `SIM_SEED=<n>` plays one seed and tells its story; `SIM_BYTES=<file>` plays a world that the bytes of a file choose;
//! `SIM_SEEDS=<count>` says how many new seeds are played beside the fixed ones.

#![allow(clippy::print_stderr, reason = "a seed that fails tells its story")]

mod accounts;
mod banks;
mod case;
mod chance;
mod crashes;
mod entering;
mod estates;
mod gates;
mod lanes;
mod leaving;
mod making;
mod oracle;
mod people;
mod steps;
mod submitting;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use chance::Chance;
use world::World;

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Seeds that are played every time.
const FIXED: std::ops::Range<u64> = 0..300;
/// Seeds beyond these that found a defect, in these worlds or in the narrower ones before them.
const FOUND: [u64; 30] = [
    420,
    571,
    663,
    757,
    1022,
    1104,
    1303,
    5232,
    5243,
    21_232_733,
    475_094_330,
    707_562_297,
    742_950_332,
    760_110_069,
    801_280_446,
    843_547_849,
    847_292_325,
    955_879_756,
    1_007_211_633,
    1_007_212_444,
    1_193_394_112,
    1_363_081_473,
    1_635_502_422,
    1_703_358_688,
    1_881_467_819,
    2_357_589_630,
    3_129_984_964,
    3_517_231_132,
    3_730_469_172,
    3_959_961_906,
];
/// How many new ones are played beside them.
const NEW: u64 = 5;

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// Plays a world and tells its story, to its end or to where something is not as it must be.
fn tell(mut world: World) {
    let played = catch_unwind(AssertUnwindSafe(|| world.play()));
    world.story.iter().for_each(|line| eprintln!("{line}"));
    if let Err(panic) = played {
        resume_unwind(panic);
    }
}

/// Plays a seed; where something is not as it must be, says how to play it again. Gives the world as it ended.
fn play(seed: u64) -> World {
    let mut world = World::of(seed, false);
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| world.play())) {
        eprintln!(
            "seed {seed} fails; play it again: SIM_SEED={seed} cargo test --test sim seeds -- --nocapture"
        );
        resume_unwind(panic);
    }
    world
}

/// Plays seeds on every core: how many measures came into force in them, and how many crashes there were.
fn play_all(seeds: &[u64]) -> (usize, u32) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let share = |first: usize| {
            let own = seeds.iter().skip(first).step_by(cores);
            let played = own.map(|seed| play(*seed)).map(|world| (world.placed(), world.crashes));
            played.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
        };
        let players: Vec<_> = (0..cores).map(|first| scope.spawn(move || share(first))).collect();
        let played =
            players.into_iter().map(|player| player.join().unwrap_or_else(|panic| resume_unwind(panic)));
        played.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
    })
}

#[test]
fn seeds() {
    if let Some(seed) = from_environment("SIM_SEED") {
        return tell(World::of(seed, true));
    }
    if let Ok(path) = std::env::var("SIM_BYTES") {
        let bytes = std::fs::read(path).expect("the file");
        return tell(World::by(Chance::of_bytes(&bytes), true));
    }
    let first: u64 = rand::Rng::random_range(&mut rand::rng(), FIXED.end..u64::from(u32::MAX));
    let new = first..first + from_environment("SIM_SEEDS").unwrap_or(NEW);
    let seeds: Vec<u64> = FIXED.chain(FOUND).chain(new).collect();
    let (placed, crashes) = play_all(&seeds);
    assert!(
        placed > 300 && crashes > 300,
        "the worlds are empty: {placed} measures placed, {crashes} crashes"
    );
}

#[test]
fn a_seed_replays_exactly() {
    for seed in 0..20 {
        let [one, other] = [(); 2].map(|()| {
            let mut world = World::of(seed, true);
            world.play();
            world
        });
        assert_eq!(one.story, other.story, "seed {seed}");
        assert_eq!(one.ledger(), other.ledger(), "seed {seed}");
    }
}

#[test]
fn bytes_choose_a_world_as_a_seed_does() {
    let mut chance = Chance::of_seed(1);
    for length in [0, 1, 40, 160, 640] {
        let mut bytes = vec![0; length];
        rand::RngCore::fill_bytes(&mut chance, &mut bytes);
        let stories = [(); 2].map(|()| {
            let mut world = World::by(Chance::of_bytes(&bytes), true);
            world.play();
            world.story
        });
        assert_eq!(stories[0], stories[1], "{length} bytes");
    }
}
