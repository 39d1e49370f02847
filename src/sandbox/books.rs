use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;

use super::Hosted;
use crate::lifecycle::Tasks;

/// Serves the books of every simulated counterpart at `GET /books`, so that a test can compare the ledger with them.
pub async fn serve_books(listener: TcpListener, hosted: Hosted, tasks: Tasks) {
    let read = async |State(hosted): State<Hosted>| Json(hosted.books());
    let router = Router::new().route("/books", get(read)).with_state(hosted);
    let stop = tasks.soft().clone();
    let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!(%error, "the books are no longer served");
    }
}
