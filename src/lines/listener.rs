//! Connections that others open to us, at the API and at the postbox: taken in, watched, ended.
//!
//! A connection waits for its peer (a head, a body, room to write) or works. Who waits too long is let go. Where there are too
//! many, the newcomer is let in and the one that has waited longest goes, strangers before those who are known: who stands about
//! keeps nobody out, and the one who has something to say says it within the time that others take to come.

mod body;
mod crowd;
mod descriptors;
mod standing;
mod stream;

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use hyper::body::{Body, Bytes};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::MissedTickBehavior;

use self::body::Leaving;
pub use self::body::{Arriving, Bodies, Held, NoRoom};
use self::crowd::Crowd;
pub use self::descriptors::{limited, open_files};
pub use self::standing::Standing;
use self::stream::Watched;
use crate::config::ListenerConfig;
use crate::lifecycle::Tasks;

/// Largest head of a request in bytes.
const LARGEST_HEAD: usize = 32 << 10;
/// How often a connection is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Wait after a connection could not be taken, e.g. because there is no descriptor for it.
const AGAIN: Duration = Duration::from_millis(20);

/// A connection, as the one who answers requests sees it; an extension of every request.
#[derive(Debug, Clone)]
pub struct Connection {
    /// How it stands.
    pub standing: Arc<Standing>,
    /// What bodies of requests may take in all.
    pub bodies: Bodies,
}

/// At most so many are taken in when the listener closes: more than the system lets wait.
const MOST_WAITING: usize = 8192;

/// Where callers were sent elsewhere before, a connection is closed so long after the soft token: its first request may be on its way.
const LAST_REQUEST: Duration = Duration::from_millis(500);

/// Answers requests until the soft token; then finishes those under way of callers who are known, and waits for no stranger.
pub async fn serve<F, R, B>(
    name: &'static str,
    listener: TcpListener,
    config: ListenerConfig,
    tasks: Tasks,
    answer: F,
) where
    F: Fn(Request<Arriving>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let bodies = Bodies::of(config.most_body_bytes);
    let (stop, config) = (tasks.soft().clone(), Arc::new(config));
    let mut crowd = Crowd::new(name, &config);
    let begin = |stream: TcpStream, peer: SocketAddr, crowd: &mut Crowd| {
        let standing = Arc::new(Standing::new(peer.ip()));
        if !crowd.admit(&standing) {
            return;
        }
        let connection = Connection { standing, bodies: bodies.clone() };
        let (config, answer, ends) = (Arc::clone(&config), answer.clone(), tasks.clone());
        tasks.spawn_job("connection", async move {
            let standing = Arc::clone(&connection.standing);
            let conversation = converse(stream, connection, &config, ends, answer);
            if AssertUnwindSafe(conversation).catch_unwind().await.is_err() {
                tracing::error!(listener = name, "answering a request panicked; its connection is closed");
            }
            standing.end();
        });
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => begin(stream, peer, &mut crowd),
            Err(error) => {
                crowd.cannot_take(&error);
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
    for (stream, peer) in who_waits(listener) {
        begin(stream, peer, &mut crowd);
    }
}

/// Those who connected before the listener closes, and whom nobody has taken in yet: the system would cut them off with their request.
fn who_waits(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let accepted = std::iter::from_fn(|| listener.accept().ok()).take(MOST_WAITING);
    let taken = accepted.filter_map(|(stream, peer)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    });
    taken.collect()
}

async fn converse<F, R, B>(
    stream: TcpStream,
    connection: Connection,
    config: &ListenerConfig,
    tasks: Tasks,
    answer: F,
) where
    F: Fn(Request<Arriving>) -> R + Send + Sync + 'static,
    R: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let _ = stream.set_nodelay(true);
    let standing = Arc::clone(&connection.standing);
    let leaving = tasks.leaving().clone();
    let answers = service_fn(move |request: Request<hyper::body::Incoming>| {
        let standing = Arc::clone(&connection.standing);
        standing.works();
        let mut request = request.map(|body| Arriving::new(body, Arc::clone(&standing)));
        request.extensions_mut().insert(connection.clone());
        let (answered, leaving) = (answer(request), leaving.clone());
        async move {
            // Who sends a thousand requests in one go has the others answered in between.
            tokio::task::yield_now().await;
            let mut response = answered.await;
            if leaving.is_cancelled() {
                // Who keeps connections open writes his next request to another process, and not to one that closes meanwhile.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response.map(|body| Leaving::new(body, standing)))
        }
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    // Who shut its sending side still hears the answer.
    server.half_close(true).max_buf_size(LARGEST_HEAD);
    let served = server.serve_connection(TokioIo::new(Watched::new(stream, Arc::clone(&standing))), answers);
    tokio::pin!(served);
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (stops, mut stopping) = (stops(&tasks), false);
    tokio::pin!(stops);
    loop {
        tokio::select! {
            // A caller that goes away ends it with an error, which is nobody's trouble.
            _ = served.as_mut() => return,
            () = standing.ended() => return,
            () = &mut stops, if !stopping => {
                stopping = true;
                served.as_mut().graceful_shutdown();
            }
            _ = looks.tick() => {}
            () = tasks.hard().cancelled() => return,
        }
        if standing.is_overdue(config) || (stopping && standing.is_waiting_stranger()) {
            return;
        }
    }
}

/// Resolves when no further request of a connection is waited for.
async fn stops(tasks: &Tasks) {
    tasks.soft().cancelled().await;
    if tasks.leaving().is_cancelled() {
        tokio::time::sleep(LAST_REQUEST).await;
    }
}
