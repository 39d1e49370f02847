//! What a query over a call line has gathered so far: values not known, and what is missing.

use chakong_contract::asset::FoundAsset;
use chakong_contract::connector::{Read, Step};
use chakong_contract::date::Date;
use chakong_contract::fault::Fault;
use chakong_contract::id::{UnverifiedUscc, Uscc, folded_number};
use chakong_contract::money::Money;
use chakong_contract::order::RequestNumber;
use chakong_contract::reply::{Answer, Reply, UnknownValue};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::marks::without_marks;
use crate::scalar::Scalar;

/// Most values that are not known kept with one answer.
const MOST_UNKNOWN: usize = 100;
/// Most characters kept of a value.
const LONGEST_VALUE: usize = 200;
/// Most notes of what is missing kept with one answer.
const MOST_MISSING: usize = 50;

/// Values that are not known and what is missing, beside the assets of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Values that the connector does not know.
    pub unknown: Vec<UnknownValue>,
    /// What is missing and why, in words for court staff.
    pub missing: Vec<String>,
    /// The day on which the counterpart is asked, where it is known.
    day: Option<Date>,
    /// Days after it within which it answers.
    within: i32,
}

/// Days after which no counterpart answers any more; an order is long overdue by then.
const LATEST: i32 = 400;

impl Gathered {
    /// Nothing yet, of a counterpart that is asked, and answers, on a day; perhaps in another zone.
    pub fn on(day: Date) -> Self {
        Self::until(day, 1)
    }

    /// Nothing yet, of a counterpart that is asked on a day and may answer long after it.
    pub fn after(day: Date) -> Self {
        Self::until(day, LATEST)
    }

    fn until(day: Date, within: i32) -> Self {
        Self { day: Some(day), within, ..Self::default() }
    }

    /// The day on which the counterpart is asked, where it is known.
    pub const fn day(&self) -> Option<Date> {
        self.day
    }

    /// Whether a day lies after the answer, where that can be known.
    pub fn lies_ahead(&self, day: Date) -> bool {
        let since = self.day.and_then(|asked| day.since(asked).ok());
        since.is_some_and(|since| since.get_days() > self.within)
    }

    /// Keeps a value that is not known: its first 200 characters, and at most 100 values.
    pub fn strange(&mut self, field: &str, value: impl Into<String>) {
        if self.unknown.len() < MOST_UNKNOWN {
            let mut value = value.into();
            if let Some((end, _)) = value.char_indices().nth(LONGEST_VALUE) {
                value.truncate(end);
            }
            self.unknown.push(UnknownValue { field: field.to_owned(), value });
        }
    }

    /// Says in words for court staff that something is missing; at most 50 times.
    pub fn misses(&mut self, words: String) {
        if self.missing.len() < MOST_MISSING {
            self.missing.push(words);
        }
    }

    /// What a table says of a text, or nothing and the text kept; a blank is nothing.
    pub fn known<T>(&mut self, field: &str, value: &Scalar, table: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = value.as_text();
        if text.is_empty() {
            return None;
        }
        let known = table(&text);
        if known.is_none() {
            self.strange(field, text);
        }
        known
    }

    /// The words for a code. The text itself where the table does not know it; it is kept then as well.
    pub fn words(&mut self, field: &str, value: &Scalar, table: impl Fn(&str) -> Option<String>) -> String {
        self.known(field, value, table).unwrap_or_else(|| value.text())
    }

    /// A date, or nothing and its text kept.
    pub fn date(&mut self, field: &str, value: &Scalar) -> Option<Date> {
        value.date().unwrap_or_else(|_| {
            self.strange(field, value.text());
            None
        })
    }

    /// The day of something that has happened or begun. One after the answer is none, and its text is kept.
    pub fn past_date(&mut self, field: &str, value: &Scalar) -> Option<Date> {
        let read = self.date(field, value);
        self.past(field, value, read)
    }

    /// The same for a day that was read from the value by other rules.
    pub fn past(&mut self, field: &str, value: &Scalar, read: Option<Date>) -> Option<Date> {
        let read = read?;
        if self.lies_ahead(read) {
            self.strange(field, value.text());
            return None;
        }
        Some(read)
    }

    /// A value of a form that can be checked. A blank and what stands in place of a code are nothing; anything else that does not
    /// fit is kept.
    pub fn checked<T: std::str::FromStr>(&mut self, field: &str, value: &Scalar) -> Option<T> {
        let code = value.code()?;
        let read = code.parse().ok();
        if read.is_none() {
            self.strange(field, code);
        }
        read
    }

    /// A unified social credit code, and beside it one whose check fails; anything else that does not fit is kept.
    pub fn credit_code(&mut self, field: &str, value: &Scalar) -> (Option<Uscc>, Option<UnverifiedUscc>) {
        let Some(code) = value.code() else { return (None, None) };
        let folded = folded_number(&without_marks(&code));
        let (right, unverified) = (folded.parse().ok(), folded.parse().ok());
        if right.is_none() {
            self.strange(field, code);
        }
        (right, unverified)
    }

    /// An amount of capital as [`read_capital`](crate::capital::read_capital) reads it; a text whose amount was rounded is kept.
    pub fn capital(&mut self, field: &str, text: &str) -> Option<Money> {
        let stated = crate::capital::stated_capital(text)?;
        Some(self.rounded(field, text, stated))
    }

    /// The amount without what binary fractions leave over; a text whose amount was rounded is kept.
    pub fn rounded(&mut self, field: &str, text: &str, stated: Money) -> Money {
        let Some(rounded) = stated.without_residue() else { return stated };
        self.strange(field, text);
        rounded
    }

    /// What cannot be got, and why: `what：why`.
    pub fn lacks(&mut self, what: &str, why: &str) {
        self.misses(format!("{what}：{why}"));
    }

    /// Reads each entry of a list by itself; one bad entry never spoils the others, and how many were bad is told. An object that
    /// states nothing that is known, such as a message in place of an entry, is bad.
    pub fn entries<T: DeserializeOwned + PartialEq>(&mut self, what: &str, items: Vec<Value>) -> Vec<T> {
        let all = items.len();
        let nothing: Option<T> = serde_json::from_value(Value::Object(serde_json::Map::new())).ok();
        let read = items.into_iter().filter_map(|item| crate::json::of_value(item).ok());
        let read: Vec<T> = read.filter(|entry| Some(entry) != nothing.as_ref()).collect();
        let unreadable = all - read.len();
        if unreadable > 0 {
            self.lacks(what, &format!("{unreadable}条无法识别 {unreadable} entries cannot be read"));
        }
        read
    }

    /// A fault that may pass fails the attempt, so that the gateway tries again; one that will not is told as missing.
    ///
    /// # Errors
    /// The fault, when a retry can help.
    pub fn permitted<T>(&mut self, what: &str, read: Result<T, Fault>) -> Result<Option<T>, Fault> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(fault) if fault.kind.retry_can_help() => Err(fault),
            Err(fault) => {
                let status = fault.status.as_deref().unwrap_or("-");
                self.lacks(what, &format!("未能取得（{status}） not available, {}", fault.detail));
                Ok(None)
            }
        }
    }

    /// The end of a dialogue about one order, with what was gathered and found.
    pub fn done(&mut self, number: &RequestNumber, assets: Vec<FoundAsset>) -> Step {
        Step::Done(vec![Read::answer(number.clone(), std::mem::take(self).answer(assets))])
    }

    /// The answer to a query: found, nothing or partial.
    pub fn answer(self, assets: Vec<FoundAsset>) -> Answer {
        let reply = match (assets.is_empty(), self.missing.is_empty()) {
            (true, true) => Reply::Nothing,
            (false, true) => Reply::Found { assets },
            (_, false) => Reply::Partial { assets, missing: self.missing },
        };
        Answer { unknown: self.unknown, ..Answer::of(reply) }
    }
}

#[cfg(test)]
mod tests {
    use chakong_contract::fault::FaultKind;

    use super::*;

    #[test]
    fn faults_that_pass_fail_and_others_are_missing() {
        let mut gathered = Gathered::default();
        let fault = |kind| Err::<(), _>(Fault::new(kind, "ask", "no").status(7));
        assert!(gathered.permitted("名单 list", fault(FaultKind::Transient)).is_err());
        assert_eq!(gathered.permitted("名单 list", fault(FaultKind::Misconfigured)), Ok(None));
        assert_eq!(gathered.missing, ["名单 list：未能取得（7） not available, no"]);
        assert_eq!(gathered.answer(Vec::new()).reply.outcome(), "partial");
    }

    #[test]
    fn bad_entries_are_counted_and_bad_values_kept() {
        let mut gathered = Gathered::default();
        let read: Vec<u8> = gathered.entries("名单 list", vec![1.into(), "x".into(), 2.into()]);
        assert_eq!((read, gathered.missing.len()), (vec![1, 2], 1));
        assert_eq!(gathered.date("day", &"soon".into()), None);
        assert_eq!(gathered.checked::<u8>("size", &"big".into()), None);
        assert_eq!(gathered.checked::<u8>("size", &Scalar::Null), None);
        let kept: Vec<&str> = gathered.unknown.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(kept, ["soon", "big"]);
        assert_eq!(Gathered::default().answer(Vec::new()).reply, Reply::Nothing);
    }

    #[test]
    fn an_entry_that_states_nothing_known_is_bad() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Holder {
            #[serde(default)]
            name: Scalar,
        }
        let mut gathered = Gathered::default();
        let items = serde_json::json!([{ "name": "a" }, { "message": "busy" }, {}, { "name": "" }]);
        let items = crate::list::entries(items);
        let read: Vec<Holder> = gathered.entries("名单 list", items);
        assert_eq!(read.iter().map(|holder| holder.name.text()).collect::<Vec<_>>(), ["a", ""]);
        assert_eq!(gathered.missing, ["名单 list：2条无法识别 2 entries cannot be read"]);
    }

    #[test]
    fn what_begins_after_the_answer_is_none_and_kept() {
        let mut gathered = Gathered::on("2027-05-31".parse().expect("a day"));
        assert_eq!(
            gathered.past_date("begun", &"2027-06-01".into()).map(|day| day.to_string()).as_deref(),
            Some("2027-06-01")
        );
        assert_eq!(gathered.past_date("begun", &"2027-06-02".into()), None);
        assert_eq!(gathered.past_date("begun", &"2061-01-01".into()), None);
        assert_eq!(gathered.unknown.len(), 2);
        let mut gathered = Gathered::after("2027-05-31".parse().expect("a day"));
        assert!(gathered.past_date("begun", &"2028-07-01".into()).is_some(), "it may answer late");
        assert_eq!(gathered.past_date("begun", &"2028-08-01".into()), None);
        assert!(Gathered::default().past_date("begun", &"2061-01-01".into()).is_some(), "no day is known");
    }

    #[test]
    fn a_code_that_fails_its_check_is_kept_apart_and_a_placeholder_is_none() {
        let mut gathered = Gathered::default();
        let (code, unverified) = gathered.credit_code("code", &"91000000MADEM00114".into());
        assert_eq!(
            (code, unverified.map(|code| code.to_string()).as_deref()),
            (None, Some("91000000MADEM00114"))
        );
        assert_eq!(gathered.credit_code("code", &"暂无".into()), (None, None));
        assert_eq!(gathered.checked::<Uscc>("code", &"null".into()), None);
        assert!(gathered.credit_code("code", &"91000000MADEM00112".into()).0.is_some());
        assert_eq!(gathered.unknown.len(), 1, "it is shown as told");
    }

    #[test]
    fn what_a_table_knows_is_read_and_the_rest_is_kept_within_limits() {
        let mut gathered = Gathered::default();
        let table = |text: &str| (text == "1").then(|| "one".to_owned());
        assert_eq!(gathered.words("form", &"1".into(), table), "one");
        assert_eq!(gathered.words("form", &Scalar::Null, table), "");
        assert!(gathered.unknown.is_empty());
        assert_eq!(gathered.words("form", &"2".into(), table), "2", "its own text");
        assert_eq!(gathered.known("form", &"3".into(), |_| None::<u8>), None);
        gathered.strange("long", "某".repeat(1_000));
        assert_eq!(gathered.unknown.len(), 3);
        assert_eq!(gathered.unknown[2].value.chars().count(), 200);
        (0..1_000).for_each(|at| gathered.strange("many", at.to_string()));
        (0..1_000).for_each(|at| gathered.misses(at.to_string()));
        assert_eq!((gathered.unknown.len(), gathered.missing.len()), (100, 50));
    }

    #[test]
    fn a_credit_code_is_read_in_every_spelling() {
        for spelled in [
            "91000000MADEM00112",
            "<em>91000000MADEM00112</em>",
            "91000000-MADEM0011-2",
            "91000000\u{200b}MADEM00112",
            "９１００００００MADEM00112",
        ] {
            let mut gathered = Gathered::default();
            let (code, _) = gathered.credit_code("creditCode", &spelled.into());
            assert_eq!(code.map(|code| code.to_string()).as_deref(), Some("91000000MADEM00112"), "{spelled}");
            assert_eq!(gathered.unknown, [], "{spelled}");
        }
    }
}
