//! 系统: version, store, disk, replicas, relays, connectors, licences.

mod components;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::backend::Console;
use super::failure::Failure;
use super::lang::Lang;
use super::page::{Frame, html};
use super::reading::{bytes, list, text, time};
use super::visitor::Visitor;
use super::words::{Badge, LINE, RELAY, badge, word};
use crate::api::may;

/// A process that shares the store.
struct ReplicaLine {
    name: String,
    is_own: bool,
    state: Badge,
    address: String,
    started: String,
    seen: String,
    leases: String,
    /// By how much its clock is ahead of the database's.
    clock: String,
}

struct RelayLine {
    name: String,
    servers: String,
    state: Badge,
    since: String,
    lag: String,
    done: String,
    failures: String,
    last_error: String,
    /// Replica that works for it; empty where there is one process.
    replica: String,
    /// Courts whose events wait, with how many.
    held: String,
}

#[derive(Template)]
#[template(path = "system.html", config = "src/console/askama.toml")]
struct SystemPage {
    page: Frame,
    facts: Vec<(&'static str, String)>,
    ready: Badge,
    ready_words: String,
    relays: Vec<RelayLine>,
    intakes: Vec<RelayLine>,
    connectors: Vec<(String, String, String)>,
    is_shared: bool,
    replicas: Vec<ReplicaLine>,
    licence: &'static str,
    licences: String,
    components: &'static [(String, String)],
}

fn relay(relay: &Value, lang: Lang) -> RelayLine {
    let error = [time(relay, "/last_error/at"), lang.of_note(&text(relay, "/last_error/detail"))].join(" ");
    let held = list(relay, "/held_back").iter();
    let held: Vec<String> =
        held.map(|one| format!("{} {}", text(one, "/court"), text(one, "/events"))).collect();
    RelayLine {
        replica: text(relay, "/replica"),
        held: held.join(lang.t("，", ", ")),
        name: text(relay, "/name"),
        servers: text(relay, "/servers"),
        state: badge(RELAY, &text(relay, "/state"), lang),
        since: time(relay, "/since"),
        lag: text(relay, "/lag"),
        done: [text(relay, "/delivered"), text(relay, "/answered")].concat(),
        failures: text(relay, "/failures"),
        last_error: error.trim().to_owned(),
    }
}

/// States of replicas.
const REPLICA: &[(&str, &str, &str, &str)] = &[
    ("live", "工作中", "works", "good"),
    ("draining", "交接中，即将停止", "draining, stops soon", "warn"),
    ("clock_wrong", "时钟偏差过大，工作由其他副本承担", "clock wrong, others do its work", "bad"),
    ("gone", "已离开", "gone", "bad"),
];

fn replica(replica: &Value, lang: Lang) -> ReplicaLine {
    let code = text(replica, "/state");
    let state = REPLICA.iter().find(|(known, ..)| *known == code);
    let state = state.map_or(("off", code.as_str()), |(_, zh, en, tone)| (*tone, lang.t(zh, en)));
    ReplicaLine {
        name: text(replica, "/name"),
        is_own: text(replica, "/own") == "true",
        state: Badge { tone: state.0, text: state.1.to_owned() },
        address: text(replica, "/address"),
        started: time(replica, "/started"),
        seen: time(replica, "/seen"),
        leases: text(replica, "/leases"),
        clock: match replica["clock_ahead_ms"].as_i64() {
            Some(ahead) => format!("{:+} ms", ahead),
            None => String::new(),
        },
    }
}

fn kind_of(store: &Value, lang: Lang) -> String {
    let kind = match text(store, "/on_server").as_str() {
        "true" => lang.t("数据库服务器（PostgreSQL 协议）", "database server (PostgreSQL)"),
        "false" => lang.t("内置（SQLite）", "embedded (SQLite)"),
        _ => "",
    };
    kind.to_owned()
}

/// How the last move of the store ended.
fn move_of(store: &Value, lang: Lang) -> String {
    let (at, to) = (time(store, "/last_move/at"), text(store, "/last_move/to"));
    if at.is_empty() {
        return at;
    }
    let failure = text(store, "/last_move/failure");
    let said = if failure.is_empty() { lang.t("完成", "done").to_owned() } else { failure };
    format!("{at} → {to}：{said}")
}

/// `GET /console/system`
pub async fn show(State(console): State<Console>, visitor: Visitor) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let relays = console.get(&visitor, "/v1/relays").await?;
    let (ready, ready_words) = match console.get(&visitor, "/readyz").await {
        Ok(_) => (Badge { tone: "good", text: lang.t("就绪", "ready").to_owned() }, String::new()),
        Err(failure) => {
            (Badge { tone: "bad", text: lang.t("未就绪", "not ready").to_owned() }, failure.detail)
        }
    };
    let mut connectors = Vec::new();
    if visitor.may(may::WATCH) {
        let found = console.get(&visitor, "/v1/connectors").await?;
        let line = |one: &Value| {
            let lines =
                list(one, "/lines").iter().filter_map(Value::as_str).map(|line| word(LINE, line, lang));
            let lines = lines.collect::<Vec<_>>().join(lang.t("、", ", "));
            let name = text(one, if lang == Lang::Zh { "/name_zh" } else { "/name_en" });
            (text(one, "/id"), name, lines)
        };
        connectors = list(&found, "/connectors").iter().map(line).collect();
    }
    let (mut is_shared, mut replicas) = (false, Vec::new());
    if visitor.may(may::WATCH) {
        let found = console.get(&visitor, "/v1/replicas").await?;
        is_shared = text(&found, "/shared") == "true";
        replicas = list(&found, "/replicas").iter().map(|one| replica(one, lang)).collect();
    }
    let store = match visitor.may(may::STORE) {
        true => console.get(&visitor, "/v1/store").await?,
        false => Value::Null,
    };
    let gateway = console.gateway();
    let health = gateway.store.health();
    let free = gateway.store.free_bytes().map(bytes).unwrap_or_default();
    let facts = [
        ("版本", "Version", env!("CARGO_PKG_VERSION").to_owned()),
        ("时间（北京）", "Time (Beijing)", super::reading::beijing_to_the_second(gateway.clock.now())),
        ("存储位置", "Store", text(&store, "/place")),
        ("存储类型", "Kind of store", kind_of(&store, lang)),
        ("上次迁移", "Last move", move_of(&store, lang)),
        ("存储磁盘余量", "Free on the store's disk", free),
        (
            "存储异常",
            "What ails the store",
            health.ailment.map(|ailment| lang.of_note(ailment.words())).unwrap_or_default(),
        ),
        ("协助单位", "Counterparts", gateway.counterparts.now().len().to_string()),
        ("最新事件序号", "Newest event", text(&relays, "/last_event")),
    ];
    let said = facts.into_iter().filter(|(_, _, value)| !value.is_empty());
    let shown = SystemPage {
        page: Frame::of(&visitor, lang.t("系统", "System"), "system"),
        facts: said.map(|(zh, en, value)| (lang.t(zh, en), value)).collect(),
        ready,
        ready_words,
        relays: list(&relays, "/relays").iter().map(|one| relay(one, lang)).collect(),
        intakes: list(&relays, "/intakes").iter().map(|one| relay(one, lang)).collect(),
        connectors,
        is_shared,
        replicas,
        licence: env!("CARGO_PKG_LICENSE"),
        licences: components::LICENCES.join(lang.t("、", ", ")),
        components: &components::COMPONENTS,
    };
    Ok(html(StatusCode::OK, &shown))
}
