//! Who may name whom inside a connector's crate.

use std::collections::{BTreeMap, BTreeSet};

use super::hold;
use super::source::{Named, Source, sources};

/// A crate whose folders are dialects that know nothing of each other, and what they share.
const DIALECTS: (&str, &str) = ("connectors/court-realty/src/", "shared");

/// A module as the parts of its path; a crate's root has none.
pub(super) type Module = Vec<String>;

/// The crate of a file, and its module.
pub(super) fn module_of(path: &str) -> Option<(&str, Module)> {
    let (folder, inside) = path.split_once("/src/")?;
    let parts = inside.trim_end_matches(".rs").split('/').map(str::to_owned);
    Some((folder, parts.filter(|part| part != "lib").collect()))
}

/// The file that a path leads to: the deepest module of the crate that it names.
fn target(from: &Module, named: &Named, modules: &BTreeSet<Module>) -> Option<Module> {
    let segments: Vec<&str> = named.segments.iter().map(String::as_str).collect();
    // A lone word is no path: `pub(crate)` names nothing.
    if segments.len() < 2 {
        return None;
    }
    let (mut at, rest) = match segments.split_first()? {
        (&"crate", rest) => (Module::new(), rest),
        (&"self", rest) => (from.clone(), rest),
        (&"super", _) => {
            let supers = segments.iter().take_while(|segment| **segment == "super").count();
            (from.get(..from.len().checked_sub(supers)?)?.to_vec(), &segments[supers..])
        }
        // A module that this file declares.
        (first, _) => {
            let child = [from.as_slice(), &[(*first).to_owned()]].concat();
            modules.contains(&child).then_some((from.clone(), segments.as_slice()))?
        }
    };
    for segment in rest {
        at.push((*segment).to_owned());
        if !modules.contains(&at) {
            at.pop();
            break;
        }
    }
    (at != *from).then_some(at)
}

/// For each crate, which file names which.
fn edges(all: &[Source]) -> BTreeMap<String, BTreeMap<Module, BTreeSet<Module>>> {
    let mut crates: BTreeMap<String, BTreeSet<Module>> = BTreeMap::new();
    for source in all {
        if let Some((folder, module)) = module_of(&source.path) {
            crates.entry(folder.to_owned()).or_default().insert(module);
        }
    }
    let mut edges: BTreeMap<String, BTreeMap<Module, BTreeSet<Module>>> = BTreeMap::new();
    for source in all {
        let Some((folder, module)) = module_of(&source.path) else { continue };
        let modules = &crates[folder];
        let named: BTreeSet<Module> =
            source.paths().iter().filter_map(|named| target(&module, named, modules)).collect();
        edges.entry(folder.to_owned()).or_default().insert(module, named);
    }
    edges
}

/// Every file that can be reached from one.
fn reached(edges: &BTreeMap<Module, BTreeSet<Module>>, from: &Module) -> BTreeSet<Module> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Module> = edges.get(from).into_iter().flatten().collect();
    while let Some(module) = open.pop() {
        if seen.insert(module.clone()) {
            open.extend(edges.get(module).into_iter().flatten());
        }
    }
    seen
}

/// The files of a crate that reach themselves, with those they name on the way.
pub(super) fn circles(edges: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    let shown = |module: &Module| if module.is_empty() { "lib".to_owned() } else { module.join("/") };
    let reach: BTreeMap<&Module, BTreeSet<Module>> =
        edges.keys().map(|from| (from, reached(edges, from))).collect();
    let in_circle = edges.iter().filter(|(from, _)| reach[*from].contains(*from));
    let back = |from: &Module, to: &Module| reach.get(to).is_some_and(|reach| reach.contains(from));
    in_circle
        .map(|(from, to)| {
            let to: Vec<String> = to.iter().filter(|to| back(from, to)).map(shown).collect();
            format!("{} names {}", shown(from), to.join(", "))
        })
        .collect()
}

fn connectors() -> Vec<Source> {
    sources("connectors").into_iter().filter(|source| !source.path.contains("/tests/")).collect()
}

#[test]
fn files_of_a_connector_do_not_import_each_other_in_a_circle() {
    let mut violations = Vec::new();
    for (folder, edges) in edges(&connectors()) {
        violations.extend(circles(&edges).into_iter().map(|circle| format!("{folder}/src: {circle}")));
    }
    hold(
        "Files of a connector's crate import each other one way only (tests/it/tidy/connectors.rs).",
        &violations,
    );
}

#[test]
fn no_dialect_names_another() {
    let (folder, shared) = DIALECTS;
    let own: Vec<Source> =
        connectors().into_iter().filter(|source| source.path.starts_with(folder)).collect();
    let edges = edges(&own).into_values().next().unwrap_or_default();
    let dialect = |module: &Module| module.first().cloned().unwrap_or_default();
    let mut violations = Vec::new();
    let dialects: BTreeSet<String> = edges.keys().map(dialect).collect();
    assert!(dialects.len() > 4 && dialects.contains(shared), "{dialects:?}");
    for (from, to) in edges.iter().filter(|(from, _)| !from.is_empty()) {
        let others = to.iter().filter(|to| dialect(to) != dialect(from) && dialect(to) != shared);
        violations.extend(others.map(|to| {
            format!("{folder}{}.rs names {}; move what both need to `{shared}`", from.join("/"), to.join("/"))
        }));
    }
    hold(
        "No dialect names another, and what they share names none (tests/it/tidy/connectors.rs).",
        &violations,
    );
}

#[test]
fn the_rule_about_circles_can_fail() {
    let source = |path: &str, text: &str| Source::parse(&format!("connectors/x/src/{path}"), text);
    let one_way = [
        source("lib.rs", "mod a;\nmod b;\nfn f() { a::g(); }"),
        source("a.rs", "use crate::b::B;"),
        source("b.rs", "mod c;\npub use self::c::C;"),
        source("b/c.rs", "pub struct C;"),
    ];
    let found = |sources: &[Source]| circles(&edges(sources)["connectors/x"]);
    assert!(found(&one_way).is_empty(), "{:?}", found(&one_way));
    let mut circle = Vec::from(one_way);
    circle.push(source("b/d.rs", "use super::C;"));
    assert!(found(&circle).is_empty(), "nobody names the last");
    circle[0] = source("lib.rs", "mod a;\nmod b;\npub struct L;");
    circle[3] = source("b/c.rs", "use crate::L;\nuse super::super::a::A;");
    assert_eq!(found(&circle), ["a names b", "b names b/c", "b/c names a"]);
}
