//! Chakong 查控: the gateway between a court's case system and everyone who knows what a judgment debtor owns.
//!
//! ARCHITECTURE.md walks one inquiry through the rooms of this crate.

pub mod api;
pub mod app;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod companies;
pub mod config;
pub mod counterparts;
pub mod freeze;
pub mod gateway;
pub mod inquiry;
pub mod intake;
pub mod lanes;
pub mod lifecycle;
pub mod lines;
pub mod observe;
pub mod queue;
pub mod retry;
pub mod sandbox;
pub mod settle;
pub mod store;
