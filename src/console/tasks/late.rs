//! When a task is overdue.

use jiff::Timestamp;
use serde_json::Value;

use super::super::reading::{beijing, instant};

/// Whether a task was due when it was made, so that it has its day.
pub fn is_for_its_day(task: &Value) -> bool {
    let (due, created) = (instant(task, "/due_at"), instant(task, "/created_at"));
    due.is_some() && due <= created
}

/// Whether a task is overdue. One that was due when it was made is after the day on which it was made.
pub fn is_late(task: &Value, now: Timestamp) -> bool {
    let day = |at: Timestamp| beijing(at).split(' ').next().map(str::to_owned);
    match (instant(task, "/due_at"), instant(task, "/created_at")) {
        (Some(_), Some(created)) if is_for_its_day(task) => day(created) < day(now),
        (Some(due), _) => due < now,
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_due_when_it_is_listed_is_overdue_after_its_day_and_no_sooner() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let task = |created: &str, due: &str| json!({ "created_at": created, "due_at": due });
        // 22:06 in Beijing: the day ends two hours later.
        let at_once = task("2026-03-01T14:06:00Z", "2026-03-01T14:06:00Z");
        assert!(!is_late(&at_once, at("2026-03-01T14:06:08Z")), "eight seconds later");
        assert!(!is_late(&at_once, at("2026-03-01T15:59:59Z")), "the same day");
        assert!(is_late(&at_once, at("2026-03-01T16:00:00Z")), "the day after");
        let in_an_hour = task("2026-03-01T14:06:00Z", "2026-03-01T15:06:00Z");
        assert!(!is_late(&in_an_hour, at("2026-03-01T15:05:59Z")));
        assert!(is_late(&in_an_hour, at("2026-03-01T15:06:01Z")), "it had a time of its own");
    }
}
