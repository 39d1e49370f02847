//! Rows of receipts.

use tokio_postgres::Row;

use super::columns::text;
use super::query::{View, params};
use super::rows::{get, instant, micros};
use crate::domain::{Blob, KeptReceipt, MeasureId, NewReceipt, OrderId, RawId};
use crate::store::Stored;

const RECEIPT: &str = "SELECT order_id, at, title, format, sha256, size FROM receipts";

fn receipt(row: &Row) -> Stored<KeptReceipt> {
    Ok(KeptReceipt {
        order: OrderId::new(get(row, 0)?),
        received_at: instant(row, 1)?,
        title: get(row, 2)?,
        format: get(row, 3)?,
        sha256: get(row, 4)?,
        size: get(row, 5)?,
    })
}

impl View<'_> {
    pub(super) fn receipts_where_order(&mut self, order: OrderId) -> Stored<Vec<KeptReceipt>> {
        self.all(&format!("{RECEIPT} WHERE order_id = $1 ORDER BY id"), params![order.get()], receipt)
    }

    pub(super) fn receipts_where_measure(&mut self, measure: MeasureId) -> Stored<Vec<KeptReceipt>> {
        self.all(&format!("{RECEIPT} WHERE measure = $1 ORDER BY id"), params![measure.get()], receipt)
    }

    pub(super) fn receipt_with_bytes(
        &mut self,
        measure: MeasureId,
        sha256: &str,
    ) -> Stored<Option<(KeptReceipt, Blob)>> {
        let sql = "SELECT order_id, at, title, format, sha256, size, bytes FROM receipts
                   WHERE measure = $1 AND sha256 = $2 ORDER BY id LIMIT 1";
        self.one(sql, params![measure.get(), sha256], |row| {
            Ok((receipt(row)?, Blob::stored(get::<Vec<u8>>(row, 6)?)))
        })
    }

    pub(super) fn add_receipt(&mut self, new: &NewReceipt) -> Stored<()> {
        let sql = "INSERT INTO receipts (order_id, measure, at, title, format, sha256, size, raw, bytes)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let of = &new.receipt;
        let measure = new.measure.map(MeasureId::get);
        let (title, format) = (text(&of.title), text(&of.format));
        let (raw, bytes) = (new.raw.map(RawId::get), new.bytes.as_stored());
        let (order, at) = (of.order.get(), micros(of.received_at));
        let row = params![order, measure, at, title, format, of.sha256, of.size, raw, bytes];
        self.execute(sql, row).map(drop)
    }
}
