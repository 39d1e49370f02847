//! Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02): requests as bytes, and a reader of answers that never runs over
//! their end.

use super::error::Error;

/// The version that is spoken; of all versions the one that every server knows.
pub(super) const VERSION: u32 = 3;
/// Largest answer in bytes. Servers put the names of a whole folder into one.
pub(super) const LARGEST: u32 = 16 << 20;

/// Kinds of requests, by their number on the wire (section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Init = 1,
    Open = 3,
    Close = 4,
    Read = 5,
    Write = 6,
    Lstat = 7,
    OpenDir = 11,
    ReadDir = 12,
    Remove = 13,
    MakeDir = 14,
    RemoveDir = 15,
    Stat = 17,
    Rename = 18,
    Extended = 200,
}

/// Flags of OPEN: to read.
pub(super) const READ: u32 = 0x01;
/// Flags of OPEN: to write a file anew.
pub(super) const WRITE_ANEW: u32 = 0x02 | 0x08 | 0x10;

/// A request without its number, which it is given when it leaves.
#[derive(Debug, Clone)]
pub(super) struct Request {
    kind: Kind,
    body: Vec<u8>,
}

impl Request {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind, body: Vec::new() }
    }

    /// Bytes with their length before them: paths, handles, data.
    ///
    /// # Errors
    /// When there are more of them than a length can say.
    pub(super) fn bytes(mut self, bytes: &[u8]) -> Result<Self, Error> {
        let length =
            u32::try_from(bytes.len()).map_err(|_| Error::Malformed("a request that is too large"))?;
        self.body.extend_from_slice(&length.to_be_bytes());
        self.body.extend_from_slice(bytes);
        Ok(self)
    }

    pub(super) fn number(mut self, number: u32) -> Self {
        self.body.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub(super) fn long(mut self, number: u64) -> Self {
        self.body.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// The whole packet. INIT has the version where the others have their number.
    pub(super) fn packet(&self, id: u32) -> Result<Vec<u8>, Error> {
        let length = self.body.len().checked_add(5).and_then(|length| u32::try_from(length).ok());
        let length = length.ok_or(Error::Malformed("a request that is too large"))?;
        let mut packet = Vec::with_capacity(self.body.len() + 9);
        packet.extend_from_slice(&length.to_be_bytes());
        packet.push(self.kind as u8);
        packet.extend_from_slice(&id.to_be_bytes());
        packet.extend_from_slice(&self.body);
        Ok(packet)
    }
}

/// Reads an answer from its beginning.
#[derive(Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or(Error::Malformed("an answer that is cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn number(&mut self) -> Result<u32, Error> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
    }

    pub(super) fn long(&mut self) -> Result<u64, Error> {
        Ok((u64::from(self.number()?) << 32) | u64::from(self.number()?))
    }

    /// Bytes with their length before them.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let length = self.number()?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }
}
