//! Settings: good ones build, missing ones are named.

use chakong_contract::Settings;
use chakong_contract::manifest::{Setting, SettingKind, SettingValue};

use super::subject::{Check, Subject, holds};

pub(crate) const CHECKS: &[Check] = &[
    ("good settings build a connector and a sandbox", good_settings_build),
    ("each required setting, missing, is named in a problem", missing_settings_are_named),
    ("a script with an unknown key is refused", unknown_script_keys_are_refused),
];

fn good_settings_build(subject: &Subject) -> Result<(), String> {
    subject.connector()?;
    subject.sandbox().map(drop)
}

fn missing_settings_are_named(subject: &Subject) -> Result<(), String> {
    let declared = subject.plugin.manifest.settings;
    declared.iter().filter(|setting| setting.required).try_for_each(|setting| {
        let key = setting.key;
        match (subject.plugin.build)(&without(&subject.settings, declared, key)) {
            Ok(_) => Err(format!("it builds without `{key}`")),
            Err(problems) => holds(problems.iter().any(|problem| problem.key == key), || {
                format!("without `{key}` the problems name other keys: {problems:?}")
            }),
        }
    })
}

fn without(settings: &Settings, declared: &[Setting], left_out: &str) -> Settings {
    let value = |setting: &Setting| match setting.kind {
        SettingKind::Text | SettingKind::Choice(_) => Some(settings.text(setting.key))
            .filter(|text| !text.is_empty())
            .map(|t| SettingValue::Text(t.to_owned())),
        SettingKind::Secret => settings.secret(setting.key).cloned().map(SettingValue::Secret),
        SettingKind::Integer => settings.integer(setting.key).map(SettingValue::Integer),
        SettingKind::Boolean => settings.boolean(setting.key).then_some(SettingValue::Boolean(true)),
    };
    declared
        .iter()
        .filter(|setting| setting.key != left_out)
        .filter_map(|setting| value(setting).map(|value| (setting.key, value)))
        .fold(Settings::default(), |rebuilt, (key, value)| rebuilt.with(key, value))
}

fn unknown_script_keys_are_refused(subject: &Subject) -> Result<(), String> {
    let mut script = subject.script.clone();
    let keys = script.as_object_mut().ok_or("the script is not an object")?;
    keys.insert("no_such_key".to_owned(), true.into());
    holds((subject.plugin.sandbox)(&script, &subject.settings).is_err(), || "it was taken".to_owned())
}
