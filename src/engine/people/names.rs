//! Whether a name is somebody's already, looked up in the transaction that gives it away: two at once do not both have it.

use crate::domain::Finding;
use crate::domain::decide::Facts;
use crate::domain::decide::people::{NameOf, Named, check_name};
use crate::store::{Stored, Tx};

/// What is wrong with a new name, if something is. `others` are the names of the keys of the configuration.
pub(super) fn taken(
    tx: &mut dyn Tx,
    new: (&str, &str),
    of: NameOf<'_>,
    (others, facts): (&[String], &Facts<'_>),
) -> Stored<Option<Finding>> {
    let (persons, keys) = (tx.persons()?, tx.keys()?);
    let others: Vec<String> = facts.rules.abilities.names().chain(others).cloned().collect();
    Ok(check_name(new, of, Named { persons: &persons, keys: &keys, others: &others }, facts.now))
}
