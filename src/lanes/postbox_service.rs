//! The service behind the postbox: who may ask, which orders are on offer, what was handed in. A counterpart on a call line that
//! calls back is served like one on a postbox line, and has nothing on offer.
//!
//! Who calls is known by what stands first in a call; nothing of the rest is read for strangers. An order stays on offer until it is
//! answered or its time is over: what a counterpart fetched and lost it fetches again.

mod callers;
mod documents;
mod hearing;
mod offers;
mod turned_away;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use callers::Callers;
use chakong_contract::connector::is_sub_path;
use chakong_contract::{CallKind, CallResult, Fault, FaultKind, HttpResponse, ParsedCall, Reading, Secret};
use hearing::Room;
use sha2::{Digest as _, Sha256};

use super::LaneHandle;
use super::context::Context;
use super::receiving::Receiving;
use super::tokens::Tokens;
use crate::config::{CalledAt, CounterpartConfig, Proxies};
use crate::counterparts::Counterparts;
use crate::domain::OrderId;
use crate::domain::{RawDirection, RawMessage};
use crate::lines::postbox::{Call, Reception, plain};
use crate::store::codec::encode;
use crate::store::order_by_number;

/// The service of every counterpart that calls, as configured at each call.
#[derive(Debug)]
pub struct PostboxService {
    context: Context,
    counterparts: Arc<Counterparts>,
    /// The last order that was offered again, by lane and whether it is a control: where the next round begins.
    rounds: Mutex<HashMap<(String, bool), OrderId>>,
    keys: documents::Keys,
    callers: Callers,
    room: Room,
    /// Reverse proxies, which say whose calls they pass on.
    proxies: Proxies,
}

impl Reception for PostboxService {
    async fn answer(self: Arc<Self>, mut call: Call) -> HttpResponse {
        let now = self.counterparts.now();
        let here: Vec<_> =
            now.values().filter(|config| called_at(config, &call.heard.path).is_some()).cloned().collect();
        let largest = here.iter().filter_map(|config| called_at(config, &call.heard.path));
        let Some(most) = largest.map(|at| at.largest_call).max() else {
            return plain(404, "nobody calls here");
        };
        call.most = most;
        let answer = self.hear(&here, &mut call).await;
        call.discard().await;
        answer
    }
}

impl PostboxService {
    /// The service for whatever counterparts there are.
    pub fn new(context: Context, counterparts: Arc<Counterparts>, proxies: Proxies) -> Arc<Self> {
        let (rounds, keys, callers) = (Mutex::default(), documents::Keys::default(), Callers::default());
        Arc::new(Self { context, counterparts, rounds, keys, callers, room: Room::default(), proxies })
    }

    /// Whether a token is that of a conversation under way with one who calls at this path. Nobody guesses one: whoever asks about
    /// another has an old one, or one of somebody else.
    async fn confirm(&self, here: &[Arc<CounterpartConfig>], token: &Secret) -> bool {
        let lanes: Vec<_> =
            here.iter().filter_map(|config| self.context.registry.get(&config.name)).collect();
        let is_own = lanes.iter().any(|handle| handle.tokens.spend(token));
        let stands = match self.context.store.leases().is_shared() {
            false => is_own,
            // Any process may have drawn it, and any other may have been asked about it before.
            true => match self.context.engine.spend_call_token(Tokens::digest(token)).await {
                Ok(stands) => stands,
                Err(error) => {
                    tracing::error!(%error, "a token cannot be confirmed now");
                    return false;
                }
            },
        };
        if let (false, [handle]) = (stands, lanes.as_slice()) {
            let detail = "it asked about a token of no conversation under way, or for the second time";
            let fault = Fault::new(FaultKind::Unauthorised, "confirm a token", detail);
            handle.problem(&fault, self.context.clock.now());
        }
        stands
    }

    async fn serve(&self, config: Arc<CounterpartConfig>, parsed: ParsedCall, kept: Vec<u8>) -> HttpResponse {
        let Some(handle) = self.context.registry.get(&config.name) else {
            return respond(config, parsed, CallResult::Unavailable).await;
        };
        let result = match &parsed.kind {
            CallKind::Description => CallResult::Description,
            CallKind::Admission => CallResult::Admitted,
            // Confirmed without an account, before a caller is known.
            CallKind::Token(_) => CallResult::Token(false),
            CallKind::Orders { control } => {
                let control = *control;
                return self.offer(&config, &handle, parsed, control).await;
            }
            CallKind::DocumentsByKey(key) => self.by_key(&config, key).await,
            CallKind::Documents(number) | CallKind::Certificates(number) => {
                let (number, asked) = (number.clone(), number.clone());
                let found = self.one(&config, move |reads| order_by_number(reads, &number)).await;
                if matches!(found, CallResult::Order(None))
                    && let Err(error) = self.context.engine.shown(config.name.clone(), asked).await
                {
                    tracing::warn!(counterpart = config.name, %error, "a number that was asked about could not be looked at");
                }
                found
            }
            CallKind::HandIn(reading) => self.take_in(&config, &handle, &parsed, reading.clone(), kept).await,
        };
        respond(config, parsed, result).await
    }

    /// Takes answers in. The caller is told that they were taken after they are on disk.
    async fn take_in(
        &self,
        config: &CounterpartConfig,
        handle: &LaneHandle,
        parsed: &ParsedCall,
        reading: Reading,
        kept: Vec<u8>,
    ) -> CallResult {
        let now = self.context.clock.now();
        for problem in &reading.problems {
            handle.problem(problem, now);
            tracing::warn!(counterpart = config.name, %problem, "a call could not be understood");
        }
        let raw = RawMessage {
            lane: config.name.clone(),
            batch: None,
            direction: RawDirection::In,
            name: parsed.operation.clone(),
            at: now,
            bytes: encode(&kept),
        };
        let digest = hex::encode(Sha256::digest(&kept));
        let taking = Receiving { config, context: &self.context, handle };
        match taking.keep(reading, raw, digest).await {
            Ok(verdicts) => CallResult::Entries(verdicts),
            Err(error) => unavailable(config, &error),
        }
    }
}

/// Where a counterpart calls, if that is at this path or above it.
fn called_at<'a>(config: &'a CounterpartConfig, path: &str) -> Option<&'a CalledAt> {
    let at = config.line.called_at()?;
    let below = path.strip_prefix(&at.path)?;
    let fits = below.is_empty() || below.starts_with('/') || at.path.ends_with('/');
    let places = config.connector.postbox()?.sub_paths();
    (fits && places.iter().any(|place| is_sub_path(place, below))).then_some(at)
}

fn unavailable(config: &CounterpartConfig, error: &crate::store::StoreError) -> CallResult {
    tracing::error!(counterpart = config.name, %error, "a call cannot be served now");
    CallResult::Unavailable
}

/// The connector's answer; legal documents make it long.
async fn respond(config: Arc<CounterpartConfig>, parsed: ParsedCall, result: CallResult) -> HttpResponse {
    let written = tokio::task::spawn_blocking(move || {
        config.connector.postbox().map(|postbox| postbox.respond(&parsed, &result))
    });
    written.await.ok().flatten().unwrap_or_else(failed)
}

fn failed() -> HttpResponse {
    HttpResponse { status: 500, headers: Vec::new(), body: Vec::new() }
}
