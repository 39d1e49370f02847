//! A receipt 回执 that came on its own: kept beside the control that it is about, and told (法释〔2013〕20号 art. 4).

use chakong_contract::reply::Receipt;
use chakong_contract::{Fault, FaultKind};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Effect, Source};
use crate::inquiry::{EventDraft, EventType, OrderRecord};
use crate::store::{KeptReceipt, NewReceipt, Packed, Stored, Tx};

/// Most receipts that are kept of one order.
const MOST: usize = 50;

/// A receipt, its digest computed and its bytes packed: work that is not for the writer's thread.
#[derive(Debug, Clone)]
pub struct ReceiptFile {
    title: String,
    format: String,
    sha256: String,
    size: i64,
    bytes: Packed,
}

impl ReceiptFile {
    /// The receipt as it is kept.
    pub fn of(receipt: &Receipt) -> Self {
        Self {
            title: receipt.title.clone(),
            format: receipt.format.clone(),
            sha256: hex::encode(Sha256::digest(&receipt.content)),
            size: i64::try_from(receipt.content.len()).unwrap_or(i64::MAX),
            bytes: Packed::of(&receipt.content),
        }
    }
}

/// Keeps a receipt about an order, once, and tells of it. The inner error is for the counterpart to read.
///
/// # Errors
/// The outer one when the store fails.
pub fn keep_receipt(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    file: &ReceiptFile,
    source: &Source,
    now: Timestamp,
) -> Stored<Result<Effect, Fault>> {
    let known = tx.receipts_of_order(order.id)?;
    if known.iter().any(|known| known.sha256 == file.sha256) {
        return Ok(Ok(Effect::Repeat));
    }
    if known.len() >= MOST {
        let detail = format!("{MOST} receipts of this order are kept already");
        return Ok(Err(Fault::new(FaultKind::Malformed, "keep a receipt", detail)));
    }
    let receipt = KeptReceipt {
        order: order.id,
        received_at: now,
        title: file.title.clone(),
        format: file.format.clone(),
        sha256: file.sha256.clone(),
        size: file.size,
    };
    let new = NewReceipt { receipt: &receipt, measure: order.measure, raw: source.raw, bytes: &file.bytes };
    tx.insert_receipt(&new)?;
    let measure = match order.measure {
        Some(id) => tx.measure(id)?,
        None => None,
    };
    let told = json!({
        "measure": measure,
        "receipt": {
            "order": order.number(), "title": file.title, "format": file.format, "sha256": file.sha256,
            "size": file.size, "received_at": now, "raw_digest": source.digest,
        },
    });
    let draft = EventDraft::of_order(EventType::MeasureReceipt, order.inquiry, order.id, None);
    tx.append_event(&EventDraft { data: Some(told.to_string()), ..draft }, now)?;
    Ok(Ok(Effect::Written))
}
