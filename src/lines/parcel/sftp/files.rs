//! What is done with files, by requests of SFTP version 3 (draft-ietf-secsh-filexfer-02) and two extensions of OpenSSH.

use futures_util::stream::{FuturesOrdered, FuturesUnordered, TryStreamExt as _};
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::{FileAttributes, OpenFlags, Packet, StatusCode};

use super::super::MOST_ENTRIES;
use super::session::Session;

/// The extension that renames over a file that is there.
pub(super) const RENAME: &str = "posix-rename@openssh.com";
/// Bytes of one request; every server takes as many.
const CHUNK: u32 = 32 << 10;
/// Requests under way at once.
const AT_ONCE: usize = 16;

/// What a folder holds.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) size: u64,
    /// Seconds since 1970 by the server's clock.
    pub(super) changed: u32,
    pub(super) is_file: bool,
    pub(super) is_folder: bool,
}

fn has(error: &Error, code: StatusCode) -> bool {
    matches!(error, Error::Status(status) if status.status_code == code)
}

impl Session {
    /// The entries of a folder that are `wanted`, at most `most` of them.
    pub(super) async fn list(
        &self,
        folder: &str,
        most: usize,
        wanted: impl Fn(&Entry) -> bool,
    ) -> Result<Vec<Entry>, Error> {
        let handle = self.sftp.opendir(folder).await?.handle;
        let (mut entries, mut seen, mut ended) = (Vec::new(), 0, Ok(()));
        while entries.len() < most && seen < MOST_ENTRIES {
            let names = match self.sftp.readdir(handle.as_str()).await {
                Ok(names) => names.files,
                Err(error) if has(&error, StatusCode::Eof) => break,
                Err(error) => {
                    ended = Err(error);
                    break;
                }
            };
            // A server that gives nothing would be asked for ever.
            seen += names.len().max(1);
            let entry = |file: russh_sftp::protocol::File| Entry {
                size: file.attrs.size.unwrap_or_default(),
                changed: file.attrs.mtime.unwrap_or_default(),
                is_file: file.attrs.file_type().is_file(),
                is_folder: file.attrs.file_type().is_dir(),
                name: file.filename,
            };
            // A name that is a path is none of a folder's.
            let plain = |entry: &Entry| {
                !entry.name.contains(['/', '\\', '\0']) && entry.name != "." && entry.name != ".."
            };
            entries.extend(names.into_iter().map(entry).filter(|entry| plain(entry) && wanted(entry)));
        }
        let closed = self.sftp.close(handle).await;
        ended.and(closed.map(drop))?;
        entries.truncate(most);
        Ok(entries)
    }

    /// The whole of a file; its size where that is more than `most`.
    pub(super) async fn read(&self, path: &str, most: u64) -> Result<Result<Vec<u8>, u64>, Error> {
        let handle = self.sftp.open(path, OpenFlags::READ, FileAttributes::empty()).await?.handle;
        let read = self.read_open(&handle, most).await;
        let closed = self.sftp.close(handle).await;
        let read = read?;
        closed.map(|_| read)
    }

    async fn read_open(&self, handle: &str, most: u64) -> Result<Result<Vec<u8>, u64>, Error> {
        let size = self.sftp.fstat(handle).await?.attrs.size.unwrap_or_default();
        if size > most {
            return Ok(Err(size));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let mut under_way = FuturesOrdered::new();
        for offset in (0..size).step_by(CHUNK as usize) {
            if under_way.len() == AT_ONCE {
                let chunk: Option<Vec<u8>> = under_way.try_next().await?;
                bytes.extend(chunk.unwrap_or_default());
            }
            let length = u32::try_from(size - offset).unwrap_or(CHUNK).min(CHUNK);
            under_way.push_back(read_chunk(&self.sftp, handle, offset, length));
        }
        while let Some(chunk) = under_way.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(Ok(bytes))
    }

    /// Writes a file anew and makes it durable where the server can.
    pub(super) async fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let handle = self.sftp.open(path, flags, FileAttributes::empty()).await?.handle;
        let synced = match self.write_open(&handle, bytes).await {
            Ok(()) => match self.sftp.fsync(handle.as_str()).await {
                Err(error) if has(&error, StatusCode::OpUnsupported) => Ok(()),
                synced => synced.map(drop),
            },
            Err(error) => Err(error),
        };
        let closed = self.sftp.close(handle).await;
        synced.and(closed.map(drop))
    }

    async fn write_open(&self, handle: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut under_way = FuturesUnordered::new();
        for (chunk, offset) in bytes.chunks(CHUNK as usize).zip((0_u64..).step_by(CHUNK as usize)) {
            if under_way.len() == AT_ONCE {
                under_way.try_next().await?;
            }
            under_way.push(self.sftp.write(handle, offset, chunk.to_vec()));
        }
        while under_way.try_next().await?.is_some() {}
        Ok(())
    }

    /// Renames a file, over another one of that name.
    pub(super) async fn replace(&self, from: &str, to: &str) -> Result<(), Error> {
        if self.renames_over {
            let mut data = Vec::new();
            for path in [from, to] {
                let length = u32::try_from(path.len()).map_err(|_| Error::Limited("a path".to_owned()))?;
                data.extend_from_slice(&length.to_be_bytes());
                data.extend_from_slice(path.as_bytes());
            }
            return match self.sftp.extended(RENAME, data).await? {
                Packet::Status(status) if status.status_code == StatusCode::Ok => Ok(()),
                Packet::Status(status) => Err(Error::Status(status)),
                _ => Err(Error::UnexpectedPacket),
            };
        }
        match self.sftp.rename(from, to).await {
            // Without the extension a file that is there stands in the way.
            Err(error) if has(&error, StatusCode::Failure) && self.exists(to).await => {
                self.remove(to).await?;
                self.sftp.rename(from, to).await.map(drop)
            }
            renamed => renamed.map(drop),
        }
    }

    /// Makes a folder and the one above it, if they are not there.
    pub(super) async fn make_folder(&self, above: &str, folder: &str) -> Result<(), Error> {
        for path in [above, folder] {
            match self.sftp.mkdir(path, FileAttributes::empty()).await {
                // Servers say of a folder that is there that it failed.
                Err(error) if has(&error, StatusCode::Failure) && self.exists(path).await => {}
                made => drop(made?),
            }
        }
        Ok(())
    }

    pub(super) async fn remove(&self, path: &str) -> Result<(), Error> {
        self.sftp.remove(path).await.map(drop)
    }

    pub(super) async fn remove_folder(&self, path: &str) -> Result<(), Error> {
        self.sftp.rmdir(path).await.map(drop)
    }

    /// Size and time of a file, if it is there.
    pub(super) async fn state(&self, path: &str) -> Option<(u64, u64)> {
        let attributes = self.sftp.lstat(path).await.ok()?.attrs;
        Some((attributes.size.unwrap_or_default(), u64::from(attributes.mtime.unwrap_or_default())))
    }

    pub(super) async fn exists(&self, path: &str) -> bool {
        self.sftp.lstat(path).await.is_ok()
    }
}

/// Reads as many bytes as asked; a file that became shorter meanwhile is not whole.
async fn read_chunk(sftp: &RawSftpSession, handle: &str, offset: u64, length: u32) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(length as usize);
    while let Some(missing) = (length as usize).checked_sub(bytes.len()).filter(|missing| *missing > 0) {
        let at = offset + u64::try_from(bytes.len()).unwrap_or_default();
        let data = sftp.read(handle, at, u32::try_from(missing).unwrap_or(CHUNK)).await?.data;
        if data.is_empty() || data.len() > missing {
            return Err(Error::UnexpectedBehavior("a read of the wrong length".to_owned()));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
