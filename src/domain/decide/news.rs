//! News of re-queries: property that a later answer shows for the first time. What the ledger takes up is before people there; the rest
//! is put before one.

use serde_json::Value;

use super::super::{OrderRecord, TaskKind};
use super::draft::{Draft, NewTask};

/// Kinds of assets that become lines of the ledger.
const OF_THE_LEDGER: &[&str] = &["account", "property", "equity"];

/// Puts what the newest answer to a query shows for the first time before a person, where no line of the ledger came of it: there were
/// `lines` before.
pub fn show(draft: &mut Draft<'_>, order: &OrderRecord, lines: usize) {
    let took_up = draft.file.measures.len() > lines;
    let is_taken_up = |found: &&Value| {
        let kind = found.pointer("/asset/kind").and_then(Value::as_str);
        took_up && kind.is_some_and(|kind| OF_THE_LEDGER.contains(&kind))
    };
    let differences = draft.file.revisions.get(&order.root).and_then(|last| last.differences.as_ref());
    let added = differences.and_then(|differences| differences["added"].as_array());
    let added = added.map_or(0, |all| all.iter().filter(|found| !is_taken_up(found)).count());
    if added == 0 {
        return;
    }
    let note = format!(
        "再次查询新反馈财产 {added} 项，未列入台账，须核对 a later answer shows {added} assets for the first time, of which no measure came: \
         look at them"
    );
    let (kind, inquiry, due) = (TaskKind::ReviewNews, Some(order.inquiry), draft.now());
    draft.task(NewTask { kind, inquiry, order: Some(order.id), measure: None, due }, note);
}
