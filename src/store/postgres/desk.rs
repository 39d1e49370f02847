//! Rows of the desk. They are written at once, and not with others of their kind: people make few of them.

use tokio_postgres::Row;

use super::columns::text;
use super::query::{Filter, View, params};
use super::rows::{get, instant, micros, unreadable};
use crate::domain::{Blob, DeskItem, DeskState, OrderId};
use crate::store::codec::{decode_json, plain_json};
use crate::store::{DeskFilter, DeskReads, StoreError, Stored};

fn item(row: &Row) -> Stored<DeskItem> {
    let state: i64 = get(row, 4)?;
    let version: i64 = get(row, 5)?;
    let body: Vec<u8> = get(row, 6)?;
    Ok(DeskItem {
        order: OrderId::new(get(row, 0)?),
        lane: get(row, 1)?,
        court: get(row, 2)?,
        deadline: instant(row, 3)?,
        state: DeskState::from_code(state).ok_or_else(|| unreadable("state on the desk", &state))?,
        version: u32::try_from(version).map_err(|error| unreadable("version on the desk", &error))?,
        work: decode_json("work at the desk", &body)?,
        entered: None,
    })
}

impl View<'_> {
    pub(super) fn save_desk(&mut self, item: &DeskItem) -> Stored<()> {
        self.pending(|_| ())?;
        let body = plain_json("work at the desk", &item.work)?;
        let (lane, court) = (text(&item.lane), text(&item.court));
        let entered = item.entered.as_ref().map(Blob::as_stored);
        let row = params![
            item.order.get(),
            lane,
            court,
            micros(item.deadline),
            item.state.code(),
            i64::from(item.version),
            body.as_stored(),
            entered,
            i64::from(item.was_carried())
        ];
        let sql = match item.version {
            1 => {
                "INSERT INTO desk (order_id, lane, court, deadline, state, version, body, entered, carried)
                 SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT),
                   CAST($6 AS BIGINT), CAST($7 AS BYTEA), CAST($8 AS BYTEA), CAST($9 AS BIGINT)
                 WHERE NOT EXISTS (SELECT 1 FROM desk WHERE order_id = $1)"
            }
            _ => {
                "UPDATE desk SET lane = $2, court = $3, deadline = $4, state = $5, version = $6, body = $7, entered = $8, carried = $9
                 WHERE order_id = $1 AND version = CAST($6 AS BIGINT) - 1"
            }
        };
        match self.execute(sql, row)? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict("the order on the desk")),
        }
    }
}

impl DeskReads for View<'_> {
    fn desk_item(&mut self, order: OrderId) -> Stored<Option<DeskItem>> {
        let sql = "SELECT order_id, lane, court, deadline, state, version, body, entered FROM desk WHERE order_id = $1";
        self.one(sql, params![order.get()], |row| {
            let entered: Option<Vec<u8>> = get(row, 7)?;
            Ok(DeskItem { entered: entered.map(Blob::stored), ..item(row)? })
        })
    }

    fn find_desk(&mut self, filter: &DeskFilter) -> Stored<Vec<DeskItem>> {
        const SELECT: &str = "SELECT d.order_id, d.lane, d.court, d.deadline, d.state, d.version, d.body
             FROM desk d JOIN orders o ON o.id = d.order_id";
        let lanes: Vec<String> = filter.lanes.iter().map(|lane| text(lane)).collect();
        let courts: Option<Vec<String>> =
            filter.courts.codes().map(|codes| codes.iter().map(|code| text(code)).collect());
        let lane = match filter.with_carried {
            true => "(d.lane = ANY(?) OR d.carried = 1)",
            false => "d.lane = ANY(?)",
        };
        let mut query = Filter::new(SELECT, "d.deadline, d.order_id", filter.limit)
            .given(lane, Some(lanes))
            .given("d.lane = ?", filter.counterpart.as_deref().map(text))
            .given("d.court = ANY(?)", courts)
            .given("d.deadline < ?", filter.due_before.map(micros));
        query.conditions.push(filter.which.condition());
        if let Some((due, order)) = filter.after {
            query.conditions.push(format!("(d.deadline, d.order_id) > ({}, {})", micros(due), order.get()));
        }
        self.filtered(query, item)
    }
}
