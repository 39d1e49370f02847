//! A file that somebody brought or handed in, byte for byte. It is never shown as a page of ours.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};

/// A file to be kept.
pub struct Download {
    kind: &'static str,
    disposition: String,
    bytes: Vec<u8>,
}

impl Download {
    /// A legal document, by its file extension.
    pub fn document(format: &str, bytes: Vec<u8>) -> Self {
        let letters = format.to_lowercase();
        let plain: String = letters.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let ending = if plain.is_empty() { "bin" } else { plain.as_str() };
        let disposition = format!("attachment; filename=\"document.{ending}\"");
        Self { kind: "application/octet-stream", disposition, bytes }
    }

    /// A receipt, by its file extension.
    pub fn receipt(format: &str, bytes: Vec<u8>) -> Self {
        let kind = match format.eq_ignore_ascii_case("pdf") {
            true => "application/pdf",
            false => "application/octet-stream",
        };
        Self { kind, disposition: "attachment".to_owned(), bytes }
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_TYPE, self.kind.to_owned()),
            (CONTENT_DISPOSITION, self.disposition),
            (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ];
        (headers, self.bytes).into_response()
    }
}

impl OperationOutput for Download {
    type Inner = Vec<u8>;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<ResponseDocs> {
        let mut docs = ResponseDocs::default();
        docs.content.insert("application/octet-stream".to_owned(), MediaType::default());
        Some(docs)
    }
}
