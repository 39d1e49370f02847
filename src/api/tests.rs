//! The API over a real store in a folder of its own, with a fixed clock; no lanes run, so nothing moves by itself.

mod access;
mod acts;
mod cases;
mod failures;
mod harness;
pub(crate) mod log;
mod operations;
mod reading;
mod results;
mod schema;
mod socket;
mod submit;

use harness::{Bench, submission};
