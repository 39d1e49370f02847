//! A counterpart as a row of the list, and as facts of its own page.

use jiff::Timestamp;
use serde_json::Value;

use super::super::address::segment;
use super::super::lang::Lang;
use super::super::reading::{ago, instant, is_there, milliseconds, number, percent, text, time};
use super::super::words::{BREAKER, Badge, LANE, LINE, badge, word};

/// A counterpart.
#[derive(Debug)]
pub struct Row {
    pub name: String,
    pub label: String,
    pub href: String,
    pub connector: String,
    pub line: String,
    pub state: Badge,
    pub state_code: String,
    pub until: String,
    pub is_paused: bool,
    pub paused: String,
    /// When the pause ends by itself; empty where a person ends it.
    pub paused_until: String,
    /// Whether the orders below are known: to those who see every court.
    pub knows_orders: bool,
    pub waiting: u64,
    pub awaiting: u64,
    pub undetermined: u64,
    pub oldest: String,
    pub oldest_at: Option<Timestamp>,
    pub in_flight: u64,
    pub latency: String,
    pub latency_ms: f64,
    pub success: String,
    pub success_share: f64,
    pub last_success: String,
    pub last_fault: String,
    pub last_fault_at: String,
    pub left: String,
    /// Known where its lane works.
    pub breaker: Option<Badge>,
    /// Replica that works for its lane; empty where there is one process.
    pub replica: String,
    /// How urgently it needs somebody; 0 where it needs nobody.
    pub rank: u8,
    /// Name and names in small letters.
    pub searched: String,
    facts: Vec<(&'static str, &'static str, String)>,
}

impl Row {
    /// As the API says it.
    pub fn of(view: &Value, now: Timestamp, lang: Lang) -> Self {
        let name = text(view, "/name");
        let (zh, en) = (text(view, "/name_zh"), text(view, "/name_en"));
        let has_lane = is_there(view, "/health");
        let health = |field: &str| format!("/health/{field}");
        let (replica, is_elsewhere) = (text(view, "/replica"), text(view, "/elsewhere") == "true");
        let state_code = match has_lane {
            true => text(view, "/health/state"),
            false if is_elsewhere => "elsewhere".to_owned(),
            false => "closed".to_owned(),
        };
        let state = match is_elsewhere && !replica.is_empty() {
            true => Badge { tone: "off", text: format!("{} {replica}", lang.t("在副本", "at replica")) },
            false => badge(LANE, &state_code, lang),
        };
        let closed = text(view, "/closed");
        let oldest_at = instant(view, "/orders/oldest");
        let undetermined = number(view, "/orders/undetermined");
        let stuck = number(view, "/health/files_stuck");
        let last_fault = if has_lane { text(view, "/health/last_fault") } else { closed };
        let share = view.pointer("/health/success").and_then(Value::as_f64);
        let label = match lang {
            Lang::Zh if !zh.is_empty() => zh.clone(),
            Lang::En if !en.is_empty() => en.clone(),
            _ => name.clone(),
        };
        let rate = text(view, &health("rate_left"));
        let quota = text(view, &health("quota_left"));
        let left = [(lang.t("速率", "rate"), rate), (lang.t("当日", "today"), quota)];
        let left =
            left.iter().filter(|(_, left)| !left.is_empty()).map(|(word, left)| format!("{word} {left}"));
        Self {
            href: format!("/console/counterparts/{}", segment(&name)),
            connector: text(view, "/connector"),
            line: word(LINE, &text(view, "/line"), lang),
            state,
            until: time(view, "/health/waits_until"),
            is_paused: is_there(view, "/paused"),
            paused: text(view, "/paused"),
            paused_until: time(view, "/paused_until"),
            knows_orders: is_there(view, "/orders"),
            waiting: number(view, "/orders/waiting"),
            awaiting: number(view, "/orders/awaiting"),
            undetermined,
            oldest: ago(oldest_at, now, lang),
            oldest_at,
            in_flight: number(view, "/health/in_flight"),
            latency: milliseconds(view, "/health/latency_p50_ms"),
            latency_ms: view.pointer("/health/latency_p50_ms").and_then(Value::as_f64).unwrap_or(0.0),
            success: percent(view, "/health/success"),
            success_share: share.unwrap_or(2.0),
            last_success: ago(instant(view, "/health/last_success"), now, lang),
            last_fault_at: ago(instant(view, "/health/last_fault_at"), now, lang),
            left: left.collect::<Vec<_>>().join("，"),
            breaker: has_lane.then(|| badge(BREAKER, &text(view, "/health/breaker"), lang)),
            replica,
            rank: rank(&state_code, undetermined, stuck, share, !last_fault.is_empty()),
            searched: format!("{name} {zh} {en} {}", text(view, "/replica")).to_lowercase(),
            facts: facts(view),
            name,
            label,
            state_code,
            last_fault,
        }
    }

    /// What else is known of it.
    pub fn facts(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let said = self.facts.iter().filter(|(.., value)| !value.is_empty());
        said.map(|(zh, en, value)| (lang.t(zh, en), value.clone())).collect()
    }
}

fn facts(view: &Value) -> Vec<(&'static str, &'static str, String)> {
    let plain = |field: &str| text(view, &format!("/health/{field}"));
    let latency = ["latency_p50_ms", "latency_p95_ms", "latency_p99_ms"]
        .map(|field| milliseconds(view, &format!("/health/{field}")));
    let latency = if latency.iter().all(String::is_empty) { String::new() } else { latency.join(" / ") };
    vec![
        ("连接器", "Connector", text(view, "/connector")),
        ("所在副本", "Replica", text(view, "/replica")),
        ("已发送", "Sent", plain("sent")),
        ("已反馈", "Answered", plain("answered")),
        ("失败", "Failed", plain("faulted")),
        ("时延 p50/p95/p99", "Latency p50/p95/p99", latency),
        ("无法读懂", "Not understood", plain("problems")),
        ("未知代码", "Unknown values", plain("unknown_values")),
        ("滞留文件", "Files stuck", plain("files_stuck")),
        ("滞留原因", "Why", plain("files_stuck_fault")),
        ("速率余量", "Rate left", plain("rate_left")),
        ("当日额度余量", "Quota left today", plain("quota_left")),
        ("今日计费", "Charged today", text(view, "/charges_today")),
        ("最近成功", "Last success", time(view, "/health/last_success")),
        ("最近故障", "Last fault", time(view, "/health/last_fault_at")),
    ]
}

/// What stands first: what no work gets through to, then what a person must decide, then what fails.
fn rank(state: &str, undetermined: u64, stuck: u64, success: Option<f64>, has_fault: bool) -> u8 {
    match state {
        "closed" | "unconfigured" | "store_older" => 6,
        "breaker_open" => 5,
        _ if undetermined > 0 || stuck > 0 => 4,
        "quota_spent" | "held_off" | "paused" => 3,
        _ if has_fault && success.is_some_and(|share| share < 0.9) => 2,
        "window_closed" => 1,
        _ => 0,
    }
}
