//! How calls of a service travel over HTTP.

use chakong_contract::message::{HttpResponse, InboundRequest};

/// Longest address of ours that is repeated in the description, in bytes.
const LONGEST_ADDRESS: usize = 500;

/// What a request at the address of a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoapRequest {
    /// The description of the service; with the address that was asked.
    Description(String),
    /// A call.
    Call,
}

/// What a request is, by method and query.
///
/// # Errors
/// The answer to what is no call of the service at all.
pub fn classify(call: &InboundRequest) -> Result<SoapRequest, HttpResponse> {
    let asks_description = call.query.iter().any(|(key, _)| key.eq_ignore_ascii_case("wsdl"));
    match call.method.as_str() {
        "GET" | "HEAD" if asks_description => Ok(SoapRequest::Description(address(call))),
        "POST" => Ok(SoapRequest::Call),
        _ => Err(not_allowed()),
    }
}

/// An envelope or a description.
pub fn xml(status: u16, body: Vec<u8>) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), "text/xml; charset=utf-8".to_owned())];
    HttpResponse { status, headers, body }
}

fn not_allowed() -> HttpResponse {
    let headers = vec![
        ("content-type".to_owned(), "text/plain; charset=utf-8".to_owned()),
        ("allow".to_owned(), "GET, POST".to_owned()),
    ];
    HttpResponse { status: 405, headers, body: b"POST a SOAP 1.1 call, or GET ?wsdl\n".to_vec() }
}

/// The address that was asked, as far as the caller's words can be repeated; else a relative one.
fn address(call: &InboundRequest) -> String {
    let header =
        |name: &str| call.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let is_plain = |text: &str, also: &[u8]| {
        text.len() <= LONGEST_ADDRESS && text.bytes().all(|b| b.is_ascii_alphanumeric() || also.contains(&b))
    };
    let path = if is_plain(&call.path, b"/-_.~%") { call.path.as_str() } else { "" };
    match header("host").filter(|host| !host.is_empty() && is_plain(host, b".:-[]")) {
        Some(host) => {
            let secure = header("x-forwarded-proto").is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
            format!("{}://{host}{path}", if secure { "https" } else { "http" })
        }
        None => path.to_owned(),
    }
}
