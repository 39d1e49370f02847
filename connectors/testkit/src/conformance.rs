//! The suite that every connector passes. What is run follows from the manifest; nothing is listed twice.
//!
//! | group | what it asks |
//! |---|---|
//! | [`manifest`] | the declaration is coherent; freezes come with the documents that the law asks for |
//! | [`settings`] | good settings build; each required one, missing, is named in a `SettingProblem` |
//! | [`answers`] | every declared act brings exactly one fitting reply per order, from the connector's own sandbox; strangers own nothing; a full batch is answered; sending twice executes once; writing is deterministic and shows no secret |
//! | [`postbox`] | samples can be expressed; over a declared postbox line every one is answered by the polling sandbox, none is executed twice, strangers get nothing |
//! | [`faults`] | bad statuses, HTML, truncated, empty, random and damaged bytes end in a fault of the right kind; nothing panics, nothing loops |

pub mod answers;
pub mod faults;
pub mod manifest;
pub mod postbox;
pub mod settings;
mod subject;

pub use self::subject::Subject;

/// Runs the whole suite.
///
/// # Panics
/// With every check that failed, each with its reason.
pub fn conformance(subject: &Subject) {
    let groups = [manifest::CHECKS, settings::CHECKS, answers::CHECKS, postbox::CHECKS, faults::CHECKS];
    let failed: Vec<String> = groups
        .iter()
        .flat_map(|checks| checks.iter())
        .filter_map(|(asks, check)| check(subject).err().map(|why| format!("* {asks}\n    {why}")))
        .collect();
    assert!(failed.is_empty(), "{} does not conform:\n{}", subject.plugin.manifest.id, failed.join("\n"));
}
