//! `GET /v1/papers/{number}`: a print, byte for byte as it was made.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs};
use aide::transform::TransformOperation;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::PrintFormat;
use crate::people::sight;

/// A page of ours loads nothing and runs nothing, whatever stands in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-modals";

/// Names a print.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct PrintPath {
    /// Its number.
    pub(super) number: String,
}

/// The bytes of a print.
pub(super) struct PrintFile {
    pub(super) format: PrintFormat,
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) bytes: Vec<u8>,
}

impl IntoResponse for PrintFile {
    fn into_response(self) -> Response {
        // Names are our numbers: letters and digits.
        let place = if self.format == PrintFormat::Html { "inline" } else { "attachment" };
        let disposition = format!("{place}; filename=\"{}.{}\"", self.name, self.format.word());
        let headers = [
            (CONTENT_TYPE, self.format.media_type().to_owned()),
            (CONTENT_DISPOSITION, disposition),
            (CONTENT_SECURITY_POLICY, POLICY.to_owned()),
            (ETAG, format!("\"{}\"", self.sha256)),
        ];
        (headers, self.bytes).into_response()
    }
}

impl OperationOutput for PrintFile {
    type Inner = Vec<u8>;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<ResponseDocs> {
        let mut docs = ResponseDocs::default();
        for format in PrintFormat::ALL {
            docs.content.insert(format.media_type().to_owned(), MediaType::default());
        }
        Some(docs)
    }
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<PrintPath>,
) -> Result<PrintFile, Problem> {
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| sight::print(reads, &courts, &path.number)).await?;
    let (print, bytes) = found.ok_or_else(|| Problem::not_found("print"))?;
    Ok(PrintFile { format: print.format, name: print.number(), sha256: print.sha256, bytes })
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getPrint")
        .tag("papers")
        .summary("A print by its number 打印件")
        .description("The bytes as they were made: the same number always gives the same.")
        .response_with::<200, PrintFile, _>(|response| response.description("The bytes"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such print"))
}
