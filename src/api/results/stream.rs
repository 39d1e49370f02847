//! `GET /v1/results/stream`: the same events as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ResponseDocs};
use aide::transform::TransformOperation;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{malformed, position, types_of};
use crate::api::Shared;
use crate::api::access::{Caller, Credential, Place, may};
use crate::api::extract::QueryParams;
use crate::api::layers::Slot;
use crate::api::problem::Problem;
use crate::queue::{CloudEvent, Position, Wanted};

/// Events read ahead of the consumer.
const READ_AHEAD: usize = 100;
/// A comment is sent when there was nothing else for so long.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Who reads what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StreamQuery {
    /// Name of the consumer: 1 to 64 of a-z, 0-9, - and _.
    #[schemars(regex(pattern = "^[a-z0-9_-]{1,64}$"))]
    consumer: String,
    /// Read after this sequence number instead of after what was acknowledged, or from a time on, as in `readResults`.
    /// `Last-Event-ID` goes first.
    after: Option<String>,
    /// Only events of these types, separated by commas.
    types: Option<String>,
}

/// Header by which a proxy is told to pass on at once what comes (nginx and others).
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

struct Reader {
    gateway: Shared,
    credential: Option<Credential>,
    /// When it was last asked whether the credential counts.
    asked: Timestamp,
    position: Position,
    wanted: Wanted,
    ahead: VecDeque<CloudEvent>,
    _slot: Option<Slot>,
    _place: Option<Place>,
}

impl Reader {
    /// Whether who reads still may. It is asked again before what was waited for is sent, and of events that a slow reader leaves lying.
    async fn still_may(&mut self) -> bool {
        let Some(credential) = &self.credential else { return false };
        let still = credential.still_may::<{ may::RESULTS }>(&self.gateway, &self.wanted.courts).await;
        self.asked = self.gateway.clock.now();
        still.unwrap_or_else(|error| {
            tracing::error!(%error, "a stream of results ends because the store failed");
            false
        })
    }

    /// The next event; `None` when the gateway stops, the store fails or the reader may no more; a consumer connects again then.
    async fn next(&mut self) -> Option<CloudEvent> {
        while self.ahead.is_empty() {
            if self.gateway.tasks.soft().is_cancelled() {
                return None;
            }
            let (log, stop) = (&self.gateway.log, self.gateway.tasks.soft());
            match log.wait_for_page(&self.position, &self.wanted, READ_AHEAD, KEEP_ALIVE, stop).await {
                Ok(page) => {
                    if !self.still_may().await {
                        return None;
                    }
                    self.position = Position::After(page.next);
                    self.ahead = page.events.into();
                }
                Err(error) => {
                    tracing::error!(%error, "a stream of results ends because the store failed");
                    return None;
                }
            }
        }
        let age = Duration::try_from(self.gateway.clock.now().duration_since(self.asked));
        if age.is_ok_and(|age| age >= KEEP_ALIVE) && !self.still_may().await {
            return None;
        }
        self.ahead.pop_front()
    }
}

/// A stream of server-sent events.
pub(super) struct EventStream(Reader);

impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        let events = stream::unfold(self.0, async |mut reader| {
            let event = reader.next().await?;
            Some((Ok::<_, Infallible>(sent(&event)), reader))
        });
        let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
        // A proxy that collects an answer before it passes it on would keep every event back.
        response.headers_mut().insert(UNBUFFERED, HeaderValue::from_static("no"));
        response
    }
}

fn sent(event: &CloudEvent) -> Event {
    let data = serde_json::to_string(event).unwrap_or_default();
    Event::default().id(&event.id).event(event.kind.name()).data(data)
}

impl OperationOutput for EventStream {
    type Inner = CloudEvent;

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<ResponseDocs> {
        let mut docs = ResponseDocs::default();
        docs.content.insert("text/event-stream".to_owned(), MediaType::default());
        Some(docs)
    }
}

pub(super) async fn stream(
    State(gateway): State<Shared>,
    caller: Caller<{ may::RESULTS }>,
    QueryParams(query): QueryParams<StreamQuery>,
    headers: HeaderMap,
    slot: Option<Extension<Slot>>,
    place: Option<Extension<Place>>,
    credential: Option<Extension<Credential>>,
) -> Result<EventStream, Problem> {
    let last = headers.get("last-event-id").map(|value| {
        let seq = value.to_str().ok().and_then(|text| text.parse::<i64>().ok());
        seq.ok_or_else(|| malformed("Last-Event-ID must be the id of an event"))
    });
    let last = last.transpose()?.map(|seq| seq.to_string());
    let position = position(&caller.0, &query.consumer, last.as_deref().or(query.after.as_deref()))?;
    let wanted = Wanted { types: types_of(query.types.as_deref())?, courts: caller.courts().clone() };
    let (slot, place) = (slot.map(|Extension(slot)| slot), place.map(|Extension(place)| place));
    let credential = credential.map(|Extension(credential)| credential);
    let (asked, ahead) = (gateway.clock.now(), VecDeque::new());
    Ok(EventStream(Reader {
        gateway,
        credential,
        asked,
        position,
        wanted,
        ahead,
        _slot: slot,
        _place: place,
    }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("streamResults")
        .tag("results")
        .summary("Stream results 结果流")
        .description(
            "Server-sent events: `id` is the sequence number, `event` the type, `data` the CloudEvent. `Last-Event-ID` \
             goes on where a connection broke. Acknowledge as usual.",
        )
        .response_with::<200, EventStream, _>(|response| response.description("Events until the gateway stops, or the key counts no more"))
}
