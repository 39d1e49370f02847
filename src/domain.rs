//! The gateway's vocabulary and its decisions. Pure: no clock, no randomness, no input or output, no log.
//!
//! [`CaseFile`] is a chain of cases as it stands. A function of `decide` takes a case file and an input, and gives the
//! list of [`Change`]s that follow. Whoever applies the list to the file has the case as it stands afterwards.

pub mod abilities;
pub mod actor;
pub mod audit;
pub mod bilingual;
mod blob;
mod case;
mod case_file;
mod certificate;
mod change;
mod claim;
pub mod companies;
pub mod decide;
mod desk;
mod event;
mod excess;
mod finding;
pub mod found_by;
mod ids;
mod inquiry;
mod mandate;
mod measure;
mod order;
pub mod people;
mod printed;
pub mod progress;
mod records;
pub mod retention;
pub mod retry;
mod routes;
pub mod rules;
mod seen;
mod shares;
pub mod statistics;
mod submission;
mod task;
mod terms;
mod two_approvers;

pub use actor::Actor;
pub use audit::AuditEntry;
pub use blob::Blob;
pub use case::{Case, CaseState, Chain, ChainParty, PartyView};
pub use case_file::{ApplyError, CaseFile};
pub use certificate::{Certificate, Counts, Coverage, OrderLine, Triage, certify};
pub use change::{
    BroughtDocument, Change, JoinedChains, LaneChange, NewCertificate, NewDocument, NewInquiry, Pause,
    PropertyFinding, RelayFailure,
};
pub use claim::{
    Claim, ClaimChange, ClaimChangeKind, ClaimState, ClaimView, Mode, Preference, UncoveredLimit,
};
pub use desk::{DeskItem, DeskMark, DeskNotice, DeskState, DeskWork, EnteredAnswer, SentBack};
pub use event::{EventDraft, EventType};
pub use excess::excess_by_measure;
pub use finding::Finding;
pub use ids::{
    BatchId, CaseId, ChainId, DocumentId, IdKind, InquiryId, MeasureId, NewIds, OrderId, PartyId, PersonId,
    PrintId, ROWS_PER_EPOCH, RawId, TaskId,
};
pub use inquiry::{Inquiry, InquiryState};
pub use mandate::{Liability, Mandate, Purpose, Search};
pub use measure::{
    Booking, FirstApproval, FirstApprovalView, LastRelease, LeftAlone, Measure, MeasureState, MeasureView,
    Origin, Permitted, ReleaseCause, Said,
};
pub use order::{
    OrderRecord, OrderState, Priority, StateError, day_number, number_of, order_id_of, put_digits,
};
pub use printed::{NewPrint, Print, PrintFormat, PrintKind, print_number, print_of};
pub use records::{
    Batch, KeptReceipt, LineRow, Lines, NewReceipt, NotAsked, Outcome, RawDirection, RawMessage, Revision,
    Source, names_cash, valuable,
};
pub use routes::{Routes, Way};
pub use seen::{GivenNumber, numbers_in_name};
pub use shares::{Counted, OpenCourts, QuotaUsed, Shares};
pub use submission::Submission;
pub use task::{Task, TaskKind, UNCLEAR};
pub use terms::{Paper, Subject, Terms};
pub use two_approvers::{TwoApprovers, TwoFrom};
