//! The bytes that travel: HTTP requests and answers, and named messages such as files.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::fault::{Fault, FaultKind, RetryAfter};
use crate::secret::Secret;

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "names of RFC 9110")]
pub enum Method {
    Get,
    Post,
}

/// An HTTP request that a dialogue wants sent. Relative to the counterpart's base address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Path below the base address, beginning with `/`.
    pub path: String,
    /// Query parameters, not yet percent-encoded.
    pub query: Vec<(String, String)>,
    /// Headers without secrets.
    pub headers: Vec<(String, String)>,
    /// Headers whose value must never be shown.
    pub secret_headers: Vec<(String, Secret)>,
    /// Body; empty for none. Its type is a header.
    pub body: Vec<u8>,
    /// Fields behind a body that is a form (`application/x-www-form-urlencoded`), whose value must never be shown.
    pub secret_fields: Vec<(String, Secret)>,
    /// Sending it twice does no more than sending it once, though it belongs to a control: where the connection breaks off, it
    /// is not unknown what became of the control.
    pub repeatable: bool,
}

impl HttpRequest {
    /// A GET of a path.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path)
    }

    /// A POST to a path.
    pub fn post(path: impl Into<String>, content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { headers, body, ..Self::new(Method::Post, path) }
    }

    /// A POST of JSON to a path.
    pub fn post_json(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self::post(path, "application/json", body)
    }

    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            secret_headers: Vec::new(),
            body: Vec::new(),
            secret_fields: Vec::new(),
            repeatable: false,
        }
    }

    /// The body as it leaves: with its secret fields.
    pub fn body_to_send(&self) -> Cow<'_, [u8]> {
        if self.secret_fields.is_empty() {
            return Cow::Borrowed(&self.body);
        }
        Cow::Owned(self.with_fields(Secret::expose))
    }

    fn with_fields<'a>(&'a self, shown: impl Fn(&'a Secret) -> &'a str) -> Vec<u8> {
        let mut body = self.body.clone();
        for (name, value) in &self.secret_fields {
            let mut field = form_urlencoded::Serializer::new(String::new());
            field.append_pair(name, shown(value));
            body.extend(if body.is_empty() { None } else { Some(b'&') });
            body.extend_from_slice(field.finish().as_bytes());
        }
        body
    }

    /// The request as text, secrets left out: what `connectors write` shows and what is kept as the raw message.
    pub fn to_bytes(&self) -> Vec<u8> {
        // With room for the usual lines of a head.
        let mut text = String::with_capacity(256 + self.path.len() + self.body.len());
        let mut add = |parts: &[&str]| text.extend(parts.iter().copied());
        add(&[if self.method == Method::Get { "GET " } else { "POST " }, &self.path]);
        for (at, (name, value)) in self.query.iter().enumerate() {
            add(&[if at == 0 { "?" } else { "&" }, name, "=", value]);
        }
        add(&["\n"]);
        for (name, value) in &self.headers {
            add(&[name, ": ", value, "\n"]);
        }
        for (name, _) in &self.secret_headers {
            add(&[name, ": (secret)\n"]);
        }
        add(&["\n"]);
        let mut bytes = text.into_bytes();
        match self.secret_fields.is_empty() {
            true => bytes.extend_from_slice(&self.body),
            false => bytes.extend_from_slice(&self.with_fields(|_| "(secret)")),
        }
        bytes
    }
}

/// An HTTP answer, its body read to the end within the line's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// An answer with a JSON body.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: body.into() }
    }

    /// The first header of a name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body without a byte order mark, if the status says success and the body is not HTML where data was expected.
    ///
    /// # Errors
    /// A [`Fault`] whose kind follows from the status: 401 and 403 unauthorised, 404 and other 4xx misconfigured, 408,
    /// 425 and 5xx transient, 429 rate-limited; `Retry-After` of 429 and 503 is kept. HTML is malformed.
    pub fn success(&self, operation: &str) -> Result<&[u8], Fault> {
        let fault = |kind, detail: &str| Err(Fault::new(kind, operation, detail).status(self.status));
        match self.status {
            200..=299 if self.looks_like_html() => fault(FaultKind::Malformed, "the answer is an HTML page"),
            200..=299 => Ok(without_mark(&self.body)),
            429 => fault(FaultKind::RateLimited, "too many requests")
                .map_err(|f| f.retry_after(self.retry_after())),
            408 | 425 | 500..=599 => fault(FaultKind::Transient, "the counterpart failed")
                .map_err(|f| f.retry_after(self.retry_after())),
            401 | 403 | 407 => {
                fault(FaultKind::Unauthorised, "the counterpart does not accept our credentials")
            }
            _ => fault(FaultKind::Misconfigured, "unexpected status"),
        }
    }

    /// `Retry-After`, in seconds or as an HTTP date of any form (RFC 9110 section 10.2.3).
    pub fn retry_after(&self) -> Option<RetryAfter> {
        let text = self.header("retry-after")?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(RetryAfter::Delay(Duration::from_secs(seconds)));
        }
        crate::http_date::read(text).map(RetryAfter::At)
    }

    fn looks_like_html(&self) -> bool {
        let start = without_mark(&self.body).trim_ascii_start();
        let starts_with = |tag: &[u8]| start.get(..tag.len()).is_some_and(|it| it.eq_ignore_ascii_case(tag));
        starts_with(b"<!doctype html") || starts_with(b"<html")
    }
}

/// A body without the byte order mark of UTF-8 that some systems set before JSON and XML, against RFC 8259 section 8.1.
pub fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// A request as the server sees it: a simulated counterpart, or our postbox.
#[derive(Debug, Clone, Default)]
pub struct InboundRequest {
    /// Method in upper case.
    pub method: String,
    /// Path.
    pub path: String,
    /// Query parameters, decoded.
    pub query: Vec<(String, String)>,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl InboundRequest {
    /// The first query parameter of a name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A named message: a file of a parcel, or one body.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// File name; never a path. Empty for a body without a name.
    pub name: String,
    /// The bytes.
    pub bytes: Arc<[u8]>,
}

impl Message {
    /// A named message.
    pub fn new(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// Serde for bytes as Base64 text (RFC 4648, standard alphabet, padded; blanks are tolerated on reading).
pub(crate) mod base64_bytes {
    use std::sync::Arc;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &Arc<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<[u8]>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        STANDARD
            .decode(compact)
            .map(Into::into)
            .map_err(|error| serde::de::Error::custom(format!("not Base64: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_fields_leave_and_are_never_shown() {
        let mut request = HttpRequest::post_json("/", b"data=x".to_vec());
        request.secret_fields.push(("password".to_owned(), Secret::new("a&b 密")));
        assert_eq!(request.body_to_send().as_ref(), b"data=x&password=a%26b+%E5%AF%86");
        assert!(
            String::from_utf8(request.to_bytes()).expect("text").ends_with("data=x&password=%28secret%29")
        );
        assert_eq!(HttpRequest::get("/").body_to_send().as_ref(), b"");
    }

    #[test]
    fn status_decides_the_fault() {
        let fault = |status, body: &str| {
            let answer =
                HttpResponse { status, headers: vec![("retry-after".into(), "7".into())], body: body.into() };
            answer.success("ask").expect_err("fault")
        };
        assert_eq!(fault(429, "").retry_after, Some(RetryAfter::Delay(Duration::from_secs(7))));
        assert_eq!(fault(503, "").kind, FaultKind::Transient);
        assert_eq!(fault(503, "").retry_after, Some(RetryAfter::Delay(Duration::from_secs(7))));
        assert_eq!(fault(401, "").kind, FaultKind::Unauthorised);
        assert_eq!(fault(404, "").kind, FaultKind::Misconfigured);
        assert_eq!(fault(200, "\u{feff} <!DOCTYPE html><p>busy").kind, FaultKind::Malformed);
    }

    #[test]
    fn retry_after_may_be_a_date() {
        let at = "2026-10-21T07:28:00Z".parse().expect("timestamp");
        for text in
            ["Wed, 21 Oct 2026 07:28:00 GMT", "Wednesday, 21-Oct-26 07:28:00 GMT", "Wed Oct 21 07:28:00 2026"]
        {
            let headers = vec![("retry-after".to_owned(), text.to_owned())];
            let answer = HttpResponse { status: 503, headers, body: Vec::new() };
            assert_eq!(answer.retry_after(), Some(RetryAfter::At(at)), "{text}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_body() {
        let answer = HttpResponse::json(200, "\u{feff}{}");
        assert_eq!(answer.success("ask"), Ok(b"{}".as_slice()));
        assert_eq!(without_mark("{\u{feff}}".as_bytes()), "{\u{feff}}".as_bytes(), "only before it");
    }

    #[test]
    fn secrets_are_not_in_the_kept_request() {
        let mut request = HttpRequest::get("/x");
        request.secret_headers.push(("authorization".into(), Secret::new("hunter2")));
        let text = String::from_utf8(request.to_bytes()).expect("text");
        assert!(text.contains("authorization: (secret)") && !text.contains("hunter2"));
        assert!(!format!("{request:?}").contains("hunter2"));
    }
}
