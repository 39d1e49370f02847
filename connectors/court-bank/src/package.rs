//! Zip packages. Packages from outside are hostile until read: every size, count and name has a limit.

use std::io::{Cursor, Read as _, Write as _};

use chakong_contract::{Fault, FaultKind, Message, Moment};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Most files in a package.
const MOST_FILES: usize = 2000;
/// Largest file in a package, in bytes: a document of 5 MiB many times over.
const LARGEST_FILE: u64 = 64 << 20;
/// Most bytes in a package.
const LARGEST_PACKAGE: u64 = 128 << 20;
/// A file may be this many times larger than its compressed form, beyond [`FREE_OF_RATIO`].
const LARGEST_RATIO: u64 = 100;
/// Files up to this size, in bytes, may have any ratio.
const FREE_OF_RATIO: u64 = 1 << 20;
/// How the last record of a zip begins (APPNOTE 4.3.16), and how many bytes from the end at most.
const END: &[u8] = b"PK\x05\x06";
const LONGEST_END: usize = 22 + u16::MAX as usize;
/// Longest file name, in bytes.
const LONGEST_NAME: usize = 200;

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Name, without any path.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// The files of a package, and what was refused.
#[derive(Debug)]
pub(crate) struct Unpacked {
    /// The files that could be taken.
    pub(crate) files: Vec<File>,
    /// Files that were refused; the others count.
    pub(crate) problems: Vec<Fault>,
}

fn malformed(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Malformed, "unpack the package", detail)
}

/// Packs files. Deterministic: the time in the zip is that of the batch.
///
/// # Errors
/// Malformed, when the archive cannot be written: too large.
pub(crate) fn pack(name: String, made: Moment, files: &[(String, Vec<u8>)]) -> Result<Message, Fault> {
    let too_large =
        |_| Fault::new(FaultKind::Malformed, "write the package", "it does not fit a zip archive");
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(dos_time(made))
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name, options).map_err(too_large)?;
        archive.write_all(bytes).map_err(|error| too_large(error.into()))?;
    }
    let bytes = archive.finish().map_err(too_large)?.into_inner();
    Ok(Message::new(name, bytes))
}

fn dos_time(made: Moment) -> DateTime {
    let wall = made.wall();
    let small = |part: i8| u8::try_from(part).unwrap_or(1);
    u16::try_from(wall.year())
        .ok()
        .and_then(|year| {
            let (month, day) = (small(wall.month()), small(wall.day()));
            let (hour, minute, second) = (small(wall.hour()), small(wall.minute()), small(wall.second()));
            DateTime::from_date_and_time(year, month, day, hour, minute, second).ok()
        })
        .unwrap_or_default()
}

/// Whether a file has its end: a zip its directory's last record, anything else the `>` of its last tag.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"PK") {
        let last = bytes.len().saturating_sub(LONGEST_END);
        return bytes.get(last..).is_some_and(|end| end.windows(END.len()).any(|at| at == END));
    }
    bytes.trim_ascii_end().ends_with(b">")
}

/// Unpacks a package from outside.
///
/// # Errors
/// Malformed, when nothing of it can be trusted: not a complete zip, too many files, doubled names, overlapping files, or
/// too much in all. A single bad file is a problem and the others count.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Unpacked, Fault> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|_| malformed("it is not a complete zip archive"))?;
    if archive.len() > MOST_FILES {
        return Err(malformed("it holds too many files"));
    }
    if archive.has_duplicate_names() {
        return Err(malformed("two files have the same name"));
    }
    if archive.has_overlapping_entries().map_err(|_| malformed("its directory is damaged"))? {
        return Err(malformed("its files overlap"));
    }
    let mut unpacked = Unpacked { files: Vec::new(), problems: Vec::new() };
    // Of the whole package as well: what makes one file of it large must not speak for another.
    let mut left = most_bytes(bytes.len() as u64, LARGEST_PACKAGE);
    for at in 0..archive.len() {
        match unpack_file(&mut archive, at, left) {
            Ok(file) => {
                left = left.saturating_sub(file.bytes.len() as u64);
                unpacked.files.push(file);
            }
            Err(problem) => unpacked.problems.push(problem),
        }
        if left == 0 {
            return Err(malformed("it holds too much"));
        }
    }
    Ok(unpacked)
}

fn unpack_file(archive: &mut ZipArchive<Cursor<&[u8]>>, at: usize, left: u64) -> Result<File, Fault> {
    let file = archive.by_index(at).map_err(|_| malformed("a file in it cannot be opened"))?;
    let name = file_name(file.name_raw())?;
    if file.is_dir() || file.is_symlink() {
        return Err(malformed("it holds something that is not a file"));
    }
    let most = most_bytes(file.compressed_size(), LARGEST_FILE).min(left);
    if file.size() > most {
        return Err(malformed("a file in it is too large, or unpacks to too much"));
    }
    let mut bytes = Vec::new();
    // The stated size may be a lie: never read more than the limit.
    let read = file.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|_| malformed("a file in it is damaged"))?;
    if bytes.len() as u64 > most {
        return Err(malformed("a file in it is too large, or unpacks to too much"));
    }
    Ok(File { name, bytes })
}

fn most_bytes(compressed: u64, largest: u64) -> u64 {
    compressed.saturating_mul(LARGEST_RATIO).clamp(FREE_OF_RATIO, largest)
}

/// A name without a path. Names that are not UTF-8 are GBK (protocol section 10).
fn file_name(raw: &[u8]) -> Result<String, Fault> {
    let name = match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    };
    let is_path = name.contains(['/', '\\', ':']) || name == "." || name == "..";
    if name.is_empty() || name.len() > LONGEST_NAME || is_path || name.chars().any(char::is_control) {
        return Err(malformed("a file name in it is a path or cannot be used"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> Moment {
        "2026-01-05T09:00:01+08:00".parse().expect("a moment")
    }

    fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let files: Vec<_> = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        pack("x.zip".into(), made(), &files).expect("packs").bytes.to_vec()
    }

    #[test]
    fn what_is_packed_is_unpacked_and_the_bytes_are_always_the_same() {
        let bytes = zip_of(&[("QA.xml", b"<a/>"), ("QI.xml", b"")]);
        assert_eq!(bytes, zip_of(&[("QA.xml", b"<a/>"), ("QI.xml", b"")]));
        let unpacked = unpack(&bytes).expect("unpacks");
        let names: Vec<_> = unpacked.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names, unpacked.problems.len()), (vec!["QA.xml", "QI.xml"], 0));
    }

    #[test]
    fn a_path_is_refused_and_the_other_files_count() {
        for trick in ["../../evil.xml", "/etc/evil.xml", "a\\b.xml", "C:evil.xml", "sub/QR.xml"] {
            let unpacked = unpack(&zip_of(&[(trick, b"x"), ("QR.xml", b"y")])).expect("unpacks");
            assert_eq!((unpacked.files.len(), unpacked.problems.len()), (1, 1), "{trick}");
        }
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = vec![0_u8; 3 << 20];
        let unpacked = unpack(&zip_of(&[("QR.xml", &bomb), ("QNA.xml", b"y")])).expect("unpacks");
        assert_eq!((unpacked.files.len(), unpacked.problems.len()), (1, 1));
    }

    #[test]
    fn truncated_archives_are_refused_whole() {
        let bytes = zip_of(&[("QR.xml", b"<zhxxList/>")]);
        for length in 0..bytes.len() {
            assert!(unpack(&bytes[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn names_in_gbk_are_read() {
        let (raw, _, _) = encoding_rs::GB18030.encode("回执.pdf");
        assert_eq!(file_name(&raw).as_deref(), Ok("回执.pdf"));
    }
}
