//! The service behind the postbox: who may ask, which orders are on offer, what was handed in. A counterpart on a call line that
//! calls back is served like one on a postbox line, and has nothing on offer.
//!
//! An order stays on offer until it is answered or its time is over: what a counterpart fetched and lost it fetches again.

mod callers;
mod documents;
mod offers;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use callers::{Caller, Callers};
use chakong_contract::connector::is_sub_path;
use chakong_contract::{
    CallKind, CallResult, Fault, FaultKind, HttpResponse, InboundRequest, ParsedCall, Reading, Secret,
};
use sha2::{Digest as _, Sha256};

use super::LaneHandle;
use super::context::Context;
use super::receiving::Receiving;
use crate::config::{CalledAt, CounterpartConfig};
use crate::counterparts::Counterparts;
use crate::domain::OrderId;
use crate::domain::{RawDirection, RawMessage};
use crate::lines::postbox::Reception;
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
}

/// A call, understood and its caller known.
enum Call {
    /// Nothing more is to be done.
    Done(HttpResponse),
    /// Whose account was tried with a wrong password, if it is anybody's; the answer is not given at once.
    TurnedAway(Option<String>, HttpResponse),
    /// A call of a counterpart, with what is kept of the call.
    Serve(Arc<CounterpartConfig>, Box<ParsedCall>, Vec<u8>),
}

impl Reception for PostboxService {
    fn largest_call(&self, path: &str) -> Option<usize> {
        let now = self.counterparts.now();
        now.values().filter_map(|config| called_at(config, path)).map(|at| at.largest_call).max()
    }

    async fn respond(self: Arc<Self>, call: InboundRequest) -> HttpResponse {
        let now = self.counterparts.now();
        let here: Vec<_> =
            now.values().filter(|config| called_at(config, &call.path).is_some()).cloned().collect();
        // Reading and writing large messages is work; a connector that panics spoils one call.
        let service = Arc::clone(&self);
        let understood = tokio::task::spawn_blocking(move || understand(&here, &call, &service)).await;
        match understood {
            Ok(Call::Done(answer)) => answer,
            Ok(Call::TurnedAway(whose, answer)) => {
                self.tell_wrong_password(whose.as_deref());
                self.callers.slow_down(whose.as_deref()).await;
                answer
            }
            Ok(Call::Serve(config, parsed, kept)) => self.serve(config, *parsed, kept).await,
            Err(_) => failed(),
        }
    }
}

impl PostboxService {
    /// The service for whatever counterparts there are.
    pub fn new(context: Context, counterparts: Arc<Counterparts>) -> Arc<Self> {
        let (rounds, keys, callers) = (Mutex::default(), documents::Keys::default(), Callers::default());
        Arc::new(Self { context, counterparts, rounds, keys, callers })
    }

    fn tell_wrong_password(&self, whose: Option<&str>) {
        let Some(handle) = whose.and_then(|name| self.context.registry.get(name)) else { return };
        let detail = "the password that came with its account is not the one in its file";
        let fault = Fault::new(FaultKind::Unauthorised, "let the counterpart in", detail);
        handle.problem(&fault, self.context.clock.now());
    }

    /// Whether a token is that of a conversation under way with one who calls at this path. Nobody guesses one: whoever asks about
    /// another has an old one, or one of somebody else.
    fn confirm(&self, here: &[Arc<CounterpartConfig>], token: &Secret) -> bool {
        let lanes: Vec<_> =
            here.iter().filter_map(|config| self.context.registry.get(&config.name)).collect();
        let stands = lanes.iter().any(|handle| handle.tokens.spend(token));
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

/// Understands a call. All who share a path speak the same way, so the first one's connector says who calls; what was handed in is
/// read by the caller's own connector, whose settings may say how.
fn understand(here: &[Arc<CounterpartConfig>], call: &InboundRequest, service: &PostboxService) -> Call {
    let Some((first, postbox)) = here.first().and_then(|config| Some((config, config.connector.postbox()?)))
    else {
        return Call::Done(failed());
    };
    let parsed = match postbox.parse(call) {
        Ok(parsed) => parsed,
        Err(answer) => return Call::Done(answer),
    };
    match &parsed.kind {
        CallKind::Description => return Call::Done(postbox.respond(&parsed, &CallResult::Description)),
        CallKind::Token(token) => {
            let stands = service.confirm(here, token);
            return Call::Done(postbox.respond(&parsed, &CallResult::Token(stands)));
        }
        _ => {}
    }
    let caller = match service.callers.find(here, &parsed) {
        Caller::Known(caller) => caller,
        Caller::TooMany => return Call::Done(postbox.respond(&parsed, &CallResult::Unavailable)),
        Caller::Wrong(whose) => {
            // Not the address that was called: a key may stand in it.
            let path = first.line.called_at().map_or("", |at| &at.path);
            tracing::warn!(path, operation = parsed.operation, "a caller was turned away");
            return Call::TurnedAway(whose, postbox.respond(&parsed, &CallResult::TurnedAway));
        }
    };
    let Some(own) = caller.connector.postbox() else { return Call::Done(failed()) };
    let hands_in = matches!(parsed.kind, CallKind::HandIn(_));
    let kept = if hands_in { own.redact(call) } else { Vec::new() };
    if !hands_in || Arc::ptr_eq(caller, first) {
        return Call::Serve(Arc::clone(caller), Box::new(parsed), kept);
    }
    match own.parse(call) {
        Ok(parsed) => Call::Serve(Arc::clone(caller), Box::new(parsed), kept),
        Err(answer) => Call::Done(answer),
    }
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
