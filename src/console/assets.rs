//! What pages load from us: built into the program, asked for again only when it changed.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use super::failure::Failure;

/// Name, type and bytes of each asset.
const ASSETS: &[(&str, &str, &[u8])] = &[
    ("style.css", "text/css; charset=utf-8", include_bytes!("assets/style.css")),
    ("page.js", "text/javascript; charset=utf-8", include_bytes!("assets/page.js")),
    ("mark.svg", "image/svg+xml", include_bytes!("assets/mark.svg")),
];

/// `GET /console/assets/{name}`
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let found = ASSETS.iter().find(|(known, ..)| *known == name);
    let (_, kind, bytes) = *found.ok_or_else(Failure::nothing_here)?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..12]));
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let kept = [(CACHE_CONTROL, "no-cache".to_owned()), (ETAG, tag.clone())];
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    Ok((kept, [(CONTENT_TYPE, kind)], bytes).into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_laid_out_for_a_narrow_screen_is_not_laid_out_so_on_paper() {
        let style = include_str!("assets/style.css");
        let rules: Vec<&str> = style.lines().filter(|line| line.contains("@media")).collect();
        assert!(rules.iter().any(|rule| rule.contains("width")), "{rules:?}");
        for rule in rules {
            assert!(rule.starts_with("@media screen and ") || rule.starts_with("@media print "), "{rule}");
        }
    }
}
