//! A receipt 回执 that a registry hands in on its own, whatever line it comes over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::connector::{Attachment, ReadContent};
use chakong_contract::reply::Receipt;
use chakong_contract::{Fault, FaultKind};

/// Largest receipt in bytes.
const LARGEST: usize = 20 << 20;
/// Longest title or type that is kept, in characters.
const LONGEST: usize = 200;

/// Reads a receipt: title, file extension and content in Base64.
///
/// # Errors
/// Malformed, when there is no content, it is no Base64, or it is larger than 20 MiB.
pub(crate) fn read(title: &str, format: &str, content: &str) -> Result<ReadContent, Fault> {
    let malformed = |detail| Fault::new(FaultKind::Malformed, "read the receipt", detail);
    if content.len() / 4 * 3 > LARGEST {
        return Err(malformed("it is larger than 20 MiB"));
    }
    let compact: Vec<u8> = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let content = STANDARD.decode(compact).map_err(|_| malformed("it is not Base64"))?;
    if content.is_empty() {
        return Err(malformed("it is empty"));
    }
    let named = |text: &str, absent: &str| {
        let text: String = text.trim().chars().take(LONGEST).collect();
        if text.is_empty() { absent.to_owned() } else { text }
    };
    let (title, format) = (named(title, "回执"), named(format, "pdf"));
    Ok(ReadContent::Attachment(Box::new(Attachment::Receipt(Receipt {
        title,
        format,
        content: content.into(),
    }))))
}
