//! Settings that several manifests declare: who calls us, or with what we call.

use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings};

/// Name of the account that a caller gives, or that we give.
pub const fn account(required: bool, help: &'static str, example: &'static str) -> Setting {
    Setting { key: "account", kind: SettingKind::Text, required, help, example }
}

/// Password of that account.
pub const fn password(required: bool, help: &'static str) -> Setting {
    Setting { key: "password", kind: SettingKind::Secret, required, help, example: "not-a-secret" }
}

/// Address of our web service as the counterpart reaches it.
pub const fn public_url(help: &'static str, example: &'static str) -> Setting {
    Setting { key: "public_url", kind: SettingKind::Text, required: false, help, example }
}

/// The name of the account, without blanks around it.
///
/// # Errors
/// When it is missing; `problem` says what it is needed for.
pub fn needed_account(settings: &Settings, problem: &'static str) -> Result<String, SettingProblem> {
    match settings.text("account").trim() {
        "" => Err(SettingProblem::new("account", problem)),
        account => Ok(account.to_owned()),
    }
}

/// Whether account and password are given, which go together.
///
/// # Errors
/// When one is given without the other; the key is that of the missing one.
pub fn has_credentials(settings: &Settings, problem: &str) -> Result<bool, SettingProblem> {
    let account = !settings.text("account").trim().is_empty();
    let password = settings.secret("password").is_some_and(|secret| !secret.expose().trim().is_empty());
    match (account, password) {
        (true, false) => Err(SettingProblem::new("password", problem)),
        (false, true) => Err(SettingProblem::new("account", problem)),
        (both, _) => Ok(both),
    }
}

#[cfg(test)]
mod tests {
    use chakong_contract::Secret;
    use chakong_contract::manifest::SettingValue;

    use super::*;

    #[test]
    fn account_and_password_go_together_and_the_missing_one_is_named() {
        let settings = |account: &str, password: &str| {
            Settings::default()
                .with("account", SettingValue::Text(account.to_owned()))
                .with("password", SettingValue::Secret(Secret::new(password)))
        };
        let missing = |settings: &Settings| has_credentials(settings, "both").map_err(|problem| problem.key);
        assert_eq!(missing(&settings("a", "b")), Ok(true));
        assert_eq!(missing(&settings(" ", "")), Ok(false));
        assert_eq!(missing(&settings("a", " ")).map_err(|key| key.to_string()), Err("password".to_owned()));
        assert_eq!(missing(&settings("", "b")).map_err(|key| key.to_string()), Err("account".to_owned()));
        assert_eq!(needed_account(&settings(" a ", ""), "needed"), Ok("a".to_owned()));
        assert!(needed_account(&settings(" ", ""), "needed").is_err());
    }
}
