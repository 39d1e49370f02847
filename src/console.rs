//! The console 工作台: pages for the persons of the courts and of the gateway, rendered on the server.
//!
//! A page reads and acts through the endpoints of the API in this process (`backend`), as whoever is signed in: what a role may
//! see or do is decided there and nowhere else. Nothing comes from another host, no script or style stands in a page, and every form
//! carries a token of its session. Persons sign in (`sign_in`); sessions are the store's, and what a page keeps of them beside it is `kept`.

mod act_form;
mod actors;
mod acts;
mod address;
mod approvals;
mod approving;
mod assets;
mod audit;
mod backend;
mod bar;
mod case_query;
mod cases;
mod catalogue;
mod claiming;
mod cookies;
mod counterparts;
mod currency;
mod desk;
mod door;
mod draft;
mod entering;
mod failure;
mod form;
mod found;
mod grounds;
mod inquiries;
mod kept;
mod keys;
mod lang;
mod live;
mod me;
mod measures;
mod names;
mod navigation;
mod orders;
mod page;
mod papers;
mod people;
mod printing;
mod raw;
mod reading;
mod reason;
mod rights;
mod room;
mod secret;
mod sign_in;
mod standing;
mod statistics;
mod submitting;
mod system;
mod tasks;
mod timeline;
mod visitor;
mod waiting;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::{get, post};

use address::HOME;
use backend::Console;
use failure::Failure;

use crate::gateway::Gateway;
use crate::provider::RETURN_PATH;

/// The router of every page, below `/console`.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let console = Console::new(gateway);
    Router::new()
        .route("/", get(async || Redirect::to(HOME)))
        .route(HOME, get(navigation::home))
        .merge(of_strangers())
        .route("/console/sign-out", post(sign_in::leave))
        .route("/console/assets/{name}", get(assets::serve))
        .route("/console/live", get(live::stream))
        .route("/console/reason", post(reason::give))
        .route("/console/tasks", get(tasks::list))
        .route("/console/cases", get(cases::list).post(cases::search))
        .route("/console/cases/{id}", get(cases::show))
        .route("/console/cases/{id}/documents/{document}", get(cases::document))
        .route("/console/inquiries/{id}", get(inquiries::show))
        .route("/console/inquiries/{id}/certificates/{number}", get(inquiries::certificate))
        .route("/console/orders/{number}", get(orders::show))
        .route("/console/orders/{number}/receipts/{at}", get(orders::receipt))
        .route("/console/orders/{number}/raw", get(raw::show))
        .route("/console/orders/{number}/raw/{revision}", get(raw::file))
        .route("/console/measures/{id}", get(measures::show))
        .route("/console/measures/{id}/receipts/{sha256}", get(measures::receipt))
        .route("/console/approvals", get(approvals::list).post(approvals::decide))
        .route("/console/new", get(submitting::form).post(submitting::preview))
        .route("/console/new/send", post(submitting::send))
        .route("/console/new/template.xlsx", get(submitting::template))
        .route("/console/acts/{act}/{subject}", get(acts::form).post(acts::perform))
        .route("/console/papers", get(printing::home))
        .route("/console/papers/batch", post(printing::batch))
        .route("/console/papers/of/{id}", get(printing::of_case).post(printing::make))
        .route("/console/papers/{number}", get(printing::show))
        .route("/console/papers/{number}/receipts", get(printing::receipts))
        .route("/console/statistics", get(statistics::show))
        .route("/console/statistics/file", get(statistics::file))
        .route("/console/counterparts", get(counterparts::list))
        .route("/console/counterparts/{name}", get(counterparts::show))
        .route("/console/desk", get(desk::list))
        .route("/console/desk/{number}", get(desk::show).post(desk::enter))
        .route("/console/desk/{number}/notice", get(desk::notice))
        .route("/console/desk/{number}/scan", get(desk::scan))
        .route("/console/desk/{number}/check", post(desk::check))
        .route("/console/audit", get(audit::list))
        .route("/console/audit/looks", get(audit::looks))
        .route("/console/audit/looks.csv", get(audit::export))
        .route("/console/audit/alarms", get(audit::alarms))
        .route("/console/audit/alarms.csv", get(audit::export_alarms))
        .merge(of_persons())
        .route("/console/system", get(system::show))
        .fallback(async || Failure::nothing_here())
        .method_not_allowed_fallback(async || Failure::wrong_method())
        .layer(from_fn_with_state(console.clone(), door::enter))
        .layer(from_fn(printing::keep_policy))
        .with_state(console)
}

/// Pages by which somebody signs in.
fn of_strangers() -> Router<Console> {
    Router::new()
        .route("/console/sign-in", get(sign_in::form).post(sign_in::enter))
        .route(sign_in::certificate::CERTIFICATE, post(sign_in::certificate::enter))
        .route("/console/sign-in/provider", get(sign_in::provider::begin))
        .route(RETURN_PATH, get(sign_in::provider::finish))
        .route("/console/sign-in/provider/code", post(sign_in::provider::code))
}

/// Pages about persons and keys, and one's own.
fn of_persons() -> Router<Console> {
    Router::new()
        .route("/console/me", get(me::show))
        .route("/console/me/password", get(me::password).post(me::change_password))
        .route("/console/me/factor", get(me::factor).post(me::begin_factor))
        .route("/console/me/factor/proof", post(me::prove_factor))
        .route("/console/me/sessions/end", post(me::end_sessions))
        .route("/console/me/sessions/{id}/end", post(me::end_session))
        .route("/console/expiring", get(people::expiring::show))
        .route("/console/people", get(people::list))
        .route("/console/people/new", get(people::new).post(people::add))
        .route("/console/people/{id}", get(people::show))
        .route("/console/people/{id}/{act}", post(people::perform))
        .route("/console/keys", get(keys::list).post(keys::make))
        .route("/console/keys/{id}/revoke", post(keys::revoke))
}
