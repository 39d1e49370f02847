//! Lanes 通道: one per counterpart, so that one slow bank slows nobody else.
//!
//! Admission asks, in this order: window, breaker, hold-off, quota, concurrency, rate; the gate that blocks says until when. Waiting uses up
//! the deadline, never the attempts.

mod admission;
mod breaker;
mod lane;
mod postbox_service;
mod receiving;
mod registry;
mod supervisor;
mod tokens;
mod translate;

pub use admission::{Admission, Blocked, Gate};
pub use breaker::{Breaker, BreakerState};
pub use lane::{Context, Lane, OpenError};
pub use postbox_service::PostboxService;
pub use registry::{CounterpartView, LaneHandle, LaneRegistry, LaneState};
pub use supervisor::supervise;
pub use translate::{DueOrder, RecentTerms, TermsAndPapers, lacking};
