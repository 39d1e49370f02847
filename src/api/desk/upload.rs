//! The scan of the paper on which a counterpart answered: bounded in size, and what it is by its bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::reply::Receipt;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::Finding;
use crate::intake::file_kind;

/// Largest scan, in bytes: in Base64 it fits into the largest body that the server takes where nothing else is configured.
pub(super) const LARGEST: usize = 5 << 20;
/// Longest file name, in characters.
const LONGEST_TITLE: usize = 200;

/// The paper's scan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    /// File name.
    title: String,
    /// The file's bytes in Base64: PDF, OFD, PNG or JPEG, at most 5 MiB.
    content: String,
}

/// What a scan is by its bytes; `None` for what no scan is.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    file_kind(bytes).filter(|kind| *kind != "tif")
}

impl Upload {
    /// The scan as a receipt, or what is wrong with it.
    pub(super) fn receipt(&self, findings: &mut Vec<Finding>) -> Option<Receipt> {
        let before = findings.len();
        let mut wrong = |pointer: &str, detail: String| findings.push(Finding::new(pointer, detail));
        let title = self.title.trim();
        if title.is_empty() || title.chars().count() > LONGEST_TITLE || title.chars().any(char::is_control) {
            wrong(
                "/scan/title",
                format!("文件名须为1至{LONGEST_TITLE}字 must have 1 to {LONGEST_TITLE} characters"),
            );
        }
        // Three bytes are four characters: what is too large is told before it is decoded.
        let is_large = self.content.len() > LARGEST.div_ceil(3) * 4;
        let content = if is_large { Vec::new() } else { STANDARD.decode(&self.content).unwrap_or_default() };
        let kind = kind_of(&content);
        if is_large || content.len() > LARGEST {
            wrong("/scan/content", "扫描件不得超过5 MiB the scan may have at most 5 MiB".to_owned());
        } else if kind.is_none() {
            let detail = "扫描件须为PDF、OFD、PNG或JPEG the scan must be PDF, OFD, PNG or JPEG, by its bytes";
            wrong("/scan/content", detail.to_owned());
        }
        let format = kind.filter(|_| findings.len() == before)?.to_owned();
        Some(Receipt { title: title.to_owned(), format, content: content.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(title: &str, bytes: &[u8]) -> (Option<String>, Vec<String>) {
        let mut findings = Vec::new();
        let upload = Upload { title: title.to_owned(), content: STANDARD.encode(bytes) };
        let receipt = upload.receipt(&mut findings);
        (receipt.map(|one| one.format), findings.into_iter().map(|finding| finding.pointer).collect())
    }

    #[test]
    fn a_scan_is_what_its_bytes_say_whatever_it_is_called() {
        let is = |bytes: &[u8]| found("a.pdf", bytes).0;
        assert_eq!(is(b"%PDF-1.7 invented").as_deref(), Some("pdf"));
        assert_eq!(is(b"\x89PNG\r\n\x1a\n invented").as_deref(), Some("png"));
        assert_eq!(is(b"\xff\xd8\xff\xe0 invented").as_deref(), Some("jpg"));
        assert_eq!(is(b"PK\x03\x04\x14\0\0\0\0\0 OFD.xml invented").as_deref(), Some("ofd"));
        for other in [&b"PK\x03\x04 word/document.xml"[..], b"<html>", b"MZ", b"", b"GIF89a", b"II*\0"] {
            assert_eq!(found("a.pdf", other), (None, vec!["/scan/content".to_owned()]));
        }
    }

    #[test]
    fn a_scan_beyond_five_megabytes_or_without_a_name_is_told() {
        let mut large = b"%PDF-1.7".to_vec();
        large.resize(LARGEST, 0);
        assert!(found("a.pdf", &large).0.is_some());
        large.push(0);
        assert_eq!(found("a.pdf", &large), (None, vec!["/scan/content".to_owned()]));
        assert_eq!(found(" ", b"%PDF-1.7"), (None, vec!["/scan/title".to_owned()]));
        assert_eq!(found("a\nb", b"%PDF-1.7"), (None, vec!["/scan/title".to_owned()]));
    }
}
