//! A chain becomes part of another.

use std::sync::Arc;

use super::view::View;
use crate::domain::{CaseId, Chain, ChainId, JoinedChains, Terms};
use crate::store::{StoreError, Stored};

impl View<'_> {
    /// Everything of a chain but parties that the other knows already becomes the other's. Its row stays, without claim and ledger: no
    /// number is given twice.
    pub(super) fn join_chains(&mut self, joined: &JoinedChains) -> Stored<()> {
        let (into, from) = (joined.into, joined.from);
        let state = &mut *self.state;
        macro_rules! move_rows {
            ($table:ident, $($place:ident).+) => {
                let of_chain = state.$table.iter().filter(|(_, row)| row.$($place).+ == from);
                let rows: Vec<_> = of_chain.map(|(key, row)| (key.clone(), row.clone())).collect();
                for (key, mut row) in rows {
                    row.$($place).+ = into;
                    state.$table.put(key, row);
                }
            };
        }
        move_rows!(cases, chain);
        move_rows!(tasks, chain);
        move_rows!(inquiries, inquiry.chain);
        move_rows!(prints, print.chain);
        self.move_claim_changes(into, from);
        for party in &joined.parties {
            let stands = self.state.parties.get(&party.id).filter(|stands| stands.chain == from);
            stands.ok_or(StoreError::Conflict("the party"))?;
            self.state.parties.put(party.id, party.clone());
        }
        for measure in &joined.measures {
            let as_expected =
                |stands: &&crate::domain::Measure| stands.chain == from && stands.state == measure.state;
            self.state
                .measures
                .get(&measure.id)
                .filter(as_expected)
                .ok_or(StoreError::Conflict("the measure"))?;
            self.state.measures.put(measure.id, measure.clone());
        }
        for (inquiry, debtors) in &joined.debtors {
            let kept = self.state.inquiries.get(inquiry).ok_or(StoreError::Conflict("the terms"))?;
            let mut kept = kept.clone();
            kept.terms = Arc::new(Terms { debtors: debtors.clone(), ..(*kept.terms).clone() });
            self.state.inquiries.put(*inquiry, kept);
        }
        let (case, continued) = joined.continues;
        self.continue_case(case, continued)?;
        let empty = self.state.chains.get(&from).ok_or(StoreError::Conflict("the chain"))?;
        let empty = Chain { claim: None, has_ledger: false, ..empty.clone() };
        self.state.chains.put(from, empty);
        Ok(())
    }

    /// Notes which case a case continues.
    pub(super) fn continue_case(&mut self, case: CaseId, before: CaseId) -> Stored<()> {
        self.state.cases.get(&before).ok_or(StoreError::Conflict("the case that is continued"))?;
        let mut case = self.state.cases.get(&case).ok_or(StoreError::Conflict("the case"))?.clone();
        case.continues = Some(before);
        self.state.cases.put(case.id, case);
        Ok(())
    }

    /// The history of both claims is one, in the order of time.
    fn move_claim_changes(&mut self, into: ChainId, from: ChainId) {
        let of = |chain| (chain, 0)..=(chain, usize::MAX);
        let changes = &mut self.state.claim_changes;
        let all = changes.range(of(into)).chain(changes.range(of(from)));
        let mut all: Vec<_> = all.map(|(key, row)| (*key, row.clone())).collect();
        all.iter().for_each(|(key, _)| changes.remove(key));
        all.sort_by_key(|(_, row)| row.at);
        for (nth, (_, mut row)) in all.into_iter().enumerate() {
            row.chain = into;
            changes.put((into, nth), row);
        }
    }
}
