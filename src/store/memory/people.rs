//! Persons, sessions, keys and looks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::view::View;
use crate::domain::PersonId;
use crate::domain::people::{Look, PeopleChange, Person, Session, StoredKey};
use crate::store::{LookCounts, LookFilter, PeopleReads, StoreError, Stored};

impl View<'_> {
    pub(super) fn write_people(&mut self, change: &PeopleChange) -> Stored<()> {
        match change {
            PeopleChange::NewPerson(person) => {
                if self.state.persons.values().any(|known| known.number == person.number) {
                    return Err(StoreError::Conflict("the person"));
                }
                return self.state.persons.add(person.id, (**person).clone(), "the person");
            }
            PeopleChange::SavePerson(person) => {
                if !self.state.persons.has(&person.id) {
                    return Err(StoreError::Conflict("the person"));
                }
                self.state.persons.put(person.id, (**person).clone());
            }
            PeopleChange::NewSession(session) => {
                return self.state.sessions.add(session.digest.clone(), session.clone(), "a session");
            }
            PeopleChange::SeeSession(digest, seen) => {
                if let Some(known) = self.state.sessions.get(digest).cloned() {
                    self.state.sessions.put(digest.clone(), Session { seen: *seen, ..known });
                }
            }
            PeopleChange::EndSession(id) => self.end_sessions(|session| session.id == *id),
            PeopleChange::EndSessions(person, but) => {
                self.end_sessions(|session| session.person == *person && Some(session.id) != *but);
            }
            PeopleChange::SweepSessions { began, seen } => {
                self.end_sessions(|session| session.created <= *began || session.seen <= *seen);
            }
            PeopleChange::NewKey(key) => {
                return self.state.keys.add(key.id, (**key).clone(), "the key");
            }
            PeopleChange::SaveKey(key) => {
                if !self.state.keys.has(&key.id) {
                    return Err(StoreError::Conflict("the key"));
                }
                self.state.keys.put(key.id, (**key).clone());
            }
            PeopleChange::NewLook(look) => {
                let row = self.state.looks.last_key().copied().unwrap_or_default() + 1;
                self.state.looks.put(row, look.clone());
            }
        }
        Ok(())
    }

    fn end_sessions(&mut self, ended: impl Fn(&Session) -> bool) {
        let over = self.state.sessions.values().filter(|session| ended(session));
        let digests: Vec<Vec<u8>> = over.map(|session| session.digest.clone()).collect();
        digests.iter().for_each(|digest| self.state.sessions.remove(digest));
    }
}

impl PeopleReads for View<'_> {
    fn person(&mut self, id: PersonId) -> Stored<Option<Person>> {
        Ok(self.state.persons.get(&id).cloned())
    }

    fn person_by_number(&mut self, number: &str) -> Stored<Option<Person>> {
        Ok(self.state.persons.values().find(|person| person.number == number).cloned())
    }

    fn persons(&mut self) -> Stored<Vec<Person>> {
        let mut all: Vec<Person> = self.state.persons.values().cloned().collect();
        all.sort_by_key(|person| (person.created, person.id));
        Ok(all)
    }

    fn session(&mut self, digest: &[u8]) -> Stored<Option<Session>> {
        Ok(self.state.sessions.get(&digest.to_vec()).cloned())
    }

    fn sessions(&mut self, person: Option<PersonId>) -> Stored<Vec<Session>> {
        let wanted = self.state.sessions.values().filter(|one| person.is_none_or(|id| one.person == id));
        let mut found: Vec<Session> = wanted.cloned().collect();
        found.sort_by_key(|session| (std::cmp::Reverse(session.created), session.id));
        Ok(found)
    }

    fn key_by_digest(&mut self, digest: &[u8]) -> Stored<Option<StoredKey>> {
        Ok(self.state.keys.values().find(|key| key.digest == digest).cloned())
    }

    fn key(&mut self, id: Uuid) -> Stored<Option<StoredKey>> {
        Ok(self.state.keys.get(&id).cloned())
    }

    fn keys(&mut self) -> Stored<Vec<StoredKey>> {
        let mut all: Vec<StoredKey> = self.state.keys.values().cloned().collect();
        all.sort_by_key(|key| (key.created, key.id));
        Ok(all)
    }

    fn find_looks(&mut self, filter: &LookFilter) -> Stored<Vec<(i64, Look)>> {
        let wanted = self.state.looks.iter().rev().filter(|(row, look)| {
            filter.actor.as_ref().is_none_or(|actor| look.actor == *actor)
                && filter.kind.is_none_or(|kind| look.kind == kind)
                && filter.subject.as_ref().is_none_or(|subject| look.subject == *subject)
                && filter.actors.as_ref().is_none_or(|actors| actors.contains(&look.actor))
                && look.is_of(&filter.courts)
                && filter.since.is_none_or(|since| look.at >= since)
                && filter.until.is_none_or(|until| look.at < until)
                && filter.before.is_none_or(|before| **row < before)
        });
        Ok(wanted.map(|(row, look)| (*row, look.clone())).take(filter.limit).collect())
    }

    fn count_looks(&mut self, actor: &str, since: Timestamp) -> Stored<LookCounts> {
        let all: Vec<&Look> =
            self.state.looks.values().filter(|look| look.actor == actor && look.at >= since).collect();
        let mut things: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for look in &all {
            let most = things.entry((look.kind.word(), &look.subject)).or_default();
            *most = look.shown.max(*most);
        }
        let looks = u64::try_from(all.len()).unwrap_or(u64::MAX);
        Ok(LookCounts { looks, records: things.values().sum() })
    }
}
