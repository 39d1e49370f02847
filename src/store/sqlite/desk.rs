//! Rows of the desk.

use rusqlite::{Row, params};

use super::query::{Filter, Rows};
use super::rows::{get, instant, micros, unreadable};
use super::writes::one;
use crate::domain::{Blob, DeskItem, DeskState, OrderId};
use crate::store::codec::{decode_json, plain_json};
use crate::store::{DeskFilter, DeskReads, Stored};

fn item(row: &Row<'_>) -> Stored<DeskItem> {
    let state: i64 = get(row, 4)?;
    let body: Vec<u8> = get(row, 6)?;
    Ok(DeskItem {
        order: OrderId::new(get(row, 0)?),
        lane: get(row, 1)?,
        court: get(row, 2)?,
        deadline: instant(row, 3)?,
        state: DeskState::from_code(state).ok_or_else(|| unreadable("state on the desk", &state))?,
        version: get(row, 5)?,
        work: decode_json("work at the desk", &body)?,
        entered: None,
    })
}

impl Rows<'_> {
    pub(super) fn save_desk(&mut self, item: &DeskItem) -> Stored<()> {
        let body = plain_json("work at the desk", &item.work)?;
        let row = params![
            item.order.get(),
            item.lane,
            item.court,
            micros(item.deadline),
            item.state.code(),
            item.version,
            body.as_stored(),
            item.entered.as_ref().map(Blob::as_stored),
            i64::from(item.was_carried())
        ];
        let sql = match item.version {
            1 => {
                "INSERT INTO desk (order_id, lane, court, deadline, state, version, body, entered, carried)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE NOT EXISTS (SELECT 1 FROM desk WHERE order_id = ?1)"
            }
            _ => {
                "UPDATE desk SET lane = ?2, court = ?3, deadline = ?4, state = ?5, version = ?6, body = ?7, entered = ?8, carried = ?9
                 WHERE order_id = ?1 AND version = ?6 - 1"
            }
        };
        one(self.execute(sql, row)?, "the order on the desk")
    }
}

impl DeskReads for Rows<'_> {
    fn desk_item(&mut self, order: OrderId) -> Stored<Option<DeskItem>> {
        let sql = "SELECT order_id, lane, court, deadline, state, version, body, entered FROM desk WHERE order_id = ?1";
        self.one(sql, [order.get()], |row| {
            let entered: Option<Vec<u8>> = get(row, 7)?;
            Ok(DeskItem { entered: entered.map(Blob::stored), ..item(row)? })
        })
    }

    fn find_desk(&mut self, filter: &DeskFilter) -> Stored<Vec<DeskItem>> {
        const SELECT: &str = "SELECT d.order_id, d.lane, d.court, d.deadline, d.state, d.version, d.body
             FROM desk d JOIN orders o ON o.id = d.order_id";
        let lanes = serde_json::Value::from(filter.lanes.clone()).to_string();
        let courts = filter.courts.codes().map(|codes| serde_json::Value::from(codes).to_string());
        let lane = match filter.with_carried {
            true => "(d.lane IN (SELECT value FROM json_each(?)) OR d.carried = 1)",
            false => "d.lane IN (SELECT value FROM json_each(?))",
        };
        let mut query = Filter::new(SELECT, "d.deadline, d.order_id", filter.limit)
            .given(lane, Some(lanes))
            .given("d.lane = ?", filter.counterpart.clone())
            .given("d.court IN (SELECT value FROM json_each(?))", courts)
            .given("d.deadline < ?", filter.due_before.map(micros));
        query.conditions.push(filter.which.condition());
        if let Some((due, order)) = filter.after {
            query.conditions.push(format!("(d.deadline, d.order_id) > ({}, {})", micros(due), order.get()));
        }
        self.filtered(query, item)
    }
}
