//! Why a request to an SFTP server did not bring what was asked.

/// Why a request did not bring what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Error {
    /// The server refused it.
    Status(Status),
    /// What came is not SFTP, or not an answer to the request.
    Malformed(&'static str),
    /// No answer within the time limit.
    Late,
    /// The connection is no more.
    Broken,
}

impl Error {
    /// Whether the server refused it with a code.
    pub(super) fn has(&self, code: u32) -> bool {
        matches!(self, Self::Status(status) if status.code == code)
    }
}

/// A STATUS: the code decides, the message is for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) code: u32,
    pub(super) message: String,
}
