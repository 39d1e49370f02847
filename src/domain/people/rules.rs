//! Rules of signing in and of looking, as configured.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Role;

/// Rules of signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRules {
    /// Fewest characters of a password.
    pub shortest_password: usize,
    /// Days after which a password must be changed; 0 for never.
    pub password_days: u32,
    /// How many earlier passwords of a person are not taken again.
    pub remembered_passwords: usize,
    /// Failed attempts after which nobody can sign in as the person for a while.
    pub lock_after: u32,
    /// For how long.
    pub lock_for: Duration,
    /// A session that was not used for so long is over.
    pub idle: Duration,
    /// A session is over after so long, used or not.
    pub longest: Duration,
    /// Roles whose holders need a second factor.
    pub second_factor: BTreeSet<Role>,
}

impl Default for SignInRules {
    fn default() -> Self {
        Self {
            shortest_password: 12,
            password_days: 90,
            remembered_passwords: 5,
            lock_after: 5,
            lock_for: Duration::from_secs(15 * 60),
            idle: Duration::from_secs(30 * 60),
            longest: Duration::from_secs(10 * 3600),
            second_factor: [Role::Approver, Role::Operations, Role::SecurityAdministrator, Role::Auditor]
                .into(),
        }
    }
}

impl SignInRules {
    /// Whether somebody with these roles needs a second factor.
    pub fn needs_second_factor(&self, roles: &BTreeSet<Role>) -> bool {
        !self.second_factor.is_disjoint(roles)
    }
}

/// Rules of looking (法释〔2017〕10号 art. 5: fifty records of property are a crime when they are passed on, half of that when they
/// were obtained on duty).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookRules {
    /// Records that one person looks at in a day (Asia/Shanghai) before the auditor is told: different things, and each row of a list
    /// that belongs to no case.
    pub alarm_at: u64,
    /// Records that one person may look at in a day; more is refused.
    pub most_a_day: u64,
    /// The same look of the same caller within so long is one look.
    pub again_after: Duration,
}

impl Default for LookRules {
    fn default() -> Self {
        Self { alarm_at: 20, most_a_day: 1000, again_after: Duration::from_secs(600) }
    }
}
