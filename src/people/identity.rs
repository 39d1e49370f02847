//! Who calls: the holder of a key, or a person with a session.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::matrix::{may, permission};
use crate::domain::decide::people::Pending;
use crate::domain::people::{Courts, Role, SignInMethod};
use crate::domain::{Actor, PersonId};

/// A session, as far as a request needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRef {
    /// Its public identifier.
    pub id: Uuid,
    /// The token that its forms and scripts carry.
    pub csrf: String,
    /// What must be done before anything else.
    pub pending: Option<Pending>,
    /// How it began.
    pub method: SignInMethod,
}

impl SessionRef {
    /// Whether it began by the word of the identity provider.
    pub const fn is_by_provider(&self) -> bool {
        matches!(self.method, SignInMethod::Provider { .. })
    }
}

/// Who calls, found out once for each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name of the key, or the person's 工号; named in audit lines.
    pub name: String,
    /// What they are there for.
    pub roles: BTreeSet<Role>,
    /// Whose cases they see.
    pub courts: Courts,
    /// The person; `None` for a system's key.
    pub person: Option<PersonId>,
    /// The session by whose cookie they call; `None` for a key.
    pub session: Option<SessionRef>,
    /// The consumer of results as which alone a key reads; `None` for any.
    pub consumer: Option<String>,
}

impl Identity {
    /// Whether they have a role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the matrix lets them do what a row is about; a number that is no row lets nobody. Who must change a password or set up
    /// a second factor first may do nothing but what is their own.
    pub fn may(&self, row: u8) -> bool {
        if row != may::ANY && self.pending().is_some() {
            return false;
        }
        permission(row).is_some_and(|row| row.roles.iter().any(|role| self.roles.contains(role)))
    }

    /// What must be done before anything else, if there is something.
    pub fn pending(&self) -> Option<Pending> {
        self.session.as_ref().and_then(|session| session.pending)
    }

    /// Who acts, as the audit names it.
    pub fn actor(&self) -> Actor {
        match self.person {
            Some(_) => Actor::Person(self.name.clone()),
            None => Actor::Key(self.name.clone()),
        }
    }

    /// Whether one of their roles is of the case, so that a look needs no reason.
    pub fn is_of_the_case(&self) -> bool {
        self.roles.iter().any(|role| role.is_of_the_case())
    }
}
