//! The other end of a call line: HTTP/1.1, with every way of misbehaving.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chakong_contract::Moment;
use chakong_contract::message::HttpResponse;
use chakong_contract::sandbox::{InboundRequest, ResponseMode};
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::Shared;
use crate::clock::Clock;
use crate::lifecycle::Tasks;

/// Largest request that a simulated counterpart takes.
const LARGEST: usize = 64 << 20;

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the counterpart hangs up")]
struct HangUp;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// What is served, and where.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) sandbox: Shared,
    /// The path below which the counterpart's own paths begin; elsewhere there is nothing.
    pub(super) base: Arc<str>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Answers until the soft token.
pub(super) async fn serve(listener: TcpListener, served: Served, tasks: Tasks) {
    let stop = tasks.soft().clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (served, stop) = (served.clone(), stop.clone());
        tasks.spawn_job("sandbox-connection", async move {
            let answer = |request| answer(request, served.clone());
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(answer));
            tokio::select! {
                // A client that goes away, and a hang-up of ours, end it with an error; both are as intended.
                _ = connection => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

async fn answer(request: Request<Incoming>, served: Served) -> Result<Response<Body>, HangUp> {
    let (parts, body) = request.into_parts();
    let below = parts.uri.path().strip_prefix(&*served.base).filter(|path| path.starts_with('/'));
    let Some(path) = below.map(str::to_owned) else {
        return deliver(ResponseMode::Answer(HttpResponse {
            status: 404,
            headers: Vec::new(),
            body: Vec::new(),
        }));
    };
    let body = Limited::new(body, LARGEST).collect().await.map_err(|_| HangUp)?.to_bytes();
    let query = parts.uri.query().unwrap_or_default();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let inbound = InboundRequest {
        method: parts.method.as_str().to_owned(),
        path,
        query: serde_urlencoded::from_str(query).unwrap_or_default(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
            .collect(),
        body: body.to_vec(),
    };
    loop {
        let next = {
            let mut sandbox = served.sandbox.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(call) = sandbox.call() else { return Err(HangUp) };
            call.serve(&inbound, Moment::from_timestamp(served.clock.now()))
        };
        if !next.after.is_zero() {
            tokio::time::sleep(next.after).await;
        }
        match next.mode {
            ResponseMode::Wait => tokio::task::yield_now().await,
            mode => return deliver(mode),
        }
    }
}

fn deliver(mode: ResponseMode) -> Result<Response<Body>, HangUp> {
    match mode {
        ResponseMode::Answer(answer) => {
            let body = Full::new(Bytes::from(answer.body.clone())).boxed_unsync();
            respond(&answer, body)
        }
        ResponseMode::Hangup | ResponseMode::Wait => Err(HangUp),
        ResponseMode::Endless => {
            let chunk = Bytes::from(vec![b' '; 64 << 10]);
            let frames = stream::repeat_with(move || Ok(Frame::data(chunk.clone())));
            respond(&HttpResponse::json(200, ""), StreamBody::new(frames).boxed_unsync())
        }
        ResponseMode::Trickle(answer) => {
            let bytes = stream::iter(answer.body.clone());
            let frames = futures_util::StreamExt::then(bytes, |byte| async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(Frame::data(Bytes::from(vec![byte])))
            });
            respond(&answer, StreamBody::new(frames).boxed_unsync())
        }
    }
}

fn respond(answer: &HttpResponse, body: Body) -> Result<Response<Body>, HangUp> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(body).map_err(|_| HangUp)
}
