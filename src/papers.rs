//! Papers 文书打印件: what court staff print, put on file and serve.
//!
//! [`record`] reads a case as it stands; [`kinds`] makes a [`Document`] of it, which is pure; [`html`] and [`sheet`] write the document
//! down; [`attachments`] puts receipts beside it. Only [`printer`] starts another program, which makes PDF of a page.

pub mod attachments;
pub mod document;
pub mod html;
pub mod kinds;
pub mod printer;
pub mod record;
pub mod sheet;
pub mod words;

pub use document::{Cell, Column, Document, Table};
pub use printer::{Printer, PrinterError};
pub use record::CaseRecord;
