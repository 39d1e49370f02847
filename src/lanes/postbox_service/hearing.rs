//! A call from its first bytes to what it asks for: who calls first, the rest afterwards.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use chakong_contract::{
    CallKind, CallResult, Claim, Credentials, HttpResponse, InboundRequest, ParsedCall, Postbox,
};
use tokio::sync::Semaphore;

use super::super::guesses::network_of;
use super::super::marks::Verdict;
use super::{PostboxService, called_at, failed};
use crate::config::CounterpartConfig;
use crate::lines::listener::Bodies;
use crate::lines::postbox::{Call, plain};

/// Bytes that the calls of all strangers may take together, beyond what each connection has.
const OF_STRANGERS: usize = 64 << 20;
/// Of these those of one address: who keeps half calls open keeps nobody out who calls from elsewhere.
const OF_ADDRESS: usize = OF_STRANGERS / 8;
/// Bytes behind the first [`OF_ADDRESS`] of a call that may be taken before its caller is known, of all together. A long call that names its
/// caller last is heard too.
const OF_LONG: usize = 64 << 20;
/// Addresses of strangers that are remembered, before those are forgotten that call no more.
const MOST_ADDRESSES: usize = 256;
/// Memory for what connectors make of calls that are read at once.
const READING: usize = 512 << 20;
/// Memory of one permit for reading.
const UNIT: usize = 1 << 20;
/// A body of so many bytes is looked at on a thread of its own.
const LARGE: usize = 256 << 10;

/// Smaller calls can do no harm while they are read, and are not written down before.
const MARKED: usize = 16 << 10;

/// What calls may take: of strangers in all, of each counterpart, and while they are read.
#[derive(Debug)]
pub(super) struct Room {
    strangers: Bodies,
    long: Bodies,
    addresses: Mutex<HashMap<IpAddr, Bodies>>,
    each: Mutex<HashMap<(String, usize), Bodies>>,
    reading: Semaphore,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            strangers: Bodies::of(OF_STRANGERS),
            long: Bodies::of(OF_LONG),
            addresses: Mutex::default(),
            each: Mutex::default(),
            reading: Semaphore::new(READING / UNIT),
        }
    }
}

impl Room {
    /// The share of a counterpart: two of its largest calls. One that keeps half calls open keeps nobody out but itself.
    fn of(&self, config: &CounterpartConfig, largest: usize) -> Bodies {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        each.entry((config.name.clone(), largest))
            .or_insert_with(|| Bodies::of(largest.saturating_mul(2)))
            .clone()
    }

    /// The share of an address, of what strangers may have.
    fn of_address(&self, address: IpAddr) -> Bodies {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if addresses.len() >= MOST_ADDRESSES {
            addresses.retain(|_, share| !share.is_unused());
        }
        addresses.entry(address).or_insert_with(|| Bodies::of(OF_ADDRESS)).clone()
    }
}

type Config = Arc<CounterpartConfig>;

/// A call that the process died of before, and that is not read.
struct SetAside {
    is_new: bool,
}

impl PostboxService {
    /// The answer to a call at a place where these counterparts call. All who share a place speak the same way, so the first one
    /// hears who calls; the rest is read by the caller's own connector, whose settings may say how.
    pub(super) async fn hear(&self, here: &[Config], call: &mut Call) -> HttpResponse {
        let Some(first) = here.first() else { return failed() };
        let claimed = match self.identify(first, call).await {
            Ok(Claim::Caller(claimed)) => claimed,
            Ok(Claim::Nobody | Claim::Later) => {
                return self.serve_anybody(here, first, call).await;
            }
            Err(answer) => return answer,
        };
        let place = first.line.called_at().map_or("", |at| at.path.as_str());
        let Some(caller) = self.callers.find(here, &claimed, place, call.peer()) else {
            return self.turn_away(here, first, claimed, call).await;
        };
        call.is_known();
        let Some(most) = called_at(caller, &call.heard.path).map(|at| at.largest_call) else {
            return failed();
        };
        call.most = most;
        let share = self.room.of(caller, most);
        let read = async {
            call.takes_from(&share).await?;
            call.all().await
        };
        if let Err(broken) = read.await {
            return broken.answer();
        }
        match self.understand(caller, claimed, call).await {
            Ok((parsed, kept)) => self.serve(Arc::clone(caller), parsed, kept).await,
            Err(answer) => answer,
        }
    }

    /// Reads on until it is known who calls.
    async fn identify(&self, first: &Config, call: &mut Call) -> Result<Claim, HttpResponse> {
        let headers = &call.heard.headers;
        let forwarded = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-forwarded-for"));
        let from = self.proxies.caller(call.peer(), forwarded.map(|(_, value)| value.as_str()));
        let of_address = self.room.of_address(network_of(from));
        let (few, rest) = (0..OF_ADDRESS, OF_ADDRESS..usize::MAX);
        let shares = [(&of_address, few.clone()), (&self.room.strangers, few), (&self.room.long, rest)];
        call.takes_parts_from(&shares).await.map_err(|broken| broken.answer())?;
        loop {
            let whole = call.is_whole();
            let claim = match call.heard.body.len() {
                ..LARGE => postbox_of(first)?.identify(&call.heard, whole)?,
                _ => {
                    let (config, heard) = (Arc::clone(first), std::mem::take(&mut call.heard));
                    let (claim, heard) = aside(move || {
                        let claim = postbox_of(&config).and_then(|postbox| postbox.identify(&heard, whole));
                        (claim, heard)
                    })
                    .await?;
                    call.heard = heard;
                    claim?
                }
            };
            match claim {
                Claim::Later if !whole => call.more().await.map_err(|broken| broken.answer())?,
                claim => return Ok(claim),
            }
        }
    }

    /// What anybody may ask, without a body.
    async fn serve_anybody(&self, here: &[Config], first: &Config, call: &Call) -> HttpResponse {
        let heard = InboundRequest { body: Vec::new(), ..call.heard.clone() };
        let parsed = match postbox_of(first).and_then(|postbox| postbox.parse(&heard)) {
            Ok(parsed) => parsed,
            Err(answer) => return answer,
        };
        let result = match &parsed.kind {
            CallKind::Description => CallResult::Description,
            CallKind::Token(token) => CallResult::Token(self.confirm(here, token).await),
            _ => return failed(),
        };
        postbox_of(first).map_or_else(|answer| answer, |postbox| postbox.respond(&parsed, &result))
    }

    /// Reads a whole call of a caller who is known. Reading large messages is work; a connector that panics spoils one call.
    async fn understand(
        &self,
        caller: &Config,
        claimed: Credentials,
        call: &mut Call,
    ) -> Result<(ParsedCall, Vec<u8>), HttpResponse> {
        let (config, heard) = (Arc::clone(caller), std::mem::take(&mut call.heard));
        let units = memory_of(heard.body.len()).div_ceil(UNIT).min(READING / UNIT);
        let permits = self.room.reading.acquire_many(u32::try_from(units).unwrap_or(1)).await;
        let _permits = permits.map_err(|_| failed())?;
        let (marks, counterpart) = (Arc::clone(&self.context.marks), caller.name.clone());
        let operation = claimed.operation.clone();
        let read = aside(move || {
            let is_large = heard.body.len() > MARKED;
            let _mark = match is_large.then(|| marks.begin(&config.name, &heard.body, false)) {
                None => None,
                Some(Verdict::Read(mark)) => Some(mark),
                Some(Verdict::Last) => return Ok(Err(SetAside { is_new: true })),
                Some(Verdict::SetAside { is_new }) => return Ok(Err(SetAside { is_new })),
            };
            let postbox = postbox_of(&config)?;
            let parsed = postbox.parse(&heard)?;
            // What was read is from whoever was let in, or it is not taken.
            if parsed.account != claimed.account || parsed.password.expose() != claimed.password.expose() {
                return Err(failed());
            }
            let hands_in = matches!(parsed.kind, CallKind::HandIn(_));
            let kept = if hands_in { postbox.redact(&heard) } else { Vec::new() };
            Ok(Ok((parsed, kept)))
        });
        match read.await?? {
            Ok(understood) => Ok(understood),
            Err(SetAside { is_new }) => {
                // Who is answered so calls again and again.
                if is_new {
                    self.context.tell_set_aside(&counterpart, &operation).await;
                }
                Err(plain(500, "this call was set aside; it is told to the operator"))
            }
        }
    }
}

/// What may become of a call while it is read: a row of a few bytes takes thousands, until it has as many as it may.
fn memory_of(bytes: usize) -> usize {
    let few = bytes.saturating_mul(512);
    few.min(bytes.saturating_mul(24).saturating_add(32 << 20))
}

fn postbox_of(config: &CounterpartConfig) -> Result<&dyn Postbox, HttpResponse> {
    config.connector.postbox().ok_or_else(failed)
}

/// On a thread of its own.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, HttpResponse> {
    tokio::task::spawn_blocking(work).await.map_err(|_| failed())
}
