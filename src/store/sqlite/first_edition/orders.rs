//! Orders and answers of the first edition: what this edition keeps beside them.

use jiff::Timestamp;
use rusqlite::params;

use super::super::query::Rows;
use super::super::rows::get;
use super::{Places, unreadable_row};
use crate::domain::{
    Change, IdKind, InquiryId, MeasureId, NewIds as _, OrderId, Task, TaskId, TaskKind, names_cash, valuable,
};
use crate::store::codec::decode_json;
use crate::store::{Stored, Tx as _};
use chakong_contract::reply::Answer;

/// The documents that a control of each action goes out on. The first edition renewed on those of the freeze.
const PAPERS: [(&str, &str, &str); 5] = [
    ("freeze", "freeze_ruling", "freeze_notice"),
    ("renew", "freeze_ruling", "freeze_notice"),
    ("release", "release_ruling", "release_notice"),
    ("deduct", "deduct_ruling", "deduct_notice"),
    ("transfer", "transfer_ruling", "transfer_notice"),
];

/// Brings orders and answers up to date.
pub(super) fn take_over(rows: &Rows<'_>) -> Stored<()> {
    // An order left when its batch was made, or at the latest when it was answered.
    rows.execute(
        "UPDATE orders SET sent = COALESCE((SELECT b.made FROM batches b WHERE b.id = orders.batch),
           (SELECT MIN(r.at) FROM revisions r WHERE r.root = COALESCE(orders.root, orders.id) AND r.order_id = orders.id))",
        [],
    )?;
    for (action, ruling, notice) in PAPERS {
        // The newest of each kind, as it was when it was sent.
        rows.execute(
            "UPDATE orders SET papers = (SELECT NULLIF(json_group_array(d.id), '[]') FROM
               (SELECT MAX(id) AS id FROM documents WHERE inquiry = orders.inquiry AND kind IN (?2, ?3) GROUP BY kind ORDER BY 1) d)
             WHERE action = ?1",
            params![action, ruling, notice],
        )?;
    }
    // An order that may be sent again is not open any more: a person decides about it.
    rows.execute(
        "UPDATE inquiries SET
           open_orders = (SELECT COUNT(*) FROM orders o WHERE o.inquiry = inquiries.id AND o.state IN (0, 1, 2)),
           next_deadline = MIN(next_deadline, COALESCE(
             (SELECT MIN(o.deadline) FROM orders o WHERE o.inquiry = inquiries.id AND o.state IN (0, 1, 2)), next_deadline))",
        [],
    )?;
    weigh_answers(rows)
}

/// Says of every answer how much it names that is worth something.
fn weigh_answers(rows: &Rows<'_>) -> Stored<()> {
    let sql = "SELECT root, number, answer FROM revisions WHERE (root, number) > (?1, ?2) ORDER BY root, number LIMIT 1";
    let mut last: (i64, u32) = (i64::MIN, 0);
    loop {
        let next = rows.one(sql, params![last.0, last.1], |row| {
            let (root, number): (i64, u32) = (get(row, 0)?, get(row, 1)?);
            let answer: Answer = decode_json("answer", &get::<Vec<u8>>(row, 2)?)
                .map_err(|error| unreadable_row("answer", root, &error))?;
            Ok((root, number, answer))
        })?;
        let Some((root, number, answer)) = next else { return Ok(()) };
        let row = params![root, number, valuable(&answer.reply), names_cash(&answer.reply)];
        rows.execute("UPDATE revisions SET assets = ?3, cash = ?4 WHERE root = ?1 AND number = ?2", row)?;
        last = (root, number);
    }
}

/// Puts controls before a person of which nobody knows what became, or that were not answered in time.
pub(super) fn ask_about_open_ends(rows: &mut Rows<'_>, places: &Places, now: Timestamp) -> Stored<()> {
    let sql =
        "SELECT id, inquiry, measure FROM orders WHERE measure IS NOT NULL AND state IN (5, 8) ORDER BY id";
    let found = rows.all(sql, [], |row| {
        let measure: i64 = get(row, 2)?;
        Ok((OrderId::new(get(row, 0)?), InquiryId::new(get(row, 1)?), MeasureId::new(measure)))
    })?;
    let mut tasks = Vec::with_capacity(found.len());
    for (order, inquiry, measure) in found {
        let Some(place) = places.get(&inquiry) else { continue };
        tasks.push(Change::NewTask(Task {
            id: TaskId::new(rows.next(IdKind::Task)),
            chain: place.chain,
            inquiry: Some(inquiry),
            kind: TaskKind::Resolve,
            order: Some(order),
            measure: Some(measure),
            created: now,
            due: now,
            done: None,
            look: None,
            note: "控制结果不明或逾期未反馈，须核实 nobody knows what became of a control".to_owned(),
        }));
    }
    rows.write(&tasks)
}
