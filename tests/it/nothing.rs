//! Where a counterpart has nothing it writes null, a blank, an empty object or an empty list, whatever should stand there: all of them
//! mean the same, in every connector whose messages are JSON.

use std::path::Path;
use std::sync::Arc;

use chakong_contract::manifest::SettingValue;
use chakong_contract::{Connector, Message, Plugin, Secret, Settings};
use serde_json::{Value, json};

use crate::tidy::root;

fn built(plugin: &Plugin) -> Arc<dyn Connector> {
    let secret = || SettingValue::Secret(Secret::new("not-a-secret"));
    let all = Settings::of_all_examples(plugin.manifest.settings).with("password", secret());
    let required = Settings::of_examples(plugin.manifest.settings).with("secret", secret());
    (plugin.build)(&all)
        .or_else(|_| (plugin.build)(&required))
        .unwrap_or_else(|problems| panic!("{}: {problems:?}", plugin.manifest.id))
}

/// Recorded answers of a connector that are JSON objects.
fn recorded(id: &str) -> Vec<(String, Value)> {
    let Ok(entries) = std::fs::read_dir(root().join("fixtures").join(id)) else { return Vec::new() };
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let mut found: Vec<(String, Value)> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| name(path).contains(".reply."))
        .filter_map(|path| Some((name(&path), serde_json::from_slice(&std::fs::read(&path).ok()?).ok()?)))
        .filter(|(_, value): &(String, Value)| value.is_object())
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// The pointers to every object and list that is a member of an object.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let below = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                if member.is_object() || member.is_array() {
                    found.push(below.clone());
                }
                places(member, &below, found);
            }
        }
        Value::Array(entries) => {
            // The first stands for all.
            if let Some(first) = entries.first() {
                places(first, &format!("{at}/0"), found);
            }
        }
        _ => {}
    }
}

/// What a message is about: without it there is no message.
fn must_be_there(id: &str, place: &str) -> bool {
    match id {
        // That it stands there says that the call-back is one of a result.
        "court-realty" => place == "/data/ywxxList",
        "gleif" => place.ends_with("/attributes/entity"),
        // Its answers are no JSON by its own description; what looks so is read as parameters.
        "market-regulator-parameters" => true,
        _ => false,
    }
}

#[test]
fn whatever_stands_for_nothing_means_the_same_at_every_place() {
    let mut differences = Vec::new();
    for plugin in chakong::app::plugins() {
        let (id, connector) = (plugin.manifest.id, built(&plugin));
        for (name, whole) in recorded(id) {
            let mut all = Vec::new();
            places(&whole, "", &mut all);
            all.retain(|place| !must_be_there(id, place));
            for place in all {
                let read = |nothing: Value| {
                    let mut changed = whole.clone();
                    *changed.pointer_mut(&place).expect("the place") = nothing;
                    connector.read(&Message::new("", changed.to_string().into_bytes()))
                };
                let null = read(Value::Null);
                for nothing in [json!(""), json!(" "), json!({}), json!([])] {
                    if read(nothing.clone()) != null {
                        differences
                            .push(format!("{id}, {name}: {nothing} at {place} is not read as null is"));
                    }
                }
            }
        }
    }
    assert!(differences.is_empty(), "{} places:\n{}", differences.len(), differences.join("\n"));
}
