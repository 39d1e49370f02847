//! `GET /console/live`: tells a page that is open that what it shows has changed; the page then asks for itself again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::address::segment;
use super::backend::Console;
use super::failure::Failure;
use super::visitor::Visitor;
use super::{approvals, cases, desk, tasks};
use crate::api::may;

/// How often what a page shows is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Where the list of counterparts is.
const COUNTERPARTS: &str = "/v1/counterparts";
/// How long an answer may take before something is said on the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Which page.
#[derive(Debug, Deserialize)]
pub struct LiveQuery {
    topic: String,
}

/// What is read to find out whether a page has changed: what the page itself reads, with its filters and its place in the list.
fn paths_of(topic: &str, now: Timestamp) -> Option<Vec<String>> {
    let (kind, id) = topic.split_once(':').unwrap_or((topic, ""));
    Some(match (kind, id) {
        ("tasks", query) => tasks::paths(&serde_urlencoded::from_str(query).ok()?, now).into(),
        ("approvals", query) => vec![approvals::path(&serde_urlencoded::from_str(query).ok()?)],
        ("counterparts", "") => vec![COUNTERPARTS.to_owned()],
        ("counterpart", name) => vec![format!("/v1/counterparts/{}", segment(name))],
        ("desk", query) if query.is_empty() || query.contains('=') => {
            desk::paths(&serde_urlencoded::from_str(query).ok()?).into()
        }
        ("desk", number) => vec![format!("/v1/desk/{}", segment(number))],
        ("case", id) => vec![format!("/v1/cases/{}", segment(id))],
        ("inquiry", id) => vec![format!("/v1/inquiries/{}/certificate", segment(id))],
        ("measure", id) => vec![format!("/v1/measures/{}", segment(id))],
        ("order", id) => vec![format!("/v1/orders/{}", segment(id))],
        _ => return None,
    })
}

struct Watch {
    console: Console,
    visitor: Visitor,
    topic: String,
    seen: Option<[u8; 32]>,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    /// Waits until what is read is another than before; `None` when the session or the gateway ends, or nothing can be read.
    async fn changed(&mut self) -> Option<()> {
        loop {
            // The person as they are now: one who may no longer sign in, or must do something first, sees no more.
            let identity = self.console.gateway().people.watching(&self.visitor.token).await.ok()??;
            if identity.pending().is_some() {
                return None;
            }
            self.visitor.identity = Arc::new(identity);
            let digest = self.look().await.ok()?;
            let before = self.seen.replace(digest);
            if before.is_some_and(|before| before != digest) {
                return Some(());
            }
            let stop = self.console.gateway().tasks.soft();
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stop.cancelled() => return None,
            }
        }
    }

    /// What is so now, as a digest. The list of counterparts is read for all who watch it alike, once in a while.
    async fn look(&self) -> Result<[u8; 32], Failure> {
        let now = self.console.now();
        let whole = self.visitor.may(may::OPERATE) || self.visitor.identity.courts.are_all();
        let is_shared = self.topic == "counterparts" && self.visitor.may(may::WATCH);
        if is_shared && let Some(known) = self.console.kept().glance(whole, now) {
            return Ok(known);
        }
        let paths = paths_of(&self.topic, now).ok_or_else(Failure::nothing_here)?;
        let mut digest = Sha256::new();
        for path in paths {
            let read = self.console.fetch(&self.visitor, &path).await?.bytes;
            digest.update(without_now(&read));
            // A case holds none of its orders; its page shows how those of its newest inquiries stand.
            for path in certificates_below(&self.topic, &read) {
                digest.update(without_now(&self.console.fetch(&self.visitor, &path).await?.bytes));
            }
        }
        let digest = digest.finalize().into();
        if is_shared {
            self.console.kept().keep_glance(whole, digest, now);
        }
        Ok(digest)
    }
}

/// What else is read of a case, to find out whether its page has changed.
fn certificates_below(topic: &str, read: &[u8]) -> Vec<String> {
    match topic.starts_with("case:") {
        true => cases::certificates_shown(&serde_json::from_slice(read).unwrap_or_default()),
        false => Vec::new(),
    }
}

/// A certificate as of now names the instant; that alone is no change.
fn without_now(bytes: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<serde_json::Value>(bytes) {
        Ok(serde_json::Value::Object(mut value)) => {
            value.remove("issued_at");
            serde_json::to_vec(&value).unwrap_or_default()
        }
        _ => bytes.to_vec(),
    }
}

/// `GET /console/live`
pub async fn stream(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<LiveQuery>,
) -> Result<Response, Failure> {
    paths_of(&query.topic, console.now()).ok_or_else(Failure::nothing_here)?;
    let full = |_| {
        Failure::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "打开的页面过多 too many pages are open")
    };
    let streams = console.kept().streams(visitor.session, console.now());
    let place = streams.try_acquire_owned().map_err(full)?;
    let visitor = Visitor { watches: true, ..visitor };
    let mut watch = Watch { console, visitor, topic: query.topic, seen: None, _place: place };
    // What may not be read is refused here, before a stream begins.
    watch.seen = Some(watch.look().await?);
    let events = stream::unfold(watch, async |mut watch| {
        watch.changed().await?;
        Some((Ok::<_, Infallible>(Event::default().event("changed").data("-")), watch))
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_compared_with_what_it_shows_itself() {
        let paths = |topic: &str| paths_of(topic, Timestamp::UNIX_EPOCH);
        let tasks = paths("tasks:kind=renew&court=T10&after=9.7").expect("paths");
        assert_eq!(
            tasks,
            [
                "/v1/tasks?kind=renew&court=T10&cursor=9.7&limit=20",
                "/v1/tasks?kind=renew&court=T10&limit=200"
            ]
        );
        let late = paths("tasks:due=now").expect("paths");
        assert!(late.iter().all(|path| path.contains("due_before=1970-01-01T00%3A00%3A00Z")), "{late:?}");
        let old = paths("tasks:age=three").expect("paths");
        assert!(old.iter().all(|path| path.contains("created_before=1969-12-29T00%3A00%3A00Z")), "{old:?}");
        let approvals = paths("approvals:court=T10&before=31").expect("a path");
        assert_eq!(approvals, ["/v1/measures?state=proposed&court=T10&cursor=31&limit=30"]);
        assert_eq!(paths("desk:DB1"), Some(vec!["/v1/desk/DB1".to_owned()]));
        let desk = paths("desk:state=taken").expect("paths");
        assert_eq!(desk[0], "/v1/desk?state=taken&limit=50");
        assert_eq!(paths("tasks").map(|paths| paths.len()), Some(2));
        let case = br#"{ "inquiries": [{ "id": "1" }, { "id": "2" }, { "id": "3" }, { "id": "4" }] }"#;
        let certificates = ["4", "3", "2"].map(|id| format!("/v1/inquiries/{id}/certificate"));
        assert_eq!(certificates_below("case:7", case), certificates, "the newest, as the page shows them");
        assert_eq!(certificates_below("measure:7", case), Vec::<String>::new());
        assert_eq!((paths("nothing"), paths("case")), (None, Some(vec!["/v1/cases/".to_owned()])));
    }
}
