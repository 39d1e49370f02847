//! Decisions about people: who becomes known, what is changed of them, and whether an attempt to sign in succeeds.

mod attempt;
mod certificates;
mod expiring;
mod keys;
mod names;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::people::{
    Courts, KeptPassword, OfficialCertificate, Person, Role, SecondFactor, SignInMethod, SignInRules,
};
use super::super::{Finding, PersonId};
use super::{Decided, Rejected};

pub use attempt::{Attempt, Attempted, FirstFactor, attempt};
pub use certificates::{bind_certificate, revoke_certificate};
pub use expiring::{Expiring, ExpiringKind, expiring};
pub use keys::{NewKey, check_key};
pub use names::{NameOf, Named, check_name};

/// Longest text of what is kept of a person, in characters.
const LONGEST: usize = 64;
/// Most certificates of a person.
const MOST_CERTIFICATES: usize = 10;

/// A person to become known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// Name 姓名.
    pub name: String,
    /// Staff number 工号.
    pub number: String,
    /// Whose cases the person sees.
    pub courts: Courts,
    /// What the person is there for.
    pub roles: BTreeSet<Role>,
    /// Certificates of office.
    pub certificates: Vec<OfficialCertificate>,
    /// Telephone.
    pub phone: String,
}

/// What is changed of a person; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonUpdate {
    /// Name.
    pub name: Option<String>,
    /// Courts.
    pub courts: Option<Courts>,
    /// Roles.
    pub roles: Option<BTreeSet<Role>>,
    /// Certificates of office.
    pub certificates: Option<Vec<OfficialCertificate>>,
    /// Telephone.
    pub phone: Option<String>,
    /// Whether the person may sign in.
    pub active: Option<bool>,
    /// A new initial password, as its hash: the second factor and the lock go with the old one.
    pub reset: Option<String>,
    /// Whether the second factor goes, so that another is set up at the next sign-in.
    pub forget_factor: bool,
}

impl PersonUpdate {
    /// What it is, for the audit.
    pub const fn word(&self) -> &'static str {
        match (self.active, self.reset.is_some()) {
            (Some(false), _) => "disable_person",
            (Some(true), _) => "enable_person",
            (None, true) => "reset_person",
            (None, false) if self.forget_factor => "reset_second_factor",
            (None, false) => "change_person",
        }
    }
}

/// A new person with an initial password, as its hash; without one the person signs in by the identity provider or by a certificate.
/// `own` are the courts whose persons are kept by who adds.
///
/// # Errors
/// [`Rejected::Findings`] with every rule that is broken.
pub fn add_person(
    new: NewPerson,
    id: PersonId,
    initial: Option<String>,
    own: &Courts,
    now: Timestamp,
) -> Decided<Person> {
    let person = Person {
        id,
        name: new.name.trim().to_owned(),
        number: new.number.trim().to_owned(),
        courts: new.courts,
        roles: new.roles,
        certificates: new.certificates,
        phone: new.phone.trim().to_owned(),
        created: now,
        disabled: None,
        sign_in_certificates: Vec::new(),
        password: initial.map(|initial| initial_password(initial, now, Vec::new())),
        second_factor: None,
        failures: 0,
        locked_until: None,
    };
    checked(person, own)
}

/// What of courts and roles lies beyond what is granted by who keeps the persons and keys of the courts `own`.
fn beyond(own: &Courts, courts: &Courts, roles: &BTreeSet<Role>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !own.contain(courts) {
        let detail = "只能授予本人所辖法院 only courts within your own, and not every court";
        findings.push(Finding::new("/courts", detail));
    }
    if let Some(role) = roles.iter().find(|role| role.is_of_every_court()).filter(|_| !own.are_all()) {
        let detail = format!(
            "{}涉及全部法院，须由管辖全部法院的安全管理员授予 {} acts on what every court uses: an administrator of every court grants it",
            role.chinese(),
            role.word()
        );
        findings.push(Finding::new("/roles", detail));
    }
    findings
}

/// Whether a key may be made by who keeps the persons and keys of the courts `own`: a person's is no more than the person.
///
/// # Errors
/// [`Rejected::Unknown`] for the key of somebody else's person, [`Rejected::Findings`] for too much.
pub fn may_make_key(key: &NewKey, owner: Option<&Person>, own: &Courts) -> Decided<()> {
    let Some(owner) = owner else {
        let findings = beyond(own, &key.courts, &key.roles);
        return if findings.is_empty() { Ok(()) } else { Err(Rejected::Findings(findings)) };
    };
    if !owner.is_kept_by(own) {
        return Err(Rejected::Unknown("active person"));
    }
    let Some(role) = key.roles.difference(&owner.roles).next() else { return Ok(()) };
    let detail =
        format!("所属人员没有{}这一角色 its person has not the role {}", role.chinese(), role.word());
    Err(Rejected::Findings(vec![Finding::new("/roles", detail)]))
}

fn initial_password(hash: String, now: Timestamp, earlier: Vec<String>) -> KeptPassword {
    KeptPassword { hash, since: now, is_initial: true, earlier }
}

/// Changes a person. `by` is who does it, and the courts whose persons they keep: nobody changes their own roles or courts, shuts
/// themselves out, or changes the person of another court.
///
/// # Errors
/// Why it is refused.
pub fn change_person(
    person: &Person,
    update: &PersonUpdate,
    (by, own): (Option<PersonId>, &Courts),
    now: Timestamp,
) -> Decided<Person> {
    if !person.is_kept_by(own) {
        return Err(Rejected::Unknown("person"));
    }
    let is_own = by == Some(person.id);
    let raises = update.roles.as_ref().is_some_and(|roles| *roles != person.roles)
        || update.courts.as_ref().is_some_and(|courts| *courts != person.courts);
    if is_own && (raises || update.active.is_some() || update.reset.is_some() || update.forget_factor) {
        let why = "不得变更本人的角色、法院、状态或重置本人密码 nobody changes their own roles, courts or state, or resets \
                   themselves: another security administrator does";
        return Err(Rejected::Forbidden(why.into()));
    }
    let mut changed = person.clone();
    if let Some(name) = &update.name {
        name.trim().clone_into(&mut changed.name);
    }
    if let Some(courts) = &update.courts {
        changed.courts.clone_from(courts);
    }
    if let Some(roles) = &update.roles {
        changed.roles.clone_from(roles);
    }
    if let Some(certificates) = &update.certificates {
        changed.certificates.clone_from(certificates);
    }
    if let Some(phone) = &update.phone {
        phone.trim().clone_into(&mut changed.phone);
    }
    match update.active {
        Some(true) => changed.disabled = None,
        Some(false) => changed.disabled = changed.disabled.or(Some(now)),
        None => {}
    }
    if update.forget_factor {
        changed.second_factor = None;
    }
    if let Some(hash) = &update.reset {
        let earlier = person.password.as_ref().map(remembered).unwrap_or_default();
        changed.password = Some(initial_password(hash.clone(), now, earlier));
        (changed.second_factor, changed.failures, changed.locked_until) = (None, 0, None);
    }
    checked(changed, own)
}

/// The hashes of a password and of those before it.
fn remembered(password: &KeptPassword) -> Vec<String> {
    std::iter::once(&password.hash).chain(&password.earlier).cloned().collect()
}

fn checked(person: Person, own: &Courts) -> Decided<Person> {
    let mut findings = beyond(own, &person.courts, &person.roles);
    let mut text = |pointer: &str, text: &str, needed: bool| {
        let characters = text.chars().count();
        if (needed && characters == 0) || characters > LONGEST || text.chars().any(char::is_control) {
            let detail = format!(
                "长度不符或含控制字符 must have {} to {LONGEST} characters, none of control",
                usize::from(needed)
            );
            findings.push(Finding::new(pointer, detail));
        }
    };
    text("/name", &person.name, true);
    text("/number", &person.number, true);
    text("/phone", &person.phone, false);
    for (at, certificate) in person.certificates.iter().enumerate() {
        text(&format!("/certificates/{at}/number"), &certificate.number, true);
    }
    if person.certificates.len() > MOST_CERTIFICATES {
        findings.push(Finding::new(
            "/certificates",
            format!("至多 {MOST_CERTIFICATES} 个 at most {MOST_CERTIFICATES}"),
        ));
    }
    let runs_backwards = |one: &OfficialCertificate| one.until < one.from && one.until.is_some();
    if let Some(at) = person.certificates.iter().position(runs_backwards) {
        findings.push(Finding::new(
            format!("/certificates/{at}/until"),
            "截止日早于起始日 the last day lies before the first",
        ));
    }
    if person.roles.is_empty() {
        findings.push(Finding::new("/roles", "须选择角色 a person needs a role"));
    }
    if person.roles.contains(&Role::CaseSystem) {
        findings.push(Finding::new(
            "/roles",
            "办案系统角色仅限系统使用，不得授予人员 the role case_system is a system's role, not a person's",
        ));
    }
    if let Some(conflict) = Role::conflict(&person.roles) {
        findings.push(Finding::new("/roles", conflict.to_string()));
    }
    if let Courts::Some(codes) = &person.courts
        && (codes.is_empty() || codes.iter().any(|code| code.trim().is_empty()))
    {
        findings.push(Finding::new(
            "/courts",
            "须填写法院代码，全部法院的留空 name the courts by their codes, or null for every court",
        ));
    }
    if findings.is_empty() { Ok(person) } else { Err(Rejected::Findings(findings)) }
}

/// What a person must do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// Change the password: somebody else set it, or it is too old.
    ChangePassword,
    /// Set a second factor up.
    SetUpSecondFactor,
}

/// What a person who signed in by a method must do before anything else, if there is something. A password is no matter of who did not
/// sign in by it.
pub fn pending(
    person: &Person,
    method: SignInMethod,
    rules: &SignInRules,
    now: Timestamp,
) -> Option<Pending> {
    let is_old = |password: &KeptPassword| {
        let age = now.duration_since(password.since).as_hours() / 24;
        rules.password_days > 0 && age >= i64::from(rules.password_days)
    };
    let password = person.password.as_ref().filter(|_| method == SignInMethod::Password);
    if password.is_some_and(|password| password.is_initial || is_old(password)) {
        return Some(Pending::ChangePassword);
    }
    let needs = rules.needs_second_factor(&person.roles) && !person.has_second_factor();
    (needs && !method.has_second_factor()).then_some(Pending::SetUpSecondFactor)
}

/// What a person must do at the next sign-in, however they sign in; their keys rest until then. Of who has no password, the identity
/// provider or the authority of the certificate answers for the second factor.
pub fn pending_anyhow(person: &Person, rules: &SignInRules, now: Timestamp) -> Option<Pending> {
    let method = match person.password {
        Some(_) => SignInMethod::Password,
        None => SignInMethod::Provider { second_factor: true },
    };
    pending(person, method, rules, now)
}

/// A person with a new password of their own, as its hash.
pub fn with_password(person: &Person, hash: String, rules: &SignInRules, now: Timestamp) -> Person {
    let mut earlier = person.password.as_ref().map(remembered).unwrap_or_default();
    earlier.truncate(rules.remembered_passwords);
    Person { password: Some(KeptPassword { hash, since: now, is_initial: false, earlier }), ..person.clone() }
}

/// A person with a second factor that is still to be proved. One that is set up stays until then, and a code of it was shown at `step`.
///
/// # Errors
/// [`Rejected::Findings`], where one is set up and no new code of it was shown.
pub fn with_second_factor(person: &Person, secret: String, step: Option<u64>) -> Decided<Person> {
    let second_factor = match &person.second_factor {
        Some(present) if present.is_proved => {
            let step = step.filter(|step| *step > present.last_step).ok_or_else(|| {
                let detail = "更换须填写现用动态口令（每个口令只能用一次） to renew the second factor show a code of the present one, \
                              which counts once";
                Rejected::Findings(vec![Finding::new("/code", detail)])
            })?;
            SecondFactor { last_step: step, next: Some(secret), ..present.clone() }
        }
        _ => SecondFactor { secret, is_proved: false, last_step: 0, next: None },
    };
    Ok(Person { second_factor: Some(second_factor), ..person.clone() })
}

/// A person whose second factor with this secret was proved by a code of a step.
///
/// # Errors
/// [`Rejected::NotNow`], where this one is not to be proved.
pub fn with_proof(person: &Person, secret: &str, step: u64) -> Decided<Person> {
    match &person.second_factor {
        Some(factor) if factor.to_prove() == Some(secret) => {
            let (secret, is_proved) = (secret.to_owned(), true);
            let factor = SecondFactor { secret, is_proved, last_step: step, next: None };
            Ok(Person { second_factor: Some(factor), ..person.clone() })
        }
        _ => Err(Rejected::NotNow("没有待验证的动态口令 there is no second factor to be proved".into())),
    }
}

#[cfg(test)]
mod tests;
