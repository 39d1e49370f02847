//! Decisions tried against banks that keep their own books.

mod accepted;
mod again;
mod books;
mod claims;
mod debt_ended;
mod ends;
mod entering;
mod filing;
mod found_by_others;
mod in_part;
mod late;
mod property;
mod raised;
mod registry;
mod world;
mod wrong_answers;
