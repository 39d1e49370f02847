//! The reference of all settings: complete, and true to the code's defaults, for every connector over every line that it speaks.

use std::path::Path;

use chakong::app::plugins;
use chakong::config::{Config, CounterpartConfig, load};
use chakong_contract::manifest::LineKind;

use crate::samples::{folder, loaded, sample, with_own_keys};

/// Connectors whose counterparts may call back.
const CALL_BACK: [&str; 2] = ["court-realty", "court-realty-county"];

/// The two parts of the reference: the gateway's file, and a counterpart's with its variants.
fn parts() -> (String, String) {
    let text = sample("reference.toml");
    let (gateway, counterpart) = text.split_once("\n#== A counterpart").expect("two parts");
    let (_, gateway) = gateway.split_once("\n#== The gateway").expect("the first part");
    (with_own_keys(&format!("#{gateway}")), format!("#{counterpart}"))
}

/// A variant by the beginning of its title, without its marks.
fn variant(counterpart: &str, title: &str) -> Option<String> {
    let is_it =
        |line: &str| line.strip_prefix("#>> ").is_some_and(|named| named.split(':').next() == Some(title));
    let rest = counterpart.lines().skip_while(|line| !is_it(line));
    let lines: Vec<&str> = rest.skip(1).map_while(|line| line.strip_prefix("#>")).collect();
    let unmarked = |line: &&str| line.strip_prefix(' ').unwrap_or(line).to_owned();
    (!lines.is_empty()).then(|| lines.iter().map(unmarked).collect::<Vec<_>>().join("\n"))
}

/// The text with another table in place of one, and of those below it.
fn with_table(text: &str, table: &str, new: &str) -> String {
    let mut within = false;
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            let is_it = line == format!("[{table}]");
            within = is_it || line.starts_with(&format!("[{table}."));
            if is_it {
                lines.extend(new.lines());
            }
        }
        if !within {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// The text without the example of officers, whom only those have on file that ask for documents.
fn without_officers(text: &str) -> String {
    let mut within = false;
    let mut keeps = |line: &&str| {
        within = (within || line.ends_with("[[officers]]")) && line.starts_with('#');
        !within
    };
    text.lines().filter(|line| keeps(line)).collect::<Vec<_>>().join("\n")
}

/// The reference as a file of each connector over each line.
fn counterparts(write: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let (_, all) = parts();
    let base = all.split("\n# Variants.").next().expect("what is the same for all");
    let mut files = Vec::new();
    for plugin in plugins() {
        let id = plugin.manifest.id;
        let own = base.replace("connector = \"court-bank\"", &format!("connector = \"{id}\""));
        let own = match variant(&all, &format!("[settings] {id}")) {
            Some(settings) => with_table(&own, "settings", &settings).replace("batch = 200", "batch = 1"),
            None if id == "court-bank" => own,
            None => panic!("reference.toml has no `#>> [settings] {id}`"),
        };
        for line in plugin.manifest.lines {
            // The reference's own table is a parcel line's.
            let kinds = if *line == LineKind::Parcel { &["", "sftp"][..] } else { &[line.word()][..] };
            for kind in kinds {
                let mut text = match variant(&all, &format!("[line] {kind}")) {
                    Some(table) => with_table(&own, "line", &table),
                    None => own.clone(),
                };
                if !CALL_BACK.contains(&id) {
                    text = with_table(&text, "line.callbacks", "");
                }
                if plugin.manifest.capabilities.iter().all(|able| able.documents.is_empty()) {
                    text = without_officers(&text).replace("# officers_required = 1\n", "");
                }
                if *kind == "postbox" {
                    // What is an example elsewhere is needed here.
                    text = text
                        .replace("#   account = ", "account = ")
                        .replace("#   password = ", "password = ");
                }
                let at = files.len();
                files.push((format!("{id}-{kind}{at}"), write(&of_one(&text, at))));
            }
        }
    }
    files
}

/// Folders, codes, paths and accounts that two counterparts cannot share.
fn of_one(text: &str, at: usize) -> String {
    let line = |line: &str| match line.trim_start_matches(['#', ' ']).split(" = ").next() {
        Some("bank_code") => format!("bank_code = \"E999H11{at:010}\""),
        Some("outgoing") => format!("outgoing = \"/var/lib/chakong/{at}/out\""),
        Some("incoming") => format!("incoming = \"/var/lib/chakong/{at}/in\""),
        Some("path") if line.contains("= \"/c") || line.contains("= \"/r") => {
            format!("path = \"/reference/{at}\"")
        }
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, String)> {
    files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect()
}

/// What may be compared of a counterpart. Settings show in the connector that was built with them.
fn content(counterpart: &CounterpartConfig, folder: &Path) -> String {
    let CounterpartConfig { name, name_zh, name_en, connector, line, limits, window, breaker, .. } =
        counterpart;
    let retries = (&counterpart.retry_query, &counterpart.retry_control);
    let text = format!(
        "{name} {name_zh} {name_en} {connector:?} {line:?} {limits:?} {window:?} {breaker:?} {retries:?}"
    );
    text.replace(&folder.display().to_string(), "")
}

fn content_of(gateway: &str, counterparts: &[(String, String)]) -> Vec<String> {
    let folder = folder(gateway, &borrowed(counterparts));
    let config =
        load(&folder.path().join("chakong.toml"), &plugins()).unwrap_or_else(|problems| panic!("{problems}"));
    let Config { instance, server, postbox, store, log, keys, relays, intakes, progress, papers, .. } =
        &config;
    let own = format!(
        "{instance} {server:?} {postbox:?} {store:?} {log:?} {keys:?} {relays:?} {intakes:?} {progress:?} {papers:?}"
    );
    let own = own.replace(&folder.path().display().to_string(), "");
    let others = config.counterparts.iter().map(|counterpart| content(counterpart, folder.path()));
    std::iter::once(own).chain(others).collect()
}

/// A setting on a line that is commented out: `# key = value` with a default, `#   key = value` without one.
fn setting<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(mark)?;
    let key = rest.split(" = ").next()?;
    let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    (is_key && rest.contains(" = ")).then_some(rest)
}

/// The text with its defaults written out, or with its examples as well.
fn written_out(text: &str, examples: bool) -> String {
    let line = |line: &str| {
        let table = line.strip_prefix("#   ").filter(|rest| rest.starts_with("[["));
        let example = setting(line, "#   ").or(table).filter(|_| examples);
        setting(line, "# ").or(example).unwrap_or(line).to_owned()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_commented_out_is_the_default() {
    let (gateway, _) = parts();
    let as_it_stands = content_of(&gateway, &counterparts(str::to_owned));
    let written = written_out(&gateway, false);
    assert!(written.contains("\nlisten = "), "the defaults were written out");
    assert_eq!(as_it_stands, content_of(&written, &counterparts(|text| written_out(text, false))));
}

/// After every header of a table, and before the first, a key that nobody knows.
fn with_strangers(text: &str) -> String {
    let mut lines = vec!["stranger = 1"];
    for line in text.lines() {
        lines.push(line);
        if line.starts_with('[') {
            lines.push("stranger = 1");
        }
    }
    lines.join("\n")
}

/// What a message lists after `known here:` or `known:`.
fn known(message: &str) -> Vec<String> {
    let list = message.split_once("known here: ").or_else(|| message.split_once("known: "));
    let (_, list) = list.unwrap_or_else(|| panic!("{message}"));
    list.split(", ").map(|key| key.trim_matches('`').to_owned()).collect()
}

#[test]
fn every_setting_that_is_read_is_in_the_reference() {
    let (gateway, _) = parts();
    let files = counterparts(str::to_owned);
    let strange: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), with_strangers(text))).collect();
    let problems = loaded(&with_strangers(&gateway), &strange).expect_err("strangers");
    let headers = |text: &str| text.lines().filter(|line| line.starts_with('[')).count() + 1;
    let expected: usize = headers(&gateway) + files.iter().map(|(_, text)| headers(text)).sum::<usize>();
    assert_eq!(problems.0.len(), expected, "{problems}");
    for problem in &problems.0 {
        let name = problem.file.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let own = files.iter().find(|(known, _)| known == name).map_or(&gateway, |(_, text)| text);
        let text = written_out(own, true);
        for key in known(&problem.message) {
            let as_setting = text.lines().any(|line| line.starts_with(&format!("{key} = ")));
            // A table may stand in another variant: of [line.sftp] a folder needs none.
            let named = |text: &str| {
                text.lines().any(|line| line.trim_matches(['[', ']']).split('.').any(|part| part == key))
            };
            let as_table = named(&text) || files.iter().any(|(_, text)| named(text));
            assert!(as_setting || as_table, "{name}: `{key}` is missing ({})", problem.message);
        }
    }
}

/// Whether a counterpart's line is one over which the gateway sends nothing that a quota could count.
fn is_asked_by_others(text: &str) -> bool {
    text.contains("kind = \"postbox\"") || text.contains("kind = \"desk\"")
}

fn is_of_shares(line: &str) -> bool {
    ["[[limits.shares]]", "court = ", "percent = ", "requests = "].iter().any(|start| line.starts_with(start))
}

#[test]
fn examples_in_comments_can_be_used() {
    // Two ways to say a rate exclude each other, as do two to log in; certificates must exist.
    let one_way = |text: &str| {
        let is_other = |line: &&str| {
            ["per_minute = ", "key_file = ", "key_passphrase = "].iter().any(|key| line.starts_with(key))
                || line.contains("_file = \"/etc")
                || line.starts_with("stand_ins = ")
                || (is_asked_by_others(text) && is_of_shares(line))
        };
        let written = written_out(text, true);
        written.lines().filter(|line| !is_other(line)).collect::<Vec<_>>().join("\n")
    };
    // Of the ways to log in to a broker one is given, and its secret must be there.
    let without_logins = |text: &str| {
        let is_login = |line: &&str| {
            let keys = ["user = ", "password = ", "token = ", "nkey = ", "credentials = "];
            keys.iter().any(|key| line.starts_with(key)) || line.contains("_file = \"/etc")
        };
        let written = written_out(text, true);
        written.lines().filter(|line| !is_login(line)).collect::<Vec<_>>().join("\n")
    };
    let (gateway, _) = parts();
    if let Err(problems) = loaded(&without_logins(&gateway), &borrowed(&counterparts(one_way))) {
        panic!("{problems}");
    }
}
