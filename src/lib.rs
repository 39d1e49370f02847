//! Chakong 查控: the gateway between a court's case system and everyone who knows what a judgment debtor owns.
//!
//! ARCHITECTURE.md walks one inquiry through the rooms of this crate.

pub mod clock;
pub mod config;
pub mod freeze;
pub mod inquiry;
pub mod retry;
pub mod settle;
pub mod store;
