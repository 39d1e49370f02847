//! What a server answers. Read as leniently as can be done without guessing: a STATUS may lack its message and language,
//! handles are bytes, attributes may lack the file's type and carry extended pairs.

pub(super) use super::error::{Error, Status};
use super::packet::Reader;

/// Longest handle in bytes. The draft says 256; some servers' are longer.
const LONGEST_HANDLE: usize = 4096;
/// Most letters of a server's message that are shown.
const SHOWN: usize = 120;

/// Codes of STATUS (section 7; 11 is from later versions, and sent by some servers nevertheless).
pub(super) mod code {
    pub(in super::super) const OK: u32 = 0;
    pub(in super::super) const EOF: u32 = 1;
    pub(in super::super) const NO_SUCH_FILE: u32 = 2;
    pub(in super::super) const PERMISSION_DENIED: u32 = 3;
    pub(in super::super) const FAILURE: u32 = 4;
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    File,
    Folder,
    /// A link, a pipe, a device.
    Other,
}

/// What is said of a file; what is not said is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) size: Option<u64>,
    /// Seconds since 1970 by the server's clock.
    pub(super) changed: Option<u32>,
    pub(super) kind: Option<FileKind>,
}

/// One name of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) name: Vec<u8>,
    pub(super) attributes: Attributes,
}

/// An answer, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Status(Status),
    Handle(Vec<u8>),
    Data(Vec<u8>),
    Names(Vec<Name>),
    Attributes(Attributes),
    /// The reply to an extended request.
    Extended,
}

impl Answer {
    /// Reads what follows the request's number.
    pub(super) fn read(kind: u8, body: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader(body);
        match kind {
            101 => Ok(Self::Status(status(&mut reader)?)),
            102 => match reader.bytes()? {
                handle if handle.len() <= LONGEST_HANDLE => Ok(Self::Handle(handle.to_vec())),
                _ => Err(Error::Malformed("a handle that is too long")),
            },
            103 => Ok(Self::Data(reader.bytes()?.to_vec())),
            104 => Ok(Self::Names(names(&mut reader)?)),
            105 => Ok(Self::Attributes(attributes(&mut reader)?)),
            201 => Ok(Self::Extended),
            _ => Err(Error::Malformed("a packet of an unknown kind")),
        }
    }
}

/// The names of a server's extensions, as far as they can be read.
pub(super) fn extensions(body: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = Reader(body);
    let mut names = Vec::new();
    while let (Ok(name), Ok(_)) = (reader.bytes(), reader.bytes()) {
        names.push(name.to_vec());
    }
    names
}

fn status(reader: &mut Reader<'_>) -> Result<Status, Error> {
    let code = reader.number()?;
    // Many servers of version 3 leave message and language out.
    let message = String::from_utf8_lossy(reader.bytes().unwrap_or_default()).into_owned();
    let message = message.chars().filter(|letter| !letter.is_control()).take(SHOWN).collect();
    Ok(Status { code, message })
}

fn names(reader: &mut Reader<'_>) -> Result<Vec<Name>, Error> {
    let count = reader.number()?;
    let mut names = Vec::new();
    for _ in 0..count {
        let name = reader.bytes()?.to_vec();
        let long = reader.bytes()?;
        let mut attributes = attributes(reader)?;
        attributes.kind = attributes.kind.or_else(|| kind_of_long_name(long));
        names.push(Name { name, attributes });
    }
    Ok(names)
}

/// Attributes (section 5). Flags that version 3 does not know stand for nothing that could be read.
fn attributes(reader: &mut Reader<'_>) -> Result<Attributes, Error> {
    let flags = reader.number()?;
    let mut read = Attributes::default();
    if flags & 0x01 != 0 {
        read.size = Some(reader.long()?);
    }
    if flags & 0x02 != 0 {
        let _owner_and_group = reader.long()?;
    }
    if flags & 0x04 != 0 {
        read.kind = kind_of_mode(reader.number()?);
    }
    if flags & 0x08 != 0 {
        let _accessed = reader.number()?;
        read.changed = Some(reader.number()?);
    }
    if flags & 0x8000_0000 != 0 {
        for _ in 0..reader.number()? {
            let (_name, _value) = (reader.bytes()?, reader.bytes()?);
        }
    }
    Ok(read)
}

/// The type in the mode of POSIX. Servers that fill in the nine bits of permission only do not say it.
const fn kind_of_mode(mode: u32) -> Option<FileKind> {
    match mode & 0o170_000 {
        0 => None,
        0o100_000 => Some(FileKind::File),
        0o040_000 => Some(FileKind::Folder),
        _ => Some(FileKind::Other),
    }
}

/// The type in a line as of `ls -l`, which is what most servers send as long name. Others send anything.
fn kind_of_long_name(long: &[u8]) -> Option<FileKind> {
    let (first, rest) = long.split_first()?;
    let permissions = rest.get(..9)?;
    if !permissions.iter().all(|byte| b"rwxsStT-".contains(byte)) {
        return None;
    }
    match first {
        b'-' => Some(FileKind::File),
        b'd' => Some(FileKind::Folder),
        b'l' | b'p' | b's' | b'c' | b'b' => Some(FileKind::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::packet::{Kind, Request};
    use super::*;

    fn text(bytes: &[u8]) -> Vec<u8> {
        let mut all = u32::try_from(bytes.len()).expect("short").to_be_bytes().to_vec();
        all.extend_from_slice(bytes);
        all
    }

    #[test]
    fn a_status_needs_its_code_alone() {
        let whole = [&4_u32.to_be_bytes()[..], &text(b"no\x07 space"), &text(b"en")].concat();
        let read = |body: &[u8]| Answer::read(101, body);
        let status = |message: &str| Ok(Answer::Status(Status { code: 4, message: message.into() }));
        assert_eq!(read(&whole), status("no space"));
        assert_eq!(read(&whole[..4]), status(""), "without message");
        assert_eq!(read(&whole[..17]), status("no space"), "without language");
        assert_eq!(read(&whole[..9]), status(""), "with half a message");
        assert!(read(&whole[..3]).is_err(), "without code");
    }

    #[test]
    fn a_type_is_read_where_it_is_said_and_not_guessed() {
        let entry = |long: &[u8], attributes: &[u8]| {
            let body = [&1_u32.to_be_bytes()[..], &text(b"x"), &text(long), attributes].concat();
            let Ok(Answer::Names(names)) = Answer::read(104, &body) else { panic!("{body:?}") };
            names[0].attributes
        };
        let with_mode = |mode: u32| [&4_u32.to_be_bytes()[..], &mode.to_be_bytes()].concat();
        let none = 0_u32.to_be_bytes();
        let kind = |long: &[u8], attributes: &[u8]| entry(long, attributes).kind;
        assert_eq!(kind(b"", &with_mode(0o100_640)), Some(FileKind::File));
        assert_eq!(kind(b"-rw-r-----", &with_mode(0o040_750)), Some(FileKind::Folder), "the mode counts");
        assert_eq!(kind(b"", &with_mode(0o010_600)), Some(FileKind::Other));
        assert_eq!(kind(b"", &with_mode(0o640)), None, "nine bits say no type");
        assert_eq!(kind(b"drwxr-x---  2 a b 0 Jan 5 x", &with_mode(0o750)), Some(FileKind::Folder));
        assert_eq!(kind(b"-rw-r--r--+ 1 a b 0 Jan 5 x", &none), Some(FileKind::File));
        assert_eq!(kind(b"lrwxrwxrwx", &none), Some(FileKind::Other));
        assert_eq!(kind(b"x", &none), None);
        assert_eq!(kind(b"download-1.zip", &none), None, "a name is no list of permissions");
    }

    #[test]
    fn attributes_are_read_past_what_is_extended() {
        let flags = 0x8000_000d_u32;
        let mut body =
            [&flags.to_be_bytes()[..], &7_u64.to_be_bytes(), &0o100_600_u32.to_be_bytes()].concat();
        body.extend([1_u32.to_be_bytes(), 99_u32.to_be_bytes(), 2_u32.to_be_bytes()].concat());
        for part in [&b"acl@x"[..], b"\xff\xfe", b"", b"y"] {
            body.extend(text(part));
        }
        let expected = Attributes { size: Some(7), changed: Some(99), kind: Some(FileKind::File) };
        assert_eq!(Answer::read(105, &body), Ok(Answer::Attributes(expected)));
        body.pop();
        assert!(Answer::read(105, &body).is_err(), "half a pair");
    }

    #[test]
    fn a_handle_is_bytes_and_has_an_end() {
        let handle = [0, 0xff, 0xfe, b'\n'];
        assert_eq!(Answer::read(102, &text(&handle)), Ok(Answer::Handle(handle.to_vec())));
        assert!(Answer::read(102, &text(&vec![0; LONGEST_HANDLE + 1])).is_err());
        assert_eq!(extensions(&[text(b"a@b"), text(b"1"), text(b"half")].concat()), [b"a@b".to_vec()]);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(kind in 100_u8..=106, body in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Answer::read(kind, &body);
            let _ = extensions(&body);
        }

        #[test]
        fn a_count_that_lies_takes_no_memory(count in any::<u32>(), rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let body = [&count.to_be_bytes()[..], &rest].concat();
            if let Ok(Answer::Names(names)) = Answer::read(104, &body) {
                prop_assert!(names.len() <= rest.len() / 12);
            }
        }

        #[test]
        fn names_are_read_as_they_were_written(
            written in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..20), any::<u64>(), any::<u32>()), 0..20)
        ) {
            let mut body = u32::try_from(written.len()).expect("few").to_be_bytes().to_vec();
            for (name, size, changed) in &written {
                body.extend([text(name), text(b""), 9_u32.to_be_bytes().to_vec()].concat());
                body.extend([&size.to_be_bytes()[..], &5_u32.to_be_bytes(), &changed.to_be_bytes()].concat());
            }
            let names: Vec<Name> = written.into_iter().map(|(name, size, changed)| Name {
                name,
                attributes: Attributes { size: Some(size), changed: Some(changed), kind: None },
            }).collect();
            prop_assert_eq!(Answer::read(104, &body), Ok(Answer::Names(names)));
        }

        #[test]
        fn a_request_is_as_long_as_it_says(path in prop::collection::vec(any::<u8>(), 0..300), id in any::<u32>()) {
            let request = Request::new(Kind::Open).bytes(&path).expect("short").number(1).number(0);
            let packet = request.packet(id).expect("short");
            let mut reader = Reader(&packet);
            prop_assert_eq!(usize::try_from(reader.number().expect("a length")).expect("short"), packet.len() - 4);
            prop_assert_eq!(packet[4], 3);
            prop_assert_eq!(Reader(&packet[5..]).number(), Ok(id));
            prop_assert_eq!(Reader(&packet[9..]).bytes(), Ok(&path[..]));
        }
    }
}
