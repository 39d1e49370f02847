//! Why orders that have not left wait: what is said of their counterparts, for those who may look at them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::address::segment;
use super::backend::Console;
use super::lang::Lang;
use super::reading::{is_there, text, time};
use super::visitor::Visitor;
use super::words::{LANE, word};
use crate::api::may;

/// Counterparts that are looked at for one page.
const MOST: usize = 12;

/// Why nothing leaves now for each of some counterparts; none for one that sends as ever.
pub async fn why(console: &Console, visitor: &Visitor, names: BTreeSet<String>) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    if !visitor.may(may::WATCH) {
        return known;
    }
    for name in names.into_iter().take(MOST) {
        // What cannot be read now is not told: the page is about something else.
        let path = format!("/v1/counterparts/{}", segment(&name));
        let Ok(view) = console.get(visitor, &path).await else { continue };
        let said = of_counterpart(&view, visitor.lang);
        if !said.is_empty() {
            known.insert(name, said);
        }
    }
    known
}

/// Why nothing leaves for a counterpart, as the API says it; empty where it sends as ever, or that is known elsewhere.
fn of_counterpart(view: &Value, lang: Lang) -> String {
    let until = |at: &str| match time(view, at) {
        none if none.is_empty() => none,
        at => format!(" {} {at}", lang.t("至", "until")),
    };
    if is_there(view, "/paused") {
        let (paused, until) = (lang.t("协助单位已暂停", "the counterpart is paused"), until("/paused_until"));
        return format!("{paused}{until}：{}", text(view, "/paused"));
    }
    let state = match is_there(view, "/health") {
        true => text(view, "/health/state"),
        false if text(view, "/elsewhere") == "true" => String::new(),
        false => "closed".to_owned(),
    };
    match state.as_str() {
        "" | "running" => String::new(),
        state => format!("{}{}", word(LANE, state, lang), until("/health/waits_until")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_said_why_nothing_leaves_for_a_counterpart_and_until_when() {
        let of = |view: Value| of_counterpart(&view, Lang::Zh);
        let paused = json!({ "paused": "银行停机维护", "paused_until": "2026-03-01T16:00:00Z", "health": { "state": "paused" } });
        assert_eq!(of(paused), "协助单位已暂停 至 2026-03-02 00:00：银行停机维护");
        let by_hand =
            json!({ "paused": "银行停机维护", "paused_until": null, "health": { "state": "paused" } });
        assert_eq!(of(by_hand), "协助单位已暂停：银行停机维护");
        for (state, expected) in [
            ("window_closed", "非服务时间 至 2026-03-02 08:00"),
            ("breaker_open", "熔断 至 2026-03-02 08:00"),
            ("quota_spent", "额度用尽 至 2026-03-02 08:00"),
            ("running", ""),
        ] {
            let view = json!({ "paused": null, "health": { "state": state, "waits_until": "2026-03-02T00:00:00Z" } });
            assert_eq!(of(view), expected, "{state}");
        }
        assert_eq!(of(json!({ "paused": null, "health": null, "elsewhere": false })), "线路打不开");
        assert_eq!(of(json!({ "paused": null, "health": null, "elsewhere": true })), "");
    }
}
