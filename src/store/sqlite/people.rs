//! Persons, sessions, keys and looks.

use jiff::Timestamp;
use rusqlite::{Row, params};
use uuid::Uuid;

use super::query::{Filter, Rows};
use super::rows::{self, get, micros};
use super::writes::one;
use crate::domain::PersonId;
use crate::domain::people::{Look, PeopleChange, Person, Session, StoredKey};
use crate::store::codec::plain_json;
use crate::store::people::in_one;
use crate::store::{LookCounts, LookFilter, PeopleReads, Stored};

/// Looks at cases of some courts, and at lists by people who see one of them.
const OF_COURTS: &str = "(court IN (SELECT value FROM json_each(?)) OR court = '' AND (
    EXISTS (SELECT 1 FROM json_each(?) AS asked WHERE instr(looks.courts, char(31) || '*' || char(31)) > 0
      OR instr(looks.courts, char(31) || asked.value || char(31)) > 0)))";

impl Rows<'_> {
    pub(super) fn write_people(&mut self, change: &PeopleChange) -> Stored<()> {
        match change {
            PeopleChange::NewPerson(person) => self.put_person(person, true),
            PeopleChange::SavePerson(person) => self.put_person(person, false),
            PeopleChange::NewSession(session) => self.add_session(session),
            PeopleChange::SeeSession(digest, seen) => {
                let sql = "UPDATE sessions SET seen = ?2 WHERE digest = ?1";
                self.execute(sql, params![digest, micros(*seen)]).map(drop)
            }
            PeopleChange::EndSession(id) => {
                self.execute("DELETE FROM sessions WHERE id = ?1", [id.as_bytes().as_slice()]).map(drop)
            }
            PeopleChange::EndSessions(person, but) => {
                let but = but.unwrap_or_default();
                let row = params![person.0.as_bytes().as_slice(), but.as_bytes().as_slice()];
                self.execute("DELETE FROM sessions WHERE person = ?1 AND id <> ?2", row).map(drop)
            }
            PeopleChange::SweepSessions { began, seen } => {
                let row = params![micros(*began), micros(*seen)];
                self.execute("DELETE FROM sessions WHERE created <= ?1 OR seen <= ?2", row).map(drop)
            }
            PeopleChange::NewKey(key) => self.put_key(key, true),
            PeopleChange::SaveKey(key) => self.put_key(key, false),
            PeopleChange::NewLook(look) => self.add_look(look),
        }
    }

    fn put_person(&mut self, person: &Person, is_new: bool) -> Stored<()> {
        let number = super::keyed(self.key, person.number.as_bytes());
        let body = plain_json("person", person)?;
        let row =
            params![person.id.0.as_bytes().as_slice(), number, micros(person.created), body.as_stored()];
        let sql = match is_new {
            true => {
                "INSERT INTO persons (id, number, created, body) SELECT ?1, ?2, ?3, ?4
                 WHERE NOT EXISTS (SELECT 1 FROM persons WHERE number = ?2)"
            }
            false => "UPDATE persons SET number = ?2, created = ?3, body = ?4 WHERE id = ?1",
        };
        one(self.execute(sql, row)?, "the person")
    }

    fn add_session(&mut self, session: &Session) -> Stored<()> {
        let body = plain_json("session", session)?;
        let row = params![
            session.digest,
            session.id.as_bytes().as_slice(),
            session.person.0.as_bytes().as_slice(),
            micros(session.created),
            micros(session.seen),
            body.as_stored()
        ];
        let sql =
            "INSERT INTO sessions (digest, id, person, created, seen, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.execute(sql, row).map(drop)
    }

    fn put_key(&mut self, key: &StoredKey, is_new: bool) -> Stored<()> {
        let body = plain_json("key", key)?;
        let row = params![key.id.as_bytes().as_slice(), key.digest, micros(key.created), body.as_stored()];
        let sql = match is_new {
            true => "INSERT INTO api_keys (id, digest, created, body) VALUES (?1, ?2, ?3, ?4)",
            false => "UPDATE api_keys SET digest = ?2, created = ?3, body = ?4 WHERE id = ?1",
        };
        one(self.execute(sql, row)?, "the key")
    }

    fn add_look(&mut self, look: &Look) -> Stored<()> {
        let body = plain_json("look", look)?;
        let row = params![
            micros(look.at),
            look.actor,
            look.kind.word(),
            look.subject,
            look.court,
            body.as_stored(),
            i64::try_from(look.shown).unwrap_or(i64::MAX),
            in_one(&look.courts)
        ];
        let sql = "INSERT INTO looks (at, actor, kind, subject, court, body, shown, courts)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.execute(sql, row).map(drop)
    }
}

fn person(row: &Row<'_>) -> Stored<Person> {
    rows::body(row, 0, "person")
}

fn session(row: &Row<'_>) -> Stored<Session> {
    let kept: Session = rows::body(row, 0, "session")?;
    Ok(Session { seen: rows::instant(row, 1)?, ..kept })
}

fn key(row: &Row<'_>) -> Stored<StoredKey> {
    rows::body(row, 0, "key")
}

impl PeopleReads for Rows<'_> {
    fn person(&mut self, id: PersonId) -> Stored<Option<Person>> {
        self.one("SELECT body FROM persons WHERE id = ?1", [id.0.as_bytes().as_slice()], person)
    }

    fn person_by_number(&mut self, number: &str) -> Stored<Option<Person>> {
        let number = super::keyed(self.key, number.as_bytes());
        self.one("SELECT body FROM persons WHERE number = ?1", [number], person)
    }

    fn persons(&mut self) -> Stored<Vec<Person>> {
        self.all("SELECT body FROM persons ORDER BY created, id", [], person)
    }

    fn session(&mut self, digest: &[u8]) -> Stored<Option<Session>> {
        self.one("SELECT body, seen FROM sessions WHERE digest = ?1", [digest], session)
    }

    fn sessions(&mut self, person: Option<PersonId>) -> Stored<Vec<Session>> {
        let id = person.map(|id| id.0.as_bytes().to_vec());
        let sql = "SELECT body, seen FROM sessions WHERE ?1 IS NULL OR person = ?1 ORDER BY created DESC, id";
        self.all(sql, [id], session)
    }

    fn key_by_digest(&mut self, digest: &[u8]) -> Stored<Option<StoredKey>> {
        self.one("SELECT body FROM api_keys WHERE digest = ?1", [digest], key)
    }

    fn key(&mut self, id: Uuid) -> Stored<Option<StoredKey>> {
        self.one("SELECT body FROM api_keys WHERE id = ?1", [id.as_bytes().as_slice()], key)
    }

    fn keys(&mut self) -> Stored<Vec<StoredKey>> {
        self.all("SELECT body FROM api_keys ORDER BY created, id", [], key)
    }

    fn find_looks(&mut self, filter: &LookFilter) -> Stored<Vec<(i64, Look)>> {
        let courts = filter.courts.codes().map(|codes| serde_json::Value::from(codes).to_string());
        let actors = filter.actors.clone().map(|actors| serde_json::Value::from(actors).to_string());
        let query = Filter::new("SELECT body, id FROM looks", "id DESC", filter.limit)
            .given("actor = ?", filter.actor.as_ref())
            .given("actor IN (SELECT value FROM json_each(?))", actors)
            .given("kind = ?", filter.kind.map(|kind| kind.word()))
            .given("subject = ?", filter.subject.as_ref())
            .given(OF_COURTS, courts)
            .given("at >= ?", filter.since.map(micros))
            .given("at < ?", filter.until.map(micros))
            .given("id < ?", filter.before);
        self.filtered(query, |row| Ok((get(row, 1)?, rows::body(row, 0, "look")?)))
    }

    fn count_looks(&mut self, actor: &str, since: Timestamp) -> Stored<LookCounts> {
        let sql = "SELECT COALESCE(SUM(looks), 0), COALESCE(SUM(shown), 0) FROM (
                     SELECT COUNT(*) AS looks, MAX(shown) AS shown FROM looks WHERE actor = ?1 AND at >= ?2 GROUP BY kind, subject)";
        let counts = self.one(sql, params![actor, micros(since)], |row| {
            let (looks, records): (i64, i64) = (get(row, 0)?, get(row, 1)?);
            Ok(LookCounts { looks: looks.unsigned_abs(), records: records.unsigned_abs() })
        })?;
        Ok(counts.unwrap_or_default())
    }
}
