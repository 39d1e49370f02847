//! Controls over the city registries' REST line (protocol sections 4 and 10): lock, case, and the lock's end.
//!
//! * `write`: the messages of a control
//! * `dialogue`: which call follows which, so that nothing is lost when one of them fails
//! * `responses`: what the response to a lock, a case or the end of a lock means
//!
//! Seizure and renewal lock the property first, so that nothing passes between delivery and registration. A case that is refused
//! after that has its lock lifted again. A release creates its case first and ends the lock after: were it the other way
//! round, the property would be free while its release is not taken yet.

pub(super) mod dialogue;
pub(super) mod responses;
pub(super) mod write;
