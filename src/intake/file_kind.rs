//! What a file is by its first bytes. A name and a stated format may lie; what goes to counterparts as a court's paper is what it is.

use chakong_contract::order::{CertificateImage, LegalDocument};

use crate::domain::Finding;

/// What papers and images of certificates may be, in words.
const KINDS: &str = "PDF、OFD、PNG、JPEG、TIFF";

/// What a file is by its first bytes, as an extension: a sealed document or an image; `None` for anything else.
pub fn file_kind(bytes: &[u8]) -> Option<&'static str> {
    // An OFD file (GB/T 33190) is a ZIP archive in whose root OFD.xml stands.
    let is_ofd = || memchr::memmem::find(bytes, b"OFD.xml").is_some();
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("pdf"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Some("tif"),
        [b'P', b'K', 3, 4, ..] if is_ofd() => Some("ofd"),
        _ => None,
    }
}

/// What is wrong with the type of a legal document at a place of the request.
pub(super) fn of_document(pointer: &str, document: &LegalDocument, findings: &mut Vec<Finding>) {
    let before = findings.len();
    of_file(pointer, &document.format, &document.content, findings);
    for finding in findings.iter_mut().skip(before) {
        finding.detail = format!("{}：{}", document.kind.chinese(), finding.detail);
    }
}

/// What is wrong with the image of a certificate at a place of the request.
pub(super) fn of_image(pointer: &str, image: &CertificateImage, findings: &mut Vec<Finding>) {
    of_file(pointer, &image.format, &image.content, findings);
}

fn of_file(pointer: &str, format: &str, content: &[u8], findings: &mut Vec<Finding>) {
    if content.is_empty() {
        findings.push(Finding::new(format!("{pointer}/content"), "文件为空 the file is empty"));
    }
    if format.is_empty() || !format.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        findings.push(Finding::new(
            format!("{pointer}/format"),
            "应为文件扩展名，如 pdf must be a file extension such as pdf",
        ));
    } else if !content.is_empty() {
        findings.extend(of_type(pointer, format, file_kind(content)));
    }
}

fn of_type(pointer: &str, format: &str, kind: Option<&str>) -> Option<Finding> {
    let Some(kind) = kind else {
        let detail =
            format!("文件内容不是{KINDS} by its bytes the file is none of {}", KINDS.replace('、', ", "));
        return Some(Finding::new(format!("{pointer}/content"), detail));
    };
    if kind == usual(&format.to_ascii_lowercase()) {
        return None;
    }
    let detail =
        format!("文件实为 {kind}，与所称 {format} 不符 the file is {kind} by its bytes, not {format}");
    Some(Finding::new(format!("{pointer}/format"), detail))
}

/// The usual extension of a type that has two.
fn usual(format: &str) -> &str {
    match format {
        "jpeg" => "jpg",
        "tiff" => "tif",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(file_kind(b"%PDF-1.7 invented"), Some("pdf"));
        assert_eq!(file_kind(b"\x89PNG\r\n\x1a\n invented"), Some("png"));
        assert_eq!(file_kind(b"\xff\xd8\xff\xe0 invented"), Some("jpg"));
        assert_eq!(file_kind(b"PK\x03\x04\x14\0\0\0\0\0 OFD.xml invented"), Some("ofd"));
        assert_eq!((file_kind(b"II*\0 invented"), file_kind(b"MM\0* invented")), (Some("tif"), Some("tif")));
        for other in [&b"PK\x03\x04 word/document.xml"[..], b"<html>", b"MZ", b"", b"GIF89a", b" %PDF-1.7"] {
            assert_eq!(file_kind(other), None);
        }
    }

    #[test]
    fn what_a_file_is_and_what_it_is_said_to_be_agree() {
        let told = |format: &str, content: &[u8]| -> Vec<String> {
            let mut findings = Vec::new();
            of_file("/documents/0", format, content, &mut findings);
            findings.into_iter().map(|finding| finding.pointer).collect()
        };
        for (format, content) in
            [("pdf", &b"%PDF-1.4"[..]), ("PDF", b"%PDF-1.4"), ("jpeg", b"\xff\xd8\xff"), ("TIFF", b"MM\0*")]
        {
            assert!(told(format, content).is_empty(), "{format}");
        }
        assert_eq!(told("pdf", b"<script>alert(1)</script>"), ["/documents/0/content"]);
        assert_eq!(told("pdf", b"MZ\x90\0"), ["/documents/0/content"]);
        assert_eq!(told("pdf", b"\x89PNG\r\n\x1a\n"), ["/documents/0/format"]);
        assert_eq!(told("exe", b"%PDF-1.4"), ["/documents/0/format"]);
        assert_eq!(told("", b""), ["/documents/0/content", "/documents/0/format"]);
    }
}
