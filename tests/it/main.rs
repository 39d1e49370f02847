//! The integration tests: one binary, real lines, real stores, real processes.
#![allow(clippy::disallowed_methods, reason = "these tests wait for real processes by the real clock")]

mod banks;
mod calls;
mod city;
mod controls;
mod county;
mod daemon;
mod equity;
mod flow;
mod kill;
mod page;
mod postbox;
mod postbox_zeep;
mod process;
mod registry;
mod samples;
mod sftp;
mod tidy;
mod vendors;
mod wire;
mod world;
