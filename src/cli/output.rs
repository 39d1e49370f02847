//! What commands say on standard output. A reader that goes away, as `head` does, ends the command quietly.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use super::Exit;
use super::client::Failed;
pub(super) use super::complaint::complain;

/// Why something could not be said.
#[derive(Debug)]
pub(super) struct Unsaid(std::io::Error);

/// Says a line.
///
/// # Errors
/// When nobody reads it any more, or it cannot be written.
pub(super) fn line(text: impl Display) -> Result<(), Unsaid> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Unsaid)
}

impl Unsaid {
    /// The exit code, and what is said about it: nothing where the reader went away.
    pub(super) fn outcome(&self) -> (Exit, String) {
        match self.0.kind() {
            ErrorKind::BrokenPipe => (Exit::Ok, String::new()),
            _ => (Exit::Internal, format!("standard output cannot be written: {}", self.0)),
        }
    }
}

impl From<Unsaid> for Failed {
    fn from(unsaid: Unsaid) -> Self {
        let (exit, message) = unsaid.outcome();
        Self { exit, message }
    }
}

impl From<Unsaid> for (Exit, String) {
    fn from(unsaid: Unsaid) -> Self {
        unsaid.outcome()
    }
}

impl From<Unsaid> for ExitCode {
    fn from(unsaid: Unsaid) -> Self {
        let (exit, message) = unsaid.outcome();
        exit.with(&message)
    }
}
