//! Walks a TOML document key by key and collects problems instead of stopping at the first.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::values::FromValue;

/// One problem of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// File.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Every problem found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a problem.
    pub fn add(&mut self, file: &Path, line: Option<usize>, message: impl Into<String>) {
        self.0.push(Problem { file: file.to_owned(), line, message: message.into() });
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            write!(f, "{}", problem.file.display())?;
            if let Some(line) = problem.line {
                write!(f, ":{line}")?;
            }
            writeln!(f, ": {}", problem.message)?;
        }
        let count = self.0.len();
        write!(f, "{count} problem{} in the configuration", if count == 1 { "" } else { "s" })
    }
}

impl std::error::Error for Problems {}

/// A parsed file.
#[derive(Debug)]
pub(super) struct Document<'a> {
    file: &'a Path,
    text: &'a str,
    table: DeTable<'a>,
}

impl<'a> Document<'a> {
    /// Parses; syntax errors are problems, all of them.
    pub(super) fn parse(file: &'a Path, text: &'a str, problems: &mut Problems) -> Option<Self> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = error.span().map(|span| line_at(text, span.start));
            problems.add(file, line, format!("this is not TOML: {}", error.message().replace('\n', "; ")));
        }
        errors.is_empty().then(|| Self { file, text, table: table.into_inner() })
    }

    /// The top of the document.
    pub(super) fn root<'p>(&'p self, problems: &'p mut Problems) -> Section<'p> {
        Section {
            file: self.file,
            text: self.text,
            table: &self.table,
            at: 0,
            path: String::new(),
            seen: Vec::new(),
            problems,
        }
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// One table of a document. Every key must be asked for before [`Section::finish`], which reports the others.
pub(super) struct Section<'p> {
    file: &'p Path,
    text: &'p str,
    table: &'p DeTable<'p>,
    at: usize,
    path: String,
    seen: Vec<&'static str>,
    problems: &'p mut Problems,
}

impl<'p> Section<'p> {
    fn find(&mut self, key: &'static str) -> Option<&'p Spanned<DeValue<'p>>> {
        // A key that is asked for twice is told once.
        if !self.seen.contains(&key) {
            self.seen.push(key);
        }
        self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, value)| value)
    }

    fn name_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Reports a problem at a key, or at the section where the key is absent.
    pub(super) fn problem(&mut self, key: &str, message: impl fmt::Display) {
        let line = self.line_of(key);
        let message = format!("`{}`: {message}", self.name_of(key));
        self.problems.add(self.file, Some(line), message);
    }

    /// Reports a problem at a line of another file that this one names.
    pub(super) fn problem_in(&mut self, file: &Path, line: usize, message: impl fmt::Display) {
        self.problems.add(file, Some(line), message.to_string());
    }

    /// The line of a key, or of the section where the key is absent.
    pub(super) fn line_of(&self, key: &str) -> usize {
        let found = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key);
        line_at(self.text, found.map_or(self.at, |(name, _)| name.span().start))
    }

    /// An optional value.
    pub(super) fn value<T: FromValue>(&mut self, key: &'static str) -> Option<T> {
        let value = self.find(key)?;
        T::from_value(value.get_ref()).map_err(|message| self.problem(key, message)).ok()
    }

    /// An optional value in a form of its own.
    pub(super) fn value_by<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.find(key)?;
        read(value.get_ref()).map_err(|message| self.problem(key, message)).ok()
    }

    /// A value with a default.
    pub(super) fn or<T: FromValue>(&mut self, key: &'static str, default: T) -> T {
        self.value(key).unwrap_or(default)
    }

    /// A value that must be there.
    pub(super) fn required<T: FromValue>(&mut self, key: &'static str, what: &str) -> Option<T> {
        if self.find(key).is_none() {
            self.problem(key, format_args!("is missing: {what}"));
            return None;
        }
        self.value(key)
    }

    /// Optional text.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.value(key)
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.iter().any(|(name, _)| name.get_ref().as_ref() == key)
    }

    /// A table below this one.
    pub(super) fn section<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> Option<T> {
        let value = self.find(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.problem(key, format_args!("must be a table: [{}]", self.name_of(key)));
            return None;
        };
        Some(self.descend(self.name_of(key), value.span().start, table, read))
    }

    /// An array of tables below this one.
    pub(super) fn sections<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'_>) -> T,
    ) -> Vec<T> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.problem(key, format_args!("must be an array of tables: [[{}]]", self.name_of(key)));
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_table() {
                Some(table) => all.push(self.descend(self.name_of(key), item.span().start, table, &mut read)),
                None => self.problem(key, "must hold tables only"),
            }
        }
        all
    }

    fn descend<T>(
        &mut self,
        path: String,
        at: usize,
        table: &DeTable<'_>,
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> T {
        let (file, text) = (self.file, self.text);
        let mut section =
            Section { file, text, table, at, path, seen: Vec::new(), problems: &mut *self.problems };
        let value = read(&mut section);
        section.report_unknown();
        value
    }

    /// Keys whose names are not fixed, such as a connector's settings; the caller checks them all.
    pub(super) fn entries(&mut self) -> Vec<(String, &'p DeValue<'p>)> {
        self.seen.push("*");
        self.table.iter().map(|(name, value)| (name.get_ref().to_string(), value.get_ref())).collect()
    }

    /// Ends the root section.
    pub(super) fn finish(self) {
        self.report_unknown();
    }

    fn report_unknown(self) {
        if self.seen.contains(&"*") {
            return;
        }
        for (name, _) in self.table.iter().filter(|(name, _)| !self.seen.contains(&name.get_ref().as_ref())) {
            let line = line_at(self.text, name.span().start);
            let known = self.seen.join("`, `");
            let full = self.name_of(name.get_ref());
            self.problems.add(
                self.file,
                Some(line),
                format!("`{full}` is not a setting; known here: `{known}`"),
            );
        }
    }
}
