//! `GET /v1/papers/{number}/receipts`: a print together with the receipts that counterparts handed in, unchanged.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs};
use aide::transform::TransformOperation;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::show::PrintPath;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::{Problem, ProblemKind};
use crate::papers::attachments::{MOST_BYTES, MOST_FILES, bundle, of_print};
use crate::people::sight;

/// A ZIP file.
pub(super) struct Bundle {
    name: String,
    bytes: Vec<u8>,
}

impl IntoResponse for Bundle {
    fn into_response(self) -> Response {
        // Names are our numbers: letters and digits.
        let disposition = format!("attachment; filename=\"{}.zip\"", self.name);
        let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)];
        (headers, self.bytes).into_response()
    }
}

impl OperationOutput for Bundle {
    type Inner = Vec<u8>;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<ResponseDocs> {
        let mut docs = ResponseDocs::default();
        // Makers of clients that know no ZIP take it as mere bytes.
        for kind in ["application/zip", "application/octet-stream"] {
            docs.content.insert(kind.to_owned(), MediaType::default());
        }
        Some(docs)
    }
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<PrintPath>,
) -> Result<Bundle, Problem> {
    let courts = caller.courts().clone();
    let found = gateway.store.read(move |reads| {
        let Some((print, bytes)) = sight::print(reads, &courts, &path.number)? else { return Ok(None) };
        let receipts = of_print(reads, &courts, &print)?;
        Ok(Some((print, bytes, receipts)))
    });
    let (print, bytes, receipts) = found.await?.ok_or_else(|| Problem::not_found("print"))?;
    let receipts = receipts.ok_or_else(|| {
        let detail = format!(
            "回执超过{MOST_FILES}份或{}MB，请在各请求、各控制措施页分别下载 there are more than {MOST_FILES} receipts or {} MB of them; \
             get each with its order or its measure",
            MOST_BYTES >> 20,
            MOST_BYTES >> 20
        );
        Problem::new(ProblemKind::NotNow, detail)
    })?;
    let name = print.number();
    // Nothing is compressed: it costs no more than copying the bytes.
    let bytes = bundle(&print, &bytes, &receipts)
        .map_err(|error| Problem::new(ProblemKind::Internal, error.to_string()))?;
    Ok(Bundle { name, bytes })
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getPrintReceipts")
        .tag("papers")
        .summary("A print with its receipts 打印件及回执")
        .description(
            "A ZIP file of the print, the receipts about what it says that had come when it was made, byte for byte, and `receipts.csv`, \
             which names each with its counterpart, title, time and SHA-256. Receipts of inquiries of other courts in the same chain are \
             left out, and `receipts.csv` says so.",
        )
        .response_with::<200, Bundle, _>(|response| response.description("The ZIP file"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such print"))
        .response_with::<409, Problem, _>(|response| response.description("There are too many receipts"))
}
