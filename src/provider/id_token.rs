//! The ID token: who signed it, for whom, for which sign-in, and for how long (OpenID Connect Core 1.0 section 3.1.3.7).

use jiff::Timestamp;
use jsonwebtoken::{Validation, decode, decode_header};
use serde_json::Value;

use super::claims::Claims;
use super::keys::{Keys, is_taken};
use super::refused::Refused;

/// By how many seconds clocks may differ.
const LEEWAY: i64 = 60;
/// Largest token in bytes.
const LARGEST: usize = 64 << 10;

/// What a token must be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// The claims of a token, once everything about it is as it must be.
///
/// # Errors
/// What is not.
pub(super) fn verify(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Refused> {
    if token.len() > LARGEST {
        return Err(Refused::Answer("id_token"));
    }
    // A way of signing that nobody knows, such as none, has no header that can be read.
    let header = decode_header(token).map_err(|_| Refused::Algorithm)?;
    if !is_taken(header.alg) {
        return Err(Refused::Algorithm);
    }
    let mut validation = Validation::new(header.alg);
    // By our own clock, below.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let mut candidates = keys.of(&header).peekable();
    if candidates.peek().is_none() {
        return Err(Refused::UnknownKey);
    }
    let claims = candidates.find_map(|key| decode::<Claims>(token, key, &validation).ok());
    let claims = claims.ok_or(Refused::Signature)?.claims;
    check(&claims, expected)?;
    Ok(claims)
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), Refused> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(Refused::Issuer);
    }
    if !is_for(claims, expected.client_id) {
        return Err(Refused::Audience);
    }
    let now = expected.now.as_second();
    let second = |name: &str| claims.get(name).map(|value| value.as_f64().unwrap_or(f64::NAN));
    #[allow(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
    let (earliest, latest) = ((now - LEEWAY) as f64, (now + LEEWAY) as f64);
    // A time that is no number is neither before nor after any.
    let is_over = second("exp").is_none_or(|exp| exp.is_nan() || exp <= earliest);
    let is_early = |at: f64| at.is_nan() || at > latest;
    let is_early = ["nbf", "iat"].iter().any(|name| second(name).is_some_and(is_early));
    if is_over || is_early {
        return Err(Refused::Time);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Refused::Nonce);
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err(Refused::Claim("sub".to_owned()));
    }
    Ok(())
}

/// Whether a token is meant for a client: for it alone, or for several with it as the one that may use it (`azp`).
fn is_for(claims: &Claims, client_id: &str) -> bool {
    let authorized = claims.get("azp").map(|azp| azp.as_str() == Some(client_id));
    match claims.get("aud") {
        Some(Value::String(aud)) => aud == client_id && authorized != Some(false),
        Some(Value::Array(all)) => {
            let is_among = all.iter().any(|aud| aud.as_str() == Some(client_id));
            is_among && (authorized == Some(true) || (authorized.is_none() && all.len() == 1))
        }
        _ => false,
    }
}
