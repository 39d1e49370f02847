//! What can be read of people.

use jiff::Timestamp;
use uuid::Uuid;

use super::Stored;
use crate::domain::PersonId;
use crate::domain::people::{Courts, Look, LookKind, Person, Session, StoredKey};

/// Which looks are wanted, newest first.
#[derive(Debug, Clone, Default)]
pub struct LookFilter {
    /// Who.
    pub actor: Option<String>,
    /// One of these.
    pub actors: Option<Vec<String>>,
    /// What was looked at.
    pub kind: Option<LookKind>,
    /// Of what.
    pub subject: Option<String>,
    /// Of cases of these courts, and of lists by people who see one of these courts.
    pub courts: Courts,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// Only older than this row.
    pub before: Option<i64>,
    /// At most this many.
    pub limit: usize,
}

/// How much somebody looked at since a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LookCounts {
    /// Looks.
    pub looks: u64,
    /// Records that they showed, each different thing once.
    pub records: u64,
}

/// What can be read of people. Not found is `Ok(None)`.
pub trait PeopleReads {
    /// A person.
    fn person(&mut self, id: PersonId) -> Stored<Option<Person>>;
    /// A person by 工号.
    fn person_by_number(&mut self, number: &str) -> Stored<Option<Person>>;
    /// Every person, in the order in which they became known.
    fn persons(&mut self) -> Stored<Vec<Person>>;
    /// A session by the digest of its cookie.
    fn session(&mut self, digest: &[u8]) -> Stored<Option<Session>>;
    /// The sessions of a person, or of everybody, the newest first.
    fn sessions(&mut self, person: Option<PersonId>) -> Stored<Vec<Session>>;
    /// A key by its digest.
    fn key_by_digest(&mut self, digest: &[u8]) -> Stored<Option<StoredKey>>;
    /// A key.
    fn key(&mut self, id: Uuid) -> Stored<Option<StoredKey>>;
    /// Every key, in the order in which they were made.
    fn keys(&mut self) -> Stored<Vec<StoredKey>>;
    /// Looks by filter, newest first, with their rows.
    fn find_looks(&mut self, filter: &LookFilter) -> Stored<Vec<(i64, Look)>>;
    /// How much somebody looked at since a time.
    fn count_looks(&mut self, actor: &str, since: Timestamp) -> Stored<LookCounts>;
}

/// The courts of who looked in one column: each code between separators (U+001F); empty where there are none.
pub(super) fn in_one(courts: &[String]) -> String {
    const SEPARATOR: &str = "\u{1f}";
    match courts.is_empty() {
        true => String::new(),
        false => format!("{SEPARATOR}{}{SEPARATOR}", courts.join(SEPARATOR)),
    }
}
