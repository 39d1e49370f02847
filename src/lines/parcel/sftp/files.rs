//! What is done with files and folders of a server, whatever version 3 leaves open: codes of refusals, types that are not
//! stated, names that are there already.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;

use futures_util::stream::{FuturesOrdered, FuturesUnordered, StreamExt as _, TryStreamExt as _};

use super::super::{MOST_ENTRIES, is_unfinished};
use super::answer::{Attributes, Error, FileKind, Name, code};
use super::below;
use super::packet::{READ, WRITE_ANEW};
use super::requests::Handle;
use super::session::Session;

/// Bytes of one request; every server takes as many.
const CHUNK: u32 = 32 << 10;
/// Requests under way at once.
const AT_ONCE: usize = 16;
/// Names that are tried in the archive where another file, or a folder, has the name already.
const MOST_NAMES: u32 = 20;

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) attributes: Attributes,
}

/// A file that is open to be read.
struct Reading<'a> {
    handle: &'a Handle,
    path: &'a str,
}

impl Entry {
    /// Size and time as they were told; zero where they were not.
    pub(super) fn state(&self) -> (u64, u64) {
        let Attributes { size, changed, .. } = self.attributes;
        (size.unwrap_or_default(), u64::from(changed.unwrap_or_default()))
    }

    /// A type that nobody states is a file's: what is none cannot be opened, which is told then.
    pub(super) fn is(&self, kind: FileKind) -> bool {
        self.attributes.kind.unwrap_or(FileKind::File) == kind
    }
}

/// Whether something is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    There,
    NotThere,
}

/// A name that can be kept, and is one of the folder's and no path.
fn plain(name: Name) -> Option<Entry> {
    let Name { name, attributes } = name;
    let name = String::from_utf8(name).ok()?;
    let is_plain = !name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "." && name != "..";
    is_plain.then_some(Entry { name, attributes })
}

/// Whether it is a file that waits to be read: no folder and no link, and not still being written.
fn is_waiting(name: &Name) -> bool {
    let is_file = name.attributes.kind.is_none_or(|kind| kind == FileKind::File);
    is_file && !name.name.is_empty() && !is_unfinished(&String::from_utf8_lossy(&name.name))
}

impl Session {
    /// The entries of a folder whose names are `wanted`, with what the server says of each, be it only when asked for it.
    pub(super) async fn list(
        &self,
        folder: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Entry>, Error> {
        let handle = self.open_folder(folder).await?;
        let listed = self.list_open(&handle, wanted).await;
        let closed = self.close(&handle).await;
        let mut entries = listed?;
        closed?;
        let complete = |entry: &Entry| {
            let Attributes { size, changed, kind } = entry.attributes;
            kind.is_some_and(|kind| kind != FileKind::File || (size.is_some() && changed.is_some()))
        };
        let mut lacking: VecDeque<Entry> = VecDeque::new();
        entries.retain(|entry| {
            let is_complete = complete(entry);
            lacking.extend((!is_complete).then(|| entry.clone()));
            is_complete
        });
        let mut asking = FuturesUnordered::new();
        while !lacking.is_empty() || !asking.is_empty() {
            while asking.len() < AT_ONCE
                && let Some(entry) = lacking.pop_front()
            {
                asking.push(self.completed(folder, entry));
            }
            if let Some(entry) = asking.next().await {
                entries.extend(entry?);
            }
        }
        Ok(entries)
    }

    async fn list_open(&self, handle: &Handle, wanted: impl Fn(&str) -> bool) -> Result<Vec<Entry>, Error> {
        let (mut entries, mut seen, mut unnamed) = (Vec::new(), 0, 0);
        self.is_cut.store(false, Ordering::Relaxed);
        loop {
            // No names at all are an end too: a server that goes on giving none would be asked for ever.
            let Some(names) = self.names(handle).await?.filter(|names| !names.is_empty()) else { break };
            if seen + names.len() > MOST_ENTRIES {
                self.is_cut.store(true, Ordering::Relaxed);
                break;
            }
            seen += names.len();
            for name in names {
                let is_waiting = is_waiting(&name);
                match plain(name) {
                    Some(entry) if wanted(&entry.name) => entries.push(entry),
                    Some(_) => {}
                    None => unnamed += usize::from(is_waiting),
                }
            }
        }
        self.unnamed.store(unnamed, Ordering::Relaxed);
        Ok(entries)
    }

    /// The entry with what the listing did not say of it. One that is gone meanwhile is none.
    async fn completed(&self, folder: &str, mut entry: Entry) -> Result<Option<Entry>, Error> {
        match self.attributes(&below(folder, &entry.name)).await {
            Ok(said) => {
                let listed = entry.attributes;
                entry.attributes = Attributes {
                    size: listed.size.or(said.size),
                    changed: listed.changed.or(said.changed),
                    kind: listed.kind.or(said.kind),
                };
                Ok(Some(entry))
            }
            Err(error) if error.has(code::NO_SUCH_FILE) => Ok(None),
            // The server does not say more of it.
            Err(Error::Status(_)) => Ok(Some(entry)),
            Err(error) => Err(error),
        }
    }

    /// The whole of a file; `None` where it has more bytes than `most`. It is read to its end, whatever size was told.
    pub(super) async fn read(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, Error> {
        let handle = self.open(path, READ).await?;
        let read = self.read_open(&Reading { handle: &handle, path }, most).await;
        let closed = self.close(&handle).await;
        let read = read?;
        closed.map(|()| read)
    }

    async fn read_open(&self, file: &Reading<'_>, most: u64) -> Result<Option<Vec<u8>>, Error> {
        let (mut bytes, mut under_way) = (Vec::new(), FuturesOrdered::new());
        let (mut offset, mut ended, mut at_once) = (0_u64, false, 1);
        loop {
            while !ended && under_way.len() < at_once && offset <= most {
                under_way.push_back(self.read_chunk(file, offset));
                offset += u64::from(CHUNK);
            }
            let Some(chunk) = under_way.next().await else { break };
            let chunk: Vec<u8> = chunk?;
            if ended && !chunk.is_empty() {
                return Err(Error::Malformed("bytes behind the end of a file"));
            }
            ended |= u32::try_from(chunk.len()).is_ok_and(|length| length < CHUNK);
            // A small file is not asked for more than it has; a large one by and by for more at once.
            at_once = (at_once * 2).min(AT_ONCE);
            bytes.extend_from_slice(&chunk);
            if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
                return Ok(None);
            }
        }
        Ok(Some(bytes))
    }

    /// A chunk, which is shorter only at the end of the file.
    async fn read_chunk(&self, file: &Reading<'_>, offset: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = self.read_or_end(file, offset, CHUNK).await?;
        while !bytes.is_empty()
            && let Some(missing) =
                u32::try_from(bytes.len()).ok().and_then(|length| CHUNK.checked_sub(length))
            && missing > 0
        {
            let at = offset + u64::from(CHUNK - missing);
            let more = self.read_or_end(file, at, missing).await?;
            if more.is_empty() {
                break;
            }
            bytes.extend_from_slice(&more);
        }
        Ok(bytes)
    }

    /// Bytes from an offset on; none at the end. Some servers say there that they failed, without more; it is the end where the
    /// file is no longer than that.
    async fn read_or_end(&self, file: &Reading<'_>, offset: u64, most: u32) -> Result<Vec<u8>, Error> {
        match self.read_at(file.handle, offset, most).await {
            Err(error) if error.has(code::FAILURE) => match self.attributes(file.path).await {
                Ok(Attributes { size: Some(size), .. }) if size <= offset => Ok(Vec::new()),
                _ => Err(error),
            },
            read => read,
        }
    }

    /// Writes a file anew and makes it durable where the server can.
    pub(super) async fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let handle = self.open(path, WRITE_ANEW).await?;
        let written = match self.write_open(&handle, bytes).await {
            Ok(()) if self.syncs => self.sync(&handle).await,
            written => written,
        };
        let closed = self.close(&handle).await;
        written.and(closed)
    }

    async fn write_open(&self, handle: &Handle, bytes: &[u8]) -> Result<(), Error> {
        let mut under_way = FuturesUnordered::new();
        for (chunk, offset) in bytes.chunks(CHUNK as usize).zip((0_u64..).step_by(CHUNK as usize)) {
            if under_way.len() == AT_ONCE {
                under_way.try_next().await?;
            }
            under_way.push(self.write_at(handle, offset, chunk));
        }
        while under_way.try_next().await?.is_some() {}
        Ok(())
    }

    /// Renames a file, over another one of that name. Servers refuse a name that is taken with any code, so it is looked
    /// whether it is.
    pub(super) async fn replace(&self, from: &str, to: &str) -> Result<(), Error> {
        if self.renames_over {
            match self.rename_over(from, to).await {
                Err(Error::Status(_)) => {}
                done => return done,
            }
        }
        match self.rename(from, to).await {
            Err(Error::Status(status)) => {
                // What is there goes only for what comes in its place.
                let stands_in_the_way =
                    self.presence(to).await? == Presence::There && !self.is_gone(from).await?;
                if !stands_in_the_way {
                    return Err(Error::Status(status));
                }
                self.remove(to).await?;
                self.rename(from, to).await
            }
            done => done,
        }
    }

    /// Moves a file into a folder, over another one of its name; where that cannot be replaced, a folder say, under the
    /// next name that is free.
    pub(super) async fn move_into(&self, from: &str, folder: &str, name: &str) -> Result<(), Error> {
        let refused = match self.replace(from, &below(folder, name)).await {
            Err(Error::Status(status)) => Error::Status(status),
            done => return done,
        };
        if self.presence(&below(folder, name)).await? == Presence::NotThere || self.is_gone(from).await? {
            return Err(refused);
        }
        for number in 1..=MOST_NAMES {
            let to = below(folder, &format!("{name}.{number}"));
            if self.presence(&to).await? == Presence::NotThere {
                return self.rename(from, &to).await;
            }
        }
        Err(refused)
    }

    /// Makes a folder and the one above it, if they are not there.
    pub(super) async fn make_folder(&self, above: &str, folder: &str) -> Result<(), Error> {
        for path in [above, folder] {
            match self.make_one_folder(path).await {
                Err(Error::Status(status)) => match self.presence(path).await? {
                    Presence::There => {}
                    Presence::NotThere => return Err(Error::Status(status)),
                },
                made => made?,
            }
        }
        Ok(())
    }

    /// Whether a file is another than it was when it was listed. What a server does not say is not compared; where it says
    /// otherwise of a path than in a listing, the listing counts.
    pub(super) async fn is_another(&self, folder: &str, file: &Entry) -> Result<bool, Error> {
        let now = match self.attributes(&below(folder, &file.name)).await {
            Ok(now) => now,
            Err(Error::Status(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        let (size, changed) = file.state();
        let same =
            now.size.is_none_or(|now| now == size) && now.changed.is_none_or(|now| u64::from(now) == changed);
        if same {
            return Ok(false);
        }
        let listed = self.list(folder, |name| name == file.name).await?;
        Ok(listed.iter().any(|entry| entry.state() != (size, changed)))
    }

    /// Whether nothing is at a path.
    pub(super) async fn is_gone(&self, path: &str) -> Result<bool, Error> {
        Ok(self.presence(path).await? == Presence::NotThere)
    }

    /// Some servers say of what is not there that they failed, so the folder decides where the code does not.
    async fn presence(&self, path: &str) -> Result<Presence, Error> {
        match self.attributes(path).await {
            Ok(_) => Ok(Presence::There),
            Err(error) if error.has(code::NO_SUCH_FILE) => Ok(Presence::NotThere),
            Err(Error::Status(status)) => {
                let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
                let folder = if folder.is_empty() { "/" } else { folder };
                let Ok(handle) = self.open_folder(folder).await else { return Err(Error::Status(status)) };
                let listed = self.list_open(&handle, |listed| listed == name).await;
                let closed = self.close(&handle).await;
                let is_listed = !listed?.is_empty();
                closed?;
                Ok(if is_listed { Presence::There } else { Presence::NotThere })
            }
            Err(error) => Err(error),
        }
    }
}
