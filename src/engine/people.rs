//! People: persons, their sessions, keys and looks. Each is an input like any other, with its line in the audit.

mod certificates;
mod keys;
mod names;
mod own;

use jiff::Timestamp;

use super::{Engine, InputError};
use crate::domain::decide::people::{
    Attempt, Attempted, NameOf, NewPerson, PersonUpdate, add_person, attempt, change_person,
};
use crate::domain::decide::{Facts, Rejected};
use crate::domain::people::{
    Courts, Look, LookRules, PeopleChange, Person, Role, Session, SignInMethod, SignInRules, StoredKey,
};
use crate::domain::{AuditEntry, Change, PersonId};
use crate::store::{LookCounts, Stored, Tx};

use names::taken;

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
    /// Whose persons and keys they keep.
    pub courts: Courts,
    /// Why.
    pub reason: String,
}

impl ByWhom {
    /// A person about themselves.
    fn person(actor: String, person: PersonId) -> Self {
        Self { actor, person: Some(person), courts: Courts::All, reason: String::new() }
    }

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
    /// Makes a person known, with an initial password (its hash), or without one. The staff number is nobody else's name; `others` are
    /// the names of the keys of the configuration.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn add_person(
        &self,
        by: ByWhom,
        new: NewPerson,
        id: PersonId,
        initial: Option<String>,
        others: Vec<String>,
    ) -> Result<Person, InputError> {
        let run =
            |tx: &mut dyn Tx,
             (by, new, id, initial, others): &(ByWhom, NewPerson, PersonId, Option<String>, Vec<String>),
             facts: Facts<'_>| {
                let found = taken(tx, ("/number", &new.number), NameOf::Person, (others, &facts))?;
                if let Some(finding) = found {
                    return Ok(Err(Rejected::Findings(vec![finding])));
                }
                let person = match add_person(new.clone(), *id, initial.clone(), &by.courts, facts.now) {
                    Ok(person) => person,
                    Err(rejected) => return Ok(Err(rejected)),
                };
                let line = by.line(facts.now, "add_person", &person.number, Some(shown(&person)));
                let new = PeopleChange::NewPerson(Box::new(person.clone()));
                tx.write(&[Change::People(new), Change::Audit(line)])?;
                Ok(Ok(person))
            };
        Ok(self.execute((by, new, id, initial, others), run).await??)
    }

    /// Changes a person: what is known, whether they may sign in, or a new initial password. Sessions end where the person may less
    /// than before; with the password the person's keys go, for whoever knew the one may have the others.
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
    let after = match change_person(&before, update, (by.person, &by.courts), facts.now) {
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
    let mut revoked = Vec::new();
    if update.reset.is_some() {
        let own = tx.keys()?.into_iter().filter(|key| key.person == Some(*id) && key.revoked.is_none());
        for key in own {
            revoked.push(key.id);
            let key = StoredKey { revoked: Some(facts.now), ..key };
            changes.push(Change::People(PeopleChange::SaveKey(Box::new(key))));
        }
    }
    let detail =
        serde_json::json!({ "before": shown(&before), "after": shown(&after), "revoked_keys": revoked });
    changes.push(Change::Audit(by.line(facts.now, update.word(), &after.number, Some(detail))));
    tx.write(&changes)?;
    Ok(Ok(after))
}

fn sign_in(tx: &mut dyn Tx, input: &SignIn, facts: Facts<'_>) -> Stored<Option<Person>> {
    let Some(person) = tx.person(input.person)? else { return Ok(None) };
    let began = tx.sessions(Some(person.id))?;
    // A session of this identifier stands where what signs in, which counts once, is shown again.
    let is_again = began.iter().any(|session| session.id == input.session.id);
    let (after, outcome) = match is_again {
        true => (person.clone(), Attempted::Refused { locks: false }),
        false => attempt(&person, &input.shown, &input.rules, facts.now),
    };
    let by = ByWhom::person(person.number.clone(), person.id);
    let method = input.shown.first.method();
    let detail = Some(serde_json::json!({ "from": input.session.from, "method": method.word() }));
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
            let session = Session { created: facts.now, seen: facts.now, method, ..input.session.clone() };
            // The newest stand first.
            for oldest in began.into_iter().skip(MOST_SESSIONS - 1) {
                changes.push(Change::People(PeopleChange::EndSession(oldest.id)));
            }
            changes.extend([Change::People(over), Change::People(PeopleChange::NewSession(session))]);
            changes.push(Change::Audit(line));
        }
        Attempted::Refused { locks } => {
            let why = match locks {
                true => "登录失败次数过多，已锁定 too many failures: locked for a while",
                false if is_again => "重复使用同一次登录 the same sign-in was shown twice",
                false if method != SignInMethod::Password => refused_with_proof(&person, facts.now),
                false => "登录失败 refused",
            };
            changes.push(Change::Audit(AuditEntry { refused: Some(why.to_owned()), ..line }));
        }
    }
    tx.write(&changes)?;
    Ok((outcome == Attempted::In).then_some(after))
}

/// Why a person is refused whom the identity provider or a certificate names.
fn refused_with_proof(person: &Person, now: Timestamp) -> &'static str {
    if !person.is_active() {
        "人员已停用 the person is disabled"
    } else if person.is_locked(now) {
        "人员已锁定 the person is locked for a while"
    } else {
        "动态口令或证书不正确 a wrong code of the second factor, or the certificate is not bound any more"
    }
}

fn on_record(
    tx: &mut dyn Tx,
    (look, since, rules): &(Look, Timestamp, Option<LookRules>),
    facts: Facts<'_>,
) -> Stored<Looked> {
    let (actor, reason) = (look.actor.clone(), look.reason.clone());
    let by = ByWhom { actor, person: None, courts: Courts::All, reason };
    let Some(rules) = rules else {
        tx.write(&[Change::People(PeopleChange::NewLook(look.clone()))])?;
        return Ok(Looked::Kept);
    };
    let before = tx.count_looks(&look.actor, *since)?;
    let tell = |counts: LookCounts, refused: Option<&str>| {
        let detail = serde_json::json!({ "looks": counts.looks, "records": counts.records });
        let line = by.line(facts.now, "mass_looks", &look.actor, Some(detail));
        Change::Audit(AuditEntry { refused: refused.map(str::to_owned), ..line })
    };
    if before.records >= rules.most_a_day {
        tx.write(&[tell(before, Some("超出当日查看上限 more than may be looked at in a day"))])?;
        return Ok(Looked::TooMuch(before));
    }
    tx.write(&[Change::People(PeopleChange::NewLook(look.clone()))])?;
    let after = tx.count_looks(&look.actor, *since)?;
    if before.records < rules.alarm_at && after.records >= rules.alarm_at {
        tx.write(&[tell(after, None)])?;
        return Ok(Looked::Alarmed(after));
    }
    Ok(Looked::Kept)
}
