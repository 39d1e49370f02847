//! The contract that every store keeps, rule by rule.

pub mod answers;
pub mod cases;
pub mod courts;
pub mod desk;
pub mod joining;
pub mod lanes;
pub mod measures;
pub mod numbers;
pub mod orders;
pub mod parties;
pub mod people;
pub mod refusals;
pub mod reports;
pub mod retention;
pub mod times;
pub mod upkeep;
