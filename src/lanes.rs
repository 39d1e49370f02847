//! Lanes 通道: one per counterpart, so that one slow bank slows nobody else.
//!
//! Admission asks, in this order: window, breaker, hold-off, quota, share of the court, concurrency, rate; the gate that blocks says until when. Waiting uses up
//! the deadline, never the attempts.

mod admission;
mod breaker;
mod context;
mod delivery;
mod followed;
mod gate;
mod guesses;
mod kept_limits;
mod lane;
mod marks;
mod outcome;
mod postbox_service;
mod reach;
mod receiving;
mod registry;
mod reuse;
mod spent;
mod supervisor;
mod tokens;
mod translate;

pub use admission::Admission;
pub use breaker::{Breaker, BreakerState};
pub use context::{Context, LaneContext};
pub use delivery::call::{About, CallDelivery, Conversation, Ended, converse};
pub use delivery::desk::DeskDelivery;
pub use delivery::parcel::ParcelDelivery;
pub use delivery::postbox::PostboxDelivery;
pub use delivery::{Delivery, OpenLine, Sendable};
pub use gate::{Blocked, Gate};
pub use guesses::{Guesses, Guessing, network_of};
pub use lane::{Lane, OpenError};
pub use marks::Marks;
pub use postbox_service::PostboxService;
pub use reach::{Reachable, Reached};
pub use receiving::connector_of;
pub use registry::{CounterpartView, LaneHandle, LaneRegistry, LaneState};
pub use supervisor::supervise;
pub use translate::{DueOrder, RecentTerms, TermsAndPapers, lacking};
