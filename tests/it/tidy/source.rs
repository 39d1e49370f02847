//! A Rust file as tokens: without comments, documentation and code that is built for tests only.

use std::path::Path;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A token and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub line: usize,
    pub is_name: bool,
}

/// A path as named in the code, groups of `use` expanded.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub segments: Vec<String>,
    pub line: usize,
}

/// A function and its lines, from `fn` to the closing brace.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// A file.
#[derive(Debug, Default)]
pub struct Source {
    /// Relative to the repository.
    pub path: String,
    /// Lines, without those of tests.
    pub lines: usize,
    pub words: Vec<Word>,
    pub functions: Vec<Function>,
    /// Modules with a file of their own that are built for tests only.
    test_modules: Vec<String>,
}

impl Source {
    pub fn parse(path: &str, text: &str) -> Self {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut source = Self { path: path.to_owned(), lines: text.lines().count(), ..Self::default() };
        source.flatten(tokens);
        source
    }

    fn flatten(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            let line = tree.span().start().line;
            if let Some(attribute) = attribute_at(&trees, at) {
                if attribute == "cfg(test)" {
                    at = self.skip_item(&trees, at);
                    continue;
                }
                if attribute.starts_with("doc") {
                    at += if matches!(trees.get(at + 1), Some(TokenTree::Group(_))) { 2 } else { 3 };
                    continue;
                }
            }
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(open, line, false);
                    self.flatten(group.stream());
                    self.push(close, group.span_close().end().line, false);
                }
                TokenTree::Punct(punct) if is_double_colon(punct, trees.get(at + 1)) => {
                    self.push("::", line, false);
                    at += 1;
                }
                TokenTree::Ident(word) => {
                    if word == "fn" {
                        self.functions.extend(function_at(&trees, at));
                    }
                    self.push(&word.to_string(), line, true);
                }
                other => self.push(&other.to_string(), line, false),
            }
            at += 1;
        }
    }

    fn push(&mut self, text: &str, line: usize, is_name: bool) {
        self.words.push(Word { text: text.to_owned(), line, is_name });
    }

    /// The place after an item that is built for tests only.
    fn skip_item(&mut self, trees: &[TokenTree], from: usize) -> usize {
        let ends = |tree: &TokenTree| match tree {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        let end = (from..trees.len()).find(|at| ends(&trees[*at])).unwrap_or(trees.len() - 1);
        self.lines -= trees[end].span().end().line - trees[from].span().start().line + 1;
        let is_mod = |pair: &[TokenTree]| matches!(&pair[0], TokenTree::Ident(word) if word == "mod");
        let declared = trees[from..end].windows(2).find(|pair| is_mod(pair)).map(|pair| pair[1].to_string());
        if let (TokenTree::Punct(_), Some(name)) = (&trees[end], declared) {
            self.test_modules.push(name);
        }
        end + 1
    }

    /// Every path that is named.
    pub fn paths(&self) -> Vec<Named> {
        let mut all = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            at = if self.words[at].is_name { self.path_at(at, &[], &mut all) } else { at + 1 };
        }
        all
    }

    /// What is re-exported: each path of a `pub use`, with the name that it has here; `*` for everything.
    pub fn re_exports(&self) -> Vec<(Named, String)> {
        let text = |at: usize| self.words.get(at).map_or("", |word| word.text.as_str());
        let is_public = |at: &usize| text(*at) == "use" && *at > 0 && matches!(text(*at - 1), "pub" | ")");
        let mut all = Vec::new();
        for at in (0..self.words.len()).filter(is_public) {
            let end = (at..self.words.len()).find(|end| text(*end) == ";").unwrap_or(self.words.len());
            let mut named = Vec::new();
            self.path_at(at + 1, &[], &mut named);
            for path in named {
                let last = path.segments.last().cloned().unwrap_or_default();
                let renamed = (at..end).find(|at| text(*at) == last && text(*at + 1) == "as");
                let alias = renamed.map_or_else(|| last.clone(), |at| text(at + 2).to_owned());
                all.push((path, alias));
            }
        }
        all
    }

    /// The file as if it stood in a folder.
    pub fn moved_below(self, folder: &str) -> Self {
        Self { path: format!("{folder}/{}", self.path), ..self }
    }

    /// Whether a name is declared in the file itself.
    pub fn declares(&self, name: &str) -> bool {
        const KINDS: [&str; 8] = ["fn", "struct", "enum", "trait", "type", "const", "static", "mod"];
        let declares = |pair: &[Word]| KINDS.contains(&pair[0].text.as_str()) && pair[1].text == name;
        self.words.windows(2).any(declares)
    }

    fn path_at(&self, start: usize, before: &[String], all: &mut Vec<Named>) -> usize {
        let text = |at: usize| self.words.get(at).map_or("", |word| word.text.as_str());
        let mut segments = before.to_vec();
        let mut at = start;
        loop {
            segments.push(text(at).to_owned());
            if text(at + 1) != "::" {
                at += 1;
                break;
            }
            at += 2;
            match self.words.get(at) {
                Some(word) if word.is_name || word.text == "*" => {}
                Some(word) if word.text == "{" => return self.group_at(at, &segments, all),
                _ => break,
            }
        }
        all.push(Named { segments, line: self.words[start].line });
        at
    }

    fn group_at(&self, open: usize, before: &[String], all: &mut Vec<Named>) -> usize {
        let mut at = open + 1;
        while let Some(word) = self.words.get(at).filter(|word| word.text != "}") {
            let starts = word.is_name || word.text == "*";
            at = if starts { self.path_at(at, before, all) } else { at + 1 };
        }
        at + 1
    }

    /// Whether these texts follow each other somewhere; gives the lines.
    pub fn lines_with(&self, texts: &[&str]) -> Vec<usize> {
        let same = |words: &&[Word]| words.iter().map(|word| word.text.as_str()).eq(texts.iter().copied());
        self.words.windows(texts.len()).filter(same).map(|words| words[0].line).collect()
    }
}

fn attribute_at(trees: &[TokenTree], at: usize) -> Option<String> {
    let is = |at: usize, c: char| matches!(trees.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let group = if is(at + 1, '!') { at + 2 } else { at + 1 };
    match trees.get(group) {
        Some(TokenTree::Group(group)) if is(at, '#') && group.delimiter() == Delimiter::Bracket => {
            Some(group.stream().to_string().split_whitespace().collect())
        }
        _ => None,
    }
}

fn is_double_colon(punct: &proc_macro2::Punct, next: Option<&TokenTree>) -> bool {
    punct.as_char() == ':'
        && punct.spacing() == Spacing::Joint
        && matches!(next, Some(TokenTree::Punct(next)) if next.as_char() == ':')
}

/// The function that begins at this `fn`; `None` for a type or a declaration without a body.
fn function_at(trees: &[TokenTree], at: usize) -> Option<Function> {
    let TokenTree::Ident(name) = trees.get(at + 1)? else { return None };
    let rest = trees.get(at + 2..)?;
    let declared = rest.iter().position(|tree| matches!(tree, TokenTree::Punct(p) if p.as_char() == ';'));
    let body = rest
        .iter()
        .position(|tree| matches!(tree, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace))?;
    if declared.is_some_and(|declared| declared < body) {
        return None;
    }
    let line = trees[at].span().start().line;
    let lines = rest[body].span().end().line - line + 1;
    Some(Function { name: name.to_string(), line, lines })
}

/// Every Rust file below a folder that is built into what runs, tests left out.
pub fn sources(folder: &str) -> Vec<Source> {
    let read = |path: &Path| {
        let text = std::fs::read_to_string(path).expect("a readable file");
        Source::parse(&super::shown(path), &text)
    };
    let files = super::files_below(&super::root().join(folder));
    let rust = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let all: Vec<Source> = rust.map(|path| read(path)).collect();
    let is_test = |source: &Source| all.iter().any(|parent| parent.declares_as_test(&source.path));
    let tests: Vec<bool> = all.iter().map(is_test).collect();
    let kept: Vec<Source> =
        all.into_iter().zip(tests).filter(|(_, is_test)| !is_test).map(|(source, _)| source).collect();
    assert!(!kept.is_empty(), "{folder} holds Rust files");
    kept
}

impl Source {
    fn declares_as_test(&self, path: &str) -> bool {
        let stem = self.path.trim_end_matches(".rs");
        let folder = stem.trim_end_matches("/lib").trim_end_matches("/main");
        self.test_modules.iter().any(|name| {
            path == format!("{folder}/{name}.rs") || path.starts_with(&format!("{folder}/{name}/"))
        })
    }
}

#[test]
fn tokens_are_read_as_rust_reads_them() {
    let source = Source::parse(
        "src/x.rs",
        "//! crate::never\nuse a::{self, b::{C, d}, e::*};\n/// x::y\nfn f() -> u8 {\n    crate::z::Z.g()\n}\n\
         #[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod more {\n    use h::i;\n}\nstruct S(fn(u8));\n",
    );
    let paths: Vec<String> = source.paths().iter().map(|named| named.segments.join("::")).collect();
    for named in ["a::self", "a::b::C", "a::b::d", "a::e::*", "crate::z::Z"] {
        assert!(paths.iter().any(|path| path == named), "{named} in {paths:?}");
    }
    assert!(
        !paths.iter().any(|path| path.starts_with("h::") || path.contains("never") || path.contains("x::"))
    );
    assert_eq!(
        source.functions.iter().map(|f| (f.name.as_str(), f.line, f.lines)).collect::<Vec<_>>(),
        [("f", 4, 3)]
    );
    assert!(source.declares_as_test("src/x/tests.rs") && !source.declares_as_test("src/x/more.rs"));
    assert_eq!(source.lines, 13 - 6);
}
