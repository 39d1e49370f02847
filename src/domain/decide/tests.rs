//! Decisions tried against banks that keep their own books.

mod books;
mod claims;
mod ends;
mod property;
mod world;
mod wrong_answers;
