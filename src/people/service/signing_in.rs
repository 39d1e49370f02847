//! Signing in: by password, by the word of the identity provider, by a client certificate.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::super::slow_down::Tried;
use super::super::{cookie, password, second_factor};
use super::{People, SignedIn};
use crate::domain::decide::people::{Attempt, FirstFactor};
use crate::domain::people::{Person, Session};
use crate::domain::{AuditEntry, actor};
use crate::engine::SignIn;
use crate::store::Stored;

/// Longest name of a browser that is kept, in characters.
const LONGEST_AGENT: usize = 120;
/// Seconds after which the same refusal of the same address is kept again.
const TOLD_AGAIN: i64 = 10;
/// Longest name of somebody unknown that is kept, in characters.
const LONGEST_NAME: usize = 64;

/// Where a request to sign in comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// From which address.
    pub from: IpAddr,
    /// What the browser calls itself.
    pub agent: String,
}

/// What somebody shows to sign in by a password.
#[derive(Clone)]
pub struct Credentials {
    /// 工号.
    pub number: String,
    /// Password.
    pub password: String,
    /// Code of the second factor; empty where there is none.
    pub code: String,
    /// Where it comes from.
    pub origin: Origin,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("from", &self.origin.from).finish_non_exhaustive()
    }
}

/// Whom the identity provider or a certificate names.
#[derive(Debug, Clone)]
pub enum Named {
    /// 工号, as the identity provider says it, and whether it vouches for a second factor.
    Provider(String, bool),
    /// Fingerprint of a client certificate whose key the peer has, and whether it counts as a second factor.
    Certificate(String, bool),
}

impl Named {
    const fn word(&self) -> &'static str {
        match self {
            Self::Provider(..) => "provider",
            Self::Certificate(..) => "certificate",
        }
    }

    fn first(&self) -> FirstFactor {
        match self {
            Self::Provider(_, second_factor) => FirstFactor::Provider { second_factor: *second_factor },
            Self::Certificate(fingerprint, second_factor) => {
                FirstFactor::Certificate { fingerprint: fingerprint.clone(), second_factor: *second_factor }
            }
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Provider(name, _) | Self::Certificate(name, _) => name,
        }
    }
}

/// What somebody shows to sign in who is named by the identity provider or by a certificate.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// Who it is.
    pub named: Named,
    /// Code of the second factor; `None` before it was asked for.
    pub code: Option<String>,
    /// The identifier of the session that begins, where what is shown counts once.
    pub session: Option<Uuid>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotIn {
    /// Name, password or code was wrong, or the person is locked or disabled: which of it is told to nobody.
    Wrong,
    /// Nobody is known by this name or certificate.
    Unknown,
    /// The person may not sign in any more.
    Disabled,
    /// The person is locked for a while.
    Locked,
    /// The certificate is expired, not valid yet, or not bound any more.
    Certificate,
    /// The code of the second factor is wanted.
    CodeWanted,
    /// The code of the second factor is wrong, or was used.
    Code,
}

/// Why nobody is signed in, and how long whoever asked waits to be told so: guessing must take time, and a right password none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the answer is kept back for a while"]
pub struct KeptOut {
    /// Why.
    pub why: NotIn,
    /// How long the answer is kept back.
    pub wait: Duration,
}

/// Either a session, or why there is none.
pub type SignedInOrNot = Result<SignedIn, KeptOut>;

impl People {
    /// Signs in by a password, however many others are tried from the same address. Whether name, password or code was wrong, or the
    /// person is locked or disabled, is told to nobody, nor by the time that it takes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_in(&self, shown: Credentials) -> Stored<SignedInOrNot> {
        let Credentials { number, password, code, origin } = shown;
        let _turn = self.slow_down.turn(origin.from, self.clock.now()).await;
        let number = number.trim().to_owned();
        let tried = [Tried::from(origin.from), Tried::account(&number)];
        let person = self.store.read(move |reads| reads.person_by_number(&number)).await?;
        let known = person.as_ref().and_then(|person| person.password.as_ref());
        let against = known.map(|password| password.hash.clone());
        let given = password.chars().take(password::LONGEST + 1).collect::<String>();
        let checked = self.work(move || match against {
            Some(hash) => (password::verify(&given, &hash), hash),
            // As much work where nobody is known by that name.
            None => (password::hash(&given).is_err(), String::new()),
        });
        let (is_right, against) = checked.await?;
        let Some(person) = person else {
            // The name is not kept: it may be a password in the wrong field.
            let wait = self.not_in((&origin, &tried), ("password", "", "登录失败 refused")).await?;
            return Ok(Err(KeptOut { why: NotIn::Wrong, wait }));
        };
        let first = FirstFactor::Password { against, is_right };
        let begun = self.begin(&person, first, &code, Uuid::new_v4(), &origin).await?;
        Ok(begun.ok_or_else(|| self.kept_out(NotIn::Wrong, &tried)))
    }

    /// Signs in whom the identity provider or a certificate names. Why it is refused is told: whoever asks has proved who they are.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_in_vouched(&self, shown: Vouched) -> Stored<SignedInOrNot> {
        let Vouched { named, code, session, origin } = shown;
        let now = self.clock.now();
        let _turn = self.slow_down.turn(origin.from, now).await;
        let Some(person) = self.find(&named).await? else {
            let name: String = named.name().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
            let why = "没有此人员 nobody is known by this name or certificate";
            let tried = [Tried::from(origin.from), Tried::account(named.name())];
            let wait = self.not_in((&origin, &tried), (named.word(), &name, why)).await?;
            return Ok(Err(KeptOut { why: NotIn::Unknown, wait }));
        };
        let tried = [Tried::from(origin.from), Tried::account(&person.number)];
        let first = named.first();
        let is_over = matches!(&named, Named::Certificate(one, _) if !person.has_certificate(one, now));
        let is_free = person.is_active() && !person.is_locked(now) && !is_over;
        let wants = person.has_second_factor() && !first.method().has_second_factor();
        if is_free && wants && code.is_none() {
            return Ok(Err(KeptOut { why: NotIn::CodeWanted, wait: Duration::ZERO }));
        }
        let id = session.unwrap_or_else(Uuid::new_v4);
        let begun = self.begin(&person, first, &code.unwrap_or_default(), id, &origin).await?;
        let why = match () {
            () if !person.is_active() => NotIn::Disabled,
            () if person.is_locked(now) => NotIn::Locked,
            () if is_over => NotIn::Certificate,
            () => NotIn::Code,
        };
        Ok(begun.ok_or_else(|| self.kept_out(why, &tried)))
    }

    /// Keeps that somebody was refused before it was known who it is, and says how long the answer is kept back. What is suspicious slows
    /// the address down, and what is not is kept once in a while for an address: no stranger floods the audit.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refused(
        &self,
        origin: &Origin,
        method: &str,
        is_suspicious: bool,
        why: &str,
    ) -> Stored<Duration> {
        if is_suspicious {
            return self.not_in((origin, &[Tried::from(origin.from)]), (method, "", why)).await;
        }
        let (at, key) = (self.clock.now(), (origin.from, why.to_owned()));
        let is_recent = |told: Timestamp| at.duration_since(told).as_secs() < TOLD_AGAIN;
        if self.told.get(&key).is_some_and(is_recent) {
            return Ok(Duration::ZERO);
        }
        self.told.insert(key, at);
        self.engine.audit(by_nobody(at, origin.from, (method, "", why))).await?;
        Ok(Duration::ZERO)
    }

    /// Keeps that nobody was signed in. How long the answer is kept back.
    async fn not_in(
        &self,
        (origin, tried): (&Origin, &[Tried]),
        what: (&str, &str, &str),
    ) -> Stored<Duration> {
        let at = self.clock.now();
        let wait = self.slow_down.failed(tried, at);
        self.engine.audit(by_nobody(at, origin.from, what)).await?;
        Ok(wait)
    }

    fn kept_out(&self, why: NotIn, tried: &[Tried]) -> KeptOut {
        KeptOut { why, wait: self.slow_down.failed(tried, self.clock.now()) }
    }

    async fn find(&self, named: &Named) -> Stored<Option<Person>> {
        match named.clone() {
            Named::Provider(number, _) => {
                self.store.read(move |reads| reads.person_by_number(number.trim())).await
            }
            Named::Certificate(fingerprint, _) => {
                let all = self.store.read(|reads| reads.persons()).await?;
                let has = |person: &Person| {
                    let mut bound = person.sign_in_certificates.iter();
                    bound.any(|one| one.fingerprint == fingerprint && one.revoked.is_none())
                };
                Ok(all.into_iter().find(has))
            }
        }
    }

    /// Has the engine decide an attempt; `None` where it failed.
    async fn begin(
        &self,
        person: &Person,
        first: FirstFactor,
        code: &str,
        id: Uuid,
        origin: &Origin,
    ) -> Stored<Option<SignedIn>> {
        let now = self.clock.now();
        let factor = person.second_factor.as_ref();
        let step = factor.and_then(|factor| second_factor::step_of(code, &factor.secret, now));
        let token = cookie::new_token();
        let session = Session {
            digest: cookie::digest_of(&token),
            id,
            person: person.id,
            created: now,
            seen: now,
            from: origin.from.to_string(),
            agent: origin.agent.chars().filter(|c| !c.is_control()).take(LONGEST_AGENT).collect(),
            method: first.method(),
        };
        let input = SignIn {
            person: person.id,
            shown: Attempt { first, step },
            session: session.clone(),
            rules: self.rules().clone(),
        };
        let Some(person) = self.engine.sign_in(input).await? else { return Ok(None) };
        let identity = self.identity_of(&person, &session, &token, now);
        Ok(Some(SignedIn { token, identity }))
    }
}

/// An attempt of which nobody knows whose it is.
fn by_nobody(at: Timestamp, from: IpAddr, (method, subject, why): (&str, &str, &str)) -> AuditEntry {
    AuditEntry {
        at,
        actor: actor::NOBODY.to_owned(),
        act: "sign_in".to_owned(),
        subject: subject.to_owned(),
        reason: String::new(),
        detail: Some(serde_json::json!({ "from": from.to_string(), "method": method })),
        refused: Some(why.to_owned()),
    }
}
