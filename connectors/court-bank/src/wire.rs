//! What travels: every message type once, both ways (protocol sections 2 to 8).
//!
//! Data travel as attributes of row elements inside list elements. [`row`] gives a row its reading and writing: names
//! are matched without regard to case, absent attributes are blank, and what is not in the table is kept as unknown.
//!
//! * `answer`, `request`: the rows of both variants; `generation`: what each generation lacks of them; `web_service`: rows of the web service alone
//! * `xml`: bytes to rows and back; `sealed`: the same in the web service's encoding; `soap`, `wsdl`: its envelopes

mod answer;
pub(crate) mod code;
mod control_list;
pub(crate) mod file_name;
mod generation;
mod request;
pub(crate) mod row;
pub(crate) mod sealed;
pub(crate) mod soap;
pub(crate) mod web_service;
pub(crate) mod xml;

pub(crate) use answer::{
    AccountRow, ControlRow, FreezeRow, ProductRow, ReceiptRow, ReturnRow, RightRow, SubAccountRow,
    TransactionRow,
};
pub(crate) use control_list::ControlList;
pub(crate) use generation::Generation;
pub(crate) use request::{CertificateRow, ControlRequestRow, DocumentRow, QueryRequestRow, TargetRow};
pub(crate) use row::{Row, Rows, writable};
