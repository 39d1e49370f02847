//! Legal documents that come with a form: one field for each kind of document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::order::DocumentKind;
use serde_json::{Value, json};

use super::draft::Upload;
use super::form::Posted;
use crate::api::file_kind;

/// Longest file name that is taken over as a title.
const LONGEST_TITLE: usize = 100;

/// The word of a kind of document, as the API takes it.
pub fn word_of(kind: DocumentKind) -> String {
    match serde_json::to_value(kind) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The field of a form for a kind of document.
pub fn field_of(kind: DocumentKind) -> String {
    format!("paper.{}", word_of(kind))
}

/// A document as the API takes it. Its format is what its bytes begin with, or else what its name ends with.
fn document(kind: DocumentKind, number: &str, upload: &Upload) -> Value {
    let (stem, extension) = upload.name.rsplit_once('.').unwrap_or((upload.name.as_str(), ""));
    let stem: String = stem.chars().take(LONGEST_TITLE).collect();
    let title = if stem.trim().is_empty() { kind.chinese().to_owned() } else { stem };
    json!({
        "kind": word_of(kind),
        "title": title,
        "number": number,
        "format": format_of(&upload.bytes, extension),
        "content": STANDARD.encode(&upload.bytes),
    })
}

/// The format that the bytes tell: a name may lie. What they do not tell the endpoint refuses.
pub fn format_of(bytes: &[u8], extension: &str) -> String {
    file_kind(bytes).map_or_else(|| extension.to_ascii_lowercase(), str::to_owned)
}

/// The documents of a form, for the kinds that it has fields for.
pub fn documents(posted: &Posted, kinds: &[DocumentKind], number: &str) -> Vec<Value> {
    let chosen = kinds.iter().filter_map(|kind| Some((*kind, posted.upload(&field_of(*kind))?)));
    chosen.map(|(kind, upload)| document(kind, number, upload)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_a_file_is_what_it_is_and_not_what_its_name_says() {
        assert_eq!(format_of(b"%PDF-1.4", "exe"), "pdf");
        assert_eq!(format_of(b"\x89PNG\r\n\x1a\n", "pdf"), "png");
        assert_eq!(format_of(b"PK\x03\x04 OFD.xml", "zip"), "ofd");
        assert_eq!(format_of(b"MZ", "EXE"), "exe", "what it is not known to be the endpoint refuses");
    }
}
