//! The lanes by name, and what pages and metrics see of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use chakong_contract::{Fault, FaultKind};
use hdrhistogram::Histogram;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::admission::Admission;
use super::breaker::BreakerState;
use super::gate::{Blocked, Gate};
use super::reach::Reachable;
use super::tokens::Tokens;
use crate::store::LaneCounts;

/// Longest latency that is told apart: a day, in microseconds.
const LONGEST_MICROS: u64 = 86_400_000_000;

/// What a lane is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LaneState {
    /// Sends what there is.
    Running,
    /// Paused by a person.
    Paused,
    /// The counterpart's service window is closed.
    WindowClosed,
    /// The breaker is open.
    BreakerOpen,
    /// The day's quota is spent.
    QuotaSpent,
    /// The counterpart asked for time: queries wait, controls go out.
    HeldOff,
    /// The store is older than what counterparts have seen: controls wait for a start with `--restored`.
    StoreOlder,
    /// No longer configured; its orders wait.
    Unconfigured,
}

/// Handle to one lane: its health, written by the lane and read by everyone else, its limits and its pause.
#[derive(Debug)]
pub struct LaneHandle {
    /// Name of the counterpart.
    pub name: String,
    /// Its limits.
    pub admission: Admission,
    paused: AtomicBool,
    /// Messages sent.
    pub sent: AtomicU64,
    /// Answers read.
    pub answered: AtomicU64,
    /// Faults.
    pub faulted: AtomicU64,
    /// Messages and entries that could not be understood or belong to no order of ours.
    pub problems: AtomicU64,
    /// Values that the connector did not know.
    pub unknown_values: AtomicU64,
    /// Tokens of its conversations under way.
    pub tokens: Tokens,
    /// Its line.
    pub line: Arc<dyn Reachable>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    latency: Histogram<u64>,
    last_success: Option<Timestamp>,
    last_fault: Option<(Timestamp, String)>,
    stuck_files: (u64, Option<String>),
    waiting_for: Option<Blocked>,
}

impl LaneHandle {
    /// Handle to a lane that has done nothing yet.
    pub fn new(name: &str, admission: Admission, line: Arc<dyn Reachable>, paused: bool) -> Self {
        let latency = Histogram::new_with_max(LONGEST_MICROS, 2)
            .unwrap_or_else(|_| unreachable!("bounds are constants"));
        Self {
            name: name.to_owned(),
            admission,
            paused: AtomicBool::new(paused),
            sent: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            faulted: AtomicU64::new(0),
            problems: AtomicU64::new(0),
            unknown_values: AtomicU64::new(0),
            tokens: Tokens::default(),
            line,
            inner: Mutex::new(Inner {
                latency,
                last_success: None,
                last_fault: None,
                stuck_files: (0, None),
                waiting_for: None,
            }),
        }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a person paused it.
    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// Pauses or resumes it in memory; the store remembers. When a person resumes it, queries no longer wait for the time that
    /// the counterpart asked for.
    pub fn set_paused(&self, paused: bool) {
        if !paused {
            self.admission.lift_hold_off();
        }
        self.paused.store(paused, Ordering::Relaxed);
    }

    /// An answer came after so long.
    pub fn answered(&self, latency: Duration, at: Timestamp) {
        self.answered.fetch_add(1, Ordering::Relaxed);
        let mut inner = self.inner();
        let micros = u64::try_from(latency.as_micros()).unwrap_or(LONGEST_MICROS).clamp(1, LONGEST_MICROS);
        inner.latency.saturating_record(micros);
        inner.last_success = Some(at);
    }

    /// An attempt failed. Faults hold no personal data.
    pub fn faulted(&self, fault: &Fault, at: Timestamp) {
        self.faulted.fetch_add(1, Ordering::Relaxed);
        self.inner().last_fault = Some((at, fault.to_string()));
    }

    /// Something came that could not be understood or belongs to no order.
    pub fn problem(&self, fault: &Fault, at: Timestamp) {
        self.problems.fetch_add(1, Ordering::Relaxed);
        self.inner().last_fault = Some((at, fault.to_string()));
    }

    /// How many incoming files cannot be read or put away now, with the cause for one of them.
    pub fn stuck_files(&self, (count, fault): (usize, Option<&Fault>)) {
        self.inner().stuck_files = (u64::try_from(count).unwrap_or(u64::MAX), fault.map(ToString::to_string));
    }

    /// What the lane waits for.
    pub fn waits_for(&self, blocked: Option<Blocked>) {
        self.inner().waiting_for = blocked;
    }

    /// What keeps its orders about a court's cases from leaving now.
    pub fn withheld(&self, court: &str) -> Fault {
        let gate = self.inner().waiting_for.map(|blocked| blocked.gate);
        let breaker = self.admission.breaker();
        let (kind, detail) = match gate {
            _ if self.is_paused() => (FaultKind::Transient, "该单位已暂停 the counterpart is paused"),
            Some(Gate::Window) => (FaultKind::Transient, "不在服务时间 its service window is closed"),
            Some(Gate::Quota) => (FaultKind::QuotaSpent, "当日额度已用尽 our quota of the day is spent"),
            _ if !self.admission.open_courts().has(court) => (
                FaultKind::QuotaSpent,
                "本院当日额度份额已用尽 the court's share of our quota of the day is used",
            ),
            Some(Gate::Spent) => {
                (FaultKind::QuotaSpent, "对方称额度已用尽 it says that its quota for us is spent")
            }
            _ if breaker == BreakerState::Open => {
                (FaultKind::Transient, "熔断中，线路不通 the breaker is open: the line is down")
            }
            Some(Gate::HoldOff) => (FaultKind::RateLimited, "对方要求稍后 it asked for time"),
            Some(Gate::Rate) => (FaultKind::RateLimited, "请求频率受限 the rate allows no more"),
            Some(Gate::Concurrency) => (FaultKind::Transient, "在途请求已满 as many are under way as may be"),
            Some(Gate::OlderStore) => (
                FaultKind::Misconfigured,
                "数据须恢复后确认 the store is older than its counterparts have seen",
            ),
            Some(Gate::Breaker | Gate::Share) | None => (
                FaultKind::Transient,
                "线路不通或对方未取件 the line is down, or the counterpart did not fetch it",
            ),
        };
        Fault::new(kind, "send the order in time", detail)
    }

    /// The view of this lane.
    pub fn view(&self, counts: LaneCounts) -> CounterpartView {
        let inner = self.inner();
        let percentile = |p| {
            #[allow(clippy::cast_precision_loss, reason = "milliseconds for people")]
            let millis = inner.latency.value_at_quantile(p) as f64 / 1000.0;
            (!inner.latency.is_empty()).then_some(millis)
        };
        let breaker = self.admission.breaker();
        let state = match inner.waiting_for.map(|blocked| blocked.gate) {
            _ if self.is_paused() => LaneState::Paused,
            Some(Gate::Window) => LaneState::WindowClosed,
            Some(Gate::Quota | Gate::Share | Gate::Spent) => LaneState::QuotaSpent,
            _ if breaker == BreakerState::Open => LaneState::BreakerOpen,
            Some(Gate::HoldOff) => LaneState::HeldOff,
            Some(Gate::OlderStore) => LaneState::StoreOlder,
            _ => LaneState::Running,
        };
        let (answered, faulted) =
            (self.answered.load(Ordering::Relaxed), self.faulted.load(Ordering::Relaxed));
        #[allow(clippy::cast_precision_loss, reason = "a share for people")]
        let success = (answered + faulted > 0).then(|| answered as f64 / (answered + faulted) as f64);
        CounterpartView {
            name: self.name.clone(),
            state,
            breaker,
            waits_until: inner.waiting_for.and_then(|blocked| blocked.until),
            counts: Some(counts),
            in_flight: self.admission.in_flight(),
            rate_left: self.admission.rate_left(),
            quota_left: self.admission.quota_left(),
            sent: self.sent.load(Ordering::Relaxed),
            answered,
            faulted,
            problems: self.problems.load(Ordering::Relaxed),
            unknown_values: self.unknown_values.load(Ordering::Relaxed),
            files_stuck: inner.stuck_files.0,
            files_stuck_fault: inner.stuck_files.1.clone(),
            success,
            latency_p50_ms: percentile(0.5),
            latency_p95_ms: percentile(0.95),
            latency_p99_ms: percentile(0.99),
            last_success: inner.last_success,
            last_fault: inner.last_fault.as_ref().map(|(_, text)| text.clone()),
            last_fault_at: inner.last_fault.as_ref().map(|(at, _)| *at),
        }
    }
}

/// What operations see of a counterpart. Counters are since the lane started.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CounterpartView {
    /// Name.
    pub name: String,
    /// What the lane is doing.
    pub state: LaneState,
    /// Breaker.
    pub breaker: BreakerState,
    /// When the lane will try again, if it waits.
    pub waits_until: Option<Timestamp>,
    /// Orders waiting, awaiting and held.
    #[serde(flatten)]
    pub counts: Option<LaneCounts>,
    /// Messages under way.
    pub in_flight: u32,
    /// Requests that the rate allows at once; null without a rate.
    pub rate_left: Option<u32>,
    /// Requests left today; null without a quota.
    pub quota_left: Option<u64>,
    /// Messages sent.
    pub sent: u64,
    /// Answers read.
    pub answered: u64,
    /// Attempts that failed.
    pub faulted: u64,
    /// Messages or entries not understood, or about no order of ours.
    pub problems: u64,
    /// Values that the connector did not know.
    pub unknown_values: u64,
    /// Incoming files that cannot be read or put away now.
    pub files_stuck: u64,
    /// Why, for one of them.
    pub files_stuck_fault: Option<String>,
    /// Share of attempts that brought an answer, 0 to 1.
    pub success: Option<f64>,
    /// Median latency in milliseconds.
    pub latency_p50_ms: Option<f64>,
    /// 95th percentile.
    pub latency_p95_ms: Option<f64>,
    /// 99th percentile.
    pub latency_p99_ms: Option<f64>,
    /// When the last answer came.
    pub last_success: Option<Timestamp>,
    /// The last fault, without personal data.
    pub last_fault: Option<String>,
    /// When it happened.
    pub last_fault_at: Option<Timestamp>,
}

/// Every lane by name.
#[derive(Debug, Default)]
pub struct LaneRegistry {
    lanes: RwLock<BTreeMap<String, Arc<LaneHandle>>>,
    closed: RwLock<BTreeMap<String, String>>,
    turned_away: AtomicU64,
}

impl LaneRegistry {
    /// The handle of a lane.
    pub fn get(&self, name: &str) -> Option<Arc<LaneHandle>> {
        self.lanes.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// A caller at the postbox was turned away.
    pub fn turned_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// Callers at the postbox that were turned away since the start.
    pub fn all_turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Every lane.
    pub fn all(&self) -> Vec<Arc<LaneHandle>> {
        self.lanes.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Names of the lanes that are paused.
    pub fn paused(&self) -> Vec<String> {
        let all = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        all.values().filter(|lane| lane.is_paused()).map(|lane| lane.name.clone()).collect()
    }

    /// Why a lane cannot be opened; `None` where it is open, or nobody tried yet.
    pub fn closed(&self, name: &str) -> Option<String> {
        self.closed.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// A lane cannot be opened, and this is why.
    pub fn cannot_open(&self, name: &str, why: String) {
        self.closed.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), why);
    }

    /// Forgets why lanes could not be opened, but for some.
    pub fn keep_closed(&self, keep: impl Fn(&str) -> bool) {
        self.closed.write().unwrap_or_else(PoisonError::into_inner).retain(|name, _| keep(name));
    }

    /// Adds or replaces a lane.
    pub fn put(&self, handle: Arc<LaneHandle>) {
        self.lanes.write().unwrap_or_else(PoisonError::into_inner).insert(handle.name.clone(), handle);
    }

    /// Forgets a lane.
    pub fn remove(&self, name: &str) {
        self.lanes.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}
