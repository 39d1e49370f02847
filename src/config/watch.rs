//! Whether the counterparts' files, or those that they name, changed since the last look.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use chakong_contract::connector::Plugin;

use super::{CounterpartConfig, Folder, Problems, counterpart_files, read_folder};

/// What tells one state of a file from another without reading it; `None` where it is not there.
type Stamp = Option<[i128; 5]>;

/// Watches a folder of counterparts. A look costs one call of the system a file; they are read only when one of them changed.
#[derive(Debug)]
pub struct FolderWatch {
    folder: PathBuf,
    plugins: Vec<Plugin>,
    has_postbox: bool,
    /// Files that the counterparts' files named when they were read last.
    named: Vec<PathBuf>,
    stamps: Option<Vec<(PathBuf, Stamp)>>,
    problems: Problems,
    was_empty: bool,
    ignored: Vec<(PathBuf, &'static str)>,
    newly_ignored: Vec<(PathBuf, &'static str)>,
}

/// What a look shows.
#[derive(Debug)]
pub enum Look {
    /// Nothing that matters changed, or what is wrong was told before.
    Same,
    /// All files are right and some counterparts differ.
    Changed {
        /// All counterparts.
        configs: Vec<CounterpartConfig>,
        /// The names of those that are new, gone or different.
        changed: Vec<String>,
    },
    /// Something is wrong that was not told yet, or was asked for.
    Wrong(Problems),
    /// The folder holds no counterpart any more. That is taken up only when a person says so.
    Empty,
}

impl FolderWatch {
    /// Watches a folder from now on; the first look reads everything.
    pub fn new(folder: PathBuf, plugins: Vec<Plugin>, has_postbox: bool) -> Self {
        Self {
            folder,
            plugins,
            has_postbox,
            named: Vec::new(),
            stamps: None,
            problems: Problems::default(),
            was_empty: false,
            ignored: Vec::new(),
            newly_ignored: Vec::new(),
        }
    }

    /// Looks for changes against the counterparts that are `known` by name and version; reads the files in any case where a
    /// person `asked` for it.
    pub fn look(&mut self, known: &BTreeMap<&str, u64>, asked: bool) -> Look {
        // Before they are read: what changes while they are read is seen by the next look.
        let stamps = self.stamps();
        if !asked && self.stamps.as_ref() == Some(&stamps) {
            return Look::Same;
        }
        let mut problems = Problems::default();
        let Folder { counterparts, named, ignored } =
            read_folder(&self.folder, &self.plugins, self.has_postbox, &mut problems);
        let is_known = |file: &(PathBuf, &'static str)| self.ignored.contains(file);
        self.newly_ignored.extend(ignored.iter().filter(|file| !is_known(file)).cloned());
        self.ignored = ignored;
        self.named = named;
        // Files that are named for the first time were not among the stamps: they count from the next look on.
        self.stamps = Some(stamps);
        let is_told = self.problems == problems;
        self.problems = problems;
        if !self.problems.is_empty() {
            return if is_told && !asked { Look::Same } else { Look::Wrong(self.problems.clone()) };
        }
        if counterparts.is_empty() && !known.is_empty() && !asked {
            let was_empty = std::mem::replace(&mut self.was_empty, true);
            return if was_empty { Look::Same } else { Look::Empty };
        }
        self.was_empty = false;
        let changed = differing(known, &counterparts);
        if changed.is_empty() { Look::Same } else { Look::Changed { configs: counterparts, changed } }
    }

    /// Files that are not read although they look like counterparts', since this was asked last.
    pub fn newly_ignored(&mut self) -> Vec<(PathBuf, &'static str)> {
        std::mem::take(&mut self.newly_ignored)
    }

    /// What is wrong with the files as they were read last, line by line; `None` where nothing is.
    pub fn problems(&self) -> Option<String> {
        (!self.problems.is_empty()).then(|| self.problems.to_string())
    }

    fn stamps(&self) -> Vec<(PathBuf, Stamp)> {
        let (files, ignored) = counterpart_files(&self.folder, &mut Problems::default());
        let ignored = ignored.into_iter().map(|(path, _)| path);
        let all = files.into_iter().chain(ignored).chain(self.named.iter().cloned());
        all.map(|path| {
            let stamp = stamp_of(&path);
            (path, stamp)
        })
        .collect()
    }
}

fn stamp_of(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    Some([
        metadata.dev().into(),
        metadata.ino().into(),
        metadata.size().into(),
        nanos(metadata.mtime(), metadata.mtime_nsec()),
        nanos(metadata.ctime(), metadata.ctime_nsec()),
    ])
}

/// Names of counterparts that are new, gone or different.
fn differing(known: &BTreeMap<&str, u64>, configs: &[CounterpartConfig]) -> Vec<String> {
    let now: BTreeMap<&str, u64> =
        configs.iter().map(|config| (config.name.as_str(), config.version)).collect();
    let names: std::collections::BTreeSet<&str> = known.keys().chain(now.keys()).copied().collect();
    names.into_iter().filter(|name| known.get(name) != now.get(name)).map(str::to_owned).collect()
}
