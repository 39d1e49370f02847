//! The suite itself: a small sound connector passes it, and each way of being unsound is found by the check that asks for it.

#[path = "suite/call.rs"]
mod call;
#[path = "suite/fixtures.rs"]
mod fixtures;
#[path = "suite/parcel.rs"]
mod parcel;
#[path = "suite/postbox.rs"]
mod postbox;

use std::panic::catch_unwind;

use chakong_testkit::{Subject, conformance};

/// What the suite says of a subject; `None` when it conforms.
fn verdict(subject: impl FnOnce() -> Subject + std::panic::UnwindSafe) -> Option<String> {
    let panic = catch_unwind(|| conformance(&subject())).err()?;
    Some(panic.downcast_ref::<String>().cloned().unwrap_or_default())
}

fn finds(flaw: &str, verdict: Option<String>, check: &str) {
    let verdict = verdict.unwrap_or_else(|| panic!("`{flaw}` was not found"));
    assert!(verdict.contains(check), "`{flaw}` was not found by `{check}` but by:\n{verdict}");
}

#[test]
fn a_sound_call_connector_conforms() {
    assert_eq!(verdict(|| call::subject("")), None);
}

#[test]
fn flaws_of_call_connectors_are_found() {
    for (flaw, check) in [
        ("builds without the token", "each required setting"),
        ("shows the token", "shows no secret"),
        ("takes HTML for nothing", "malformed"),
        ("takes nonsense for nothing", "malformed"),
        ("calls every status transient", "a bad status ends in the fault"),
        ("forgets Retry-After", "`Retry-After` is kept"),
        ("hides a missing page", "bad answers later in a dialogue"),
        ("asks for ever", "not asked for ever"),
        ("panics", "without a panic"),
        ("answers twice", "one fitting reply"),
        ("finds strangers", "owns nothing"),
        ("takes any script", "unknown key"),
    ] {
        finds(flaw, verdict(move || call::subject(flaw)), check);
    }
}

#[test]
fn a_sound_parcel_connector_conforms() {
    assert_eq!(verdict(|| parcel::subject("")), None);
}

#[test]
fn flaws_of_parcel_connectors_are_found() {
    for (flaw, check) in [
        ("executes twice", "executed once"),
        ("forgets orders", "full batch"),
        ("believes damaged files", "truncated and empty files"),
        ("believes random bytes", "random bytes"),
        ("numbers files anew", "same bytes"),
    ] {
        finds(flaw, verdict(move || parcel::subject(flaw)), check);
    }
}

#[test]
fn flaws_of_postboxes_are_found() {
    for (flaw, check) in [
        ("cannot say a sample", "can be expressed"),
        ("has no postbox", "a declared postbox is there"),
        ("polls nobody", "a declared postbox is there"),
        ("keeps answers", "every sample on offer is answered"),
        ("executes twice", "after its answer was lost"),
        ("acts for strangers", "a stranger is given nothing"),
        ("takes noise for a call", "senseless calls"),
    ] {
        finds(flaw, verdict(move || parcel::subject(flaw)), check);
    }
}
