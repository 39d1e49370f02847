//! Why a gateway cannot be started: one sentence, with what to do.

use std::net::SocketAddr;

use crate::relay::Failure;
use crate::store::StoreError;
use crate::store::moving::MoveError;

/// Why the gateway cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Another process uses the same store.
    #[error("another chakong works with {0}; stop it first, or give this one its own [store] directory")]
    Locked(String),
    /// The lock file cannot be used.
    #[error(
        "the folder of the store, {directory}, cannot be used: {source}; make it a folder that chakong may write, or correct [store] \
         directory"
    )]
    Lock {
        /// The folder.
        directory: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// What is being read cannot be written down.
    #[error("failed to use the folder `reading` beside the store: {0}")]
    Marks(#[source] std::io::Error),
    /// The store cannot be opened.
    #[error("the store in {place} cannot be opened: {source}{remedy}")]
    Unopened {
        /// Its folder, or its server and database.
        place: String,
        /// The cause.
        #[source]
        source: StoreError,
        /// What operations do about it, behind the cause.
        remedy: String,
        /// Whether another start finds the same, until the configuration or what it names is corrected.
        by_configuration: bool,
    },
    /// The database holds no store, and the folder beside it one that is in charge.
    #[error(
        "the database {to} holds no store, and the folder {from} holds one that is in charge: move it with `chakong store move`; or take \
         the folder away if it is of no use any more"
    )]
    Unmoved {
        /// The folder.
        from: String,
        /// Server and database.
        to: String,
    },
    /// A move that was interrupted cannot be finished.
    #[error("the move of the store from {from} to {to} was interrupted and cannot be finished: {source}")]
    NotMoved {
        /// Where the store was.
        from: String,
        /// Where it is to be.
        to: String,
        /// The cause.
        #[source]
        source: MoveError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of rules that was built into the program cannot be read.
    #[error(
        "the rules in {file} cannot be read: {detail}; this program was built wrongly and must not be used"
    )]
    Rules {
        /// The file.
        file: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The store is older than the world.
    #[error(
        "the store in {store} has not given {what}, which {file} of {counterpart} shows: it was emptied, or restored from a backup, \
         or it is another installation's. Numbers must never repeat. If it is the wrong store, correct [store] directory; if it is \
         the right one, start once with `chakong serve --restored`: it goes on with new numbers, and every control that is under way \
         is put before an officer"
    )]
    Older {
        /// The store's folder.
        store: String,
        /// The number that it cannot have given.
        what: String,
        /// The file that shows it.
        file: String,
        /// Whose line it is.
        counterpart: String,
    },
    /// The store is older than what a counterpart handed in.
    #[error(
        "the store in {store} has not given the number {number}, which the counterpart showed while the gateway last ran: it was \
         emptied, or restored from a backup. Numbers must never repeat. Start once with `chakong serve --restored`: it goes on with \
         new numbers, and every control that is under way is put before an officer"
    )]
    OlderThanAnswers {
        /// The store's folder.
        store: String,
        /// The number, and who showed it.
        number: String,
    },
    /// A broker is not as configured, or does not accept us.
    #[error("[{section}]: {failure}")]
    Broker {
        /// Its section in the configuration.
        section: &'static str,
        /// What is wrong, and what to do.
        failure: Failure,
    },
    /// The address is taken or not ours.
    #[error("failed to listen on {address}: {source}")]
    Listen {
        /// Address.
        address: SocketAddr,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
}

impl BuildError {
    /// Whether another start finds the same, until the configuration or what it names is corrected.
    pub fn is_by_configuration(&self) -> bool {
        match self {
            Self::Unopened { by_configuration, .. } => *by_configuration,
            Self::NotMoved { source: MoveError::Refused(_), .. } => true,
            Self::NotMoved { source: MoveError::Store(error), .. } => error.is_about_the_schema(),
            Self::Locked(_)
            | Self::Unmoved { .. }
            | Self::Older { .. }
            | Self::OlderThanAnswers { .. }
            | Self::Broker { .. }
            | Self::Listen { .. } => true,
            Self::Lock { .. } | Self::Marks(_) | Self::Store(_) | Self::Rules { .. } => false,
        }
    }
}
