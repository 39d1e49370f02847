//! Whom an inquiry asked: one row an order, those that want attention first, and how many ended how.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::super::address::segment;
use super::super::lang::Lang;
use super::super::names;
use super::super::reading::{how_long, instant, list, number, text};
use super::super::words::{ACTION, Badge, ORDER, OUTCOME, badge, word};

/// An order, or somebody who was not asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What the counterpart is called.
    pub counterpart: String,
    /// Its code.
    pub counterpart_code: String,
    /// The case system's reference of the party.
    pub party: String,
    /// Who that is; empty where the page does not say.
    pub party_name: String,
    /// What was asked.
    pub action: String,
    /// State.
    pub state: Badge,
    /// State as the API says it.
    pub state_code: String,
    /// What came back; none while nothing did.
    pub outcome: Option<Badge>,
    /// How long it took, or how long it has been waited for.
    pub took: String,
    /// When the answer came, or the order left.
    pub at: String,
    /// The counterpart's words, or ours.
    pub words: String,
    /// The order's page; empty for what was not asked.
    pub href: String,
}

/// Everybody who was asked, or not.
#[derive(Debug, Clone)]
pub struct FanOut {
    /// Those that want attention first.
    pub rows: Vec<Asked>,
    /// How many questions ended how: the word, how many, the tone.
    pub questions: Vec<(&'static str, u64, &'static str)>,
    /// The same of controls.
    pub controls: Vec<(&'static str, u64, &'static str)>,
}

const COUNTS: &[(&str, &str, &str, &str)] = &[
    ("total", "项", "in all", "off"),
    ("answered", "已反馈", "answered", "good"),
    ("pending", "办理中", "pending", "busy"),
    ("partial", "部分反馈", "partial", "warn"),
    ("refused", "被退回", "refused", "bad"),
    ("silent", "逾期未反馈", "silent", "bad"),
    ("not_delivered", "未送达", "not delivered", "bad"),
    ("failed", "未能办理", "failed", "bad"),
    ("undetermined", "结果不明", "undetermined", "bad"),
    ("withdrawn", "已撤回", "withdrawn", "off"),
];

fn counts(certificate: &Value, of: &str, lang: Lang) -> Vec<(&'static str, u64, &'static str)> {
    let count = |code: &str| number(certificate, &format!("/{of}/{code}"));
    let all = COUNTS.iter().map(|(code, zh, en, tone)| (lang.t(zh, en), count(code), *tone));
    all.filter(|(_, count, _)| *count > 0).collect()
}

impl FanOut {
    /// Says of parties who they are, beside the reference.
    pub fn name_parties(&mut self, names: &BTreeMap<String, String>) {
        for row in &mut self.rows {
            if let Some(name) = names.get(&row.party).filter(|name| !name.is_empty()) {
                row.party_name.clone_from(name);
            }
        }
    }

    /// Counterparts for which something has not left.
    pub fn waiting(&self) -> BTreeSet<String> {
        let queued = self.rows.iter().filter(|row| row.state_code == "queued");
        queued.map(|row| row.counterpart_code.clone()).collect()
    }

    /// Says beside what has not left why nothing leaves for its counterpart.
    pub fn say_why(&mut self, why: &BTreeMap<String, String>) {
        for row in self.rows.iter_mut().filter(|row| row.state_code == "queued") {
            if let Some(why) = why.get(&row.counterpart_code) {
                row.words = format!("{why} {}", row.words).trim().to_owned();
            }
        }
    }

    /// Out of a certificate as of now.
    pub fn of(certificate: &Value, now: Timestamp, lang: Lang) -> Self {
        let asked = list(certificate, "/orders").iter().map(|line| asked(line, now, lang));
        let not = list(certificate, "/not_asked").iter().map(|line| not_asked(line, lang));
        let mut rows: Vec<Asked> = asked.chain(not).collect();
        rows.sort_by_key(|row| order_of(&row.state_code));
        let (questions, controls) =
            (counts(certificate, "questions", lang), counts(certificate, "controls", lang));
        Self { rows, questions, controls }
    }
}

fn order_of(state: &str) -> u8 {
    match state {
        "undetermined" => 0,
        "overdue" => 1,
        "failed" => 2,
        "refused" => 3,
        "sending" | "awaiting" => 4,
        "queued" => 5,
        "answered" => 6,
        _ => 7,
    }
}

fn asked(line: &Value, now: Timestamp, lang: Lang) -> Asked {
    let state_code = text(line, "/state");
    let (sent, answered) = (instant(line, "/sent_at"), instant(line, "/answered_at"));
    let created = instant(line, "/created_at");
    let began = sent.or(created);
    let took = began.map(|began| how_long(began, answered.unwrap_or(now), lang)).unwrap_or_default();
    let took = match answered {
        None if matches!(state_code.as_str(), "queued" | "sending" | "awaiting" | "overdue") => {
            format!("{} {took}", lang.t("已等", "waits"))
        }
        None => String::new(),
        Some(_) => took,
    };
    let outcome = text(line, "/outcome");
    let passed = text(line, "/passed_on_to");
    let stands_in = text(line, "/stands_in_for");
    let mut words = lang.of_words(&text(line, "/words"));
    if !passed.is_empty() {
        words = format!("{words} {} {passed}", lang.t("转由", "passed on to"));
    }
    if !stands_in.is_empty() {
        words = format!("{words} {} {stands_in}", lang.t("代替", "stands in for"));
    }
    Asked {
        counterpart: names::counterpart(line),
        counterpart_code: text(line, "/counterpart"),
        party: text(line, "/party"),
        party_name: String::new(),
        action: word(ACTION, &text(line, "/action"), lang),
        state: badge(ORDER, &state_code, lang),
        outcome: (!outcome.is_empty()).then(|| badge(OUTCOME, &outcome, lang)),
        took,
        at: answered.or(began).map(super::super::reading::beijing).unwrap_or_default(),
        words: words.trim().to_owned(),
        href: format!("/console/orders/{}", segment(&text(line, "/number"))),
        state_code,
    }
}

fn not_asked(line: &Value, lang: Lang) -> Asked {
    Asked {
        counterpart: names::counterpart(line),
        counterpart_code: text(line, "/counterpart"),
        party: text(line, "/party"),
        party_name: String::new(),
        action: word(ACTION, "query", lang),
        state: badge(ORDER, "not_asked", lang),
        state_code: "not_asked".to_owned(),
        outcome: None,
        took: String::new(),
        at: String::new(),
        words: lang.of_note(&text(line, "/reason")),
        href: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_not_left_says_why_and_what_has_says_nothing_of_it() {
        let line = |number: &str, counterpart: &str, state: &str| json!({ "number": number, "counterpart": counterpart, "action": "query", "state": state });
        let orders = [
            line("CK1", "bank-1", "queued"),
            line("CK2", "bank-1", "answered"),
            line("CK3", "bank-2", "queued"),
        ];
        let mut fan = FanOut::of(&json!({ "orders": orders }), Timestamp::UNIX_EPOCH, Lang::Zh);
        assert_eq!(fan.waiting(), BTreeSet::from(["bank-1".to_owned(), "bank-2".to_owned()]));
        fan.say_why(&BTreeMap::from([("bank-1".to_owned(), "协助单位已暂停：维护".to_owned())]));
        let words: BTreeMap<&str, &str> =
            fan.rows.iter().map(|row| (row.href.as_str(), row.words.as_str())).collect();
        let expected = [
            ("/console/orders/CK1", "协助单位已暂停：维护"),
            ("/console/orders/CK2", ""),
            ("/console/orders/CK3", ""),
        ];
        assert_eq!(words, BTreeMap::from(expected));
    }
}
