//! How a store is: what keeps it from being used, and how large it is.

/// What keeps a store from being used as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ailment {
    /// Its files were deleted, moved away or replaced while they were open: what is written is lost with them.
    Gone,
    /// It cannot be written: the files or the file system are read-only.
    ReadOnly,
    /// Another process holds it.
    Locked,
    /// Pages of the file are damaged.
    Damaged,
    /// The disk or the system failed.
    Failing,
    /// The database server does not answer.
    Unreachable,
    /// The database server has lost commits: it is another one than before.
    Behind,
    /// It is moved to another place, and nobody works on it meanwhile.
    Moving,
}

impl Ailment {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Gone,
        Self::ReadOnly,
        Self::Locked,
        Self::Damaged,
        Self::Failing,
        Self::Unreachable,
        Self::Behind,
        Self::Moving,
    ];

    /// Its name in metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::ReadOnly => "read_only",
            Self::Locked => "locked",
            Self::Damaged => "damaged",
            Self::Failing => "failing",
            Self::Unreachable => "unreachable",
            Self::Behind => "behind",
            Self::Moving => "moving",
        }
    }

    /// What is the matter, for callers.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Gone => "the store's files were deleted or replaced",
            Self::ReadOnly => "the store cannot be written",
            Self::Locked => "another process holds the store",
            Self::Damaged => "the store's file is damaged",
            Self::Failing => "the store's disk failed",
            Self::Unreachable => "the database server does not answer",
            Self::Behind => "the database server has lost commits",
            Self::Moving => "the store is being moved; come again",
        }
    }

    /// What operations do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Gone => {
                "put the very files back; else stop chakong, restore a backup and start once with `chakong serve --restored`"
            }
            Self::ReadOnly => {
                "make the folder and its files writable for the user that chakong runs as, and look whether the file system \
                 was mounted read-only after an error"
            }
            Self::Locked => {
                "end the other process that works on chakong.sqlite; copies are made without locking it"
            }
            Self::Damaged => {
                "stop chakong, look after the disk, restore the last whole backup and start once with `chakong serve --restored`"
            }
            Self::Failing => "look into the system's log for errors of the disk",
            Self::Unreachable => {
                "look whether the database server runs and can be reached; work goes on by itself once it answers"
            }
            Self::Behind => {
                "go back to the server that has them; else stop every replica, start one with `chakong serve --restored`, then the others"
            }
            Self::Moving => {
                "wait; work goes on by itself when the move is over, on the one store or on the other"
            }
        }
    }
}

/// How a store is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Health {
    /// What keeps it from being used now.
    pub ailment: Option<Ailment>,
    /// Bytes of its file; `None` where there is none.
    pub bytes: Option<u64>,
    /// Bytes of its write-ahead log; `None` where there is none.
    pub wal_bytes: Option<u64>,
    /// How often a row could not be read and was passed over since the start.
    pub unreadable: u64,
    /// What was asked of a database server; `None` where there is none.
    pub asked: Option<Asked>,
}

/// What was asked of a database server since the start, by writers and readers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Statements.
    pub statements: u64,
    /// How often an answer was waited for: several statements may go together.
    pub round_trips: u64,
    /// Commits of what was handed in to be written.
    pub commits: u64,
    /// What was handed in, in all of them.
    pub inputs: u64,
}

/// Intake stops while the write-ahead log is larger than this: somebody reads the file without end, so that it cannot be folded in.
const LARGEST_WAL: u64 = 1 << 30;

impl Health {
    /// Whether the write-ahead log leaves room for more inquiries.
    pub fn has_room_in_wal(&self) -> bool {
        self.wal_bytes.is_none_or(|bytes| bytes <= LARGEST_WAL)
    }
}
