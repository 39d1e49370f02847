//! A postbox line: counterparts call us over HTTP/1.1. Connections, sizes and times are bounded; what a call means is the
//! [`Reception`]'s business, which reads as much of its body as it wants to know.

mod call;

use std::sync::Arc;

use chakong_contract::HttpResponse;
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use tokio::net::TcpListener;

pub use self::call::{Broken, Call};
use super::listener;
use crate::config::ListenerConfig;
use crate::lifecycle::Tasks;

/// Who answers the calls on the postbox.
pub trait Reception: Send + Sync + 'static {
    /// The answer to a call, of which at most a part has come.
    fn answer(self: Arc<Self>, call: Call) -> impl Future<Output = HttpResponse> + Send;
}

/// Answers calls until the soft token; then finishes those under way.
pub async fn serve<R: Reception>(
    listener: TcpListener,
    config: ListenerConfig,
    reception: Arc<R>,
    tasks: Tasks,
) {
    let body_timeout = config.body_timeout;
    listener::serve("postbox", listener, config, tasks, move |request| {
        let reception = Arc::clone(&reception);
        let call = Call::of(request, body_timeout);
        async move {
            match call {
                Some(call) => written(reception.answer(call).await),
                None => written(plain(500, "the call cannot be read")),
            }
        }
    })
    .await;
}

/// An answer in words.
pub fn plain(status: u16, words: &str) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
    HttpResponse { status, headers, body: words.as_bytes().to_vec() }
}

fn written(answer: HttpResponse) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from(answer.body))).unwrap_or_else(|_| {
        let mut response = Response::new(Full::new(Bytes::from_static(b"the answer cannot be sent")));
        *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
