//! Files of the gateway name each other one way only.
//!
//! A name that a file re-exports leads to where it stands. A file may name what stands above it in its own folders (`a/b.rs` what
//! `a.rs` says itself): a file and its folder are one module.

use std::collections::{BTreeMap, BTreeSet};

use super::connectors::{Module, circles, module_of};
use super::hold;
use super::source::{Named, Source, sources};

/// The files of a crate: what each is called, what it says itself, and what it re-exports from where.
struct Files<'s> {
    sources: BTreeMap<Module, &'s Source>,
    re_exports: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
    globs: BTreeMap<Module, Vec<Module>>,
}

impl<'s> Files<'s> {
    fn of(all: &'s [Source]) -> Self {
        let module = |source: &'s Source| module_of(&source.path).map(|(_, module)| (module, source));
        let sources: BTreeMap<Module, &Source> = all.iter().filter_map(module).collect();
        let mut files = Self { sources, re_exports: BTreeMap::new(), globs: BTreeMap::new() };
        let modules: Vec<(Module, &Source)> =
            files.sources.iter().map(|(module, source)| (module.clone(), *source)).collect();
        for (module, source) in modules {
            for (named, alias) in source.re_exports() {
                let Some(path) = files.absolute(&module, &named.segments) else { continue };
                if alias == "*" {
                    let from = path[..path.len() - 1].to_vec();
                    files.globs.entry(module.clone()).or_default().push(from);
                } else {
                    let own = files.re_exports.entry(module.clone()).or_default();
                    own.entry(alias).or_insert(path);
                }
            }
        }
        files
    }

    /// A path from the root of the crate; `None` for one that leads out of it.
    fn absolute(&self, from: &Module, segments: &[String]) -> Option<Vec<String>> {
        // A lone word is no path.
        if segments.len() < 2 {
            return None;
        }
        let (at, rest) = match segments.first()?.as_str() {
            "crate" => (Module::new(), &segments[1..]),
            "self" => (from.clone(), &segments[1..]),
            "super" => {
                let supers = segments.iter().take_while(|segment| *segment == "super").count();
                (from.get(..from.len().checked_sub(supers)?)?.to_vec(), &segments[supers..])
            }
            first => {
                let child = [from.as_slice(), &[first.to_owned()]].concat();
                self.sources.contains_key(&child).then_some((from.clone(), segments))?
            }
        };
        Some([at.as_slice(), rest].concat())
    }

    /// The file in which what a path names really stands.
    fn home(&self, path: &[String], depth: usize) -> Module {
        let is_file = |end: &usize| self.sources.contains_key(&path[..*end]);
        let end = (0..=path.len()).rev().find(is_file).unwrap_or_default();
        let (at, rest) = (path[..end].to_vec(), &path[end..]);
        let Some(name) = rest.first().filter(|_| depth < 8) else { return at };
        if let Some(target) = self.re_exports.get(&at).and_then(|own| own.get(name)) {
            return self.home(&[target.as_slice(), &rest[1..]].concat(), depth + 1);
        }
        let says = |module: &Module| self.sources.get(module).is_some_and(|source| source.declares(name));
        if !says(&at) {
            for from in self.globs.get(&at).into_iter().flatten() {
                let found = self.home(&[from.as_slice(), std::slice::from_ref(name)].concat(), depth + 1);
                if says(&found) {
                    return found;
                }
            }
        }
        at
    }

    fn edges(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let named = |from: &Module, source: &Source| -> BTreeSet<Module> {
            let own: BTreeSet<Vec<String>> =
                source.re_exports().into_iter().map(|(named, _)| named.segments).collect();
            let paths = source.paths().into_iter().filter(|Named { segments, .. }| !own.contains(segments));
            let homes = paths.filter_map(|named| Some(self.home(&self.absolute(from, &named.segments)?, 0)));
            homes.filter(|home| !from.starts_with(home)).collect()
        };
        self.sources.iter().map(|(from, source)| (from.clone(), named(from, source))).collect()
    }
}

#[test]
fn files_of_the_gateway_do_not_import_each_other_in_a_circle() {
    let all: Vec<Source> = sources("src").into_iter().filter(|source| source.path != "src/main.rs").collect();
    let rooted: Vec<Source> = all.into_iter().map(under_a_crate).collect();
    let violations: Vec<String> = circles(&Files::of(&rooted).edges());
    hold("Files under src import each other one way only (tests/it/tidy/circles.rs).", &violations);
}

/// The gateway's own files stand at the top of the repository.
fn under_a_crate(source: Source) -> Source {
    source.moved_below(".")
}

#[test]
fn the_rule_about_circles_of_the_gateway_can_fail() {
    let source = |path: &str, text: &str| Source::parse(&format!("./src/{path}"), text);
    let one_way = [
        source("lib.rs", "mod a;\nmod b;"),
        source("a.rs", "mod c;\nmod d;\npub use self::c::C;\npub struct A;\nfn f() { d::g() }"),
        source("a/c.rs", "use super::A;\npub struct C;"),
        source("a/d.rs", "use super::{A, C};\npub fn g() {}"),
        source("b.rs", "use crate::a::C;\npub struct B;"),
    ];
    let found = |sources: &[Source]| circles(&Files::of(sources).edges());
    assert!(found(&one_way).is_empty(), "{:?}", found(&one_way));
    let mut circle = Vec::from(one_way);
    circle[2] = source("a/c.rs", "use crate::b::B;\npub struct C;");
    assert_eq!(found(&circle), ["a/c names b", "b names a/c"], "through what `a` re-exports");
    circle[2] = source("a/c.rs", "use super::d::g;\npub struct C;");
    assert_eq!(found(&circle), ["a/c names a/d", "a/d names a/c"], "two files of one folder");
}
