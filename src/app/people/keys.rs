//! API keys by the command line.

use super::{PeopleDesk, PeopleError, by, codes_of, courts_of, roles_of, words_of};
use crate::clock::{Clock as _, SystemClock};
use crate::config::digest_of;
use crate::domain::decide::people::NewKey;
use crate::domain::people::StoredKey;
use crate::people::cookie::new_token;

/// A key to be made, in the words of the command line.
#[derive(Debug, Clone, Default)]
pub struct MadeKey {
    /// Its name.
    pub name: String,
    /// 工号 of the person to whom it belongs; `None` for a system's.
    pub number: Option<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Codes of courts; none for every court, or those of the person.
    pub courts: Vec<String>,
    /// The consumer of results as which alone it reads.
    pub consumer: Option<String>,
    /// Last day, in Shanghai.
    pub until: Option<jiff::civil::Date>,
}

/// A key in a list.
#[derive(Debug, Clone)]
pub struct ListedKey {
    /// Its name.
    pub name: String,
    /// 工号 of the person to whom it belongs; empty for a system's.
    pub number: String,
    /// Roles, separated by commas.
    pub roles: String,
    /// Codes of courts, separated by commas; `*` for every court.
    pub courts: String,
    /// The consumer to which it is bound; empty for none.
    pub consumer: String,
    /// Until when it can be used; empty without an end.
    pub until: String,
    /// Whether it can be used.
    pub is_valid: bool,
}

impl PeopleDesk {
    /// Makes a key; gives its secret, which is kept nowhere.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn make_key(&self, made: MadeKey, reason: &str) -> Result<String, PeopleError> {
        let secret = new_token();
        self.make_ready_key(made, &secret, reason).await?;
        Ok(secret)
    }

    /// Makes a key with a secret that somebody else knows: for demonstrations and tests.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn make_ready_key(&self, made: MadeKey, secret: &str, reason: &str) -> Result<(), PeopleError> {
        let person = match &made.number {
            Some(number) => Some(self.find(number).await?.id),
            None => None,
        };
        let new = NewKey {
            name: made.name,
            person,
            roles: roles_of(&made.roles)?,
            courts: courts_of(made.courts),
            consumer: made.consumer,
            // The day is one of Beijing, and counts to its end.
            expires: made.until.and_then(|day| day.tomorrow().ok()).map(crate::people::day_begins),
        };
        let digest = digest_of(secret).to_vec();
        self.engine.make_key(by(reason), new, digest, self.configured.clone()).await?;
        Ok(())
    }

    /// Every key of the store, in the order in which they were made.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_keys(&self) -> Result<Vec<ListedKey>, PeopleError> {
        let (keys, persons) = self.store.read(|reads| Ok((reads.keys()?, reads.persons()?))).await?;
        let now = SystemClock.now();
        let number = |key: &StoredKey| {
            let person = persons.iter().find(|person| Some(person.id) == key.person);
            person.map(|person| person.number.clone()).unwrap_or_default()
        };
        let listed = |key: &StoredKey| ListedKey {
            name: key.name.clone(),
            number: number(key),
            roles: words_of(&key.roles),
            courts: codes_of(&key.courts),
            consumer: key.consumer.clone().unwrap_or_default(),
            until: key.expires.map(|until| until.to_string()).unwrap_or_default(),
            is_valid: key.is_valid(now),
        };
        Ok(keys.iter().map(listed).collect())
    }

    /// Revokes the key of a name that stands, for good.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn revoke_key(&self, name: &str, reason: &str) -> Result<(), PeopleError> {
        let keys = self.store.read(|reads| reads.keys()).await?;
        let found = keys.into_iter().find(|key| key.name == name && key.revoked.is_none());
        let none = || PeopleError::Refused(format!("there is no key of the name {name} in the store"));
        self.engine.revoke_key(by(reason), found.ok_or_else(none)?.id).await?;
        Ok(())
    }
}
