//! Chakong 查控: the gateway between a court's case system and everyone who knows what a judgment debtor owns.
//!
//! ARCHITECTURE.md walks one inquiry through the rooms of this crate.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod counterparts;
pub mod domain;
pub mod engine;
pub mod gateway;
pub mod intake;
pub mod lanes;
pub mod lifecycle;
pub mod lines;
pub mod observe;
pub mod papers;
pub mod people;
pub mod provider;
pub mod queue;
pub mod relay;
pub mod sandbox;
pub mod store;
