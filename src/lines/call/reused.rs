//! Whether a request went over a connection that stood open from an earlier one. A server may close such a connection at the
//! moment at which it is used again; of a fresh one that would mean something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tower::{Layer, Service};

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

/// What makes connections, and notes it.
#[derive(Debug, Clone)]
pub(super) struct Noting<S>(S);

impl<S> Layer<S> for Notes {
    type Service = Noting<S>;

    fn layer(&self, inner: S) -> Noting<S> {
        Noting(inner)
    }
}

impl<R, S> Service<R> for Noting<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let made = MADE.try_with(Arc::clone).ok();
        let connecting = self.0.call(request);
        Box::pin(async move {
            let connected = connecting.await;
            if let Some(made) = made {
                made.store(true, Ordering::Relaxed);
            }
            connected
        })
    }
}
