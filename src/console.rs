//! The console 工作台: pages for officers, approvers and operations, rendered on the server.
//!
//! A page reads and acts through the endpoints of the API in this process (`backend`), as whoever is signed in: what a role may
//! see or do is decided there and nowhere else. Nothing comes from another host, no script or style stands in a page, and every form
//! carries a token of its session (`session`).

mod acts;
mod address;
mod approvals;
mod assets;
mod audit;
mod backend;
mod bar;
mod cases;
mod catalogue;
mod counterparts;
mod door;
mod draft;
mod failure;
mod form;
mod found;
mod inquiries;
mod lang;
mod live;
mod measures;
mod navigation;
mod orders;
mod page;
mod papers;
mod reading;
mod session;
mod sign_in;
mod submitting;
mod system;
mod tasks;
mod timeline;
mod visitor;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};

use address::HOME;
use backend::Console;
use failure::Failure;

use crate::gateway::Gateway;

/// The router of every page, below `/console`.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let console = Console::new(gateway);
    Router::new()
        .route("/", get(async || Redirect::to(HOME)))
        .route(HOME, get(navigation::home))
        .route("/console/sign-in", get(sign_in::form).post(sign_in::enter))
        .route("/console/sign-out", post(sign_in::leave))
        .route("/console/assets/{name}", get(assets::serve))
        .route("/console/live", get(live::stream))
        .route("/console/tasks", get(tasks::list))
        .route("/console/cases", get(cases::list))
        .route("/console/cases/{id}", get(cases::show))
        .route("/console/inquiries/{id}", get(inquiries::show))
        .route("/console/inquiries/{id}/certificates/{number}", get(inquiries::certificate))
        .route("/console/orders/{number}", get(orders::show))
        .route("/console/orders/{number}/receipts/{at}", get(orders::receipt))
        .route("/console/measures/{id}", get(measures::show))
        .route("/console/measures/{id}/receipts/{sha256}", get(measures::receipt))
        .route("/console/approvals", get(approvals::list).post(approvals::decide))
        .route("/console/new", get(submitting::form).post(submitting::preview))
        .route("/console/new/send", post(submitting::send))
        .route("/console/acts/{act}/{subject}", get(acts::form).post(acts::perform))
        .route("/console/counterparts", get(counterparts::list))
        .route("/console/counterparts/{name}", get(counterparts::show))
        .route("/console/audit", get(audit::list))
        .route("/console/system", get(system::show))
        .fallback(async || Failure::nothing_here())
        .method_not_allowed_fallback(async || Failure::wrong_method())
        .layer(from_fn_with_state(console.clone(), door::enter))
        .with_state(console)
}
