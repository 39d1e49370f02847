//! The integration tests: one binary, real lines, real stores, real processes.

mod daemon;
mod flow;
mod kill;
mod samples;
mod tidy;
mod world;
