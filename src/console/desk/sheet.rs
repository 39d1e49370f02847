//! The form of an answer, made from what the connector describes, and what was filled in as the API takes it.

use serde_json::{Map, Value, json};

use super::super::acts::FormField;
use super::super::lang::Lang;
use super::super::reading::{list, text};

/// Most rows that a page shows.
const MOST_ROWS: usize = 50;

/// What was filled in, wherever it came from: by the names of the page's fields.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    /// Word of the outcome.
    pub outcome: String,
    /// Word of the kind of each row.
    pub rows: Vec<String>,
    values: Vec<(String, String)>,
}

/// A part of the form: a row, or what is asked once.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its title; empty for what is asked once.
    pub title: String,
    /// Its place among the rows.
    pub at: usize,
    /// Word of its kind; empty for what is asked once.
    pub kind: String,
    /// Its fields.
    pub fields: Vec<FormField>,
}

/// The form as a page shows it.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// What can be chosen: word, what it is called, whether it is shown.
    pub outcomes: Vec<(String, String, bool)>,
    /// The outcome that is shown.
    pub outcome: String,
    /// What is asked.
    pub parts: Vec<Part>,
    /// Kinds of rows that can be added.
    pub kinds: Vec<(String, String)>,
}

/// Name of a field that is asked once.
fn once(key: &str) -> String {
    format!("f.{key}")
}

/// Name of a field of a row.
fn of_row(at: usize, key: &str) -> String {
    format!("row.{at}.{key}")
}

impl Entries {
    /// Nothing yet, for an outcome.
    pub fn of(outcome: &str) -> Self {
        Self { outcome: outcome.to_owned(), ..Self::default() }
    }

    /// What a page sent.
    pub fn posted(fields: &[(String, String)]) -> Self {
        let get = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        let rows = (0..MOST_ROWS).map_while(|at| get(&of_row(at, "kind"))).map(str::to_owned).collect();
        let values = fields.iter().map(|(name, value)| (name.clone(), value.trim().to_owned())).collect();
        Self { outcome: get("outcome").unwrap_or_default().to_owned(), rows, values }
    }

    /// What was entered before and kept by the API.
    pub fn kept(entered: &Value) -> Self {
        let texts = |object: Option<&Value>| -> Vec<(String, String)> {
            let object = object.and_then(Value::as_object);
            let pairs = object.into_iter().flatten();
            pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
        };
        let mut values: Vec<(String, String)> =
            texts(entered.pointer("/fields")).into_iter().map(|(key, value)| (once(&key), value)).collect();
        let mut rows = Vec::new();
        for (at, row) in list(entered, "/rows").iter().take(MOST_ROWS).enumerate() {
            rows.push(text(row, "/kind"));
            values.extend(
                texts(row.pointer("/fields")).into_iter().map(|(key, value)| (of_row(at, &key), value)),
            );
        }
        Self { outcome: text(entered, "/outcome"), rows, values }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// With one row more, which is empty.
    pub fn add_row(&mut self, kind: &str) {
        if self.rows.len() < MOST_ROWS {
            self.rows.push(kind.to_owned());
        }
    }

    /// Without a row; those behind it move up.
    pub fn remove_row(&mut self, gone: usize) {
        if gone >= self.rows.len() {
            return;
        }
        self.rows.remove(gone);
        let mut kept = Vec::new();
        for (name, value) in std::mem::take(&mut self.values) {
            let place = name.strip_prefix("row.").and_then(|rest| rest.split_once('.'));
            let place = place.and_then(|(at, key)| Some((at.parse::<usize>().ok()?, key.to_owned())));
            match place {
                Some((at, _)) if at == gone => {}
                Some((at, key)) if at > gone => kept.push((of_row(at - 1, &key), value)),
                _ => kept.push((name, value)),
            }
        }
        self.values = kept;
    }

    /// As the API takes it; only what the form of the outcome asks for.
    pub fn filled(&self, sheet: &Value) -> Value {
        let nothing = Value::Null;
        let outcome = outcome_of(sheet, &self.outcome).unwrap_or(&nothing);
        let fields = self.object(list(outcome, "/fields"), once);
        let rows = self.rows.iter().enumerate().map(|(at, kind)| {
            let described = kind_of(outcome, kind).unwrap_or(&nothing);
            json!({ "kind": kind, "fields": self.object(list(described, "/fields"), |key| of_row(at, key)) })
        });
        let rows: Vec<Value> = if list(outcome, "/rows").is_empty() { Vec::new() } else { rows.collect() };
        json!({ "outcome": self.outcome, "fields": fields, "rows": rows })
    }

    fn object(&self, fields: &[Value], name: impl Fn(&str) -> String) -> Map<String, Value> {
        let filled = fields.iter().filter_map(|field| {
            let key = text(field, "/key");
            let value = self.get(&name(&key)).filter(|value| !value.is_empty())?;
            Some((key, Value::from(value)))
        });
        filled.collect()
    }
}

fn outcome_of<'v>(sheet: &'v Value, word: &str) -> Option<&'v Value> {
    list(sheet, "/outcomes").iter().find(|outcome| text(outcome, "/outcome") == word)
}

fn kind_of<'v>(outcome: &'v Value, word: &str) -> Option<&'v Value> {
    list(outcome, "/rows").iter().find(|row| text(row, "/kind") == word)
}

fn label(of: &Value, lang: Lang) -> String {
    text(of, lang.t("/label/zh", "/label/en"))
}

/// The form of an outcome with what was filled in; the first outcome where none is chosen.
pub fn shown(sheet: &Value, entries: &Entries, lang: Lang) -> Shown {
    let outcomes = list(sheet, "/outcomes");
    let chosen = outcome_of(sheet, &entries.outcome).or(outcomes.first());
    let Some(outcome) = chosen else { return Shown::default() };
    let word = text(outcome, "/outcome");
    let part = |title, at, kind, fields: &[Value], name: &dyn Fn(&str) -> String| Part {
        title,
        at,
        kind,
        fields: fields.iter().map(|field| shown_field(field, name, entries, lang)).collect(),
    };
    let mut parts = vec![part(String::new(), 0, String::new(), list(outcome, "/fields"), &once)];
    let kinds = list(outcome, "/rows");
    // A form that lists something begins with one row.
    let first = kinds.first().map(|kind| text(kind, "/kind"));
    let rows = match (entries.rows.is_empty(), first) {
        (true, Some(first)) => vec![first],
        _ => entries.rows.clone(),
    };
    for (at, kind) in rows.iter().enumerate() {
        let Some(described) = kind_of(outcome, kind) else { continue };
        let title = format!("{}. {}", at + 1, label(described, lang));
        let fields = list(described, "/fields");
        parts.push(part(title, at, kind.clone(), fields, &|key| of_row(at, key)));
    }
    Shown {
        outcomes: outcomes
            .iter()
            .map(|one| (text(one, "/outcome"), label(one, lang), text(one, "/outcome") == word))
            .collect(),
        outcome: word,
        parts,
        kinds: kinds.iter().map(|kind| (text(kind, "/kind"), label(kind, lang))).collect(),
    }
}

fn shown_field(field: &Value, name: &dyn Fn(&str) -> String, entries: &Entries, lang: Lang) -> FormField {
    let name = name(&text(field, "/key"));
    let kind = match text(field, "/type").as_str() {
        "words" => "reason",
        "amount" | "decimal" => "money",
        "count" => "count",
        "day" => "date",
        "choice" => "pick",
        _ => "text",
    };
    let choices = list(field, "/choices").iter().map(|one| (text(one, "/word"), label(one, lang)));
    FormField {
        label: label(field, lang),
        kind,
        is_required: text(field, "/required") == "true",
        value: entries.get(&name).map_or_else(|| text(field, "/initial"), str::to_owned),
        choices: choices.collect(),
        fault: String::new(),
        pointer: String::new(),
        currency: String::new(),
        name,
    }
}

/// The name of the field at a place of the request; `None` for what is no field.
pub fn place_of(pointer: &str) -> Option<String> {
    if pointer.starts_with("/scan") {
        return Some("scan".to_owned());
    }
    let parts: Vec<&str> = pointer.strip_prefix("/form/")?.split('/').collect();
    match parts.as_slice() {
        ["fields", key] => Some(once(key)),
        ["rows", at, "fields", key] => Some(of_row(at.parse().ok()?, key)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Value {
        let field = |key: &str, kind: &str| json!({ "key": key, "type": kind, "required": true, "label": { "zh": "栏目", "en": "field" } });
        let row = |kind: &str| json!({ "kind": kind, "label": { "zh": kind, "en": kind }, "fields": [field("number", "text")] });
        let label = json!({ "zh": "结果", "en": "outcome" });
        json!({ "outcomes": [
            { "outcome": "found", "label": label, "fields": [field("day", "day")], "rows": [row("account"), row("vehicle")] },
            { "outcome": "nothing", "label": label, "fields": [], "rows": [] },
        ] })
    }

    fn posted(fields: &[(&str, &str)]) -> Entries {
        let fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Entries::posted(&fields)
    }

    #[test]
    fn what_a_page_sends_comes_back_in_the_form_and_goes_to_the_api() {
        let entries = posted(&[
            ("outcome", "found"),
            ("f.day", " 2026-01-05 "),
            ("f.stranger", "1"),
            ("row.0.kind", "account"),
            ("row.0.number", "1"),
            ("row.1.kind", "vehicle"),
            ("row.1.number", ""),
        ]);
        let filled = entries.filled(&sheet());
        let expected = json!({ "outcome": "found", "fields": { "day": "2026-01-05" }, "rows": [
            { "kind": "account", "fields": { "number": "1" } }, { "kind": "vehicle", "fields": {} },
        ] });
        assert_eq!(filled, expected);
        let again = Entries::kept(&filled);
        assert_eq!(again.filled(&sheet()), filled);
        let form = shown(&sheet(), &again, Lang::Zh);
        assert_eq!((form.outcome.as_str(), form.parts.len()), ("found", 3));
        assert_eq!(form.parts[0].fields[0].value, "2026-01-05");
        let nothing = Entries { outcome: "nothing".to_owned(), ..again };
        assert_eq!(nothing.filled(&sheet())["rows"], json!([]), "rows of another outcome are not sent");
    }

    #[test]
    fn a_form_begins_with_one_row_and_rows_are_added_and_removed() {
        let mut entries = Entries::default();
        let form = shown(&sheet(), &entries, Lang::En);
        assert_eq!(
            (form.outcome.as_str(), form.parts.len(), form.parts[1].kind.as_str()),
            ("found", 2, "account")
        );
        entries = posted(&[
            ("outcome", "found"),
            ("row.0.kind", "account"),
            ("row.0.number", "1"),
            ("row.1.kind", "account"),
            ("row.1.number", "2"),
        ]);
        entries.add_row("vehicle");
        entries.remove_row(0);
        let filled = entries.filled(&sheet());
        let rows =
            json!([{ "kind": "account", "fields": { "number": "2" } }, { "kind": "vehicle", "fields": {} }]);
        assert_eq!(filled["rows"], rows);
        entries.remove_row(9);
        assert_eq!(entries.rows.len(), 2);
        for _ in 0..100 {
            entries.add_row("account");
        }
        assert_eq!(entries.rows.len(), MOST_ROWS);
    }

    #[test]
    fn a_fault_is_told_at_its_field() {
        assert_eq!(place_of("/form/fields/amount").as_deref(), Some("f.amount"));
        assert_eq!(place_of("/form/rows/2/fields/number").as_deref(), Some("row.2.number"));
        assert_eq!(place_of("/scan/content").as_deref(), Some("scan"));
        assert_eq!(place_of("/form/rows"), None);
    }
}
