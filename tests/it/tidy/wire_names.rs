//! Names of a protocol's fields stay in its connector's wire, as texts and as identifiers.

use std::collections::{BTreeMap, BTreeSet};

use super::hold;
use super::source::{Source, Word, sources};

/// Words that a protocol's names share with the language: code may use them as its own.
const ENGLISH: &[&str] = &[
    "code",
    "condition",
    "data",
    "earlier",
    "fail",
    "holdings",
    "md5",
    "message",
    "msg",
    // A scope of OpenID Connect, too.
    "openid",
    "password",
    "result",
    "status",
    "success",
    "type",
    "username",
];

/// Words without a vowel that code may use. Initials of pinyin have none as a rule.
const ABBREVIATIONS: &[&str] = &[
    "cmp", "cny", "dyn", "html", "rfc", "fmt", "gbk", "http", "msg", "nfc", "nfkc", "nth", "pdf", "ptr",
    "std", "str", "sync", "tns", "try", "url", "utf", "vec", "why", "wsdl", "xml", "xmlns", "xsd", "zip",
    "ffff",
];

/// Whether a file is part of a wire: `wire.rs`, or below a folder `wire`.
fn is_wire(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "wire" | "wire.rs"))
}

/// The crate of a file below `connectors`.
fn crate_of(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

fn literal(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// A name for comparison: identifiers and fields differ in case and underscores.
fn folded(name: &str) -> String {
    name.chars().filter(|c| *c != '_').collect::<String>().to_lowercase()
}

/// Names of fields that a wire spells: those that serde renames, and texts of capitals (attributes and elements of XML).
fn field_names(wire: &Source) -> BTreeSet<String> {
    let renamed = wire.words.windows(3).filter(|words| words[0].text == "rename" && words[1].text == "=");
    let renamed = renamed.filter_map(|words| literal(&words[2].text));
    let is_capitals = |text: &&str| {
        (3..=20).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let capitals = wire.words.iter().filter_map(|word| literal(&word.text)).filter(is_capitals);
    let is_name = |name: &&str| name.len() >= 3 && !ENGLISH.contains(&folded(name).as_str());
    renamed.chain(capitals).filter(is_name).map(str::to_owned).collect()
}

/// The first part of an identifier that has three letters or more, none of them a vowel, and is no known abbreviation.
fn initials(name: &str) -> Option<String> {
    let mut parts = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        let begins = c == '_' || c.is_ascii_digit() || (c.is_uppercase() && before.is_lowercase());
        if begins {
            parts.push(String::new());
        }
        if let (true, Some(part)) = (c.is_alphabetic(), parts.last_mut()) {
            part.extend(c.to_lowercase());
        }
        before = c;
    }
    parts.into_iter().find(|part| {
        part.len() >= 3
            && part.is_ascii()
            && !part.contains(['a', 'e', 'i', 'o', 'u'])
            && !ABBREVIATIONS.contains(&part.as_str())
    })
}

/// What is wrong with a word of a connector's file, whose wire spells these names.
fn fault(word: &Word, in_wire: bool, names: &BTreeSet<String>, folds: &BTreeSet<String>) -> Option<String> {
    if let Some(text) = literal(&word.text) {
        let spelt = !in_wire && names.contains(text);
        return spelt.then(|| format!("`{text}` is a protocol's own name; spell it in the wire"));
    }
    if !word.is_name {
        return None;
    }
    let name = &word.text;
    if folds.contains(&folded(name)) && name.len() >= 3 {
        return Some(format!(
            "`{name}` is a protocol's own name; give it an English one, and serde's rename"
        ));
    }
    initials(name)
        .map(|part| format!("`{part}` in `{name}` is no word; give it an English name, and serde's rename"))
}

fn outside_tests(source: &Source) -> bool {
    let path = &source.path;
    !path.contains("/tests/") && !path.starts_with("connectors/testkit/") && !path.ends_with("/tests.rs")
}

/// The names of every connector's wire.
fn wires(connectors: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // Its words are kinds of files, not fields.
    let wire =
        connectors.iter().filter(|source| is_wire(&source.path) && !source.path.ends_with("file_name.rs"));
    for source in wire {
        names.entry(crate_of(&source.path).to_owned()).or_default().extend(field_names(source));
    }
    names
}

#[test]
fn names_of_a_protocols_fields_stay_in_its_wire() {
    let connectors: Vec<Source> = sources("connectors").into_iter().filter(outside_tests).collect();
    let names = wires(&connectors);
    assert!(names["court-bank"].contains("BDHM") && names["court-realty"].contains("bdcdyh"));
    assert!(names["court-realty"].contains("CXQQDH") && names["market-regulator"].contains("FROAM"));
    let mut violations = Vec::new();
    let none = BTreeSet::new();
    for source in &connectors {
        let names = names.get(crate_of(&source.path)).unwrap_or(&none);
        let folds: BTreeSet<String> = names.iter().map(|name| folded(name)).collect();
        let in_wire = is_wire(&source.path);
        let found =
            source.words.iter().filter_map(|word| Some((word.line, fault(word, in_wire, names, &folds)?)));
        violations.extend(found.map(|(line, fault)| format!("{}:{line}: {fault}", source.path)));
    }
    // The gateway has no use for any of them.
    let all: BTreeSet<String> = names.into_values().flatten().collect();
    for source in &sources("src") {
        for word in &source.words {
            let text = literal(&word.text).or_else(|| word.is_name.then_some(word.text.as_str()));
            if let Some(name) = text.filter(|text| all.contains(*text)) {
                violations.push(format!("{}:{}: `{name}` is a protocol's own name", source.path, word.line));
            }
        }
    }
    hold(
        "Names of a protocol's fields stay in its connector's wire (tests/it/tidy/wire_names.rs).",
        &violations,
    );
}

#[test]
fn the_rule_about_names_can_fail() {
    let wire = Source::parse(
        "connectors/x/src/a/wire.rs",
        "struct Row { #[serde(rename = \"sdyy\")] reason: String, #[serde(rename = \"code\")] code: u8 }\n\
         const NUMBER: &str = \"BDHM\";",
    );
    assert!(is_wire(&wire.path) && !is_wire("connectors/x/src/wired.rs"));
    let names = field_names(&wire);
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), ["BDHM", "sdyy"]);
    let folds: BTreeSet<String> = names.iter().map(|name| folded(name)).collect();
    let faults = |text: &str, in_wire| {
        let source = Source::parse("connectors/x/src/read.rs", text);
        source.words.iter().filter_map(|word| fault(word, in_wire, &names, &folds)).count()
    };
    assert_eq!(faults("fn f() { note(\"BDHM\", row.reason, code) }", false), 1);
    assert_eq!(faults("fn f() { note(\"BDHM\", row.reason) }", true), 0, "the wire may spell it");
    assert_eq!(
        faults("fn f(row: Row) { row.sdyy; row.bd_hm; }", true),
        2,
        "as an identifier, whatever its case"
    );
    assert_eq!(faults("struct S { cfkssj: u8, http_url: u8, CxSqDh: u8, md5: u8, seizures: u8 }", true), 1);
    assert_eq!(initials("get_xzcx_list").as_deref(), Some("xzcx"));
    assert_eq!(initials("QLRMC").as_deref(), Some("qlrmc"));
}
