//! Identifiers that cannot be wrong: each type holds only values whose form and check digits were verified.
//!
//! Parsing never repeats the value in its error: identity numbers are personal data and errors end up in logs.

mod bank_code;
mod case_number;
pub(crate) mod error;
mod lei;
pub(crate) mod number;
mod org_code;
mod resident_id;
mod unit_number;
mod unverified_uscc;
mod uscc;

pub use bank_code::BankCode;
pub use case_number::CaseNumber;
pub use error::{Called, IdError, IdRule};
pub use lei::Lei;
pub use number::folded_number;
pub use org_code::OrgCode;
pub use resident_id::ResidentId;
pub use unit_number::{UnitNumber, UnitParts};
pub use unverified_uscc::UnverifiedUscc;
pub use uscc::Uscc;
