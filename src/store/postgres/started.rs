//! Starting a thread of the store.

use std::thread::{Builder, JoinHandle};

use super::errors::told;
use crate::store::Stored;
use crate::store::health::Ailment;

/// Starts a thread.
///
/// # Errors
/// When the system has none.
pub(super) fn start(name: &str, run: impl FnOnce() + Send + 'static) -> Stored<JoinHandle<()>> {
    let started = Builder::new().name(name.to_owned()).spawn(run);
    started.or_else(|error| told("start a thread of the store", Ailment::Failing, error.to_string()))
}
