//! Signing in by the court's identity provider: to it, back from it, and the code of the second factor where the provider vouches for
//! none.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::super::address::{HOME, safe_next};
use super::super::backend::Console;
use super::super::cookies::append_cookie;
use super::super::failure::Failure;
use super::super::form::{self, is_same};
use super::super::visitor::{Stranger, Visitor};
use super::{
    CodeForm, Peer, Told, end_what_was_before, is_of_form, next_of, onward, shown, shown_code, store_failed,
    told_not_in,
};
use crate::api::keep_back;
use crate::people::{Named, NotIn, SignedIn, Vouched, cookie};
use crate::provider::{Known, LASTS, Provider, Refused, Returned};

/// Where the code of the second factor is sent.
const CODE: &str = "/console/sign-in/provider/code";

fn provider(console: &Console) -> Result<&Provider, Failure> {
    console.gateway().provider.as_ref().ok_or_else(Failure::nothing_here)
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    append_cookie(response.headers_mut(), cookie);
    response
}

/// `GET /console/sign-in/provider`: sends the browser to the provider.
pub async fn begin(
    State(console): State<Console>,
    stranger: Stranger,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let provider = provider(&console)?;
    let next = next_of(&stranger.here);
    let random = [cookie::new_token(), cookie::new_token(), cookie::new_token()];
    match provider.begin(&next, random, console.now()).await {
        Ok((address, sealed)) => {
            let kept = cookie::set_returning(&headers, &sealed, LASTS.as_secs());
            Ok(with_cookie(Redirect::to(&address).into_response(), &kept))
        }
        Err(refused) => {
            let peer = Peer::of(&console, &request);
            not_named(&console, &stranger, &headers, (&peer, &refused)).await
        }
    }
}

fn returned(here: &str) -> Returned {
    let query = here.split_once('?').map_or("", |(_, query)| query);
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let one = |name: &str| {
        let mut all = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone());
        // Two of one name are somebody's trick.
        all.next().filter(|_| all.next().is_none()).unwrap_or_default()
    };
    Returned { code: one("code"), state: one("state"), error: one("error"), issuer: one("iss") }
}

/// `GET /console/sign-in/provider/return`: the browser comes back from the provider.
pub async fn finish(
    State(console): State<Console>,
    stranger: Stranger,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let (provider, peer) = (provider(&console)?, Peer::of(&console, &request));
    let brought = returned(&stranger.here);
    let kept = cookie::returning_of(&headers);
    match provider.finish(kept, &brought, console.now()).await {
        Ok(known) => {
            let entered = enter(&console, &known, None, &peer).await?;
            answer(&console, &stranger, &headers, known, entered).await
        }
        Err(refused) => not_named(&console, &stranger, &headers, (&peer, &refused)).await,
    }
}

/// `POST /console/sign-in/provider/code`: the code of the second factor.
pub async fn code(
    State(console): State<Console>,
    stranger: Stranger,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let (provider, peer) = (provider(&console)?, Peer::of(&console, &request));
    let posted = form::read_fields(request, &console).await?;
    let known: Option<Known> = cookie::returning_of(&headers).and_then(|kept| provider.sealed().open(kept));
    let known = known.filter(|known| known.until >= console.now());
    let is_ours = is_of_form(&headers, &posted);
    let Some(known) = known.filter(|known| is_ours && is_same(posted.get("mark"), &known.state)) else {
        return not_named(&console, &stranger, &headers, (&peer, &Refused::Lost)).await;
    };
    let entered = enter(&console, &known, Some(posted.get("code").to_owned()), &peer).await?;
    answer(&console, &stranger, &headers, known, entered).await
}

async fn enter(
    console: &Console,
    known: &Known,
    code: Option<String>,
    peer: &Peer,
) -> Result<Result<SignedIn, NotIn>, Failure> {
    let named = Named::Provider(known.name.clone(), known.second_factor);
    let session = Some(Provider::session_of(&known.state));
    let shown = Vouched { named, code, session, origin: peer.origin.clone() };
    let entered = console.gateway().people.sign_in_vouched(shown).await.map_err(store_failed)?;
    Ok(peer.told(entered).await)
}

async fn answer(
    console: &Console,
    stranger: &Stranger,
    headers: &HeaderMap,
    known: Known,
    entered: Result<SignedIn, NotIn>,
) -> Result<Response, Failure> {
    match entered {
        Ok(begun) => Ok(signed_in(console, stranger, headers, (&known, &begun)).await),
        Err(wanted @ (NotIn::CodeWanted | NotIn::Code)) => {
            let form = CodeForm {
                action: CODE,
                mark: known.state.clone(),
                who: known.name.clone(),
                next: String::new(),
                is_wrong: wanted == NotIn::Code,
            };
            let page = shown_code(stranger, headers, form);
            let Some(sealed) = provider(console)?.sealed().close(&known) else { return Ok(page) };
            Ok(with_cookie(page, &cookie::set_returning(headers, &sealed, LASTS.as_secs())))
        }
        Err(not_in) => {
            let page = told_not_in(console, stranger, headers, (known.next, not_in));
            Ok(with_cookie(page, &cookie::clear_returning(headers)))
        }
    }
}

/// The browser is signed in. It came from another site, and would not send the session's cookie where it was merely sent on: a page of
/// ours leads on.
async fn signed_in(
    console: &Console,
    stranger: &Stranger,
    headers: &HeaderMap,
    (known, begun): (&Known, &SignedIn),
) -> Response {
    end_what_was_before(console, stranger, headers).await;
    let next = safe_next(&known.next).unwrap_or(HOME);
    let title = stranger.lang.t("已登录", "Signed in");
    let page = with_cookie(onward(stranger, title, next), &cookie::set(headers, &begun.token));
    with_cookie(page, &cookie::clear_returning(headers))
}

/// Nobody is named: told on the sign-in page, and kept in the audit.
async fn not_named(
    console: &Console,
    stranger: &Stranger,
    headers: &HeaderMap,
    (peer, refused): (&Peer, &Refused),
) -> Result<Response, Failure> {
    let (zh, en) = refused.words();
    let why = format!("{zh} {en}");
    let people = &console.gateway().people;
    let wait = people.refused(&peer.origin, "provider", refused.is_suspicious(), &why).await;
    keep_back(peer.connection.as_ref(), wait.map_err(store_failed)?).await;
    let fault = if stranger.lang.code() == "zh" { zh } else { en };
    let told = Told { next: next_of(&stranger.here), number: String::new(), fault };
    let page = shown(console, stranger, headers, told, StatusCode::UNPROCESSABLE_ENTITY);
    Ok(with_cookie(page, &cookie::clear_returning(headers)))
}

/// Where a browser goes that signed out, if its session began at the provider, so that it is signed out there as well.
pub async fn leaves(console: &Console, visitor: &Visitor) -> Option<String> {
    let session = visitor.identity.session.as_ref()?;
    if !session.is_by_provider() {
        return None;
    }
    console.gateway().provider.as_ref()?.end_address().await
}
