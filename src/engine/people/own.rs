//! What a person does to what is their own: password and second factor.

use uuid::Uuid;

use super::super::{Engine, InputError};
use super::{ByWhom, Outcome, person_of};
use crate::domain::decide::people::{
    Attempt, Attempted, FirstFactor, attempt, with_password, with_proof, with_second_factor,
};
use crate::domain::decide::{Decided, Facts, Rejected};
use crate::domain::people::{PeopleChange, Person, SignInRules};
use crate::domain::{AuditEntry, Change, PersonId};
use crate::store::Tx;

/// A second factor to be set up.
#[derive(Clone)]
pub struct NewFactor {
    /// Its secret.
    pub secret: String,
    /// The step of a code of the present one, where a right one was shown.
    pub step: Option<u64>,
    /// The rules, for codes that are wrong.
    pub rules: SignInRules,
}

impl std::fmt::Debug for NewFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewFactor").field("step", &self.step).finish_non_exhaustive()
    }
}

impl Engine {
    /// A person sets a password of their own, in place of the one that was shown `against` its hash. Their other sessions end. Where
    /// another password stands by now, somebody else was first.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn set_password(
        &self,
        id: PersonId,
        (against, hash): (Option<String>, String),
        session: Uuid,
        rules: SignInRules,
    ) -> Result<(), InputError> {
        type Input = (PersonId, (Option<String>, String), Uuid, SignInRules);
        let run = |tx: &mut dyn Tx, (id, (against, hash), session, rules): &Input, facts: Facts<'_>| {
            let ends = Change::People(PeopleChange::EndSessions(*id, Some(*session)));
            own(tx, (*id, "change_password"), &facts, vec![ends], |person| {
                if person.is_locked(facts.now) {
                    let detail = "失败次数过多，已锁定，请稍后再试 too many failures: locked for a while";
                    return Err(Rejected::NotNow(detail.into()));
                }
                let stands = person.password.as_ref().map(|kept| &kept.hash);
                if !person.is_active() || stands != against.as_ref() {
                    let detail = "密码已被他人重置，请重新登录 somebody else has set the password meanwhile; sign in again";
                    return Err(Rejected::NotNow(detail.into()));
                }
                Ok(with_password(person, hash.clone(), rules, facts.now))
            })
        };
        Ok(self.execute((id, (against, hash), session, rules), run).await??)
    }

    /// Somebody who has a session gave a wrong present password in order to change it. It counts like a failure to sign in: too many
    /// lock the person, and end every session.
    ///
    /// # Errors
    /// When the store fails, or there is no such person any more.
    pub async fn wrong_present_password(&self, id: PersonId, rules: SignInRules) -> Result<(), InputError> {
        let run = |tx: &mut dyn Tx, (id, rules): &(PersonId, SignInRules), facts: Facts<'_>| {
            let person = match person_of(tx, *id)? {
                Ok(person) => person,
                Err(rejected) => return Ok(Err(rejected)),
            };
            let why = "原密码不正确 a wrong present password";
            tx.write(&failure(&person, ("change_password", why), rules, &facts))?;
            Ok(Ok(()))
        };
        Ok(self.execute((id, rules), run).await??)
    }

    /// A person sets a second factor up, which is still to be proved. A wrong code of the present one counts like a failure to sign in:
    /// too many lock the person, and end every session.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn set_second_factor(&self, id: PersonId, new: NewFactor) -> Result<(), InputError> {
        Ok(self.execute((id, new), set_second_factor).await??)
    }

    /// A person proved the second factor of a secret by a code of a step.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn prove_second_factor(
        &self,
        id: PersonId,
        secret: String,
        step: u64,
    ) -> Result<(), InputError> {
        let run = |tx: &mut dyn Tx, (id, secret, step): &(PersonId, String, u64), facts: Facts<'_>| {
            own(tx, (*id, "set_up_second_factor"), &facts, Vec::new(), |person| {
                with_proof(person, secret, *step)
            })
        };
        Ok(self.execute((id, secret, step), run).await??)
    }
}

/// A person changes something of their own.
fn own(
    tx: &mut dyn Tx,
    (id, act): (PersonId, &str),
    facts: &Facts<'_>,
    mut changes: Vec<Change>,
    decide: impl FnOnce(&Person) -> Decided<Person>,
) -> Outcome<()> {
    let person = match person_of(tx, id)? {
        Ok(person) => person,
        Err(rejected) => return Ok(Err(rejected)),
    };
    match decide(&person) {
        Ok(after) => {
            changes.push(Change::People(PeopleChange::SavePerson(Box::new(after))));
            changes.push(Change::Audit(line_of(&person, act, facts)));
            tx.write(&changes)?;
            Ok(Ok(()))
        }
        Err(rejected) => Ok(Err(rejected)),
    }
}

fn line_of(person: &Person, act: &str, facts: &Facts<'_>) -> AuditEntry {
    let by = ByWhom::person(person.number.clone(), person.id);
    by.line(facts.now, act, &person.number, None)
}

fn set_second_factor(tx: &mut dyn Tx, (id, new): &(PersonId, NewFactor), facts: Facts<'_>) -> Outcome<()> {
    let act = "begin_second_factor";
    let person = match person_of(tx, *id)? {
        Ok(person) => person,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let rejected = match with_second_factor(&person, new.secret.clone(), new.step) {
        Ok(after) => {
            let save = Change::People(PeopleChange::SavePerson(Box::new(after)));
            tx.write(&[save, Change::Audit(line_of(&person, act, &facts))])?;
            return Ok(Ok(()));
        }
        Err(rejected) => rejected,
    };
    let why = "现用动态口令不正确 a wrong code of the present second factor";
    tx.write(&failure(&person, (act, why), &new.rules, &facts))?;
    Ok(Err(rejected))
}

/// A failure of somebody who has a session counts like one to sign in.
fn failure(person: &Person, (act, why): (&str, &str), rules: &SignInRules, facts: &Facts<'_>) -> Vec<Change> {
    let wrong = Attempt { first: FirstFactor::wrong(), step: None };
    let (after, outcome) = attempt(person, &wrong, rules, facts.now);
    let mut changes = vec![
        Change::People(PeopleChange::SavePerson(Box::new(after))),
        Change::Audit(AuditEntry { refused: Some(why.to_owned()), ..line_of(person, act, facts) }),
    ];
    if outcome == (Attempted::Refused { locks: true }) {
        changes.push(Change::People(PeopleChange::EndSessions(person.id, None)));
    }
    changes
}
