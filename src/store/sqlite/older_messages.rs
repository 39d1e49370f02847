//! Messages from before it was kept beside each which orders it is about: what their batches, answers and receipts say of it is written
//! down once, so that retention can let them go. One that none of these names keeps nothing.

use rusqlite::{Connection, params};

use super::failed;
use crate::domain::OrderId;
use crate::store::Stored;
use crate::store::order_list::pack;

/// Place of the migration since which messages have a list of orders.
pub(super) const MIGRATION: usize = 10;

const STEP: &str = "write down which orders older messages are about";

/// Writes the lists.
pub(super) fn name_orders(connection: &Connection) -> Stored<()> {
    connection
        .execute_batch(
            "CREATE TEMP TABLE named AS
               SELECT raw AS message, order_id AS about FROM revisions WHERE raw IS NOT NULL
               UNION SELECT raw, order_id FROM receipts WHERE raw IS NOT NULL
               UNION SELECT m.id, o.id FROM raw_messages m JOIN orders o ON o.batch = m.batch WHERE m.batch IS NOT NULL",
        )
        .map_err(failed(STEP))?;
    let mut query = connection
        .prepare("SELECT message, about FROM named ORDER BY message, about")
        .map_err(failed(STEP))?;
    let mut rows = query.query([]).map_err(failed(STEP))?;
    let mut of: Option<(i64, Vec<OrderId>)> = None;
    while let Some(row) = rows.next().map_err(failed(STEP))? {
        let message: i64 = row.get(0).map_err(failed(STEP))?;
        let about = OrderId::new(row.get(1).map_err(failed(STEP))?);
        match &mut of {
            Some((known, orders)) if *known == message => orders.push(about),
            _ => keep(connection, of.replace((message, vec![about])))?,
        }
    }
    keep(connection, of)?;
    drop(rows);
    drop(query);
    connection.execute_batch("DROP TABLE named").map_err(failed(STEP))
}

fn keep(connection: &Connection, of: Option<(i64, Vec<OrderId>)>) -> Stored<()> {
    let Some((message, orders)) = of else { return Ok(()) };
    let sql = "UPDATE raw_messages SET orders = ?2 WHERE id = ?1 AND orders IS NULL";
    let mut update = connection.prepare_cached(sql).map_err(failed(STEP))?;
    update.execute(params![message, pack(&orders)]).map(drop).map_err(failed(STEP))
}
