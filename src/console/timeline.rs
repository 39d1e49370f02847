//! 全程留痕: everything that happened to a case, the newest first.

use jiff::Timestamp;
use serde_json::Value;

use super::address::segment;
use super::lang::Lang;
use super::names;
use super::reading::{beijing_to_the_second, grouped, instant, list, text};
use super::words::{ACT, ACTION, CLAIM_CHANGE, ORDER, OUTCOME, word};

/// What happened.
#[derive(Debug, Clone)]
pub struct Happening {
    at: Timestamp,
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
    fn new(at: Timestamp, who: impl Into<String>, what: impl Into<String>, words: impl Into<String>) -> Self {
        let whole = beijing_to_the_second(at);
        let (day, when) = whole.split_once(' ').unwrap_or((whole.as_str(), ""));
        Self {
            at,
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

/// What acts tell.
pub fn of_acts(acts: &Value, lang: Lang) -> Vec<Happening> {
    let one = |act: &Value| {
        let refused = text(act, "/refused");
        let words = [text(act, "/reason"), lang.of_note(&refused)].join(" ");
        let what = word(ACT, &text(act, "/act"), lang);
        let happening = Happening::new(instant(act, "/at")?, text(act, "/actor"), what, words.trim());
        Some(Happening { is_refused: !refused.is_empty(), ..happening })
    };
    list(acts, "/acts").iter().filter_map(one).collect()
}

/// What the history of a claim tells.
pub fn of_claim(claim: &Value, lang: Lang) -> Vec<Happening> {
    let one = |change: &Value| {
        let kind = word(CLAIM_CHANGE, &text(change, "/kind"), lang);
        let what =
            format!("{} {kind} → {}", lang.t("执行标的", "claim"), grouped(&text(change, "/after/amount")));
        Some(Happening::new(instant(change, "/at")?, text(change, "/actor"), what, text(change, "/reason")))
    };
    list(claim, "/history").iter().filter_map(one).collect()
}

/// What the orders of a certificate tell: sent, and answered or ended.
pub fn of_orders(certificate: &Value, lang: Lang) -> Vec<Happening> {
    let mut all = Vec::new();
    for line in list(certificate, "/orders") {
        let action = word(ACTION, &text(line, "/action"), lang);
        let (counterpart, href) =
            (names::counterpart(line), format!("/console/orders/{}", segment(&text(line, "/number"))));
        if let Some(sent) = instant(line, "/sent_at") {
            let what = format!("{} {action}", lang.t("发送", "sent:"));
            all.push(Happening::new(sent, "→ ".to_owned() + &counterpart, what, "").with_link(href.clone()));
        }
        if let Some(answered) = instant(line, "/answered_at") {
            let outcome = text(line, "/outcome");
            let said = match outcome.is_empty() {
                true => word(ORDER, &text(line, "/state"), lang),
                false => word(OUTCOME, &outcome, lang),
            };
            let what = format!("{} {action}：{said}", lang.t("反馈", "answered:"));
            all.push(
                Happening::new(
                    answered,
                    "← ".to_owned() + &counterpart,
                    what,
                    lang.of_note(&text(line, "/words")),
                )
                .with_link(href),
            );
        }
    }
    all
}

/// That inquiries came in.
pub fn of_inquiries(case: &Value, lang: Lang) -> Vec<Happening> {
    let one = |inquiry: &Value| {
        let href = format!("/console/inquiries/{}", segment(&text(inquiry, "/id")));
        let what = lang.t("查控申请受理", "inquiry accepted");
        let at = instant(inquiry, "/created_at")?;
        Some(
            Happening::new(at, text(inquiry, "/submitted_by"), what, text(inquiry, "/case_number"))
                .with_link(href),
        )
    };
    list(case, "/inquiries").iter().filter_map(one).collect()
}

/// The newest first.
pub fn sorted(mut all: Vec<Happening>) -> Vec<Happening> {
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    all.dedup_by(|a, b| a.at == b.at && a.what == b.what && a.who == b.who && a.href == b.href);
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
    use super::*;

    #[test]
    fn what_happened_is_grouped_by_the_days_of_beijing_the_newest_first() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let one = |text: &str| Happening::new(at(text), "somebody", text, "");
        let all = vec![one("2026-03-01T15:59:59Z"), one("2026-03-01T16:00:00Z"), one("2026-03-02T01:00:00Z")];
        let days = by_day(sorted(all));
        let told: Vec<(&str, Vec<&str>)> = days
            .iter()
            .map(|(day, all)| (day.as_str(), all.iter().map(|one| one.when.as_str()).collect()))
            .collect();
        assert_eq!(told, [("2026-03-02", vec!["09:00:00", "00:00:00"]), ("2026-03-01", vec!["23:59:59"])]);
    }
}
