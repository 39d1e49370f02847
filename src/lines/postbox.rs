//! A postbox line: counterparts call us over HTTP/1.1. Connections, sizes and times are bounded; what a call means is the
//! [`Reception`]'s business.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::{HttpResponse, InboundRequest};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::lifecycle::Tasks;

/// Connections at once; more wait to be accepted.
const MOST_CONNECTIONS: usize = 256;
/// Calls larger than [`LARGE`] that are read or worked on at once; more wait.
const MOST_LARGE: usize = 4;
/// A call of more bytes is a large one.
const LARGE: usize = 1 << 20;
/// Largest head of a call in bytes.
const LARGEST_HEAD: usize = 32 << 10;
/// Longest time for the head of a call, and between calls on one connection.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Longest time for the body of a call.
const BODY_TIME: Duration = Duration::from_secs(120);

/// Who answers the calls on the postbox.
pub trait Reception: Send + Sync + 'static {
    /// Largest call that is taken at a path, in bytes; `None` where nobody calls.
    fn largest_call(&self, path: &str) -> Option<usize>;

    /// The answer to a call.
    fn respond(self: Arc<Self>, call: InboundRequest) -> impl Future<Output = HttpResponse> + Send;
}

/// Answers calls until the soft token; then finishes those under way.
pub async fn serve<R: Reception>(listener: TcpListener, reception: Arc<R>, tasks: Tasks) {
    let (connections, large) =
        (Arc::new(Semaphore::new(MOST_CONNECTIONS)), Arc::new(Semaphore::new(MOST_LARGE)));
    let stop = tasks.soft().clone();
    loop {
        let next = async {
            let permit = Arc::clone(&connections).acquire_owned().await.ok();
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => return,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let (reception, large, ends) = (Arc::clone(&reception), Arc::clone(&large), tasks.clone());
        tasks.spawn_job("postbox-connection", async move {
            let _permit = permit;
            converse(stream, reception, large, ends).await;
        });
    }
}

async fn converse<R: Reception>(stream: TcpStream, reception: Arc<R>, large: Arc<Semaphore>, tasks: Tasks) {
    let _ = stream.set_nodelay(true);
    let answers = service_fn(move |request| answer(request, Arc::clone(&reception), Arc::clone(&large)));
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(LARGEST_HEAD);
    let connection = server.serve_connection(TokioIo::new(stream), answers);
    tokio::pin!(connection);
    let mut stopping = false;
    loop {
        tokio::select! {
            // A caller that goes away ends it with an error, which is nobody's trouble.
            _ = connection.as_mut() => return,
            () = tasks.soft().cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = tasks.hard().cancelled() => return,
        }
    }
}

async fn answer<R: Reception>(
    request: Request<Incoming>,
    reception: Arc<R>,
    large: Arc<Semaphore>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Some(most) = reception.largest_call(parts.uri.path()) else {
        return Ok(plain(404, "nobody calls here"));
    };
    let read = tokio::time::timeout(BODY_TIME, read(body, most, large)).await;
    let (body, _permit) = match read {
        Ok(Ok(read)) => read,
        Ok(Err(status)) => return Ok(plain(status, "the call cannot be read or is too large")),
        Err(_) => return Ok(plain(408, "the call took too long")),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = parts.headers.iter();
    let call = InboundRequest {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default(),
        headers: headers.map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect(),
        body,
    };
    let answer = reception.respond(call).await;
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let response = response.body(Full::new(Bytes::from(answer.body)));
    Ok(response.unwrap_or_else(|_| plain(500, "the answer cannot be sent")))
}

/// Reads a body. A large one waits for its turn, so that many callers cannot fill the memory.
async fn read(
    mut body: Incoming,
    most: usize,
    large: Arc<Semaphore>,
) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), u16> {
    let (mut bytes, mut permit) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| 400_u16)?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len().saturating_add(data.len()) > most {
            return Err(413);
        }
        bytes.extend_from_slice(data);
        if bytes.len() > LARGE && permit.is_none() {
            permit = Some(Arc::clone(&large).acquire_owned().await.map_err(|_| 503_u16)?);
        }
    }
    Ok((bytes, permit))
}

fn plain(status: u16, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response
}
