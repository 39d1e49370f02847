//! An order on the desk, as it is shown.

use chakong_contract::form::{Filled, Sheet};
use chakong_contract::{ActionKind, Instruction, PartyName, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::OnDesk;
use crate::api::problem::Problem;
use crate::domain::{
    DeskItem, DeskState, DeskWork, EnteredAnswer, Inquiry, InquiryState, OrderRecord, OrderState,
};
use crate::papers::words;
use crate::store::codec::decode_json;

/// An order on the desk.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::api) struct DeskView {
    /// Request number.
    pub(super) number: RequestNumber,
    /// The counterpart.
    pub(super) counterpart: String,
    /// Its Chinese name.
    pub(super) counterpart_name: String,
    /// What is asked.
    pub(super) action: ActionKind,
    /// Case number.
    pub(super) case_number: String,
    /// Code of the court.
    pub(super) court: String,
    /// Identifier of the inquiry.
    pub(super) inquiry: Uuid,
    /// The party's name.
    pub(super) party: PartyName,
    /// Where it stands on the desk.
    pub(super) state: DeskState,
    /// The order's own state.
    pub(super) order_state: OrderState,
    /// When it should have been answered: the end of a working day.
    pub(super) deadline: Timestamp,
    /// Whether that has passed and no answer was taken in.
    pub(super) overdue: bool,
    /// Whether the order, or its inquiry, was withdrawn. What comes later is taken in all the same.
    pub(super) withdrawn: bool,
    /// What was done about it.
    pub(super) progress: DeskWork,
    /// Its version: a check names the one that was looked at.
    pub(super) version: u32,
}

impl DeskView {
    pub(super) fn of(
        (record, item): (&OrderRecord, &DeskItem),
        inquiry: &Inquiry,
        (party, counterpart_name): (PartyName, String),
        now: Timestamp,
    ) -> Self {
        Self {
            number: record.number(),
            counterpart: record.lane.clone(),
            counterpart_name,
            action: record.instruction.kind(),
            case_number: inquiry.case_number.clone(),
            court: item.court.clone(),
            inquiry: inquiry.uid,
            party,
            state: item.state,
            order_state: record.state,
            deadline: item.deadline,
            overdue: item.state != DeskState::Done && item.deadline < now,
            withdrawn: inquiry.state == InquiryState::Cancelled || record.state == OrderState::Cancelled,
            progress: item.work.clone(),
            version: item.version,
        }
    }
}

/// The paper's scan, without its bytes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ScanView {
    /// File name.
    title: String,
    /// File extension, as its bytes say.
    format: String,
    /// SHA-256 of its bytes, hexadecimal.
    sha256: String,
    /// How many bytes.
    size: usize,
}

/// An order on the desk with its form.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::api) struct DeskInFull {
    /// The order.
    #[serde(flatten)]
    desk: DeskView,
    /// The party's identity document, with the name of its kind.
    document: String,
    /// What is asked, in full.
    instruction: Instruction,
    /// Whether a second person checks what is entered.
    checked: bool,
    /// The form to be filled in.
    sheet: Sheet,
    /// The answer that was entered, until it is taken in; after it was sent back the one to be corrected.
    entered: Option<Filled>,
    /// Its scan; the bytes are at `/v1/desk/{number}/scan`.
    scan: Option<ScanView>,
}

impl DeskInFull {
    /// # Errors
    /// When the connector has no form, which `check` of the configuration rules out, or what was entered cannot be read.
    pub(super) fn of(on: &OnDesk, now: Timestamp) -> Result<Self, Problem> {
        let form = on.config.connector.form().ok_or_else(|| Problem::not_found("form"))?;
        let entered = entered(&on.item)?;
        let names = (on.order.name.clone(), on.config.name_zh.clone());
        let scan = entered.as_ref().map(|entered| ScanView {
            title: entered.scan.title.clone(),
            format: entered.scan.format.clone(),
            sha256: hex::encode(Sha256::digest(&entered.scan.content)),
            size: entered.scan.content.len(),
        });
        Ok(Self {
            desk: DeskView::of((&on.record, &on.item), &on.inquiry, names, now),
            document: words::identity(&on.order.document),
            instruction: on.record.instruction.clone(),
            checked: on.checked,
            sheet: form.sheet(&on.order),
            entered: entered.map(|entered| entered.filled),
            scan,
        })
    }
}

/// The answer that was entered.
///
/// # Errors
/// When it cannot be read.
pub(super) fn entered(item: &DeskItem) -> Result<Option<EnteredAnswer>, Problem> {
    let read = |blob: &crate::domain::Blob| decode_json("answer that was entered", blob.as_stored());
    Ok(item.entered.as_ref().map(read).transpose()?)
}
