//! What the store on a database server must do beside the contract: numbers of events, lost connections, several processes,
//! schemas that are not ours, and what is told where it cannot be opened.
#![allow(clippy::disallowed_methods, reason = "these tests wait for a real server")]

mod clocks;
mod events;
mod failover;
mod found_words;
mod lost;
mod older_cases;
mod people;
mod privacy;
mod proxy;
mod refused;
mod shared;
mod steady;
mod turned_back;
