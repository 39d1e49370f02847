//! The ways in which a server is odd.

use std::time::Duration;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    File(Vec<u8>),
    Folder,
    Link,
}

/// What lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// Any password.
    Password,
    /// The password `any` as the answer to its question, with a message before that asks for nothing.
    Answer,
    /// That, and a code that is good once.
    AnswerAndCode,
    /// Any key, and then a password.
    KeyAndPassword,
    /// Any password, and then a key.
    PasswordAndKey,
}

/// How the server differs from OpenSSH's.
#[derive(Debug, Clone)]
pub struct Odd {
    /// What lets us in.
    pub wants: Wants,
    /// Only the code of a STATUS is sent.
    pub bare_status: bool,
    /// Handles are no text.
    pub byte_handles: bool,
    /// Attributes have extended pairs.
    pub extended: bool,
    /// The mode has its type; else nine bits of it are sent, or none.
    pub mode: Option<u32>,
    /// Long names are as of `ls -l`.
    pub long_names: bool,
    /// Listings state sizes and times.
    pub sizes: bool,
    /// LSTAT and FSTAT are not known.
    pub no_lstat: bool,
    /// Neither is STAT.
    pub no_stat: bool,
    /// The renaming over a file is offered; it fails over a file all the same if `false`.
    pub renames_over: Option<bool>,
    /// The code for what is there already, and for what is not there.
    pub exists: u32,
    pub absent: u32,
    /// Most bytes of one answer to READ.
    pub most_read: usize,
    /// The end of a file is told by no bytes.
    pub empty_end: bool,
    /// The code for the end of a file.
    pub end: u32,
    /// The end of a folder is told by no names.
    pub no_names: bool,
    /// The connection is dropped when nothing was asked for so long.
    pub idle: Option<Duration>,
    /// Every answer to OPEN is this packet.
    pub instead_of_handle: Option<Vec<u8>>,
}

/// The bits of the mode that are sent.
pub const TYPED: Option<u32> = Some(0o177_777);

impl Default for Odd {
    fn default() -> Self {
        Self {
            wants: Wants::Password,
            bare_status: false,
            byte_handles: false,
            extended: false,
            mode: TYPED,
            long_names: true,
            sizes: true,
            no_lstat: false,
            no_stat: false,
            renames_over: Some(true),
            exists: 4,
            absent: 2,
            most_read: usize::MAX,
            empty_end: false,
            end: 1,
            no_names: false,
            idle: None,
            instead_of_handle: None,
        }
    }
}
