//! Every mistake in the form of a description at once: after each one it is mended as if by hand, and reading goes on.

use serde::Deserialize as _;
use toml::de::DeTable;
use toml::{Table, Value};

use crate::description::{Description, Wrong, line_at, line_of};

/// Most mistakes that are told.
const MOST: usize = 50;

/// What must be there, with something that may stand there while the rest is read.
const NEEDED: [(&str, &str); 14] = [
    ("identities", "[\"uscc\"]"),
    ("request", "{ method = \"GET\", path = \"/\" }"),
    ("request.method", "\"GET\""),
    ("request.path", "\"/\""),
    ("paging.parameter", "\"page\""),
    ("paging.size", "1"),
    ("paging.most_pages", "1"),
    ("answer", "{ items = \"/a/b\" }"),
    ("answer.items", "\"/a/b\""),
    ("asset", "{ kind = \"vehicle\", fields = {} }"),
    ("asset.kind", "\"vehicle\""),
    ("asset.fields", "{}"),
    ("match.number", "\"/number\""),
    ("match.name", "\"/name\""),
];

/// A mistake with its line, from 1.
pub(super) type Mistake = (Option<usize>, String);

/// What is wrong with the form, and the description as far as it is right.
pub(super) fn of_form(text: &str) -> (Vec<Mistake>, Option<Description>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let line = |span: Option<std::ops::Range<usize>>| span.map(|span| line_at(text, span.start));
    if !errors.is_empty() {
        let told = errors.iter().take(MOST).map(|error| (line(error.span()), error.message().to_owned()));
        return (told.collect(), None);
    }
    drop(document);
    let mut mistakes = Vec::new();
    let mut mended: Vec<String> = Vec::new();
    let Ok(mut table) = text.parse::<Table>() else { return (mistakes, None) };
    while mistakes.len() < MOST {
        let read: Result<Description, _> = serde_path_to_error::deserialize(Value::Table(table.clone()));
        let error = match read {
            Ok(description) => {
                let other = |(at, _): &Wrong| !mended.iter().any(|table| at.split('.').next() == Some(table));
                let more = description.check().into_iter().filter(other);
                let told = more.map(|(at, why)| (line_of(text, &at), format!("{at}: {why}")));
                if !mistakes.is_empty() {
                    mistakes.extend(told);
                }
                return (mistakes, Some(description));
            }
            Err(error) => error,
        };
        let (path, message) = (error.path().to_string(), error.into_inner().message().to_owned());
        let path = wrong_path(&path, &message);
        mistakes.push((line_of(text, &path), format!("{path}: {message}")));
        mended.push(path.split('.').next().unwrap_or_default().to_owned());
        if !mend(&mut table, &path) {
            break;
        }
    }
    (mistakes, None)
}

/// The whole path of what is wrong: where a field lacks, or is one too many, the library names it only in its message.
fn wrong_path(path: &str, message: &str) -> String {
    // An entry of a list stands for the list, and what tells how to authenticate is read as a whole.
    let path = path.split('[').next().unwrap_or(path);
    if path.split('.').next() == Some("auth") {
        return "auth".to_owned();
    }
    let named = ["missing field `", "unknown field `"].iter().find_map(|what| message.strip_prefix(what));
    let Some((field, _)) = named.and_then(|rest| rest.split_once('`')) else { return path.to_owned() };
    match path {
        "." | "" => field.to_owned(),
        _ if path == field || path.ends_with(&format!(".{field}")) => path.to_owned(),
        _ => format!("{path}.{field}"),
    }
}

/// Puts something right in the place of what is wrong, or takes it out. Whether that could be done.
fn mend(table: &mut Table, path: &str) -> bool {
    let needed = NEEDED.iter().find(|(needed, _)| *needed == path);
    let value =
        needed.and_then(|(_, text)| Value::deserialize(toml::de::ValueDeserializer::parse(text).ok()?).ok());
    let mut keys: Vec<&str> = path.split('.').collect();
    let Some(last) = keys.pop() else { return false };
    let mut here = table;
    for key in keys {
        if !here.get(key).is_some_and(Value::is_table) {
            return here.remove(key).is_some();
        }
        let Some(Value::Table(below)) = here.get_mut(key) else { return false };
        here = below;
    }
    match value {
        Some(value) => {
            let before = here.insert(last.to_owned(), value.clone());
            before != Some(value)
        }
        None => here.remove(last).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRONG: &str = r#"identities = ["uscc", "passport_of_mars"]
colour = "blue"

[request]
method = "FETCH"
path = "boats"
query = { owner = 5 }

[auth]
kind = "cookie"

[paging]
parameter = "page"
size = "ten"

[answer]
code = "code"
success = ["0"]
shape = 1

[asset]
kind = "vehicle"

[asset.fields]
plate = { from = "/mark" }
hull = "/hull"
"#;

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let (mistakes, _) = of_form(WRONG);
        let told: Vec<(usize, &str)> = mistakes
            .iter()
            .map(|(line, what)| (line.unwrap_or_default(), what.split(": ").next().unwrap_or_default()))
            .collect();
        for expected in [
            (1, "identities"),
            (2, "colour"),
            (5, "request.method"),
            (7, "request.query.owner"),
            (9, "auth"),
            (14, "paging.size"),
            (12, "paging.most_pages"),
            (19, "answer.shape"),
            (16, "answer.items"),
            (25, "asset.fields.plate"),
        ] {
            let is_told = told.iter().any(|(line, what)| *line == expected.0 && what.starts_with(expected.1));
            assert!(is_told, "{expected:?} is not in {mistakes:#?}");
        }
        assert_eq!(mistakes.len(), 10, "{mistakes:#?}");
    }

    #[test]
    fn what_is_no_toml_is_told_whole_and_nonsense_has_an_end() {
        let (mistakes, description) = of_form("a = \n[b\nc = 1\nd = = 2\n");
        assert!(mistakes.len() >= 2 && description.is_none(), "{mistakes:#?}");
        assert!(!of_form("").0.is_empty());
        let many: String = (0..200).map(|at| format!("stranger_{at} = 1\n")).collect();
        assert_eq!(of_form(&many).0.len(), MOST);
    }
}
