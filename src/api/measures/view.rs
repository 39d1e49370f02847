//! A measure with what stands around it.

use chakong_contract::RequestNumber;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::{KeptReceipt, Measure, MeasureView, TaskKind};
use crate::lanes::RecentTerms;
use crate::store::{Reads, StoreError, Stored};

/// A measure as it stands, with what stands around it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MeasureInFull {
    /// Identifier of the inquiry.
    inquiry: Uuid,
    /// Case number under which it was ordered.
    case_number: String,
    /// The case system's reference of the party.
    party: String,
    /// Name of the party.
    party_name: String,
    /// Request number of the freeze order; null while nothing was asked through this gateway.
    order: Option<RequestNumber>,
    /// Request number of the control that was ordered last about it; null while there is none.
    control: Option<RequestNumber>,
    /// What is to be done about it.
    tasks: Vec<TaskKind>,
    /// Receipts 回执 that the counterpart handed in on their own, oldest first; those that came with an answer stand there.
    receipts: Vec<KeptReceiptView>,
    /// The measure.
    #[serde(flatten)]
    measure: MeasureView,
}

/// A receipt that came on its own.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct KeptReceiptView {
    /// Request number of the control that it is about.
    order: RequestNumber,
    /// File name or title, as handed in.
    title: String,
    /// File extension, as handed in.
    format: String,
    /// SHA-256 of the bytes, hexadecimal: by this the file is fetched.
    sha256: String,
    /// How many bytes.
    size: i64,
    /// When it came.
    received_at: Timestamp,
}

impl KeptReceiptView {
    fn of(reads: &mut dyn Reads, receipt: KeptReceipt) -> Stored<Self> {
        let KeptReceipt { order, received_at, title, format, sha256, size } = receipt;
        let order = reads.order(order)?.ok_or(StoreError::Missing("the receipt's order"))?.number();
        Ok(Self { order, title, format, sha256, size, received_at })
    }
}

impl MeasureInFull {
    /// Reads what stands around a measure.
    pub fn read(reads: &mut dyn Reads, terms: &RecentTerms, measure: &Measure) -> Stored<Self> {
        let inquiry = reads.inquiry(measure.inquiry)?.ok_or(StoreError::Missing("the measure's inquiry"))?;
        let asked = terms.get(reads, measure.inquiry)?;
        let mut number = |order: Option<_>| -> Stored<Option<RequestNumber>> {
            let Some(order) = order else { return Ok(None) };
            Ok(reads.order(order)?.map(|order| order.number()))
        };
        let (order, control) = (number(measure.order)?, number(measure.control)?);
        let kept = reads.receipts_of(measure.id)?;
        let receipts =
            kept.into_iter().map(|kept| KeptReceiptView::of(reads, kept)).collect::<Stored<_>>()?;
        let tasks = reads.tasks_of(measure.chain)?;
        let tasks = tasks.into_iter().filter(|task| task.measure == Some(measure.id)).map(|task| task.kind);
        Ok(Self {
            inquiry: inquiry.uid,
            case_number: inquiry.case_number,
            party: asked.terms.reference_of(measure.party),
            party_name: asked.terms.party(measure.party).map(|one| one.name.to_string()).unwrap_or_default(),
            order,
            control,
            tasks: tasks.collect(),
            receipts,
            measure: measure.into(),
        })
    }
}
