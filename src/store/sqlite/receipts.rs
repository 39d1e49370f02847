//! Rows of receipts.

use rusqlite::{Row, params};

use super::reads::Rows;
use super::rows::{get, instant, micros};
use crate::inquiry::{MeasureId, OrderId};
use crate::store::{KeptReceipt, NewReceipt, Packed, Stored};

const RECEIPT: &str = "SELECT order_id, at, title, format, sha256, size FROM receipts";

fn receipt(row: &Row<'_>) -> Stored<KeptReceipt> {
    Ok(KeptReceipt {
        order: get(row, 0)?,
        received_at: instant(row, 1)?,
        title: get(row, 2)?,
        format: get(row, 3)?,
        sha256: get(row, 4)?,
        size: get(row, 5)?,
    })
}

impl Rows<'_> {
    pub(super) fn receipts_where_order(&self, order: OrderId) -> Stored<Vec<KeptReceipt>> {
        self.all(&format!("{RECEIPT} WHERE order_id = ?1 ORDER BY id"), [order], receipt)
    }

    pub(super) fn receipts_where_measure(&self, measure: MeasureId) -> Stored<Vec<KeptReceipt>> {
        self.all(&format!("{RECEIPT} WHERE measure = ?1 ORDER BY id"), [measure], receipt)
    }

    pub(super) fn receipt_with_bytes(
        &self,
        measure: MeasureId,
        sha256: &str,
    ) -> Stored<Option<(KeptReceipt, Packed)>> {
        let sql = "SELECT order_id, at, title, format, sha256, size, bytes FROM receipts
                   WHERE measure = ?1 AND sha256 = ?2 ORDER BY id LIMIT 1";
        self.one(sql, params![measure, sha256], |row| {
            Ok((receipt(row)?, Packed(get::<Vec<u8>>(row, 6)?.into())))
        })
    }

    pub(super) fn add_receipt(&self, new: &NewReceipt<'_>) -> Stored<()> {
        let sql = "INSERT INTO receipts (order_id, measure, at, title, format, sha256, size, raw, bytes)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let of = new.receipt;
        self.insert(
            sql,
            params![
                of.order,
                new.measure,
                micros(of.received_at),
                of.title,
                of.format,
                of.sha256,
                of.size,
                new.raw,
                &new.bytes.0[..]
            ],
        )
        .map(drop)
    }
}
