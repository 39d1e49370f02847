//! Changes of what is kept of people.

use jiff::Timestamp;
use uuid::Uuid;

use super::super::PersonId;
use super::{Look, Person, Session, StoredKey};

/// One change of what is kept of people.
#[derive(Debug, Clone, PartialEq)]
pub enum PeopleChange {
    /// A person becomes known; another of the same 工号 is a conflict.
    NewPerson(Box<Person>),
    /// More is known of a person, or something else.
    SavePerson(Box<Person>),
    /// A person signed in.
    NewSession(Session),
    /// A session, by its digest, was used.
    SeeSession(Vec<u8>, Timestamp),
    /// A session ended.
    EndSession(Uuid),
    /// Every session of a person ended, but for one.
    EndSessions(PersonId, Option<Uuid>),
    /// Sessions that began or were last used before these times are over.
    SweepSessions {
        /// None that began before this.
        began: Timestamp,
        /// None that was last used before this.
        seen: Timestamp,
    },
    /// A key is made.
    NewKey(Box<StoredKey>),
    /// A key is revoked.
    SaveKey(Box<StoredKey>),
    /// Somebody looked at something.
    NewLook(Look),
}
