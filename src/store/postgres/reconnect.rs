//! Connecting again.

use std::time::Duration;

use super::errors::is_unreachable;
use super::link::Link;
use crate::store::{StoreError, Stored};

/// How often a server that went away is tried before callers are told, and the time between.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(200);

/// Connects again where the connection is gone; a server that restarts is waited for.
///
/// # Errors
/// Where it does not come back in time.
pub(super) fn connected(
    link: &mut Option<Link>,
    mut connect: impl FnMut() -> Stored<Link>,
) -> Stored<&mut Link> {
    if link.as_ref().is_none_or(Link::is_lost) {
        *link = None;
        let mut outcome = connect();
        for _ in 1..TRIES {
            match &outcome {
                Err(error) if is_unreachable(error) => std::thread::sleep(PAUSE),
                _ => break,
            }
            outcome = connect();
        }
        *link = Some(outcome?);
    }
    link.as_mut().ok_or(StoreError::Closed)
}
