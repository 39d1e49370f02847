//! Notices between processes: which lanes were touched, and how far the log is. They hasten what is found by looking anyway: one that
//! is lost, or that this database cannot send, delays and does no more.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::super::others::{Others, writer_of};
use super::super::shared::Touched;
use crate::store::Signals;

/// The channel of notices.
pub(super) const CHANNEL: &str = "chakong";
/// Longest notice; PostgreSQL takes 8000 bytes.
const LONGEST: usize = 7000;

/// What one process tells the others.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Notice {
    /// Who says it.
    #[serde(default)]
    from: String,
    /// The number of the commit with which it is said.
    #[serde(default, skip_serializing_if = "is_zero")]
    commit: i64,
    /// The newest event.
    #[serde(default, skip_serializing_if = "is_zero")]
    event: i64,
    /// Lanes, and whether something urgent was added.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    lanes: HashMap<String, bool>,
    /// More lanes than can be named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    all: bool,
    /// Leases are free.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    leases: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// The statement that tells the others what a transaction has touched, as its last but the commit; `None` where it is nothing.
pub(in crate::store::postgres) fn notice(from: &str, touched: &Touched, commit: i64) -> Option<String> {
    if touched.event == 0 && touched.lanes.is_empty() {
        return None;
    }
    let notice = Notice {
        from: from.to_owned(),
        commit,
        event: touched.event,
        lanes: touched.lanes.clone(),
        ..Notice::default()
    };
    statement(notice)
}

/// The statement that tells the others that leases are free.
pub(super) fn freed(from: &str) -> Option<String> {
    statement(Notice { from: from.to_owned(), leases: true, ..Notice::default() })
}

fn statement(mut notice: Notice) -> Option<String> {
    let mut text = serde_json::to_string(&notice).ok()?;
    if text.len() > LONGEST {
        notice = Notice { lanes: HashMap::new(), all: true, ..notice };
        text = serde_json::to_string(&notice).ok()?;
    }
    Some(format!("NOTIFY {CHANNEL}, '{}'", text.replace('\'', "''")))
}

/// Passes on what another process said. Whether leases are to be looked at now.
pub(super) fn heard(said: &str, own: &str, signals: &Signals, others: &Others) -> bool {
    let Ok(notice) = serde_json::from_str::<Notice>(said) else { return false };
    if notice.from == own {
        return false;
    }
    if notice.commit > 0 {
        others.committed(&writer_of(&notice.from), notice.commit);
    }
    signals.events_grew(notice.event);
    for (lane, urgent) in &notice.lanes {
        signals.wake(lane, *urgent);
    }
    if notice.all {
        signals.wake_all();
    }
    notice.leases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_says_the_others_hear_and_nobody_hears_himself() {
        let mut touched = Touched::default();
        assert_eq!(notice("a", &touched, 4), None);
        touched.lane("o'bank", true);
        touched.event = 7;
        let statement = notice("a", &touched, 4).expect("a statement");
        let said = statement.split_once(", '").and_then(|(_, said)| said.strip_suffix('\'')).expect("a text");
        let said = said.replace("''", "'");
        let (signals, others) = (Signals::default(), Others::of("b"));
        assert!(!heard(&said, "a", &signals, &others));
        assert_eq!(*signals.events().borrow(), 0);
        assert!(!heard(&said, "b", &signals, &others));
        assert!(
            others.compare(&others.now_known(), &[("chakong-a".to_owned(), 3)]).is_err(),
            "its commit is known"
        );
        assert_eq!(*signals.events().borrow(), 7);
        assert!(signals.lane("o'bank").take_urgent());
        assert!(!heard("no notice", "b", &signals, &others));
        assert!(heard(r#"{"from":"a","leases":true}"#, "b", &signals, &others));
    }

    #[test]
    fn more_lanes_than_a_notice_holds_are_woken_all() {
        let mut touched = Touched::default();
        (0..2000).for_each(|number| touched.lane(&format!("bank-{number}"), false));
        let statement = notice("a", &touched, 4).expect("a statement");
        assert!(statement.len() < 8000 && statement.contains("\"all\":true"), "{statement}");
    }
}
