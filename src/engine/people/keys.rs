//! API keys, kept by the security administrator.

use uuid::Uuid;

use super::super::{Engine, InputError};
use super::names::taken;
use super::{ByWhom, Outcome};
use crate::domain::Change;
use crate::domain::decide::people::{NameOf, NewKey, check_key, may_make_key};
use crate::domain::decide::{Facts, Rejected};
use crate::domain::people::{PeopleChange, StoredKey};
use crate::store::Tx;

impl Engine {
    /// Makes a key, of which the digest is kept. Its name is nobody else's (see `check_name`); `others` are the names of the keys of the
    /// configuration.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn make_key(
        &self,
        by: ByWhom,
        new: NewKey,
        digest: Vec<u8>,
        others: Vec<String>,
    ) -> Result<StoredKey, InputError> {
        Ok(self.execute((Uuid::new_v4(), by, new, digest, others), make).await??)
    }

    /// Revokes a key, for good.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn revoke_key(&self, by: ByWhom, id: Uuid) -> Result<StoredKey, InputError> {
        let run = |tx: &mut dyn Tx, (by, id): &(ByWhom, Uuid), facts: Facts<'_>| {
            let Some(known) = tx.key(*id)? else { return Ok(Err(Rejected::Unknown("key"))) };
            let owner = match known.person {
                Some(id) => tx.person(id)?,
                None => None,
            };
            if !known.is_kept_by(owner.as_ref(), &by.courts) {
                return Ok(Err(Rejected::Unknown("key")));
            }
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
}

fn make(
    tx: &mut dyn Tx,
    (id, by, new, digest, others): &(Uuid, ByWhom, NewKey, Vec<u8>, Vec<String>),
    facts: Facts<'_>,
) -> Outcome<StoredKey> {
    let mut findings = check_key(new, facts.now);
    let name = new.name.trim().to_owned();
    findings.extend(taken(tx, ("/name", &name), NameOf::Key(&by.courts), (others, &facts))?);
    if !findings.is_empty() {
        return Ok(Err(Rejected::Findings(findings)));
    }
    let owner = match new.person {
        Some(id) => match tx.person(id)?.filter(|person| person.is_active()) {
            Some(person) => Some(person),
            None => return Ok(Err(Rejected::Unknown("active person"))),
        },
        None => None,
    };
    if let Err(rejected) = may_make_key(new, owner.as_ref(), &by.courts) {
        return Ok(Err(rejected));
    }
    let key = StoredKey {
        id: *id,
        name,
        person: new.person,
        roles: new.roles.clone(),
        courts: new.courts.clone(),
        consumer: new.consumer.clone(),
        digest: digest.clone(),
        created: facts.now,
        created_by: by.actor.clone(),
        expires: new.expires,
        revoked: None,
    };
    let detail = serde_json::json!({
        "key": key.id, "person": key.person, "roles": key.roles, "courts": key.courts, "consumer": key.consumer,
        "expires": key.expires,
    });
    let line = by.line(facts.now, "make_key", &key.name, Some(detail));
    tx.write(&[Change::People(PeopleChange::NewKey(Box::new(key.clone()))), Change::Audit(line)])?;
    Ok(Ok(key))
}
