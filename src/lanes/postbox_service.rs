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
use chakong_contract::connector::is_place;
use chakong_contract::{Fault, FaultKind, Found, HttpAnswer, HttpHeard, Reading, Secret, Visit, Want};
use sha2::{Digest as _, Sha256};

use super::LaneHandle;
use super::lane::Context;
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
    Done(HttpAnswer),
    /// Whose account was tried with a wrong password, if it is anybody's; the answer is not given at once.
    TurnedAway(Option<String>, HttpAnswer),
    /// A visit of a counterpart, with what is kept of the call.
    Visit(Arc<CounterpartConfig>, Box<Visit>, Vec<u8>),
}

impl Reception for PostboxService {
    fn largest_call(&self, path: &str) -> Option<usize> {
        let now = self.counterparts.now();
        now.values().filter_map(|config| called_at(config, path)).map(|at| at.largest_call).max()
    }

    async fn answer(self: Arc<Self>, call: HttpHeard) -> HttpAnswer {
        let now = self.counterparts.now();
        let here: Vec<_> =
            now.values().filter(|config| called_at(config, &call.path).is_some()).cloned().collect();
        // Reading and writing large messages is work; a connector that panics spoils one call.
        let service = Arc::clone(&self);
        let heard = tokio::task::spawn_blocking(move || hear(&here, &call, &service)).await;
        match heard {
            Ok(Call::Done(answer)) => answer,
            Ok(Call::TurnedAway(whose, answer)) => {
                self.tell_wrong_password(whose.as_deref());
                self.callers.slow_down(whose.as_deref()).await;
                answer
            }
            Ok(Call::Visit(config, visit, kept)) => self.serve(config, *visit, kept).await,
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

    async fn serve(&self, config: Arc<CounterpartConfig>, visit: Visit, kept: Vec<u8>) -> HttpAnswer {
        let Some(handle) = self.context.registry.get(&config.name) else {
            return answer(config, visit, Found::Unavailable).await;
        };
        let found = match &visit.want {
            Want::Description => Found::Description,
            Want::Admission => Found::Admitted,
            // Confirmed without an account, before a caller is known.
            Want::Token(_) => Found::Token(false),
            Want::Orders { control } => {
                let control = *control;
                return self.offer(&config, &handle, visit, control).await;
            }
            Want::DocumentsByKey(key) => self.by_key(&config, key).await,
            Want::Documents(number) | Want::Certificates(number) => {
                let number = number.clone();
                self.one(&config, move |reads| order_by_number(reads, &number)).await
            }
            Want::HandIn(reading) => self.take_in(&config, &handle, &visit, reading.clone(), kept).await,
        };
        answer(config, visit, found).await
    }

    /// Takes answers in. The caller hears that they were taken after they are on disk.
    async fn take_in(
        &self,
        config: &CounterpartConfig,
        handle: &LaneHandle,
        visit: &Visit,
        reading: Reading,
        kept: Vec<u8>,
    ) -> Found {
        let now = self.context.clock.now();
        for problem in &reading.problems {
            handle.problem(problem, now);
            tracing::warn!(counterpart = config.name, %problem, "a call could not be understood");
        }
        let raw = RawMessage {
            lane: config.name.clone(),
            batch: None,
            direction: RawDirection::In,
            name: visit.operation.clone(),
            at: now,
            bytes: encode(&kept),
        };
        let digest = hex::encode(Sha256::digest(&kept));
        let taking = Receiving { config, context: &self.context, handle };
        match taking.keep(reading, raw, digest).await {
            Ok(verdicts) => Found::Taken(verdicts),
            Err(error) => unavailable(config, &error),
        }
    }
}

/// Where a counterpart calls, if that is at this path or above it.
fn called_at<'a>(config: &'a CounterpartConfig, path: &str) -> Option<&'a CalledAt> {
    let at = config.line.called_at()?;
    let below = path.strip_prefix(&at.path)?;
    let fits = below.is_empty() || below.starts_with('/') || at.path.ends_with('/');
    let places = config.connector.postbox()?.places();
    (fits && places.iter().any(|place| is_place(place, below))).then_some(at)
}

/// Understands a call. All who share a place speak the same way, so the first one hears who calls; what was handed in is
/// read by the caller's own connector, whose settings may say how.
fn hear(here: &[Arc<CounterpartConfig>], call: &HttpHeard, service: &PostboxService) -> Call {
    let Some((first, postbox)) = here.first().and_then(|config| Some((config, config.connector.postbox()?)))
    else {
        return Call::Done(failed());
    };
    let visit = match postbox.hear(call) {
        Ok(visit) => visit,
        Err(answer) => return Call::Done(answer),
    };
    match &visit.want {
        Want::Description => return Call::Done(postbox.answer(&visit, &Found::Description)),
        Want::Token(token) => {
            let stands = service.confirm(here, token);
            return Call::Done(postbox.answer(&visit, &Found::Token(stands)));
        }
        _ => {}
    }
    let caller = match service.callers.find(here, &visit) {
        Caller::Known(caller) => caller,
        Caller::TooMany => return Call::Done(postbox.answer(&visit, &Found::Unavailable)),
        Caller::Wrong(whose) => {
            // Not the address that was called: a key may stand in it.
            let path = first.line.called_at().map_or("", |at| &at.path);
            tracing::warn!(path, operation = visit.operation, "a caller was turned away");
            return Call::TurnedAway(whose, postbox.answer(&visit, &Found::TurnedAway));
        }
    };
    let Some(own) = caller.connector.postbox() else { return Call::Done(failed()) };
    let hands_in = matches!(visit.want, Want::HandIn(_));
    let kept = if hands_in { own.keeps(call) } else { Vec::new() };
    if !hands_in || Arc::ptr_eq(caller, first) {
        return Call::Visit(Arc::clone(caller), Box::new(visit), kept);
    }
    match own.hear(call) {
        Ok(visit) => Call::Visit(Arc::clone(caller), Box::new(visit), kept),
        Err(answer) => Call::Done(answer),
    }
}

fn unavailable(config: &CounterpartConfig, error: &crate::store::StoreError) -> Found {
    tracing::error!(counterpart = config.name, %error, "a call cannot be served now");
    Found::Unavailable
}

/// The connector's answer; legal documents make it long.
async fn answer(config: Arc<CounterpartConfig>, visit: Visit, found: Found) -> HttpAnswer {
    let written = tokio::task::spawn_blocking(move || {
        config.connector.postbox().map(|postbox| postbox.answer(&visit, &found))
    });
    written.await.ok().flatten().unwrap_or_else(failed)
}

fn failed() -> HttpAnswer {
    HttpAnswer { status: 500, headers: Vec::new(), body: Vec::new() }
}
