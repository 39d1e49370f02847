//! Signing in by a client certificate, which a reverse proxy passes on.

use axum::extract::{Request, State};
use axum::http::header::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::super::address::{HOME, safe_next};
use super::super::backend::Console;
use super::super::cookies::append_cookie;
use super::super::failure::Failure;
use super::super::form;
use super::super::visitor::Stranger;
use super::{CodeForm, Peer, end_what_was_before, is_of_form, shown_code, store_failed, told_not_in};
use crate::api::{keep_back, peer_of};
use crate::lines::listener::Connection;
use crate::people::certificate::fingerprint_of_header;
use crate::people::{Named, NotIn, Vouched, cookie};

/// Where the form is sent.
pub const CERTIFICATE: &str = "/console/sign-in/certificate";

/// The fingerprint of the certificate that a proxy passes on, and whether it counts as a second factor. What anybody else writes into
/// the header is nothing.
fn passed_on(console: &Console, request: &Request) -> Option<(String, bool)> {
    let gateway = console.gateway();
    let config = gateway.certificate.as_ref()?;
    if !gateway.server.proxies.contain(peer_of(request.extensions().get::<Connection>())) {
        return None;
    }
    let mut values = request.headers().get_all(config.header.as_str()).iter();
    // A second one was there before the proxy wrote its own.
    let value = values.next().filter(|_| values.next().is_none())?;
    Some((fingerprint_of_header(value.to_str().ok()?)?, config.second_factor))
}

/// `POST /console/sign-in/certificate`
pub async fn enter(
    State(console): State<Console>,
    stranger: Stranger,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    if console.gateway().certificate.is_none() {
        return Err(Failure::nothing_here());
    }
    let (peer, passed) = (Peer::of(&console, &request), passed_on(&console, &request));
    let posted = form::read_fields(request, &console).await?;
    if !is_of_form(&headers, &posted) {
        return Err(Failure::forged());
    }
    let next = safe_next(posted.get("next")).unwrap_or(HOME).to_owned();
    let people = &console.gateway().people;
    let Some((fingerprint, second_factor)) = passed else {
        let why = "没有客户端证书 no client certificate was passed on by a proxy";
        let wait = people.refused(&peer.origin, "certificate", true, why).await.map_err(store_failed)?;
        keep_back(peer.connection.as_ref(), wait).await;
        return Ok(told_not_in(&console, &stranger, &headers, (next, NotIn::Certificate)));
    };
    let code = posted.fields.iter().any(|(name, _)| name == "code").then(|| posted.get("code").to_owned());
    let named = Named::Certificate(fingerprint, second_factor);
    let shown = Vouched { named, code, session: None, origin: peer.origin.clone() };
    match peer.told(people.sign_in_vouched(shown).await.map_err(store_failed)?).await {
        Ok(begun) => {
            end_what_was_before(&console, &stranger, &headers).await;
            let mut response = Redirect::to(&next).into_response();
            append_cookie(response.headers_mut(), &cookie::set(&headers, &begun.token));
            Ok(response)
        }
        Err(wanted @ (NotIn::CodeWanted | NotIn::Code)) => {
            let who = stranger.lang.t("登录证书", "certificate").to_owned();
            let form = CodeForm {
                action: CERTIFICATE,
                mark: cookie::new_token(),
                who,
                next,
                is_wrong: wanted == NotIn::Code,
            };
            Ok(shown_code(&stranger, &headers, form))
        }
        Err(not_in) => Ok(told_not_in(&console, &stranger, &headers, (next, not_in))),
    }
}
