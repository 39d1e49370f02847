//! People: who somebody is and what they may do.
//!
//! [`matrix`] is the one table of roles and acts; [`Identity`] is who calls, whether by a key or by a session; [`sight`] is what
//! of the store they see, [`masked`] how numbers are shown to those who are not of a case. [`People`] is the service on store and engine: signing in and out, sessions, keys, looks. What it is made
//! of is pure: passwords, second factors, cookies, the slow-down of who guesses.

pub mod alarms;
pub mod certificate;
pub mod cookie;
mod identity;
pub mod masked;
pub mod matrix;
pub mod password;
mod second_factor;
mod service;
pub mod sight;
mod slow_down;

pub use crate::domain::decide::people::Pending;
pub use identity::{Identity, SessionRef};
pub use matrix::{MATRIX, Permission, Shows, may};
pub use service::{
    Credentials, KeptOut, Named, NotIn, Origin, People, Settings, SignedIn, SignedInOrNot, Vouched,
    begin_of_day, day_begins, is_out_of_hours,
};
