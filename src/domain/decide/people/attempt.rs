//! An attempt to sign in.

use jiff::Timestamp;

use super::super::super::people::{Person, SignInMethod, SignInRules};

/// What an attempt to sign in showed.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What was shown first.
    pub first: FirstFactor,
    /// The step of the code of the second factor, if a right one was given.
    pub step: Option<u64>,
}

/// What was shown first by whoever signs in.
#[derive(Debug, Clone)]
pub enum FirstFactor {
    /// A password. It is checked where there is time for it, against the hash that was read before.
    Password {
        /// The hash that it was checked against.
        against: String,
        /// Whether it was right.
        is_right: bool,
    },
    /// The identity provider says who it is.
    Provider {
        /// Whether it vouches for a second factor.
        second_factor: bool,
    },
    /// A client certificate, whose key the peer has.
    Certificate {
        /// Its fingerprint.
        fingerprint: String,
        /// Whether it counts as a second factor.
        second_factor: bool,
    },
}

impl FirstFactor {
    /// A password that is wrong.
    pub const fn wrong() -> Self {
        Self::Password { against: String::new(), is_right: false }
    }

    /// How it is shown.
    pub const fn method(&self) -> SignInMethod {
        match self {
            Self::Password { .. } => SignInMethod::Password,
            Self::Provider { second_factor } => SignInMethod::Provider { second_factor: *second_factor },
            Self::Certificate { second_factor, .. } => {
                SignInMethod::Certificate { second_factor: *second_factor }
            }
        }
    }

    fn is_of(&self, person: &Person, now: Timestamp) -> bool {
        match self {
            Self::Password { against, is_right } => {
                *is_right && person.password.as_ref().is_some_and(|password| password.hash == *against)
            }
            Self::Provider { .. } => true,
            Self::Certificate { fingerprint, .. } => person.has_certificate(fingerprint, now),
        }
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempted {
    /// The person is in.
    In,
    /// Not; which of name, password or code was wrong is told to nobody.
    Refused {
        /// Whether nobody can sign in as this person for a while from now on.
        locks: bool,
    },
}

/// Decides an attempt to sign in. Gives the person as they are afterwards.
pub fn attempt(person: &Person, shown: &Attempt, rules: &SignInRules, now: Timestamp) -> (Person, Attempted) {
    let mut after = person.clone();
    if !person.is_active() || person.is_locked(now) {
        return (after, Attempted::Refused { locks: false });
    }
    let second = match &person.second_factor {
        _ if shown.first.method().has_second_factor() => true,
        Some(factor) if factor.is_proved => shown.step.is_some_and(|step| step > factor.last_step),
        _ => true,
    };
    if shown.first.is_of(person, now) && second {
        if let (Some(factor), Some(step)) = (&mut after.second_factor, shown.step) {
            factor.last_step = step;
        }
        (after.failures, after.locked_until) = (0, None);
        return (after, Attempted::In);
    }
    after.failures = after.failures.saturating_add(1);
    let locks = after.failures >= rules.lock_after;
    if locks {
        after.failures = 0;
        after.locked_until = now.checked_add(rules.lock_for).ok();
    }
    (after, Attempted::Refused { locks })
}
