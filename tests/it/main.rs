//! The integration tests: one binary, real lines, real stores, real processes.

mod calls;
mod daemon;
mod flow;
mod kill;
mod process;
mod world;
