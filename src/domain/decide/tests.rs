//! Decisions tried against banks that keep their own books.

mod accepted;
mod again;
mod another_person;
mod behind_others;
mod books;
mod cancelled;
mod claims;
mod debt_ended;
mod declined;
mod desk;
mod ends;
mod entering;
mod filing;
mod foreign;
mod found_by_others;
mod in_part;
mod known_before;
mod late;
mod on_paper;
mod property;
mod raised;
mod registry;
mod world;
mod wrong_answers;
