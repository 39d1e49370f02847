//! One request of SFTP each, with the answer that belongs to it.

use super::answer::{Answer, Attributes, Error, Name, Status, code};
use super::packet::{Kind, Request};
use super::session::Session;

/// An answer of another kind than the request has.
const OTHER: Error = Error::Malformed("an answer of another kind than was asked for");

/// An open file or folder, as the server calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handle(Vec<u8>);

impl Session {
    /// A request that is answered by whether it was done.
    async fn order(&self, request: Request) -> Result<(), Error> {
        match self.wire.ask(request).await? {
            Answer::Status(Status { code: code::OK, .. }) | Answer::Extended => Ok(()),
            Answer::Status(status) => Err(Error::Status(status)),
            _ => Err(OTHER),
        }
    }

    async fn handle(&self, request: Request) -> Result<Handle, Error> {
        match self.wire.ask(request).await? {
            Answer::Handle(handle) => Ok(Handle(handle)),
            Answer::Status(status) if status.code != code::OK => Err(Error::Status(status)),
            _ => Err(OTHER),
        }
    }

    pub(super) async fn open(&self, path: &str, flags: u32) -> Result<Handle, Error> {
        // No attributes: the server's own rights for new files.
        self.handle(Request::new(Kind::Open).bytes(path.as_bytes())?.number(flags).number(0)).await
    }

    pub(super) async fn open_folder(&self, path: &str) -> Result<Handle, Error> {
        self.handle(Request::new(Kind::OpenDir).bytes(path.as_bytes())?).await
    }

    pub(super) async fn close(&self, handle: &Handle) -> Result<(), Error> {
        self.order(Request::new(Kind::Close).bytes(&handle.0)?).await
    }

    /// At most `most` bytes from an offset on; none at the end of the file.
    pub(super) async fn read_at(&self, handle: &Handle, offset: u64, most: u32) -> Result<Vec<u8>, Error> {
        let request = Request::new(Kind::Read).bytes(&handle.0)?.long(offset).number(most);
        match self.wire.ask(request).await? {
            Answer::Data(data) if u32::try_from(data.len()).is_ok_and(|length| length <= most) => Ok(data),
            Answer::Data(_) => Err(Error::Malformed("more bytes than were asked for")),
            Answer::Status(Status { code: code::EOF, .. }) => Ok(Vec::new()),
            Answer::Status(status) if status.code != code::OK => Err(Error::Status(status)),
            _ => Err(OTHER),
        }
    }

    pub(super) async fn write_at(&self, handle: &Handle, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        self.order(Request::new(Kind::Write).bytes(&handle.0)?.long(offset).bytes(bytes)?).await
    }

    /// The next names of a folder; `None` when there are no more.
    pub(super) async fn names(&self, handle: &Handle) -> Result<Option<Vec<Name>>, Error> {
        match self.wire.ask(Request::new(Kind::ReadDir).bytes(&handle.0)?).await? {
            Answer::Names(names) => Ok(Some(names)),
            Answer::Status(Status { code: code::EOF, .. }) => Ok(None),
            Answer::Status(status) if status.code != code::OK => Err(Error::Status(status)),
            _ => Err(OTHER),
        }
    }

    /// What is said of a path: of a link itself, or of what it leads to where the server has only that.
    pub(super) async fn attributes(&self, path: &str) -> Result<Attributes, Error> {
        let refused = match self.attributes_by(Kind::Lstat, path).await {
            Err(Error::Status(status)) if status.code != code::NO_SUCH_FILE => Error::Status(status),
            answered => return answered,
        };
        match self.attributes_by(Kind::Stat, path).await {
            Err(Error::Status(status)) if status.code != code::NO_SUCH_FILE => Err(refused),
            answered => answered,
        }
    }

    async fn attributes_by(&self, kind: Kind, path: &str) -> Result<Attributes, Error> {
        match self.wire.ask(Request::new(kind).bytes(path.as_bytes())?).await? {
            Answer::Attributes(attributes) => Ok(attributes),
            Answer::Status(status) if status.code != code::OK => Err(Error::Status(status)),
            _ => Err(OTHER),
        }
    }

    pub(super) async fn make_one_folder(&self, path: &str) -> Result<(), Error> {
        self.order(Request::new(Kind::MakeDir).bytes(path.as_bytes())?.number(0)).await
    }

    pub(super) async fn remove(&self, path: &str) -> Result<(), Error> {
        self.order(Request::new(Kind::Remove).bytes(path.as_bytes())?).await
    }

    pub(super) async fn remove_folder(&self, path: &str) -> Result<(), Error> {
        self.order(Request::new(Kind::RemoveDir).bytes(path.as_bytes())?).await
    }

    /// Renames where nothing is.
    pub(super) async fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        self.order(Request::new(Kind::Rename).bytes(from.as_bytes())?.bytes(to.as_bytes())?).await
    }

    /// Renames over what is there.
    pub(super) async fn rename_over(&self, from: &str, to: &str) -> Result<(), Error> {
        let request = Request::new(Kind::Extended).bytes(super::session::RENAMES_OVER)?;
        self.order(request.bytes(from.as_bytes())?.bytes(to.as_bytes())?).await
    }

    /// Makes an open file durable.
    pub(super) async fn sync(&self, handle: &Handle) -> Result<(), Error> {
        self.order(Request::new(Kind::Extended).bytes(super::session::SYNCS)?.bytes(&handle.0)?).await
    }
}
