//! Marks that say what a store is when it is not simply the one in charge: a copy, one whose content was moved away, one into which
//! a move was begun. They stand in `store_info`, in a store of any kind, and no copy takes them along.

use serde::{Deserialize, Serialize};

use super::{StoreError, Stored};

/// Stands while an embedded store is open.
pub const OPEN: &str = "open";
/// In a copy: when it was made, RFC 3339.
pub const BACKUP: &str = "backup";
/// In a store whose content was moved away: where to. From the commit of this mark on the other one is in charge.
pub const MOVED: &str = "moved";
/// In a store out of which a move was begun: where to. It is in charge until the move is made.
pub const LEAVING: &str = "leaving";
/// In a store into which a move was begun: where from.
pub const ARRIVING: &str = "arriving";
/// In a store into which a move was finished: where from.
pub const ARRIVED: &str = "arrived";

/// All of them.
pub(super) const MARKS: [&str; 6] = [OPEN, BACKUP, MOVED, LEAVING, ARRIVING, ARRIVED];

/// One end of a move, as the other end has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The move, the same at both ends.
    pub id: String,
    /// Where the other end is.
    pub place: String,
    /// When it was made, RFC 3339.
    pub at: String,
    /// Whether all of it has arrived and was compared.
    #[serde(default)]
    pub is_whole: bool,
}

impl Mark {
    /// Reads one.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(bytes: &[u8]) -> Stored<Self> {
        serde_json::from_slice(bytes)
            .map_err(|error| StoreError::Unreadable { what: "mark of a move", detail: error.to_string() })
    }

    /// The bytes that are kept.
    ///
    /// # Errors
    /// Never, but the types do not know it.
    pub fn bytes(&self) -> Stored<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|error| StoreError::Unreadable { what: "mark of a move", detail: error.to_string() })
    }
}

/// What a store is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether there is a store at all.
    pub is_there: bool,
    /// When it was made, if it is a copy that nobody has worked on since.
    pub backup: Option<String>,
    /// Where its content was moved to.
    pub moved: Option<Mark>,
    /// Where the last move out of it, which may not have been finished, was to go.
    pub leaving: Option<Mark>,
    /// Where a move into it, which was not finished, comes from.
    pub arriving: Option<Mark>,
    /// Where a move into it came from.
    pub arrived: Option<Mark>,
}

/// The value of something that every store has from its beginning.
const EPOCH: &str = "epoch";

impl Standing {
    /// What a store is, by a look for what it keeps under a name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn by(mut info: impl FnMut(&str) -> Stored<Option<Vec<u8>>>) -> Stored<Self> {
        let mark = |bytes: Option<Vec<u8>>| bytes.map(|bytes| Mark::read(&bytes)).transpose();
        Ok(Self {
            is_there: info(EPOCH)?.is_some(),
            backup: info(BACKUP)?.map(|at| String::from_utf8_lossy(&at).into_owned()),
            moved: mark(info(MOVED)?)?,
            leaving: mark(info(LEAVING)?)?,
            arriving: mark(info(ARRIVING)?)?,
            arrived: mark(info(ARRIVED)?)?,
        })
    }

    /// Refuses a store that is not in charge. One that is a copy, or was moved away, may be worked on where somebody said that it is
    /// restored; its mark must be taken off then.
    ///
    /// # Errors
    /// [`StoreError::Arriving`], [`StoreError::MovedAway`], [`StoreError::Backup`].
    pub fn admit(&self, is_restored: bool) -> Stored<()> {
        if let Some(mark) = &self.arriving {
            return Err(StoreError::Arriving { from: mark.place.clone() });
        }
        match (&self.moved, &self.backup) {
            _ if is_restored => Ok(()),
            (Some(mark), _) => Err(StoreError::MovedAway { to: mark.place.clone(), at: mark.at.clone() }),
            (None, Some(at)) => Err(StoreError::Backup(at.clone())),
            (None, None) => Ok(()),
        }
    }
}
