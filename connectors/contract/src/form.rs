//! Forms 反馈表: what a person who works at a desk is asked about an order, and what the person filled in.
//!
//! A connector describes the form of an order as a [`Sheet`] and reads a [`Filled`] one. What stands in a field is text, as the person
//! wrote it; [`Sheet::problems`] says what does not fit, each with its place.

mod check;
mod filled;
mod sheet;
mod values;

pub use filled::{FieldProblem, Filled, FilledRow};
pub use sheet::{Choice, Field, FieldKind, LONGEST_FIELD, Label, Outcome, RowKind, Sheet};
pub use values::Values;
