//! Folders of parcel lines: no two counterparts share one, or one would take the other's files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{CounterpartConfig, ParcelConfig, Problems};

/// Where a folder is: on this machine, or what a login sees on a server.
type Place = (Option<(String, u16, String)>, PathBuf);

/// What a folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Outgoing,
    Incoming,
    Archive,
}

impl Use {
    const fn key(self) -> &'static str {
        match self {
            Self::Outgoing => "outgoing",
            Self::Incoming => "incoming",
            Self::Archive => "archive",
        }
    }

    /// Whether two counterparts may use one folder so: both may put away what they have read.
    const fn may_be_shared_with(self, other: Self) -> bool {
        matches!((self, other), (Self::Archive, Self::Archive))
    }
}

/// Says of every counterpart which folder of it another one uses already.
pub(super) fn check(counterparts: &[CounterpartConfig], folder: &Path, problems: &mut Problems) {
    let mut known: BTreeMap<Place, Vec<(&str, Use)>> = BTreeMap::new();
    for counterpart in counterparts {
        let Some(line) = counterpart.line.parcel() else { continue };
        for (of, path) in folders(line) {
            let before = known.entry(place(line, path)).or_default();
            let other =
                before.iter().find(|(name, its)| *name != counterpart.name && !of.may_be_shared_with(*its));
            if let Some((other, its)) = other {
                let what = format!(
                    "`line.{}`: {other} has the folder {} as `line.{}`; give each counterpart its own, or one takes the other's files",
                    of.key(),
                    path.display(),
                    its.key(),
                );
                problems.add(&folder.join(format!("{}.toml", counterpart.name)), None, what);
            }
            before.push((&counterpart.name, of));
        }
    }
}

fn folders(line: &ParcelConfig) -> impl Iterator<Item = (Use, &Path)> {
    let archive = line.archive.as_deref().map(|archive| (Use::Archive, archive));
    [(Use::Outgoing, line.outgoing.as_path()), (Use::Incoming, line.incoming.as_path())]
        .into_iter()
        .chain(archive)
}

fn place(line: &ParcelConfig, path: &Path) -> Place {
    let server =
        line.sftp.as_ref().map(|sftp| (sftp.host.to_ascii_lowercase(), sftp.port, sftp.user.clone()));
    (server, super::named_files::plain(path))
}
