//! What is understood: everything registered for a party, as properties with their burdens.

mod burden;
mod extract;
mod holders;
mod property;
mod rank;

pub(crate) use extract::Extract;
pub(crate) use holders::{Subject, old_number};

use chakong_contract::Answer;
use chakong_toolkit::gathered::Gathered;

use super::wire::AmountUnit;

/// The answer from everything that was registered, with what is already known to be missing.
pub(crate) fn answer(
    extract: Extract,
    asked: Option<&Subject>,
    amounts: AmountUnit,
    mut missing: Vec<String>,
) -> Answer {
    missing.extend(extract.missing());
    let read = property::properties(extract, asked, amounts);
    missing.extend(read.missing());
    let mut gathered = Gathered::default();
    (gathered.unknown, gathered.missing) = (read.unknown, missing);
    gathered.answer(read.assets)
}
