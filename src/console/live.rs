//! `GET /console/live`: tells a page that is open that what it shows has changed; the page then asks for itself again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::address::segment;
use super::backend::Console;
use super::failure::Failure;
use super::visitor::Visitor;

/// How often what a page shows is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long an answer may take before something is said on the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Which page.
#[derive(Debug, Deserialize)]
pub struct LiveQuery {
    topic: String,
}

/// What is read to find out whether a page has changed.
fn path_of(topic: &str) -> Option<String> {
    let (kind, id) = topic.split_once(':').unwrap_or((topic, ""));
    Some(match (kind, id) {
        ("tasks", "") => "/v1/tasks?limit=200".to_owned(),
        ("approvals", "") => "/v1/measures?state=proposed&limit=50".to_owned(),
        ("counterparts", "") => "/v1/counterparts".to_owned(),
        ("counterpart", name) => format!("/v1/counterparts/{}", segment(name)),
        ("desk", "") => "/v1/desk?limit=200".to_owned(),
        ("desk", number) => format!("/v1/desk/{}", segment(number)),
        ("case", id) => format!("/v1/cases/{}", segment(id)),
        ("inquiry", id) => format!("/v1/inquiries/{}/certificate", segment(id)),
        ("measure", id) => format!("/v1/measures/{}", segment(id)),
        ("order", id) => format!("/v1/orders/{}", segment(id)),
        _ => return None,
    })
}

struct Watch {
    console: Console,
    visitor: Visitor,
    path: String,
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
            let raw = self.console.fetch(&self.visitor, &self.path).await.ok()?;
            let digest: [u8; 32] = Sha256::digest(without_now(&raw.bytes)).into();
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
    let path = path_of(&query.topic).ok_or_else(Failure::nothing_here)?;
    let full = |_| {
        Failure::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "打开的页面过多 too many pages are open")
    };
    let streams = console.kept().streams(visitor.session, console.now());
    let place = streams.try_acquire_owned().map_err(full)?;
    let visitor = Visitor { watches: true, ..visitor };
    let mut watch = Watch { console, visitor, path, seen: None, _place: place };
    // What may not be read is refused here, before a stream begins.
    let raw = watch.console.fetch(&watch.visitor, &watch.path).await?;
    watch.seen = Some(Sha256::digest(without_now(&raw.bytes)).into());
    let events = stream::unfold(watch, async |mut watch| {
        watch.changed().await?;
        Some((Ok::<_, Infallible>(Event::default().event("changed").data("-")), watch))
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}
