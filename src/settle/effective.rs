//! What answers to queries show of seizures of ours: that one waits, or waits no more. Registries tell nobody, so it is looked for.

use std::collections::BTreeSet;

use chakong_contract::{Asset, Reply};
use jiff::Timestamp;

use super::measures::tell;
use crate::freeze::shown_by;
use crate::store::{Stored, Tx};

/// Revises every measure, of whatever inquiry, that an answer shows to stand elsewhere in the queue, and tells it once.
pub(super) fn notice(tx: &mut dyn Tx, reply: &Reply, now: Timestamp) -> Stored<()> {
    for found in reply.assets() {
        let Asset::Property(property) = &found.asset else { continue };
        let numbers = property.encumbrances.iter().map(|one| one.reference.as_str());
        for number in numbers.filter(|number| !number.is_empty()).collect::<BTreeSet<_>>() {
            for measure in tx.measures_by_reference(number)? {
                let Some((shown, event)) = shown_by(&measure, &found.asset) else { continue };
                tx.save_measure(&shown)?;
                if let Some(event) = event {
                    tell(tx, event, &shown, now)?;
                }
            }
        }
    }
    Ok(())
}
