use std::collections::BTreeMap;

use chakong_contract::fault::FaultKind;
use chakong_contract::reply::{Receipt, UnknownValue};
use chakong_contract::{ActionKind, Moment, Reply, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::EventType;
use crate::domain::decide::Differences;

/// A result as a CloudEvents 1.0 event in JSON.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CloudEvent {
    /// `1.0`
    pub specversion: &'static str,
    /// The sequence number as text: stable, unique within `source`.
    pub id: String,
    /// `urn:chakong:` and the name of the installation.
    pub source: String,
    /// What happened.
    #[serde(rename = "type", serialize_with = "as_name")]
    #[schemars(with = "EventType")]
    pub kind: EventType,
    /// Identifier of the inquiry.
    pub subject: String,
    /// When it happened.
    pub time: Timestamp,
    /// `application/json`
    pub datacontenttype: &'static str,
    /// The sequence number in 20 digits: later events sort after earlier ones.
    pub sequence: String,
    /// What the event carries.
    pub data: EventData,
}

fn as_name<S: Serializer>(kind: &EventType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

/// What an event carries.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum EventData {
    /// Of `chakong.order.*`.
    Order(Box<OrderResult>),
    /// Of every other type: `inquiry`, `case_number`, and more by type.
    Other(#[schemars(with = "Map<String, Value>")] BTreeMap<String, Box<RawValue>>),
}

/// What became of an order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderResult {
    /// Identifier of the inquiry.
    pub inquiry: Uuid,
    /// Its case number.
    pub case_number: String,
    /// Request number of the order.
    pub order: RequestNumber,
    /// The counterpart.
    pub counterpart: String,
    /// The case system's reference of the party.
    pub party: String,
    /// What was asked.
    pub action: ActionKind,
    /// Revision of the answer, from 1; null without an answer.
    pub revision: Option<u32>,
    /// The reply in a word; null without an answer.
    pub outcome: Option<String>,
    /// The reply; null without an answer.
    #[schemars(with = "Option<Reply>")]
    pub reply: Option<Box<RawValue>>,
    /// Values that the connector does not know, verbatim.
    pub unknown: Vec<UnknownValue>,
    /// Receipts that came along.
    pub receipts: Vec<ReceiptNote>,
    /// Assets added, gone and changed since the revision before; null for the first.
    #[schemars(with = "Option<Differences>")]
    pub differences: Option<Value>,
    /// Where the answer came from; null without an answer.
    pub provenance: Option<Provenance>,
    /// Why there is no answer, or why it was not taken as one.
    pub fault: Option<FaultNote>,
    /// Of `chakong.order.withdrawn`: why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of `chakong.order.resolved`: what a person decided, as in `POST /v1/orders/{number}/resolve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Of `chakong.order.resolved`, where it goes out again under a new number: that number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_as: Option<RequestNumber>,
}

/// Where an answer came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Provenance {
    /// SHA-256 of the raw message, hexadecimal; empty for a decision by hand.
    pub raw_digest: String,
    /// Connector and version.
    pub connector: String,
    /// When the counterpart says it answered.
    pub answered_at: Option<Moment>,
    /// When the answer came in.
    pub received_at: Timestamp,
    /// When the counterpart really said it, where an earlier answer was used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_from: Option<Timestamp>,
}

/// A receipt without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReceiptNote {
    /// File name or title.
    pub title: String,
    /// File extension.
    pub format: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
}

impl From<&Receipt> for ReceiptNote {
    fn from(receipt: &Receipt) -> Self {
        let digest = Sha256::digest(&receipt.content);
        Self {
            title: receipt.title.clone(),
            format: receipt.format.clone(),
            sha256: hex::encode(digest),
            size: u64::try_from(receipt.content.len()).unwrap_or(u64::MAX),
        }
    }
}

/// Why there is no answer; without personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FaultNote {
    /// What kind.
    pub kind: FaultKind,
    /// What failed.
    pub detail: String,
    /// The counterpart's status or error code.
    pub status: Option<String>,
    /// The counterpart that the same question went to instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_on_to: Option<String>,
}

impl From<&chakong_contract::Fault> for FaultNote {
    fn from(fault: &chakong_contract::Fault) -> Self {
        Self { kind: fault.kind, detail: fault.to_string(), status: fault.status.clone(), passed_on_to: None }
    }
}
