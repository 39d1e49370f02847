//! A move of the store while the gateway runs: looked into and asked for here, done by the composition root.

use std::path::PathBuf;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::config::Config;

/// A move that can begin.
#[derive(Debug)]
pub struct PlannedMove {
    /// The configuration as its file has it now.
    pub config: Config,
    /// Where the store is moved to, for operations.
    pub to: String,
}

/// How the last move of this process ended.
#[derive(Debug, Clone)]
pub struct LastMove {
    /// When it ended.
    pub at: Timestamp,
    /// Where to.
    pub to: String,
    /// Why it was not done; nothing where it was.
    pub failure: Option<String>,
}

/// Looks into a configuration file; it waits for servers.
pub type LookIntoMove = fn(PathBuf, PathBuf) -> Result<PlannedMove, String>;

/// Moves of the store.
#[derive(Debug, Clone)]
pub struct StoreMoves {
    /// Where the store is, for operations.
    pub place: String,
    /// Whether it is on a database server.
    pub on_server: bool,
    /// How the last one ended.
    pub last: Option<LastMove>,
    /// The configuration file, and the folder of the embedded store.
    pub files: (PathBuf, PathBuf),
    /// Looks whether a move can begin.
    pub look: LookIntoMove,
    /// Where a move is asked for.
    pub ask: mpsc::Sender<PlannedMove>,
}

impl StoreMoves {
    /// Looks whether the store can be moved to where the configuration file has it now.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn plan(&self) -> Result<PlannedMove, String> {
        if self.on_server {
            return Err(format!(
                "the store is in the database {} already; stop every gateway on it and move it with `chakong store move`",
                self.place
            ));
        }
        let (look, (file, folder)) = (self.look, self.files.clone());
        let planned = tokio::task::spawn_blocking(move || look(file, folder)).await;
        planned.unwrap_or_else(|_| Err("the look into it failed; see the log".to_owned()))
    }

    /// Begins a move; whoever asked has been answered by then.
    ///
    /// # Errors
    /// When one is begun already.
    pub fn begin(&self, planned: PlannedMove) -> Result<(), String> {
        self.ask.try_send(planned).map_err(|_| "a move is begun already".to_owned())
    }
}
