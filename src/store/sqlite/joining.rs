//! A chain becomes part of another.

use rusqlite::params;

use super::query::Rows;
use super::writes::{json, one};
use crate::domain::{CaseId, JoinedChains};
use crate::store::codec::plain_json;
use crate::store::{Reads as _, Stored};

/// What names a chain and nothing else of it.
const TABLES: [&str; 5] = ["cases", "claim_changes", "inquiries", "prints", "tasks"];

impl Rows<'_> {
    /// Everything of a chain but parties that the other knows already becomes the other's. Its row stays, without claim and ledger: no
    /// number is given twice.
    pub(super) fn join_chains(&mut self, joined: &JoinedChains) -> Stored<()> {
        let (into, from) = (joined.into.get(), joined.from.get());
        for table in TABLES {
            self.execute_made(&format!("UPDATE {table} SET chain = ?1 WHERE chain = ?2"), [into, from])?;
        }
        for party in &joined.parties {
            let body = plain_json("party", party)?;
            let sql = "UPDATE parties SET chain = ?2, body = ?3 WHERE id = ?1 AND chain = ?4";
            one(self.execute(sql, params![party.id.get(), into, body.as_stored(), from])?, "the party")?;
        }
        for measure in &joined.measures {
            let body = plain_json("measure", measure)?;
            let sql = "UPDATE measures SET chain = ?2, body = ?3 WHERE id = ?1 AND chain = ?4 AND state = ?5";
            let row = params![measure.id.get(), into, body.as_stored(), from, measure.state.word()];
            one(self.execute(sql, row)?, "the measure")?;
        }
        for (inquiry, debtors) in &joined.debtors {
            let sql = "UPDATE terms SET debtors = ?2 WHERE inquiry = ?1";
            let debtors = json("parties of the chain", debtors)?;
            one(self.execute(sql, params![inquiry.get(), debtors])?, "the terms")?;
        }
        if let Some(chain) = self.chain(joined.into)? {
            self.state_cases(&chain)?;
        }
        let (case, continued) = joined.continues;
        self.continue_case(case, continued)?;
        let sql = "UPDATE chains SET has_ledger = 0, claim = NULL WHERE id = ?1";
        one(self.execute(sql, [from])?, "the chain")
    }

    /// Notes which case a case continues.
    pub(super) fn continue_case(&mut self, case: CaseId, before: CaseId) -> Stored<()> {
        let sql = "UPDATE cases SET continues = ?2 WHERE id = ?1";
        one(self.execute(sql, [case.get(), before.get()])?, "the case")
    }
}
