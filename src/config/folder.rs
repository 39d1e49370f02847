//! The counterparts' folder: which files in it are a counterpart's, and what they say together.

use std::path::{Path, PathBuf};

use chakong_contract::connector::Plugin;

use super::counterpart::{self, CounterpartConfig};
use super::{Problems, parcels, postboxes, read_file, twice};

/// What stands in the folder.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// The counterparts, in the order of their names.
    pub counterparts: Vec<CounterpartConfig>,
    /// Files that their files name: a change of one of them is a change of its counterpart.
    pub named: Vec<PathBuf>,
    /// Files that look as if somebody meant them to be read and are not, with the reason.
    pub ignored: Vec<(PathBuf, &'static str)>,
}

/// Reads every counterpart's file. Counterparts on postbox lines need that the gateway `has_postbox`.
pub fn read_folder(folder: &Path, plugins: &[Plugin], has_postbox: bool, problems: &mut Problems) -> Folder {
    let mut read = Folder::default();
    let (files, ignored) = counterpart_files(folder, problems);
    let mut texts = Vec::with_capacity(files.len());
    for path in files {
        let Some(text) = read_file(&path, problems) else { continue };
        let (counterpart, named) = counterpart::read(&path, &text, plugins, problems);
        read.counterparts.extend(counterpart);
        read.named.extend(named);
        texts.push((path, text));
    }
    read.ignored = ignored;
    postboxes::check(&read.counterparts, folder, has_postbox, problems);
    counterpart::check_routing(&read.counterparts, folder, problems);
    parcels::check(&read.counterparts, folder, problems);
    twice::check(&texts, problems);
    read
}

/// The files of the folder that are read, and those that are not although they are nearly named so.
pub fn counterpart_files(
    folder: &Path,
    problems: &mut Problems,
) -> (Vec<PathBuf>, Vec<(PathBuf, &'static str)>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let what = format!("the counterparts' folder cannot be read ({error}); create it");
            problems.add(folder, None, what);
            return Default::default();
        }
    };
    let (mut files, mut ignored) = (Vec::new(), Vec::new());
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let Some(name) = path.file_name() else { continue };
        match name.to_str().map(kind_of) {
            Some(Named::Counterpart) => files.push(path),
            Some(Named::Leftover(why)) => ignored.push((path, why)),
            None if name.to_string_lossy().contains(".toml") => {
                ignored.push((path, "its name is not UTF-8: give it another"));
            }
            Some(Named::Other) | None => {}
        }
    }
    files.sort();
    ignored.sort();
    (files, ignored)
}

/// What a name in the folder says.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    Counterpart,
    Leftover(&'static str),
    Other,
}

fn kind_of(name: &str) -> Named {
    if name.starts_with('.') || name.starts_with('#') {
        return match name.contains(".toml") {
            true => Named::Leftover("its name is that of a hidden file or of an editor's"),
            false => Named::Other,
        };
    }
    match name.strip_suffix(".toml") {
        Some(stem) if stem.ends_with('~') || stem.contains(".bak") || stem.contains(".toml") => {
            Named::Leftover("its name is that of a copy")
        }
        Some(_) => Named::Counterpart,
        None if name.to_ascii_lowercase().contains(".toml") => {
            Named::Leftover("its name does not end in .toml")
        }
        None => Named::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_of_editors_are_no_counterparts() {
        for name in ["icbc.toml", "ICBC.toml", "a b.toml", "icbc.old.toml"] {
            assert_eq!(kind_of(name), Named::Counterpart, "{name}: read, and refused if its name is wrong");
        }
        for name in [
            ".icbc.toml",
            ".icbc.toml.swp",
            "#icbc.toml#",
            ".#icbc.toml",
            "icbc.toml~",
            "icbc.toml.bak",
            "icbc.toml.orig",
            "icbc.toml.rpmsave",
            "icbc.bak.toml",
            "icbc.toml.toml",
            "icbc~.toml",
            "icbc.toml.dpkg-old",
            "icbc.TOML",
            "ICBC.Toml.old",
        ] {
            assert!(matches!(kind_of(name), Named::Leftover(_)), "{name}");
        }
        for name in ["README.md", ".gitkeep", "icbc.key", "..data"] {
            assert_eq!(kind_of(name), Named::Other, "{name}");
        }
    }
}
