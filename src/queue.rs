//! The queue of results 结果: the store's event log, read by named consumers as CloudEvents 1.0.
//!
//! * At least once and in order: an event stays until its consumer acknowledges its sequence number, and comes again
//!   until then. Consumers do not disturb each other; one that is new begins with the first event of the log.
//! * `id` and the `sequence` extension are the place in the log. They are stable: whoever has seen an `id` from this
//!   `source` has seen the event.
//! * `data` never changes. The content of an answer is read from the very revision that the event is about; what the
//!   order became later is in later events.
//! * `subject` is the inquiry's identifier. Events of `chakong.order.*` carry an [`OrderResult`]; all others carry
//!   `inquiry`, `case_number` and what their type says: `orders` and `not_asked` (accepted), `measure` (measure.*),
//!   the completeness certificate (completed).
//! * Bytes of receipts are not in events; they are read with the order.

mod event;
mod page;
mod render;

pub use event::{CloudEvent, EventData, FaultNote, OrderResult, Provenance, ReceiptNote};
pub use page::{EventLog, LogEntry, Page, Position, Wanted};

/// The JSON Schema of an event, for documents and consumers.
pub fn event_schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<CloudEvent>().to_value()
}
