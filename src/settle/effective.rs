//! A seizure of ours that waited and is effective in an answer to a query: the registry tells nobody, so it is looked for.

use std::collections::BTreeSet;

use chakong_contract::{Asset, Reply};
use jiff::Timestamp;

use super::measures::tell;
use crate::freeze::took_effect;
use crate::inquiry::EventType;
use crate::store::{Stored, Tx};

/// Revises every waiting measure, of whatever inquiry, that an answer shows to be effective, and tells it once.
pub(super) fn notice(tx: &mut dyn Tx, reply: &Reply, now: Timestamp) -> Stored<()> {
    for found in reply.assets() {
        let Asset::Property(property) = &found.asset else { continue };
        let numbers = property.encumbrances.iter().map(|one| one.reference.as_str());
        for number in numbers.filter(|number| !number.is_empty()).collect::<BTreeSet<_>>() {
            for measure in tx.measures_by_reference(number)? {
                if let Some(effective) = took_effect(&measure, &found.asset) {
                    tx.save_measure(&effective)?;
                    tell(tx, EventType::MeasureEffective, &effective, now)?;
                }
            }
        }
    }
    Ok(())
}
