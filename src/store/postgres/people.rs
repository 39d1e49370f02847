//! Persons, sessions, keys and looks. All of it is rare beside orders: it is written at once, and not with others of its kind.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::columns::text;
use super::query::{Filter, View, params};
use super::rows::{self, get, micros};
use crate::domain::PersonId;
use crate::domain::people::{Look, PeopleChange, Person, Session, StoredKey};
use crate::store::codec::plain_json;
use crate::store::people::in_one;
use crate::store::{LookCounts, LookFilter, PeopleReads, StoreError, Stored};

/// Looks at cases of some courts, and at lists by people who see one of them.
const OF_COURTS: &str = "(court = ANY(CAST(? AS TEXT[])) OR court = '' AND (
    EXISTS (SELECT 1 FROM unnest(CAST(? AS TEXT[])) AS asked (code)
            WHERE position(chr(31) || '*' || chr(31) IN looks.courts) > 0
               OR position(chr(31) || asked.code || chr(31) IN looks.courts) > 0)))";

/// One row was to change; another number says that it does not stand as expected.
fn one(changed: u64, what: &'static str) -> Stored<()> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(what)) }
}

fn bytes(id: Uuid) -> Vec<u8> {
    id.as_bytes().to_vec()
}

impl View<'_> {
    /// Where this transaction may write: with persons, sessions and keys locked, so that none is written back over what another has
    /// written meanwhile.
    fn locked(&mut self) -> Stored<&mut Self> {
        self.lock_people()?;
        Ok(self)
    }

    pub(super) fn write_people(&mut self, change: &PeopleChange) -> Stored<()> {
        self.pending(|_| ())?;
        match change {
            PeopleChange::NewPerson(person) => self.put_person(person, true),
            PeopleChange::SavePerson(person) => self.put_person(person, false),
            PeopleChange::NewSession(session) => self.add_session(session),
            PeopleChange::SeeSession(digest, seen) => {
                let sql = "UPDATE sessions SET seen = $2 WHERE digest = $1";
                self.execute(sql, params![digest, micros(*seen)]).map(drop)
            }
            PeopleChange::EndSession(id) => {
                self.execute("DELETE FROM sessions WHERE id = $1", params![bytes(*id)]).map(drop)
            }
            PeopleChange::EndSessions(person, but) => {
                let row = params![bytes(person.0), bytes(but.unwrap_or_default())];
                self.execute("DELETE FROM sessions WHERE person = $1 AND id <> $2", row).map(drop)
            }
            PeopleChange::SweepSessions { began, seen } => {
                let row = params![micros(*began), micros(*seen)];
                self.execute("DELETE FROM sessions WHERE created <= $1 OR seen <= $2", row).map(drop)
            }
            PeopleChange::NewKey(key) => self.put_key(key, true),
            PeopleChange::SaveKey(key) => self.put_key(key, false),
            PeopleChange::NewLook(look) => self.add_look(look),
        }
    }

    fn put_person(&mut self, person: &Person, is_new: bool) -> Stored<()> {
        let number = super::keyed(&self.shared.key, person.number.as_bytes());
        let body = plain_json("person", person)?;
        let row = params![bytes(person.id.0), number, micros(person.created), body.as_stored()];
        let sql = match is_new {
            true => {
                "INSERT INTO persons (id, number, created, body)
                 SELECT CAST($1 AS BYTEA), CAST($2 AS BYTEA), CAST($3 AS BIGINT), CAST($4 AS BYTEA)
                 WHERE NOT EXISTS (SELECT 1 FROM persons WHERE number = $2)"
            }
            false => "UPDATE persons SET number = $2, created = $3, body = $4 WHERE id = $1",
        };
        one(self.execute(sql, row)?, "the person")
    }

    fn add_session(&mut self, session: &Session) -> Stored<()> {
        let body = plain_json("session", session)?;
        let row = params![
            session.digest,
            bytes(session.id),
            bytes(session.person.0),
            micros(session.created),
            micros(session.seen),
            body.as_stored()
        ];
        let sql =
            "INSERT INTO sessions (digest, id, person, created, seen, body) VALUES ($1, $2, $3, $4, $5, $6)";
        self.execute(sql, row).map(drop)
    }

    fn put_key(&mut self, key: &StoredKey, is_new: bool) -> Stored<()> {
        let body = plain_json("key", key)?;
        let row = params![bytes(key.id), key.digest, micros(key.created), body.as_stored()];
        let sql = match is_new {
            true => "INSERT INTO api_keys (id, digest, created, body) VALUES ($1, $2, $3, $4)",
            false => "UPDATE api_keys SET digest = $2, created = $3, body = $4 WHERE id = $1",
        };
        one(self.execute(sql, row)?, "the key")
    }

    fn add_look(&mut self, look: &Look) -> Stored<()> {
        let body = plain_json("look", look)?;
        let row = params![
            micros(look.at),
            text(&look.actor),
            look.kind.word(),
            text(&look.subject),
            text(&look.court),
            body.as_stored(),
            i64::try_from(look.shown).unwrap_or(i64::MAX),
            text(&in_one(&look.courts))
        ];
        let sql = "INSERT INTO looks (at, actor, kind, subject, court, body, shown, courts)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        self.execute(sql, row).map(drop)
    }
}

fn person(row: &Row) -> Stored<Person> {
    rows::body(row, 0, "person")
}

fn session(row: &Row) -> Stored<Session> {
    let kept: Session = rows::body(row, 0, "session")?;
    Ok(Session { seen: rows::instant(row, 1)?, ..kept })
}

fn key(row: &Row) -> Stored<StoredKey> {
    rows::body(row, 0, "key")
}

impl PeopleReads for View<'_> {
    fn person(&mut self, id: PersonId) -> Stored<Option<Person>> {
        self.locked()?.one("SELECT body FROM persons WHERE id = $1", params![bytes(id.0)], person)
    }

    fn person_by_number(&mut self, number: &str) -> Stored<Option<Person>> {
        let number = super::keyed(&self.shared.key, number.as_bytes());
        self.locked()?.one("SELECT body FROM persons WHERE number = $1", params![number], person)
    }

    fn persons(&mut self) -> Stored<Vec<Person>> {
        self.locked()?.all("SELECT body FROM persons ORDER BY created, id", params![], person)
    }

    fn session(&mut self, digest: &[u8]) -> Stored<Option<Session>> {
        self.locked()?.one("SELECT body, seen FROM sessions WHERE digest = $1", params![digest], session)
    }

    fn sessions(&mut self, person: Option<PersonId>) -> Stored<Vec<Session>> {
        let id = person.map(|id| bytes(id.0));
        let sql = "SELECT body, seen FROM sessions WHERE CAST($1 AS BYTEA) IS NULL OR person = $1 ORDER BY created DESC, id";
        self.locked()?.all(sql, params![id], session)
    }

    fn key_by_digest(&mut self, digest: &[u8]) -> Stored<Option<StoredKey>> {
        self.locked()?.one("SELECT body FROM api_keys WHERE digest = $1", params![digest], key)
    }

    fn key(&mut self, id: Uuid) -> Stored<Option<StoredKey>> {
        self.locked()?.one("SELECT body FROM api_keys WHERE id = $1", params![bytes(id)], key)
    }

    fn keys(&mut self) -> Stored<Vec<StoredKey>> {
        self.locked()?.all("SELECT body FROM api_keys ORDER BY created, id", params![], key)
    }

    fn find_looks(&mut self, filter: &LookFilter) -> Stored<Vec<(i64, Look)>> {
        let courts: Option<Vec<String>> =
            filter.courts.codes().map(|codes| codes.iter().map(|code| text(code)).collect());
        let actors =
            filter.actors.as_ref().map(|actors| actors.iter().map(|one| text(one)).collect::<Vec<_>>());
        let query = Filter::new("SELECT body, id FROM looks", "id DESC", filter.limit)
            .given("actor = ?", filter.actor.as_deref().map(text))
            .given("actor = ANY(?)", actors)
            .given("kind = ?", filter.kind.map(|kind| kind.word()))
            .given("subject = ?", filter.subject.as_deref().map(text))
            .given(OF_COURTS, courts)
            .given("at >= ?", filter.since.map(micros))
            .given("at < ?", filter.until.map(micros))
            .given("id < ?", filter.before);
        self.filtered(query, |row| Ok((get(row, 1)?, rows::body(row, 0, "look")?)))
    }

    fn count_looks(&mut self, actor: &str, since: Timestamp) -> Stored<LookCounts> {
        let sql = "SELECT CAST(COALESCE(SUM(looks), 0) AS BIGINT), CAST(COALESCE(SUM(shown), 0) AS BIGINT) FROM (
                     SELECT COUNT(*) AS looks, MAX(shown) AS shown FROM looks WHERE actor = $1 AND at >= $2 GROUP BY kind, subject
                   ) AS things";
        let counts = self.one(sql, params![text(actor), micros(since)], |row| {
            Ok(LookCounts { looks: get(row, 0)?, records: get(row, 1)? })
        })?;
        Ok(counts.unwrap_or_default())
    }
}
