//! Misbehaviour ends in a fault of the right kind; nothing panics, nothing loops.

mod answers;
mod bytes;

use super::subject::Check;

pub(crate) const CHECKS: &[Check] = &[
    ("a bad status ends in the fault that the status means", answers::statuses_mean_faults),
    ("`Retry-After` is kept", answers::retry_after_is_kept),
    ("HTML, truncated, empty and senseless bodies are malformed", answers::bad_bodies_are_malformed),
    ("bad answers later in a dialogue are a fault or a partial reply", answers::later_trouble_is_told),
    ("a counterpart that only ever answers badly is not asked for ever", answers::no_endless_asking),
    ("truncated and empty files are told as problems", bytes::damaged_files_are_told),
    ("random bytes are read without a panic", bytes::random_bytes_are_survived),
    ("damaged replies are read without a panic", bytes::damaged_replies_are_survived),
];
