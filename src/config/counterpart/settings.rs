//! A connector's settings, checked against its manifest; secrets come from files or the environment.

use std::sync::Arc;

use chakong_contract::Secret;
use chakong_contract::connector::{Connector, Plugin};
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, SettingValue, Settings};
use toml::de::DeValue;

use super::super::named_files::{NamedFiles, Role};
use super::super::reader::Section;
use super::super::values::FromValue as _;

/// Largest text that is read from a file.
const LARGEST_TEXT: u64 = 1 << 20;
/// Largest secret that is read from a file.
const LARGEST_SECRET: u64 = 64 << 10;

/// Reads `[settings]` and builds the connector. What the connector finds wrong is told beside what could not be read.
pub(super) fn build(
    root: &mut Section<'_>,
    files: &mut NamedFiles,
    plugin: &Plugin,
) -> Option<(Settings, Arc<dyn Connector>)> {
    let manifest = &plugin.manifest;
    let read = root.section("settings", |section| read_settings(section, files, manifest.settings));
    let (settings, mut told) = read.unwrap_or_default();
    if !root.has("settings") {
        for setting in manifest.settings.iter().filter(|setting| setting.required) {
            root.problem("settings", format_args!("`{}` is missing: {}", setting.key, setting.help));
            told.push(setting.key.to_owned());
        }
    }
    match (plugin.build)(&settings) {
        Ok(connector) => told.is_empty().then_some((settings, connector)),
        Err(problems) => {
            let new = problems.into_iter().filter(|problem| !told.contains(&problem.key));
            tell(root, files, &new.collect::<Vec<_>>());
            None
        }
    }
}

/// Says what a connector found wrong, each at its setting; where the setting's text stands in a file of its own, at its line
/// there.
fn tell(root: &mut Section<'_>, files: &NamedFiles, problems: &[SettingProblem]) {
    let told = root.section("settings", |section| {
        let entries = section.entries();
        for SettingProblem { key, problem, line } in problems {
            let value = entries.iter().find(|(known, _)| known == key).map(|(_, value)| *value);
            let file = value.and_then(|value| value.as_table()?.get("file")?.get_ref().as_str());
            match (file, line) {
                (Some(file), Some(line)) => section.problem_in(&files.path(file), *line, problem),
                (None, Some(line)) => section.problem(key, format_args!("line {line} of it: {problem}")),
                (_, None) => section.problem(key, problem),
            }
        }
    });
    if told.is_none() {
        problems.iter().for_each(|problem| root.problem("settings", problem));
    }
}

/// The settings that could be read, and the keys of those that could not, each of them told.
fn read_settings(
    section: &mut Section<'_>,
    files: &mut NamedFiles,
    declared: &[Setting],
) -> (Settings, Vec<String>) {
    let mut settings = Settings::default();
    let mut told = Vec::new();
    let entries = section.entries();
    for (key, value) in &entries {
        let Some(setting) = declared.iter().find(|setting| setting.key == key) else {
            let known: Vec<&str> = declared.iter().map(|setting| setting.key).collect();
            section.problem(
                key,
                format_args!("is not a setting of this connector; known: {}", known.join(", ")),
            );
            told.push(key.to_string());
            continue;
        };
        match read_value(value, setting.kind, files) {
            Ok(value) => settings = settings.with(key, value),
            Err(message) => {
                section.problem(key, message);
                told.push(key.to_string());
            }
        }
    }
    for setting in declared.iter().filter(|setting| setting.required) {
        if !entries.iter().any(|(key, _)| key == setting.key) {
            section.problem(setting.key, format_args!("is missing: {}", setting.help));
            told.push(setting.key.to_owned());
        }
    }
    (settings, told)
}

fn read_value(
    value: &DeValue<'_>,
    kind: SettingKind,
    files: &mut NamedFiles,
) -> Result<SettingValue, String> {
    match kind {
        SettingKind::Text => read_text(value, files).map(SettingValue::Text),
        SettingKind::Integer => i64::from_value(value).map(SettingValue::Integer),
        SettingKind::Boolean => bool::from_value(value).map(SettingValue::Boolean),
        SettingKind::Choice(words) => match value.as_str() {
            Some(word) if words.contains(&word) => Ok(SettingValue::Text(word.to_owned())),
            _ => Err(format!("must be one of: {}", words.join(", "))),
        },
        SettingKind::Secret => read_secret(value, files).map(SettingValue::Secret),
    }
}

/// A text stands in the file or, when it is long, in a file of its own: `{ file = "PATH" }`.
fn read_text(value: &DeValue<'_>, files: &mut NamedFiles) -> Result<String, String> {
    let Some(table) = value.as_table() else { return String::from_value(value) };
    let hint = "must be text in quotes, or { file = \"PATH\" }";
    let (key, name) = table.iter().next().filter(|_| table.len() == 1).ok_or(hint)?;
    let name = name.get_ref().as_str().filter(|_| key.get_ref() == "file").ok_or(hint)?;
    files.text(name, Role::Meaning, LARGEST_TEXT)
}

/// A secret stands in a file or in the environment.
pub(in crate::config) fn read_secret(value: &DeValue<'_>, files: &mut NamedFiles) -> Result<Secret, String> {
    let hint = "a secret is not written here; use { file = \"PATH\" } or { env = \"NAME\" }";
    let table = value.as_table().filter(|table| table.len() == 1).ok_or(hint)?;
    let (source, value) = table.iter().next().ok_or(hint)?;
    let name = value.get_ref().as_str().ok_or(hint)?;
    let secret = match source.get_ref().as_ref() {
        "file" => files.text(name, Role::Credential, LARGEST_SECRET)?,
        "env" => std::env::var(name).map_err(|_| format!("the environment has no {name}"))?,
        _ => return Err(hint.to_owned()),
    };
    match secret.trim() {
        "" => Err(format!("{name} is empty")),
        secret if is_stand_in(secret) => {
            Err(format!("{name} holds a word that stands in for the secret; put the secret there"))
        }
        secret => Ok(Secret::new(secret)),
    }
}

/// Words that stand where a secret is to be put, as letters and digits in lower case.
const STAND_INS: [&str; 11] = [
    "changeme",
    "changeit",
    "replaceme",
    "placeholder",
    "todo",
    "yourkey",
    "yourapikey",
    "yourtoken",
    "yoursecret",
    "yourpassword",
    "apikeyhere",
];

/// Whether a secret is what samples and templates have in its place.
fn is_stand_in(secret: &str) -> bool {
    let word: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    STAND_INS.contains(&word.to_ascii_lowercase().as_str())
        || (secret.len() > 2 && secret.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '.' | '-')))
}

#[cfg(test)]
mod tests {
    use super::is_stand_in;

    #[test]
    fn a_word_that_stands_in_for_a_secret_is_told_from_a_secret() {
        for word in [
            "CHANGEME",
            "change-me",
            "<your api key>",
            "YOUR_TOKEN",
            "xxxxxxxx",
            "****",
            "...",
            "${YOUR_PASSWORD}",
        ] {
            assert!(is_stand_in(word), "{word}");
        }
        for secret in ["guest", "00000000-test-token", "invented-password", "x", "changemeb7e1", "Xx9"] {
            assert!(!is_stand_in(secret), "{secret}");
        }
    }
}
