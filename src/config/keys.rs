use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::reader::Section;
pub use crate::domain::people::Role;
use crate::domain::people::{Courts, is_consumer_name};

/// An API key: only its digest is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Who holds it; named in audit lines.
    pub name: String,
    /// What it may do.
    pub roles: BTreeSet<Role>,
    /// Whose cases it sees.
    pub courts: Courts,
    /// The consumer of results as which alone it reads; `None` for any.
    pub consumer: Option<String>,
    /// SHA-256 of the key.
    pub digest: [u8; 32],
}

impl ApiKey {
    /// Whether who keeps the persons and keys of some courts is told of it, as of a key of the store.
    pub fn is_kept_by(&self, courts: &Courts) -> bool {
        courts.keep(&self.courts, &self.roles)
    }
}

/// SHA-256 of a key. Keys are long random texts, so a fast digest is enough.
pub fn digest_of(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// Digests that stand in the samples: nobody has their keys.
const OF_SAMPLES: [&str; 2] = [
    "23210af278754b915793dee13f3f34fc178a02c72a30fa34d47e59457d1f73d1",
    "6ff438d35e79a9d2c244486d91c1de4e1b4c26058451a79cc6eb73b3495286b7",
];
/// Keys that somebody else would try first.
const GUESSED: [&str; 16] = [
    "",
    "KEY",
    "key",
    "$KEY",
    "changeme",
    "change-me",
    "secret",
    "password",
    "admin",
    "test",
    "token",
    "chakong",
    "123456",
    "example",
    "default",
    "placeholder",
];

/// Why a digest is no key's, or that of a key which is none.
fn placeholder(digest: &[u8; 32]) -> Option<&'static str> {
    if OF_SAMPLES.contains(&hex::encode(digest).as_str()) {
        return Some("is the sample's, and nobody has its key; put your own in: printf %s KEY | sha256sum");
    }
    if digest.iter().all(|byte| Some(byte) == digest.first()) {
        return Some("is no key's digest; make it with: printf %s KEY | sha256sum");
    }
    let is_guessed = |key: &str| digest_of(key) == *digest || digest_of(&format!("{key}\n")) == *digest;
    let found = GUESSED.into_iter().any(is_guessed);
    found.then_some("is that of a key that anybody would try; make one with: openssl rand -hex 32")
}

/// The keys of a configuration.
pub(super) fn read_keys(root: &mut Section<'_>) -> Vec<ApiKey> {
    let keys: Vec<ApiKey> = root.sections("keys", read_key).into_iter().flatten().collect();
    check_distinct(&keys, root);
    keys
}

fn read_key(section: &mut Section<'_>) -> Option<ApiKey> {
    let name: Option<String> = section.required("name", "who holds the key, e.g. name = \"case-system\"");
    let words: Vec<String> = section.required("roles", "e.g. roles = [\"case_system\"]").unwrap_or_default();
    let text: Option<String> = section
        .required("sha256", "the key's SHA-256 in hexadecimal; make one with: printf %s KEY | sha256sum");
    let (roles, courts) =
        (read_roles(section, words), read_courts(section, "a key that sees the cases of every court"));
    let consumer = section.text("consumer");
    if consumer.as_deref().is_some_and(|name| !is_consumer_name(name)) {
        section.problem("consumer", "has 1 to 64 of the characters a-z, 0-9, - and _");
    }
    if consumer.is_some() && !roles.contains(&Role::CaseSystem) {
        section.problem("consumer", "belongs to a key of the role case_system, which reads results");
    }
    let digest = text.and_then(|text| {
        let digest = hex::decode(&text).ok().and_then(|bytes| bytes.try_into().ok());
        if digest.is_none() {
            section.problem(
                "sha256",
                "must have 64 hexadecimal digits; make it with: printf %s KEY | sha256sum",
            );
        }
        if let Some(what) = digest.as_ref().and_then(placeholder) {
            section.problem("sha256", what);
        }
        digest
    });
    Some(ApiKey { name: name?, roles, courts, consumer, digest: digest? })
}

fn read_roles(section: &mut Section<'_>, words: Vec<String>) -> BTreeSet<Role> {
    let mut roles = BTreeSet::new();
    if words.is_empty() && section.has("roles") {
        section.problem("roles", "names no role, so that the key may do nothing");
    }
    for word in words {
        match Role::of_word(&word) {
            Some(role) => drop(roles.insert(role)),
            None => {
                let known = Role::ALL.map(|(_, word)| word).join(", ");
                section.problem("roles", format_args!("`{word}` is not a role; known: {known}"));
            }
        }
    }
    if let Some(conflict) = Role::conflict(&roles) {
        section.problem("roles", format_args!("{conflict}; use two keys"));
    }
    roles
}

/// Setting `courts`: codes of courts; every court where it is absent. `whose` says what that is for.
pub(super) fn read_courts(section: &mut Section<'_>, whose: &str) -> Courts {
    let Some(codes) = section.value::<Vec<String>>("courts") else { return Courts::All };
    if codes.is_empty() || codes.iter().any(|code| code.trim().is_empty()) {
        section.problem("courts", format_args!("names no court; leave it out for {whose}"));
    }
    Courts::Some(codes.into_iter().map(|code| code.trim().to_owned()).collect())
}

fn check_distinct(keys: &[ApiKey], root: &mut Section<'_>) {
    for (at, key) in keys.iter().enumerate() {
        if keys.iter().take(at).any(|other| other.name == key.name || other.digest == key.digest) {
            root.problem("keys", format_args!("`{}` has the name or the digest of another key", key.name));
        }
    }
    if keys.is_empty() {
        root.problem(
            "keys",
            "is missing: without an API key nothing but health answers; add a [[keys]] table",
        );
    }
}
