//! The integration tests: one binary, real lines, real stores, real processes.

mod flow;
mod samples;
mod tidy;
mod world;
