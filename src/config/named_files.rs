//! Files that a counterpart's file names: secrets, keys, certificates, descriptions. They are noted as they are read, so that a
//! change of any of them is seen.

use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

/// What a file means to the counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    /// What is asked and how it is understood follows from it.
    Meaning,
    /// Only who is trusted, or how we show who we are.
    Credential,
}

/// The files, and a digest of what stands in each.
#[derive(Debug)]
pub(super) struct NamedFiles {
    base: PathBuf,
    noted: Vec<(PathBuf, Role, u64)>,
}

impl NamedFiles {
    /// None yet; their names are relative to a folder.
    pub(super) fn below(base: &Path) -> Self {
        Self { base: base.to_owned(), noted: Vec::new() }
    }

    /// Where a name leads, without `.` and `..`.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        plain(&self.base.join(name))
    }

    /// The bytes of a file of at most `most` bytes. It is noted also where it cannot be read: it may be mended.
    ///
    /// # Errors
    /// What is wrong with it, with its name.
    pub(super) fn bytes(&mut self, name: &str, role: Role, most: u64) -> Result<Vec<u8>, String> {
        let path = self.path(name);
        let read = read(&path, most).map_err(|what| format!("file {name}: {what}"));
        let mut hasher = DefaultHasher::new();
        read.as_ref().unwrap_or(&Vec::new()).hash(&mut hasher);
        self.noted.push((path, role, hasher.finish()));
        read
    }

    /// The same as text.
    pub(super) fn text(&mut self, name: &str, role: Role, most: u64) -> Result<String, String> {
        let bytes = self.bytes(name, role, most)?;
        String::from_utf8(bytes).map_err(|_| format!("file {name}: is no text in UTF-8"))
    }

    /// A digest of a text and of what stands in the files of these roles.
    pub(super) fn digest(&self, text: &str, roles: &[Role]) -> u64 {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        self.noted
            .iter()
            .filter(|(_, role, _)| roles.contains(role))
            .for_each(|noted| noted.hash(&mut hasher));
        hasher.finish()
    }

    /// Where they are.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.noted.iter().map(|(path, ..)| path.clone()).collect()
    }
}

/// A path without `.` and `..`, as it is written: links are not followed.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match (part, plain.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                plain.pop();
            }
            (part, _) => plain.push(part),
        }
    }
    if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain }
}

/// A file of bounded size; never a pipe or a device, which might not end.
pub(super) fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("is not a file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= most => Ok(bytes),
        _ => Err(format!("has {} bytes and may have {most}", metadata.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_however_it_is_written() {
        for (written, want) in [
            ("/srv/./bank/../bank/in", "/srv/bank/in"),
            ("/../a", "/a"),
            ("../out", "../out"),
            ("a/../../b", "../b"),
            ("./", "."),
            ("a/b/..", "a"),
            ("a//b/", "a/b"),
        ] {
            assert_eq!(plain(Path::new(written)), Path::new(want), "{written}");
        }
        assert_eq!(NamedFiles::below(Path::new("etc/counterparts")).path("../in"), Path::new("etc/in"));
    }

    #[test]
    fn a_digest_follows_what_stands_in_the_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        let digests = || {
            let mut files = NamedFiles::below(folder.path());
            let _ = files.text("key", Role::Credential, 9);
            let _ = files.text("description", Role::Meaning, 9);
            let both = files.digest("text", &[Role::Meaning, Role::Credential]);
            (both, files.digest("text", &[Role::Meaning]), files.paths().len())
        };
        let first = digests();
        assert_eq!(first.2, 2, "files that are not there are noted");
        write("key", "one");
        let second = digests();
        assert!(second.0 != first.0 && second.1 == first.1);
        write("description", "one");
        let third = digests();
        assert!(third.0 != second.0 && third.1 != second.1);
        assert_eq!(digests(), third);
        write("key", "too long a text");
        let mut files = NamedFiles::below(folder.path());
        let fault = files.text("key", Role::Credential, 9).expect_err("too long");
        assert_eq!(fault, "file key: has 15 bytes and may have 9");
        assert_eq!(files.text(".", Role::Meaning, 9), Err("file .: is not a file".to_owned()));
    }
}
