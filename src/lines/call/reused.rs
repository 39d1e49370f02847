//! Whether a request went over a connection that stood open from an earlier one. A server may close such a connection at the
//! moment at which it is used again; of a fresh one that would mean something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tower::{Layer, Service, ServiceExt as _};

tokio::task_local! {
    /// Set once a connection was made for the request that is being sent.
    static MADE: Arc<AtomicBool>;
}

/// Runs a request; gives also whether it used a connection that was there before.
pub(super) async fn watched<T>(sending: impl Future<Output = T>) -> (T, bool) {
    let made = Arc::new(AtomicBool::new(false));
    let sent = MADE.scope(Arc::clone(&made), sending).await;
    (sent, !made.load(Ordering::Relaxed))
}

/// Notes for [`watched`] that a connection was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notes;

/// What makes connections, and notes it. A client is copied several times for each request, and makes a connection for few of them:
/// what is behind is copied only then.
#[derive(Debug)]
pub(super) struct Noting<S>(Arc<S>);

impl<S> Clone for Noting<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Layer<S> for Notes {
    type Service = Noting<S>;

    fn layer(&self, inner: S) -> Noting<S> {
        Noting(Arc::new(inner))
    }
}

impl<R, S> Service<R> for Noting<S>
where
    R: Send + 'static,
    S: Service<R> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        let made = MADE.try_with(Arc::clone).ok();
        let connecting = (*self.0).clone().oneshot(request);
        Box::pin(async move {
            let connected = connecting.await;
            if let Some(made) = made {
                made.store(true, Ordering::Relaxed);
            }
            connected
        })
    }
}
