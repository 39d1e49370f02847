//! Bytes choose what happens in a world of the simulation (tests/sim): who owes what to whom, what orders, answers, people and days
//! do next. Its oracle, the banks' own books, must agree all the same.
//!
//! What is found is told as a story by `SIM_BYTES=<file> cargo test --test sim seeds -- --nocapture`.

#![no_main]

#[path = "../../sim/accounts.rs"]
mod accounts;
#[path = "../../sim/banks.rs"]
mod banks;
#[path = "../../sim/case.rs"]
mod case;
#[path = "../../sim/chance.rs"]
mod chance;
#[path = "../../sim/crashes.rs"]
mod crashes;
#[path = "../../sim/entering.rs"]
mod entering;
#[path = "../../sim/estates.rs"]
mod estates;
#[path = "../../sim/gates.rs"]
mod gates;
#[path = "../../sim/lanes.rs"]
mod lanes;
#[path = "../../sim/leaving.rs"]
mod leaving;
#[path = "../../sim/making.rs"]
mod making;
#[path = "../../sim/oracle.rs"]
mod oracle;
#[path = "../../sim/people.rs"]
mod people;
#[path = "../../sim/steps.rs"]
mod steps;
#[path = "../../sim/submitting.rs"]
mod submitting;
#[path = "../../sim/world.rs"]
mod world;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    world::World::by(chance::Chance::of_bytes(bytes), false).play();
});
