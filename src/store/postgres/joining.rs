//! Two chains that become one.

use super::query::{View, params};
use crate::domain::{CaseId, JoinedChains};
use crate::store::codec::plain_json;
use crate::store::{Reads as _, StoreError, Stored};

/// Tables whose rows belong to a chain by a column alone.
const TABLES: [&str; 5] = ["cases", "claim_changes", "inquiries", "prints", "tasks"];

impl View<'_> {
    pub(super) fn join_chains(&mut self, joined: &JoinedChains) -> Stored<()> {
        let (into, from) = (joined.into.get(), joined.from.get());
        for table in TABLES {
            let sql = format!("UPDATE {table} SET chain = $1 WHERE chain = $2");
            self.execute(&sql, params![into, from])?;
        }
        for party in &joined.parties {
            let body = plain_json("party", party)?;
            let sql = "UPDATE parties SET chain = $2, body = $3 WHERE id = $1 AND chain = $4";
            let row = params![party.id.get(), into, body.as_stored(), from];
            one(self.execute(sql, row)?, "the party")?;
        }
        for measure in &joined.measures {
            let body = plain_json("measure", measure)?;
            let sql = "UPDATE measures SET chain = $2, body = $3 WHERE id = $1 AND chain = $4 AND state = $5";
            let row = params![measure.id.get(), into, body.as_stored(), from, measure.state.word()];
            one(self.execute(sql, row)?, "the measure")?;
        }
        for (inquiry, debtors) in &joined.debtors {
            let debtors = super::writes::json("parties of the chain", debtors)?;
            let sql = "UPDATE terms SET debtors = $2 WHERE inquiry = $1";
            one(self.execute(sql, params![inquiry.get(), debtors])?, "the terms")?;
        }
        if let Some(chain) = self.chain(joined.into)? {
            self.state_cases(&chain)?;
        }
        let (case, continued) = joined.continues;
        self.continue_case(case, continued)?;
        let sql = "UPDATE chains SET has_ledger = FALSE, claim = NULL WHERE id = $1";
        one(self.execute(sql, params![from])?, "the chain")
    }

    /// Notes which case a case continues.
    pub(super) fn continue_case(&mut self, case: CaseId, before: CaseId) -> Stored<()> {
        let sql = "UPDATE cases SET continues = $2 WHERE id = $1";
        one(self.execute(sql, params![case.get(), before.get()])?, "the case")
    }
}

/// One row was to change; another number says that it does not stand as expected.
fn one(changed: u64, what: &'static str) -> Stored<()> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(what)) }
}
