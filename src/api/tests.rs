//! The API over a real store in a folder of its own, with a fixed clock; no lanes run, so nothing moves by itself.

mod access;
mod acts;
mod amounts;
mod approving;
mod cases;
mod claims;
mod courts;
mod failures;
mod finding;
mod giving_back;
mod harness;
pub(crate) mod log;
mod masking;
mod operations;
mod others_cases;
mod papers;
mod people;
mod progress;
mod raw;
mod reading;
mod results;
mod schema;
mod searching;
mod sent_twice;
mod socket;
mod statistics;
mod submit;
mod tenants;
mod withdrawing;

use harness::{Bench, Reply, submission};
