//! Client certificates by which persons sign in, kept by the security administrator.

use super::super::{Engine, InputError};
use super::{ByWhom, Outcome, person_of};
use crate::domain::decide::people::{bind_certificate, revoke_certificate};
use crate::domain::decide::{Decided, Facts, Rejected};
use crate::domain::people::{PeopleChange, Person, SignInCertificate};
use crate::domain::{AuditEntry, Change, PersonId};
use crate::store::{Stored, Tx};

type Input<T> = (ByWhom, PersonId, T);

impl Engine {
    /// Binds a client certificate to a person.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn bind_certificate(
        &self,
        by: ByWhom,
        id: PersonId,
        certificate: SignInCertificate,
    ) -> Result<Person, InputError> {
        let run = |tx: &mut dyn Tx, (by, id, one): &Input<SignInCertificate>, facts: Facts<'_>| {
            let person = match kept_by(tx, by, *id)? {
                Ok(person) => person,
                Err(rejected) => return Ok(Err(rejected)),
            };
            let all = tx.persons()?;
            let others = all.iter().filter(|other| other.id != *id);
            let one = SignInCertificate { bound: facts.now, bound_by: by.actor.clone(), ..one.clone() };
            let detail = serde_json::json!({ "fingerprint": one.fingerprint, "subject": one.subject, "until": one.until });
            let line = by.line(facts.now, "bind_certificate", &person.number, Some(detail));
            saved(tx, bind_certificate(&person, one, by.person, others), Vec::new(), line)
        };
        Ok(self.execute((by, id, certificate), run).await??)
    }

    /// Revokes the binding of a client certificate. Sessions of the person end: one of them may have begun by it.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn revoke_certificate(
        &self,
        by: ByWhom,
        id: PersonId,
        fingerprint: String,
    ) -> Result<Person, InputError> {
        let run = |tx: &mut dyn Tx, (by, id, fingerprint): &Input<String>, facts: Facts<'_>| {
            let person = match kept_by(tx, by, *id)? {
                Ok(person) => person,
                Err(rejected) => return Ok(Err(rejected)),
            };
            let detail = serde_json::json!({ "fingerprint": fingerprint });
            let line = by.line(facts.now, "revoke_certificate", &person.number, Some(detail));
            let ends = vec![Change::People(PeopleChange::EndSessions(*id, None))];
            saved(tx, revoke_certificate(&person, fingerprint, by.person, facts.now), ends, line)
        };
        Ok(self.execute((by, id, fingerprint), run).await??)
    }
}

/// A person whom they keep who act; for others there is none.
fn kept_by(tx: &mut dyn Tx, by: &ByWhom, id: PersonId) -> Outcome<Person> {
    let found = person_of(tx, id)?;
    Ok(found.and_then(|person| {
        if person.is_kept_by(&by.courts) { Ok(person) } else { Err(Rejected::Unknown("person")) }
    }))
}

/// Keeps a person as decided, with what goes with it and the line in the audit.
fn saved(
    tx: &mut dyn Tx,
    decided: Decided<Person>,
    mut changes: Vec<Change>,
    line: AuditEntry,
) -> Outcome<Person> {
    let person = match decided {
        Ok(person) => person,
        Err(rejected) => return Ok(Err(rejected)),
    };
    changes.push(Change::People(PeopleChange::SavePerson(Box::new(person.clone()))));
    changes.push(Change::Audit(line));
    let written: Stored<()> = tx.write(&changes);
    written.map(|()| Ok(person))
}
