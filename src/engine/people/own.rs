//! What a person does to what is their own: password and second factor.

use uuid::Uuid;

use super::super::{Engine, InputError};
use super::{ByWhom, Outcome, person_of};
use crate::domain::decide::people::{
    Attempt, Attempted, attempt, with_password, with_proof, with_second_factor,
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
    let by = ByWhom { actor: person.number.clone(), person: Some(person.id), reason: String::new() };
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
    let wrong = Attempt { against: String::new(), is_right: false, step: None };
    let (after, outcome) = attempt(&person, &wrong, &new.rules, facts.now);
    let refused = Some("现用动态口令不正确 a wrong code of the present second factor".to_owned());
    let mut changes = vec![
        Change::People(PeopleChange::SavePerson(Box::new(after))),
        Change::Audit(AuditEntry { refused, ..line_of(&person, act, &facts) }),
    ];
    if outcome == (Attempted::Refused { locks: true }) {
        changes.push(Change::People(PeopleChange::EndSessions(*id, None)));
    }
    tx.write(&changes)?;
    Ok(Err(rejected))
}
