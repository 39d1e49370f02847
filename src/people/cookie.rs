//! The cookie of a session, and the proof that a request by cookie comes from our own pages.

use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method, Uri};
use sha2::{Digest as _, Sha256};

/// Name of the cookie. The prefix has the browser insist on `Secure`, on our own host and on the path `/`.
const NAME: &str = "__Host-chakong";
/// Its name on the machine itself without TLS, where a browser would not keep the other.
const ON_LOOPBACK: &str = "chakong";
/// Bytes of a cookie.
const LENGTH: usize = 32;

/// A new cookie: 256 random bits, in hexadecimal.
pub fn new_token() -> String {
    let bytes: [u8; LENGTH] = rand::Rng::random(&mut rand::rng());
    hex::encode(bytes)
}

/// What of a cookie is kept.
pub fn digest_of(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// The token that forms and scripts of a session carry (`csrf`, `X-CSRF-Token`). It follows from the cookie and tells nothing of it.
pub fn csrf_of(token: &str) -> String {
    hex::encode(Sha256::digest(format!("csrf {token}").as_bytes()))
}

/// Whether a request came to the machine itself without TLS.
fn is_plain_loopback(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST.as_str()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") && text("x-forwarded-proto") != Some("https")
}

/// Whether a browser keeps the cookie, as far as the request tells: it came over TLS, or to the machine itself.
pub fn would_be_kept(headers: &HeaderMap) -> bool {
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    proto == Some("https") || is_plain_loopback(headers)
}

/// `Set-Cookie` that begins a session in the browser.
pub fn set(headers: &HeaderMap, token: &str) -> String {
    match is_plain_loopback(headers) {
        true => format!("{ON_LOOPBACK}={token}; Path=/; HttpOnly; SameSite=Strict"),
        false => format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Strict"),
    }
}

/// `Set-Cookie` that ends it.
pub fn clear(headers: &HeaderMap) -> String {
    format!("{}; Max-Age=0", set(headers, ""))
}

/// The cookie of a request; of a form that none of ours has it is none.
pub fn token_of(headers: &HeaderMap) -> Option<&str> {
    let name = if is_plain_loopback(headers) { ON_LOOPBACK } else { NAME };
    let token = only(headers, name)?;
    (token.len() == 2 * LENGTH && token.bytes().all(|b| b.is_ascii_hexdigit())).then_some(token)
}

/// Name and attributes of the cookie that comes back with a browser from another site: what is known of a sign-in meanwhile.
fn returning(headers: &HeaderMap) -> (&'static str, &'static str) {
    match is_plain_loopback(headers) {
        true => ("chakong-returning", "Path=/; HttpOnly; SameSite=Lax"),
        false => ("__Host-chakong-returning", "Path=/; Secure; HttpOnly; SameSite=Lax"),
    }
}

/// `Set-Cookie` of a cookie that comes back with a browser from another site within some seconds.
pub fn set_returning(headers: &HeaderMap, value: &str, seconds: u64) -> String {
    let (name, attributes) = returning(headers);
    format!("{name}={value}; {attributes}; Max-Age={seconds}")
}

/// `Set-Cookie` that takes it away.
pub fn clear_returning(headers: &HeaderMap) -> String {
    set_returning(headers, "", 0)
}

/// The cookie that came back.
pub fn returning_of(headers: &HeaderMap) -> Option<&str> {
    only(headers, returning(headers).0)
}

/// The cookie of a name. Two of one name are somebody's trick.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

/// Whether a request by cookie may change something: it comes from a page of our own, by what the browser says of it, and where it is
/// no form it carries the token as a header. A form carries it as a field, which its handler checks.
pub fn is_ours(method: &Method, headers: &HeaderMap, token: &str) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let same_site = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => is_host(origin, text(HOST.as_str())),
        (None, None) => false,
    };
    let is_form = text("content-type").is_some_and(|kind| {
        kind.starts_with("application/x-www-form-urlencoded") || kind.starts_with("multipart/form-data")
    });
    same_site && (is_form || text("x-csrf-token").is_some_and(|given| is_csrf(token, given)))
}

/// Whether a token is the one of a session, in constant time.
pub fn is_csrf(token: &str, given: &str) -> bool {
    let expected = csrf_of(token);
    aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), given.as_bytes()).is_ok()
}

fn is_host(origin: &str, host: Option<&str>) -> bool {
    let authority = origin.parse::<Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string));
    authority.is_some() && authority.as_deref() == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().expect("a value"));
        }
        map
    }

    #[test]
    fn the_cookie_has_the_prefix_everywhere_but_on_plain_loopback() {
        let far = headers(&[("host", "chakong.court.example")]);
        assert!(set(&far, "t").starts_with("__Host-chakong=t; Path=/; Secure; HttpOnly; SameSite=Strict"));
        for host in ["127.0.0.1:8080", "localhost", "[::1]:8080"] {
            let near = headers(&[("host", host)]);
            assert!(set(&near, "t").starts_with("chakong=t; Path=/; HttpOnly; SameSite=Strict"), "{host}");
            let behind = headers(&[("host", host), ("x-forwarded-proto", "https")]);
            assert!(set(&behind, "t").contains("Secure"), "{host} behind TLS");
            assert!(would_be_kept(&near) && would_be_kept(&behind) && !would_be_kept(&far));
        }
        assert!(clear(&far).ends_with("Max-Age=0"));
    }

    #[test]
    fn one_cookie_of_our_form_is_taken_and_no_other() {
        let token = new_token();
        let of = |cookie: &str| {
            let headers = headers(&[("host", "a.example"), ("cookie", cookie)]);
            token_of(&headers).map(str::to_owned)
        };
        assert_eq!(of(&format!("x=1; __Host-chakong={token}")), Some(token.clone()));
        assert_eq!(of(&format!("chakong={token}")), None, "without the prefix only on loopback");
        assert_eq!(of(&format!("__Host-chakong={token}; __Host-chakong={token}")), None, "two of one name");
        assert_eq!(of("__Host-chakong=short"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn what_changes_something_comes_from_our_own_pages() {
        let token = new_token();
        let csrf = csrf_of(&token);
        let (json, form) =
            (("content-type", "application/json"), ("content-type", "application/x-www-form-urlencoded"));
        let host = ("host", "a.example");
        let ours = |pairs: &[(&'static str, &str)]| is_ours(&Method::POST, &headers(pairs), &token);
        let given = ("x-csrf-token", csrf.as_str());
        assert!(ours(&[host, json, given, ("sec-fetch-site", "same-origin")]));
        assert!(
            ours(&[host, json, given, ("origin", "https://a.example")]),
            "a browser without Sec-Fetch-Site"
        );
        assert!(ours(&[host, form, ("sec-fetch-site", "same-origin")]), "its handler checks the field");
        for (what, pairs) in [
            ("no token", vec![host, json, ("sec-fetch-site", "same-origin")]),
            ("another token", vec![host, json, ("x-csrf-token", "00"), ("sec-fetch-site", "same-origin")]),
            ("another site", vec![host, json, given, ("sec-fetch-site", "cross-site")]),
            ("a sister site", vec![host, form, ("sec-fetch-site", "same-site")]),
            ("another origin", vec![host, json, given, ("origin", "https://b.example")]),
            ("no origin", vec![host, form]),
            ("a null origin", vec![host, form, ("origin", "null")]),
        ] {
            assert!(!ours(&pairs), "{what}");
        }
        assert!(is_ours(&Method::GET, &headers(&[]), &token), "looking changes nothing");
        assert_ne!(csrf, token);
    }
}
