//! Inquiries 查控申请, their orders and measures: the gateway's own vocabulary and the tables of legal moves. Pure.

mod certificate;
mod event;
mod measure;
mod order;
mod question;
mod routes;
mod submission;

pub use certificate::{Certificate, Coverage, NotAsked, OrderLine, Triage, certify};
pub use event::{EventDraft, EventType};
pub use measure::{Measure, MeasureId, MeasureState};
pub use order::{OrderId, OrderRecord, OrderState, Priority, StateError, number_of, order_id_of};
pub use question::Subject;
pub use routes::{Routes, Way};
pub use submission::{
    Inquiry, InquiryId, InquiryState, Mandate, Mode, Preference, Purpose, Search, Submission,
};
