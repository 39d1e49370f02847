//! Lanes 通道: one per counterpart, so that one slow bank slows nobody else.
//!
//! Admission asks, in this order: window, breaker, quota, rate, concurrency; a refusal says until when. Waiting uses up
//! the deadline, never the attempts.

mod admission;
mod board;
mod breaker;
mod desk;
mod lane;
mod supervisor;
mod take_in;
mod tokens;
mod translate;

pub use admission::{Admission, Refusal};
pub use board::{Board, CounterpartView, LaneHealth, LaneState};
pub use breaker::{Breaker, BreakerState};
pub use desk::Desk;

pub use lane::{Context, Lane, OpenError};
pub use supervisor::supervise;
pub use translate::{Submissions, lacking, order_for};
