//! What processes that share the store leave for one another about lanes, and what each leaves for itself.

use jiff::Timestamp;

use super::query::{View, params};
use super::rows::{get, micros};
use crate::store::{LaneMark, Stored};

/// What limits a lane, as the last process left it.
pub(super) fn limits(view: &mut View<'_>, lane: &str) -> Stored<Option<String>> {
    let sql = "SELECT breaker FROM lane_states WHERE lane = $1";
    let found = view.one(sql, params![lane], |row| get(row, 0))?;
    Ok(found.flatten())
}

/// What persons say of lanes.
pub(super) fn marks(view: &mut View<'_>) -> Stored<Vec<LaneMark>> {
    let sql = "SELECT l.lane, (SELECT COUNT(*) FROM pauses p WHERE p.lane = l.lane),
         (SELECT COALESCE(MAX(s.resets), 0) FROM lane_states s WHERE s.lane = l.lane)
         FROM (SELECT lane FROM pauses UNION SELECT lane FROM lane_states) AS l";
    view.all(sql, params![], |row| {
        Ok(LaneMark { lane: get(row, 0)?, is_paused: get::<i64>(row, 1)? > 0, resets: get(row, 2)? })
    })
}

/// Whether a token of a call under way is known, and drawn since a time. A transaction that may spend it keeps others from doing so.
pub(super) fn has_call_token(view: &mut View<'_>, digest: &[u8], since: Timestamp) -> Stored<bool> {
    let lock = if view.work.is_some() { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT made FROM call_tokens WHERE digest = $1 AND made >= $2{lock}");
    Ok(view.one(&sql, params![digest, micros(since)], |row| get::<i64>(row, 0))?.is_some())
}

/// The name under which this process keeps when it last wrote to look at the store. Each looks for what it wrote itself: clocks differ.
pub(super) fn probed_key(view: &View<'_>) -> String {
    format!("probed/{}", view.shared.signals.leases().id())
}

/// When this process last wrote to look at the store.
pub(super) fn probed(view: &mut View<'_>) -> Stored<Option<Timestamp>> {
    let key = probed_key(view);
    let at =
        view.one("SELECT value FROM store_info WHERE key = $1", params![key], |row| get::<Vec<u8>>(row, 0))?;
    let read = |at: Vec<u8>| std::str::from_utf8(&at).ok().and_then(|at| at.parse().ok());
    Ok(at.and_then(read))
}
