//! The integration tests: one binary, real lines, real stores, real processes.
#![allow(clippy::disallowed_methods, reason = "these tests wait for real processes by the real clock")]

mod adversary;
mod banks;
mod calls;
mod checks;
mod city;
mod connections;
mod controls;
mod county;
mod crowds;
mod daemon;
mod equity;
mod flow;
mod folders;
mod kill;
mod openapi;
mod page;
mod postbox;
mod postbox_zeep;
mod process;
mod readme;
mod reference;
mod registry;
mod reload;
mod samples;
mod sftp;
mod shipped;
mod store_commands;
mod store_health;
mod storms;
mod tidy;
mod tls;
mod vendors;
mod wire;
mod world;
