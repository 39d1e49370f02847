//! Cookies of the pages beside that of the session: read from a request, set in an answer.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// What a cookie has at its end where the browser came over TLS.
pub fn is_secure(headers: &HeaderMap) -> &'static str {
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    if proto == Some("https") { "; Secure" } else { "" }
}

/// Adds a cookie to an answer.
pub fn append_cookie(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(SET_COOKIE, value);
    }
}
