//! 全程留痕: everything that happened to a case, the newest first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::address::segment;
use super::found::property_of;
use super::lang::Lang;
use super::names;
use super::reading::{beijing_to_the_second, grouped, instant, list, some, text};
use super::words::{ACT, ACTION, ASSET, CLAIM_CHANGE, ORDER, OUTCOME, word};

/// Properties that an act names; of more it says how many.
const MOST_NAMED: usize = 3;

/// What follows from what, where it happened at the same time: what comes later here came later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    CameIn,
    Done,
    ClaimChanged,
    Sent,
    Answered,
}

/// What happened.
#[derive(Debug, Clone)]
pub struct Happening {
    at: Timestamp,
    stage: Stage,
    /// The day, in Beijing time.
    pub day: String,
    /// The time of the day.
    pub when: String,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
    /// Why, or what was said.
    pub words: String,
    /// Where more of it is; empty for nowhere.
    pub href: String,
    /// Whether it was refused.
    pub is_refused: bool,
}

impl Happening {
    fn new(
        (at, stage): (Timestamp, Stage),
        who: impl Into<String>,
        what: impl Into<String>,
        words: impl Into<String>,
    ) -> Self {
        let whole = beijing_to_the_second(at);
        let (day, when) = whole.split_once(' ').unwrap_or((whole.as_str(), ""));
        Self {
            at,
            stage,
            day: day.to_owned(),
            when: when.to_owned(),
            who: who.into(),
            what: what.into(),
            words: words.into(),
            href: String::new(),
            is_refused: false,
        }
    }

    fn with_link(self, href: String) -> Self {
        Self { href, ..self }
    }
}

/// A property in a line: kind, number, and the counterpart, where it is not said beside it.
fn named(target: &Value, counterpart: &str, lang: Lang) -> String {
    let (number, _) = property_of(target);
    let own = format!("{} {number}", word(ASSET, &text(target, "/kind"), lang));
    let said = [own.trim(), counterpart].into_iter().filter(|said| !said.is_empty());
    said.collect::<Vec<_>>().join(" · ")
}

/// What an act was about: its properties with their counterparts, and the amount where it is one property's.
pub fn about_of(act: &str, detail: &Value, lang: Lang) -> String {
    let after = list(detail, "/measures");
    let before = detail.pointer("/before").filter(|before| before.get("target").is_some());
    let all: Vec<&Value> =
        if after.is_empty() { before.into_iter().collect() } else { after.iter().collect() };
    let name = |one: &&Value| named(&one["target"], &names::counterpart(one), lang);
    let mut said: Vec<String> = all.iter().take(MOST_NAMED).map(name).collect();
    if all.len() > MOST_NAMED {
        said.push(format!("… {}", all.len()));
    }
    let amount = match act {
        "approve" | "renew" => "/measures/0/limit",
        "reject" => "/before/limit",
        "release" => "/measures/0/releasing",
        "deduct" => "/measures/0/deducting",
        "value" => "/measures/0/value",
        _ => "",
    };
    if all.len() == 1 && !amount.is_empty() {
        said.push(some(detail, amount));
    }
    said.retain(|said| !said.is_empty());
    said.join(" · ")
}

/// What acts tell.
pub fn of_acts(acts: &Value, lang: Lang) -> Vec<Happening> {
    let one = |act: &Value| {
        let refused = text(act, "/refused");
        let words = [text(act, "/reason"), lang.of_note(&refused)].join(" ");
        let (code, detail) = (text(act, "/act"), &act["detail"]);
        let what = format!("{} {}", word(ACT, &code, lang), about_of(&code, detail, lang));
        let at = (instant(act, "/at")?, Stage::Done);
        let happening = Happening::new(at, text(act, "/actor"), what.trim(), words.trim());
        let href = match list(detail, "/measures") {
            [only] => format!("/console/measures/{}", segment(&text(only, "/id"))),
            _ => String::new(),
        };
        Some(Happening { is_refused: !refused.is_empty(), ..happening.with_link(href) })
    };
    list(acts, "/acts").iter().filter_map(one).collect()
}

/// What the history of a claim tells, the newest first.
pub fn of_claim(claim: &Value, lang: Lang) -> Vec<Happening> {
    let one = |change: &Value| {
        let kind = word(CLAIM_CHANGE, &text(change, "/kind"), lang);
        let what =
            format!("{} {kind} → {}", lang.t("执行标的", "claim"), grouped(&text(change, "/after/amount")));
        let at = (instant(change, "/at")?, Stage::ClaimChanged);
        Some(Happening::new(at, text(change, "/actor"), what, text(change, "/reason")))
    };
    list(claim, "/history").iter().rev().filter_map(one).collect()
}

/// What orders are about, by their numbers: the property and the amount of a control.
pub fn of_controls(orders: &Value, lang: Lang) -> BTreeMap<String, String> {
    let about = |order: &Value| {
        let target = order.pointer("/instruction/target")?;
        let amount = ["/instruction/limit", "/instruction/amount"].map(|at| some(order, at)).concat();
        let said = format!("{} {amount}", named(target, "", lang));
        Some((text(order, "/number"), said.trim().to_owned()))
    };
    list(orders, "/orders").iter().filter_map(about).collect()
}

/// What the orders of a certificate tell, the newest first: sent, and answered or ended. What each is about stands beside it: of a control
/// its property, of a query its party.
pub fn of_orders(
    certificate: &Value,
    (controls, parties): (&BTreeMap<String, String>, &BTreeMap<String, String>),
    lang: Lang,
) -> Vec<Happening> {
    let mut all = Vec::new();
    for line in list(certificate, "/orders").iter().rev() {
        let number = text(line, "/number");
        let about = controls.get(&number).or_else(|| parties.get(&text(line, "/party")));
        let action = word(ACTION, &text(line, "/action"), lang);
        let action = format!("{action} {}", about.map_or("", String::as_str)).trim().to_owned();
        let (counterpart, href) = (names::counterpart(line), format!("/console/orders/{}", segment(&number)));
        if let Some(answered) = instant(line, "/answered_at") {
            let outcome = text(line, "/outcome");
            let said = match outcome.is_empty() {
                true => word(ORDER, &text(line, "/state"), lang),
                false => word(OUTCOME, &outcome, lang),
            };
            let what = format!("{} {action}：{said}", lang.t("反馈", "answered:"));
            let at = (answered, Stage::Answered);
            all.push(
                Happening::new(
                    at,
                    "← ".to_owned() + &counterpart,
                    what,
                    lang.of_words(&text(line, "/words")),
                )
                .with_link(href.clone()),
            );
        }
        if let Some(sent) = instant(line, "/sent_at") {
            let what = format!("{} {action}", lang.t("发送", "sent:"));
            let at = (sent, Stage::Sent);
            all.push(Happening::new(at, "→ ".to_owned() + &counterpart, what, "").with_link(href));
        }
    }
    all
}

/// That inquiries came in, the newest first.
pub fn of_inquiries(case: &Value, lang: Lang) -> Vec<Happening> {
    let one = |inquiry: &Value| {
        let href = format!("/console/inquiries/{}", segment(&text(inquiry, "/id")));
        let what = lang.t("查控申请受理", "inquiry accepted");
        let at = (instant(inquiry, "/created_at")?, Stage::CameIn);
        Some(
            Happening::new(at, text(inquiry, "/submitted_by"), what, text(inquiry, "/case_number"))
                .with_link(href),
        )
    };
    list(case, "/inquiries").iter().rev().filter_map(one).collect()
}

/// The newest first, each once. What happened at the same time stands in the order in which one follows from the other.
pub fn sorted(mut all: Vec<Happening>) -> Vec<Happening> {
    all.sort_by_key(|one| std::cmp::Reverse((one.at, one.stage)));
    let mut told = BTreeSet::new();
    all.retain(|one| told.insert((one.at, one.what.clone(), one.who.clone(), one.href.clone())));
    all
}

/// By days, in the order in which they come.
pub fn by_day(all: Vec<Happening>) -> Vec<(String, Vec<Happening>)> {
    let mut days: Vec<(String, Vec<Happening>)> = Vec::new();
    for one in all {
        match days.last_mut() {
            Some((day, of_day)) if *day == one.day => of_day.push(one),
            _ => days.push((one.day.clone(), vec![one])),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_happened_is_grouped_by_the_days_of_beijing_the_newest_first() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let one = |text: &str| Happening::new((at(text), Stage::Done), "somebody", text, "");
        let all = vec![one("2026-03-01T15:59:59Z"), one("2026-03-01T16:00:00Z"), one("2026-03-02T01:00:00Z")];
        let days = by_day(sorted(all));
        let told: Vec<(&str, Vec<&str>)> = days
            .iter()
            .map(|(day, all)| (day.as_str(), all.iter().map(|one| one.when.as_str()).collect()))
            .collect();
        assert_eq!(told, [("2026-03-02", vec!["09:00:00", "00:00:00"]), ("2026-03-01", vec!["23:59:59"])]);
    }

    /// A case in which everything happened within one second.
    fn happened_at_once() -> Vec<Happening> {
        let at = "2026-03-02T01:00:00Z";
        let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
        let target = json!({ "kind": "account", "number": "****0011" });
        let measure =
            json!({ "id": "7", "counterpart": "bank-1", "target": target, "limit": yuan("900000.00") });
        let acts = json!({ "acts": [
            { "at": at, "actor": "1002", "act": "approve", "reason": "同意冻结", "detail": { "measures": [measure] } },
        ] });
        let certificate = json!({ "orders": [
            { "number": "CK1", "counterpart": "bank-1", "party": "p1", "action": "query", "sent_at": at, "answered_at": at, "outcome": "found" },
            { "number": "CK2", "counterpart": "bank-1", "party": "p1", "action": "freeze", "sent_at": at, "answered_at": at, "outcome": "held" },
        ] });
        let orders = json!({ "orders": [
            { "number": "CK1", "instruction": { "action": "query" } },
            { "number": "CK2", "instruction": { "action": "freeze", "target": target, "limit": yuan("900000.00") } },
        ] });
        let parties = BTreeMap::from([("p1".to_owned(), "测试甲".to_owned())]);
        let controls = of_controls(&orders, Lang::Zh);
        let mut all = of_orders(&certificate, (&controls, &parties), Lang::Zh);
        all.extend(of_acts(&acts, Lang::Zh));
        sorted(all)
    }

    #[test]
    fn acts_and_orders_name_the_property_the_counterpart_and_the_amount() {
        let all = happened_at_once();
        let told: Vec<(&str, &str)> = all.iter().map(|one| (one.who.as_str(), one.what.as_str())).collect();
        for expected in [
            ("1002", "批准 存款账户 ****0011 · bank-1 · 900,000.00"),
            ("→ bank-1", "发送 冻结 存款账户 ****0011 900,000.00"),
            ("→ bank-1", "发送 查询 测试甲"),
        ] {
            assert!(told.contains(&expected), "{expected:?}: {told:?}");
        }
        let approval = all.iter().find(|one| one.who == "1002").expect("the approval");
        assert_eq!((approval.href.as_str(), approval.words.as_str()), ("/console/measures/7", "同意冻结"));
    }

    #[test]
    fn a_refused_freeze_names_what_was_proposed_and_many_properties_are_counted() {
        let account = |end: &str| json!({ "kind": "account", "number": format!("****{end}") });
        let proposed = json!({ "counterpart": "bank-1", "target": account("0011"), "limit": { "amount": "500.00", "currency": "CNY" } });
        let after = json!({ "id": "7", "counterpart": "bank-1", "target": account("0011"), "limit": { "amount": "0", "currency": "CNY" } });
        let rejected = json!({ "before": proposed, "measures": [after] });
        assert_eq!(about_of("reject", &rejected, Lang::Zh), "存款账户 ****0011 · bank-1 · 500.00");
        let many: Vec<Value> =
            ["0011", "0012", "0013", "0014"].map(|end| json!({ "target": account(end) })).to_vec();
        let said = about_of("release", &json!({ "measures": many }), Lang::Zh);
        assert_eq!(said, "存款账户 ****0011 · 存款账户 ****0012 · 存款账户 ****0013 · … 4");
        assert_eq!(about_of("submit", &Value::Null, Lang::Zh), "", "it was about no property");
    }

    #[test]
    fn what_happened_at_the_same_time_stands_in_the_order_in_which_it_happened() {
        let all = happened_at_once();
        let told: Vec<&str> =
            all.iter().rev().map(|one| one.what.split(' ').next().unwrap_or_default()).collect();
        assert_eq!(told, ["批准", "发送", "发送", "反馈", "反馈"], "an answer is never before what was sent");
    }
}
