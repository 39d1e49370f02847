//! Addresses of a call line: what may stand in them.

use reqwest::Url;

/// An address without the slash at its end.
///
/// # Errors
/// What is wrong with it.
pub(super) fn base_url(text: &str) -> Result<String, String> {
    let url = parsed(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end with its path: parameters are the connector's".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// A proxy's address.
///
/// # Errors
/// What is wrong with it.
pub(super) fn proxy(text: &str) -> Result<(), String> {
    let url = parsed(text)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_bare { Ok(()) } else { Err("must be scheme, host and port alone".to_owned()) }
}

fn parsed(text: &str) -> Result<Url, String> {
    let hint = "must be an address that begins with http:// or https://";
    let url = Url::parse(text).map_err(|error| format!("{hint} ({error})"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(hint.to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("may not hold a user and a password, which would be seen in files and logs".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_no_secrets_and_nothing_that_would_be_lost() {
        assert_eq!(
            base_url("https://open.example.cn:8443/v1/"),
            Ok("https://open.example.cn:8443/v1".into())
        );
        for (bad, part) in [
            ("open.example.cn", "begins with http"),
            ("ftp://open.example.cn", "begins with http"),
            ("https://", "begins with http"),
            ("https://court@open.example.cn", "user and a password"),
            ("https://:secret@open.example.cn", "user and a password"),
            ("https://open.example.cn/?key=1", "parameters"),
            ("https://open.example.cn/#x", "parameters"),
        ] {
            let said = base_url(bad).expect_err(bad);
            assert!(said.contains(part) && !said.contains("secret@"), "{bad}: {said}");
        }
        assert_eq!(proxy("http://proxy.example.cn:3128"), Ok(()));
        for bad in ["socks5://proxy:1080", "http://a:b@proxy", "http://proxy/path", "proxy:3128"] {
            assert!(proxy(bad).is_err(), "{bad}");
        }
    }
}
