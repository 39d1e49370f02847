//! The service of people: signing in and out, sessions, keys and looks, on the store and the engine. API and pages call it.

mod own;
mod signing_in;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use super::slow_down::SlowDown;
use super::{Identity, SessionRef, cookie, password};
use crate::clock::Clock;
use crate::domain::decide::people::{pending, pending_anyhow};
use crate::domain::people::{Look, LookRules, Person, Role, Session, SignInRules, StoredKey};
use crate::engine::{ByWhom, Engine, Looked};
use crate::store::{Store, StoreError, Stored};

pub use signing_in::{Credentials, KeptOut, Named, NotIn, Origin, SignedInOrNot, Vouched};

/// Passwords that are hashed at once: each takes a core and 19 MiB.
const AT_ONCE: usize = 2;
/// How often the use of a session is written down.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// Looks that are remembered, so that the same look is one look.
const RECENT: usize = 10_000;

/// Settings of the service.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Name of the installation, as an authenticator app shows it.
    pub instance: String,
    /// Rules of signing in.
    pub sign_in: SignInRules,
    /// Rules of looking.
    pub looks: LookRules,
}

/// A session that has begun.
#[derive(Clone)]
pub struct SignedIn {
    /// The cookie; nobody has it but the browser.
    pub token: String,
    /// Who.
    pub identity: Identity,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// The service.
#[derive(Debug)]
pub struct People {
    store: Arc<dyn Store>,
    engine: Engine,
    clock: Arc<dyn Clock>,
    settings: Settings,
    slow_down: SlowDown,
    hashing: Semaphore,
    looked: Cache<(String, &'static str, String), (Timestamp, u64)>,
    /// Refusals that were kept lately, by address and reason.
    told: Cache<(IpAddr, String), Timestamp>,
}

impl People {
    /// The service on a store.
    pub fn new(engine: Engine, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let store = Arc::clone(engine.store());
        let (slow_down, hashing) = (SlowDown::default(), Semaphore::new(AT_ONCE));
        let (looked, told) = (Cache::new(RECENT), Cache::new(RECENT));
        Self { store, engine, clock, settings, slow_down, hashing, looked, told }
    }

    /// The rules of signing in.
    pub const fn rules(&self) -> &SignInRules {
        &self.settings.sign_in
    }

    /// The rules of looking.
    pub const fn look_rules(&self) -> &LookRules {
        &self.settings.looks
    }

    /// Does what takes a core for a while, not more of it at once than the machine bears.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Stored<T> {
        let _permit = self.hashing.acquire().await.map_err(|_| StoreError::Closed)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Closed)
    }

    fn identity_of(&self, person: &Person, session: &Session, token: &str, now: Timestamp) -> Identity {
        Identity {
            name: person.number.clone(),
            roles: person.roles.clone(),
            courts: person.courts.clone(),
            person: Some(person.id),
            session: Some(SessionRef {
                id: session.id,
                csrf: cookie::csrf_of(token),
                pending: pending(person, session.method, self.rules(), now),
                method: session.method,
            }),
            consumer: None,
        }
    }

    /// Who has a session's cookie, which is used now; `None` where the session is over, or the person may not sign in any more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn by_cookie(&self, token: &str) -> Stored<Option<Identity>> {
        let Some((session, identity)) = self.session_of(token).await? else { return Ok(None) };
        let now = self.clock.now();
        if age(session.seen, now) >= SEEN_EVERY {
            self.engine.see_session(session.digest, now).await?;
        }
        Ok(Some(identity))
    }

    /// The same without using the session: a page that is open asks for itself again by itself, and that does not prolong it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn watching(&self, token: &str) -> Stored<Option<Identity>> {
        Ok(self.session_of(token).await?.map(|(_, identity)| identity))
    }

    async fn session_of(&self, token: &str) -> Stored<Option<(Session, Identity)>> {
        let digest = cookie::digest_of(token);
        let found = self.store.read(move |reads| {
            let Some(session) = reads.session(&digest)? else { return Ok(None) };
            Ok(reads.person(session.person)?.map(|person| (session, person)))
        });
        let now = self.clock.now();
        let Some((session, person)) = found.await? else { return Ok(None) };
        let rules = self.rules();
        let is_over = age(session.seen, now) >= rules.idle || age(session.created, now) >= rules.longest;
        if is_over || !person.is_active() {
            return Ok(None);
        }
        let identity = self.identity_of(&person, &session, token, now);
        Ok(Some((session, identity)))
    }

    /// Who has a key that is kept in the store, by its digest; `None` where it is none, or over. A person's key may no more than the
    /// person, and nothing while the person may not sign in, or must do something first when they do.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn by_key(&self, digest: [u8; 32]) -> Stored<Option<Identity>> {
        let found = self.store.read(move |reads| {
            let Some(key) = reads.key_by_digest(&digest)? else { return Ok(None) };
            let person = match key.person {
                Some(id) => reads.person(id)?,
                None => None,
            };
            Ok(Some((key, person)))
        });
        let (now, rules) = (self.clock.now(), self.rules());
        Ok(found.await?.and_then(|(key, person)| identity_of_key(key, person, rules, now)))
    }

    /// An initial password with its hash.
    ///
    /// # Errors
    /// When it cannot be hashed.
    pub async fn initial_password(&self) -> Stored<(String, String)> {
        let initial = password::random();
        let hash = self.hashed(initial.clone()).await?;
        Ok((initial, hash))
    }

    /// The hash of a password.
    ///
    /// # Errors
    /// When it cannot be hashed.
    pub async fn hashed(&self, password: String) -> Stored<String> {
        let hash = self.work(move || password::hash(&password)).await?;
        hash.map_err(|_| StoreError::Missing("a hash"))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_session(&self, by: ByWhom, session: Session) -> Stored<()> {
        self.engine.end_session(by, session).await
    }

    /// Puts a look on record before it is shown. The same look of the same caller a moment later is the same look. Limits of a day hold
    /// for persons, not for systems.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn look(&self, identity: &Identity, look: Look) -> Stored<Looked> {
        let key = (look.actor.clone(), look.kind.word(), look.subject.clone());
        let rules = &self.settings.looks;
        let again = |(at, shown): (Timestamp, u64)| {
            let passed = Duration::try_from(look.at.duration_since(at));
            passed.is_ok_and(|passed| passed < rules.again_after) && look.shown <= shown
        };
        if self.looked.get(&key).is_some_and(again) {
            return Ok(Looked::Kept);
        }
        let (at, shown) = (look.at, look.shown);
        let counts = identity.person.is_some().then(|| rules.clone());
        let looked = self.engine.keep_look(look, begin_of_day(at), counts).await?;
        match looked {
            Looked::TooMuch(_) => {}
            Looked::Kept | Looked::Alarmed(_) => self.looked.insert(key, (at, shown)),
        }
        if let Looked::Alarmed(counts) | Looked::TooMuch(counts) = looked {
            let person = identity.person.map(|id| id.to_string());
            tracing::warn!(
                person,
                looks = counts.looks,
                records = counts.records,
                "a person looks at very much today"
            );
        }
        Ok(looked)
    }
}

fn age(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}

fn identity_of_key(
    key: StoredKey,
    person: Option<Person>,
    rules: &SignInRules,
    now: Timestamp,
) -> Option<Identity> {
    if !key.is_valid(now) {
        return None;
    }
    let is_free = |person: &Person| person.is_active() && pending_anyhow(person, rules, now).is_none();
    let StoredKey { name, mut roles, courts, person: owner, consumer, .. } = key;
    // Keys of systems that an earlier version made may name it.
    if owner.is_none() {
        roles.remove(&Role::Approver);
    }
    match (owner, person) {
        (None, _) => Some(Identity { name, roles, courts, person: None, session: None, consumer }),
        (Some(_), Some(person)) if is_free(&person) => Some(Identity {
            roles: roles.intersection(&person.roles).copied().collect(),
            courts: courts.within(&person.courts),
            person: Some(person.id),
            name: person.number,
            session: None,
            consumer,
        }),
        (Some(_), _) => None,
    }
}

/// When the day of an instant began in Shanghai.
pub fn begin_of_day(at: Timestamp) -> Timestamp {
    day_begins(jiff::tz::Offset::constant(8).to_datetime(at).date())
}

/// When a day begins in Shanghai.
pub fn day_begins(day: jiff::civil::Date) -> Timestamp {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    // Only the last days that there are do not have it.
    jiff::tz::Offset::constant(8).to_timestamp(midnight).unwrap_or(Timestamp::MAX)
}

/// Whether an instant lies out of working hours: before 07:00 or after 20:00 in Shanghai, or on a Saturday or Sunday.
pub fn is_out_of_hours(at: Timestamp) -> bool {
    use jiff::civil::Weekday::{Saturday, Sunday};
    let local = jiff::tz::Offset::constant(8).to_datetime(at);
    !(7..20).contains(&local.hour()) || matches!(local.weekday(), Saturday | Sunday)
}

#[cfg(test)]
mod tests;
