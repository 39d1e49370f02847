//! The token with which a centre calls.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A token: what the caller proved itself with, so that no list of tokens is kept. It is as secret as the password.
pub(super) fn token_of(account: &str, password: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{account}\n{password}"))
}

/// Account and password of a token.
pub(super) fn open_token(token: &str) -> Option<(String, String)> {
    let bytes = URL_SAFE_NO_PAD.decode(token.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.split_once('\n').map(|(account, password)| (account.to_owned(), password.to_owned()))
}
