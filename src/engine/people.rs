//! People: persons, their sessions, keys and looks. Each is an input like any other, with its line in the audit.

mod own;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Engine, InputError};
use crate::domain::decide::people::{
    Attempt, Attempted, NewPerson, PersonUpdate, add_person, attempt, change_person,
};
use crate::domain::decide::{Facts, Rejected};
use crate::domain::people::{Look, LookRules, PeopleChange, Person, Role, Session, SignInRules, StoredKey};
use crate::domain::{AuditEntry, Change, PersonId};
use crate::store::{LookCounts, Stored, Tx};

pub use own::NewFactor;

/// Most sessions of one person at once; the oldest makes room.
const MOST_SESSIONS: usize = 50;

/// Who acts about people, and why.
#[derive(Debug, Clone)]
pub struct ByWhom {
    /// 工号 of the person, name of the key, or `command line`.
    pub actor: String,
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// Why.
    pub reason: String,
}

impl ByWhom {
    fn line(&self, at: Timestamp, act: &str, subject: &str, detail: Option<serde_json::Value>) -> AuditEntry {
        AuditEntry {
            at,
            actor: self.actor.clone(),
            act: act.to_owned(),
            subject: subject.to_owned(),
            reason: self.reason.trim().to_owned(),
            detail,
            refused: None,
        }
    }
}

/// An attempt to sign in, as it was checked.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The person who is named.
    pub person: PersonId,
    /// What was shown.
    pub shown: Attempt,
    /// The session that begins if it succeeds.
    pub session: Session,
    /// The rules.
    pub rules: SignInRules,
}

/// What became of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// It is on record.
    Kept,
    /// It is on record, and the auditor was told that the person looks at very much today.
    Alarmed(LookCounts),
    /// It is refused: the person looked at too much today.
    TooMuch(LookCounts),
}

type Outcome<T> = Stored<Result<T, Rejected>>;

fn person_of(tx: &mut dyn Tx, id: PersonId) -> Outcome<Person> {
    Ok(tx.person(id)?.ok_or(Rejected::Unknown("person")))
}

/// What of a person the audit shows: nothing that is secret.
fn shown(person: &Person) -> serde_json::Value {
    serde_json::json!({
        "name": person.name,
        "roles": person.roles,
        "courts": person.courts,
        "certificates": person.certificates,
        "disabled": person.disabled,
    })
}

impl Engine {
    /// Makes a person known, with an initial password (its hash).
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn add_person(
        &self,
        by: ByWhom,
        new: NewPerson,
        id: PersonId,
        initial: String,
    ) -> Result<Person, InputError> {
        let run = |tx: &mut dyn Tx,
                   (by, new, id, initial): &(ByWhom, NewPerson, PersonId, String),
                   facts: Facts<'_>| {
            if tx.person_by_number(new.number.trim())?.is_some() {
                let detail = "工号已存在 somebody has this staff number already";
                return Ok(Err(Rejected::Findings(vec![crate::domain::Finding::new("/number", detail)])));
            }
            let person = match add_person(new.clone(), *id, initial.clone(), facts.now) {
                Ok(person) => person,
                Err(rejected) => return Ok(Err(rejected)),
            };
            let line = by.line(facts.now, "add_person", &person.number, Some(shown(&person)));
            let new = PeopleChange::NewPerson(Box::new(person.clone()));
            tx.write(&[Change::People(new), Change::Audit(line)])?;
            Ok(Ok(person))
        };
        Ok(self.execute((by, new, id, initial), run).await??)
    }

    /// Changes a person: what is known, whether they may sign in, or a new initial password. Sessions end where the person may less
    /// than before.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn change_person(
        &self,
        by: ByWhom,
        id: PersonId,
        update: PersonUpdate,
    ) -> Result<Person, InputError> {
        Ok(self.execute((by, id, update), change).await??)
    }

    /// An attempt to sign in: the session begins, or the failure counts. `None` where it failed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_in(&self, input: SignIn) -> Stored<Option<Person>> {
        self.execute(input, sign_in).await
    }

    /// A session was used.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn see_session(&self, digest: Vec<u8>, seen: Timestamp) -> Stored<()> {
        let run = |tx: &mut dyn Tx, (digest, seen): &(Vec<u8>, Timestamp), _: Facts<'_>| {
            tx.write(&[Change::People(PeopleChange::SeeSession(digest.clone(), *seen))])
        };
        self.execute((digest, seen), run).await
    }

    /// Ends a session: one's own, or another's by a security administrator.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_session(&self, by: ByWhom, session: Session) -> Stored<()> {
        let run = |tx: &mut dyn Tx, (by, session): &(ByWhom, Session), facts: Facts<'_>| {
            let whose = tx.person(session.person)?.map(|person| person.number).unwrap_or_default();
            let line = by.line(facts.now, "sign_out", &whose, None);
            tx.write(&[Change::People(PeopleChange::EndSession(session.id)), Change::Audit(line)])
        };
        self.execute((by, session), run).await
    }

    /// Makes a key.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn make_key(&self, by: ByWhom, key: StoredKey) -> Result<(), InputError> {
        let run = |tx: &mut dyn Tx, (by, key): &(ByWhom, StoredKey), facts: Facts<'_>| {
            if let Some(person) = key.person
                && tx.person(person)?.is_none_or(|person| !person.is_active())
            {
                return Ok(Err(Rejected::Unknown("active person")));
            }
            let detail = serde_json::json!({ "key": key.id, "roles": key.roles, "courts": key.courts, "expires": key.expires });
            let line = by.line(facts.now, "make_key", &key.name, Some(detail));
            tx.write(&[Change::People(PeopleChange::NewKey(Box::new(key.clone()))), Change::Audit(line)])?;
            Ok(Ok(()))
        };
        Ok(self.execute((by, key), run).await??)
    }

    /// Revokes a key, for good.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn revoke_key(&self, by: ByWhom, id: Uuid) -> Result<StoredKey, InputError> {
        let run = |tx: &mut dyn Tx, (by, id): &(ByWhom, Uuid), facts: Facts<'_>| {
            let Some(known) = tx.key(*id)? else { return Ok(Err(Rejected::Unknown("key"))) };
            let revoked = StoredKey { revoked: known.revoked.or(Some(facts.now)), ..known.clone() };
            if revoked != known {
                let line =
                    by.line(facts.now, "revoke_key", &known.name, Some(serde_json::json!({ "key": id })));
                let save = PeopleChange::SaveKey(Box::new(revoked.clone()));
                tx.write(&[Change::People(save), Change::Audit(line)])?;
            }
            Ok(Ok(revoked))
        };
        Ok(self.execute((by, id), run).await??)
    }

    /// Somebody looks at something: on record before it is shown. `since` is when the day began; with `counts` the limits of a day
    /// hold.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_look(&self, look: Look, since: Timestamp, counts: Option<LookRules>) -> Stored<Looked> {
        self.execute((look, since, counts), on_record).await
    }
}

fn change(
    tx: &mut dyn Tx,
    (by, id, update): &(ByWhom, PersonId, PersonUpdate),
    facts: Facts<'_>,
) -> Outcome<Person> {
    let before = match person_of(tx, *id)? {
        Ok(person) => person,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let after = match change_person(&before, update, by.person, facts.now) {
        Ok(after) => after,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let administers =
        |person: &Person| person.is_active() && person.roles.contains(&Role::SecurityAdministrator);
    if administers(&before) && !administers(&after) {
        let others = tx.persons()?.into_iter().filter(|other| other.id != *id && administers(other));
        if others.count() == 0 {
            let why = "须保留至少一名在用的安全管理员 this is the last security administrator: make another one first";
            return Ok(Err(Rejected::NotNow(why.into())));
        }
    }
    let mut changes = vec![Change::People(PeopleChange::SavePerson(Box::new(after.clone())))];
    let is_less = !after.is_active()
        || update.reset.is_some()
        || update.forget_factor
        || before.roles != after.roles
        || before.courts != after.courts;
    if is_less {
        changes.push(Change::People(PeopleChange::EndSessions(*id, None)));
    }
    let detail = serde_json::json!({ "before": shown(&before), "after": shown(&after) });
    changes.push(Change::Audit(by.line(facts.now, update.word(), &after.number, Some(detail))));
    tx.write(&changes)?;
    Ok(Ok(after))
}

fn sign_in(tx: &mut dyn Tx, input: &SignIn, facts: Facts<'_>) -> Stored<Option<Person>> {
    let Some(person) = tx.person(input.person)? else { return Ok(None) };
    let (after, outcome) = attempt(&person, &input.shown, &input.rules, facts.now);
    let by = ByWhom { actor: person.number.clone(), person: Some(person.id), reason: String::new() };
    let detail = Some(serde_json::json!({ "from": input.session.from }));
    let line = by.line(facts.now, "sign_in", &person.number, detail);
    let mut changes = Vec::new();
    if after != person {
        changes.push(Change::People(PeopleChange::SavePerson(Box::new(after.clone()))));
    }
    let before = |length| facts.now.checked_sub(length).unwrap_or(Timestamp::MIN);
    match outcome {
        Attempted::In => {
            let over = PeopleChange::SweepSessions {
                began: before(input.rules.longest),
                seen: before(input.rules.idle),
            };
            let session = Session { created: facts.now, seen: facts.now, ..input.session.clone() };
            // The newest stand first.
            for oldest in tx.sessions(Some(person.id))?.into_iter().skip(MOST_SESSIONS - 1) {
                changes.push(Change::People(PeopleChange::EndSession(oldest.id)));
            }
            changes.extend([Change::People(over), Change::People(PeopleChange::NewSession(session))]);
            changes.push(Change::Audit(line));
        }
        Attempted::Refused { locks } => {
            let why = match locks {
                true => "登录失败次数过多，已锁定 too many failures: locked for a while",
                false => "登录失败 refused",
            };
            changes.push(Change::Audit(AuditEntry { refused: Some(why.to_owned()), ..line }));
        }
    }
    tx.write(&changes)?;
    Ok((outcome == Attempted::In).then_some(after))
}

fn on_record(
    tx: &mut dyn Tx,
    (look, since, rules): &(Look, Timestamp, Option<LookRules>),
    facts: Facts<'_>,
) -> Stored<Looked> {
    let by = ByWhom { actor: look.actor.clone(), person: None, reason: look.reason.clone() };
    let Some(rules) = rules else {
        tx.write(&[Change::People(PeopleChange::NewLook(look.clone()))])?;
        return Ok(Looked::Kept);
    };
    let before = tx.count_looks(&look.actor, *since)?;
    let tell = |counts: LookCounts, refused: Option<&str>| {
        let detail = serde_json::json!({ "looks": counts.looks, "subjects": counts.subjects });
        let line = by.line(facts.now, "mass_looks", &look.actor, Some(detail));
        Change::Audit(AuditEntry { refused: refused.map(str::to_owned), ..line })
    };
    if before.subjects >= rules.most_a_day {
        tx.write(&[tell(before, Some("超出当日查看上限 more than may be looked at in a day"))])?;
        return Ok(Looked::TooMuch(before));
    }
    tx.write(&[Change::People(PeopleChange::NewLook(look.clone()))])?;
    let after = tx.count_looks(&look.actor, *since)?;
    if before.subjects < rules.alarm_at && after.subjects >= rules.alarm_at {
        tx.write(&[tell(after, None)])?;
        return Ok(Looked::Alarmed(after));
    }
    Ok(Looked::Kept)
}
