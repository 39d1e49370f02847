//! What the folders of parcel lines show: numbers in the names of files that went out, came in and were put away.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::config::CounterpartConfig;
use crate::domain::{GivenNumber, IdKind, numbers_in_name};

/// Most names that are looked at in all.
const MOST_NAMES: usize = 100_000;

/// A number that a folder shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShownNumber {
    /// The number.
    pub(super) number: GivenNumber,
    /// The file.
    pub(super) path: PathBuf,
    /// Whose line it is.
    pub(super) counterpart: String,
}

/// The highest number of each kind and epoch that the folders of this machine show, in their order. Folders of a server are not
/// looked into, and a folder that cannot be read shows nothing; both are in the log.
pub(super) fn shown_numbers(counterparts: &[CounterpartConfig]) -> Vec<ShownNumber> {
    let mut look = Look { highest: HashMap::new(), left: MOST_NAMES };
    for counterpart in counterparts {
        let Some(line) = counterpart.line.parcel() else { continue };
        if line.sftp.is_some() {
            tracing::info!(
                counterpart = counterpart.name,
                "a server's folders are not looked into for numbers of a lost store"
            );
            continue;
        }
        for folder in
            [Some(&line.outgoing), Some(&line.incoming), line.archive.as_ref()].into_iter().flatten()
        {
            look.look_into(&counterpart.name, folder, true);
        }
    }
    if look.left == 0 {
        tracing::warn!(
            names = MOST_NAMES,
            "there are more files in the folders of parcel lines than are looked at for numbers"
        );
    }
    let mut shown: Vec<ShownNumber> = look.highest.into_values().collect();
    shown.sort_by_key(|one| one.number);
    shown
}

/// A look into folders.
struct Look {
    highest: HashMap<(IdKind, i64), ShownNumber>,
    left: usize,
}

impl Look {
    /// Looks at the names in a folder; with `deeper`, also into the folders of days in it. The newest names first: numbers grow, so
    /// that what is left out is lower.
    fn look_into(&mut self, counterpart: &str, folder: &Path, deeper: bool) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => {
                tracing::warn!(counterpart, folder = %folder.display(), %error, "a folder could not be looked into for numbers");
                return;
            }
        };
        let names = entries.take(self.left).filter_map(Result::ok).map(|entry| entry.file_name());
        let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        self.left -= names.len();
        names.sort_unstable_by(|one, other| other.cmp(one));
        for name in &names {
            self.at_name(counterpart, folder, name);
        }
        let is_day = |name: &&String| name.len() == 8 && name.bytes().all(|byte| byte.is_ascii_digit());
        for day in names.iter().filter(is_day).filter(|_| deeper) {
            self.look_into(counterpart, &folder.join(day), false);
        }
    }

    fn at_name(&mut self, counterpart: &str, folder: &Path, name: &str) {
        for number in numbers_in_name(name) {
            let known = self.highest.get(&(number.kind, number.epoch()));
            if known.is_none_or(|known| known.number.row < number.row) {
                let (path, counterpart) = (folder.join(name), counterpart.to_owned());
                self.highest.insert((number.kind, number.epoch()), ShownNumber { number, path, counterpart });
            }
        }
    }
}
