//! Sections `[sign_in]` and `[looks]`: rules and ways of signing in, and rules of looking.

use std::time::Duration;

use super::identity::{CertificateConfig, ProviderConfig, read_certificate, read_provider};
use super::named_files::NamedFiles;
use super::reader::Section;
use super::values::within;
use crate::domain::people::{LookRules, Role, SignInRules};

/// Section `[sign_in]`.
#[derive(Debug, Clone, Default)]
pub(super) struct SignInConfig {
    /// Rules.
    pub(super) rules: SignInRules,
    /// The court's identity provider, if there is one.
    pub(super) provider: Option<ProviderConfig>,
    /// Client certificates, if they are taken.
    pub(super) certificate: Option<CertificateConfig>,
}

/// Reads `[sign_in]` and what stands below it.
pub(super) fn read_sign_in(section: &mut Section<'_>, files: &mut NamedFiles) -> SignInConfig {
    let provider = section.section("provider", |section| read_provider(section, files)).flatten();
    let certificate = section.section("certificate", read_certificate).flatten();
    SignInConfig { rules: read_rules(section), provider, certificate }
}

fn read_rules(section: &mut Section<'_>) -> SignInRules {
    let default = SignInRules::default();
    let count = |section: &mut Section<'_>, key, default: u32, (least, most): (u32, u32)| {
        let value = section.or(key, default);
        if let Err(message) = within(value, least, most) {
            section.problem(key, message);
        }
        value.clamp(least, most)
    };
    let shortest = count(section, "shortest_password", 12, (8, 64));
    let password_days = count(section, "password_days", default.password_days, (0, 3650));
    let remembered = count(section, "remembered_passwords", 5, (0, 24));
    let lock_after = count(section, "lock_after", default.lock_after, (1, 100));
    let time = |section: &mut Section<'_>, key, default: Duration, (least, most): (u64, u64)| {
        let value = section.or(key, default);
        if !(least..=most).contains(&value.as_secs()) {
            section.problem(key, format_args!("must lie between {least} and {most} seconds"));
        }
        value
    };
    SignInRules {
        shortest_password: usize::try_from(shortest).unwrap_or(default.shortest_password),
        password_days,
        remembered_passwords: usize::try_from(remembered).unwrap_or(default.remembered_passwords),
        lock_after,
        lock_for: time(section, "lock_for", default.lock_for, (60, 86_400)),
        idle: time(section, "idle", default.idle, (60, 86_400)),
        longest: time(section, "longest", default.longest, (300, 7 * 86_400)),
        second_factor: read_roles(section).unwrap_or(default.second_factor),
    }
}

fn read_roles(section: &mut Section<'_>) -> Option<std::collections::BTreeSet<Role>> {
    let words = section.value::<Vec<String>>("second_factor")?;
    let mut roles = std::collections::BTreeSet::new();
    for word in words {
        match Role::of_word(&word) {
            Some(Role::CaseSystem) => {
                section.problem("second_factor", "case_system 办案系统 is a system's role: no person has it");
            }
            Some(role) => drop(roles.insert(role)),
            None => {
                let known = Role::ALL.map(|(_, word)| word).join(", ");
                section.problem("second_factor", format_args!("`{word}` is not a role; known: {known}"));
            }
        }
    }
    Some(roles)
}

/// Reads `[looks]`.
pub(super) fn read_looks(section: &mut Section<'_>) -> LookRules {
    let default = LookRules::default();
    let count = |section: &mut Section<'_>, key, default: u64| {
        let value = section.or(key, default);
        if let Err(message) = within(value, 1, 1_000_000) {
            section.problem(key, message);
        }
        value
    };
    let alarm_at = count(section, "alarm_at", default.alarm_at);
    let most_a_day = count(section, "most_a_day", default.most_a_day);
    if most_a_day < alarm_at {
        section.problem(
            "most_a_day",
            "must not be less than alarm_at: nobody would be told before it is refused",
        );
    }
    LookRules { alarm_at, most_a_day, again_after: section.or("again_after", default.again_after) }
}
