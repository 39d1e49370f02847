//! Decisions tried against banks that keep their own books.

mod accepted;
mod books;
mod claims;
mod ends;
mod filing;
mod found_by_others;
mod late;
mod property;
mod registry;
mod world;
mod wrong_answers;
