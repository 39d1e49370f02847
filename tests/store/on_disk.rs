//! What the store on disk must do beside the contract.

mod attacks;
mod first_edition;
pub mod found_words;
mod old_rows;
pub mod older_cases;
pub mod privacy;
mod restored;
mod space;
