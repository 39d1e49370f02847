//! Where a counterpart calls us: on a postbox line, and back on a call line.

use super::super::super::reader::Section;
use super::super::super::values::within;

/// Where on the gateway's postbox a counterpart calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledAt {
    /// Path. Counterparts that share it are told apart by the accounts they call with.
    pub path: String,
    /// Largest call in bytes; of counterparts that share a path the largest of theirs counts.
    pub largest_call: usize,
}

/// Where the counterpart calls: of a postbox line, or of `[line.callbacks]`.
pub(super) fn read_called_at(section: &mut Section<'_>) -> Option<CalledAt> {
    let path: Option<String> = section
        .required("path", "e.g. path = \"/ckwWebService/SyyhConvertData\", where the counterpart calls");
    let usable = |path: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b);
        path.starts_with('/') && path.len() <= 200 && path.bytes().all(plain)
    };
    if path.as_ref().is_some_and(|path| !usable(path)) {
        section.problem("path", "must begin with / and hold only letters, digits and /-_.~");
    }
    let largest = section.or("largest_call_mib", 64_u64);
    if let Err(message) = within(largest, 1, 256) {
        section.problem("largest_call_mib", message);
    }
    Some(CalledAt {
        path: path?,
        largest_call: usize::try_from(largest.min(256) << 20).unwrap_or(usize::MAX),
    })
}
