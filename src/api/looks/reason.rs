//! Why somebody looks: as a header, or as a parameter.

use axum::extract::Request;
use axum::http::{HeaderMap, Uri};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// The reason that came along. As a parameter it is taken out, for endpoints know nothing of it.
pub(super) fn take_reason(request: &mut Request) -> String {
    let header = reason_of(request.headers());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    let given = pairs.iter().find(|(key, _)| key == "reason").map(|(_, value)| value.clone());
    if given.is_some() {
        let rest = pairs.iter().filter(|(key, _)| key != "reason");
        let rest: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
        let path = request.uri().path().to_owned();
        let changed = if rest.is_empty() { path } else { format!("{path}?{rest}") };
        if let Ok(uri) = changed.parse::<Uri>() {
            *request.uri_mut() = uri;
        }
    }
    printable(&header.or(given).unwrap_or_default())
}

/// A reason as it is kept.
pub(super) fn printable(reason: &str) -> String {
    let printable = reason.chars().filter(|c| !c.is_control());
    printable.take(LONGEST_REASON).collect::<String>().trim().to_owned()
}

/// The header `X-Reason`: percent-encoded UTF-8, for headers carry nothing else.
pub(super) fn reason_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-reason")?.to_str().ok()?;
    let decoded =
        form_urlencoded::parse(format!("r={}", value.replace('+', "%2B").replace('&', "%26")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned());
    decoded.filter(|reason| !reason.trim().is_empty())
}
