//! Persons by the command line: the first security administrator is made here and nowhere else. The gateway does not run meanwhile.

mod certificates;
mod keys;

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::Arc;

use super::opening::{STORE_CLOSES, StoreThreads, close, open_store};
use super::{BuildError, Opening, lock};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::counterparts::Counterparts;
use crate::domain::decide::Rejected;
use crate::domain::decide::people::{NewPerson, PersonUpdate};
use crate::domain::people::{Courts, Person, Role};
use crate::domain::{PersonId, actor};
use crate::engine::{ByWhom, CurrentRules, Engine, InputError};
use crate::people::{People, Settings};
use crate::store::{Store, StoreError};

pub use keys::{ListedKey, MadeKey};

/// Who acts, in the audit.
const ACTOR: &str = actor::COMMAND_LINE;

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The gateway runs on the store, or the store cannot be opened.
    #[error(transparent)]
    Held(#[from] BuildError),
    /// There is nobody of this 工号.
    #[error("there is nobody of the staff number {0}")]
    Nobody(String),
    /// A word is no role.
    #[error(
        "`{0}` is not a role; known: officer, approver, supervisor, operations, security_administrator, auditor, and \
         case_system for the key of a system"
    )]
    NoRole(String),
    /// A file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// A rule is broken.
    #[error("{0}")]
    Refused(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<InputError> for PeopleError {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Store(error) => Self::Store(error),
            InputError::Rejected(Rejected::Findings(findings)) => {
                let one =
                    |finding: &crate::domain::Finding| format!("{}: {}", finding.pointer, finding.detail);
                Self::Refused(findings.iter().map(one).collect::<Vec<_>>().join("\n"))
            }
            other => Self::Refused(other.to_string()),
        }
    }
}

/// A person to be added, in the words of the command line.
#[derive(Debug, Clone)]
pub struct Added {
    /// Name 姓名.
    pub name: String,
    /// Staff number 工号.
    pub number: String,
    /// Codes of courts; none for every court.
    pub courts: Vec<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Telephone.
    pub phone: String,
}

/// What is changed of a person, in the words of the command line; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// Name 姓名.
    pub name: Option<String>,
    /// Codes of courts; `*` alone for every court.
    pub courts: Vec<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Whether the person may sign in.
    pub active: Option<bool>,
}

/// A person in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Staff number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Roles, separated by commas.
    pub roles: String,
    /// Codes of courts, separated by commas; `*` for every court.
    pub courts: String,
    /// Whether the person may sign in.
    pub active: bool,
    /// Certificates, of office and to sign in, with the last day of each.
    pub certificates: Vec<String>,
}

/// The store, opened to look after its persons.
#[derive(Debug)]
pub struct PeopleDesk {
    engine: Engine,
    people: People,
    store: Arc<dyn Store>,
    threads: StoreThreads,
    /// Names of the keys and of the counterparts of the configuration.
    configured: Vec<String>,
    _lock: File,
}

impl PeopleDesk {
    /// Opens the store that is configured.
    ///
    /// # Errors
    /// When the gateway runs on it, or it cannot be opened.
    pub async fn open(config: &Config) -> Result<Self, PeopleError> {
        let lock = lock(&config.store.directory)?;
        let (store, threads) = open_store(config, Opening::Used, config.server.listen).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let rules: Arc<dyn CurrentRules> = Arc::new(Counterparts::new(Vec::new()));
        let engine = Engine::new(Arc::clone(&store), Arc::clone(&clock), rules);
        let settings = Settings { sign_in: config.sign_in.clone(), ..Settings::default() };
        let people = People::new(engine.clone(), clock, settings);
        let counterparts = config.counterparts.iter().map(|counterpart| counterpart.name.clone());
        let configured = config.keys.iter().map(|key| key.name.clone()).chain(counterparts).collect();
        Ok(Self { engine, people, store, threads, configured, _lock: lock })
    }

    /// Commits and closes.
    pub async fn close(self) {
        let Self { engine, people, store, threads, _lock, .. } = self;
        drop((engine, people, store));
        close(threads, STORE_CLOSES).await;
    }

    /// Adds a person; gives the initial password.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn add(&self, added: Added, reason: &str) -> Result<String, PeopleError> {
        let (initial, hash) = self.people.initial_password().await?;
        self.add_with(added, Some(hash), reason).await?;
        Ok(initial)
    }

    /// Adds a person who signs in by the identity provider or by a certificate alone.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn add_without_password(&self, added: Added, reason: &str) -> Result<(), PeopleError> {
        self.add_with(added, None, reason).await.map(drop)
    }

    /// Makes a person ready to sign in with a password that need not be changed first: for demonstrations and tests, where nobody else
    /// must be kept from knowing it. Of a person who is known the password is set anew.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn make_ready(&self, added: Added, password: &str, reason: &str) -> Result<(), PeopleError> {
        let hash = self.people.hashed(password.to_owned()).await?;
        let (id, against) = match self.find(&added.number).await {
            Ok(person) => (person.id, person.password.map(|kept| kept.hash)),
            Err(PeopleError::Nobody(_)) => {
                (self.add_with(added, Some(hash.clone()), reason).await?, Some(hash.clone()))
            }
            Err(error) => return Err(error),
        };
        let no_session = uuid::Uuid::nil();
        Ok(self.engine.set_password(id, (against, hash), no_session, self.people.rules().clone()).await?)
    }

    async fn add_with(
        &self,
        added: Added,
        hash: Option<String>,
        reason: &str,
    ) -> Result<PersonId, PeopleError> {
        let (roles, courts) = (roles_of(&added.roles)?, courts_of(added.courts));
        let (certificates, phone) = (Vec::new(), added.phone);
        let new = NewPerson { name: added.name, number: added.number, courts, roles, certificates, phone };
        let id = PersonId(uuid::Uuid::new_v4());
        self.engine.add_person(by(reason), new, id, hash, self.configured.clone()).await?;
        Ok(id)
    }

    /// Everybody.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self) -> Result<Vec<Listed>, PeopleError> {
        let all = self.store.read(|reads| reads.persons()).await?;
        let listed = |person: &Person| Listed {
            number: person.number.clone(),
            name: person.name.clone(),
            roles: words_of(&person.roles),
            courts: codes_of(&person.courts),
            active: person.is_active(),
            certificates: certificates::listed(person),
        };
        Ok(all.iter().map(listed).collect())
    }

    async fn find(&self, number: &str) -> Result<Person, PeopleError> {
        let wanted = number.trim().to_owned();
        let found = self.store.read(move |reads| reads.person_by_number(&wanted)).await?;
        found.ok_or_else(|| PeopleError::Nobody(number.to_owned()))
    }

    /// Changes a person: what is known, or whether they may sign in. Their sessions end where they may less than before.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn change(&self, number: &str, changed: Changed, reason: &str) -> Result<(), PeopleError> {
        let person = self.find(number).await?;
        let roles = match changed.roles.is_empty() {
            true => None,
            false => Some(roles_of(&changed.roles)?),
        };
        let is_all = changed.courts.len() == 1 && changed.courts.iter().all(|code| code == EVERY_COURT);
        let courts = match changed.courts {
            all if is_all || all.is_empty() => is_all.then_some(Courts::All),
            codes => Some(courts_of(codes)),
        };
        let (name, phone, active) = (changed.name, changed.phone, changed.active);
        let update = PersonUpdate { name, courts, roles, phone, active, ..PersonUpdate::default() };
        self.engine.change_person(by(reason), person.id, update).await?;
        Ok(())
    }

    /// Gives a person a new initial password; the second factor and the lock go.
    ///
    /// # Errors
    /// See [`PeopleError`].
    pub async fn reset(&self, number: &str, reason: &str) -> Result<String, PeopleError> {
        let person = self.find(number).await?;
        let (initial, hash) = self.people.initial_password().await?;
        let update = PersonUpdate { reset: Some(hash), ..PersonUpdate::default() };
        self.engine.change_person(by(reason), person.id, update).await?;
        Ok(initial)
    }
}

/// What stands for every court.
const EVERY_COURT: &str = "*";

fn roles_of(words: &[String]) -> Result<BTreeSet<Role>, PeopleError> {
    let role = |word: &String| Role::of_word(word).ok_or_else(|| PeopleError::NoRole(word.clone()));
    words.iter().map(role).collect()
}

fn courts_of(codes: Vec<String>) -> Courts {
    if codes.is_empty() { Courts::All } else { Courts::Some(codes.into_iter().collect()) }
}

fn words_of(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(",")
}

fn codes_of(courts: &Courts) -> String {
    courts.codes().map_or_else(|| EVERY_COURT.to_owned(), |codes| codes.join(","))
}

fn by(reason: &str) -> ByWhom {
    ByWhom { actor: ACTOR.to_owned(), person: None, courts: Courts::All, reason: reason.to_owned() }
}
